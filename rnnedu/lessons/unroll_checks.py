"""The check of a learner's loop over time: every state, each made from the one before.

The learner's function is handed a `step` that writes down what it is called with, so that a loop which no
known mistake explains is still explained: by the first call that got something else than x[t] and h[t-1].
"""

import numpy as np

from rnnedu import unroll
from rnnedu.cells import rnn
from rnnedu.lessons.checks import (
    Found,
    after_the_first,
    described,
    entry,
    finite,
    first_difference,
    floats,
    result_of,
    same,
    sized,
    verdict_of,
    yours_and_expected,
)
from rnnedu.lessons.exercises import Exercise, register
from rnnedu.lessons.unroll_mistakes import MISTAKES, shapes
from rnnedu.lessons.unroll_step import handed

SIZES = ((6, 3, 4, 5), (1, 3, 4, 5), (2, 1, 3, 2), (9, 2, 2, 2))  # (T, B, D, H): the first names the mistakes
RIGHT = "Right: h[t] = step(x[t], h[t-1]), starting from h0, for every length, batch and size tried."


def check_unroll(fn):
    """Check fn(x, h0, step) -> h, the loop over time, and return a Verdict.

    It is called with float64 arrays x (T, B, D), h0 (B, H) and a function step(x_t, h_prev) -> h_t of
    (B, D), (B, H) -> (B, H), which takes a part of the batch too; h is (T, B, H), the state after every
    timestep. Raises nothing: what `fn` raises is told in the Verdict.
    """
    return verdict_of(_check, fn, RIGHT)


def _check(fn):
    for case, sizes in enumerate(SIZES):
        run = _Run(*sizes, seed=case)
        with after_the_first("TBDH", SIZES[0], sizes):
            value = result_of(fn, run.arguments)
            if case:
                floats(value, _accepted(run))
        if case == 0:
            _check_first(fn, value, run)
        elif not same(value, run.h):
            _refuse_later(value, run, sizes)


class _Run:
    """One run to compare with: x, h0, the right answer h, and every call of `step`."""

    def __init__(self, T, B, D, H, seed):
        rng = np.random.default_rng(seed)
        W_x, W_h, b = (0.8 * rng.standard_normal(shape) for shape in ((D, H), (H, H), (H,)))
        self.params = rnn.RNNParams(W_x, W_h, b)
        self.x, self.h0 = rng.standard_normal((T, B, D)), 0.7 * rng.standard_normal((B, H))
        self.calls = []
        self.h = np.stack([step.h_t for step in unroll.forward(self.params, self.x, h0=self.h0).steps])
        self.arguments = {"x": self.x, "h0": self.h0, "step": handed(self)}

    def pure(self, x_t, h_prev):
        """Return h_t (B, H) and write nothing down."""
        return rnn.step(self.params, x_t, h_prev).h_t


def _check_first(fn, value, run):
    T, B, H = run.h.shape
    if isinstance(value, (list, tuple)):
        _refuse_list(value, run)
    floats(value, _accepted(run))
    if same(value, run.h):
        return
    for sentence, mistake in MISTAKES.items():
        if same(value, mistake(run)):
            raise Found(sentence)
    if value.shape != run.h.shape:
        reason = shapes(T, B, H, run.x.shape[2]).get(value.shape, "the state of every timestep, stacked over time")
        raise Found(f"Your h has shape {value.shape}; accepted is (T, B, H) = {run.h.shape}: {reason}.")
    finite(value)
    raise Found(_traced(value, run) + _only_one_step(fn))


def _accepted(run):
    return f"an array of shape (T, B, H) = {run.h.shape}"


def _refuse_list(value, run):
    try:
        right = same(np.stack(value), run.h)
    except (TypeError, ValueError):
        right = False
    states = "The states are right, but they are" if right else "Your function returns its states"
    if right or (isinstance(value, list) and all(np.shape(item) == run.h0.shape for item in value)):
        raise Found(
            f"{states} in {described(value)}; accepted is one array (T, B, H) = {run.h.shape}: "
            "`np.stack(states)` makes it from the list."
        )
    raise Found(f"Your function returns {described(value)}; accepted is h alone, one array of {run.h.shape}.")


def _traced(value, run):
    """Return the first wrong entry, and the first call of `step` that got something else than it should."""
    t, *_ = index = first_difference(value, run.h)
    text = f"First difference at {entry(index)}: {yours_and_expected(value, run.h, index)}. "
    if not run.calls:
        return text + "Your function never calls step."
    rows, B = len(run.calls[0][0]), len(run.h0)
    if rows != B:
        return text + f"step is given {rows} of the {B} sequences at a time; `step(x[t], h)` takes all of them at once."
    n, wrong = _first_wrong_call(run)
    if n > t:
        return text + f"Up to there every call of step is right: what is put into h[{t}] is not what step returned."
    return text + wrong


def _first_wrong_call(run):
    """Return (n, what is wrong with call n), or (the number of timesteps, "") when no call is wrong."""
    T = len(run.x)
    for n, (x_t, h_prev) in enumerate(run.calls[:T]):
        if not same(x_t, run.x[n]):
            return n, f"Call {n + 1} of step gets {_named(x_t, run)} as x_t; accepted is x[{n}]."
        if not same(h_prev, run.h[n - 1] if n else run.h0):
            before = f"h[{n - 1}]" if n else "h0"
            return n, f"Call {n + 1} of step gets {_named(h_prev, run)} as h_prev; accepted is {before}."
    if len(run.calls) < T:
        return len(run.calls), f"step is called {len(run.calls)} times; accepted is once for each of {T} timesteps."
    return T, ""


def _named(value, run):
    """Return what an array is: "x[2]", "h0", "h[1]", "zeros", or "another array"."""
    known = {"h0": run.h0, "zeros": np.zeros_like(value)}
    known |= {f"x[{t}]": x_t for t, x_t in enumerate(run.x)} | {f"h[{t}]": h_t for t, h_t in enumerate(run.h)}
    return next((name for name, array in known.items() if same(value, array)), "another array")


def _only_one_step(fn):
    """Return a remark when T = 1 hides the mistake."""
    run = _Run(*SIZES[1], seed=1)
    try:
        hidden = same(result_of(fn, run.arguments), run.h)
    except Found:
        return ""
    return " At T = 1 your loop is right: it goes wrong from one timestep to the next." if hidden else ""


def _refuse_later(value, run, sizes):
    first, now = sized("TBDH", SIZES[0]), sized("TBDH", sizes)
    seen = "other numbers" if value.shape == run.h.shape else f"{described(value)} instead of {run.h.shape}"
    raise Found(f"Right for {first}, but for {now} it gives {seen}: is a size or a length written as a fixed number?")


register(
    Exercise(
        "run_through",
        check_unroll,
        (
            "The loop goes over the first axis of x, which is time; one state is made at every timestep.",
            "What step returns is both kept (for h) and handed to the next call of step as h_prev.",
            "Begin with h = h0 and an empty list. For each x_t: h = step(x_t, h), append h. Stack the list at last.",
        ),
        """
def run_through(x, h0, step):
    h, states = h0, []
    for x_t in x:
        h = step(x_t, h)
        states.append(h)
    return np.stack(states)
""",
    )
)
