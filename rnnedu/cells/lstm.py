"""LSTM: one timestep of the long short-term memory, forward and backward.

Source: Hochreiter & Schmidhuber (1997), with the forget gate of Gers, Schmidhuber & Cummins (2000).
Gates are stacked i, f, g, o, as in Keras and PyTorch.
"""

from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.cells.base import Cell, Params, register, shaped
from rnnedu.cells.wiring import Joint, Op, Strip, Wire, Wiring
from rnnedu.functions import dsigmoid, dtanh, sigmoid, tanh
from rnnedu.initializers import begin, glorot_uniform, orthogonal


@dataclass(frozen=True, eq=False)
class LSTMParams(Params):
    """W_x (D, 4H), W_h (H, 4H), b (4H,); gates i, f, g, o side by side."""

    gates = "ifgo"
    W_x: np.ndarray = shaped("D", "4H")
    W_h: np.ndarray = shaped("H", "4H")
    b: np.ndarray = shaped("4H")


@dataclass(frozen=True, eq=False)
class LSTMStep:
    """What one timestep read and made: x_t (B, D), all others (B, H). It is the cache of `step_back`."""

    x_t: np.ndarray
    h_prev: np.ndarray
    c_prev: np.ndarray
    i_t: np.ndarray
    f_t: np.ndarray
    g_t: np.ndarray
    o_t: np.ndarray
    c_t: np.ndarray
    h_t: np.ndarray


@dataclass(frozen=True, eq=False)
class LSTMBack:
    """The gradients of one timestep, each in the shape of what it belongs to; da_i ... da_o (B, H) are at the sums."""

    dh_t: np.ndarray
    dc_next: np.ndarray
    da_o: np.ndarray
    dc_t: np.ndarray
    da_i: np.ndarray
    da_f: np.ndarray
    da_g: np.ndarray
    dx_t: np.ndarray
    dh_prev: np.ndarray
    dc_prev: np.ndarray
    dW_x: np.ndarray
    dW_h: np.ndarray
    db: np.ndarray


def init(D, H, seed=0, dtype=np.float64):
    """Return parameters as Keras begins them: W_x Glorot uniform, W_h orthogonal, b zero but b_f one."""
    D, H, rng = begin(D, H, seed, dtype)
    W_x, W_h = glorot_uniform(rng, (D, 4 * H), dtype), orthogonal(rng, (H, 4 * H), dtype)
    b = np.repeat([0, 1, 0, 0], H).astype(dtype)
    return LSTMParams(W_x, W_h, b)


def step(params, x_t, h_prev, c_prev):
    """Return the LSTMStep that follows h_prev and c_prev (B, H) on the input x_t (B, D).

    Equations
    ---------
        i_t = sigmoid(x_t @ W_xi + h_prev @ W_hi + b_i)
        f_t = sigmoid(x_t @ W_xf + h_prev @ W_hf + b_f)
        g_t = tanh(x_t @ W_xg + h_prev @ W_hg + b_g)
        o_t = sigmoid(x_t @ W_xo + h_prev @ W_ho + b_o)
        c_t = f_t * c_prev + i_t * g_t
        h_t = o_t * tanh(c_t)

    Raises ValueError for another shape, NaN or infinity, TypeError for another dtype than the parameters'.
    """
    validate.kind("params", params, LSTMParams)
    params.check(x_t=x_t, h_prev=h_prev, c_prev=c_prev)
    p = params.blocks
    i_t = sigmoid(x_t @ p.W_xi + h_prev @ p.W_hi + p.b_i)
    f_t = sigmoid(x_t @ p.W_xf + h_prev @ p.W_hf + p.b_f)
    g_t = tanh(x_t @ p.W_xg + h_prev @ p.W_hg + p.b_g)
    o_t = sigmoid(x_t @ p.W_xo + h_prev @ p.W_ho + p.b_o)
    c_t = f_t * c_prev + i_t * g_t
    h_t = o_t * tanh(c_t)
    return LSTMStep(x_t, h_prev, c_prev, i_t, f_t, g_t, o_t, c_t, h_t)


def step_back(params, step, dh_t, dc_next):
    """Return the LSTMBack of one timestep.

    dh_t (B, H) is all that reaches h_t, from the loss and from t+1. dc_next (B, H) is what reaches c_t
    from outside this step; what comes through h_t is added here.

    Equations
    ---------
        da_o = dh_t * tanh(c_t) * o_t * (1 - o_t)
        dc_t = dc_next + dh_t * o_t * (1 - tanh(c_t) ** 2)
        da_i = dc_t * g_t * i_t * (1 - i_t)
        da_f = dc_t * c_prev * f_t * (1 - f_t)
        da_g = dc_t * i_t * (1 - g_t ** 2)
        dx_t = da_i @ W_xi.T + da_f @ W_xf.T + da_g @ W_xg.T + da_o @ W_xo.T
        dh_prev = da_i @ W_hi.T + da_f @ W_hf.T + da_g @ W_hg.T + da_o @ W_ho.T
        dc_prev = dc_t * f_t

    With da = [da_i da_f da_g da_o]: dW_x = x_t.T @ da, dW_h = h_prev.T @ da, db = da.sum(0).
    Raises as `step` does.
    """
    validate.kind("params", params, LSTMParams), validate.kind("step", step, LSTMStep)
    params.check(**vars(step), dh_t=dh_t, dc_next=dc_next)
    i_t, f_t, g_t, o_t = step.i_t, step.f_t, step.g_t, step.o_t
    tanh_c = tanh(step.c_t)
    da_o = dh_t * tanh_c * dsigmoid(o_t)
    dc_t = dc_next + dh_t * o_t * dtanh(tanh_c)
    da_i = dc_t * g_t * dsigmoid(i_t)
    da_f = dc_t * step.c_prev * dsigmoid(f_t)
    da_g = dc_t * i_t * dtanh(g_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return LSTMBack(
        dh_t=dh_t,
        dc_next=dc_next,
        da_o=da_o,
        dc_t=dc_t,
        da_i=da_i,
        da_f=da_f,
        da_g=da_g,
        dx_t=da @ params.W_x.T,
        dh_prev=da @ params.W_h.T,
        dc_prev=dc_t * f_t,
        dW_x=step.x_t.T @ da,
        dW_h=step.h_prev.T @ da,
        db=da.sum(0),
    )


def wiring(_params):
    """Return how the player draws the cell: the line of c on top, the gates below it, h_prev and x_t on a bus."""
    gates = {"f": 1.4, "i": 2.6, "g": 3.8, "o": 5.0}
    nodes = (
        Strip("c_prev", 0, 0, "dc_prev"),
        Strip("h_prev", 0, 2, "dh_prev"),
        Strip("x_t", 0, 3.1, "dx_t"),
        *(Strip(f"{gate}_t", x, 2, f"da_{gate}") for gate, x in gates.items()),
        *(Joint(f"bus_{gate}", x, 3.1) for gate, x in gates.items() if gate != "o"),
        Joint("bus_h", 0.6, 3.1),
        Op("keep", 1.4, 0, "×", "f_t * c_prev", "f_t"),
        Op("write", 3.2, 1, "×", "i_t * g_t"),
        Op("add", 3.2, 0, "+", "c_t"),
        Joint("branch", 6.1, 0),
        Op("squash", 6.1, 1, "tanh", "tanh(c_t)", "1 - tanh(c_t) ** 2"),
        Op("show", 6.1, 2, "×", "h_t", "o_t"),
        Strip("c_t", 7.4, 0, "dc_t"),
        Strip("h_t", 7.4, 2, "dh_t"),
    )
    wires = (
        Wire("c_prev", "keep", "c_prev", "dc_prev"),
        Wire("keep", "add", "f_t * c_prev", "dc_t"),
        Wire("add", "branch", "c_t", "dc_t"),
        Wire("branch", "c_t", "c_t", "dc_next"),
        Wire("branch", "squash", "c_t", "dh_t * o_t * (1 - tanh(c_t) ** 2)"),
        Wire("squash", "show", "tanh(c_t)", "dh_t * o_t"),
        Wire("f_t", "keep", "f_t", "dc_t * c_prev"),
        Wire("i_t", "write", "i_t", "dc_t * g_t", "|-"),
        Wire("g_t", "write", "g_t", "dc_t * i_t", "|-"),
        Wire("write", "add", "i_t * g_t", "dc_t"),
        Wire("o_t", "show", "o_t", "dh_t * tanh(c_t)"),
        Wire("show", "h_t", "h_t", "dh_t"),
        Wire("h_prev", "bus_h", "h_prev", "dh_prev", "-|"),
        Wire("x_t", "bus_h", "x_t", "dx_t"),
        Wire("bus_h", "bus_f"),
        Wire("bus_f", "bus_i"),
        Wire("bus_i", "bus_g"),
        Wire("bus_g", "o_t", "x_t @ W_xo + h_prev @ W_ho + b_o", "da_o", "-|"),
        *(Wire(f"bus_{k}", f"{k}_t", f"x_t @ W_x{k} + h_prev @ W_h{k} + b_{k}", f"da_{k}") for k in "ifg"),
    )
    return Wiring(nodes, wires)


LSTM = register(Cell("lstm", "LSTM", LSTMParams, init, step, step_back, state=("h", "c"), wiring=wiring))
