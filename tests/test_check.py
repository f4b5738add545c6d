"""Exercises and their Check: found by name, hints in turn, the solution right, text that stays text."""

import numpy as np
import pytest

from rnnedu.lessons import EXERCISES, Check, check


def rnn_step(x_t, h_prev, W_x, W_h, b):
    return np.tanh(x_t @ W_x + h_prev @ W_h)


def written(source):
    """Return the function that a solution defines."""
    space = {"np": np}
    exec(source, space)
    return next(value for name, value in space.items() if name in EXERCISES)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_every_solution_passes_its_check(exercise):
    made = check(written(exercise.solution))
    assert made.ok, made.text


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_there_are_three_hints_and_none_is_the_solution(exercise):
    assert len(set(exercise.hints)) == 3
    body = exercise.solution.strip().splitlines()[-1].strip()
    assert all(body not in hint for hint in exercise.hints)


def test_the_exercise_is_found_by_the_functions_name():
    made = check(rnn_step)
    assert isinstance(made, Check)
    assert not made
    assert repr(made) == made.text == "The bias b is left out."
    assert made.label == "rnn_step"


def test_another_name_needs_the_exercises():
    def mine(*arguments):
        return rnn_step(*arguments)

    assert check(mine, "rnn_step").text == "The bias b is left out."
    with pytest.raises(ValueError, match=r"exercise is 'mine'; accepted is one of .*'rnn_step'"):
        check(mine)
    with pytest.raises(ValueError, match="Did you mean 'rnn_step'"):
        check(mine, "rnn_stp")
    with pytest.raises(TypeError, match="fn is an array of shape"):
        check(np.zeros((2, 3)))


def test_what_the_function_raises_is_told():
    def rnn_step(x_t, h_prev, W_x, W_h, b):
        return x_t @ W_h

    assert "ValueError" in check(rnn_step).text


def test_hints_open_one_after_the_other():
    made = check(rnn_step)
    assert made.opened == 0
    made.opened = 2
    made.opened = 99
    assert made.opened == len(made.hints) == 4
    assert made.hints[-1].startswith("def rnn_step(")


def test_shown_without_a_browser_it_is_the_whole_text():
    made = Check(lambda *a: np.zeros((3, 5)), "rnn_step")
    bundle = made._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["text/plain"] == made.text
    assert len(made.text) > 110
