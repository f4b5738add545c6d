"""Training windows as they are often got wrong: what is said of each, and how it comes about."""

from typing import NamedTuple

import numpy as np


def scaled(values, mean_of, sd_of=None, ddof=0):
    """Return values in deviations: the mean of one array, the deviation of another, or of the same."""
    return (values - mean_of.mean()) / (mean_of if sd_of is None else sd_of).std(ddof=ddof)


def windows(z, length, count, ahead=0, step=1, flipped=False):
    """Return x (N, length) and y (N,) of z (T,); the target lies `ahead` beyond the first value after its window."""
    starts = np.arange(0, count, step)
    x = z[starts[:, None] + np.arange(length)]
    return (x[:, ::-1] if flipped else x), z[starts + length + ahead]


def pairs(values, length, end):
    """Return what is right."""
    return windows(scaled(values[:end], values[:end]), length, end - length)


class Sizes(NamedTuple):
    """What the number of windows may depend on."""

    T: int
    length: int
    end: int


def _of(scale=lambda v, end: scaled(v, v[:end]), count=lambda at: at.end - at.length, **options):
    """Return a mistake: how values are scaled, how many windows there are, and the options of `windows`."""
    return lambda v, length, end: windows(scale(v, end), length, count(Sizes(len(v), length, end)), **options)


def _own(values, length, end):
    x, y = _of(lambda v, _: v)(values, length, end)
    mean, sd = x.mean(1, keepdims=True), x.std(1, keepdims=True)
    return (x - mean) / sd, (y - mean[:, 0]) / sd[:, 0]


def _x_alone(values, length, end):
    return pairs(values, length, end)[0], _of(lambda v, _: v)(values, length, end)[1]


def _shuffled(values, length, end):
    """Return the last windows in place of the first: trained on the end, tested on the beginning."""
    z = scaled(values, values[-end:])
    return windows(z[len(values) - end :], length, end - length)


WHOLE = "Leakage: mean and deviation are those of the whole series, the future included. Take both from values[:end]."
MISTAKES = {
    WHOLE: _of(lambda v, _: scaled(v, v)),
    "Leakage: the mean is that of the whole series. Take it from values[:end], as the deviation.": (
        _of(lambda v, end: scaled(v, v, v[:end]))
    ),
    "Leakage: the deviation is that of the whole series. Take it from values[:end], as the mean.": (
        _of(lambda v, end: scaled(v, v[:end], v))
    ),
    "Leakage: windows go on beyond end, to the end of the series: the test part is trained on.": (
        _of(count=lambda at: at.T - at.length)
    ),
    "Leakage: windows go on beyond end, and mean and deviation are of the whole series. Cut first: values[:end].": (
        _of(lambda v, _: scaled(v, v), lambda at: at.T - at.length)
    ),
    "Leakage: the last target is values[end], the first value of what comes later. There are end - length windows.": (
        _of(count=lambda at: at.end - at.length + 1)
    ),
    "Leakage: the last windows reach beyond end. Their targets too must lie before it, not only where they begin.": (
        _of(count=lambda at: at.end)
    ),
    "Leakage: those are the last values of the series; training comes first in time, values[:end].": _shuffled,
    "Leakage of the answer: each target is the last value of its own window. It is the value after it.": _of(ahead=-1),
    "Each target lies two steps after its window; it is the very next value. (And the last one lies beyond end.)": (
        _of(ahead=1)
    ),
    "Each target lies two steps after its window; it is the very next value.": (
        _of(count=lambda at: at.end - at.length - 1, ahead=1)
    ),
    "The last window is missing: its target is values[end - 1], which may be trained on.": (
        _of(count=lambda at: at.end - at.length - 1)
    ),
    "The windows do not overlap: begin one at every place, not at every length-th.": (
        lambda v, length, end: windows(scaled(v, v[:end]), length, end - length, step=length)
    ),
    "Each window runs backward; the oldest value comes first.": _of(flipped=True),
    "Nothing is scaled: subtract the mean of values[:end] and divide by its deviation.": _of(lambda v, _: v),
    "The mean is subtracted, the division by the deviation of values[:end] is missing.": (
        _of(lambda v, end: v - v[:end].mean())
    ),
    "The deviation divides, but the mean of values[:end] is not subtracted.": _of(lambda v, end: v / v[:end].std()),
    "The variance divides; it is its root, the standard deviation.": (
        _of(lambda v, end: (v - v[:end].mean()) / v[:end].var())
    ),
    "The deviation has the divisor end - 1 (ddof=1); asked is np.std as it is, with the divisor end.": (
        _of(lambda v, end: scaled(v, v[:end], ddof=1))
    ),
    "Values are squeezed between 0 and 1; asked is mean 0 and standard deviation 1.": (
        _of(lambda v, end: (v - v[:end].min()) / np.ptp(v[:end]))
    ),
    "Each window is scaled by itself; take one mean and one deviation, those of values[:end].": _own,
    "x is scaled and y is not: both are in the same standard deviations.": _x_alone,
}
