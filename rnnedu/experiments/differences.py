"""Gradients by central differences against backpropagation through time: for which step, which dtype and which T.

The network is a SimpleRNN with D = 3, H = 4, B = 2; its loss L weighs every entry of every h_t by a random number, so
that something reaches the state at each timestep.
"""

from dataclasses import dataclass

import numpy as np

from rnnedu import gradcheck, kernels, unroll, validate
from rnnedu.cells import rnn

D, H, B = 3, 4, 2
LONGEST = 100


@dataclass(frozen=True, eq=False)
class Problem:
    """A run whose gradients are wanted: params, x (T, B, D), h0 (B, H), and dh_loss (T, B, H), the weights of L."""

    params: rnn.RNNParams
    x: np.ndarray
    h0: np.ndarray
    dh_loss: np.ndarray

    @classmethod
    def drawn(cls, T, seed=0):
        """Return a Problem of float64 with T = 1 to 100 timesteps; biases and h0 are not zero."""
        validate.integer("T", T, 1, LONGEST)
        rng = np.random.default_rng(validate.integer("seed", seed, 0))
        params = gradcheck.randomised(rnn.init(D, H, seed=seed), seed)
        return cls(params, *(rng.standard_normal(shape) for shape in ((T, B, D), (B, H), (T, B, H))))

    def states(self, **blocks):
        """Return h (T, B, H), where some weights are others."""
        return kernels.forward(self.params.replace(**blocks), self.x, h0=self.h0).h

    def loss(self, **blocks):
        """Return L, a number of the weights' dtype, where some weights are others."""
        return (self.states(**blocks) * self.dh_loss).sum()

    def exact(self):
        """Return the gradients of L by BPTT: {"W_x", "W_h", "b": array}."""
        return unroll.backward(unroll.forward(self.params, self.x, h0=self.h0), dh=self.dh_loss).grads

    def astype(self, dtype):
        """Return the same Problem in another dtype."""
        params = self.params.replace(**{name: a.astype(dtype) for name, a in self.params.arrays().items()})
        return Problem(params, *(each.astype(dtype) for each in (self.x, self.h0, self.dh_loss)))

    def step_back(self, dh_t, x_t, h_prev, h_t):
        """Return (dx_t, dh_prev, dW_x, dW_h, db) of one timestep."""
        back = rnn.step_back(self.params, rnn.RNNStep(x_t, h_prev, h_t), dh_t)
        return back.dx_t, back.dh_prev, back.dW_x, back.dW_h, back.db


def error(eps, dtype="float64", T=7, seed=0):
    """Return how far the gradient of W_h by central differences is from BPTT in float64, of its largest entry.

    eps : the step, a positive number. dtype : in which all of the run and of the differences is computed.
    """
    problem = Problem.drawn(T, seed)
    exact = problem.exact()["W_h"]
    coarse = problem.astype(validate.float_dtype("dtype", dtype))
    found = _differences(coarse, coarse.params.W_h, coarse.params.dtype.type(validate.positive("eps", eps)))
    return float(np.abs(found - exact).max() / np.abs(exact).max())


def _differences(problem, W_h, eps):
    found = np.empty_like(W_h)
    for place in np.ndindex(W_h.shape):
        above, below = W_h.copy(), W_h.copy()
        above[place] += eps
        below[place] -= eps
        found[place] = (problem.loss(W_h=above) - problem.loss(W_h=below)) / (2 * eps)
    return found


def noticed(bptt, T, seed=0):
    """Return whether a gradient check over T timesteps finds a loop `bptt` wrong.

    bptt : function (dh_loss, x, h, h0, step_back) -> (dx, dh0, dW_x, dW_h, db), as the exercise of that name asks.
    """
    problem = Problem.drawn(T, seed)
    _, _, *found = bptt(problem.dh_loss, problem.x, problem.states(), problem.h0, problem.step_back)
    gradients = dict(zip(("W_x", "W_h", "b"), found, strict=True))
    return not gradcheck.compare(problem.loss, problem.params.arrays(), gradients).ok
