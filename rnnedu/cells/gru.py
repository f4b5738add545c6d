"""GRU: one timestep of the gated recurrent unit, forward and backward.

Source: Cho et al. (2014) for the reset gate before the product; the form with the reset after it is the
default of Keras and PyTorch (cuDNN). Here, as in Keras, PyTorch and ONNX, z *keeps* the old state. Gates
are stacked z, r, n, as in Keras; PyTorch stacks r, z, n.
"""

from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.cells.base import Cell, Params, option, register, shaped
from rnnedu.cells.wiring import Joint, Op, Strip, Wire, Wiring
from rnnedu.functions import dsigmoid, dtanh, sigmoid, tanh
from rnnedu.initializers import begin, glorot_uniform, orthogonal


@dataclass(frozen=True, eq=False)
class GRUParams(Params):
    """W_x (D, 3H), W_h (H, 3H), b (3H,), b_hn (H,); gates z, r, n side by side; where the reset gate acts.

    b_hn is the bias of h_prev @ W_hn. With reset_after it is multiplied by r_t, so it cannot be merged with b_n.
    """

    gates = "zrn"
    W_x: np.ndarray = shaped("D", "3H")
    W_h: np.ndarray = shaped("H", "3H")
    b: np.ndarray = shaped("3H")
    b_hn: np.ndarray = shaped("H")
    reset_after: bool = option(True, False)


@dataclass(frozen=True, eq=False)
class GRUStep:
    """What one timestep read and made: x_t (B, D), all others (B, H). It is the cache of `step_back`."""

    x_t: np.ndarray
    h_prev: np.ndarray
    z_t: np.ndarray
    r_t: np.ndarray
    u_t: np.ndarray
    n_t: np.ndarray
    h_t: np.ndarray


@dataclass(frozen=True, eq=False)
class GRUBack:
    """The gradients of one timestep, each in the shape of what it belongs to; da_z ... da_n (B, H) are at the sums."""

    dh_t: np.ndarray
    da_z: np.ndarray
    da_n: np.ndarray
    du_t: np.ndarray
    da_r: np.ndarray
    dx_t: np.ndarray
    dh_prev: np.ndarray
    dW_x: np.ndarray
    dW_h: np.ndarray
    db: np.ndarray
    db_hn: np.ndarray


def init(D, H, seed=0, dtype=np.float64, **options):
    """Return parameters as Keras begins them: W_x Glorot uniform, W_h orthogonal, biases zero."""
    D, H, rng = begin(D, H, seed, dtype)
    W_x, W_h = glorot_uniform(rng, (D, 3 * H), dtype), orthogonal(rng, (H, 3 * H), dtype)
    return GRUParams(W_x, W_h, np.zeros(3 * H, dtype), np.zeros(H, dtype), **options)


def step(params, x_t, h_prev):
    """Return the GRUStep that follows h_prev (B, H) on the input x_t (B, D).

    Equations
    ---------
        z_t = sigmoid(x_t @ W_xz + h_prev @ W_hz + b_z)
        r_t = sigmoid(x_t @ W_xr + h_prev @ W_hr + b_r)
        u_t = h_prev @ W_hn + b_hn                  # reset_after=True
        u_t = (r_t * h_prev) @ W_hn + b_hn          # reset_after=False
        n_t = tanh(x_t @ W_xn + b_n + r_t * u_t)    # reset_after=True
        n_t = tanh(x_t @ W_xn + b_n + u_t)          # reset_after=False
        h_t = z_t * h_prev + (1 - z_t) * n_t

    Raises ValueError for another shape, NaN or infinity, TypeError for another dtype than the parameters'.
    """
    validate.kind("params", params, GRUParams)
    params.check(x_t=x_t, h_prev=h_prev)
    p = params.blocks
    z_t = sigmoid(x_t @ p.W_xz + h_prev @ p.W_hz + p.b_z)
    r_t = sigmoid(x_t @ p.W_xr + h_prev @ p.W_hr + p.b_r)
    if params.reset_after:
        u_t = h_prev @ p.W_hn + p.b_hn
        n_t = tanh(x_t @ p.W_xn + p.b_n + r_t * u_t)
    else:
        u_t = (r_t * h_prev) @ p.W_hn + p.b_hn
        n_t = tanh(x_t @ p.W_xn + p.b_n + u_t)
    h_t = z_t * h_prev + (1 - z_t) * n_t
    return GRUStep(x_t, h_prev, z_t, r_t, u_t, n_t, h_t)


def step_back(params, step, dh_t):
    """Return the GRUBack of one timestep, given dh_t (B, H): all that reaches h_t, from the loss and from t+1.

    Equations
    ---------
        da_z = dh_t * (h_prev - n_t) * z_t * (1 - z_t)
        da_n = dh_t * (1 - z_t) * (1 - n_t ** 2)
        du_t = da_n * r_t                                               # reset_after=True
        du_t = da_n                                                     # reset_after=False
        da_r = da_n * u_t * r_t * (1 - r_t)                             # reset_after=True
        da_r = (du_t @ W_hn.T) * h_prev * r_t * (1 - r_t)               # reset_after=False
        dx_t = da_z @ W_xz.T + da_r @ W_xr.T + da_n @ W_xn.T
        dh_prev = dh_t * z_t + da_z @ W_hz.T + da_r @ W_hr.T + du_t @ W_hn.T            # reset_after=True
        dh_prev = dh_t * z_t + da_z @ W_hz.T + da_r @ W_hr.T + (du_t @ W_hn.T) * r_t    # reset_after=False

    With da = [da_z da_r da_n]: dW_x = x_t.T @ da, db = da.sum(0), db_hn = du_t.sum(0). dW_h takes h_prev.T
    for z and r; for n it takes du_t, and with the reset before the product (r_t * h_prev).T.
    Raises as `step` does.
    """
    validate.kind("params", params, GRUParams), validate.kind("step", step, GRUStep)
    params.check(**vars(step), dh_t=dh_t)
    p, z_t, r_t, n_t, h_prev = params.blocks, step.z_t, step.r_t, step.n_t, step.h_prev
    da_z = dh_t * (h_prev - n_t) * dsigmoid(z_t)
    da_n = dh_t * (1 - z_t) * dtanh(n_t)
    du_t = da_n * r_t if params.reset_after else da_n
    ds_t = du_t @ p.W_hn.T  # reaches what was multiplied by W_hn: h_prev, or r_t * h_prev
    if params.reset_after:
        s_t, dr_t, dh_by_n = h_prev, da_n * step.u_t, ds_t
    else:
        s_t, dr_t, dh_by_n = r_t * h_prev, ds_t * h_prev, ds_t * r_t
    da_r = dr_t * dsigmoid(r_t)
    da = np.concatenate([da_z, da_r, da_n], axis=1)
    return GRUBack(
        dh_t=dh_t,
        da_z=da_z,
        da_n=da_n,
        du_t=du_t,
        da_r=da_r,
        dx_t=da @ params.W_x.T,
        dh_prev=dh_t * z_t + da_z @ p.W_hz.T + da_r @ p.W_hr.T + dh_by_n,
        dW_x=step.x_t.T @ da,
        dW_h=np.concatenate([h_prev.T @ da_z, h_prev.T @ da_r, s_t.T @ du_t], axis=1),
        db=da.sum(0),
        db_hn=du_t.sum(0),
    )


def wiring(params):
    """Return how the player draws the cell: the line of h on top; r_t acts after the product, or before it."""
    nodes = (
        Strip("h_prev", 0, 0, "dh_prev"),
        Strip("x_t", 0, 3.1, "dx_t"),
        Strip("z_t", 1.4, 2, "da_z"),
        Strip("n_t", 5.6, 2, "da_n"),
        Joint("branch", 0.65, 0),
        Joint("bus_h", 0.65, 3.1),
        Joint("bus_z", 1.4, 3.1),
        Op("keep", 1.4, 0, "×", "z_t * h_prev", "z_t"),
        Joint("z_up", 1.4, 0.6),
        Op("rest", 3.2, 0.6, "1−", "1 - z_t"),
        Op("write", 6.5, 0.6, "×", "(1 - z_t) * n_t", "1 - z_t"),
        Op("add", 6.5, 0, "+", "h_t"),
        Strip("h_t", 7.6, 0, "dh_t"),
    )
    wires = (
        Wire("h_prev", "branch", "h_prev", "dh_prev"),
        Wire("branch", "keep", "h_prev", "dh_t * z_t"),
        Wire("keep", "add", "z_t * h_prev", "dh_t"),
        Wire("add", "h_t", "h_t", "dh_t"),
        Wire("z_t", "z_up", "z_t", "dh_t * (h_prev - n_t)"),
        Wire("z_up", "keep", "z_t", "dh_t * h_prev"),
        Wire("z_up", "rest", "z_t", "-dh_t * n_t"),
        Wire("rest", "write", "1 - z_t", "dh_t * n_t"),
        Wire("n_t", "write", "n_t", "dh_t * (1 - z_t)", "-|"),
        Wire("write", "add", "(1 - z_t) * n_t", "dh_t"),
        Wire("x_t", "bus_h", "x_t", "dx_t"),
        Wire("bus_h", "bus_z"),
        Wire("bus_z", "z_t", "x_t @ W_xz + h_prev @ W_hz + b_z", "da_z"),
        Wire("bus_r", "r_t", "x_t @ W_xr + h_prev @ W_hr + b_r", "da_r"),
    )
    reset_nodes, reset_wires = _reset_after() if params.reset_after else _reset_before()
    return Wiring(nodes + reset_nodes, wires + reset_wires)


def _reset_after():
    """Return what is drawn where r_t multiplies u_t, the product of h_prev and W_hn."""
    nodes = (
        Strip("u_t", 2.5, 2, "du_t"),
        Strip("r_t", 3.6, 2, "da_r"),
        Joint("past", 0.65, 2.75),
        Joint("bus_r", 3.6, 3.1),
        Joint("over", 4.45, 1.15),
        Op("reset", 4.45, 2, "×", "r_t * u_t", "r_t"),
    )
    wires = (
        Wire("branch", "past", "h_prev", "dh_prev - dh_t * z_t"),
        Wire("past", "bus_h", "h_prev", "da_z @ W_hz.T + da_r @ W_hr.T"),
        Wire("past", "u_t", "u_t", "du_t", "-|"),
        Wire("bus_z", "bus_r"),
        Wire("bus_r", "n_t", "x_t @ W_xn + b_n", "da_n", "-|"),
        Wire("u_t", "over", "u_t", "du_t", "|-"),
        Wire("over", "reset", "u_t", "du_t"),
        Wire("r_t", "reset", "r_t", "da_n * u_t"),
        Wire("reset", "n_t", "r_t * u_t", "da_n"),
    )
    return nodes, wires


def _reset_before():
    """Return what is drawn where r_t multiplies h_prev, before the product with W_hn."""
    nodes = (
        Strip("r_t", 2.6, 2, "da_r"),
        Strip("u_t", 4.0, 2, "du_t"),
        Joint("bus_r", 2.6, 3.1),
        Joint("into_u", 4.0, 1.15),
        Joint("down", 0.65, 1.15),
        Op("reset", 2.6, 1.15, "×", "r_t * h_prev", "r_t"),
    )
    wires = (
        Wire("branch", "down", "h_prev", "dh_prev - dh_t * z_t"),
        Wire("down", "bus_h", "h_prev", "da_z @ W_hz.T + da_r @ W_hr.T"),
        Wire("down", "reset", "h_prev", "(du_t @ W_hn.T) * r_t"),
        Wire("bus_z", "bus_r"),
        Wire("bus_r", "n_t", "x_t @ W_xn + b_n", "da_n", "-|"),
        Wire("r_t", "reset", "r_t", "(du_t @ W_hn.T) * h_prev"),
        Wire("reset", "into_u", "r_t * h_prev", "du_t @ W_hn.T"),
        Wire("into_u", "u_t", "u_t", "du_t"),
        Wire("u_t", "n_t", "u_t", "da_n"),
    )
    return nodes, wires


GRU = register(Cell("gru", "GRU", GRUParams, init, step, step_back, wiring=wiring))
