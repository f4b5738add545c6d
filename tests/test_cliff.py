"""The wall in the loss of one unit: its slopes by differences and by the readable loop, the descents step by step."""

import numpy as np
import pytest

from rnnedu import unroll
from rnnedu.cells.rnn import RNNParams
from rnnedu.experiments import cliff
from rnnedu.experiments.cliff import Landscape, Unit, descend

W, B = np.array([0.7, 1.02, 1.3]), np.array([0.2, -0.1, 0.05])


def loss_of(unit, w, b):
    """Return L by the recursion written out."""
    h = 0.5
    for _ in range(unit.length):
        h = w * h + b
        h = np.tanh(h) if unit.activation == "tanh" else h
    return (h - unit.target) ** 2


@pytest.mark.parametrize("activation", ["tanh", "identity"])
@pytest.mark.parametrize("length", [1, 3, 12])
def test_slopes_are_those_of_differences(activation, length):
    unit, eps = Unit(activation, length, target=0.4), 1e-6
    loss, dw, db = unit.slopes(W, B)
    np.testing.assert_allclose(loss, loss_of(unit, W, B), rtol=1e-12)
    by_w = (loss_of(unit, W + eps, B) - loss_of(unit, W - eps, B)) / (2 * eps)
    by_b = (loss_of(unit, W, B + eps) - loss_of(unit, W, B - eps)) / (2 * eps)
    np.testing.assert_allclose(dw, by_w, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(db, by_b, rtol=1e-6, atol=1e-8)


def test_slopes_are_backpropagation_through_time_of_one_unit_each():
    unit = Unit(length=9, target=0.4)
    loss, dw, db = unit.slopes(W, B)
    for place, (w, b) in enumerate(zip(W, B, strict=True)):
        params = RNNParams(np.zeros((1, 1)), np.array([[w]]), np.array([b]))
        run = unroll.forward(params, np.zeros((9, 1, 1)), h0=np.full((1, 1), 0.5))
        back = unroll.backward(run, dh_last=2 * (run.last[0] - 0.4))
        assert loss[place] == pytest.approx((run.last[0][0, 0] - 0.4) ** 2, rel=1e-12)
        assert dw[place] == pytest.approx(back.grads["W_h"][0, 0], rel=1e-12)
        assert db[place] == pytest.approx(back.grads["b"][0], rel=1e-12)


def test_the_landscape_has_a_wall():
    along = Landscape.of(Unit(target=0.6), -0.05)
    assert along.w[[0, -1]].tolist() == [0.5, 2.5]
    w, slope = along.steepest
    assert abs(slope) == np.abs(along.slope).max() > 100 * np.median(np.abs(along.slope))
    assert 1.1 < w < 1.2
    assert along.ceiling == pytest.approx(1.05 * along.loss.max())
    power = Landscape.of(Unit("identity", target=1.0), 0.0)
    assert power.loss.max() > 1e6
    assert power.ceiling == pytest.approx(4.2 * np.median(power.loss))


@pytest.mark.parametrize("clipping", [None, "norm", "value"])
@pytest.mark.parametrize("both", [False, True])
def test_a_descent_step_by_step(clipping, both):
    unit, rate, threshold = Unit(length=6, target=-0.5), 0.3, 0.2
    path = descend(unit, 1.1, 0.3, rate, 8, clipping=clipping, threshold=threshold, both=both)
    assert len(path.w) == len(path.loss) == 9
    cut = 0
    for n in range(9):
        loss, dw, db = (each[0] for each in unit.slopes(path.w[n : n + 1], path.b[n : n + 1]))
        gradient = np.array([dw, db if both else 0.0])
        norm = np.sqrt((gradient**2).sum())
        assert path.loss[n] == pytest.approx(loss, rel=1e-9)
        assert path.norm[n] == pytest.approx(norm, rel=1e-9)
        step = gradient
        if clipping == "norm":
            step = gradient * min(1, threshold / norm)
        elif clipping == "value":
            step = np.clip(gradient, -threshold, threshold)
        if n < 8:
            cut += not np.array_equal(step, gradient)
            moved = path.w[n + 1] - path.w[n], path.b[n + 1] - path.b[n]
            np.testing.assert_allclose(moved, -rate * step, rtol=1e-6, atol=1e-12)
    assert path.clipped == cut
    assert bool(cut) == (clipping is not None)
    assert not path.left


def test_for_one_parameter_both_ways_to_clip_are_the_same():
    walk = Unit(target=0.6), 1.8, -0.05, 0.7, 30
    by_norm, by_value = (descend(*walk, clipping=way, threshold=0.3) for way in ("norm", "value"))
    np.testing.assert_allclose(by_norm.w, by_value.w, rtol=1e-9)
    by_norm, by_value = (descend(*walk, clipping=way, threshold=0.3, both=True) for way in ("norm", "value"))
    assert np.abs(by_norm.w - by_value.w).max() > 0.01


def test_without_clipping_the_wall_throws_the_descent_out_and_with_it_not():
    walk = Unit(target=0.6), 1.8, -0.05, 0.7, 40
    plain, clipped = descend(*walk), descend(*walk, clipping="norm", threshold=0.3)
    assert plain.left
    assert plain.w[-1] > cliff.REACH > np.abs(plain.w[:-1]).max()
    assert np.isnan(plain.loss[-1])
    assert np.isfinite(plain.loss[:-1]).all()
    assert not clipped.left
    assert clipped.loss[-1] < 1e-3
    assert clipped.norm.max() > 10


@pytest.mark.parametrize("unit", [Unit("identity", 100, 10.0), Unit("tanh", 100, -10.0)])
@pytest.mark.parametrize("w", [-5.0, 5.0])
def test_no_start_leaves_the_floats(unit, w):
    path = descend(unit, w, 5.0, 100, 60, both=True)
    assert np.isfinite(path.w).all()
    assert path.left or np.isfinite(path.norm).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"w": 5.1}, "w is 5.1; accepted is a number in [-5, 5]"),
        ({"b": np.nan}, "b is nan"),
        ({"learning_rate": 0}, "learning_rate is 0.0; accepted is a number in (0, 100]"),
        ({"steps": 61}, "steps is 61; accepted is an integer from 1 to 60"),
        ({"threshold": 0.0}, "threshold is 0.0"),
        ({"clipping": "global"}, "clipping is 'global'; accepted is one of None, 'norm', 'value'"),
    ],
)
def test_wrong_walks_are_refused(change, words):
    walk = {"w": 1.0, "b": 0.0, "learning_rate": 0.1, "steps": 5} | change
    with pytest.raises(ValueError) as failure:  # noqa: PT011 (the words are compared below)
        descend(Unit(), **walk)
    assert words in str(failure.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"activation": "relu"}, "activation is 'relu'; accepted is one of 'tanh', 'identity'"),
        ({"length": 101}, "length is 101; accepted is an integer from 1 to 100"),
        ({"target": 11}, "target is 11.0; accepted is a number in [-10, 10]"),
    ],
)
def test_wrong_units_are_refused(change, words):
    with pytest.raises(ValueError) as failure:  # noqa: PT011
        Unit(**change)
    assert words in str(failure.value)
