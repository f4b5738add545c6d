"""Adam and AdamW: momentum, divided by the root of the mean square."""

import math

import numpy as np

from rnnedu import validate
from rnnedu.optim.base import Optimizer, bound, epsilon_of, register


@register
class Adam(Optimizer):
    """Adam: steps of about the learning rate, whatever the size of the gradient.

    Equations
    ---------
        m_t = beta_1 * m_(t-1) + (1 - beta_1) * g_t
        v_t = beta_2 * v_(t-1) + (1 - beta_2) * g_t ** 2
        u_t = v_t                                             with amsgrad: max(u_(t-1), v_t)
        rate_t = rate * sqrt(1 - beta_2 ** t) / (1 - beta_1 ** t)
        w_t = w_(t-1) - rate_t * m_t / (sqrt(u_t) + epsilon)

    That is the form at the end of the paper's section 2, and Keras'. Under ``convention="torch"`` epsilon comes after
    the bias correction, as in algorithm 1; in these equations it is then epsilon * sqrt(1 - beta_2 ** t).

    The slots hold the sums m_t / (1 - beta_1), v_t / (1 - beta_2) and u_t / (1 - beta_2): that saves two passes over
    the weights, and the factors are one number each in the last equation.

    Source: Kingma & Ba (2015), algorithm 1; amsgrad: Reddi, Kale & Kumar (2018), algorithm 2.

    learning_rate : number > 0 or a Schedule; 0.001. beta_1, beta_2 : numbers in [0, 1). epsilon : number >= 1e-30;
    1e-7 (torch: 1e-8). amsgrad : bool.
    The keyword arguments, and what is raised, are those of `Optimizer`.
    """

    settings = ("learning_rate", "beta_1", "beta_2", "epsilon", "amsgrad", *Optimizer.settings[1:])
    defaults = Optimizer.defaults | {"learning_rate": (0.001, 0.001), "epsilon": (1e-7, 1e-8)}

    def __init__(self, learning_rate=None, beta_1=0.9, beta_2=0.999, epsilon=None, amsgrad=False, **options):
        super().__init__(learning_rate, **options)
        self.beta_1 = validate.number("beta_1", beta_1, 0, 1, high_included=False)
        self.beta_2 = validate.number("beta_2", beta_2, 0, 1, high_included=False)
        self.epsilon = epsilon_of(self._given("epsilon", epsilon))
        self.amsgrad = validate.kind("amsgrad", amsgrad, bool)

    @property
    def slots(self):
        """("m", "v"), then "u" with amsgrad."""
        return ("m", "v", "u") if self.amsgrad else ("m", "v")

    def _change(self, g, old, step, rate, new, scratch):
        bound(g)
        m = np.multiply(old["m"], self.beta_1, out=new["m"])
        m += g
        g *= g
        v = np.multiply(old["v"], self.beta_2, out=new["v"])
        v += g
        u = np.maximum(old["u"], v, out=new["u"]) if self.amsgrad else v

        rate_t, epsilon = self._scaled(step, rate)
        denominator = np.sqrt(u, out=scratch)
        denominator += epsilon
        change = np.divide(m, denominator, out=scratch)
        change *= rate_t
        return change

    def _scaled(self, step, rate):
        """Return rate_t and epsilon for m and u as the slots hold them."""
        correction = math.sqrt(1 - self.beta_2**step)
        epsilon = self.epsilon if self.convention == "keras" else self.epsilon * correction
        rate_t = rate * correction / (1 - self.beta_1**step)
        scale = math.sqrt(1 - self.beta_2)  # the root of what u lacks
        return rate_t * (1 - self.beta_1) / scale, epsilon / scale


@register
class AdamW(Adam):
    """Adam with decoupled weight decay, in both conventions.

    Equations
    ---------
        w_t = w_(t-1) - rate_t * m_t / (sqrt(u_t) + epsilon) - rate * weight_decay * w_(t-1)

    with rate_t, m_t and u_t of `Adam`.

    Source: Loshchilov & Hutter (2019), algorithm 2, with the decay times the learning rate as in Keras and PyTorch.

    weight_decay : number >= 0; 0.004 (torch: 0.01). All else is as in `Adam`.
    """

    defaults = Adam.defaults | {"weight_decay": (0.004, 0.01)}
    decoupled = True

    def __init__(self, learning_rate=None, weight_decay=None, *betas, **options):
        super().__init__(learning_rate, *betas, weight_decay=weight_decay, **options)
