"""Where words begin, found by surprise alone: text without blanks, and what each letter costs by its place in a word.

Source: Elman (1990), "Finding structure in time": a network that predicts letters errs most where a word begins, and
less from letter to letter, though nothing in its input says where words begin.
"""

import re
from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.datasets import Vocabulary

LETTERS = Vocabulary("\nabcdefghijklmnopqrstuvwxyz")  # the line end is what a text is read behind
WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, eq=False)
class Joined:
    """A text of letters alone, and the place (T,) of each in its word, from 0."""

    text: str
    places: np.ndarray

    @classmethod
    def of(cls, text):
        """Take the words a-z out of a text, in lower case, and join them without anything between.

        Raises ValueError for a text without such words, TypeError for no str.

        >>> joined = Joined.of("It is, so: 2 is")
        >>> joined.text, joined.places.tolist()
        ('itissois', [0, 1, 0, 1, 0, 1, 0, 1])
        """
        words = WORD.findall(validate.kind("text", text, str).lower())
        if not words:
            raise ValueError(f"text is {text[:40]!r}; accepted is one with words of the letters a-z")
        return cls("".join(words), np.concatenate([np.arange(len(word)) for word in words]))

    @property
    def starts(self):
        """(T,) bool: where words begin."""
        return self.places == 0

    @property
    def lengths(self):
        """(T,) int: how long the word is that each letter is in."""
        each = np.diff(np.append(np.flatnonzero(self.starts), len(self.places)))
        return np.repeat(each, each)


def by_place(joined, bits, most=7):
    """Return (mean, half) of (most,) each: the mean surprisal of letters by place, in words of at least `most` letters.

    bits : (T,), the surprisal of every letter. half : half of the 95 % interval, 1.96 standard errors.
    Raises ValueError where bits has another shape or no word is so long.
    """
    bits = validate.shaped("bits", bits, joined.places.shape, np.float64)
    most = validate.integer("most", most, 1)
    rows = bits[joined.lengths >= most]
    places = joined.places[joined.lengths >= most]
    if not len(rows):
        raise ValueError(f"most is {most}; accepted is at most {joined.lengths.max()}, the longest word")
    columns = [rows[places == place] for place in range(most)]
    return tuple(np.array([of(column) for column in columns]) for of in (np.mean, _half))


def _half(values):
    return 1.96 * values.std() / np.sqrt(len(values))


def rises(joined, bits):
    """Return (at beginnings, elsewhere): the share of letters that cost more than the letter before them.

    The first letter of all is left out. If beginnings were like other places both shares would be alike. bits : (T,).
    Raises as `by_place`.
    """
    bits = validate.shaped("bits", bits, joined.places.shape, np.float64)
    risen, starts = bits[1:] > bits[:-1], joined.starts[1:]
    return float(risen[starts].mean()), float(risen[~starts].mean())


def precision_and_recall(joined, bits, threshold):
    """Return (precision, recall) of "a word begins where a letter costs more than `threshold` bits"; each 0 to 1.

    bits : (T,). Raises as `by_place`. Without any such letter the precision is 0.
    """
    bits = validate.shaped("bits", bits, joined.places.shape, np.float64)
    marked = bits > validate.number("threshold", threshold, 0)
    hits = (marked & joined.starts).sum()
    return float(hits / max(marked.sum(), 1)), float(hits / joined.starts.sum())
