"""The check of a learner's LSTM weights in ONNX' arrangement: which array, which mistake, which gate in which block."""

import numpy as np

from rnnedu.interop.onnxweights import tensors
from rnnedu.layers import LSTM
from rnnedu.lessons.checks import (
    Found,
    after_the_first,
    described,
    entry,
    finite,
    first_difference,
    floats,
    result_of,
    same,
    verdict_of,
    yours_and_expected,
)
from rnnedu.lessons.exercises import Exercise, register
from rnnedu.lessons.onnx_mistakes import BIAS, MATRIX

SIZES = ((3, 2), (2, 4), (4, 4), (1, 1))  # (D, H): the first, both different, names the mistakes
OURS = "ifgo"
FROM = {"W": "kernel", "R": "recurrent_kernel"}
SHAPES = {"W": "(1, 4H, D)", "R": "(1, 4H, H)", "B": "(1, 8H)"}
RIGHT = "Right: gates i, o, f, c, every matrix transposed, two biases in one row, for every size tried."


def check_lstm_for_onnx(fn):
    """Check fn(kernel, recurrent_kernel, bias) -> (W, R, B), an LSTM's weights as ONNX keeps them; return a Verdict.

    It is called with float64 arrays kernel (D, 4H), recurrent_kernel (H, 4H), bias (4H,), gates i, f, g, o. W is
    (1, 4H, D), R (1, 4H, H), B (1, 8H), gates i, o, f, c, where c is g. Any B will do whose halves add up to the bias.
    Raises nothing.
    """
    return verdict_of(_check, fn, RIGHT)


def _check(fn):
    for case, (D, H) in enumerate(SIZES):
        rng = np.random.default_rng(case)
        shapes = {"kernel": (D, 4 * H), "recurrent_kernel": (H, 4 * H), "bias": (4 * H,)}
        given = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
        with after_the_first("DH", SIZES[0], (D, H)):
            _compare(_arrays(result_of(fn, given)), given)


def _arrays(value):
    """Return name -> array; raise Found for another kind, number of arrays or dtype."""
    if isinstance(value, dict) and set(value) == set(SHAPES):
        value = tuple(value[name] for name in SHAPES)
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        raise Found(f"Your function returns {described(value)}; accepted are 3 arrays: `return W, R, B`.")
    for name, array in zip(SHAPES, value, strict=True):
        floats(array, f"an array of shape {SHAPES[name]}", f"For {name} your function returns")
    return dict(zip(SHAPES, value, strict=True))


def _compare(value, given):
    layer = LSTM(len(given["recurrent_kernel"]))
    layer.build((None, None, len(given["kernel"])), dtype="float64")
    layer.set_weights(list(given.values()))
    right = dict(tensors(layer))
    if same(value["W"], right["R"]) and same(value["R"], right["W"]):
        raise Found("W and R are in each other's place: W is made from kernel, R from recurrent_kernel.")
    w, r = (_matrix(name, value[name], right[name], given[FROM[name]]) for name in FROM)
    b = _bias(value["B"], right["B"], given["bias"])
    r = "So it is with R." if w and r == w.replace("W", "R", 1) else r
    if w or r or b:
        raise Found(" ".join(filter(None, (w, r, b))))


def _matrix(name, value, right, came):
    """Return what is wrong with W or R, or ""."""
    if same(value, right):
        return ""
    for sentence, wrong in MATRIX.items():
        if same(value, wrong(came)):
            return f"{name} {sentence}"
    if value.shape != right.shape:
        return _shape(name, value, right)
    return _gates(name, value, np.split(came.T[None], 4, axis=1)) or _first(name, value, right)


def _bias(value, right, came):
    """Return what is wrong with B, or ""; only the sum of its halves is compared."""
    fits = value.shape == right.shape
    total, wanted = (sum(np.split(each, 2, axis=1)) for each in (value if fits else right, right))
    if fits and same(total, wanted):
        return ""
    for sentence, wrong in BIAS.items():
        if same(value, wrong(came)):
            return sentence
    if not fits:
        return _shape("B", value, right)
    return _gates("B", total, np.split(came[None], 4, axis=1)) or _first("the sum of B's halves", total, wanted)


def _gates(name, value, blocks):
    """Return in which order the gates stand, if each block is one of `blocks`, those of i, f, g, o; or ""."""
    parts = np.split(value, 4, axis=1)
    held = ["".join(g for g, block in zip(OURS, blocks, strict=True) if same(part, block)) for part in parts]
    if not all(held):
        return ""
    order = "".join(each[0] for each in held)
    seen = f"{name}'s gates stand {', '.join(order)}; ONNX' order is i, o, f, c, and its c is our g"
    return seen + (": yours is the way back, from ONNX to here." if order == "igof" else ".")


def _shape(name, value, right):
    finite(value, name)
    return f"{name} has shape {value.shape}; accepted is {SHAPES[name]} = {right.shape}."


def _first(name, value, right):
    finite(value, name)
    index = first_difference(value, right)
    return f"{entry(index, name)}: {yours_and_expected(value, right, index)}."


register(
    Exercise(
        "lstm_for_onnx",
        check_lstm_for_onnx,
        (
            "Three things are to be done: the blocks of gates change places, matrices are transposed, axes are added.",
            "i, f, g, o = np.split(array, 4, axis=-1) takes the blocks apart, whether there are two axes or one.",
            "np.concatenate([i, o, f, g], axis=-1) joins them; then .T[None] for a matrix. B is the bias, then zeros.",
        ),
        """
def lstm_for_onnx(kernel, recurrent_kernel, bias):
    def ordered(array):
        i, f, g, o = np.split(array, 4, axis=-1)
        return np.concatenate([i, o, f, g], axis=-1)

    W, R = ordered(kernel).T[None], ordered(recurrent_kernel).T[None]
    B = np.concatenate([ordered(bias), np.zeros_like(bias)])[None]
    return W, R, B
""",
    )
)
