"""Checks of what comes in from outside: every message names the argument, what was seen, what is accepted.

A shape is written as a tuple of symbols, ``("T", "B", "D")`` or ``("H", "4H")``. The symbols are those of
NOTATION.md; a symbol's size is fixed by the first array that uses it.
"""

import difflib
import math
import numbers
import re

import numpy as np

DTYPES = (np.dtype(np.float32), np.dtype(np.float64))


class Overflow(ValueError):  # noqa: N818 (what happened, not a mistake in the call)
    """A run left the finite numbers on its way, though all that was given was finite."""


def array(name, value, dims, sizes, dtype=None):
    """Return `value` as an array of floats after checking its dtype, its shape and that it is finite.

    Parameters
    ----------
    name : the argument's name, for the message.
    value : array_like.
    dims : tuple of str, the shape in symbols, for example ``("B", "4H")``.
    sizes : dict symbol -> int. Symbols that are not yet in it are added.
    dtype : the dtype that is required; None accepts float32 and float64.

    Raises
    ------
    TypeError : for a dtype other than the one required. Nothing is converted silently.
    ValueError : for another shape, an empty axis, NaN or infinity.
    """
    value = ranked(name, value, dims, dtype)
    for dim, size in zip(dims, value.shape, strict=True):
        if dim.isalpha():  # "4H" is a multiple: H is fixed elsewhere
            sizes.setdefault(dim, size)
    accepted = tuple(size_of(dim, sizes) for dim in dims)
    if value.shape != accepted:
        raise ValueError(f"{name} has shape {value.shape}; accepted is {_written(dims)} = {accepted}")
    return _filled(name, value)


def ranked(name, value, dims, dtype=None):
    """Return `value` as an array of floats with as many axes as `dims`, none empty. Raises as `array` does."""
    value, want = _floats(name, value, dtype), _written(dims)
    if value.ndim != len(dims):
        raise ValueError(f"{name} has shape {value.shape}; accepted is {want}, an array with {len(dims)} axes")
    if 0 in value.shape:
        raise ValueError(f"{name} has shape {value.shape}; accepted is {want} with every size at least 1")
    return value


def _written(dims):
    return f"({', '.join(dims)}{',' * (len(dims) == 1)})"


def _floats(name, value, dtype):
    """Return `value` as an ndarray of the dtype asked for, or of float32 or float64 when none is."""
    value = rectangular(name, value)
    accepted = DTYPES if dtype is None else (np.dtype(dtype),)
    if value.dtype not in accepted:
        names = " or ".join(str(d) for d in accepted)
        raise TypeError(f"{name} has dtype {value.dtype}; accepted is {names} (convert it with .astype)")
    return value


def float_dtype(name, value):
    """Return float32 or float64 as an np.dtype; TypeError for anything else, None included."""
    try:
        found = None if value is None else np.dtype(value)  # np.dtype(None) would be float64, silently
    except (TypeError, ValueError):
        found = None
    if found is None or found not in DTYPES:
        raise TypeError(f"{name} is {value if found is None else found}; accepted is float32 or float64")
    return found


def size_of(dim, sizes):
    """Return the size of "H", or of a multiple of it such as "4H"."""
    times, symbol = re.fullmatch(r"(\d*)([A-Z])", dim).groups()
    return int(times) * sizes[symbol] if times else sizes[symbol]


def integer(name, value, low, high=None):
    """Return `value` as an int within low..high (both included; `high` None is no upper bound).

    Raises TypeError for anything but an integer (True and 2.5 are refused), ValueError outside the bounds.
    """
    accepted = f"an integer >= {low}" if high is None else f"an integer from {low} to {high}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} is {value!r}; accepted is {accepted}")
    if value < low or (high is not None and value > high):
        raise ValueError(f"{name} is {value}; accepted is {accepted}")
    return int(value)


def kind(name, value, accepted):
    """Return `value` if it is an instance of the class `accepted`; else raise a TypeError. np.True_ is a bool."""
    if accepted is bool and isinstance(value, np.bool_):
        return bool(value)
    if not isinstance(value, accepted):
        raise TypeError(f"{name} is a {type(value).__name__}; accepted is a {accepted.__name__}")
    return value


def choice(name, value, accepted):
    """Return `value` if it is one of `accepted`; else raise a ValueError that lists them, with the near match."""
    if any(type(value) is type(each) and value == each for each in accepted):  # True is not 1
        return value
    hint = _near(value, [each for each in accepted if isinstance(each, str)]) if isinstance(value, str) else ""
    raise ValueError(f"{name} is {value!r}; accepted is one of {', '.join(map(repr, accepted))}{hint}")


def named(name, value, register):
    """Return register[value] for a str `value`; else raise a ValueError that lists the names, the nearest first."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is a {type(value).__name__}; accepted is one of {', '.join(map(repr, register))}")
    if value in register:
        return register[value]
    listed = ", ".join(map(repr, register))
    raise ValueError(f"{name} is {value!r}; accepted is one of {listed}{_near(value, register)}")


def refuse_unknown(owner, given, accepted):
    """Raise TypeError for the first name in `given` that is not in `accepted`, with the near match."""
    for name in given:
        if name not in accepted:
            listed = ", ".join(accepted)
            raise TypeError(f"{name} is no argument of {owner}; accepted are {listed}{_near(name, accepted)}")


def _near(value, names):
    """Return a sentence that suggests the name nearest to `value`, or nothing. lr is learning_rate."""
    for each in names:
        if value == "".join(word[:1] for word in each.split("_")):
            return f". Did you mean {each!r}?"
    lower = {each.lower(): each for each in names}
    near = [lower[each] for each in difflib.get_close_matches(value.lower(), lower, n=1)]
    return f". Did you mean {near[0]!r}?" if near else ""


def number(name, value, low, high=np.inf, *, low_included=True, high_included=True):
    """Return `value` as a float within low..high. Raises TypeError for no real number, ValueError outside or NaN."""
    opening, closing = "[" if low_included else "(", "]" if high_included and np.isfinite(high) else ")"
    accepted = f"a number in {opening}{low:g}, {high:g}{closing}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} is {value!r}; accepted is {accepted}")
    try:
        found = float(value)
    except OverflowError:  # an int beyond the floats
        found = np.inf
    above = found >= low if low_included else found > low
    below = found <= high if high_included else found < high
    if not (above and below and math.isfinite(found)):  # NaN compares false with everything
        raise ValueError(f"{name} is {found}; accepted is {accepted}")
    return found


def positive(name, value):
    """Return `value` as a float above 0. Raises TypeError for no real number, ValueError outside, NaN or infinity."""
    return number(name, value, 0, low_included=False)


def real(name, value, dtype):
    """Return numbers (bool, int or float) of any shape as an array of `dtype`, as Keras takes its inputs.

    Raises TypeError for anything else, ValueError for an empty array, masked entries, NaN or infinity (also where a
    number is beyond the dtype's range).
    """
    value = rectangular(name, value)
    if value.dtype.kind not in "biuf":
        raise TypeError(f"{name} has dtype {value.dtype}; accepted are numbers")
    with np.errstate(over="ignore"):
        converted = value.astype(dtype, copy=False)
    return _filled(name, converted)


def rectangular(name, value):
    """Return `value` as an array; ValueError where the rows differ in length or entries are masked."""
    if np.ma.is_masked(value):  # np.asarray would let them in
        raise ValueError(f"{name} has masked entries; accepted is an array without any, such as .filled(0)")
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} is not a rectangular array: {error}") from None


def shaped(name, value, shape, dtype):
    """Return numbers as an array of exactly this shape and dtype. Raises as `real` does."""
    value = real(name, value, dtype) if 0 not in shape else np.asarray(value, dtype)
    if value.shape != tuple(shape):
        raise ValueError(f"{name} has shape {value.shape}; accepted is {tuple(shape)}")
    return value


def _filled(name, value):
    """Return `value` if it has entries and all are finite."""
    if value.size == 0:
        raise ValueError(f"{name} has shape {value.shape}; accepted is an array with every size at least 1")
    finite = np.isfinite(value)
    if not finite.all():
        where = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(f"{name} holds {value[where]} at index {where}; accepted are finite numbers only")
    return value
