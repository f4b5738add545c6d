"""Spoken digits, zero to nine, said one at a time by many artificial voices."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from rnnedu.datasets._checks import choice, whole
from rnnedu.datasets._files import damaged, data_path, read_table

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
RATE = 8000  # samples a second
PARTS = ("training", "held out")
COLUMNS = ("group", "start", "length", "word", "voice", "part")
INDEX = "speech/index.csv"


@dataclass(frozen=True, eq=False)
class SpokenDigits:
    """K recordings of one word each; they cannot be written to.

    samples : tuple of K arrays (N,) float32 within -1..1, at 8000 a second.
    digits : (K,) integers 0 to 9, what is said.
    voices : tuple of K names, each of a voice at one speed and pitch: "slt-us-3", "en-gb+f2-1".
    groups : tuple of K names, of the person, the synthesiser's method or the accent: "flite-slt", "espeak-en-gb".
    parts : tuple of K names, "training" or "held out".
    """

    samples: tuple = field(repr=False)
    digits: np.ndarray = field(repr=False)
    voices: tuple = field(repr=False)
    groups: tuple = field(repr=False)
    parts: tuple = field(repr=False)

    def __len__(self):
        """K, the number of recordings."""
        return len(self.samples)

    @property
    def seconds(self):
        """How long all of them last together."""
        return sum(map(len, self.samples)) / RATE

    def take(self, rows):
        """Return the SpokenDigits of some rows, an array or list of K bools or of indices."""
        rows = np.arange(len(self))[np.asarray(rows, dtype=None if len(rows) else int)]
        names = (tuple(each[k] for k in rows) for each in (self.voices, self.groups, self.parts))
        return SpokenDigits(tuple(self.samples[k] for k in rows), self.digits[rows], *names)

    def of(self, *, part=None, group=None, voice=None):
        """Return the SpokenDigits of one part, group or voice; those in it that are not named may be any.

        Raises ValueError for a name that none has.
        """
        kept = np.ones(len(self), bool)
        for what, name in (("part", part), ("group", group), ("voice", voice)):
            names = getattr(self, f"{what}s")
            if name is not None:
                choice(what, name, tuple(dict.fromkeys(names)))
                kept &= np.array([each == name for each in names])
        return self.take(kept)


@cache
def load_digits():
    """Return all recordings of data/speech/ as SpokenDigits; data/README.md says how they were made. Read once.

    Raises ImportError without the soundfile package, ValueError for a damaged data file.
    """
    rows = [_row(line, cells) for line, cells in read_table(INDEX, COLUMNS)]
    files = {group: _decoded(group) for group in dict.fromkeys(row[0] for row in rows)}
    samples = tuple(_cut(files[group], group, start, length) for group, start, length, *_ in rows)
    groups, _, _, words, voices, parts = zip(*rows, strict=True)
    digits = np.array([WORDS.index(word) for word in words])
    digits.flags.writeable = False
    return SpokenDigits(samples, digits, voices, groups, parts)


def _row(line, cells):
    group, start, length, word, voice, part = cells
    if not (start.isdecimal() and length.isdecimal() and int(length)):
        raise damaged(INDEX, line, f"found {start!r}, {length!r}", "a start and a length in samples")
    if word not in WORDS or part not in PARTS:
        raise damaged(INDEX, line, f"found {word!r}, {part!r}", f"one of {', '.join(WORDS)}, then training or held out")
    return group, int(start), int(length), word, voice, part


def _decoded(group):
    """Return the samples of one file."""
    try:
        import soundfile  # the only reader of OGG that is at hand on every system
    except ImportError as error:
        raise ImportError("the spoken digits need the soundfile package: pip install soundfile") from error
    name = f"speech/{group}.ogg"
    try:
        samples, rate = soundfile.read(data_path(name), dtype="float32")
    except (OSError, soundfile.LibsndfileError) as error:
        raise ValueError(f"data file {name}: {error}; reinstalling rnnedu restores it") from error
    if samples.ndim != 1 or rate != RATE:
        raise ValueError(f"data file {name} has shape {samples.shape} at {rate} Hz; accepted: (N,) at {RATE} Hz")
    samples.flags.writeable = False
    return samples


def _cut(samples, group, start, length):
    cut = samples[start : start + length]
    if len(cut) < length:
        raise ValueError(f"data file speech/{group}.ogg is cut short; reinstalling rnnedu restores it")
    return cut


def make_digit_strings(count, seed=0, longest=5):
    """Return `count` tuples of digits 0 to 9, each of 1 to `longest` digits; every length and digit equally likely.

    Args:
        count: how many, 1 or more.
        seed: 0 or more; the same seed gives the same strings.
        longest: digits in the longest, 1 or more.

    Raises ValueError when an argument is outside these.
    """
    count, longest = whole("count", count, 1), whole("longest", longest, 1)
    rng = np.random.default_rng(whole("seed", seed, 0))
    return [tuple(rng.integers(10, size=rng.integers(1, longest + 1)).tolist()) for _ in range(count)]
