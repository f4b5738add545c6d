"""SimpleRNN, LSTM and GRU as layers, with Keras' options and weights."""

import numpy as np

from rnnedu import initializers, validate
from rnnedu.layers.base import Spec
from rnnedu.layers.recurrent import COMMON, FLAGS, Recurrent


class SimpleRNN(Recurrent):
    """h_t = activation(x_t @ kernel + h_(t-1) @ recurrent_kernel + bias). Options: see `layers.recurrent.Recurrent`.

    activation : "tanh", "relu" or "linear", which None means too. Source: Elman (1990).
    """

    options = ("units", "activation", *COMMON, *FLAGS)
    cell = "rnn"

    def __init__(self, units, activation="tanh", **kwargs):
        super().__init__(units, **kwargs)
        activation = "linear" if activation is None else activation
        self.activation = validate.choice("activation", activation, ("tanh", "relu", "linear"))

    @property
    def cell_options(self):
        """Options of the cell's parameters."""
        return {"activation": "identity" if self.activation == "linear" else self.activation}


class LSTM(Recurrent):
    """Long short-term memory: equations in `rnnedu.cells.lstm`, options in `layers.recurrent.Recurrent`.

    unit_forget_bias : begin the forget gate's bias at 1 instead of 0 (Jozefowicz et al. 2015).
    use_peepholes : let the gates see c (Gers & Schmidhuber 2000); adds the weights peephole (3H,), gates i, f, o.
    Source: Hochreiter & Schmidhuber (1997), Gers, Schmidhuber & Cummins (2000).
    """

    options = ("units", "activation", "recurrent_activation", *COMMON, "unit_forget_bias", "use_peepholes", *FLAGS)

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        unit_forget_bias=True,
        use_peepholes=False,
        **kwargs,
    ):
        super().__init__(units, **kwargs)
        self.activation = validate.choice("activation", activation, ("tanh",))
        self.recurrent_activation = validate.choice("recurrent_activation", recurrent_activation, ("sigmoid",))
        self.unit_forget_bias = validate.kind("unit_forget_bias", unit_forget_bias, bool)
        self.use_peepholes = validate.kind("use_peepholes", use_peepholes, bool)

    @property
    def cell(self):
        """The cell's name."""
        return "peephole" if self.use_peepholes else "lstm"

    def specs(self, input_shape):
        peephole = {"peephole": Spec((3 * self.units,), initializers.Zeros())} if self.use_peepholes else {}
        return super().specs(input_shape) | peephole

    def draw_bias(self, rng, shape, dtype):
        bias = super().draw_bias(rng, shape, dtype)
        if self.unit_forget_bias and not isinstance(self.bias_initializer, initializers.Chrono):
            bias[self.units : 2 * self.units] = 1
        return bias

    def arrays(self, params):
        return super().arrays(params) | ({"p": params["peephole"]} if self.use_peepholes else {})

    def write(self, gradients, grads):
        super().write(gradients, grads)
        if self.use_peepholes:
            grads["peephole"][...] = gradients["p"]


class GRU(Recurrent):
    """Gated recurrent unit: equations in `rnnedu.cells.gru`, options in `layers.recurrent.Recurrent`.

    reset_after : whether the reset gate acts after the recurrent product (Keras' and PyTorch's default) or before it
        (Cho et al. 2014). After it, the bias is (2, 3H) as in Keras: one of the input's product, one of the state's.
    """

    options = ("units", "activation", "recurrent_activation", *COMMON, "reset_after", *FLAGS)
    cell = "gru"

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", reset_after=True, **kwargs):
        super().__init__(units, **kwargs)
        self.activation = validate.choice("activation", activation, ("tanh",))
        self.recurrent_activation = validate.choice("recurrent_activation", recurrent_activation, ("sigmoid",))
        self.reset_after = validate.kind("reset_after", reset_after, bool)

    @property
    def cell_options(self):
        """Options of the cell's parameters."""
        return {"reset_after": self.reset_after}

    def bias_shape(self, width):
        return (2, width) if self.reset_after else (width,)

    def arrays(self, params):
        """The two biases of z and r add up; that of n's recurrent product stays apart, r_t multiplies it."""
        found, H = super().arrays(params), self.units
        if not (self.use_bias and self.reset_after):
            return found | {"b_hn": np.zeros(H, params["kernel"].dtype)}
        of_x, of_h = params["bias"]
        b = of_x.copy()
        b[: 2 * H] += of_h[: 2 * H]
        return found | {"b": b, "b_hn": of_h[2 * H :]}

    def write(self, gradients, grads):
        super().write(gradients, grads)  # with two biases, db goes into both
        if self.use_bias and self.reset_after:
            grads["bias"][1, 2 * self.units :] = gradients["b_hn"]
