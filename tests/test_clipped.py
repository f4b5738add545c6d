"""A training with clipping and without: what is recorded, when it ends, and a learner's own way of clipping."""

import numpy as np
import pytest

from rnnedu.experiments.clipped import learn, solved
from rnnedu.lessons import EXERCISES

SHORT = {"length": 30, "updates": 30}


def own():
    space = {"np": np}
    exec(EXERCISES["clip_by_norm"].solution, space)
    return space["clip_by_norm"]


def test_every_update_is_recorded():
    found = learn(seed=1, rate=0.01, **SHORT)
    assert found.loss.shape == found.accuracy.shape == found.norm.shape == (30,)
    assert (found.norm > 0).all()
    assert not found.solved
    np.testing.assert_allclose(found.lapwise("accuracy"), found.accuracy.reshape(3, 10).mean(1))
    assert found.lapwise("loss")[0] == pytest.approx(np.log(4), abs=0.4)  # it begins by guessing


def test_it_ends_when_solved():
    found = learn(rate=0.1, length=10, updates=1000)
    assert found.solved
    assert len(found.loss) < 1000
    assert len(found.loss) % 10 == 0
    assert found.lapwise("accuracy")[-1] >= 0.99
    assert solved(range(2), rate=0.1, length=10) == 2
    assert solved(range(2), **SHORT) == 0


def test_a_function_of_ones_own_clips_as_the_engine_does():
    engine, mine, plain = (learn(rate=0.2, **SHORT, **ways) for ways in ({"clip": 1}, {"clip": 1, "by": own()}, {}))
    np.testing.assert_allclose(mine.norm, engine.norm, rtol=1e-3)
    assert np.abs(plain.norm - engine.norm).max() > 0.05


def test_a_training_that_leaves_the_floats_ends_and_says_so():
    found = learn(rate=1e38, **SHORT)
    assert "overflows" in found.problem
    assert not found.solved


def test_other_arguments_are_refused():
    with pytest.raises(ValueError, match="length"):
        learn(length=5)
    with pytest.raises(ValueError, match="updates"):
        learn(updates=0)
    with pytest.raises(TypeError, match="clip"):
        learn(by=own())
    with pytest.raises(ValueError, match="name"):
        learn(**SHORT).lapwise("norm")
