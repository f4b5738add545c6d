"""What every check of a learner's function shares: calling it, and saying in words what came back.

A check never says "wrong" only: it names the term, the shape, the line or the entry.
"""

import contextlib
import re
from dataclasses import dataclass

import numpy as np

from rnnedu.lessons.raised import told
from rnnedu.lessons.unfinished import refused

TOLERANCE = 1e-9  # on float64 values of about 1: rounding is 1e-16, a mistake is 1e-2


@dataclass(frozen=True, repr=False)
class Verdict:
    """The outcome of a check: `ok`, and the `text` that a learner reads. It is shown as its text."""

    ok: bool
    text: str

    def __str__(self):
        return self.text

    __repr__ = __str__

    def __bool__(self):
        return self.ok


class Found(Exception):  # noqa: N818 (what is found is not an error of ours)
    """Something to tell the learner; `verdict_of` turns it into a Verdict."""


def verdict_of(check, fn, right):
    """Return Verdict(True, right) unless check(fn) raises Found, whose text is then the verdict."""
    if not callable(fn):
        return Verdict(False, f"This is {described(fn)}, not a function: pass the function itself, without brackets.")
    try:
        check(fn)
    except Found as found:
        return Verdict(False, str(found))
    return Verdict(True, right)


def result_of(fn, arguments):
    """Return fn(*copies of arguments). Raises Found when it raises, returns nothing or changes an argument.

    arguments : name -> array, list of arrays or function, in the order in which they are passed.
    """
    copies = {name: _copied(value) for name, value in arguments.items()}
    _poison_memory()
    try:
        with np.errstate(all="ignore"):  # NaN and infinity are reported below, in words
            result = fn(*copies.values())
    except Exception as error:
        raise Found(refused(fn, error) or told(error, fn, arguments)) from None
    for name, value in arguments.items():
        if _changed(copies[name], value):
            raise Found(_in_place(name, value))
    if unfinished := refused(fn, result):
        raise Found(unfinished)
    return result


def _copied(value):
    """Return an array, or a list of arrays, copied; anything else as it is."""
    if isinstance(value, list):
        return [_copied(each) for each in value]
    return value.copy() if isinstance(value, np.ndarray) else value


def _in_place(name, value):
    if isinstance(value, list):
        return (
            f"Your function changes the arrays of {name} in place (as `*=`, `+=` or `...[...] = ...` do): "
            "the caller's arrays are changed too. Make new arrays instead."
        )
    return (
        f"Your function changes {name} in place (as `{name} += ...` or `{name}[...] = ...` do): "
        "the caller's array is changed too. Make a new array instead."
    )


def _changed(copy, value):
    """Return whether an array, or a list of arrays, is not what it was."""
    if isinstance(value, list):
        return len(copy) != len(value) or any(map(_changed, copy, value))
    return isinstance(value, np.ndarray) and not np.array_equal(copy, value)


def _poison_memory():
    """Leave NaN in the memory that NumPy keeps of small arrays, up to 1 kB, and gives to the next np.empty.

    A right result of the call before lies there otherwise, and what is never filled would pass for right.
    """
    for size in range(1, 128):
        spent = [np.full(size, np.nan) for _ in range(8)]  # NumPy keeps 7 of each size
        del spent


@contextlib.contextmanager
def after_the_first(symbols, first, sizes):
    """Add to what is found at other sizes than the first that the first ones went right."""
    try:
        yield
    except Found as found:
        if sizes == first:
            raise
        what = str(found)
        if not re.match(r"[B-HJ-Z]\b", what):  # one capital alone is a symbol, as W
            what = what[0].lower() + what[1:]
        seen = f"Right for {sized(symbols, first)}; for {sized(symbols, sizes)}: {what}"
        raise Found(f"{seen} Is a size written as a fixed number?") from None


def sized(symbols, sizes):
    """Return "B = 3, D = 4" for symbols "BD" and sizes (3, 4)."""
    return ", ".join(f"{symbol} = {size}" for symbol, size in zip(symbols, sizes, strict=True))


def described(value):
    """Return what a value is, for a message: "an array of shape (3, 5)", "a list of 6", "a float"."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of {len(value)}"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def floats(value, accepted, what="Your function returns"):
    """Return `value` if it is a float64 array; raise Found if not. `accepted` says what is, `what` begins the text."""
    if not isinstance(value, np.ndarray):
        made = " `np.array(...)` makes one of a list." * isinstance(value, list)
        raise Found(f"{what} {described(value)}; accepted is {accepted}.{made}")
    if value.dtype != np.float64:
        raise Found(
            f"{what} dtype {value.dtype} for inputs of float64; accepted is float64: a dtype is never changed silently."
        )
    return np.asarray(value)


def finite(value, name=""):
    """Raise Found if an entry is NaN or infinite; the message says where, in array `name` or h_t, or h (T, B, H)."""
    if not np.isfinite(value).all():
        where = _index(~np.isfinite(value))
        raise Found(
            f"Your result holds {value[where]} at {entry(where, name)}; accepted are finite numbers. It usually comes "
            "from an array from np.empty that was never filled, a division by 0, an overflow in exp, or a log, sqrt "
            "or arctanh out of range."
        )


def same(value, expected):
    """Return whether two arrays have one shape and agree to `TOLERANCE`."""
    if np.shape(value) != np.shape(expected):
        return False
    with np.errstate(invalid="ignore", over="ignore"):  # NaN and infinity agree with nothing
        return bool((np.abs(value - expected) < TOLERANCE * (1 + np.abs(expected))).all())


def first_difference(value, expected):
    """Return the index of the first entry in which two arrays of one shape differ."""
    return _index(~np.isclose(value, expected, rtol=TOLERANCE, atol=TOLERANCE))


def yours_and_expected(value, expected, index):
    """Return "yours 0.3123, expected -0.1200", with digits enough to see the difference."""
    for digits in (4, 8, 12):
        yours, right = f"{value[index]:.{digits}f}", f"{expected[index]:.{digits}f}"
        if yours != right:
            break
    return f"yours {yours}, expected {right}"


def entry(index, name=""):
    """Return an entry's name as code: db[2] for a name; without one h_t[0, 2] for two axes, h[1][0, 2] for three."""
    if name:
        return f"{name}[{', '.join(map(str, index))}]" if index else name
    *t, row, unit = index
    return f"h[{t[0]}][{row}, {unit}]" if t else f"h_t[{row}, {unit}]"


def _index(mask):
    return tuple(int(i) for i in np.argwhere(mask)[0])
