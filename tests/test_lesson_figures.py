"""What the lessons say of their counted experiments, counted again."""

import numpy as np
import pytest

from rnnedu import cells, datasets, unroll
from rnnedu.trace import Trace

SEEDS = range(20)


def hidden(params, x):
    return Trace.of(unroll.forward(params, x))["h_t"]


def test_lesson_1_c_leaves_the_range_in_most_fresh_lstms_and_h_in_none():
    x = datasets.load_sunspots().inputs(dtype=np.float64)
    traces = [Trace.of(unroll.forward(cells.lstm.init(D=1, H=4, seed=seed), x)) for seed in SEEDS]
    assert 14 <= sum(np.abs(trace["c_t"]).max() > 1 for trace in traces) <= 20
    assert sum(np.abs(trace["h_t"]).max() >= 1 for trace in traces) == 0


def test_lesson_1_the_first_drop_is_faster_than_the_weight():
    one_unit = cells.rnn.RNNParams(W_x=[[1.0]], W_h=[[0.9]], b=[0.0])
    h = hidden(one_unit, datasets.make_pulse(6, dtype=np.float64)).ravel()
    assert h[0] == pytest.approx(0.76, abs=0.005)
    assert h[1] / h[0] == pytest.approx(0.78, abs=0.005)


@pytest.mark.parametrize(("name", "low", "high"), [("rnn", 17, 20), ("lstm", 0, 7), ("gru", 0, 2)])
def test_lesson_2_a_fresh_simple_rnn_remembers_a_reset_longest(name, low, high):
    years = datasets.load_sunspots().inputs(length=110, dtype=np.float64)
    gaps = []
    for seed in SEEDS:
        params = cells.get(name).init(D=1, H=8, seed=seed)
        gaps.append(np.abs(hidden(params, years)[50:] - hidden(params, years[50:]))[10].max())
    assert low <= sum(gap > 0.01 for gap in gaps) <= high
