"""Lesson 8: the podiums of latch, adding, temporal order and copy over ten seeds."""

import math
from functools import partial

from bench.lesson_figures.races import count
from rnnedu.experiments.entries import Entry

RNN, LSTM, GRU = Entry("rnn"), Entry("lstm"), Entry("gru")
LATCH = {"task": "latch", "length": 100, "updates": 200}
ADDING = {"task": "adding", "length": 50, "updates": 800}
ORDER = {"task": "order", "length": 50, "updates": 200}
COPY = {"task": "copy", "length": 10}
TAUS = {3: (6, 10), 4: (6, 10), 5: (8, 10), 8: (8, 10), 50: (9, 10), 100: (8, 10), 400: (8, 10)}


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
}
