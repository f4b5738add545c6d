"""What every layer is: its options, and two pure functions, forward and backward.

A layer remembers nothing of a call. `forward` returns its output and a cache; `backward` takes the cache. Weights
come in as an argument, so that the same code runs on the current weights, on a copy, or under a numerical check.

Arrays are batch-first, (B, T, D), as in Keras. In memory they are time-major: a layer hands on a (B, T, D) *view* of
a (T, B, D) array, so that the kernels, which are time-major, need no copy.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from rnnedu import validate
from rnnedu.configured import Configured, pack
from rnnedu.layers.building import build, full_shape, replace_weights, sample_shape
from rnnedu.layers.weights import Home

LAYERS: dict[str, type] = {}


@dataclass(frozen=True)
class Spec:
    """A variable before it exists: its shape, and how it begins, (rng, shape, dtype) -> array."""

    shape: tuple[int, ...]
    initializer: Callable


@dataclass(eq=False)
class Call:
    """What a call may depend on besides the input and the weights.

    training : whether dropout acts.
    mask : (B, T) bool, False where a timestep is padding; None where there is none.
    state : the initial state, a tuple of (B, H); None is zeros.
    seed : sequence of ints from which dropout draws.
    linear : leave out the layer's activation (the loss takes it in).
    work : buffers that a recurrent layer may use again; None makes new ones.
    probe : name -> what `backward` records of a layer: the norm of dh_t at every timestep (T,); None records nothing.
    """

    training: bool = False
    mask: np.ndarray | None = None
    state: tuple | None = None
    seed: tuple = (0,)
    linear: bool = False
    work: dict = field(default_factory=dict)
    probe: dict | None = None


class Layer(Configured):
    """Base of the layers. Subclasses keep their options as attributes of the names in `options`.

    name : the layer's name in the model's summary; None takes the class' name in snake case.
    input_shape : shape of one sample, for the first layer: (T, D), None where any size is accepted.
    """

    options: tuple[str, ...] = ()
    home: Home | None = None  # where the weights live, once built
    model = None  # the model it was added to
    index = 0  # which of the home's layers this is
    sequence_rank = 2  # axes of one sample if it is a sequence: (T, D)

    def __init_subclass__(cls, offered=True, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.settings = (*cls.options, "name", "input_shape")
        if offered:
            LAYERS[cls.__name__] = cls

    def __init__(self, name=None, input_shape=None, **unknown):
        validate.refuse_unknown(type(self).__name__, unknown, self.arguments())
        if name is not None:
            validate.kind("name", name, str)
        self.name = name or snake(type(self).__name__)
        self.named = name is not None
        self.input_shape = None if input_shape is None else sample_shape(input_shape)
        self.built_shape = None

    def rename(self, name):
        """Take another name."""
        self.name = name

    def specs(self, input_shape):
        """Return name -> Spec of the layer's variables, in Keras' order, for inputs of this shape (B, ...)."""
        return {}

    def output_shape(self, input_shape):
        """Return the output's shape, (None, ...), for inputs of this shape. Raises ValueError if it cannot be."""
        return input_shape

    def next_mask(self, x, mask):
        """Return the mask that the next layer gets."""
        return mask

    def prepare(self, x):
        """Return `x` as the array that `forward` takes: finite numbers in the weights' dtype, or in the one to be.

        Raises TypeError for what is no number, ValueError for NaN, infinity or an empty array.
        """
        wide = self.home is None and validate.rectangular("x", x).dtype == np.float64
        return batch(validate.real("x", x, np.float64 if wide else self.dtype))

    def forward(self, params, x, call):
        """Return (y, cache) for x (B, ...) in `built_shape`; y has the `output_shape` of x. Nothing is checked here.

        params : name -> array, as `specs` names and shapes them. call : a Call.
        """
        raise NotImplementedError

    def backward(self, params, cache, dy, grads, need_dx=True):
        """Write each variable's gradient into `grads` and return that of x, in x's shape, or None if not needed.

        cache : what `forward` returned. dy : gradient of y, in y's shape. grads : name -> array, as `specs` says.
        """
        raise NotImplementedError

    def carry(self, cache):
        """Return the state to begin the next batch with, or None."""

    # -- weights ---------------------------------------------------------------------------------------------------

    def build(self, input_shape, seed=0, dtype="float32"):
        """Draw the weights for inputs of shape (B, ...), None for B. A layer in a model is built by the model."""
        if self.home is not None:
            raise ValueError(f"{self.name} is built already, for inputs of shape {self.built_shape}")
        dtype = validate.float_dtype("dtype", dtype)
        build([self], full_shape(input_shape), validate.integer("seed", seed, 0), dtype)
        return self

    @property
    def built(self):
        """Whether there are weights."""
        return self.home is not None

    @property
    def params(self):
        """The current weights by name, in Keras' order. They are the model's own: copy before you keep or change."""
        if self.home is None and self.model is not None and self.model.built:
            _ = self.model.home  # draws them
        if self.home is None:
            raise ValueError(f"{self.name} is not built; call build(input_shape), or fit the model, first")
        return self.home.state.weights.views[self.index]

    @property
    def dtype(self):
        """The dtype of the weights: float32, unless the model was made with another."""
        return np.dtype(np.float32) if self.home is None else self.home.state.weights.flat.dtype

    def count_params(self):
        """Return the number of weights."""
        return sum(array.size for array in self.params.values())

    def get_weights(self):
        """Return copies of the weights as a list, in Keras' order and shapes; [] before the layer is built."""
        known = self.built or (self.model is not None and self.model.built)
        return [array.copy() for array in self.params.values()] if known else []

    def set_weights(self, weights):
        """Replace the weights by a list of arrays in Keras' order and shapes. Raises ValueError for another shape."""
        replace_weights([self], weights)

    def __call__(self, x, mask=None, initial_state=None, training=False):
        """Run the layer on an array, as Keras does; it is built on the first call.

        Returns y, or [y, h(, c)] with return_state.
        """
        x, training = self.prepare(x), validate.kind("training", training, bool)
        dtype = x.dtype if x.dtype in validate.DTYPES else self.dtype
        call = Call(training, check_mask(mask, x), self.check_state(initial_state, len(x), dtype))
        if self.home is None:
            self.build((None, *x.shape[1:]), dtype=dtype)
        self.output_shape(x.shape)
        state = self.home.state
        if call.state is None and self.index in state.carried:
            state.refuse_other_batch(len(x))
            call.state = state.carried[self.index]
        with np.errstate(over="ignore", invalid="ignore"):  # seen in the next line
            y, cache = self.forward(self.params, x, call)
        y = finite(y)
        held = self.carry(cache)
        if held is not None:
            self.home.state = state.carrying(state.carried | {self.index: held})
        return self.result(y, cache)

    def result(self, y, cache):
        """Return what calling the layer gives, in arrays of its own: not the input, not a buffer."""
        return np.array(y)

    def check_state(self, state, B, dtype):
        """Return the initial state as a tuple of arrays (B, H) of this dtype, or None."""
        if state is not None:
            raise ValueError(f"initial_state is given; accepted is None, {type(self).__name__} has no state")

    def get_config(self):
        """Return the options as plain values that JSON can hold; `from_config` makes the layer again of them."""
        return {name: _plain(value) for name, value in super().get_config().items()}


def _plain(value):
    if isinstance(value, Configured):
        return pack(value)
    return list(value) if isinstance(value, tuple) else value


def snake(name):
    """Return SimpleRNN as simple_rnn."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def finite(y):
    """Return an output; Overflow if it is not finite, for finite inputs."""
    if not np.isfinite(y).all():
        raise validate.Overflow("x: the output overflows; smaller weights or inputs keep it finite")
    return y


def batch(x):
    """Return an array that has the axis B; ValueError for a single number."""
    if x.ndim == 0:
        raise ValueError("x has shape (); accepted is (B, ...), a batch of samples")
    return x


def check_mask(mask, x):
    """Return a mask (B, T) of bools for an input (B, T, ...), or None."""
    if mask is None:
        return None
    mask = validate.rectangular("mask", mask)
    if mask.dtype != bool or mask.shape != x.shape[:2]:
        raise ValueError(
            f"mask is {mask.dtype} of shape {mask.shape}; accepted is bool of shape (B, T) = {x.shape[:2]}"
        )
    return mask
