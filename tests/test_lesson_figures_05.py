"""What lesson 5 says of its counted experiment and in its folds, measured again where that is quick."""

import numpy as np
import pytest

from rnnedu.experiments.cliff import Unit, descend
from rnnedu.experiments.clipped import learn, solved
from rnnedu.widget import ClippingLab


def test_the_sixth_step():
    path = descend(Unit("tanh", length=50, target=0.6), 1.8, -0.05, learning_rate=0.7, steps=10)
    assert path.w[4:7] == pytest.approx([1.34, 1.17, 37.7], abs=0.05)
    assert (np.diff(path.loss[:5]) < 0).all()
    assert path.norm[5] == pytest.approx(52, abs=0.5)
    assert path.norm[5] > 200 * path.norm[:5].max()


def test_what_the_fold_of_the_lab_says():
    lab = ClippingLab()
    assert lab.clipped.norm.max() == pytest.approx(220, abs=5)
    assert "at w = 1.17" in lab.shown["blocks"][1]["title"]
    ends = {1: 0.0043, 10: np.nan, 0.01: 0.059}
    found = {limit: ClippingLab(threshold=limit).clipped for limit in ends}
    assert [path.loss[-1] for path in found.values()] == pytest.approx(list(ends.values()), abs=5e-4, nan_ok=True)
    assert found[0.01].clipped == 40
    assert found[0.01].w[-1] == pytest.approx(1.52, abs=0.005)
    slow, slower = (ClippingLab(learning_rate=rate).plain for rate in (10**-0.7, 0.05))
    assert slow.loss[-1] < 1e-20
    assert slower.loss[-1] == pytest.approx(0.048, abs=5e-4)
    steepest = [abs(ClippingLab(length=T).landscape.steepest[1]) for T in (5, 20, 50)]
    assert steepest == pytest.approx([1.2, 15, 240], rel=0.04)


def test_the_training_that_is_looked_at():
    without, clipped = learn(updates=600), learn(updates=600, clip=1.0)
    share = without.lapwise("accuracy")
    assert share.argmax() == 10
    assert share[10] == pytest.approx(0.55, abs=0.03)
    assert share[14:].max() < 0.4
    assert 10.5 < without.norm[[119, 123, 124]].min() <= without.norm[[60, 119, 123, 124]].max() < 15
    assert np.median(without.norm) == pytest.approx(1.6, abs=0.1)
    assert clipped.solved
    assert len(clipped.norm) == pytest.approx(320, abs=20)
    assert clipped.norm.max() == pytest.approx(37, abs=3)
    assert (clipped.norm > 1).mean() > 0.95


@pytest.mark.parametrize(
    ("options", "seeds", "low"),
    [
        ({"rate": 0.05, "updates": 300}, 3, 0),
        ({"rate": 0.05, "clip": 1.0}, 3, 2),
        ({"rate": 0.01}, 2, 1),
        ({"rate": 0.2, "clip": 1.0, "updates": 300}, 4, 3),
        ({"rate": 0.2, "clip": 2.0, "updates": 300}, 2, 0),
        ({"rate": 0.05, "length": 20, "updates": 200}, 12, 11),
    ],
)
def test_in_how_many_seeds_it_is_solved(options, seeds, low):
    """Of the first seeds, in few updates; `python -m bench.lesson_figures 5` counts all of them."""
    assert low <= solved(range(seeds), **options) <= (seeds if low else 0)
