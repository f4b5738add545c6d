"""The Mackey-Glass integrator: an exact beginning, the order of its error, the attractor it lands on."""

import numpy as np
import pytest

from rnnedu.datasets import make_mackey_glass


def test_within_the_first_delay_it_is_an_exponential():
    """There x(t - tau) is constant, so the equation is linear."""
    series = make_mackey_glass(18, discard=0)
    rest = 0.2 * 1.2 / (1 + 1.2**10) / 0.1
    assert np.allclose(series.values, rest + (1.2 - rest) * np.exp(-0.1 * series.time), atol=1e-10)


def test_half_the_step_is_a_sixteenth_of_the_error():
    runs = [make_mackey_glass(120, discard=0, steps=steps).values for steps in (5, 10, 20, 160)]
    coarse, usual, fine = (np.abs(run - runs[-1]).max() for run in runs[:-1])
    assert coarse / usual == pytest.approx(16, rel=0.05)
    assert usual / fine == pytest.approx(16, rel=0.05)
    assert usual < 2e-9


def test_other_delays_and_places():
    late = make_mackey_glass(30, tau=30, discard=20)
    assert np.array_equal(late.values, make_mackey_glass(50, tau=30, discard=0).values[20:])
    assert late.time[0] == 20
    assert not np.allclose(late.values, make_mackey_glass(30, discard=20).values)


def test_it_is_chaotic_for_17_and_comes_round_for_10():
    swing = make_mackey_glass(400).values
    assert 0.2 < swing.min() < 0.5
    assert 1.2 < swing.max() < 1.4
    steady = make_mackey_glass(600, tau=10, discard=2000).values
    lags = [np.abs(steady[lag:] - steady[:-lag]).max() for lag in range(20, 80)]
    assert min(lags) < 0.05 < 0.1 < min(np.abs(swing[lag:] - swing[:-lag]).max() for lag in range(20, 80))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"length": 0}, "length is 0"),
        ({"length": 5, "tau": 1.5}, "tau is 1.5; accepted: a whole number of 1 or more"),
        ({"length": 5, "steps": 0}, "steps is 0"),
        ({"length": 5, "start": 0.0}, "start is 0.0; accepted: a number above 0"),
        ({"length": 5, "discard": -1}, "discard is -1"),
    ],
)
def test_other_arguments_are_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        make_mackey_glass(**wrong)
