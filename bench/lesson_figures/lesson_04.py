"""Lesson 4: in how many seeds a gradient shrinks over 99 steps, and who latches a number over 50."""

from functools import partial

from bench.lesson_figures.races import TEN, count
from bench.lesson_figures.stated import Stated
from rnnedu.experiments.entries import Entry
from rnnedu.experiments.flow import Setting, left
from rnnedu.experiments.presets import preset

SHRINKS = {
    "SimpleRNN, ρ 1.25, no input": (0, 0),
    "SimpleRNN, ρ 1.25, input": (20, 20),
    "SimpleRNN, ρ 1.5, input": (0, 2),
    "LSTM, forget bias 0": (20, 20),
    "LSTM, forget bias 3": (1, 4),
}
LATCH = {"task": "latch", "length": 50, "units": 32, "rate": 0.01, "clip": 1.0, "batch": 32}
LATCHES = (  # entry, updates, interval
    (Entry("rnn"), 100, (9, 10)),
    (Entry("rnn", "glorot"), 100, (5, 9)),
    (Entry("lstm"), 100, (0, 0)),
    (Entry("lstm"), 800, (0, 0)),
)
OTHERS = tuple(range(10, 20))


def shrinks(name, seeds):
    """Return in how many seeds the gradient 99 steps back is shorter than at the end."""
    found = [left(Setting(**preset(name), seed=seed))[99] for seed in seeds]
    low, high = SHRINKS[name]
    more = f"{min(found):.2g} to {max(found):.2g} times as long"
    return Stated(sum(length < 1 for length in found), low, high, more)


FIGURES = {
    f"{name} shrinks, seeds {start} to {start + 19}": partial(shrinks, name, range(start, start + 20))
    for name in SHRINKS
    for start in (0, 20)
} | {
    f"latch, {entry.title}, {updates} updates, seeds {seeds[0]} to {seeds[-1]}": partial(
        count, entry, LATCH | {"updates": updates}, interval, seeds
    )
    for seeds in (TEN, OTHERS)
    for entry, updates, interval in LATCHES
}
