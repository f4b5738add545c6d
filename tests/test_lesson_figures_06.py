"""What lesson 6 says of its figures, counted again; its race is counted in the lesson's own check cell."""

import numpy as np
import pytest

from rnnedu.experiments.flow import Setting, measure
from rnnedu.functions import sigmoid
from rnnedu.widget import StepPlayer

OPEN, ALONE, HIDDEN = {"shift": "b_f", "by": 3.0}, {"scale": "W_h", "by": 0.0}, {"shift": "b_o", "by": -8.0}


def player(*edits):
    trace = StepPlayer(cell="lstm", units=4, series="pulse", length=20, edits=list(edits)).trace
    return {name: trace[name][:, 0, 0] for name in ("i_t", "f_t", "g_t", "c_t", "h_t")}, trace.norms("dc_t")[:, 0]


def test_a_bias_says_how_long_is_remembered():
    assert sigmoid(np.array([1.0, 3.0, 5.0])) ** 50 == pytest.approx([2e-7, 0.09, 0.71], rel=0.25)
    assert 1 / (1 - sigmoid(np.array([1.0, 3.0, 5.0]))) == pytest.approx([4, 21, 149], abs=0.5)


def test_the_gates_by_hand():
    unit, _ = player()
    assert [unit[name][1] for name in ("f_t", "i_t", "g_t")] == pytest.approx([0.725, 0.501, -0.0187], abs=5e-4)
    assert unit["c_t"][[0, 1, 19]] == pytest.approx([0.182, 0.123, -0.0007], abs=5e-4)


def test_a_memory_is_overwritten_behind_an_open_forget_gate():
    unit, norms = player(OPEN)
    assert unit["f_t"][1:] == pytest.approx(0.98, abs=0.005)
    assert unit["c_t"][19] == pytest.approx(-0.094, abs=5e-4)
    assert (unit["i_t"] * unit["g_t"])[2:] == pytest.approx(-0.014, abs=0.0025)
    assert norms[[19, 0]] == pytest.approx([0.96, 3.2], abs=0.05)


def test_without_the_second_path_c_and_its_gradient_follow_f():
    unit, norms = player(OPEN, ALONE)
    assert unit["c_t"][19] == pytest.approx(0.129, abs=5e-4)
    assert norms[[19, 0]] == pytest.approx([0.99, 0.70], abs=0.005)


def test_a_shut_output_gate_hides_c_and_stops_the_gradient():
    unit, norms = player(OPEN, ALONE, HIDDEN)
    assert unit["h_t"][19] == pytest.approx(4e-5, abs=1e-5)
    assert unit["c_t"][19] == pytest.approx(0.129, abs=5e-4)
    assert norms[19] == pytest.approx(0.0007, abs=1e-4)


@pytest.mark.parametrize(("b_f", "low", "high"), [(0.0, -15.5, -13.5), (1.0, -4, -2.5), (3.0, 0, 1.2)])
def test_a_fresh_gradient_vanishes_or_grows_as_the_bias_says(b_f, low, high):
    settings = (Setting("lstm", 32, 100, rho=1.0, input_scale=1.0, biases={"f": b_f}, seed=seed) for seed in range(10))
    assert low < np.log10(np.median([measure(setting).ratio[-1] for setting in settings])) < high
