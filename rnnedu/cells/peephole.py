"""LSTM with peepholes: one timestep of the LSTM whose gates also see the cell state, forward and backward.

Source: Gers & Schmidhuber (2000), "Recurrent nets that time and count". Each unit's gates see its own c only:
i and f see c_prev, o sees c_t. Gates are stacked i, f, g, o as in the LSTM; the peepholes i, f, o.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from rnnedu import validate
from rnnedu.cells.base import Cell, Params, register, shaped
from rnnedu.cells.lstm import LSTMBack, LSTMStep
from rnnedu.cells.lstm import init as lstm_init
from rnnedu.functions import dsigmoid, dtanh, sigmoid, tanh


@dataclass(frozen=True, eq=False)
class PeepholeParams(Params):
    """W_x (D, 4H), W_h (H, 4H), b (4H,), gates i, f, g, o; p_i, p_f, p_o (H,), what the gates see of c."""

    gates = "ifgo"
    W_x: np.ndarray = shaped("D", "4H")
    W_h: np.ndarray = shaped("H", "4H")
    b: np.ndarray = shaped("4H")
    p: np.ndarray = shaped("3H")

    @property
    def blocks(self):
        """The arrays cut by gate; p gives p_i, p_f, p_o (H,)."""
        p_i, p_f, p_o = np.split(self.p, 3)
        others = {name: block for name, block in vars(super().blocks).items() if name != "p"}
        return SimpleNamespace(**others, p_i=p_i, p_f=p_f, p_o=p_o)


@dataclass(frozen=True, eq=False)
class PeepholeBack(LSTMBack):
    """The gradients of one timestep, as of the LSTM, and dp (3H,) of the peepholes."""

    dp: np.ndarray


def init(D, H, seed=0, dtype=np.float64):
    """Return the parameters that the LSTM begins with for this seed; the peepholes are zero."""
    begun = lstm_init(D, H, seed, dtype)
    return PeepholeParams(**begun.arrays(), p=np.zeros(3 * begun.H, dtype))


def step(params, x_t, h_prev, c_prev):
    """Return the LSTMStep that follows h_prev and c_prev (B, H) on the input x_t (B, D).

    Equations
    ---------
        i_t = sigmoid(x_t @ W_xi + h_prev @ W_hi + p_i * c_prev + b_i)
        f_t = sigmoid(x_t @ W_xf + h_prev @ W_hf + p_f * c_prev + b_f)
        g_t = tanh(x_t @ W_xg + h_prev @ W_hg + b_g)
        c_t = f_t * c_prev + i_t * g_t
        o_t = sigmoid(x_t @ W_xo + h_prev @ W_ho + p_o * c_t + b_o)
        h_t = o_t * tanh(c_t)

    Raises ValueError for another shape, NaN or infinity, TypeError for another dtype than the parameters'.
    """
    validate.kind("params", params, PeepholeParams)
    params.check(x_t=x_t, h_prev=h_prev, c_prev=c_prev)
    p = params.blocks
    i_t = sigmoid(x_t @ p.W_xi + h_prev @ p.W_hi + p.p_i * c_prev + p.b_i)
    f_t = sigmoid(x_t @ p.W_xf + h_prev @ p.W_hf + p.p_f * c_prev + p.b_f)
    g_t = tanh(x_t @ p.W_xg + h_prev @ p.W_hg + p.b_g)
    c_t = f_t * c_prev + i_t * g_t
    o_t = sigmoid(x_t @ p.W_xo + h_prev @ p.W_ho + p.p_o * c_t + p.b_o)
    h_t = o_t * tanh(c_t)
    return LSTMStep(x_t, h_prev, c_prev, i_t, f_t, g_t, o_t, c_t, h_t)


def step_back(params, step, dh_t, dc_next):
    """Return the PeepholeBack of one timestep; dh_t and dc_next (B, H) as for the LSTM.

    Equations
    ---------
        da_o = dh_t * tanh(c_t) * o_t * (1 - o_t)
        dc_t = dc_next + dh_t * o_t * (1 - tanh(c_t) ** 2) + da_o * p_o
        da_i = dc_t * g_t * i_t * (1 - i_t)
        da_f = dc_t * c_prev * f_t * (1 - f_t)
        da_g = dc_t * i_t * (1 - g_t ** 2)
        dx_t = da_i @ W_xi.T + da_f @ W_xf.T + da_g @ W_xg.T + da_o @ W_xo.T
        dh_prev = da_i @ W_hi.T + da_f @ W_hf.T + da_g @ W_hg.T + da_o @ W_ho.T
        dc_prev = dc_t * f_t + da_i * p_i + da_f * p_f

    With da = [da_i da_f da_g da_o]: dW_x = x_t.T @ da, dW_h = h_prev.T @ da, db = da.sum(0), and dp is
    [da_i * c_prev, da_f * c_prev, da_o * c_t] summed over the batch. Raises as `step` does.
    """
    validate.kind("params", params, PeepholeParams), validate.kind("step", step, LSTMStep)
    params.check(**vars(step), dh_t=dh_t, dc_next=dc_next)
    i_t, f_t, g_t, o_t, p = step.i_t, step.f_t, step.g_t, step.o_t, params.blocks
    tanh_c = tanh(step.c_t)
    da_o = dh_t * tanh_c * dsigmoid(o_t)
    dc_t = dc_next + dh_t * o_t * dtanh(tanh_c) + da_o * p.p_o
    da_i = dc_t * g_t * dsigmoid(i_t)
    da_f = dc_t * step.c_prev * dsigmoid(f_t)
    da_g = dc_t * i_t * dtanh(g_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return PeepholeBack(
        dh_t=dh_t,
        dc_next=dc_next,
        da_o=da_o,
        dc_t=dc_t,
        da_i=da_i,
        da_f=da_f,
        da_g=da_g,
        dx_t=da @ params.W_x.T,
        dh_prev=da @ params.W_h.T,
        dc_prev=dc_t * f_t + da_i * p.p_i + da_f * p.p_f,
        dW_x=step.x_t.T @ da,
        dW_h=step.h_prev.T @ da,
        db=da.sum(0),
        dp=np.concatenate([da_i * step.c_prev, da_f * step.c_prev, da_o * step.c_t], axis=1).sum(0),
    )


PEEPHOLE = register(Cell("peephole", "LSTM with peepholes", PeepholeParams, init, step, step_back, state=("h", "c")))
