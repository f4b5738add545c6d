"""Why gradients are clipped: the wall in the loss of a network with one unit.

Source: Pascanu, Mikolov & Bengio (2013), "On the difficulty of training recurrent neural networks", section 2.3 and
figure 6: h_t = f(w h_(t-1) + b) from h_0 = 1/2, 50 steps, L = (h_T - target)^2. Their f is the logistic sigmoid with
target 0.7; here it is the engine's tanh, which has the same wall, or the identity, where L is a polynomial of w.
"""

from dataclasses import dataclass

import numpy as np

from rnnedu import kernels, validate
from rnnedu.cells.rnn import RNNParams
from rnnedu.optim import clip

H0 = 0.5
MAX_LENGTH, MAX_STEPS = 100, 60
REACH = 5.0  # a descent ends where w or b leaves [-5, 5]: it has been thrown out of the picture
WAYS = {None: lambda gradient, _: gradient, "norm": clip.clip_by_norm, "value": clip.clip_by_value}
WINDOWS = {"tanh": (0.5, 2.5), "identity": (0.8, 1.2)}
POINTS = 241


@dataclass(frozen=True)
class Unit:
    """The network: activation "tanh" or "identity", timesteps T from 1 to 100, the target of h_T, -10 to 10."""

    activation: str = "tanh"
    length: int = 50
    target: float = 0.5

    def __post_init__(self):
        validate.choice("activation", self.activation, tuple(WINDOWS))
        validate.integer("length", self.length, 1, MAX_LENGTH)
        validate.number("target", self.target, -10, 10)

    def slopes(self, w, b, work=None):
        """Return L, dL/dw and dL/db, each (n,) float64, at n places w, b (n,).

        One run of backpropagation through time does them all: unit j of a network whose W_h is diagonal is the
        network with w[j] and b[j], and the sum of their losses has the slope of each on W_h's diagonal.
        work : a kernels.Workspace to use again, for many calls at as many places.
        """
        params = RNNParams(np.zeros((1, len(w))), np.diag(w), b, activation=self.activation)
        x, h0 = np.zeros((self.length, 1, 1)), np.full((1, len(w)), H0)
        run = kernels.rnn.forward(params, x, state=(h0,), work=work)
        error = run.h[-1] - self.target
        back = kernels.rnn.backward(run, dlast=(2 * error,), need_dx=False)
        return error[0] ** 2, np.diag(back.grads["W_h"]).copy(), back.grads["b"].copy()


@dataclass(frozen=True, eq=False)
class Landscape:
    """The loss along w at one b: w, loss and slope dL/dw, each (241,)."""

    w: np.ndarray
    loss: np.ndarray
    slope: np.ndarray

    @classmethod
    def of(cls, unit, b):
        """Walk along the window of w in which the unit's wall stands."""
        w = np.linspace(*WINDOWS[unit.activation], POINTS)
        loss, slope, _ = unit.slopes(w, np.full(POINTS, b))
        return cls(w, loss, slope)

    @property
    def steepest(self):
        """(w, dL/dw) where the slope is largest, either way."""
        place = np.abs(self.slope).argmax()
        return self.w[place], self.slope[place]

    @property
    def ceiling(self):
        """A loss up to which a picture shows the plain and the wall, or where that is too high the wall's foot."""
        highest, plain = self.loss.max(), np.median(self.loss)
        return 1.05 * (highest if highest < 50 * plain else 4 * plain)


@dataclass(frozen=True, eq=False)
class Path:
    """A gradient descent, (n + 1,) each, the start first.

    w, b : where it was. loss : there. norm : of the gradient there, before clipping. left : whether it was thrown out
    of [-5, 5], which ended it; its last loss and norm are NaN.
    clipped : how many of its gradients were.
    """

    w: np.ndarray
    b: np.ndarray
    loss: np.ndarray
    norm: np.ndarray
    left: bool
    clipped: int


def descend(unit, w, b, learning_rate, steps, *, clipping=None, threshold=1.0, both=False):
    """Return the Path of plain gradient descent from w, b; of w alone, or of `both`.

    clipping : None, "norm" or "value", by rnnedu.optim.clip at `threshold`. With w alone they are the same.
    Raises ValueError or TypeError for a setting that is not accepted: w and b within [-5, 5], learning_rate above 0
    and up to 100, steps 1 to 60, threshold above 0.
    """
    place = np.array([validate.number("w", w, -REACH, REACH), validate.number("b", b, -REACH, REACH)])
    validate.number("learning_rate", learning_rate, 0, 100, low_included=False)
    validate.integer("steps", steps, 1, MAX_STEPS), validate.positive("threshold", threshold)
    clipped = WAYS[validate.choice("clipping", clipping, tuple(WAYS))]
    found, work, cut = [], kernels.Workspace(), 0
    for number in range(steps + 1):
        if np.abs(place).max() > REACH:
            found.append((*place, np.nan, np.nan))
            break
        (loss,), *gradient = unit.slopes(place[:1], place[1:], work)
        gradient = np.concatenate(gradient) * (1, both)
        found.append((*place, loss, clip.norm([gradient])))
        step = clipped(gradient, threshold)
        cut += number < steps and not np.array_equal(step, gradient)
        place = place - learning_rate * step
    return Path(*np.transpose(found), bool(np.isnan(found[-1][2])), cut)
