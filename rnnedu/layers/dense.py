"""Dense: y = activation(x @ kernel + bias), on the last axis."""

import numpy as np

from rnnedu import functions, initializers, validate
from rnnedu.layers.base import Layer, Spec


def _elementwise(function, derivative):
    """Return the function, and (y, dy) -> gradient at its input."""
    return function, lambda y, dy: dy * derivative(y)


# name -> f(a), and (y, dy) -> gradient at a
ACTIVATIONS = {
    "linear": (functions.identity, lambda y, dy: dy),  # noqa: ARG005
    "relu": _elementwise(functions.relu, functions.drelu),
    "tanh": _elementwise(functions.tanh, functions.dtanh),
    "sigmoid": _elementwise(functions.sigmoid, functions.dsigmoid),
    "softmax": (functions.softmax, functions.dsoftmax),
}


class Dense(Layer):
    """Every output is a weighted sum of all inputs, then an activation.

    units : size of the output. activation : None or "linear", "relu", "tanh", "sigmoid", "softmax".
    Input (B, D) or (B, T, D), output (B, units) or (B, T, units).
    Weights as in Keras: kernel (D, units), bias (units,).
    """

    options = ("units", "activation", "use_bias", "kernel_initializer", "bias_initializer")

    def __init__(
        self,
        units,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = validate.integer("units", units, 1)
        self.activation = "linear" if activation is None else activation
        validate.named("activation", self.activation, ACTIVATIONS)
        self.use_bias = validate.kind("use_bias", use_bias, bool)
        self.kernel_initializer = initializers.get("kernel_initializer", kernel_initializer)
        self.bias_initializer = initializers.get("bias_initializer", bias_initializer)

    def specs(self, input_shape):
        kernel = {"kernel": Spec((input_shape[-1], self.units), self.kernel_initializer)}
        return kernel | ({"bias": Spec((self.units,), self.bias_initializer)} if self.use_bias else {})

    def output_shape(self, input_shape):
        if len(input_shape) not in (2, 3) or input_shape[-1] is None:
            raise ValueError(f"{self.name} gets shape {input_shape}; accepted is (B, D) or (B, T, D), D known")
        if self.built and input_shape[-1] != len(self.params["kernel"]):
            raise ValueError(f"{self.name} gets shape {input_shape}; accepted is (..., {len(self.params['kernel'])})")
        return (*input_shape[:-1], self.units)

    def forward(self, params, x, call):
        rows = as_rows(x)
        y = rows @ params["kernel"]
        if self.use_bias:
            y += params["bias"]
        name = "linear" if call.linear else self.activation
        y = ACTIVATIONS[name][0](y)
        return from_rows(y, x), (rows, y, name)

    def backward(self, params, cache, dy, grads, need_dx=True):
        rows, y, name = cache
        da = ACTIVATIONS[name][1](y, as_rows(dy))  # what reaches the sums
        np.matmul(rows.T, da, out=grads["kernel"])
        if self.use_bias:
            da.sum(0, out=grads["bias"])
        return from_rows(da @ params["kernel"].T, dy) if need_dx else None


def as_rows(x):
    """Return (B, D) as it is and (B, T, D) as (T * B, D), time-major: no copy of what a kernel made."""
    return x if x.ndim == 2 else x.swapaxes(0, 1).reshape(-1, x.shape[-1])


def from_rows(rows, like):
    """Return rows in the leading shape of `like`: what `as_rows` did, undone."""
    if like.ndim == 2:
        return rows
    B, T = like.shape[:2]
    return rows.reshape(T, B, -1).swapaxes(0, 1)
