"""The check of a learner's timestep of the LSTM, and of the way back through it."""

import numpy as np

from rnnedu.cells import lstm
from rnnedu.cells.lstm import LSTM
from rnnedu.lessons.exercises import Exercise, register
from rnnedu.lessons.formulas import Formula, Program, check_formula, weight_lines
from rnnedu.lessons.lstm_mistakes import BACKWARD, FORWARD

PARAMS = lstm.init(1, 1)  # the equations are the same for every size


def _weights(B, D, H, seed):
    """Return x_t, h_prev, c_prev, W_x, W_h, b, dh_t and dc_next of random numbers."""
    rng = np.random.default_rng(seed)
    shapes = ((B, D), (B, H), (B, H), (D, 4 * H), (H, 4 * H), (4 * H,), (B, H), (B, H))
    return [0.7 * rng.standard_normal(shape) for shape in shapes]


def _forward(B, D, H, seed):
    names = ("x_t", "h_prev", "c_prev", "W_x", "W_h", "b")
    return dict(zip(names, _weights(B, D, H, seed)[: len(names)], strict=True))


def _backward(B, D, H, seed):
    x_t, h_prev, c_prev, W_x, W_h, b, dh_t, dc_next = _weights(B, D, H, seed)
    step = lstm.step(lstm.LSTMParams(W_x, W_h, b), x_t, h_prev, c_prev)
    read = {name: value for name, value in vars(step).items() if name != "h_t"}  # h_t is not needed on the way back
    return {"dh_t": dh_t, "dc_next": dc_next, **read, "W_x": W_x, "W_h": W_h}


STEP = Formula(
    Program(LSTM.forward_equations(PARAMS), ("h_t", "c_t"), "ifgo"),
    _forward,
    ("c_t", "h_t"),
    FORWARD,
    "Right: h_t and c_t, for every batch and size tried.",
)
STEP_BACK = Formula(
    Program(
        LSTM.backward_equations(PARAMS) + weight_lines("ifgo"),
        ("dx_t", "dh_prev", "dc_prev", "dW_x", "dW_h", "db"),
        "ifgo",
    ),
    _backward,
    ("dc_prev", "db", "dx_t", "dh_prev", "dW_x", "dW_h"),
    BACKWARD,
    "Right: dx_t, dh_prev, dc_prev, dW_x, dW_h and db, for every batch and size tried.",
)


def check_lstm_step(fn):
    """Check fn(x_t, h_prev, c_prev, W_x, W_h, b) -> (h_t, c_t), one timestep of the LSTM, and return a Verdict.

    It is called with float64 arrays x_t (B, D), h_prev, c_prev (B, H), W_x (D, 4H), W_h (H, 4H), b (4H,), the gates
    i, f, g, o side by side. h_t comes first: a loop takes the two apart in this order. Raises nothing.
    """
    return check_formula(fn, STEP)


def check_lstm_step_back(fn):
    """Check the way back through one timestep of the LSTM, and return a Verdict.

    fn(dh_t, dc_next, x_t, h_prev, c_prev, i_t, f_t, g_t, o_t, c_t, W_x, W_h) returns
    (dx_t, dh_prev, dc_prev, dW_x, dW_h, db), each in the shape of what it belongs to; gates are stacked i, f, g, o.
    dc_next (B, H) is what reaches c_t from t+1 alone; what comes through h_t is added in the step. Raises nothing.
    """
    return check_formula(fn, STEP_BACK)


register(
    Exercise(
        "lstm_step",
        check_lstm_step,
        (
            "Four sums lie side by side in x_t @ W_x + h_prev @ W_h + b: compute all of them, then cut in four.",
            "The gates i, f and o are sigmoids, g is a tanh. c_t keeps a part of c_prev and adds a part of g_t.",
            "f_t decides what stays of c_prev and i_t what is written of g_t; o_t decides what h_t shows of tanh(c_t).",
        ),
        """
def lstm_step(x_t, h_prev, c_prev, W_x, W_h, b):
    a_i, a_f, a_g, a_o = np.split(x_t @ W_x + h_prev @ W_h + b, 4, axis=1)
    i_t, f_t, o_t = (1 / (1 + np.exp(-a)) for a in (a_i, a_f, a_o))
    c_t = f_t * c_prev + i_t * np.tanh(a_g)
    h_t = o_t * np.tanh(c_t)
    return h_t, c_t
""",
    )
)
register(
    Exercise(
        "lstm_step_back",
        check_lstm_step_back,
        (
            "Two gradients arrive: dc_next along c, and dh_t. h_t = o_t * tanh(c_t) sends dh_t to o_t and to c_t.",
            "First dc_t = dc_next + what comes through h_t. f_t, c_prev, i_t, g_t get dc_t times their partner.",
            "Each gate has its slope: y * (1 - y), or 1 - y ** 2 for g. The rest is the SimpleRNN's.",
        ),
        """
def lstm_step_back(dh_t, dc_next, x_t, h_prev, c_prev, i_t, f_t, g_t, o_t, c_t, W_x, W_h):
    tanh_c = np.tanh(c_t)
    dc_t = dc_next + dh_t * o_t * (1 - tanh_c**2)
    da_i = dc_t * g_t * i_t * (1 - i_t)
    da_f = dc_t * c_prev * f_t * (1 - f_t)
    da_g = dc_t * i_t * (1 - g_t**2)
    da_o = dh_t * tanh_c * o_t * (1 - o_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return da @ W_x.T, da @ W_h.T, dc_t * f_t, x_t.T @ da, h_prev.T @ da, da.sum(0)
""",
    )
)
