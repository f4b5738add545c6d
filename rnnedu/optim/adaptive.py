"""Rules that divide each gradient by the root of its past squares: Adagrad and RMSprop."""

from typing import ClassVar

import numpy as np

from rnnedu import validate
from rnnedu.optim.base import Optimizer, bound, epsilon_of, register


def root(squares, epsilon, convention, out):
    """Return sqrt(squares + epsilon), as Keras has it, or sqrt(squares) + epsilon, as PyTorch has it, in `out`."""
    if convention == "keras":
        return np.sqrt(np.add(squares, epsilon, out=out), out=out)
    return np.add(np.sqrt(squares, out=out), epsilon, out=out)


@register
class Adagrad(Optimizer):
    """Adagrad: weights that have moved much move less and less.

    Equations
    ---------
        a_t = a_(t-1) + g_t ** 2
        w_t = w_(t-1) - rate * g_t / sqrt(a_t + epsilon)      torch: / (sqrt(a_t) + epsilon)

    Source: Duchi, Hazan & Singer (2011), figure 1, with the diagonal matrix.

    learning_rate : number > 0 or a Schedule; 0.001 (torch: 0.01). initial_accumulator_value : a_0, number >= 0; 0.1
    (torch: 0). epsilon : number >= 1e-30; 1e-7 (torch: 1e-10).
    The keyword arguments, and what is raised, are those of `Optimizer`.
    """

    settings = ("learning_rate", "initial_accumulator_value", "epsilon", *Optimizer.settings[1:])
    slots = ("accumulator",)
    defaults: ClassVar = {
        "learning_rate": (0.001, 0.01),
        "initial_accumulator_value": (0.1, 0.0),
        "epsilon": (1e-7, 1e-10),
    }

    def __init__(self, learning_rate=None, initial_accumulator_value=None, epsilon=None, **options):
        super().__init__(learning_rate, **options)
        a_0 = self._given("initial_accumulator_value", initial_accumulator_value)
        self.initial_accumulator_value = validate.number("initial_accumulator_value", a_0, 0)
        self.epsilon = epsilon_of(self._given("epsilon", epsilon))

    def begin(self, size, dtype):
        """Return {"accumulator": array (size,) of `dtype`}, filled with `initial_accumulator_value`."""
        return {"accumulator": np.full(size, self.initial_accumulator_value, dtype)}

    def _change(self, g, old, step, rate, new, scratch):  # noqa: ARG002
        bound(g)
        a = np.add(old["accumulator"], np.square(g, out=scratch), out=new["accumulator"])
        g *= rate
        g /= root(a, self.epsilon, self.convention, out=scratch)
        return g


@register
class RMSprop(Optimizer):
    """RMSprop: Adagrad that forgets, with an average of squares in the place of their sum.

    Equations
    ---------
        s_t = rho * s_(t-1) + (1 - rho) * g_t ** 2
        a_t = rho * a_(t-1) + (1 - rho) * g_t                 0 unless centered
        d_t = rate * g_t / sqrt(s_t - a_t ** 2 + epsilon)     torch: / (sqrt(s_t - a_t ** 2) + epsilon)
        v_t = momentum * v_(t-1) + d_t
        w_t = w_(t-1) - v_t

    Under ``convention="torch"`` the rate multiplies v_t, not d_t. A variance s_t - a_t ** 2 that rounding has made
    negative counts as 0.

    Source: Tieleman & Hinton (2012), lecture 6.5; centered: Graves (2013), eq. 38-41.

    learning_rate : number > 0 or a Schedule; 0.001 (torch: 0.01). rho : number in [0, 1); 0.9 (torch: 0.99).
    momentum : number in [0, 1). epsilon : number >= 1e-30; 1e-7 (torch: 1e-8). centered : bool.
    The keyword arguments, and what is raised, are those of `Optimizer`.
    """

    settings = ("learning_rate", "rho", "momentum", "epsilon", "centered", *Optimizer.settings[1:])
    defaults: ClassVar = {"learning_rate": (0.001, 0.01), "rho": (0.9, 0.99), "epsilon": (1e-7, 1e-8)}

    def __init__(self, learning_rate=None, rho=None, momentum=0.0, epsilon=None, centered=False, **options):
        super().__init__(learning_rate, **options)
        self.rho = validate.number("rho", self._given("rho", rho), 0, 1, high_included=False)
        self.momentum = validate.number("momentum", momentum, 0, 1, high_included=False)
        self.epsilon = epsilon_of(self._given("epsilon", epsilon))
        self.centered = validate.kind("centered", centered, bool)

    @property
    def slots(self):
        """("squares",), then "average" when centered, then "velocity" with momentum."""
        return ("squares",) + ("average",) * self.centered + ("velocity",) * bool(self.momentum)

    def _change(self, g, old, step, rate, new, scratch):  # noqa: ARG002
        bound(g)
        early = self.convention == "keras"
        s = self._average(old["squares"], np.square(g, out=scratch), new["squares"], scratch)
        variance = self._around_average(s, g, old, new, scratch) if self.centered else s
        if early:
            g *= rate
        g /= root(variance, self.epsilon, self.convention, out=scratch)
        change = self._with_momentum(g, old, new) if self.momentum else g
        return change if early else np.multiply(change, rate, out=g)

    def _average(self, old, now, out, scratch):
        np.multiply(old, self.rho, out=out)
        out += np.multiply(now, 1 - self.rho, out=scratch)
        return out

    def _around_average(self, s, g, old, new, scratch):
        a = self._average(old["average"], g, new["average"], scratch)
        np.subtract(s, np.square(a, out=scratch), out=scratch)
        return np.maximum(scratch, 0, out=scratch)

    def _with_momentum(self, d, old, new):
        v = np.multiply(old["velocity"], self.momentum, out=new["velocity"])
        v += d
        return v
