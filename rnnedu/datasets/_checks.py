"""What the datasets accept from a caller: whole numbers, finite numbers, dtypes."""

import math
import operator
from difflib import get_close_matches
from numbers import Real

import numpy as np

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def whole(name, value, low, high=None):
    """Return `value` as an int in low..high (both included), or raise ValueError naming it."""
    accepted = f"a whole number of {low} or more" if high is None else f"a whole number from {low} to {high}"
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    # True is an int to Python, yet length=True is always a mistake.
    is_bool = isinstance(value, (bool, np.bool_))
    if number is None or is_bool or number < low or (high is not None and number > high):
        raise ValueError(f"{name} is {value!r}; accepted: {accepted}")
    return number


def finite(name, value):
    """Return `value` as a finite float, or raise ValueError naming it."""
    try:
        number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
    except OverflowError:  # an int beyond float64
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} is {value!r}; accepted: a finite number")
    return number


def float_dtype(dtype):
    """Return np.float32 or np.float64 as an np.dtype; ValueError for anything else."""
    try:
        found = np.dtype(object if dtype is None else dtype)  # np.dtype(None) would be float64, silently
    except TypeError:
        found = np.dtype(object)
    if found not in FLOATS:
        raise ValueError(f"dtype is {dtype!r}; accepted: float32 or float64")
    return found


def choice(name, value, allowed):
    """Return `value` if it is one of `allowed`, or raise ValueError with the nearest one suggested."""
    if isinstance(value, str) and value in allowed:
        return value
    near = get_close_matches(value.lower(), allowed, n=1) if isinstance(value, str) else []
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise ValueError(f"{name} is {value!r}{hint}; accepted: {', '.join(map(repr, allowed))}")
