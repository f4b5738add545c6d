"""The check of the loop back over time: every known mistake, loops as they are typed, calls that are wrong."""

import re

import numpy as np
import pytest

from rnnedu.lessons import EXERCISES, check_bptt
from rnnedu.lessons.bptt_checks import OUTPUTS, SIZES, _Run
from rnnedu.lessons.bptt_mistakes import MISTAKES, back, previous


class Handed:
    """The run as a learner's function has it, for the mistakes of the table."""

    def __init__(self, dh_loss, x, h, h0, step_back):
        self.dh_loss, self.x, self.h, self.h0, self.pure = dh_loss, x, h, h0, step_back


def solved(*changes):
    source = EXERCISES["bptt"].solution
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    space = {"np": np}
    exec(source, space)
    return space["bptt"]


def told(fn):
    verdict = check_bptt(fn)
    assert not verdict.ok
    return verdict.text


def test_the_loop_of_the_mistakes_is_right_where_nothing_is_changed():
    run = _Run(*SIZES[0], seed=0)
    for name, value in zip(OUTPUTS, back(run), strict=True):
        np.testing.assert_allclose(value, run.right[name], rtol=0, atol=1e-12)
    assert previous(run, 0) is run.h0


@pytest.mark.parametrize("sentence", MISTAKES)
def test_each_known_mistake_has_its_own_sentence(sentence):
    assert told(lambda *given: MISTAKES[sentence](Handed(*given))) == sentence


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ([("dh_loss[t] + dh_later", "dh_loss[t]")], "right at the last step and wrong before: is dh carried back?"),
        ([("reversed(range(len(x)))", "range(len(x))")], "The loop goes forward in time"),
        ([("dW_x + share[0]", "share[0]")], "dW_x is that of the first timestep alone: = stands where += belongs."),
        ([("h[t - 1] if t > 0 else h0", "h[t]")], "h_t stands where h_(t-1) belongs"),
        ([("h[t - 1] if t > 0 else h0", "h[t - 1]")], "At t = 0 step_back gets h[-1], which is the last state"),
        ([("dh_loss[t] + dh_later", "dh_later")], "The loss's own gradient is never read"),
        ([("return dx", "return dx[::-1]")], "dx is in reversed order"),
        ([("return dx, dh_later", "return dh_later, dx")], "dx and dh0 are in each other's place"),
        ([("return dx, dh_later, dW_x", "return dx, dW_x")], "a tuple of 4; accepted are 5 arrays"),
        ([("x[t], h_prev", "h_prev, x[t]")], "ValueError: x_t has shape (3, 5); accepted is (B, D) = (3, 4)"),
        ([(", h[t])", ")")], "TypeError: step_back() missing 1 required positional argument: 'h_t'"),
        ([("dh_loss[t] + dh_later", "dh_loss[t] + 0.5 * dh_later")], "Call 2 of step_back gets another array as dh_t;"),
        ([("dh_loss[t] + dh_later", "dh_loss[t] + 0.5 * dh_later")], "dx is right at t = 5 only."),
        ([("dh_loss[t] + dh_later", "dh_loss[t] + 0.5 * dh_later")], "accepted is dh_loss[4] plus the dh_prev"),
        ([("dh_loss[t] + dh_later", "dh_loss[t] - dh_later")], "At T = 1 your loop is right"),
        ([("x[t], h_prev", "x[t // 2 * 2], h_prev")], "Call 1 of step_back gets x[4] as x_t; accepted is x[5]."),
        ([("db + share[2]", "db + 2 * share[2]")], "Every call of step_back is right: look at what"),
        ([("db + share[2]", "db + 2 * share[2]")], "Wrong: db; right: dx, dh0, dW_x, dW_h."),
        ([("return dx", "return dx / 0")], "not finite"),
        ([("return dx", "return dx.sum(2)")], "Your dx has shape (6, 3); accepted is (T, B, D) = (6, 3, 4)"),
        ([("range(len(x))", "range(6)")], "Right for T = 6, B = 3, D = 4, H = 5; for T = 1"),
        ([("return dx", "return ...")], "There is still a `...` in what is returned"),
        ([("return dx, dh_later, dW_x, dW_h, db", "pass")], "did you forget `return`?"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_loop_is_said(changes, part):
    text = told(solved(*changes))
    assert part in text or (part == "not finite" and re.search(r"holds -?inf at dx\[0, 0, 0\]", text)), text


def in_lists(dh_loss, x, h, h0, step_back):
    states, dx, total, dh = [h0, *h], [], None, 0 * h0
    for t in range(len(x), 0, -1):
        step = step_back(dh_t=dh + dh_loss[t - 1], x_t=x[t - 1], h_prev=states[t - 1], h_t=states[t])
        dx.insert(0, step[0])
        dh = step[1]
        total = list(step[2:]) if total is None else [a + b for a, b in zip(total, step[2:], strict=True)]
    return [np.array(dx), dh, *total]


def in_place(dh_loss, x, h, h0, step_back):
    dh, dx = dh_loss.copy(), np.empty_like(x)
    totals = [np.zeros((x.shape[2], h.shape[2])), np.zeros((h.shape[2], h.shape[2])), np.zeros(h.shape[2])]
    for t in range(len(x) - 1, -1, -1):
        dx[t], dh0, *shares = step_back(dh[t], x[t], h[t - 1] if t else h0, h[t])
        if t:
            dh[t - 1] += dh0
        for total, share in zip(totals, shares, strict=True):
            total += share
    return (dx, dh0, *totals)


@pytest.mark.parametrize("fn", [in_lists, in_place])
def test_a_right_loop_in_another_style_passes(fn):
    verdict = check_bptt(fn)
    assert verdict.ok, verdict.text


def test_what_is_not_written_yet_gets_a_friendly_sentence():
    def bptt(dh_loss, x, h, h0, step_back):
        """Return dx, dh0, dW_x, dW_h, db."""

    assert told(bptt).startswith("Nothing is written here yet.")


def test_a_loop_without_step_back_is_told():
    def bptt(dh_loss, x, h, h0, step_back):
        H = h.shape[2]
        return x, h0, np.ones((x.shape[2], H)), np.ones((H, H)), np.ones(H)

    assert "step_back is called 0 times; accepted is once for each of 6 timesteps." in told(bptt)
