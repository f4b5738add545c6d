"""CTCLattice: all the ways in which a network may have spelled a word, frame by frame, and what they add up to."""

import string

import numpy as np
import traitlets

from rnnedu import ctc, validate
from rnnedu.experiments import alignments
from rnnedu.functions import softmax
from rnnedu.widget import blocks, controls, tracks
from rnnedu.widget.panel import Panel
from rnnedu.widget.places import quoted, short_enough

BLANK = "-"
LONGEST_WORD, MAX_FRAMES, MAX_SYMBOLS = 12, 60, 40
LISTED = 6  # alignments shown one by one
SHOWN = {"posterior": "γ, the posterior", "alpha": "α, the way here", "beta": "β, the way on"}


class CTCLattice(Panel):
    """Show the alignment lattice of a word: forward α, backward β, the posterior γ, and the collapse.

    word : what was said, 1 to 12 symbols. Without `logits` letters a to z, of which a network is made up that has heard
        the word: frames : T, 1 to 60. confidence : 0 to 20, how far its right letters stand out. seed : of its noise.
    logits : None, or (T, V) finite numbers of a network, T at most 60; with symbols : V texts, the first one the blank.
    size : what the dots show, "posterior", "alpha" or "beta"; the last two relative to the frame's largest.

    `lattice` holds the numbers, a `ctc.Lattice`; `p`, `best` and `count` what they add up to. Raises ValueError or
    TypeError for other values, and goes on showing the ones before.

    >>> shown = CTCLattice("see", frames=5)
    >>> shown.count, shown.lattice.log_alpha.shape
    (7, (5, 7))
    """

    heading = "CTC alignment lattice"
    inputs = ("word", "frames", "confidence", "seed", "size")

    word = traitlets.Unicode("see").tag(sync=True)
    frames = traitlets.Int(8).tag(sync=True)
    confidence = traitlets.Float(4.0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    size = traitlets.Unicode("posterior").tag(sync=True)

    def __init__(self, word="see", logits=None, symbols=None, **traits):
        self.given = None if logits is None and symbols is None else _given(logits, symbols)
        self.lattice = None
        super().__init__(**(traits | {"word": word}))

    def compute(self):
        """Check the traits and work out the lattice."""
        word = short_enough("word", self.word, LONGEST_WORD)
        validate.integer("frames", self.frames, 1, MAX_FRAMES)
        validate.number("confidence", self.confidence, 0, 20)
        validate.integer("seed", self.seed, 0)
        validate.choice("size", self.size, tuple(SHOWN))
        symbols = self.given[1] if self.given else [BLANK, *sorted(set(word)), *_stranger(word)]
        target = _labels(word, symbols if self.given else [BLANK, *string.ascii_lowercase])
        self.symbols, self.target = symbols, [symbols.index(letter) for letter in word] if target else []
        self.logits = self.given[0] if self.given else self._made_up()
        self.lattice = ctc.lattice(self.logits, self.target)

    def _made_up(self):
        V = len(self.symbols)
        return alignments.spoken(self.target, V, self.frames, confidence=self.confidence, seed=self.seed)

    # -- what it adds up to ----------------------------------------------------------------------------------------

    @property
    def T(self):
        """Frames."""
        return len(self.logits)

    @property
    def p(self):
        """The probability of the word, all its alignments together; 0 where the frames are too few."""
        return float(np.exp(self.lattice.log_p))

    @property
    def count(self):
        """How many alignments spell the word."""
        return alignments.count(self.target, self.T)

    @property
    def best(self):
        """The most probable alignment of the word as text, None where there is none."""
        states = alignments.best_states(self.lattice)
        return None if states is None else self._spelled(self.lattice.labels[states])

    @property
    def greedy(self):
        """The likeliest symbol of every frame as text."""
        return self._spelled(self.logits.argmax(axis=1))

    def _spelled(self, path):
        return "".join(self.symbols[label] for label in path)

    # -- what is seen ----------------------------------------------------------------------------------------------

    def form(self):
        """Return the controls."""
        found = [controls.field("word", LONGEST_WORD, "the word"), controls.select("size", SHOWN, "dots show")]
        if self.given:
            return found
        made = controls.slider("confidence", 0, 20, 0.5, "how sure the network is")
        return [*found, controls.count("frames", 1, MAX_FRAMES, "frames T"), made, controls.count("seed", 0, 9999)]

    def blocks(self):
        """Return the lattice over the network's output, the collapse, and what the blank is for."""
        return [self._lattice(), self._collapse(), *self._listed(), self._blank()]

    def sentence(self):
        """Return what it adds up to as one line."""
        return f"{self._finding()}. The network's likeliest path {self.greedy} reads {quoted(self._read(self.greedy))}."

    def _finding(self):
        word, ways = quoted(self.word), f"{self.count:,} path{'s' * (self.count != 1)}"
        if not self.count:
            need = len(self.target) + sum(a == b for a, b in zip(self.target, self.target[1:], strict=False))
            return f"{self.T} frames are too few for {word}: it needs {need}, a blank between equal letters included"
        return f"{ways} of {self.T} frames spell {word}; together they have the probability {self.p:.3g}"

    def _lattice(self):
        lattice, T = self.lattice, self.T
        names = [self.symbols[label] for label in lattice.labels]
        rows = [f"{state + 1} {name}" for state, name in enumerate(names)]
        open_ = np.isfinite(lattice.log_alpha + lattice.log_beta)
        dots = tracks.lattice(
            "states, a blank around every letter; a line is as thick as its step is probable; ringed: the best path",
            rows,
            self._sizes(),
            alignments.flows(lattice),
            open_,
            alignments.best_states(lattice),
            height=max(26 * len(names), 90),
        )
        y, gamma = softmax(self.logits), alignments.by_symbol(lattice, len(self.symbols))
        maps = [self._map("y, what the network says", y), self._map("γ, where the word's letters are", gamma)]
        columns = {"y": np.exp(lattice.log_y), "log α": lattice.log_alpha, "log β": lattice.log_beta}
        columns = {name: each.T for name, each in (columns | {"γ = αβ / p": lattice.posterior}).items()}
        along = tracks.axis("frame", 0.5, T + 0.5, 1)
        return tracks.block("lattice", self._finding(), [dots, *maps], along, columns=(rows, columns))

    def _map(self, name, values):
        names, height = self.symbols, max(60, 18 * len(self.symbols))
        marks = range(len(names))
        return tracks.heat(name, values.T, names, 0.5, 1, low=0, high=1, height=height, marks=marks)

    def _sizes(self):
        """Return how large each dot is, (T, S), 0 to 1."""
        if self.size == "posterior":
            return self.lattice.posterior
        log = self.lattice.log_alpha if self.size == "alpha" else self.lattice.log_beta
        top = log.max(axis=1, keepdims=True)
        return np.exp(log - np.where(np.isfinite(top), top, 0))

    def _read(self, path):
        labels = ctc.collapse([self.symbols.index(symbol) for symbol in path])
        return self._spelled(labels)

    def _collapse(self):
        paths = {"likeliest in every frame": self.greedy} | ({"best path of the word": self.best} if self.best else {})
        rows = [[name, path, self._merged(path), self._read(path)] for name, path in paths.items()]
        columns = ["path", "frame by frame", "1: repeats become one", "2: blanks go"]
        return blocks.table("collapse", f"The collapse: {self.greedy} reads {quoted(rows[0][-1])}", columns, rows)

    def _merged(self, path):
        return self._spelled(alignments.merged([self.symbols.index(symbol) for symbol in path]))

    def _listed(self):
        """Return the most probable alignments one by one, where all can be listed."""
        V = len(self.symbols)
        if V**self.T > alignments.MAX_PATHS or not self.count:
            return []
        paths = alignments.alignments(self.target, V, self.T)
        each = softmax(self.logits)[np.arange(self.T), paths].prod(axis=1)
        first = np.argsort(-each, kind="stable")[:LISTED]
        rows = [[self._spelled(paths[n]), f"{each[n]:.3g}", f"{each[n] / self.p:.1%}"] for n in first]
        rest = f", the {LISTED} most probable" if len(paths) > LISTED else ""
        title = f"Summed one by one, {len(paths)} of all {V**self.T:,} paths give {each.sum():.3g} too{rest}"
        return [blocks.table("paths", title, ["alignment", "p", "share"], rows)]

    def _blank(self):
        without = alignments.without_blank(self.logits, self.target)
        rest = self.logits[:, 1:].argmax(axis=1) + 1
        path = self._spelled(rest)
        p = "0: no path spells it" if without == -np.inf else f"{np.exp(without):.3g}"
        read = f"Its likeliest path is then {path}, and reads {quoted(self._merged(path))}."
        said = f"With the blank taken away, the probability of {quoted(self.word)} is {p}. {read}"
        return blocks.text("blank", "What the blank is for", said)


def _stranger(word):
    """Return one letter that the word lacks, in a list; none where it has them all."""
    return [letter for letter in "tao" if letter not in word][:1]


def _labels(word, symbols):
    if not word:
        raise ValueError(f"word is empty; accepted are 1 to {LONGEST_WORD} symbols")
    strange = [letter for letter in word if letter not in symbols[1:]]
    if strange:
        raise ValueError(f"word holds {strange[0]!r}; accepted are {' '.join(symbols[1:])}")
    return list(word)


def _given(logits, symbols):
    """Return checked (logits (T, V) float64, symbols)."""
    if logits is None or symbols is None:
        raise ValueError("logits and symbols belong together; accepted are both, or neither")
    sizes = {}
    logits = validate.array("logits", logits, ("T", "V"), sizes).astype(np.float64)
    validate.integer("T, the frames of logits,", sizes["T"], 1, MAX_FRAMES)
    validate.integer("V, the symbols of logits,", sizes["V"], 2, MAX_SYMBOLS)
    symbols = [validate.kind("symbols", symbol, str) for symbol in symbols]
    if len(symbols) != sizes["V"] or len(set(symbols)) != len(symbols) or {len(symbol) for symbol in symbols} != {1}:
        raise ValueError(f"symbols are {symbols}; accepted are V = {sizes['V']} different characters, the blank first")
    return logits, symbols
