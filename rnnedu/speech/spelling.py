"""Digits as words, words as labels of CTC: label 0 is the blank, the others are a space and the letters that occur."""

import numpy as np

from rnnedu import validate
from rnnedu.datasets.speech import WORDS

SYMBOLS = ("", *sorted(set(" ".join(WORDS))))  # label -> what is written; the blank writes nothing
BLANK, SPACE = 0, SYMBOLS.index(" ")
LABELS = {symbol: label for label, symbol in enumerate(SYMBOLS) if symbol}


def spelt(digits):
    """Return digits 0 to 9 as words with spaces between: (4, 2) is "four two". Raises ValueError for other numbers."""
    return " ".join(WORDS[validate.integer("digits", int(digit), 0, 9)] for digit in digits)


def labels(text):
    """Return the labels of a text, a tuple. Raises ValueError for a character that no digit's name has."""
    validate.kind("text", text, str)
    unknown = sorted(set(text) - LABELS.keys())
    if unknown:
        raise ValueError(f"text holds {unknown[0]!r}; accepted are the characters {''.join(SYMBOLS)!r}")
    return tuple(LABELS[symbol] for symbol in text)


def text(labels):
    """Return what labels spell. Raises ValueError for one beyond the last symbol."""
    return "".join(SYMBOLS[validate.integer("label", int(label), 0, len(SYMBOLS) - 1)] for label in labels)


def words():
    """Return the labels of each digit's name, for `rnnedu.ctc.lexicon`."""
    return [labels(word) for word in WORDS]


def padded(texts):
    """Return the labels of texts as one array (N, L), -1 behind the end of each, as the loss "ctc" takes them."""
    rows = [labels(each) for each in texts]
    filled = np.full((len(rows), max(1, *map(len, rows)) if rows else 1), -1)
    for row, found in zip(filled, rows, strict=True):
        row[: len(found)] = found
    return filled
