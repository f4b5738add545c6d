"""A kernel's run as the step records of `unroll`, for the trace, the player, the plots: same fields, kernel's numbers.

The records stand in the order of running, so a reversed run is shown last timestep first.
"""

import numpy as np

from rnnedu import unroll, validate
from rnnedu.cells import Params, cell_of
from rnnedu.cells.gru import GRUBack, GRUStep
from rnnedu.cells.lstm import LSTMBack, LSTMStep
from rnnedu.cells.peephole import PeepholeBack
from rnnedu.cells.rnn import RNNBack, RNNStep

RECORDS = {
    "rnn": (RNNStep, RNNBack),
    "lstm": (LSTMStep, LSTMBack),
    "peephole": (LSTMStep, PeepholeBack),
    "gru": (GRUStep, GRUBack),
}


def forward(run):
    """Return the unroll.Forward that holds what a Run's buffers hold."""
    params = validate.kind("run.w", run.w, Params)
    if run.mask is not None:
        raise ValueError("run has a mask; accepted is a run without one, a step record cannot say that it was skipped")
    made, (T, _, H), (Step, _) = run.made, run.h.shape, RECORDS[cell_of(params).name]
    values = {"x_t": run.x[::-1] if run.reverse else run.x, "h_prev": _batch(made.h[:T]), "h_t": _batch(made.h[1:])}
    if issubclass(Step, LSTMStep):
        values |= {"c_prev": _batch(made.c[:T]), "c_t": _batch(made.c[1:])}
        values |= _rows(made.gates[:T, H:], "g_t", "f_t", "i_t", "o_t")
    elif issubclass(Step, GRUStep):
        values |= _rows(made.a, "u_t", "z_t", "r_t", "n_t")
    return unroll.Forward(params, _records(Step, values, T))


def backward(back):
    """Return the unroll.Backward that holds what a Back's buffers hold."""
    run, made, names = back.run.unrolled(), back.made, cell_of(back.run.w).state
    (T, _, _), (_, Back), turn = back.dh.shape, RECORDS[cell_of(run.params).name], -1 if back.run.reverse else 1
    previous = {name: _batch(buffer) for name, buffer in ((name, getattr(made, f"d{name}_prev")) for name in names)}
    later = {name: gradient[1:] for name, gradient in previous.items()}
    given = zip(names, back.loss, strict=True)
    loss = {name: np.zeros_like(later[name]) if dh is None else dh[::turn].copy() for name, dh in given}
    values = {f"d{name}_prev": gradient[:T] for name, gradient in previous.items()}
    values |= {"dh_t": _batch(made.dh), "dx_t": back.dx[::turn].copy()} | _sums(Back, made)
    if issubclass(Back, LSTMBack):
        values |= {"dc_t": _batch(made.dc), "dc_next": loss["c"] + later["c"]}
    values |= _weights(run, values)
    grads = {name: gradient.copy() for name, gradient in back.grads.items()}
    initial = {f"{name}0": gradient[0] for name, gradient in previous.items()}
    return unroll.Backward(run, _records(Back, values, T), loss, later, grads, values["dx_t"], initial)


def _sums(Back, made):
    """Return the gradients at the sums before the gates, by their names in the record."""
    if issubclass(Back, LSTMBack):
        return _rows(made.da, "da_g", "da_f", "da_i", "da_o")
    if issubclass(Back, GRUBack):
        return _rows(made.da, "du_t", "da_z", "da_r", "da_n")
    return _rows(made.da, "da_t")


def _weights(run, back):
    """Return each timestep's share of the weights' gradients; `back` are the other gradients, each (T, B, H)."""
    params, step = run.params, {name: np.stack([getattr(s, name) for s in run.steps]) for name in vars(run.steps[0])}
    da = np.concatenate([back[f"da_{gate}"] for gate in params.gates or "t"], axis=2)
    found = {"dW_x": _outer(step["x_t"], da), "dW_h": _outer(step["h_prev"], da), "db": da.sum(1)}
    if "du_t" in back:
        past = step["h_prev"] if params.reset_after else step["r_t"] * step["h_prev"]
        found["dW_h"][..., 2 * params.H :] = _outer(past, back["du_t"])
        found["db_hn"] = back["du_t"].sum(1)
    if hasattr(params, "p"):
        seen = {"i": "c_prev", "f": "c_prev", "o": "c_t"}
        found["dp"] = np.concatenate([(back[f"da_{g}"] * step[c]).sum(1) for g, c in seen.items()], axis=1)
    return found


def _outer(a, da):
    """Return a_t.T @ da_t for each timestep."""
    return a.transpose(0, 2, 1) @ da


def _batch(buffer):
    """Return a copy of a feature-major buffer (T, H, B) as (T, B, H)."""
    return buffer.transpose(0, 2, 1).copy()


def _rows(buffer, *names):
    """Return the blocks of rows of a buffer (T, n H, B) by their names, each (T, B, H)."""
    return {name: _batch(block) for name, block in zip(names, np.split(buffer, len(names), axis=1), strict=True)}


def _records(Record, values, T):
    """Return one record for each timestep."""
    return tuple(Record(**{name: value[t] for name, value in values.items()}) for t in range(T))
