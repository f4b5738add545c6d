"""Embedding: a row of numbers for every symbol."""

import numpy as np

from rnnedu import initializers, validate
from rnnedu.layers.base import Layer, Spec, batch


class Embedding(Layer):
    """Look up a vector for each symbol: input (B, T) of integers in 0..input_dim-1, output (B, T, output_dim).

    input_dim : size of the vocabulary. output_dim : numbers in a vector. input_length : T, or None for any.
    mask_zero : symbol 0 is padding; the layers after it carry their state over it.
    Weights as in Keras: embeddings (input_dim, output_dim).
    """

    sequence_rank = 1
    options = ("input_dim", "output_dim", "embeddings_initializer", "mask_zero", "input_length")

    def __init__(
        self, input_dim, output_dim, embeddings_initializer="uniform", mask_zero=False, input_length=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.input_dim = validate.integer("input_dim", input_dim, 1)
        self.output_dim = validate.integer("output_dim", output_dim, 1)
        self.embeddings_initializer = initializers.get("embeddings_initializer", embeddings_initializer)
        self.mask_zero = validate.kind("mask_zero", mask_zero, bool)
        self.input_length = None if input_length is None else validate.integer("input_length", input_length, 1)

    def specs(self, input_shape):
        return {"embeddings": Spec((self.input_dim, self.output_dim), self.embeddings_initializer)}

    def output_shape(self, input_shape):
        T = input_shape[1] if len(input_shape) == 2 else None
        if len(input_shape) != 2 or (self.input_length and T not in (None, self.input_length)):
            wanted = f"(B, {self.input_length or 'T'})"
            raise ValueError(f"{self.name} gets shape {input_shape}; accepted is {wanted}, the numbers of symbols")
        return (*input_shape, self.output_dim)

    def prepare(self, x):
        x = validate.rectangular("x", x)
        if x.dtype.kind not in "iu":
            raise TypeError(f"x has dtype {x.dtype}; accepted are integers, the numbers of symbols (.astype(int))")
        if x.size == 0:
            raise ValueError(f"x has shape {x.shape}; accepted is (B, T) with every size at least 1")
        if x.min() < 0 or x.max() >= self.input_dim:
            raise ValueError(f"x has symbols {x.min()} to {x.max()}; accepted are 0 to {self.input_dim - 1}")
        return batch(x.astype(np.intp, copy=False))  # symbol * output_dim would wrap around in uint8 or int16

    def next_mask(self, x, mask):
        return x != 0 if self.mask_zero else mask

    def forward(self, params, x, call):
        symbols = x.T  # time-major
        return params["embeddings"].take(symbols, axis=0).swapaxes(0, 1), symbols

    def backward(self, params, cache, dy, grads, need_dx=True):
        rows = dy.swapaxes(0, 1).reshape(cache.size, -1)
        entries = cache.reshape(-1, 1) * self.output_dim + np.arange(self.output_dim)
        gradient = grads["embeddings"].reshape(-1)  # along one axis add.at is fast
        gradient.fill(0)
        np.add.at(gradient, entries.reshape(-1), rows.reshape(-1))  # a symbol that occurs twice adds twice
