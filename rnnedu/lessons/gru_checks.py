"""The check of a learner's timestep of the GRU. The other conventions there are get their names, not a "wrong"."""

import numpy as np

from rnnedu.cells import gru
from rnnedu.cells.gru import GRU
from rnnedu.lessons.exercises import Exercise, register
from rnnedu.lessons.formulas import Formula, Program, check_formula

MISTAKES = {
    "That is the GRU where z writes: h_t = (1 - z_t) * h_prev + z_t * n_t (Chung et al. 2014). Here z keeps: "
    "h_t = z_t * h_prev + (1 - z_t) * n_t.": "h_t = (1 - z_t) * h_prev + z_t * n_t",
    "That is the GRU with the reset before the product, (r_t * h_prev) @ W_hn (Cho et al. 2014). Here r_t acts after "
    "it: r_t * (h_prev @ W_hn + b_hn).": ("u_t = (r_t * h_prev) @ W_hn + b_hn\nn_t = tanh(x_t @ W_xn + b_n + u_t)"),
    "That is the GRU with the reset before the product and where z writes; here r_t acts after the product, and z "
    "keeps: h_t = z_t * h_prev + (1 - z_t) * n_t.": (
        "u_t = (r_t * h_prev) @ W_hn + b_hn\nn_t = tanh(x_t @ W_xn + b_n + u_t)\nh_t = (1 - z_t) * h_prev + z_t * n_t"
    ),
    "Your h_t forgets the old state: is z_t * h_prev in it?": "h_t = (1 - z_t) * n_t",
    "Your h_t takes in nothing new: is (1 - z_t) * n_t in it?": "h_t = z_t * h_prev",
    "Your h_t takes all of n_t: 1 - z_t decides how much.": "h_t = z_t * h_prev + n_t",
    "Your h_t keeps all of h_prev: z_t decides how much.": "h_t = h_prev + (1 - z_t) * n_t",
    "z_t stands twice in h_t: what is kept and what is new share, so n_t takes 1 - z_t.": (
        "h_t = z_t * h_prev + z_t * n_t"
    ),
    "b_hn stands outside the reset: r_t multiplies the sum, r_t * (h_prev @ W_hn + b_hn).": (
        "u_t = h_prev @ W_hn\nn_t = tanh(x_t @ W_xn + b_n + r_t * u_t + b_hn)"
    ),
    "b_hn is left out: it is added to h_prev @ W_hn, before r_t multiplies.": "u_t = h_prev @ W_hn",
    "r_t is not used: n_t sees all of the past. It is tanh(... + r_t * (h_prev @ W_hn + b_hn)).": (
        "n_t = tanh(x_t @ W_xn + b_n + u_t)"
    ),
    "r_t multiplies the input too; it is for the past alone, r_t * (h_prev @ W_hn + b_hn).": (
        "n_t = tanh(r_t * (x_t @ W_xn + b_n + u_t))"
    ),
    "z_t stands where r_t belongs in n_t.": "n_t = tanh(x_t @ W_xn + b_n + z_t * u_t)",
    "r_t stands where z_t belongs in h_t.": "h_t = r_t * h_prev + (1 - r_t) * n_t",
    "sigmoid stands where tanh belongs in n_t: the candidate has both signs.": (
        "n_t = sigmoid(x_t @ W_xn + b_n + r_t * u_t)"
    ),
    "h_prev is not in the candidate: n_t = tanh(x_t @ W_xn + b_n + r_t * (h_prev @ W_hn + b_hn)).": (
        "n_t = tanh(x_t @ W_xn + b_n)"
    ),
}


def _arguments(B, D, H, seed):
    rng = np.random.default_rng(seed)
    shapes = {"x_t": (B, D), "h_prev": (B, H), "W_x": (D, 3 * H), "W_h": (H, 3 * H), "b": (3 * H,), "b_hn": (H,)}
    return {name: 0.7 * rng.standard_normal(shape) for name, shape in shapes.items()}


STEP = Formula(
    Program(GRU.forward_equations(gru.init(1, 1)), ("h_t",), "zrn"),
    _arguments,
    ("h_t",),
    MISTAKES,
    "Right: h_t of a GRU where z keeps and the reset comes after the product, for every batch and size tried.",
)


def check_gru_step(fn):
    """Check fn(x_t, h_prev, W_x, W_h, b, b_hn) -> h_t, one timestep of the GRU, and return a Verdict.

    It is called with float64 arrays x_t (B, D), h_prev (B, H), W_x (D, 3H), W_h (H, 3H), b (3H,), b_hn (H,), the gates
    z, r, n side by side; z keeps, and r acts after the product. Raises nothing.
    """
    return check_formula(fn, STEP)


register(
    Exercise(
        "gru_step",
        check_gru_step,
        (
            "r_t stands between the two products, so they stay apart: cut x_t @ W_x + b and h_prev @ W_h in three.",
            "z and r are sigmoids of both parts, added. n is tanh of its input part and r_t times its past with b_hn.",
            "h_t is a mixture of the old state and n_t. z_t is the share of the old one; the new one gets the rest.",
        ),
        """
def gru_step(x_t, h_prev, W_x, W_h, b, b_hn):
    x_z, x_r, x_n = np.split(x_t @ W_x + b, 3, axis=1)
    h_z, h_r, h_n = np.split(h_prev @ W_h, 3, axis=1)
    z_t, r_t = 1 / (1 + np.exp(-x_z - h_z)), 1 / (1 + np.exp(-x_r - h_r))
    n_t = np.tanh(x_n + r_t * (h_n + b_hn))
    return z_t * h_prev + (1 - z_t) * n_t
""",
    )
)
