"""What the CTC functions accept: scores, lengths and label sequences, checked and brought into one form."""

import numpy as np

from rnnedu import validate
from rnnedu.functions import log_softmax

FLOOR = -1e250  # below any log probability that means something; T of them still add up to a finite number


def scores(logits, input_lengths, blank):
    """Return log probabilities (T, B, V), always float64, and the input lengths (B,).

    The recursions need the digits of float64: in float32 a sum over long sequences loses what the gradient is made of.
    Raises TypeError and ValueError naming `logits`, `input_lengths` or `blank`.
    """
    sizes = {}
    logits = validate.array("logits", logits, ("T", "B", "V"), sizes)
    validate.integer("blank", blank, 0, sizes["V"] - 1)
    lengths = _lengths("input_lengths", input_lengths, sizes["B"], 1, sizes["T"])
    with np.errstate(over="ignore", under="ignore"):  # logits of +-1e308: the difference is -inf, the floor holds it
        log_y = log_softmax(logits.astype(np.float64, copy=False))
        return np.maximum(log_y, FLOOR, out=log_y), lengths


def padded(name, given, lengths, V, blank):
    """Return label sequences as one array (B, L), filled up with `blank`, and their lengths (B,).

    given : a list of B sequences of labels, each of any length, also empty; or a padded integer array (B, L).
    lengths : (B,) for a padded array, whose entries behind them are not read; None is all L. None for a list.
    V, blank : a label is an integer 0..V-1 and not `blank`.
    """
    if isinstance(given, np.ndarray):
        given = _cut(name, given, lengths)
    elif lengths is not None:
        raise TypeError(f"target_lengths is given with a list; accepted is a padded array (B, L) in {name} with it")
    rows = [labels(f"{name}[{b}]", row, V, blank) for b, row in enumerate(_listed(name, given))]
    sizes = np.array([len(row) for row in rows], dtype=np.intp)
    filled = np.full((len(rows), max(sizes, default=0)), blank)
    for row, begin in zip(rows, filled, strict=True):
        begin[: len(row)] = row
    return filled, sizes


def labels(name, row, V, blank):
    """Return one sequence of labels as an integer array; each is within 0..V-1 and not `blank`."""
    row = integers(name, row, 1)
    wrong = (row < 0) | (row >= V) | (row == blank)
    if wrong.any():
        i = int(wrong.argmax())
        raise ValueError(f"{name} holds {row[i]} at index {i}; accepted is 0..{V - 1} without blank = {blank}")
    return row


def listed(name, given, V, blank):
    """Return a non-empty list of words as a list of integer arrays, each with at least one label."""
    words = [labels(f"{name}[{i}]", word, V, blank) for i, word in enumerate(_listed(name, given))]
    empty = [f"{name}[{i}]" for i, word in enumerate(words) if len(word) == 0]
    if empty or not words:
        raise ValueError(f"{[*empty, name][0]} is empty; accepted is a list of words, each with at least one label")
    return words


def batch_of_one(name, logits):
    """Return logits (T, V) as (T, 1, V)."""
    return validate.array(name, logits, ("T", "V"), {})[:, None]


def integers(name, value, ndim):
    """Return `value` as an array of integers with `ndim` axes; an empty list has no dtype and is accepted."""
    if np.ma.is_masked(value):  # np.asarray would let the masked entries in
        raise ValueError(f"{name} has masked entries; accepted is an array without any, and lengths")
    value = validate.rectangular(name, value)
    if value.ndim != ndim:
        raise ValueError(f"{name} has shape {value.shape}; accepted is an array of integers with {ndim} axes")
    if value.size and value.dtype.kind not in "iu":
        raise TypeError(f"{name} has dtype {value.dtype}; accepted are integers")
    return value.astype(np.intp)


def _listed(name, given):
    """Return a list or tuple as it is; a string or a dict would be read letter by letter or by its keys."""
    if not isinstance(given, (list, tuple)):
        raise TypeError(f"{name} is a {type(given).__name__}; accepted is a list of label sequences")
    return given


def _cut(name, array, lengths):
    """Return the rows of a padded array, each as long as it says."""
    array = integers(name, array, 2)
    lengths = _lengths("target_lengths", lengths, len(array), 0, array.shape[1])
    return [row[:length] for row, length in zip(array, lengths, strict=True)]


def _lengths(name, value, B, low, high):
    """Return lengths (B,) within low..high; None is `high` for all."""
    if value is None:
        return np.full(B, high, dtype=np.intp)
    value = integers(name, value, 1)
    if len(value) != B:
        raise ValueError(f"{name} has shape {value.shape}; accepted is (B,) = ({B},)")
    wrong = (value < low) | (value > high)
    if wrong.any():
        b = int(wrong.argmax())
        raise ValueError(f"{name} holds {value[b]} at index {b}; accepted are integers from {low} to {high}")
    return value
