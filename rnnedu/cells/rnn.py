"""SimpleRNN: one timestep of Elman's network, forward and backward.

Source: Elman (1990), "Finding structure in time"; Keras' SimpleRNN, PyTorch's RNN.
"""

from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.cells.base import Cell, Params, option, register, shaped
from rnnedu.cells.wiring import Op, Strip, Wire, Wiring
from rnnedu.functions import ACTIVATIONS
from rnnedu.initializers import begin, glorot_uniform, orthogonal


@dataclass(frozen=True, eq=False)
class RNNParams(Params):
    """W_x (D, H), W_h (H, H), b (H,), and the activation: "tanh", "relu" or "identity"."""

    W_x: np.ndarray = shaped("D", "H")
    W_h: np.ndarray = shaped("H", "H")
    b: np.ndarray = shaped("H")
    activation: str = option("tanh", "relu", "identity")


@dataclass(frozen=True, eq=False)
class RNNStep:
    """What one timestep read and made: x_t (B, D); h_prev, h_t (B, H). It is the cache of `step_back`."""

    x_t: np.ndarray
    h_prev: np.ndarray
    h_t: np.ndarray


@dataclass(frozen=True, eq=False)
class RNNBack:
    """The gradients of one timestep, each in the shape of what it belongs to; da_t (B, H) is at the sum."""

    dh_t: np.ndarray
    da_t: np.ndarray
    dx_t: np.ndarray
    dh_prev: np.ndarray
    dW_x: np.ndarray
    dW_h: np.ndarray
    db: np.ndarray


def init(D, H, seed=0, dtype=np.float64, **options):
    """Return parameters as Keras begins them: W_x Glorot uniform, W_h orthogonal, b zero."""
    D, H, rng = begin(D, H, seed, dtype)
    W_x = glorot_uniform(rng, (D, H), dtype)
    return RNNParams(W_x, orthogonal(rng, (H, H), dtype), np.zeros(H, dtype), **options)


def step(params, x_t, h_prev):
    """Return the RNNStep that follows h_prev (B, H) on the input x_t (B, D).

    Equations
    ---------
        h_t = tanh(x_t @ W_x + h_prev @ W_h + b)    # activation=tanh
        h_t = relu(x_t @ W_x + h_prev @ W_h + b)    # activation=relu
        h_t = x_t @ W_x + h_prev @ W_h + b          # activation=identity

    Raises ValueError for another shape, NaN or infinity, TypeError for another dtype than the parameters'.
    """
    validate.kind("params", params, RNNParams)
    params.check(x_t=x_t, h_prev=h_prev)
    activation, _ = ACTIVATIONS[params.activation]
    h_t = activation(x_t @ params.W_x + h_prev @ params.W_h + params.b)
    return RNNStep(x_t, h_prev, h_t)


def step_back(params, step, dh_t):
    """Return the RNNBack of one timestep, given dh_t (B, H): all that reaches h_t, from the loss and from t+1.

    Equations
    ---------
        da_t = dh_t * (1 - h_t ** 2)    # activation=tanh
        da_t = dh_t * (h_t > 0)         # activation=relu
        da_t = dh_t                     # activation=identity
        dx_t = da_t @ W_x.T
        dh_prev = da_t @ W_h.T
        dW_x = x_t.T @ da_t
        dW_h = h_prev.T @ da_t
        db = da_t.sum(0)

    Raises as `step` does.
    """
    validate.kind("params", params, RNNParams), validate.kind("step", step, RNNStep)
    params.check(**vars(step), dh_t=dh_t)
    _, derivative = ACTIVATIONS[params.activation]
    da_t = dh_t * derivative(step.h_t)
    return RNNBack(
        dh_t=dh_t,
        da_t=da_t,
        dx_t=da_t @ params.W_x.T,
        dh_prev=da_t @ params.W_h.T,
        dW_x=step.x_t.T @ da_t,
        dW_h=step.h_prev.T @ da_t,
        db=da_t.sum(0),
    )


def wiring(params):
    """Return how the player draws the cell: the sum, then the activation, whose output is both h_t and the state."""
    slope = {"tanh": "1 - h_t ** 2", "relu": "h_t > 0", "identity": "1"}[params.activation]
    sign = params.activation.replace("identity", "1")
    total = "x_t @ W_x + h_prev @ W_h + b"
    nodes = (
        Strip("h_prev", 0, 0, "dh_prev"),
        Strip("x_t", 0, 1.4, "dx_t"),
        Op("recur", 1.05, 0, "Wₕ", "h_prev @ W_h"),
        Op("read", 1.05, 1.4, "Wₓ", "x_t @ W_x"),
        Op("sum", 2.3, 0, "+", total),
        Op("act", 3.8, 0, sign, "h_t", slope),
        Strip("h_t", 5.4, 0, "dh_t"),
    )
    wires = (
        Wire("h_prev", "recur", "h_prev", "dh_prev"),
        Wire("recur", "sum", "h_prev @ W_h", "da_t"),
        Wire("x_t", "read", "x_t", "dx_t"),
        Wire("read", "sum", "x_t @ W_x", "da_t", "-|"),
        Wire("sum", "act", total, "da_t"),
        Wire("act", "h_t", "h_t", "dh_t"),
    )
    return Wiring(nodes, wires)


RNN = register(Cell("rnn", "SimpleRNN", RNNParams, init, step, step_back, wiring=wiring))
