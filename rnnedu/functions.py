"""The scalar functions of the cells, each with its derivative beside it.

Every derivative takes the function's *output* y = f(a): what a step has recorded is enough to go back.
All functions work element by element on arrays of any shape and keep the dtype; softmax and log_softmax, where
every output depends on the whole row, stand at the end.
"""

import numpy as np


def sigmoid(a):
    """Return 1 / (1 + exp(-a)), between 0 and 1; floating point reaches the ends. It never overflows."""
    return 0.5 * (1 + np.tanh(0.5 * a))


def dsigmoid(y):
    """Return the derivative of sigmoid where its output is `y`: y (1 - y), at most 1/4."""
    return y * (1 - y)


def tanh(a):
    """Return the hyperbolic tangent of `a`, between -1 and 1; floating point reaches the ends."""
    return np.tanh(a)


def dtanh(y):
    """Return the derivative of tanh where its output is `y`: 1 - y**2, at most 1."""
    return 1 - y * y


def relu(a):
    """Return max(a, 0)."""
    return np.maximum(a, 0)


def drelu(y):
    """Return the derivative of relu where its output is `y`: 1 where y > 0, else 0 (also at the kink)."""
    return (y > 0).astype(y.dtype)


def identity(a):
    """Return `a`."""
    return a


def didentity(y):
    """Return the derivative of the identity: 1 everywhere, in the shape and dtype of `y`."""
    return np.ones_like(y)


ACTIVATIONS = {"tanh": (tanh, dtanh), "relu": (relu, drelu), "identity": (identity, didentity)}


def softmax(a):
    """Return exp(a) / sum(exp(a)) over the last axis: rows of probabilities. It never overflows."""
    with np.errstate(over="ignore"):  # -inf, where a spans the floats: exp gives 0
        y = np.exp(a - a.max(axis=-1, keepdims=True))
    y /= y.sum(axis=-1, keepdims=True)
    return y


def dsoftmax(y, dy):
    """Return the gradient at a, given dy at softmax's output `y`: y (dy - sum(dy y))."""
    return y * (dy - (dy * y).sum(axis=-1, keepdims=True))


def log_softmax(a):
    """Return log(softmax(a)) over the last axis, finite also where the probability is too small for a float."""
    shifted = a - a.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted


def dlog_softmax(y, dy):
    """Return the gradient at a, given dy at log_softmax's output `y`: dy - exp(y) sum(dy)."""
    return dy - np.exp(y) * dy.sum(axis=-1, keepdims=True)
