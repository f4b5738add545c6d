"""The time loops over a cell: forward through a sequence, and backpropagation through time.

Source: Werbos (1990), "Backpropagation through time: what it does and how to do it".

Everything is time-major: x is (T, B, D), so that ``for x_t in x`` reads as the maths.
"""

from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.cells import Params, cell_of


@dataclass(frozen=True, eq=False)
class Forward:
    """A run through a sequence: the parameters, and one step record for every timestep, in order."""

    params: Params
    steps: tuple

    @property
    def last(self):
        """The last state, one (B, H) array for each of the cell's state names."""
        return tuple(getattr(self.steps[-1], f"{name}_t") for name in cell_of(self.params).state)


@dataclass(frozen=True, eq=False)
class Backward:
    """The way back through a run.

    run : the Forward that this is the way back of.
    backs : one record of `step_back` for every timestep, in the order of time.
    loss : state name -> (T, B, H), what the loss itself adds at every timestep.
    later : state name -> (T, B, H), what arrives from t+1 (at the last step, from beyond the sequence).
    grads : parameter name -> gradient, summed over time, in the parameter's shape.
    dx : (T, B, D), gradient of the input.
    initial : "h0" (and "c0") -> (B, H), gradient of the initial state.
    """

    run: Forward
    backs: tuple
    loss: dict
    later: dict
    grads: dict
    dx: np.ndarray
    initial: dict


def forward(params, x, **initial):
    """Run the cell that `params` belong to over x (T, B, D) and return a Forward.

    Initial states are given by name, ``h0=`` and, for the LSTM, ``c0=``, each (B, H); zeros where not given.

    Raises TypeError for an unknown name or another dtype than the parameters', ValueError for another
    shape, T = 0, NaN or infinity (also when a state leaves the finite numbers: the message says at which t).
    """
    cell = cell_of(params)
    sizes = {"D": params.D, "H": params.H}
    x = validate.array("x", x, ("T", "B", "D"), sizes, params.dtype).copy()  # the records keep it
    names = [f"{name}0" for name in cell.state]
    refuse_unknown(initial, names)
    zeros = np.zeros((sizes["B"], params.H), params.dtype)
    state = [validate.array(n, initial.get(n, zeros), ("B", "H"), sizes, params.dtype).copy() for n in names]
    steps = []
    with np.errstate(over="ignore", invalid="ignore"):  # an overflow is reported below, with its timestep
        for t, x_t in enumerate(x):
            step = cell.step(params, x_t, *state)
            steps.append(step)
            state = [getattr(step, f"{name}_t") for name in cell.state]
            refuse_overflow(t, state)
    return Forward(params, tuple(steps))


def backward(run, **gradients):
    """Go back through a Forward and return a Backward (backpropagation through time).

    Gradients of the loss are given by name, zeros where not given: ``dh=`` (T, B, H), on every h_t, and
    ``dh_last=`` (B, H), on the last state; for the LSTM also ``dc=`` and ``dc_last=``.

    Raises TypeError for an unknown name or another dtype, ValueError for another shape, NaN or infinity (also when
    a gradient leaves the finite numbers on the way: the message says at which t).
    """
    validate.kind("run", run, Forward)
    params, cell, T = run.params, cell_of(run.params), len(run.steps)
    loss, arriving = _cotangents(run, gradients)
    later = {name: np.empty_like(loss[name]) for name in cell.state}
    backs = [None] * T
    with np.errstate(over="ignore", invalid="ignore"):  # an overflow is reported with its timestep
        for t in reversed(range(T)):
            for name in cell.state:
                later[name][t] = arriving[name]
            backs[t] = step_back(params, run.steps[t], t, [loss[name][t] + arriving[name] for name in cell.state])
            arriving = {name: getattr(backs[t], f"d{name}_prev") for name in cell.state}
    grads = {name: sum(getattr(back, f"d{name}") for back in backs) for name in params.arrays()}
    initial = {f"{name}0": arriving[name] for name in cell.state}
    return Backward(run, tuple(backs), loss, later, grads, np.stack([back.dx_t for back in backs]), initial)


def step_back(params, step, t, reaching):
    """Go back through the record of timestep t, given what reaches each of its states; ValueError if that overflows."""
    if all(np.isfinite(gradient).all() for gradient in reaching):
        back = cell_of(params).step_back(params, step, *reaching)
        if all(np.isfinite(gradient).all() for gradient in vars(back).values()):
            return back
    raise validate.Overflow(f"run: the gradient overflows at t = {t + 1}; smaller weights or gradients keep it finite")


def _cotangents(run, gradients):
    """Return what the loss gives: on every step (T, B, H) and on the last state (B, H), for each state name."""
    params, state = run.params, cell_of(run.params).state
    sizes = {"T": len(run.steps), "B": len(run.steps[0].x_t), "H": params.H}
    names = {f"d{name}": ("T", "B", "H") for name in state} | {f"d{name}_last": ("B", "H") for name in state}
    refuse_unknown(gradients, names)
    given = {
        name: validate.array(name, gradients[name], dims, sizes, params.dtype).copy()  # the records keep it
        if name in gradients
        else np.zeros([sizes[dim] for dim in dims], params.dtype)
        for name, dims in names.items()
    }
    return {name: given[f"d{name}"] for name in state}, {name: given[f"d{name}_last"] for name in state}


def refuse_overflow(t, state):
    """Raise ValueError if a state, after timestep t counted from 0, is not finite."""
    if not all(np.isfinite(s).all() for s in state):
        raise validate.Overflow(f"x: the state overflows at t = {t + 1}; smaller weights or inputs keep it finite")


def refuse_unknown(given, accepted):
    """Raise TypeError for a name in `given` that is not in `accepted`."""
    for name in given:
        if name not in accepted:
            raise TypeError(f"{name} is not an argument here; accepted are {', '.join(accepted)}")
