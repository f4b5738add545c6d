"""Sampling from a language model by hand: temperature, the probabilities it makes, and the texts that come of it."""

import numpy as np
import traitlets

from rnnedu import validate
from rnnedu.datasets import Grammar
from rnnedu.experiments.language import LanguageModel, load_names_model
from rnnedu.experiments.sampling import Sampler, entropy, tempered
from rnnedu.widget import blocks, controls
from rnnedu.widget.panel import Panel
from rnnedu.widget.places import after, noun_of, percent, quoted, short_enough, spelled

COLDEST, HOTTEST = 0.05, 10.0
LONGEST_PREFIX, LONGEST = 40, 400
SHOWN_BARS, SHOWN_LETTERS, SHOWN_TEXTS, KEPT = 12, 16, 10, 1000
ORDERS = {"likeliest": "likeliest first", "alphabet": "in order of the alphabet"}


class SamplingPanel(Panel):
    """Draw a text symbol by symbol and see what each was drawn from.

    model : a LanguageModel, of letters or words; None is the model of first names that comes with rnnedu.
    grammar : the datasets.Grammar by which its texts were made: it judges those that are finished, or were cut
        off at `most`. None for none.
    prefix : what a text begins with, at most 40 characters. temperature : 0.05 to 10. seed : of the draws.
    order : of the bars: "likeliest" or "alphabet". most : symbols drawn for one text, 1 to 400; an end comes earlier.

    `one_more`, `whole`, `ten` and `clear` are the buttons. `sampler` holds the text in the making, `texts` the last
    1,000 that were finished. Another prefix or seed begins a new text, and the same draws follow the same seed.

    Raises ValueError or TypeError for other values and for symbols that the model does not know.

    >>> panel = SamplingPanel(prefix="mar", temperature=0.5, seed=2)
    >>> panel.whole()
    >>> panel.texts
    ['marger']
    """

    heading = "Sampling from a language model"
    inputs = ("prefix", "temperature", "seed", "order", "most")

    prefix = traitlets.Unicode("").tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    order = traitlets.Unicode("likeliest").tag(sync=True)
    most = traitlets.Int(40).tag(sync=True)

    def __init__(self, model=None, grammar=None, **traits):
        self.grammar = grammar if grammar is None else validate.kind("grammar", grammar, Grammar)
        self.noun = "name" if model is None else "text"
        self.language = load_names_model() if model is None else validate.kind("model", model, LanguageModel)
        self.symbol = noun_of(self.language.vocabulary)
        self.trained, self.held_out = set(self.language.texts), set(self.language.held_out)
        self.sampler, self.texts, self._begun, self._judged = None, [], None, {}
        super().__init__(**traits)

    def compute(self):
        """Check the traits; begin a text where its prefix or seed is new."""
        validate.number("temperature", self.temperature, COLDEST, HOTTEST)
        validate.choice("order", self.order, tuple(ORDERS))
        validate.integer("most", self.most, 1, LONGEST)
        wanted = (short_enough("prefix", self.prefix, LONGEST_PREFIX), validate.integer("seed", self.seed, 0))
        if wanted != self._begun:
            self.sampler = Sampler(self.language, *wanted)
            self._begun = wanted

    # -- buttons ---------------------------------------------------------------------------------------------------

    def doings(self):
        """Return the buttons."""
        return [
            controls.action("one_more", f"one more {self.symbol}", primary=True),
            controls.action("whole", f"whole {self.noun}"),
            controls.action("ten", f"ten {self.noun}s"),
            controls.action("clear", "clear", enabled=self.texts or self.sampler.drawn),
        ]

    def one_more(self):
        """Draw one symbol, of a new text if the last one is finished."""
        self._draw()
        self.show()

    def whole(self):
        """Draw until the text is finished."""
        self._finish(1)

    def ten(self):
        """Finish ten texts."""
        self._finish(10)

    def clear(self):
        """Forget the texts and begin anew with the seed."""
        self.texts, self._begun = [], None
        self.compute()
        self.show()

    def _finish(self, count):
        for _ in range(count):
            while not self._draw():
                pass
        self.show()

    def _draw(self):
        """Draw a symbol and return whether the text is finished."""
        if self._finished:
            self.sampler = Sampler(self.language, self.prefix, self.sampler.rng)
        self.sampler.draw(self.temperature)
        if self._finished:
            self.texts = [*self.texts, self.sampler.text][-KEPT:]
            self._judge(self.sampler.text)
        return self._finished

    def _judge(self, text):
        if self.grammar is not None:
            self._judged[text] = self.grammar.accepts(text)

    @property
    def _finished(self):
        return self.sampler.ended or len(self.sampler.drawn) >= self.most

    # -- what is seen ----------------------------------------------------------------------------------------------

    def form(self):
        """Return the controls."""
        return [
            controls.field("prefix", LONGEST_PREFIX, "begins with"),
            controls.slider("temperature", COLDEST, HOTTEST, 0.01, log=True),
            controls.count("seed", 0, 9999),
            controls.select("order", ORDERS),
        ]

    def blocks(self):
        """Return the text in the making, the probabilities of what comes next, and the texts so far."""
        return [self._text(), *self._probabilities(), self._next(), *self._list()]

    def _spelled(self, symbol):
        return spelled(symbol, self.language.end)

    def _quoted(self, text):
        return quoted(text, noun=self.symbol)

    def _text(self):
        drawn, prefix = self.sampler.drawn, self.language.vocabulary.split(self.sampler.prefix)
        bits = [draw.bits for draw in drawn]
        state = ", finished" if self._finished else ""
        title = f"{self._quoted(self.sampler.text)}{state}: {len(drawn)} drawn, {sum(bits):.1f} bits at temperature 1"
        said = [f"{self._spelled(d.symbol)}: drawn with {d.p:.3f}, {d.natural:.3f} at temperature 1" for d in drawn]
        return blocks.letters(
            "text",
            title if drawn else f"{self._quoted(self.sampler.prefix)}: nothing drawn yet",
            [*prefix, *(draw.symbol for draw in drawn)],
            [None] * len(prefix) + bits,
            [f"{spelled(symbol)}: given" for symbol in prefix] + said,
            limit=2 * np.log2(len(self.language.vocabulary)),
        )

    def _probabilities(self):
        drawn = self.sampler.drawn[-SHOWN_LETTERS:]
        if not drawn:
            return []
        rows = [
            ["drawn with probability", *(f"{draw.p:.3f}" for draw in drawn)],
            ["at temperature 1", *(f"{draw.natural:.3f}" for draw in drawn)],
        ]
        last = ", the last ones" * (len(drawn) < len(self.sampler.drawn))
        title = f"What each {self.symbol} was drawn with{last}"
        return [blocks.table("drawn", title, [self.symbol, *(self._spelled(draw.symbol) for draw in drawn)], rows)]

    def _next(self):
        p, natural = self._choice()
        places, symbols = np.argsort(-p, kind="stable")[:SHOWN_BARS], self.language.vocabulary.symbols
        places = sorted(places, key=symbols.__getitem__) if self.order == "alphabet" else places
        return blocks.bars(
            "next",
            self._finding(p, natural),
            [self._spelled(symbols[place]) for place in places],
            p[places],
            "%",
            high=1.0,
            beside=(f"at temperature {self.temperature:.2g}", "at temperature 1", natural[places]),
        )

    def _choice(self):
        return tempered(self.sampler.log_p, self.temperature), tempered(self.sampler.log_p)

    def _finding(self, p, natural):
        best = int(p.argmax())
        best = f"{self._spelled(self.language.vocabulary.symbols[best])} is likeliest, {percent(p[best])}"
        where = after(self.sampler.text, self.symbol)
        return f"{where} {best}; {entropy(p):.2f} bits open, {entropy(natural):.2f} at temperature 1"

    def _among(self, text, texts):
        """Return whether a text is one of those or, where texts only stop, a piece of one."""
        return text in texts if self.language.end else any(text in each for each in texts)

    def _status(self, text):
        if self.grammar is not None:
            return "grammatical" if self._judged[text] else "not grammatical"
        if self._among(text, self.trained):
            return "in the training data"
        return "held out: real, never seen in training" if self._among(text, self.held_out) else "new"

    def _news(self):
        if self.grammar is not None:
            return f"{sum(self._judged[text] for text in self.texts)} of {len(self.texts)} {self.noun}s are grammatical"
        new = sum(not self._among(text, self.trained) for text in self.texts)
        return f"{new} of {len(self.texts)} {self.noun}s are not in the training data"

    def _list(self):
        if not self.texts:
            return []
        whole = 3 * LONGEST if self.grammar is not None else 24  # what is judged is shown from its beginning
        last = self.texts[: -SHOWN_TEXTS - 1 : -1]
        rows = [[quoted(text, whole, noun=self.symbol), self._status(text)] for text in last]
        title = self._news() + ("; the last ones" if len(self.texts) > SHOWN_TEXTS else "")
        asked = "where it is from" if self.grammar is None else "by the grammar"
        return [blocks.table("texts", title, [self.noun, asked], rows)]

    def sentence(self):
        """Return the next probabilities and the count as text."""
        p, _ = self._choice()
        likeliest = np.argsort(-p, kind="stable")[:3]
        named = [f"{self._spelled(self.language.vocabulary.symbols[n])} {percent(p[n])}" for n in likeliest]
        news = f". {self._news()}" if self.texts else ""
        return f"{self._quoted(self.sampler.text)}, next {', '.join(named)}; {entropy(p):.2f} bits open{news}"
