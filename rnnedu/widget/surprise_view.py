"""How surprised a language model is by every letter or word of a text, and what it expected instead."""

import numpy as np
import traitlets

from rnnedu import validate
from rnnedu.datasets import Grammar
from rnnedu.experiments.language import LanguageModel, load_names_model
from rnnedu.widget import blocks, controls
from rnnedu.widget.panel import Panel
from rnnedu.widget.places import after, lines_for, noun_of, percent, quoted, short_enough, span_of, spelled

LONGEST = 1000
SHOWN = 10
HINT = "Click a {}, or go there with the arrow keys and press Enter, to see what the model expected in its place."


class SurpriseView(Panel):
    r"""Show the surprisal of every symbol of a text, -log2 p in bits, as colour and number.

    model : a LanguageModel, of letters or words; None is the model of first names that comes with rnnedu.
    grammar : the datasets.Grammar by which its texts were made, whose own surprisal then stands beside; None for none.
    text : at most 1,000 characters; where the model's texts end, its end symbol is added. An end symbol within ends a
        text: what follows is read anew.
    span : [start, stop], the places the learner selects, from 0; [] takes the most surprising one. Another text
        selects nothing.

    `bits` (T,) holds the surprisal of every symbol, the end included; `true_bits` (T,) that of the grammar, inf where
    no sentence goes on so.

    Raises ValueError or TypeError for other values, symbols that the model does not know and a grammar of other words.

    >>> view = SurpriseView(text="mxry")
    >>> view.bits.round(1)
    array([ 3.6, 19.3,  8.7,  4.1,  1.3])
    >>> view.place, view.text[view.place]
    (1, 'x')
    """

    heading = "Surprise of a language model"
    inputs = ("text", "span")

    text = traitlets.Unicode("elizabxeth").tag(sync=True)
    span = traitlets.List().tag(sync=True)

    def __init__(self, model=None, grammar=None, **traits):
        self.language = load_names_model() if model is None else validate.kind("model", model, LanguageModel)
        self.grammar, self.noun = grammar, noun_of(self.language.vocabulary)
        if grammar is not None and validate.kind("grammar", grammar, Grammar).words != self.language.vocabulary.symbols:
            raise ValueError(f"grammar has {len(grammar.words)} other words; accepted are those of the model, in order")
        self.symbols = self.bits = self.log_p = self.true_bits = self.true_log_p = self.chosen = None
        super().__init__(**traits)

    def compute(self):
        """Read the text, if it is another one, and take in what is selected."""
        vocabulary = self.language.vocabulary
        text = vocabulary.join([short_enough("text", self.text, LONGEST), self.language.end])
        symbols = vocabulary.split(text)
        if not symbols:
            raise ValueError("text is empty; accepted is at least one symbol, this model's texts have no end")
        if symbols != self.symbols:
            first = self.symbols is None
            self._read(text)
            self.symbols = symbols
            if not first:
                self.span = []  # it was of another text
        self.chosen = span_of(self.span, len(symbols))

    def _read(self, text):
        self.log_p, self.bits = self.language.log_probabilities(text)[:-1], self.language.surprisal(text)
        if self.grammar is not None:
            self.true_log_p, self.true_bits = self.grammar.log_probabilities(text)[:-1], self.grammar.surprisal(text)

    @property
    def place(self):
        """The place in question, from 0: where the selection begins, or the most surprising symbol."""
        return int(self.bits.argmax()) if self.chosen is None else self.chosen[0]

    def form(self):
        """Return the controls."""
        return [controls.field("text", LONGEST, lines=lines_for(self.text))]

    def doings(self):
        """Return the button."""
        return [controls.action("deselect", "the most surprising one", enabled=self.chosen is not None)]

    def deselect(self):
        """Select nothing, which asks about the most surprising symbol."""
        self.span = []

    def blocks(self):
        """Return the symbols, what was expected at one place, and the mean beside simpler models'."""
        beside = [] if self.grammar is None else [self._beside()]
        hint = blocks.text("hint", "", HINT.format(self.noun))
        return [self._letters(), hint, *beside, self._expected(), self._means()]

    def _spelled(self, symbol):
        return spelled(symbol, self.language.end)

    def _best(self, place):
        """Return the symbol that was likeliest there, and its probability."""
        best = int(self.log_p[place].argmax())
        return self._spelled(self.language.vocabulary.symbols[best]), np.exp(self.log_p[place, best])

    def _finding(self):
        which = "most surprising is" if self.chosen is None else "selected is"
        found = f"{self._spelled(self.symbols[self.place])} at {self.place + 1}, {self.bits[self.place]:.1f} bits"
        if self.chosen and self.chosen[1] > self.chosen[0] + 1:
            part = slice(*self.chosen)
            selected = self.language.vocabulary.join(self.symbols[part])
            found = f"{quoted(selected, noun=self.noun)}, {self.bits[part].mean():.1f} bits per {self.noun}"
        mean = f"{quoted(self.text, noun=self.noun)}: {self.bits.mean():.2f} bits per {self.noun}"
        return f"{mean}{self._strange()}; {which} {found}"

    def _strange(self):
        """Return a remark on symbols that the model knows only as its unknown, or ""."""
        vocabulary = self.language.vocabulary
        count = len(vocabulary.strangers(vocabulary.join(self.symbols)))
        return f", {count} of {len(self.symbols)} unknown to it and read as {vocabulary.unknown}" if count else ""

    def _letters(self):
        said = []
        for place, symbol in enumerate(self.symbols):
            best, p = self._best(place)
            said.append(f"{self._spelled(symbol)}, {self.bits[place]:.2f} bits; likeliest was {best}, {percent(p)}")
        limit = 2 * np.log2(len(self.language.vocabulary))  # one scale for all texts
        return blocks.letters("letters", self._finding(), self.symbols, self.bits, said, limit=limit, trait="span")

    def _beside(self):
        """Return the model's surprisal of every symbol beside the grammar's."""
        other = np.abs(self.bits - self.true_bits)
        worst = int(np.where(np.isfinite(other), other, -1).argmax())
        wrong = int(np.isinf(self.true_bits).argmax()) if np.isinf(self.true_bits).any() else None
        title = f"Model and grammar differ most at {self._spelled(self.symbols[worst])}, by {other[worst]:.2f} bits"
        if wrong is not None:
            title = f"By the grammar no {self._spelled(self.symbols[wrong])} can stand at {wrong + 1}"
        names = ("this model", "the grammar", self.true_bits)
        return blocks.bars("beside", title, map(self._spelled, self.symbols), self.bits, "bits", beside=names)

    def _expected(self):
        place, p = self.place, np.exp(self.log_p[self.place])
        came = int(self.language.vocabulary.encode(self.symbols[place])[0])
        places = [int(each) for each in np.argsort(-p, kind="stable")[:SHOWN]]
        places += [came] if came not in places else []
        labels = [self._spelled(self.language.vocabulary.symbols[each]) for each in places]
        best, share = self._best(place)
        before = self.language.parts(self.language.vocabulary.join(self.symbols[:place]))[-1]
        found = f"there came {self._spelled(self.symbols[place])}, {percent(p[came])}"
        title = f"{after(before, self.noun)} the model expected {best}, {percent(share)}; {found}"
        beside = None if self.grammar is None else ("this model", "the grammar", np.exp(self.true_log_p[place, places]))
        return blocks.bars("expected", title, labels, p[places], "%", marked=[places.index(came)], beside=beside)

    def _means(self):
        vocabulary = self.language.vocabulary
        V, frequencies = len(vocabulary), self.language.unigram_surprisal(vocabulary.join(self.symbols)).mean()
        gain = frequencies - self.bits.mean()
        verb = f"saves {gain:.2f} bits" if gain >= 0 else f"loses {-gain:.2f} bits"
        labels = ["this model", f"how frequent {self.noun}s are", f"all {V} alike"]
        title = f"Knowing what goes before {verb} per {self.noun} here"
        return blocks.bars("means", title, labels, [self.bits.mean(), frequencies, np.log2(V)], "bits")

    def sentence(self):
        """Return what is found as text."""
        best, p = self._best(self.place)
        return f"{self._finding()}; likeliest there was {best}, {percent(p)}"
