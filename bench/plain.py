"""The character model that tutorials write: a SimpleRNN in plain NumPy, one timestep and one sequence at a time.

Correct and idiomatic, not tuned: one-hot vectors, a dict an array for every timestep, Adagrad, gradients clipped at
+-5, the state carried from one stretch of text to the next. The yardstick for what a learner's own first loop costs.
"""

import numpy as np


class PlainRNN:
    """W_xh (H, V), W_hh (H, H), b_h (H, 1), W_hy (V, H), b_y (V, 1); column vectors, as the tutorials have them."""

    def __init__(self, V, H, learning_rate=0.1, dtype=np.float32, seed=0):
        rng = np.random.default_rng(seed)
        shapes = {"W_xh": (H, V), "W_hh": (H, H), "b_h": (H, 1), "W_hy": (V, H), "b_y": (V, 1)}
        self.weights = {name: (0.01 * rng.standard_normal(shape)).astype(dtype) for name, shape in shapes.items()}
        self.memory = {name: np.full_like(weight, 0.1) for name, weight in self.weights.items()}
        self.learning_rate, self.h = learning_rate, np.zeros((H, 1), dtype)

    def loss_and_gradients(self, inputs, targets):
        """Return the mean cross-entropy over the timesteps, and its gradient for every weight; carries the state on."""
        w, h, xs, hs, ps, loss = self.weights, self.h, {}, {-1: self.h}, {}, 0.0
        for t, symbol in enumerate(inputs):
            xs[t] = np.zeros_like(w["b_y"])
            xs[t][symbol] = 1
            h = hs[t] = np.tanh(w["W_xh"] @ xs[t] + w["W_hh"] @ h + w["b_h"])
            logits = w["W_hy"] @ h + w["b_y"]
            ps[t] = np.exp(logits - logits.max())
            ps[t] /= ps[t].sum()
            loss -= float(np.log(ps[t][targets[t], 0]))
        self.h = h
        return loss / len(inputs), self._back(targets, xs, hs, ps)

    def _back(self, targets, xs, hs, ps):
        w = self.weights
        gradients = {name: np.zeros_like(weight) for name, weight in w.items()}
        dh_next = np.zeros_like(self.h)
        for t in reversed(range(len(targets))):
            dy = ps[t].copy()
            dy[targets[t]] -= 1
            dy /= len(targets)
            gradients["W_hy"] += dy @ hs[t].T
            gradients["b_y"] += dy
            da = (1 - hs[t] ** 2) * (w["W_hy"].T @ dy + dh_next)
            gradients["b_h"] += da
            gradients["W_xh"] += da @ xs[t].T
            gradients["W_hh"] += da @ hs[t - 1].T
            dh_next = w["W_hh"].T @ da
        return gradients

    def step(self, inputs, targets):
        """Take one step of Adagrad on inputs and targets (T,) and return the loss before it."""
        loss, gradients = self.loss_and_gradients(inputs, targets)
        for name, gradient in gradients.items():
            np.clip(gradient, -5, 5, out=gradient)
            self.memory[name] += gradient * gradient
            self.weights[name] -= self.learning_rate * gradient / np.sqrt(self.memory[name] + 1e-7)
        return loss
