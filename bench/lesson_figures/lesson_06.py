"""Lesson 6: what is left of a fresh LSTM's gradient, and who latches a number over 100 steps."""

from functools import partial

import numpy as np

from bench.lesson_figures.races import TEN, count
from bench.lesson_figures.stated import Stated
from rnnedu.experiments.entries import Entry
from rnnedu.experiments.flow import Setting, measure

RULES = {"task": "latch", "length": 100, "units": 32, "updates": 500}
ENTRIES = {
    Entry("rnn"): (7, 10),
    Entry("lstm"): (0, 1),
    Entry("lstm", bias=4): (7, 10),
    Entry("lstm", "chrono"): (8, 10),
}
GRADIENTS = {0.0: (-15.5, -13.5), 1.0: (-4, -2.5), 3.0: (0, 1.2)}


def left(b_f):
    """Return the powers of ten by which a gradient is larger after 99 steps back, the median of 10 seeds."""
    settings = (Setting("lstm", 32, 100, rho=1.0, input_scale=1.0, biases={"f": b_f}, seed=seed) for seed in TEN)
    powers = np.log10([measure(setting).ratio[-1] for setting in settings])
    return Stated(float(np.median(powers)), *GRADIENTS[b_f], f"from {powers.min():.1f} to {powers.max():.1f}")


FIGURES = {f"powers of ten after 99 steps, b_f = {b_f:g}": partial(left, b_f) for b_f in GRADIENTS} | {
    f"{entry.title}, of seeds {seeds[0]} to {seeds[-1]}": partial(count, entry, RULES, interval, seeds)
    for seeds in (TEN, tuple(range(10, 20)))
    for entry, interval in ENTRIES.items()
}
