"""The check of a learner's loop back over time, backpropagation through time (Werbos 1990).

The learner's function is handed a `step_back` that writes down what it is called with, so that a loop which no known
mistake explains is still explained: by the first call that got something else than it should.
"""

import numpy as np

from rnnedu import unroll, validate
from rnnedu.cells import rnn
from rnnedu.lessons.bptt_mistakes import MISTAKES, previous
from rnnedu.lessons.checks import Found, after_the_first, entry, first_difference, result_of, same, sized, verdict_of
from rnnedu.lessons.checks import yours_and_expected as compared
from rnnedu.lessons.exercises import Exercise, register
from rnnedu.lessons.formulas.answer import all_same, arrays_of, refuse_order, refuse_shapes

SIZES = ((6, 3, 4, 5), (1, 3, 4, 5), (2, 1, 3, 2), (9, 2, 2, 2))  # (T, B, D, H): the first names the mistakes
OUTPUTS = ("dx", "dh0", "dW_x", "dW_h", "db")
DIMS = {"dx": ("T", "B", "D"), "dh0": ("B", "H"), "dW_x": ("D", "H"), "dW_h": ("H", "H"), "db": ("H",)}
RIGHT = "Right: dh is carried back, and dW_x, dW_h and db are summed, for every length, batch and size tried."


def check_bptt(fn):
    """Check fn(dh_loss, x, h, h0, step_back) -> (dx, dh0, dW_x, dW_h, db), the loop back over time of a SimpleRNN.

    It is called with float64 arrays dh_loss and h (T, B, H), x (T, B, D), h0 (B, H), and a function
    step_back(dh_t, x_t, h_prev, h_t) -> (dx_t, dh_prev, dW_x, dW_h, db), one timestep back. dh_loss[t] is what the
    loss adds at h[t]. dx is (T, B, D), dh0 (B, H), and the weights' gradients are sums over time. Returns a Verdict
    and raises nothing.
    """
    return verdict_of(_check, fn, RIGHT)


def _check(fn):
    for case, sizes in enumerate(SIZES):
        run = _Run(*sizes, seed=case)
        with after_the_first("TBDH", SIZES[0], sizes):
            value = arrays_of(result_of(fn, run.arguments), run.right)
        if all_same(value, run.right):
            continue
        if case:
            now = f"Right for {sized('TBDH', SIZES[0])}, but for {sized('TBDH', sizes)} it gives other numbers"
            raise Found(f"{now}: is a size or a length written as a fixed number?")
        refuse_order(value, run.right)
        for sentence, mistake in MISTAKES.items():
            if all_same(dict(zip(OUTPUTS, mistake(run), strict=True)), value):
                raise Found(sentence)
        refuse_shapes(value, run.right, DIMS)
        raise Found(_traced(value, run) + _only_one_step(fn))


class _Run:
    """One run to compare with, its right gradients by name, and every call of `step_back`."""

    def __init__(self, T, B, D, H, seed):
        rng = np.random.default_rng(seed)
        shapes = ((D, H), (H, H), (H,), (T, B, D), (B, H), (T, B, H))
        W_x, W_h, b, self.x, self.h0, self.dh_loss = (0.8 * rng.standard_normal(shape) for shape in shapes)
        self.params, self.calls = rnn.RNNParams(W_x, W_h, b), []
        forward = unroll.forward(self.params, self.x, h0=self.h0)
        self.h = np.stack([step.h_t for step in forward.steps])
        backward = unroll.backward(forward, dh=self.dh_loss)
        grads = {f"d{name}": value for name, value in backward.grads.items()}
        self.right = {"dx": backward.dx, "dh0": backward.initial["h0"], **grads}
        self.reaching = backward.loss["h"] + backward.later["h"]
        self.arguments = {"dh_loss": self.dh_loss, "x": self.x, "h": self.h, "h0": self.h0, "step_back": _handed(self)}

    def pure(self, dh_t, x_t, h_prev, h_t):
        """Return (dx_t, dh_prev, dW_x, dW_h, db) of one timestep and write nothing down."""
        back = rnn.step_back(self.params, rnn.RNNStep(x_t, h_prev, h_t), dh_t)
        return back.dx_t, back.dh_prev, back.dW_x, back.dW_h, back.db

    def expected_call(self, t):
        """Return what step_back gets at timestep t, by name."""
        return {"dh_t": self.reaching[t], "x_t": self.x[t], "h_prev": previous(self, t), "h_t": self.h[t]}


def _handed(run):
    """Return step_back for `run`; it adds to run.calls what it is given, name -> array."""

    def step_back(dh_t, x_t, h_prev, h_t):
        """Return dx_t (B, D), dh_prev (B, H), dW_x (D, H), dW_h (H, H), db (H,) of one timestep."""
        given = {"dh_t": dh_t, "x_t": x_t, "h_prev": h_prev, "h_t": h_t}
        sizes = {"B": len(run.h0), "D": run.x.shape[2], "H": run.h0.shape[1]}
        for name, value in given.items():
            validate.array(name, value, ("B", "D" if name == "x_t" else "H"), sizes, np.float64)
        run.calls.append({name: np.array(value) for name, value in given.items()})
        return run.pure(*run.calls[-1].values())

    step_back.__qualname__ = "step_back"  # Python's own messages name it so
    return step_back


def _traced(value, run):
    """Return the first wrong array and entry, and the first call of step_back that got something else."""
    wrong = [name for name in OUTPUTS if not same(value[name], run.right[name])]
    index = first_difference(value[wrong[0]], run.right[wrong[0]])
    fine = [name for name in OUTPUTS if name not in wrong]
    text = f"First difference at {entry(index, wrong[0])}: {compared(value[wrong[0]], run.right[wrong[0]], index)}. "
    text += f"Wrong: {', '.join(wrong)}; right: {', '.join(fine) or 'none'}. "
    return text + _steps(value["dx"], run.right["dx"]) + _first_wrong_call(run)


def _steps(dx, right):
    """Return at which timesteps dx is right, if at some."""
    fine = [f"t = {t}" for t in reversed(range(len(dx))) if same(dx[t], right[t])]
    return f"dx is right at {', '.join(fine)} only. " if 0 < len(fine) < len(dx) else ""


def _first_wrong_call(run):
    T = len(run.x)
    for n, call in enumerate(run.calls[:T]):
        for name, right in run.expected_call(T - 1 - n).items():
            if not same(call[name], right):
                return (
                    f"Call {n + 1} of step_back gets {_named(call[name], run)} as {name}; {_accepted(name, T - 1 - n)}."
                )
    if len(run.calls) != T:
        return f"step_back is called {len(run.calls)} times; accepted is once for each of {T} timesteps."
    return "Every call of step_back is right: look at what is done with what it returns."


def _accepted(name, t):
    before = f"h[{t - 1}]" if t else "h0"
    right = {"dh_t": f"dh_loss[{t}] plus the dh_prev of the call before", "x_t": f"x[{t}]", "h_t": f"h[{t}]"}
    return f"accepted is {right.get(name, before)}"


def _named(value, run):
    """Return what an array is: "x[2]", "h0", "dh_loss[1]", "zeros", or "another array"."""
    known = {"h0": run.h0, "zeros": np.zeros_like(value)}
    for name in ("x", "h", "dh_loss"):
        known |= {f"{name}[{t}]": array for t, array in enumerate(getattr(run, name))}
    return next((name for name, array in known.items() if same(value, array)), "another array")


def _only_one_step(fn):
    """Return a remark when T = 1 hides the mistake."""
    run = _Run(*SIZES[1], seed=1)
    try:
        hidden = all_same(arrays_of(result_of(fn, run.arguments), run.right), run.right)
    except Found:
        return ""
    return " At T = 1 your loop is right: it goes wrong from one timestep to the next." if hidden else ""


register(
    Exercise(
        "bptt",
        check_bptt,
        (
            "The last state is reached by its own loss only, so begin there: t goes from T - 1 down to 0.",
            "What reaches h[t] is dh_loss[t] and the dh_prev that the call before gave (zeros at first), added.",
            "The weights are the same at every timestep: add each call's dW_x, dW_h, db. The last dh_prev is dh0.",
        ),
        """
def bptt(dh_loss, x, h, h0, step_back):
    dx, dh_later, dW_x, dW_h, db = np.zeros_like(x), np.zeros_like(h0), 0, 0, 0
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        dx[t], dh_later, *share = step_back(dh_loss[t] + dh_later, x[t], h_prev, h[t])
        dW_x, dW_h, db = dW_x + share[0], dW_h + share[1], db + share[2]
    return dx, dh_later, dW_x, dW_h, db
""",
    )
)
