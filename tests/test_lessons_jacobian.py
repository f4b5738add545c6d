"""The check of rnn_jacobian: right in any style, each mistake by its own sentence, and what was never seen before."""

import numpy as np
import pytest

from rnnedu import unroll
from rnnedu.cells import rnn
from rnnedu.experiments.linear import step_jacobians
from rnnedu.lessons import EXERCISES, jacobian_checks
from rnnedu.trace import Trace


def solved(*changes):
    source = EXERCISES["rnn_jacobian"].solution
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    space = {"np": np}
    exec(source, space)
    return space["rnn_jacobian"]


def told(fn):
    verdict = EXERCISES["rnn_jacobian"].check(fn)
    assert not verdict.ok
    return verdict.text


def test_the_solution_is_the_jacobian_that_the_bench_multiplies():
    params = rnn.init(D=2, H=4, seed=0)
    trace = Trace.of(unroll.forward(params, np.random.default_rng(0).standard_normal((3, 1, 2))))
    mine = [solved()(h_t[0], params.W_h) for h_t in trace["h_t"]]
    np.testing.assert_allclose(step_jacobians(trace), mine, rtol=1e-12)


NAMES = [sentence for sentence, _ in jacobian_checks.mistakes(np.ones(2), np.ones((2, 2)))]
LEFT_OUT = "The slope of tanh is left out"  # then the place of the slope makes no difference


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_each_mistake_has_its_own_sentence(number):
    sentence = told(lambda h_t, W_h: list(jacobian_checks.mistakes(h_t, W_h))[number][1])
    assert sentence == NAMES[number] or (sentence.startswith(LEFT_OUT) and NAMES[number].startswith(LEFT_OUT))


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ([("np.diag(1 - h_t**2) @ ", "")], "The slope of tanh is left out"),
        ([("np.diag(1 - h_t**2) @ W_h.T", "W_h")], "The slope of tanh is left out"),
        ([("W_h.T", "W_h")], "W_h is not transposed: entry [i, j] is what unit j of h_prev does to unit i"),
        ([("np.diag(1 - h_t**2) @ W_h.T", "W_h @ np.diag(1 - h_t**2)")], "Your Jacobian is transposed"),
        ([("np.diag(1 - h_t**2) @ W_h.T", "(1 - h_t**2) * W_h.T")], "The slope multiplies columns"),
        ([("np.diag(1 - h_t**2) @", "np.diag(1 - h_t**2) *")], "Only the diagonal is left"),
        ([("np.diag(1 - h_t**2)", "(1 - h_t**2)")], "that is (H,), one number a unit"),
        ([("1 - h_t**2", "1 - np.tanh(h_t) ** 2")], "h_t, which is tanh's output already"),
        ([("h_t**2", "h_t")], "the square is missing"),
        ([("1 - h_t**2", "h_t * (1 - h_t)")], "The slope of sigmoid"),
        ([("1 - h_t**2", "np.cosh(h_t)")], "It is right where h_t is 0, so W_h.T is in it as it should be"),
        ([("W_h.T", "W_h.T @ W_h.T")], "It is right where W_h is the identity, so the slope is: look at W_h."),
        ([("W_h.T", "W_h.T + 0.1")], "It is wrong where h_t is 0, and where W_h is the identity"),
        ([(" @ W_h.T", "")], "That is the slopes alone; W_h.T is missing."),
        ([("np.diag(1", "-0.5 * np.diag(1")], "All of it is -0.5 times the right one."),
        ([("W_h.T", "W_h.T).tolist()"), ("np.diag", "(np.diag")], "a list of 5; accepted is an array of shape (H, H)"),
        ([("W_h.T", "W_h.T).tolist()"), ("np.diag", "(np.diag")], "= (5, 5). `np.array(...)` makes one of a list."),
        ([("W_h.T", "np.ones((5, 5))")], "First difference at J[0, 0]: yours "),
        ([("W_h.T", "W_h.T[:5, :5] + (len(W_h) != 5)")], "Right for H = 5, but for H = 3 it gives other numbers"),
        ([("np.diag(1 - h_t**2) @ W_h.T", "...")], "Nothing is written here yet"),
        ([("return np.diag", "np.diag")], "returns None: did you forget `return`?"),
        ([("1 - h_t**2", "1 - h_prev**2")], "raises NameError: name 'h_prev' is not defined"),
        ([("return", "W_h *= 2\n    return")], "changes W_h in place"),
    ],
)
def test_what_is_wrong_is_said(changes, part):
    assert part in told(solved(*changes))


def by_loops(h_t, W_h):
    J = np.empty(W_h.shape)
    for i in range(len(h_t)):
        for j in range(len(h_t)):
            J[i, j] = W_h[j, i] * (1 - h_t[i] * h_t[i])
    return J


@pytest.mark.parametrize(
    "fn",
    [
        by_loops,
        lambda h_t, W_h: (W_h * (1 - h_t**2)).T,
        lambda h_t, W_h: np.einsum("i,ji->ij", (1 - h_t) * (1 + h_t), W_h),
        lambda h_t, W_h: W_h.T / np.cosh(np.arctanh(h_t))[:, None] ** 2,
    ],
)
def test_another_style_passes(fn):
    verdict = EXERCISES["rnn_jacobian"].check(fn)
    assert verdict.ok, verdict.text
