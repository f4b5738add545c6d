"""What lesson 4 says of its counted experiments and in its folds, measured again."""

import numpy as np
import pytest

from rnnedu.experiments.counting import solved
from rnnedu.experiments.entries import Entry
from rnnedu.experiments.flow import Setting, left, measure
from rnnedu.experiments.presets import preset
from rnnedu.experiments.race import Race
from rnnedu.experiments.rules import Rules


def setting(name, **changes):
    return Setting(**preset(name) | changes)


def left_at_the_start(name, seeds=(0,)):
    return np.array([left(setting(name, seed=seed))[99] for seed in seeds])


def test_backpropagation_alone_gives_the_benchs_ratio():
    for name in ("SimpleRNN, ρ 1.25, input", "LSTM, forget bias 3"):
        small = setting(name, units=6, length=20, seed=3)
        np.testing.assert_allclose(left(small), measure(small).ratio, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("SimpleRNN, ρ 1.25, no input", 0, 0),
        ("SimpleRNN, ρ 1.25, input", 20, 20),
        ("SimpleRNN, ρ 1.5, input", 0, 2),
        ("LSTM, forget bias 0", 20, 20),
        ("LSTM, forget bias 3", 1, 4),
    ],
)
def test_in_how_many_of_20_seeds_it_shrinks(name, low, high):
    found = left_at_the_start(name, range(20))
    assert low <= sum(found < 1) <= high
    if name == "SimpleRNN, ρ 1.5, input":
        assert found.max() < 25


def test_the_four_predictions():
    names = ("0.9, no input", "1.25, no input", "1.25, input", "1, input")
    a, b, c, one = (np.log10(left_at_the_start(f"SimpleRNN, ρ {name}")[0]) for name in names)
    assert (a, b, c) == pytest.approx((-4.5, 9.6, -3.3), abs=0.05)
    assert -9 < one < -8
    assert np.log10(left_at_the_start("LSTM, forget bias 0")[0]) == pytest.approx(-14, abs=0.1)


def test_what_the_fold_of_the_bench_says():
    triangular = setting("SimpleRNN, ρ 0.9, no input", initializer="triangular")
    assert left(triangular)[50] == pytest.approx(9.7e3, rel=0.01)
    told = {0.1: (74, 0.80), 0.4: (1.0, 0.77), 1.0: (4.9e-4, 0.70)}
    for sd, (ratio, slope) in told.items():
        found = measure(setting("SimpleRNN, ρ 1.25, no input", input_scale=sd))
        assert found.ratio[99] == pytest.approx(ratio, rel=0.02)
        assert found.values[0].slope == pytest.approx(slope, abs=0.006)
    assert (found.bound[99], found.norm[99]) == pytest.approx((3.8e9, 0.012), rel=0.05)
    assert left_at_the_start("SimpleRNN, ρ 1.5, input")[0] == pytest.approx(1.1, abs=0.05)
    for bias, (mean, ratio) in {0: (0.50, 9.3e-15), 1: (0.73, 1.9e-3), 3: (0.95, 1.7)}.items():
        found = measure(setting(f"LSTM, forget bias {bias}"))
        assert found.values[1].mean == pytest.approx(mean, abs=0.006)
        assert found.ratio[99] == pytest.approx(ratio, rel=0.02)


@pytest.mark.parametrize(
    ("entry", "updates", "low", "high"),
    [
        (Entry("rnn"), 50, 9, 10),
        (Entry("rnn", "glorot"), 100, 5, 9),
        (Entry("lstm"), 50, 0, 0),  # half of the lesson's: they take their time; the bench counts all
    ],
)
def test_a_simple_rnn_that_begins_orthogonal_latches(entry, updates, low, high):
    rules = Rules("latch", length=50, units=32, rate=0.01, clip=1, batch=32, updates=updates, seeds=tuple(range(10)))
    assert low <= solved(Race([entry], rules), workers=1)[0] <= high
