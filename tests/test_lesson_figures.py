"""What the lessons say of their counted experiments, counted again."""

import numpy as np
import pytest

from rnnedu import cells, datasets, kernels
from rnnedu.trace import Trace
from rnnedu.widget import StepPlayer


def hidden(params, x):
    return kernels.forward(params, x).h


def test_lesson_1_c_leaves_the_range_in_most_fresh_lstms_and_h_in_none():
    x = datasets.load_sunspots().inputs(dtype=np.float64)
    runs = [kernels.forward(cells.lstm.init(D=1, H=4, seed=seed), x) for seed in range(40)]
    traces = [Trace.of(run.unrolled()) for run in runs]
    leave = [sum(np.abs(trace["c_t"]).max() > 1 for trace in half) for half in (traces[:20], traces[20:])]
    assert leave[0] == 18  # as the fold says
    assert 15 <= leave[1] <= 19
    assert sum(np.abs(trace["h_t"]).max() >= 1 for trace in traces) == 0


def test_lesson_1_the_first_drop_is_faster_than_the_weight():
    one_unit = cells.rnn.RNNParams(W_x=[[1.0]], W_h=[[0.9]], b=[0.0])
    h = hidden(one_unit, datasets.make_pulse(6, dtype=np.float64)).ravel()
    assert h[0] == pytest.approx(0.76, abs=0.005)
    assert h[1] / h[0] == pytest.approx(0.78, abs=0.005)


@pytest.mark.parametrize(("name", "low", "high"), [("rnn", 17, 20), ("lstm", 5, 17), ("gru", 0, 2)])
def test_lesson_2_of_the_lie_a_fresh_simple_rnn_keeps_most(name, low, high):
    years = datasets.load_sunspots().inputs(length=110, dtype=np.float64)
    left = []
    for seed in range(40):
        params = cells.get(name).init(D=1, H=8, seed=seed)
        gap = np.abs(hidden(params, years)[50:] - hidden(params, years[50:])).max(axis=(1, 2))
        left.append(gap[9] / gap[0])
    assert sum(share > 0.1 for share in left[:20]) == {"rnn": 20, "lstm": 10, "gru": 0}[name]  # as the fold says
    assert low <= sum(share > 0.1 for share in left[20:]) <= high


def test_lesson_1_what_the_folds_say():
    rnn = StepPlayer(cell="rnn").trace
    inside = rnn["x_t"] @ rnn.params.W_x + rnn["h_prev"] @ rnn.params.W_h
    assert np.round(rnn["h_prev"][11, 0] * rnn.params.W_h[:, 0], 3)[3] == -0.373
    assert np.round((rnn["h_prev"][11, 0] @ rnn.params.W_h)[0], 3) == -0.225
    assert np.abs(rnn["h_t"][27, 0]).argmax() == 2
    assert rnn["h_t"][27, 0, 2] == pytest.approx(0.918, abs=5e-4)
    assert inside[27:30, 0, 2] == pytest.approx([1.579, 1.222, 0.066], abs=5e-4)
    lstm = StepPlayer(cell="lstm").trace
    assert np.argwhere(lstm["f_t"][:, 0] < 0.5).tolist() == [[27, 2]]
    written = (lstm["i_t"] * lstm["g_t"])[:, 0, 0]
    assert np.abs(written).argmax() == 27
    assert written[27] == pytest.approx(0.321, abs=5e-4)
    gru = StepPlayer(cell="gru").trace
    assert (gru["z_t"].min(), gru["z_t"].max()) == pytest.approx((0.34, 0.73), abs=5e-3)


def test_lesson_2_what_the_folds_say():
    trace = StepPlayer(cell="lstm", units=4, text="margaret").trace
    assert trace["i_t"][[2, 5], 0, 0] == pytest.approx([0.498, 0.479], abs=5e-4)
    dh, dc = (trace.norms(name)[:, 0] / trace.norms(name)[-1, 0] for name in ("dh_t", "dc_t"))
    assert dh[6] < 0.1
    assert dc.min() == pytest.approx(0.11, abs=5e-3)
    assert np.abs(trace["h_t"]).max() == pytest.approx(0.26, abs=5e-3)
    assert sorted(np.argsort(trace["h_t"][:, 0, 0])[-2:]) == [2, 5]  # unit 1: the two r's, as the picture's title says
    assert trace["h_t"][:, 0, 3].argmax() == 7


def test_lesson_2_thirty_years_after_the_cut_the_reset_is_forgotten():
    years = datasets.load_sunspots().inputs(length=110, dtype=np.float64)
    params = cells.rnn.init(D=1, H=8, seed=0)
    gap = np.abs(hidden(params, years)[50:] - hidden(params, years[50:]))
    assert gap[30:].max() < 0.01 * gap.max()
