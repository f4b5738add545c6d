"""The mistakes in an LSTM's weights for ONNX: sentence -> the wrong array, from one with the gates i, f, g, o."""

import numpy as np

from rnnedu.interop.common import reorder


def _ordered(array):
    return reorder(array, "ifgo", "iofg")


def _combed(array):
    """Return every fourth column side by side: what stands as gates if they are taken for interleaved."""
    return np.concatenate([array[..., n::4] for n in range(4)], axis=-1)


# what follows the name of the matrix, W or R -> what is made of kernel (D, 4H) or recurrent_kernel (H, 4H)
MATRIX = {
    "is not transposed: ONNX stores (out, in), one row for each unit of each gate.": lambda m: _ordered(m)[None],
    "is neither transposed nor put in ONNX' order of gates: it is the array as it came.": lambda m: m[None],
    "is the array as it came: it is to be transposed, in ONNX' order of gates, with a first axis of size 1.": (
        lambda m: m
    ),
    "is reshaped where it should be transposed: reshape keeps the order in memory, and numbers land in other rows.": (
        lambda m: _ordered(m).reshape(1, m.shape[1], m.shape[0])
    ),
    "is reshaped where it should be transposed, and its gates still stand i, f, g, o.": (
        lambda m: m.reshape(1, m.shape[1], m.shape[0])
    ),
    "is right but for its first axis, the direction: it is of size 1.": lambda m: _ordered(m).T,
    "lacks its first axis, the direction, of size 1, and its gates still stand i, f, g, o.": lambda m: m.T,
    "has the axis of the direction at its end; it is the first.": lambda m: _ordered(m).T[..., None],
    "has its four gates side by side; transposed, they stand one below the other.": (
        lambda m: np.concatenate([part.T for part in np.split(_ordered(m), 4, axis=1)], axis=1)[None]
    ),
    "is cut as if every fourth column were a gate; a gate is a block of H columns.": (
        lambda m: _ordered(_combed(m)).T[None]
    ),
    "holds a gate in every fourth row; a gate is a block of H rows.": (
        lambda m: np.stack([part.T for part in np.split(_ordered(m), 4, axis=1)], axis=1).reshape(1, -1, len(m))
    ),
}

# what is made of bias (4H,)
BIAS = {
    "B holds one bias, and ONNX wants two, side by side: put 4H zeros behind yours, for only the sum matters.": (
        lambda b: _ordered(b)[None]
    ),
    "B is the bias as it came; ONNX wants two of them, gates in its own order: yours, then 4H zeros.": (
        lambda b: b[None]
    ),
    "B holds the bias twice, and ONNX adds the two halves: each gate gets double. Put zeros in the second half.": (
        lambda b: np.tile(_ordered(b), 2)[None]
    ),
    "B is right but for its first axis, the direction: it is of size 1.": (
        lambda b: np.concatenate([_ordered(b), np.zeros_like(b)])
    ),
    "B is the bias as it came: it is (1, 8H), a bias with its gates in ONNX' order, then 4H zeros.": lambda b: b,
    "B has neither its first axis nor its second half: it is (1, 8H), a bias and 4H zeros.": _ordered,
    "B has its two biases one below the other; they stand side by side, in one row (1, 8H).": (
        lambda b: np.stack([_ordered(b), np.zeros_like(b)])
    ),
    "B has its two biases on an axis of their own; they stand side by side, in one row (1, 8H).": (
        lambda b: np.stack([_ordered(b), np.zeros_like(b)])[None]
    ),
    "B holds a bias and its zero in turns; all 4H biases come first, then all 4H zeros.": (
        lambda b: np.stack([_ordered(b), np.zeros_like(b)], axis=1).reshape(1, -1)
    ),
    "B is cut as if every fourth number were a gate; a gate is a block of H numbers.": (
        lambda b: np.concatenate([_ordered(_combed(b)), np.zeros_like(b)])[None]
    ),
    "B is 0: the bias is left out.": lambda b: np.zeros((1, 2 * len(b))),
}
