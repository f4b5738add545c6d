"""Which units stand out over a span of time, and where else they are as active."""

import numpy as np

from rnnedu import validate


def contrast(values, start, stop):
    """Return (H,) float64: how much higher each unit is within the span start..stop-1 than elsewhere.

    values : (T, H), a state or gate of H units over T timesteps. 0 <= start < stop <= T, not the whole of it.
    The measure is the difference between the mean within and the mean outside, in the unit's own standard deviation
    over all T: up to a factor that all units share it is the correlation with being in the span (point-biserial), so
    that units of any scale compare. A unit that never changes has 0.

    >>> contrast(np.array([[0.0, 1.0], [0.0, 1.0], [1.0, 1.0], [1.0, 1.0]]), 2, 4)
    array([2., 0.])

    Raises ValueError or TypeError for other arrays and spans.
    """
    values = _sequence(values)
    inside = within(len(values), start, stop)
    if inside.all():
        raise ValueError(f"the span is {start} to {stop}, all there is; accepted is one that leaves some outside")
    difference = values[inside].mean(0) - values[~inside].mean(0)
    spread = values.std(0)
    moves = spread > 1e-9 * np.abs(values).max(0)  # less is rounding
    return np.divide(difference, spread, out=np.zeros_like(spread), where=moves)


def within(T, start, stop):
    """Return (T,) bool, True in start..stop-1. Raises ValueError or TypeError unless 0 <= start < stop <= T."""
    start = validate.integer("start", start, 0, T - 1)
    inside = np.zeros(T, bool)
    inside[start : validate.integer("stop", stop, start + 1, T)] = True
    return inside


def ranked(scores):
    """Return the places of scores (H,), the largest magnitude first; equal ones in order."""
    return np.argsort(-np.abs(scores), kind="stable")


def as_active(values, start, stop):
    """Return the timesteps outside the span at which one unit is about as active as it is within, in order.

    values : (T,), the unit. About as active is what is nearer to the mean within than to the mean outside, or beyond
    the former; nothing is, if the two means are equal.

    >>> as_active(np.array([0.6, 0.1, 0.7, 0.8, 0.2]), 2, 4).tolist()
    [0]

    Raises as `contrast` does.
    """
    values = _sequence(np.reshape(values, (-1, 1)))
    higher = np.sign(contrast(values, start, stop)[0])
    unit, inside = values[:, 0], within(len(values), start, stop)
    middle = (unit[inside].mean() + unit[~inside].mean()) / 2
    return np.flatnonzero((higher * (unit - middle) > 0) & ~inside)


def _sequence(values):
    values = validate.rectangular("values", values)
    if values.ndim != 2:
        raise ValueError(f"values has shape {values.shape}; accepted is (T, H)")
    return validate.real("values", values, np.float64)
