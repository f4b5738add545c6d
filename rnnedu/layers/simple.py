"""Layers without weights: Input, Masking, Dropout, Lags."""

from dataclasses import InitVar, dataclass

import numpy as np

from rnnedu import validate
from rnnedu.layers.base import Layer
from rnnedu.layers.building import full_shape, sample_shape


@dataclass(frozen=True)
class Input:
    """Say the shape of one sample, so that the model can be built before there are data. It is no layer.

    shape : (T, D), or (T,) for symbols; None where any size is accepted.
    batch_shape : (B, T, D) instead, as Keras asks for with stateful layers; B is left out, the first batch says it.
    """

    shape: tuple | None = None
    batch_shape: InitVar[tuple | None] = None

    def __post_init__(self, batch_shape):
        if (self.shape is None) == (batch_shape is None):
            raise TypeError("shape and batch_shape are given both, or neither; accepted is one of them")
        shape = sample_shape(self.shape, "shape") if batch_shape is None else full_shape(batch_shape, "batch_shape")[1:]
        object.__setattr__(self, "shape", shape)


class Masking(Layer):
    """Mask the timesteps at which every number is `mask_value`: the layers after it carry their state over them."""

    options = ("mask_value",)

    def __init__(self, mask_value=0.0, **kwargs):
        super().__init__(**kwargs)
        self.mask_value = validate.number("mask_value", mask_value, -np.inf)

    def output_shape(self, input_shape):
        if len(input_shape) != 3:
            raise ValueError(f"{self.name} gets shape {input_shape}; accepted is (B, T, D)")
        return input_shape

    def next_mask(self, x, mask):
        return (x != x.dtype.type(self.mask_value)).any(-1)

    def forward(self, params, x, call):
        return x, None

    def backward(self, params, cache, dy, grads, need_dx=True):
        return dy


class Dropout(Layer):
    """In training, set a random share `rate` of the inputs to 0 and scale the others by 1 / (1 - rate).

    noise_shape : shape of the random mask, None for a size that is the input's; (None, 1, None) drops the same
    units at every timestep. Source: Srivastava et al. (2014).
    """

    options = ("rate", "noise_shape")

    def __init__(self, rate, noise_shape=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = validate.number("rate", rate, 0, 1, high_included=False)
        self.noise_shape = None if noise_shape is None else sample_shape(noise_shape, "noise_shape")

    def output_shape(self, input_shape):
        noise = self.noise_shape
        fits = noise is None or (
            len(noise) == len(input_shape)
            and all(n in (None, 1) or s is None or n == s for n, s in zip(noise, input_shape, strict=True))
        )
        if not fits:
            raise ValueError(f"noise_shape is {noise}; accepted is None, or a shape that fits {input_shape}")
        return input_shape

    def forward(self, params, x, call):
        if not call.training or self.rate == 0:
            return x, None
        noise = self.noise_shape or (None,) * x.ndim
        shape = [size if n is None else n for n, size in zip(noise, x.shape, strict=True)]
        keep = np.random.default_rng(call.seed).random(shape, np.float32) >= self.rate
        scale = keep * x.dtype.type(1 / (1 - self.rate))
        return x * scale, scale

    def backward(self, params, cache, dy, grads, need_dx=True):
        return dy if cache is None else dy * cache


class Lags(Layer):
    """A window of the last `size` inputs: what a network without a memory has to see at once.

    size : how many timesteps, this one included. return_sequences : a window at every timestep, (B, T, size * D),
    with zeros before the sequence begins; otherwise the last one, (B, size * D). In a window the oldest comes first.
    """

    options = ("size", "return_sequences")

    def __init__(self, size, return_sequences=False, **kwargs):
        super().__init__(**kwargs)
        self.size = validate.integer("size", size, 1)
        self.return_sequences = validate.kind("return_sequences", return_sequences, bool)

    def output_shape(self, input_shape):
        if len(input_shape) != 3 or input_shape[-1] is None:
            raise ValueError(f"{self.name} gets shape {input_shape}; accepted is (B, T, D)")
        window = self.size * input_shape[-1]
        return (*input_shape[:2], window) if self.return_sequences else (input_shape[0], window)

    def next_mask(self, x, mask):
        return mask if self.return_sequences else None

    def forward(self, params, x, call):
        B, T, D = x.shape
        before = np.zeros((B, self.size - 1, D), x.dtype)
        padded = np.concatenate([before, x], axis=1)
        if self.return_sequences:
            return np.concatenate([padded[:, k : k + T] for k in range(self.size)], axis=2), x.shape
        return padded[:, T - 1 :].reshape(B, -1), x.shape

    def backward(self, params, cache, dy, grads, need_dx=True):
        B, T, D = cache
        dpadded = np.zeros((B, T + self.size - 1, D), dy.dtype)
        if self.return_sequences:
            for k in range(self.size):
                dpadded[:, k : k + T] += dy[:, :, k * D : (k + 1) * D]
        else:
            dpadded[:, T - 1 :] = dy.reshape(B, self.size, D)
        return dpadded[:, self.size - 1 :]
