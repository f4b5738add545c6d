"""Writing with a language model: temperature, drawing, and a text that grows symbol by symbol."""

from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.experiments.language import LanguageModel
from rnnedu.functions import softmax

HOTTEST = 1e6  # by then all symbols are alike
MOST = 10_000  # symbols of one text


def tempered(log_p, temperature=1.0, top=None):
    """Return (V,) float64 probabilities: softmax(log_p / temperature), over the `top` likeliest symbols alone.

    log_p : (V,) float log-probabilities or logits, finite. temperature : 0 to 1e6: 1 leaves probabilities as they
    are, 0 gives all to the likeliest symbol (the first of equals), a high one makes all alike. top : 1 to V, None is V.
    Source: Ackley, Hinton & Sejnowski (1985), a Boltzmann distribution.

    >>> tempered(np.log([0.5, 0.3, 0.2]), 0.5).round(3)
    array([0.658, 0.237, 0.105])

    Raises ValueError and TypeError for other values.
    """
    log_p = validate.array("log_p", log_p, ("V",), {}).astype(np.float64)
    temperature = validate.number("temperature", temperature, 0, HOTTEST)
    kept = len(log_p) if top is None else validate.integer("top", top, 1, len(log_p))
    kept = 1 if temperature == 0 else kept
    with np.errstate(over="ignore"):  # to -inf, whose probability is 0
        scaled = (log_p - log_p.max()) / (temperature or 1)
    scaled[np.argsort(-log_p, kind="stable")[kept:]] = -np.inf
    return softmax(scaled)


def entropy(p):
    """Return -sum(p log2 p) in bits, of probabilities (V,): how open the choice is, 0 to log2 V (Shannon 1948)."""
    p = np.asarray(p, np.float64)
    return -float((p * np.log2(p, where=p > 0, out=np.zeros_like(p))).sum()) + 0.0  # no -0


@dataclass(frozen=True)
class Draw:
    """A symbol that was drawn. p : with what probability. natural : its probability at temperature 1."""

    symbol: str
    p: float
    natural: float

    @property
    def bits(self):
        """Its surprisal at temperature 1, -log2 natural."""
        return -float(np.log2(self.natural))


class Sampler:
    r"""A text that grows symbol by symbol.

    language : LanguageModel. prefix : what the text begins with, no end symbol in it.
    rng : a seed, or a NumPy Generator that goes on from text to text.

    drawn : the Draws so far. log_p : (V,) natural log of the probability of every next symbol.

    >>> from rnnedu.experiments.language import load_names_model
    >>> sampler = Sampler(load_names_model(), "mar", rng=1)
    >>> sampler.draw(temperature=0).symbol
    'i'
    >>> sampler.text, sampler.ended
    ('mari', False)

    Raises ValueError for a prefix with an end symbol or with symbols that the model does not know.
    """

    def __init__(self, language, prefix="", rng=0):
        self.language = validate.kind("language", language, LanguageModel)
        if len(language.parts(prefix)) > 1:
            raise ValueError(f"prefix is {prefix!r}, which has ended; accepted is one without {language.end!r}")
        rows, self._carried = language.read(language.behind_begin(prefix))
        self.prefix, self.drawn, self.log_p = prefix, [], rows[-1]
        self.rng = np.random.default_rng(rng)

    @property
    def text(self):
        """The prefix and what was drawn, without the end symbol."""
        return self.language.vocabulary.join([self.prefix, *self._symbols])

    @property
    def _symbols(self):
        return (draw.symbol for draw in self.drawn if draw.symbol != self.language.end)

    @property
    def ended(self):
        """Whether the end symbol was drawn."""
        return bool(self.drawn) and self.drawn[-1].symbol == self.language.end

    def draw(self, temperature=1.0, top=None):
        """Draw the next symbol from `tempered(log_p, temperature, top)`, read it, and return the Draw.

        Raises ValueError for a text that has ended or has 10,000 symbols, and as `tempered` does.
        """
        if self.ended or len(self.drawn) >= MOST:
            raise ValueError(f"the text is {self.text!r:.60}, which has ended; accepted is a new Sampler")
        p = tempered(self.log_p, temperature, top)
        chosen = int(self.rng.choice(len(p), p=p))
        draw = Draw(self.language.vocabulary.symbols[chosen], float(p[chosen]), float(np.exp(self.log_p[chosen])))
        if draw.symbol != self.language.end:
            rows, self._carried = self.language.read(draw.symbol, self._carried)
            self.log_p = rows[-1]
        self.drawn.append(draw)
        return draw

    def finish(self, temperature=1.0, top=None, most=40):
        """Draw until the text ends, at most `most` symbols in all, 1 to 10,000; return the text."""
        validate.integer("most", most, 1, MOST)
        while not self.ended and len(self.drawn) < most:
            self.draw(temperature, top)
        return self.text


def sample(language, prefix="", temperature=1.0, seed=0, top=None, most=40):
    """Return a text that `language` writes: `prefix` and at most `most` symbols. The same seed gives the same text.

    Raises as `Sampler`, `tempered` and `Sampler.finish` do.
    """
    return Sampler(language, prefix, validate.integer("seed", seed, 0)).finish(temperature, top, most)
