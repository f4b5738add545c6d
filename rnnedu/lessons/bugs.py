"""The bug hunt: eight patterns seen in public teaching code, how to find each, and the checks of what is repaired.

Each is right at T = 1 from zero states, and wrong from T = 2 or 3 on: a gradient check at T = 1 proves nothing.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from rnnedu import gradcheck, validate
from rnnedu.lessons import bug_sources
from rnnedu.lessons.bug_runs import OUTPUTS, BugRun, lstm_loop, lstm_step, plainly, whole_rnn
from rnnedu.lessons.checks import Found, entry, first_difference, result_of, same, verdict_of
from rnnedu.lessons.checks import yours_and_expected as compared
from rnnedu.lessons.exercises import Exercise, register
from rnnedu.lessons.formulas.answer import all_same, refuse_shapes

BUGS = {}
STILL = (  # it does not say which bug: finding it is the exercise
    "The bug is still there: the numbers are those of the function as it was. Look at the clues, then at the line they "
    "point to. The hints open one after the other when you want them."
)
LENGTHS = (4, 1, 7)  # the first names what is wrong
SMALL = 1e-9  # of a gradient: less is rounding
LONGEST = 12  # a numerical gradient runs forward twice for every weight


@dataclass(frozen=True)
class Bug:
    """One wrong implementation.

    fn : the function. cell : "rnn" or "lstm". lead : (fn, run, call) -> gradients by name, leads it back through a run.
    wrong, right : the lines of the source where it is wrong, and what belongs there. breaks : what is wrong, in words.
    """

    fn: Callable
    cell: str
    lead: Callable
    wrong: str
    right: str
    breaks: str

    @property
    def name(self):
        """The name of the function, and of the exercise: "bug_1"."""
        return self.fn.__name__

    @property
    def source(self):
        """The function as a learner is shown it, Python source."""
        return inspect.getsource(self.fn)

    @property
    def repaired(self):
        """The source without the bug."""
        return self.source.replace(self.wrong, self.right)


def bug_report(fn, T=3, bug=None, seed=0):
    """Return the gradcheck.Report of a way back: dx, dW_x, dW_h and db beside numerical gradients.

    fn : one of the eight, or a learner's repair of it. T : timesteps, 1 to 12. bug : name of the bug whose arguments
    fn takes, where fn has another name. seed : of weights and input. What fn raises is let through; ValueError for an
    unknown name.

    >>> bug_report(BUGS["bug_3"].fn, T=1).ok, bug_report(BUGS["bug_3"].fn, T=2).ok
    (True, False)
    """
    hunted, run = _hunted(fn, T, bug, seed)
    arrays = {"x": run.x} | run.params.arrays()
    found = {name.removeprefix("d"): value for name, value in hunted.lead(fn, run, plainly).items()}
    return gradcheck.compare(run.loss, arrays, found, title=f"{hunted.name}, T = {T}")


def bug_deltas(fn, T=6, bug=None):
    """Return by how much dx is wrong at each timestep, (T,): the largest difference relative to the largest gradient.

    The arguments and what is raised are those of `bug_report`.
    """
    hunted, run = _hunted(fn, T, bug)
    wrong = np.abs(hunted.lead(fn, run, plainly)["dx"] - run.right["dx"]).max(axis=(1, 2))
    return wrong / np.abs(run.right["dx"]).max()


def bug_clues(fn, bug=None):
    """Return as text what is to be seen of a way back: the check at T = 1 and at T = 3, dx at each of six timesteps.

    fn, bug : as `bug_report` takes them. What fn raises is told in the text.
    """
    try:
        short, report, deltas = bug_report(fn, 1, bug), bug_report(fn, 3, bug), bug_deltas(fn, 6, bug)
    except Exception as error:
        return str(error) if isinstance(error, Found) else f"Your function raises {type(error).__name__}: {error}"
    steps = [f"t = {t}: {'right' if wrong < SMALL else f'wrong by {wrong:.3f}'}" for t, wrong in enumerate(deltas, 1)]
    first = f"{short.title}: {'all right' if short.ok else 'WRONG'}"
    return "\n".join([first, str(report), "dx over six timesteps, the last first:", *(f"  {s}" for s in steps[::-1])])


def _hunted(fn, T, bug, seed=0):
    hunted = validate.named("bug", bug or getattr(fn, "__name__", ""), BUGS)
    T, seed = validate.integer("T", T, 1, LONGEST), validate.integer("seed", seed, 0)
    return hunted, BugRun(hunted.cell, T, H=2, seed=seed)  # small: two runs for every entry


def _check(fn, bug):
    first, *_ = LENGTHS
    for T in LENGTHS:
        run = BugRun(bug.cell, T)
        value = bug.lead(fn, run, result_of)
        if all_same(value, run.right):
            continue
        if first != T:
            raise Found(f"Right for T = {first}, but not for T = {T}: is a length written as a fixed number?")
        refuse_shapes(value, run.right, dict.fromkeys(OUTPUTS, ("T", "B", "D")))
        raise Found(_known(value, run, bug) or _unknown(value, run))


def _known(value, run, bug):
    """Return that the bug is still there or which other one of the eight makes `value`, or ""."""
    for other in sorted(BUGS.values(), key=lambda each: each is not bug):
        if other.lead is bug.lead and all_same(other.lead(other.fn, run, plainly), value):
            return STILL if other is bug else f"That is another bug: {other.breaks}"
    return ""


def _unknown(value, run):
    wrong = [name for name in OUTPUTS if not same(value[name], run.right[name])]
    index = first_difference(value[wrong[0]], run.right[wrong[0]])
    T = len(run.x)  # timesteps count from 1, as in the clues
    fine = [f"t = {t}" for t in range(T, 0, -1) if same(value["dx"][t - 1], run.right["dx"][t - 1])]
    where = f"Going back from t = {T}, dx is right at {', '.join(fine)}." if fine else "dx is wrong at every timestep."
    difference = f"{entry(index, wrong[0])}: {compared(value[wrong[0]], run.right[wrong[0]], index)}"
    return f"Not right yet. First difference at {difference}. Wrong: {', '.join(wrong)}. {where}"


def _hunt(name, cell, lead, wrong, right, breaks, hints):
    """Register a bug and its exercise."""
    bug = BUGS[name] = Bug(getattr(bug_sources, name), cell, lead, wrong, right, breaks)
    check = partial(verdict_of, partial(_check, bug=bug), right=f"Right: {name} is repaired, for every length tried.")
    register(Exercise(name, check, hints, bug.repaired))


_hunt(
    "bug_1",
    "lstm",
    lstm_step,
    "sigmoid(s.f_t)",
    "s.f_t * (1 - s.f_t)",
    "in da_f, sigmoid(f_t) stands where sigmoid's derivative belongs. It is hidden at T = 1, where c_prev is 0.",
    (
        "At T = 1 from zero states one gate gets no gradient at all, for c_prev is 0. Which gate?",
        "Compare the line of da_f with those of da_i and da_o: each gate is a sigmoid.",
        "The derivative of sigmoid, told by its output y, is y * (1 - y); f_t is that output already.",
    ),
)
_hunt(
    "bug_2",
    "rnn",
    whole_rnn,
    "dh_later = dh_t @ W_h.T",
    "dh_later = da_t @ W_h.T",
    "the derivative of tanh is left out on the way to the step before: dh_later is made from dh_t, not from da_t.",
    (
        "dx is right at the last timestep and wrong before it: what is handed from a step to the one before?",
        "h_(t-1) went through W_h and then through tanh. Going back, the derivative of tanh comes first.",
        "dh_later needs the gradient behind tanh, da_t, as dx[t] does.",
    ),
)
_hunt(
    "bug_3",
    "lstm",
    lstm_loop,
    "        backs.append(back)\n",
    "        backs.append(back)\n        dh_later, dc_later = back.dh_prev, back.dc_prev\n",
    "dh and dc are not carried to the step before: dh_later and dc_later stay 0.",
    (
        "Which timesteps are right? Only the last: nothing comes to the others from later ones.",
        "dh_later and dc_later are zeros at first. Where do they change?",
        "At the end of each round they become what this step hands on: back.dh_prev and back.dc_prev.",
    ),
)
_hunt(
    "bug_4",
    "lstm",
    lstm_step,
    "    dc_t += dc_t\n",
    "",
    "`dc_t += dc_t` doubles what comes from later. At T = 1 that is 0, and twice 0 is 0.",
    (
        "dx is right at the last timestep; the error grows from step to step going back. What is carried?",
        "Along c the gradient from later comes in once. How often is it counted here?",
        "A line adds dc_t to itself. What should be added is the way through h_t, and that is the next line.",
    ),
)
_hunt(
    "bug_5",
    "lstm",
    lstm_step,
    "db[0] += da_f.sum(0)",
    "db[1] += da_f.sum(0)",
    "the forget gate's share of db is added to the input gate's row. At T = 1 it is 0, for c_prev is 0.",
    (
        "Only one array is wrong. Which part of it, that is: which gates?",
        "The rows of db are i, f, g, o. Which row stays 0?",
        "da_f belongs in row 1.",
    ),
)
_hunt(
    "bug_6",
    "rnn",
    whole_rnn,
    "h[t].T @ da_t",
    "h[t - 1].T @ da_t",
    "h_t stands where h_(t-1) belongs in dW_h. At T = 1 nothing is added to dW_h, for h0 is 0.",
    (
        "Only one array is wrong: which? What was that weight multiplied with on the way forward?",
        "a_t = x_t @ W_x + h_(t-1) @ W_h + b: the gradient of W_h is the other factor, transposed, times da_t.",
        "The other factor is the state before, which is one row earlier in h.",
    ),
)
_hunt(
    "bug_7",
    "lstm",
    lstm_step,
    "dc_t = dh_t * s.o_t",
    "dc_t += dh_t * s.o_t",
    "= stands where += belongs: dc_t loses what comes from later along c when the way through h_t is put in.",
    (
        "c_t reaches the loss in two ways: through h_t, and through c_(t+1). Gradients of two ways are added.",
        "dc_t is set twice. What is left of the first value?",
        "The second line must add to dc_t, not replace it.",
    ),
)
_hunt(
    "bug_8",
    "lstm",
    lstm_step,
    "    dh_t = da @ W_h.T\n    dc_prev = (dc_later + dh_t * s.o_t * (1 - tanh_c**2)) * s.f_t\n",
    "    dc_prev = (dc_later + dh_t * s.o_t * (1 - tanh_c**2)) * s.f_t\n    dh_t = da @ W_h.T\n",
    "dh_t is overwritten with dh_prev before dc_prev has used the old one.",
    (
        "dx is right at the last timestep, so the four da are right. What is handed on?",
        "dc_prev needs dh_t, what reaches this h_t. What is in dh_t when that line is run?",
        "Compute dc_prev first, or give dh_prev a name of its own.",
    ),
)
