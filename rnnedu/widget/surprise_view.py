"""How surprised a language model is by every letter of a text, and what it expected instead."""

import numpy as np
import traitlets

from rnnedu import validate
from rnnedu.experiments.language import LanguageModel, load_names_model
from rnnedu.widget import blocks, controls
from rnnedu.widget.panel import Panel
from rnnedu.widget.places import after, lines_for, percent, quoted, short_enough, span_of, spelled

LONGEST = 1000
SHOWN = 10
HINT = "Click a letter, or go there with the arrow keys and press Enter, to see what the model expected in its place."


class SurpriseView(Panel):
    r"""Show the surprisal of every symbol of a text, -log2 p in bits, as colour and number.

    model : a LanguageModel; None is the model of first names that comes with rnnedu.
    text : at most 1,000 symbols; where the model's texts end, its end symbol is added. An end symbol within ends a
        text: what follows is read anew.
    span : [start, stop], the places the learner selects, from 0; [] takes the most surprising one. Another text
        selects nothing.

    `bits` (T,) holds the surprisal of every symbol, the end included.

    Raises ValueError or TypeError for other values and for symbols that the model does not know.

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

    def __init__(self, model=None, **traits):
        self.language = load_names_model() if model is None else validate.kind("model", model, LanguageModel)
        self.symbols, self.bits, self.log_p, self.chosen = None, None, None, None
        super().__init__(**traits)

    def compute(self):
        """Read the text, if it is another one, and take in what is selected."""
        symbols = short_enough("text", self.text, LONGEST) + self.language.end
        if not symbols:
            raise ValueError("text is empty; accepted is at least one symbol, this model's texts have no end")
        if symbols != self.symbols:
            first, rows = self.symbols is None, self.language.log_probabilities(symbols)
            self.symbols, self.log_p, self.bits = symbols, rows[:-1], self.language.surprisal(symbols)
            if not first:
                self.span = []  # it was of another text
        self.chosen = span_of(self.span, len(symbols))

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
        """Return the letters, what was expected at one place, and the mean beside simpler models'."""
        return [self._letters(), blocks.text("hint", "", HINT), self._expected(), self._means()]

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
            found = f"{quoted(self.symbols[part])}, {self.bits[part].mean():.1f} bits per letter"
        return f"{quoted(self.text)}: {self.bits.mean():.2f} bits per letter; {which} {found}"

    def _letters(self):
        said = []
        for place, symbol in enumerate(self.symbols):
            best, p = self._best(place)
            said.append(f"{self._spelled(symbol)}, {self.bits[place]:.2f} bits; likeliest was {best}, {percent(p)}")
        limit = 2 * np.log2(len(self.language.vocabulary))  # one scale for all texts
        return blocks.letters("letters", self._finding(), self.symbols, self.bits, said, limit=limit, trait="span")

    def _expected(self):
        place, p = self.place, np.exp(self.log_p[self.place])
        came = self.language.vocabulary.symbols.index(self.symbols[place])
        places = [int(each) for each in np.argsort(-p, kind="stable")[:SHOWN]]
        places += [came] if came not in places else []
        labels = [self._spelled(self.language.vocabulary.symbols[each]) for each in places]
        best, share = self._best(place)
        before = self.language.parts(self.symbols[:place])[-1]
        found = f"there came {self._spelled(self.symbols[place])}, {percent(p[came])}"
        title = f"{after(before)} the model expected {best}, {percent(share)}; {found}"
        return blocks.bars("expected", title, labels, p[places], "%", marked=[places.index(came)])

    def _means(self):
        V, frequencies = len(self.language.vocabulary), self.language.unigram_surprisal(self.symbols).mean()
        gain = frequencies - self.bits.mean()
        verb = f"saves {gain:.2f} bits" if gain >= 0 else f"loses {-gain:.2f} bits"
        labels = ["this model", "how frequent letters are", f"all {V} alike"]
        title = f"Knowing what goes before {verb} per letter here"
        return blocks.bars("means", title, labels, [self.bits.mean(), frequencies, np.log2(V)], "bits")

    def sentence(self):
        """Return what is found as text."""
        best, p = self._best(self.place)
        return f"{self._finding()}; likeliest there was {best}, {percent(p)}"
