"""Texts as arrays to train a language model on: what is read, what comes next, and where there is only padding."""

import numpy as np

from rnnedu import validate
from rnnedu.datasets import Vocabulary


def split(texts, share=0.1, seed=0):
    """Return (training, held_out), two tuples of texts: `share` of them, drawn by `seed`, are held out.

    Raises ValueError where either part would be empty, TypeError for a share or seed that is no number.
    """
    texts = tuple(texts)
    share = validate.number("share", share, 0, 1, low_included=False, high_included=False)
    order = np.random.default_rng(validate.integer("seed", seed, 0)).permutation(len(texts))
    held = int(len(texts) * share)
    if not 0 < held < len(texts):
        raise ValueError(f"share is {share}, which holds out {held} of {len(texts)} texts; accepted is some, not all")
    return tuple(texts[n] for n in order[held:]), tuple(texts[n] for n in order[:held])


def training_set(texts, vocabulary, begin="\n", end="\n"):
    r"""Return (x, y, weights) of N texts, padded to the longest: T is its length, and 1 for `end`.

    x : (N, T) int64, the ids of `begin` and the text: what is read. y : (N, T) int64, the ids of the text and `end`:
    what comes next. weights : (N, T) float32, 0 on padding and equal elsewhere, 1 on average, so that the loss of
    `fit(x, y, sample_weight=weights)` over all of them is the mean over symbols, padding left out.
    begin : one symbol of the vocabulary. end : one too, or "" where texts do not end, only stop.

    >>> x, y, weights = training_set(["ab", "b"], Vocabulary("\nab"))
    >>> print(x, y, weights, sep="\n")
    [[0 1 2]
     [0 2 0]]
    [[1 2 0]
     [2 0 0]]
    [[1.2 1.2 1.2]
     [1.2 1.2 0. ]]

    Raises ValueError for no texts, a text of no symbols or a symbol that is not in the vocabulary.
    """
    validate.kind("vocabulary", vocabulary, Vocabulary)
    rows = [_row(text, vocabulary, begin, end) for text in texts]
    T = max((len(row) - 1 for row in rows), default=0)
    if min((len(row) for row in rows), default=0) < 2:
        raise ValueError("texts holds no text, or an empty one that has no end; accepted are texts with symbols")
    x, y, real = (np.zeros((len(rows), T), dtype) for dtype in (np.int64, np.int64, np.float32))
    for n, row in enumerate(rows):
        x[n, : len(row) - 1], y[n, : len(row) - 1], real[n, : len(row) - 1] = row[:-1], row[1:], 1
    return x, y, real * np.float32(real.size / real.sum())


def packed_set(texts, vocabulary, length, end="\n"):
    r"""Return (x, y), each (N, length) int64: texts one after the other in rows, without padding.

    Every row begins with `end` and a text, as a text does that is read alone; `end` stands between texts. Where a row
    is full it is cut, and what does not fit is left out: no symbol is read behind another past than in a single text,
    but for the texts that went before it, which a model learns to forget.

    >>> x, y = packed_set(["ab", "b", "aba"], Vocabulary("\nab"), 5)
    >>> print(x, y, sep="\n")
    [[0 1 2 0 2]]
    [[1 2 0 2 0]]

    Raises ValueError for other lengths, symbols that are not in the vocabulary and texts that fill no row.
    """
    length, rows, row = validate.integer("length", length, 1), [], []
    for text in texts:
        row = row or [vocabulary.encode(end)]
        row.append(vocabulary.encode(vocabulary.join([text, end])))
        if sum(map(len, row)) > length:
            rows.append(np.concatenate(row)[: length + 1])
            row = []
    if not rows:
        raise ValueError(f"texts fill no row of {length} symbols; accepted are more texts, or a shorter length")
    rows = np.stack(rows)
    return rows[:, :-1], rows[:, 1:]


def _row(text, vocabulary, begin, end):
    vocabulary.encode(text or begin)  # first: its message counts positions in the text alone
    return vocabulary.encode(vocabulary.join([begin, text, end]))
