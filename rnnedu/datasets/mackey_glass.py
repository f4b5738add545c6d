"""The Mackey-Glass equation: a delay differential equation whose solution never repeats, yet follows a rule.

dx/dt = 0.2 x(t - tau) / (1 + x(t - tau)^10) - 0.1 x(t)

After M. C. Mackey and L. Glass, "Oscillation and chaos in physiological control systems", Science 197, 1977, 287-289,
with the constants that forecasts are usually compared at; it is chaotic for tau above 16.8.
"""

import numpy as np

from rnnedu.datasets._checks import finite, whole
from rnnedu.datasets.series import Series

GAIN, POWER, DECAY = 0.2, 10, 0.1
FINEST = 1000  # integration steps a unit of time


def make_mackey_glass(length, tau=17, steps=10, start=1.2, discard=500):
    """Return a Series of `length` values, one a unit of time, of the solution with x(t) = start for all t <= 0.

    Integrated by the classical Runge-Kutta method of order 4 with `steps` steps a unit of time. In the middle of a step
    the delayed value is read from the cubic through the two ends and the slopes there (Hermite), which keeps the order.
    Chaos doubles any difference every one or two hundred units of time; with 10 and with 20 steps the first 1500 values
    still agree to 1e-6.

    Args:
        length: T, 1 or more.
        tau: the delay, a whole number of units of time, 1 or more.
        steps: integration steps a unit of time, 1 to 1000.
        start: the constant history, above 0.
        discard: units of time left out at the beginning, 0 or more: until the history is forgotten.

    Raises ValueError when an argument is outside these.
    """
    length, discard = whole("length", length, 1), whole("discard", discard, 0)
    tau, steps = whole("tau", tau, 1), whole("steps", steps, 1, FINEST)
    if not finite("start", start) > 0:
        raise ValueError(f"start is {start!r}; accepted: a number above 0")
    path = _integrate(float(start), tau * steps, 1 / steps, (discard + length - 1) * steps)
    values = np.array(path[discard * steps :: steps])
    time = np.arange(discard, discard + length, dtype=np.float64)
    source = "Mackey and Glass 1977, integrated here"
    return Series(f"mackey_glass_{tau}", time, values, "x", source, clock="unit of time")


def _slope(x, delayed):
    return GAIN * delayed / (1 + delayed**POWER) - DECAY * x


def _integrate(start, delay, h, count):
    """Return the list of x at 0, h, ..., count * h; delay : in steps."""
    x = [start] * (delay + 1)  # x[n] is the value at (n - delay) h
    slopes = [0.0] * delay + [_slope(start, start)]
    for n in range(count):
        now, before, after = x[-1], x[n], x[n + 1]  # before, after : delayed, at the ends of this step
        # Where the history joins the solution the slope jumps, at an end of a step: no step spans it.
        middle = (before + after) / 2 + h / 8 * (slopes[n] - slopes[n + 1]) if n >= delay else start
        k1 = slopes[-1]
        k2 = _slope(now + h / 2 * k1, middle)
        k3 = _slope(now + h / 2 * k2, middle)
        k4 = _slope(now + h * k3, after)
        x.append(now + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
        slopes.append(_slope(x[-1], after))
    return x[delay:]
