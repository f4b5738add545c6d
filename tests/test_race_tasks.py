"""The register of tasks: what is drawn, what guessing gives, when a task counts as solved."""

import math

import numpy as np
import pytest

from rnnedu import losses
from rnnedu.experiments.tasks import RECALL, SYMBOLS, TASKS

B, T = 4000, 20


def guessed(task, length):
    """Return the measure of who knows the task and remembers nothing, on many sequences."""
    _, y = task.draw(length, B, 0, 0)
    if task.sequences:  # certain of the blanks, in doubt about the symbols
        answer = np.full((B, length, task.V), 1e-7, np.float64)
        answer[:, :-RECALL, SYMBOLS] = 1
        answer[:, -RECALL:, :SYMBOLS] = 1 / SYMBOLS
        return losses.get(task.loss)(y, answer)
    if task.rising:
        return float((y == 0).mean())
    return losses.get(task.loss)(y, np.ones((B, 1)))


@pytest.mark.parametrize("name", TASKS)
def test_chance_is_what_guessing_gives(name):
    task = TASKS[name]
    assert guessed(task, T) == pytest.approx(task.chance(T), rel=0.06)
    assert not task.is_solved(task.chance(T), T)


def test_chance_and_solved_are_the_known_figures():
    chances = {name: task.chance(100) for name, task in TASKS.items()}
    assert chances == {"adding": 1 / 6, "latch": 0.5, "order": 0.25, "copy": 0.03 * math.log(8)}
    assert {name: task.solved(100) for name, task in TASKS.items()} == {
        "adding": 0.01,
        "latch": 0.99,
        "order": 0.99,
        "copy": pytest.approx(0.003 * math.log(8)),
    }


@pytest.mark.parametrize("name", TASKS)
def test_solved_is_on_the_right_side(name):
    task = TASKS[name]
    better = 0.001 if task.rising else -0.001
    limit = task.solved(T)
    assert task.is_solved(limit, T)
    assert task.is_solved(limit + better, T)
    assert not task.is_solved(limit - better, T)
    assert not task.is_solved(math.nan, T)


@pytest.mark.parametrize("name", TASKS)
def test_a_batch_is_as_models_take_it(name):
    task = TASKS[name]
    x, y = task.draw(task.shortest, 3, 1, 5)
    assert (x.shape, x.dtype) == ((3, task.shortest, task.D), np.float32)
    assert y.shape[:2] == ((3, task.shortest) if task.sequences else y.shape[:2])
    assert losses.get(task.loss).prepare(y, (3, *([task.shortest] if task.sequences else []), task.V)) is not None
    assert task.about.endswith(".")
    with pytest.raises(ValueError, match="length"):
        task.draw(task.shortest - 1, 3, 1, 5)


def test_every_seed_and_every_update_has_data_of_its_own():
    draw = TASKS["adding"].draw
    first = draw(6, 3, 0, 0)[0]
    assert np.array_equal(first, draw(6, 3, 0, 0)[0])
    others = [draw(6, 3, 0, 1)[0], draw(6, 3, 1, 0)[0], draw(6, 3, 1, 1)[0]]
    assert len({other.tobytes() for other in [first, *others]}) == 4
