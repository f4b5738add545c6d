"""Lesson 8: the podiums of latch, adding, temporal order and copy over ten seeds."""

import math
from functools import partial

from bench.lesson_figures.races import TEN, count, raced
from bench.lesson_figures.stated import Stated
from rnnedu.experiments.entries import Entry

RNN, LSTM, GRU = Entry("rnn"), Entry("lstm"), Entry("gru")
LATCH = {"task": "latch", "length": 100, "updates": 200}
ADDING = {"task": "adding", "length": 50, "updates": 800}
ORDER = {"task": "order", "length": 50, "updates": 200}
COPY = {"task": "copy", "length": 10}
TAUS = {3: (6, 10), 4: (6, 10), 5: (8, 10), 8: (8, 10), 50: (9, 10), 100: (8, 10), 400: (8, 10)}


def climbing(entry, low, high):
    """Return how many seeds of an entry are above one third right, where chance is a quarter, when their race ends."""
    last = [run.points[-3:, 1].mean() for run in raced(entry, TEN, tuple(ORDER.items()))]
    return Stated(sum(share > 1 / 3 for share in last), low, high, ", ".join(f"{share:.2f}" for share in last))


def keeping(tau):
    """Return a GRU whose gate keeps for tau timesteps."""
    return Entry("gru", bias=math.log(tau - 1), name=f"GRU, tau {tau}")


COUNTS = (
    (RNN, LATCH, (7, 10)),
    (LSTM, LATCH, (0, 1)),
    (GRU, LATCH, (0, 1)),
    (RNN, ADDING, (0, 0)),
    (LSTM, ADDING, (9, 10)),
    (GRU, ADDING, (9, 10)),
    (Entry("rnn", "identity"), ADDING, (9, 10)),
    *((entry, ORDER, (0, 1)) for entry in (RNN, LSTM, GRU)),
    (Entry("gru", "chrono"), ORDER, (9, 10)),
    *((keeping(tau), ORDER, interval) for tau, interval in TAUS.items()),
    (RNN, COPY | {"updates": 800}, (9, 10)),
    (LSTM, COPY | {"updates": 800}, (4, 10)),
    (GRU, COPY | {"updates": 800}, (0, 1)),
    *((entry, COPY | {"updates": 3200}, (9, 10)) for entry in (RNN, LSTM, GRU)),
)

FIGURES = {
    f"{rules['task']} in {rules['updates']} updates, of 10: {entry.title}": partial(count, entry, rules, interval)
    for entry, rules, interval in COUNTS
} | {
    f"order, of 10 not solved, above 1/3 right: {entry.title}": partial(climbing, entry, *interval)
    for entry, interval in {LSTM: (1, 6), GRU: (0, 1), RNN: (0, 1)}.items()
}
