"""Gradient clipping: by value, by norm, by the norm of all gradients together.

Source: Pascanu, Mikolov & Bengio (2013), "On the difficulty of training recurrent neural networks", algorithm 1.

The three functions for learners leave their argument alone; the optimisers clip in place, with `cut` and `shrink`.
"""

import math

import numpy as np

from rnnedu import validate


def clip_by_value(gradient, limit):
    """Return `gradient` with every entry moved into [-limit, limit]. The direction may change.

    gradient : array of float32 or float64, any shape. limit : number > 0.
    Raises TypeError for another dtype or no number, ValueError for an empty array, NaN, infinity or a limit <= 0.
    """
    limit = validate.positive("limit", limit)
    gradient = _copy("gradient", gradient)
    cut(gradient, limit)
    return gradient


def clip_by_norm(gradient, limit):
    """Return `gradient`, scaled down to the Euclidean norm `limit` where its own is larger: the direction stays.

        gradient * limit / max(norm, limit)

    gradient : array of float32 or float64, any shape. limit : number > 0.
    Raises TypeError for another dtype or no number, ValueError for an empty array, NaN, infinity or a limit <= 0.
    """
    limit = validate.positive("limit", limit)
    gradient = _copy("gradient", gradient)
    shrink([gradient], limit)
    return gradient


def clip_by_global_norm(gradients, limit):
    """Return gradients scaled down together, and the norm that they had together before.

    gradients : dict name -> array, such as ``Backward.grads``, or a list of arrays; float32 or float64, any shapes.
    limit : number > 0. All arrays are multiplied by one number, so that the step's direction stays.
    Returns (gradients, norm): the same kind of collection, and a float.
    Raises TypeError for another dtype or kind, ValueError for an empty array, NaN, infinity or a limit <= 0.
    """
    limit = validate.positive("limit", limit)
    named = gradients if isinstance(gradients, dict) else dict(enumerate(validate.kind("gradients", gradients, list)))
    clipped = {name: _copy(f"gradients[{name!r}]", array) for name, array in named.items()}
    before = shrink(clipped.values(), limit)
    return (clipped if isinstance(gradients, dict) else list(clipped.values())), before


def norm(arrays):
    """Return the Euclidean norm of all entries of `arrays` together, a float; squares do not overflow or vanish."""
    with np.errstate(over="ignore", under="ignore"):
        square = sum(float(np.vdot(a, a)) for a in arrays)
    if 1e-30 < square < math.inf:  # else the sum left float32, or lost its digits near its lower end
        return math.sqrt(square)
    largest = max((float(np.abs(a).max()) for a in arrays if a.size), default=0.0)
    if not 0 < largest < math.inf:
        return largest  # nothing but zeros, or an infinity or NaN
    return largest * math.sqrt(sum(float(np.square(a / largest).sum()) for a in arrays))


def cut(array, limit):
    """Move every entry of `array`, in place, into [-limit, limit]."""
    with np.errstate(over="ignore"):  # a limit beyond float32 is infinity there, and cuts nothing
        np.clip(array, -limit, limit, out=array)


def shrink(arrays, limit):
    """Scale `arrays` in place so that their common norm is at most `limit`; return the norm they had."""
    before = norm(arrays)
    if before > limit:
        for array in arrays:
            array *= limit / before
    return before


def one_limit(**limits):
    """Return the values of clipnorm, clipvalue, ... as floats or None; at most one may be given.

    Raises TypeError for no number, ValueError for a number that is not above 0, or for two.
    """
    given = [name for name, limit in limits.items() if limit is not None]
    if len(given) > 1:
        raise ValueError(f"{' and '.join(given)} are given together; accepted is one way of clipping")
    return [None if limit is None else validate.positive(name, limit) for name, limit in limits.items()]


def _copy(name, value):
    """Return a copy of `value`, float32 or float64 as it is, after checking that it is full of finite numbers."""
    dtype = validate.float_dtype(f"the dtype of {name}", validate.rectangular(name, value).dtype)
    return validate.real(name, value, dtype).copy()
