"""Lesson 7: who tells the order of two symbols over 50 steps, with as many weights."""

from functools import partial

from bench.lesson_figures.races import TEN, count
from rnnedu.experiments.entries import Entry

RULES = {"task": "order", "length": 50, "updates": 300}
ENTRIES = {(Entry("gru"), 37): (0, 1), (Entry("gru", bias=2), 37): (8, 10), (Entry("lstm", bias=2), 32): (5, 10)}

FIGURES = {
    f"{entry.title}, of seeds {seeds[0]} to {seeds[-1]}": partial(
        count, entry, RULES | {"units": units}, interval, seeds
    )
    for seeds in (TEN, tuple(range(10, 20)))
    for (entry, units), interval in ENTRIES.items()
}
