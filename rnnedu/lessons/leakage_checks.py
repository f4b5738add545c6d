"""The check of a learner's training windows: what they hold, and that nothing of the future leaks into them."""

import numpy as np

from rnnedu.lessons.checks import Found, described, entry, first_difference, result_of, same, verdict_of
from rnnedu.lessons.checks import finite as refuse_infinite
from rnnedu.lessons.checks import yours_and_expected as compared
from rnnedu.lessons.exercises import Exercise, register
from rnnedu.lessons.leakage_mistakes import MISTAKES, pairs

CASES = ((20, 3, 12), (30, 5, 21), (11, 1, 8), (16, 4, 16))  # (T, length, end); the first names mistakes
RIGHT = "Right: windows and targets lie before end, and so does what scales them. Nothing of the future leaks in."


def check_training_windows(fn):
    """Check fn(values, length, end) -> (x, y), and return a Verdict.

    values is float64 (T,); x is (N, length) and y (N,), N = end - length, of values[:end] in its own standard
    deviations. x (N, length, 1), y (N, 1) and lists pass as well. Raises nothing: what `fn` raises is told.
    """
    return verdict_of(_check, fn, RIGHT)


def _check(fn):
    for case, (T, length, end) in enumerate(CASES):
        values = _series(case, T)
        found = _numbers(_called(fn, values, length, end), length)
        right = pairs(values, length, end)
        if not all(map(same, found, right)):
            raise Found(_wrong(fn, found, values, length, end) if case == 0 else _later(found, right, T, length, end))


def _series(case, T):
    """Return values (T,) that rise and vary: none of the means and deviations that might be taken agree."""
    return 20 + 0.7 * np.arange(T) + 3 * np.random.default_rng(case).standard_normal(T)


def _called(fn, values, length, end):
    value = result_of(fn, {"values": values, "length": length, "end": end})
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise Found(f"Your function returns {described(value)}; accepted are two arrays, x and y: `return x, y`.")
    return value


def _numbers(value, length):
    """Return x (N, length) and y (N,) as float64."""
    x, y = (_array(each, name) for each, name in zip(value, "xy", strict=True))
    if x.ndim == 3 and x.shape[2] == 1:
        x = x[:, :, 0]
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if x.ndim != 2 or x.shape[1] != length:
        hint = ": windows stand in rows, one below the other" if x.ndim == 2 and len(x) == length else ""
        raise Found(f"x has shape {x.shape}; accepted is (N, length) with length = {length}{hint}.")
    if y.shape != (len(x),):
        raise Found(f"y has shape {y.shape} beside x of shape {x.shape}; accepted is one target for each window.")
    return x, y


def _array(value, name):
    try:
        found = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        raise Found(f"{name} is {described(value)} that makes no array of numbers; accepted is one.") from None
    refuse_infinite(found, name)
    return found


def _wrong(fn, found, values, length, end):
    """Return what is wrong with the first case: known mistakes, a leak, the number of windows, an entry."""
    for sentence, mistake in MISTAKES.items():
        if all(map(same, found, mistake(values, length, end))):
            return sentence
    right = pairs(values, length, end)
    if leak := _leak(fn, found, values, length, end):
        return leak
    if len(found[0]) != len(right[0]):
        counted = f"with end {end} and length {length} there are end - length = {end - length}"
        return f"You make {len(found[0])} windows; {counted}."
    return _difference(found, right)


def _leak(fn, found, values, length, end):
    """Return a sentence if values from end on have any effect on the result."""
    for place in range(end, len(values)):
        changed = values.copy()
        changed[place] += 100
        again = _numbers(_called(fn, changed, length, end), length)
        if not all(map(same, found, again)):
            return (
                f"Leakage: when values[{place}] changes, your result changes, and that is a value from end = {end} on. "
                "Neither a window nor a target, neither the mean nor the deviation may look there."
            )
    return ""


def _difference(found, right):
    for name, mine, expected in zip("xy", found, right, strict=True):
        if not same(mine, expected):
            index = first_difference(mine, expected)
            return f"First difference at {entry(index, name)}: {compared(mine, expected, index)}."
    return ""


def _later(found, right, T, length, end):
    (seen_T, seen_length, seen_end) = CASES[0]
    text = f"Right for T = {seen_T}, length = {seen_length}, end = {seen_end}, but not for {T}, {length}, {end}: "
    if len(found[0]) != len(right[0]):
        return f"{text}you make {len(found[0])} windows, there are {len(right[0])}. Is a number written in by hand?"
    return f"{text}{_difference(found, right)} Is a number written in by hand?"


register(
    Exercise(
        "training_windows",
        check_training_windows,
        (
            "Cut first, then do everything else: from which part of values may the mean and the deviation come?",
            "Take known = values[:end], scale it by its own mean and std. The last target is the last value of known.",
            "For n = 0, 1, ... end - length - 1 the window is z[n : n + length] and the target is z[n + length].",
        ),
        """
def training_windows(values, length, end):
    known = values[:end]
    z = (known - known.mean()) / known.std()
    x = np.array([z[n : n + length] for n in range(end - length)])
    y = z[length:]
    return x, y
""",
    )
)
