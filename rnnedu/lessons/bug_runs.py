"""A run to hunt bugs in, and how each kind of function is led back through it."""

from functools import cached_property, partial

import numpy as np

from rnnedu import unroll
from rnnedu.cells import get, lstm
from rnnedu.lessons.formulas.answer import arrays_of, refuse_shapes
from rnnedu.lessons.formulas.program import STACKED

OUTPUTS = ("dx", "dW_x", "dW_h", "db")
STEP_DIMS = {"dW_x": ("D", "4H"), "dW_h": ("H", "4H"), "db": ("4H",), "dx_t": ("B", "D")}
STATES = ("dh_prev", "dc_prev")


class BugRun:
    """T timesteps of a cell from zero states, what the loss sends back, and the right gradients by name."""

    def __init__(self, cell, T, B=3, D=4, H=5, seed=0):
        rng = np.random.default_rng(seed)
        G = len(get(cell).Params.gates) or 1
        W_x, W_h, b = (0.8 * rng.standard_normal(shape) for shape in ((D, G * H), (H, G * H), (G * H,)))
        self.params, self.x = get(cell).Params(W_x, W_h, b), rng.standard_normal((T, B, D))
        self.dh_loss = rng.standard_normal((T, B, H))

    @cached_property
    def steps(self):
        """The records of the timesteps."""
        return unroll.forward(self.params, self.x).steps

    @property
    def h(self):
        """The states, (T, B, H)."""
        return np.stack([step.h_t for step in self.steps])

    @cached_property
    def right(self):
        """The engine's gradients by name: dx (T, B, D), dW_x, dW_h, db."""
        back = unroll.backward(unroll.forward(self.params, self.x), dh=self.dh_loss)
        return {"dx": back.dx, **{f"d{name}": back.grads[name] for name in STACKED}}

    def loss(self, x, W_x, W_h, b):
        """Return the loss whose gradient at every h_t is dh_loss, a float."""
        steps = unroll.forward(self.params.replace(W_x=W_x, W_h=W_h, b=b), x).steps
        return float(sum((gradient * step.h_t).sum() for gradient, step in zip(self.dh_loss, steps, strict=True)))


def plainly(fn, arguments):
    """Return fn(*arguments.values()): a call that lets through what is raised."""
    return fn(*arguments.values())


def whole_rnn(fn, run, call):
    """Return dx, dW_x, dW_h, db by name, of fn(dh_loss, x, h, W_x, W_h)."""
    given = {"dh_loss": run.dh_loss, "x": run.x, "h": run.h, "W_x": run.params.W_x, "W_h": run.params.W_h}
    return arrays_of(call(fn, given), run.right)


def lstm_loop(fn, run, call):
    """Return dx, dW_x, dW_h, db by name, of fn(dh_loss, steps, step_back)."""
    given = {"dh_loss": run.dh_loss, "steps": run.steps, "step_back": partial(lstm.step_back, run.params)}
    return arrays_of(call(fn, given), run.right)


def lstm_step(fn, run, call):
    """Return dx, dW_x, dW_h, db by name, of fn(dh_t, dc_later, s, W_x, W_h), called from the last timestep on."""
    dh, dc, backs = np.zeros_like(run.dh_loss[0]), np.zeros_like(run.dh_loss[0]), []
    for dh_loss, step in zip(run.dh_loss[::-1], run.steps[::-1], strict=True):
        given = {"dh_t": dh_loss + dh, "dc_later": dc, "s": step, "W_x": run.params.W_x, "W_h": run.params.W_h}
        engine = lstm.step_back(run.params, step, dh_loss + dh, dc)
        wanted = {name: getattr(engine, name) for name in ("dx_t", *STATES, "dW_x", "dW_h", "db")}
        back = arrays_of(call(fn, given), wanted)
        refuse_shapes(back, wanted, {name: STEP_DIMS.get(name, ("B", "H")) for name in wanted})
        dh, dc = (back[name] for name in STATES)
        backs.append(back)
    sums = {name: sum(back[name] for back in backs) for name in ("dW_x", "dW_h", "db")}
    return {"dx": np.stack([back["dx_t"] for back in backs[::-1]]), **sums}
