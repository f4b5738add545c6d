"""Lesson 1: in how many fresh LSTMs the cell state leaves the range from -1 to 1, and in how many the output."""

from functools import partial

import numpy as np

from bench.lesson_figures.stated import Stated
from rnnedu import cells, datasets, kernels
from rnnedu.trace import Trace

INTERVALS = {"c_t": (15, 19), "h_t": (0, 0)}


def largest(seed, symbol):
    """Return the largest size that a state of a fresh LSTM takes over all years of sunspots."""
    x = datasets.load_sunspots().inputs(dtype=np.float64)
    run = kernels.forward(cells.lstm.init(D=1, H=4, seed=seed), x).unrolled()
    return np.abs(Trace.of(run)[symbol]).max()


def leaving(symbol, seeds):
    """Return in how many seeds the state leaves the range."""
    found = [largest(seed, symbol) for seed in seeds]
    return Stated(sum(size > 1 for size in found), *INTERVALS[symbol], f"largest {max(found):.2f}")


FIGURES = {
    f"{symbol} leaves -1 to 1, seeds {start} to {start + 19}": partial(leaving, symbol, range(start, start + 20))
    for symbol in INTERVALS
    for start in (0, 20, 40)
}
