"""Our side of the layer measurements: one kernel with weights, input and output gradient made for it."""

from importlib import import_module
from types import SimpleNamespace

import numpy as np

GATES = {"rnn": 1, "lstm": 4, "gru": 3}


def weights(cell, D, H, seed=0):
    """Return random float32 weights: W_x (D, GH), W_h (H, GH), b (GH,), and the GRU's b_hn (H,)."""
    rng, G = np.random.default_rng(seed), GATES[cell]
    spread = 1 / np.sqrt(H)  # PyTorch's own
    shapes = {"W_x": (D, G * H), "W_h": (H, G * H), "b": (G * H,)} | ({"b_hn": (H,)} if cell == "gru" else {})
    drawn = {name: rng.uniform(-spread, spread, shape).astype(np.float32) for name, shape in shapes.items()}
    return SimpleNamespace(**drawn, activation="tanh", reset_after=True)


def sequence(T, B, D, H, seed=1):
    """Return x (T, B, D) and dh (T, B, H), float32."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((T, B, D), np.float32), rng.standard_normal((T, B, H), np.float32)


def forward_backward(cell, w, x, dh):
    """Return a function that runs the kernel forward and backward and returns (h, dx), (T, B, H) and (T, B, D)."""
    from rnnedu.kernels import Workspace

    kernel, work = import_module(f"rnnedu.kernels.{cell}"), Workspace()

    def run():
        forth = kernel.forward(w, x, work=work)
        return forth.h, kernel.backward(forth, dh).dx

    return run


def flops(cell, T, B, D, H):
    """Return the floating point operations of the products: input and recurrent, each once forward and twice back."""
    return 3 * 2 * T * B * (D + H) * GATES[cell] * H
