"""Lesson 3: which step of a gradient check is best, and over how many timesteps it finds a wrong loop."""

from functools import partial

import numpy as np

from bench.lesson_figures.stated import Stated
from rnnedu.experiments.differences import error, noticed

TEN = range(10)
DIGITS = {("float64", 1e-2): (3.5, 5), ("float64", 1e-5): (9.5, 10.6), ("float64", 1e-8): (7, 8)}
DIGITS |= {("float64", 1e-11): (4, 5), ("float32", 1e-5): (1, 2.5), ("float32", 1e-7): (-1, 1)}
FOUND = {1: (0, 0), 2: (10, 10), 7: (10, 10)}


def forgetful(dh_loss, x, h, h0, step_back):
    """Return the gradients of the lesson's loop, which does not carry dh."""
    backs = [step_back(*each) for each in zip(dh_loss, x, [h0, *h[:-1]], h, strict=True)]
    dx, dh_prev, dW_x, dW_h, db = zip(*backs, strict=True)
    return np.stack(dx), dh_prev[0], sum(dW_x), sum(dW_h), sum(db)


def best():
    """Return in how many of ten seeds 1e-5 is the best of 1e-4, 1e-5 and 1e-6."""
    errors = [[error(step, seed=seed) for step in (1e-4, 1e-5, 1e-6)] for seed in TEN]
    middle = [each[1] for each in errors]
    return Stated(sum(int(np.argmin(each)) == 1 for each in errors), 9, 10, f"{min(middle):.1e} to {max(middle):.1e}")


def digits(dtype, step):
    """Return how many digits are right, the median of ten seeds."""
    found = [-np.log10(error(step, dtype, seed=seed)) for seed in TEN]
    return Stated(float(np.median(found)), *DIGITS[dtype, step], f"from {min(found):.1f} to {max(found):.1f}")


def counted(T):
    """Return in how many of ten seeds a check over T timesteps finds the loop wrong."""
    return Stated(sum(noticed(forgetful, T, seed) for seed in TEN), *FOUND[T])


FIGURES = {
    "1e-5 is best": best,
    **{f"digits in {dtype} at {step:g}": partial(digits, dtype, step) for dtype, step in DIGITS},
    **{f"dh not carried, found at T = {T}": partial(counted, T) for T in FOUND},
}
