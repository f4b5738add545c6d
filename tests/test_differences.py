"""Central differences against BPTT: the problem, its errors in both dtypes, what a check notices."""

import numpy as np
import pytest

from rnnedu import gradcheck
from rnnedu.experiments.differences import Problem, error, noticed
from rnnedu.lessons import EXERCISES


def solution():
    space = {"np": np}
    exec(EXERCISES["bptt"].solution, space)
    return space["bptt"]


def test_the_exact_gradients_pass_the_check():
    problem = Problem.drawn(T=5, seed=3)
    assert gradcheck.compare(problem.loss, problem.params.arrays(), problem.exact()).ok
    assert np.abs(problem.h0).min() > 0
    assert np.abs(problem.params.b).min() > 0


def test_the_loss_weighs_every_state():
    problem = Problem.drawn(T=3)
    assert problem.states().shape == (3, 2, 4)
    assert problem.loss() == pytest.approx((problem.states() * problem.dh_loss).sum())
    assert problem.loss(b=problem.params.b + 0.1) != problem.loss()


def test_the_error_falls_with_the_square_of_the_step_until_rounding_wins():
    assert error(1e-2) / error(1e-3) == pytest.approx(100, rel=0.02)
    assert error(1e-9) > 10 * error(1e-5)


def test_a_whole_run_is_made_in_the_dtype():
    coarse = Problem.drawn(T=2).astype(np.dtype("float32"))
    assert coarse.loss().dtype == coarse.states().dtype == np.float32
    assert error(1e-5, "float32") > 1e5 * error(1e-5)


def test_it_notices_a_wrong_loop_and_no_right_one():
    right = solution()

    def negated(*arguments):
        dx, dh0, dW_x, dW_h, db = right(*arguments)
        return dx, dh0, dW_x, dW_h, -db

    assert not noticed(right, T=3, seed=1)
    assert noticed(negated, T=3, seed=1)


def test_what_is_refused():
    with pytest.raises(ValueError, match="T is 0; accepted is"):
        Problem.drawn(T=0)
    with pytest.raises(ValueError, match="eps is 0"):
        error(0.0)
    with pytest.raises(TypeError, match="dtype is float16; accepted is float32 or float64"):
        error(1e-5, "float16")
