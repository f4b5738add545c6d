"""The check of a learner's way back through one timestep of the SimpleRNN."""

import numpy as np

from rnnedu.cells import rnn
from rnnedu.cells.rnn import RNN
from rnnedu.lessons.exercises import Exercise, register
from rnnedu.lessons.formulas import Formula, Program, check_formula

OUTPUTS = ("dx_t", "dh_prev", "dW_x", "dW_h", "db")
MISTAKES = {
    "The derivative of tanh is left out: da_t = dh_t * (1 - h_t ** 2), and all five are made from da_t.": "da_t = dh_t",
    "The derivative of tanh takes h_t, which is tanh's output already: 1 - h_t ** 2, without another tanh.": (
        "da_t = dh_t * (1 - tanh(h_t) ** 2)"
    ),
    "The derivative of tanh is 1 - h_t ** 2: the square is missing.": "da_t = dh_t * (1 - h_t)",
    "The derivative of sigmoid, h_t * (1 - h_t), stands where that of tanh belongs: 1 - h_t ** 2.": (
        "da_t = dh_t * (h_t * (1 - h_t))"
    ),
    "The derivative of tanh takes the new state h_t, not h_prev: 1 - h_t ** 2.": "da_t = dh_t * (1 - h_prev ** 2)",
    "The derivative of tanh is 1 - h_t ** 2, not 1 + h_t ** 2.": "da_t = dh_t * (1 + h_t ** 2)",
    "h_t stands where h_prev belongs in dW_h: W_h was multiplied with the state before, so dW_h = h_prev.T @ da_t.": (
        "dW_h = h_t.T @ da_t"
    ),
    "In dh_prev W_h is not transposed: going back is `@ W_h.T`.": "dh_prev = da_t @ W_h",
    "Your dW_h is transposed: it is h_prev.T @ da_t, not da_t.T @ h_prev.": "dW_h = da_t.T @ h_prev",
    "Your dW_x is transposed: it is x_t.T @ da_t, (D, H), not da_t.T @ x_t.": "dW_x = da_t.T @ x_t",
    "dh_prev is made from dh_t; it goes back through tanh first: da_t @ W_h.T.": "dh_prev = dh_t @ W_h.T",
    "dx_t is made from dh_t; it goes back through tanh first: da_t @ W_x.T.": "dx_t = dh_t @ W_x.T",
    "The weights' gradients are made from dh_t; they take da_t, behind the derivative of tanh.": (
        "dW_x = x_t.T @ dh_t\ndW_h = h_prev.T @ dh_t\ndb = dh_t.sum(0)"
    ),
    "db keeps the batch, (B, H): b was added to every row, so its gradient is the sum over rows, da_t.sum(0).": (
        "db = da_t"
    ),
    "db is an average over the batch; it is the sum, da_t.sum(0).": "db = da_t.sum(0) / B",
    "dW_x, dW_h and db are averages over the batch; they are sums. (A loss may divide by B; the step does not.)": (
        "dW_x = x_t.T @ da_t / B\ndW_h = h_prev.T @ da_t / B\ndb = da_t.sum(0) / B"
    ),
    "dh_prev is da_t as it is; h_prev went through W_h, so it comes back through W_h.T.": "dh_prev = da_t",
    "dh_prev goes on along h_t: dh_t is added to it. The SimpleRNN has one way back only, through tanh and W_h.": (
        "dh_prev = da_t @ W_h.T + dh_t"
    ),
}


def _arguments(B, D, H, seed):
    rng = np.random.default_rng(seed)
    x_t, h_prev, W_x, W_h, b, dh_t = (
        0.7 * rng.standard_normal(shape) for shape in ((B, D), (B, H), (D, H), (H, H), (H,), (B, H))
    )
    h_t = rnn.step(rnn.RNNParams(W_x, W_h, b), x_t, h_prev).h_t
    return {"dh_t": dh_t, "x_t": x_t, "h_prev": h_prev, "h_t": h_t, "W_x": W_x, "W_h": W_h}


FORMULA = Formula(
    Program(RNN.backward_equations(rnn.init(1, 1)), OUTPUTS),
    _arguments,
    ("db", "dx_t", "dh_prev", "dW_x", "dW_h"),
    MISTAKES,
    "Right: dx_t, dh_prev, dW_x, dW_h and db, for every batch and size tried.",
)


def check_rnn_step_back(fn):
    """Check fn(dh_t, x_t, h_prev, h_t, W_x, W_h) -> (dx_t, dh_prev, dW_x, dW_h, db), one tanh timestep back.

    It is called with float64 arrays dh_t, h_prev, h_t (B, H), x_t (B, D), W_x (D, H), W_h (H, H); each gradient has
    the shape of what it belongs to. Returns a Verdict and raises nothing.
    """
    return check_formula(fn, FORMULA)


register(
    Exercise(
        "rnn_step_back",
        check_rnn_step_back,
        (
            "h_t = tanh(a_t). Go back through tanh first: da_t is dh_t times the slope of tanh, which h_t tells.",
            "In a product each factor gets da_t times the other, transposed so that shapes fit: dx_t is (B, D).",
            "dx_t = da_t @ W_x.T and dW_x = x_t.T @ da_t, and so with h_prev and W_h. db sums da_t over the rows.",
        ),
        """
def rnn_step_back(dh_t, x_t, h_prev, h_t, W_x, W_h):
    da_t = dh_t * (1 - h_t**2)
    dx_t, dh_prev = da_t @ W_x.T, da_t @ W_h.T
    dW_x, dW_h, db = x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(0)
    return dx_t, dh_prev, dW_x, dW_h, db
""",
    )
)
