"""Lesson 2: in how many fresh cells more than a tenth of a reset is left after ten steps."""

from functools import partial

import numpy as np

from bench.lesson_figures.stated import Stated
from rnnedu import cells, datasets, kernels

INTERVALS = {"rnn": (17, 20), "lstm": (5, 17), "gru": (0, 2)}


def left(cell, seed):
    """Return what is left of the difference between carried and reset, in parts of its first."""
    years = datasets.load_sunspots().inputs(length=110, dtype=np.float64)
    params = cells.get(cell).init(D=1, H=8, seed=seed)
    gap = kernels.forward(params, years).h[50:] - kernels.forward(params, years[50:]).h
    sizes = np.abs(gap).max(axis=(1, 2))
    return sizes / sizes[0]


def still_off(cell, seeds):
    """Return in how many seeds more than a tenth is left ten steps after the reset."""
    return Stated(sum(left(cell, seed)[9] > 0.1 for seed in seeds), *INTERVALS[cell])


FIGURES = {
    f"{cell}, seeds {start} to {start + 19}": partial(still_off, cell, range(start, start + 20))
    for cell in INTERVALS
    for start in (0, 20, 40)
}
