"""Gradient descent: plain, with momentum, and with Nesterov's momentum."""

from typing import ClassVar

import numpy as np

from rnnedu import validate
from rnnedu.optim.base import Optimizer, register


@register
class SGD(Optimizer):
    """Stochastic gradient descent.

    Equations
    ---------
        v_t = momentum * v_(t-1) + rate * g_t
        w_t = w_(t-1) - v_t
        w_t = w_(t-1) - (momentum * v_t + rate * g_t)         instead, with nesterov

    Under ``convention="torch"`` v_t adds up g_t without the rate, which multiplies what is subtracted: it differs
    only while the rate changes.

    Source: Sutskever, Martens, Dahl & Hinton (2013), eq. 1-4, where v has the opposite sign; nesterov as in Keras and
    PyTorch, which keep the weights of the look-ahead.

    learning_rate : number > 0 or a Schedule; 0.01 (torch: 0.001). momentum : number in [0, 1). nesterov : bool.
    The keyword arguments, and what is raised, are those of `Optimizer`.
    """

    settings = ("learning_rate", "momentum", "nesterov", *Optimizer.settings[1:])
    defaults: ClassVar = {"learning_rate": (0.01, 0.001)}

    def __init__(self, learning_rate=None, momentum=0.0, nesterov=False, **options):
        super().__init__(learning_rate, **options)
        self.momentum = validate.number("momentum", momentum, 0, 1, high_included=False)
        self.nesterov = validate.kind("nesterov", nesterov, bool)

    @property
    def slots(self):
        """("velocity",) with momentum, else ()."""
        return ("velocity",) if self.momentum else ()

    def _change(self, g, old, step, rate, new, scratch):  # noqa: ARG002
        early = self.convention == "keras"
        if early:
            g *= rate
        change = self._with_momentum(g, old, new, scratch) if self.momentum else g
        return change if early else np.multiply(change, rate, out=g)

    def _with_momentum(self, g, old, new, scratch):
        v = np.multiply(old["velocity"], self.momentum, out=new["velocity"])
        v += g
        if self.nesterov:
            return np.add(g, np.multiply(v, self.momentum, out=scratch), out=g)
        return v
