"""Running text, or any other long sequence, in pieces that follow one another: truncated BPTT with a carried state."""

import numpy as np

from rnnedu.datasets._checks import whole


def make_lanes(sequence, lanes=32, length=100):
    r"""Return (x, y) of one long sequence for training with a carried state, each (K * lanes, length, ...).

    The sequence is cut into `lanes` equally long ones, which are read side by side, `length` steps at a time: batch
    k of `lanes` rows holds piece k of every lane, so row b of it goes on where row b of batch k - 1 ended. y is what
    comes one step after x. Train with stateful layers, `batch_size=lanes` and `shuffle=False`, and let each reading
    of the whole begin from the zero state. What is left at the end, less than lanes * length steps and one, is not
    used. Source: Williams & Peng (1990), truncated backpropagation through time.

    Args:
        sequence: (N, ...), such as the ids of a text, N > lanes * length.
        lanes: how many rows a batch has, B.
        length: steps through which gradients flow back, T.

    Raises ValueError for other numbers, and for a sequence that is too short for one batch.

    >>> x, y = make_lanes(np.arange(14), lanes=2, length=3)
    >>> print(x, y, sep="\n")
    [[ 0  1  2]
     [ 6  7  8]
     [ 3  4  5]
     [ 9 10 11]]
    [[ 1  2  3]
     [ 7  8  9]
     [ 4  5  6]
     [10 11 12]]
    """
    sequence = np.asarray(sequence)
    lanes, length = whole("lanes", lanes, 1), whole("length", length, 1)
    if sequence.ndim < 1 or len(sequence) <= lanes * length:
        raise ValueError(
            f"sequence has shape {sequence.shape}; accepted: (N, ...) with N above lanes * length = {lanes * length}"
        )
    pieces = (len(sequence) - 1) // lanes // length
    return tuple(_cut(part, lanes, pieces, length) for part in (sequence[:-1], sequence[1:]))


def _cut(sequence, lanes, pieces, length):
    each = len(sequence) // lanes  # steps of a lane
    rows = sequence[: lanes * each].reshape(lanes, each, *sequence.shape[1:])[:, : pieces * length]
    rows = rows.reshape(lanes, pieces, length, *sequence.shape[1:])
    return rows.swapaxes(0, 1).reshape(pieces * lanes, length, *sequence.shape[1:])
