"""The check of bias_for_memory: each mistake by its sentence, other styles, and numbers that it has never seen."""

import math

import numpy as np
import pytest

from rnnedu.lessons import EXERCISES, check, check_bias_for_memory, memory_checks


def told(fn):
    verdict = check_bias_for_memory(fn)
    assert not verdict.ok
    return verdict.text


@pytest.mark.parametrize("sentence", memory_checks.MISTAKES)
def test_each_mistake_has_its_own_sentence(sentence):
    mistake = memory_checks.MISTAKES[sentence]
    assert told(lambda tau: mistake(np.float64(tau))) == sentence


@pytest.mark.parametrize(
    "fn",
    [
        lambda tau: np.log(tau - 1),
        lambda tau: np.log((1 - 1 / tau) / (1 / tau)),
        lambda tau: -np.log(1 / (1 - 1 / tau) - 1),
        lambda tau: np.log1p(tau - 2),
        lambda tau: 2 * np.arctanh(1 - 2 / tau),
        lambda tau: np.vectorize(lambda each: math.log(each - 1))(tau),
    ],
)
def test_other_styles_pass(fn):
    assert check_bias_for_memory(fn).text == memory_checks.RIGHT


@pytest.mark.parametrize(
    ("fn", "part"),
    [
        (lambda tau: ..., "Nothing is written here yet."),
        (lambda tau: np.log(tau) - 1, "For tau = 100: yours 3.6052, expected 4.5951. Your gate sigmoid(b) is 0.97354"),
        (lambda tau: np.log(tau) - 1, "it keeps for 1 / (1 - gate) = 37.79 timesteps; asked is 100."),
        (lambda tau: tau * 50, "Your gate sigmoid(b) is 1: it never forgets; asked is 100."),
        (lambda tau: np.log(99.0) + 0 * tau, "Right for tau = 100, but not for 3.5. For tau = 3.5: yours 4.5951"),
        (lambda tau: math.log(tau - 1), "Right for a number; tau may be an array too (np.log takes both). Your func"),
        (lambda tau: [math.log(tau - 1)], "returns a list of 1 for tau of shape (); accepted is a float."),
        (lambda tau: np.log(np.atleast_1d(tau) - 1), "For tau of shape () your b has shape (1,)"),
        (lambda tau: np.log(np.max(tau) - 1), "For tau of shape (3,) your b has shape ()"),
        (lambda tau: np.log(1 - tau), "Your result holds nan at b"),
        (lambda tau: np.log(gate / (1 - gate)), "NameError: name 'gate' is not defined"),  # noqa: F821
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(fn, part):
    assert part in told(fn)


def test_an_array_that_is_changed_in_place_is_told():
    def bias_for_memory(tau):
        if np.ndim(tau):
            tau -= 1
            return np.log(tau)
        return np.log(tau - 1)

    assert check(bias_for_memory).text.startswith("Your function changes tau in place")


def test_the_solution_is_right():
    space = {"np": np}
    exec(EXERCISES["bias_for_memory"].solution, space)
    assert check(space["bias_for_memory"])
