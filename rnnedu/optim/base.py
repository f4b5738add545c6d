"""What all optimisers share: settings, clipping, weight decay, and the frame of an update.

Two conventions, where Keras 3 and PyTorch differ:

| | "keras" (default) | "torch" |
|---|---|---|
| weight_decay | decoupled: w - rate * weight_decay * w | added to the gradient: g + weight_decay * w (not in AdamW) |
| epsilon | RMSprop, Adagrad: under the root; Adam: before the bias correction | outside the root; after it |
| momentum | each gradient enters the velocity times the rate of its own time | today's rate multiplies the velocity |
| defaults | those of Keras | those of PyTorch |
"""

from typing import ClassVar

import numpy as np

from rnnedu import validate
from rnnedu.configured import Configured, pack, unpack
from rnnedu.optim.clip import cut, one_limit, shrink
from rnnedu.optim.schedules import SCHEDULES, Schedule

OPTIMIZERS = {}
"""name in lower case -> class; `register` adds to it."""


class Optimizer(Configured):
    """A rule that turns a gradient into new weights. Subclasses define `slots`, `defaults` and `_change`.

    learning_rate : number > 0 or a Schedule; None is the convention's default.
    weight_decay : number >= 0, or None for the convention's default, which is none but in AdamW.
    clipnorm, clipvalue, global_clipnorm : number > 0 or None; at most one. The gradient is clipped per variable by
    its norm, entry by entry, or as a whole by its norm, before anything else is done with it.
    convention : "keras" or "torch"; the table above says where they differ.

    Raises TypeError for a value of another kind, ValueError for one out of bounds or for two ways of clipping.
    """

    settings = ("learning_rate", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "convention")
    slots = ()
    """Names of the arrays that the rule remembers from update to update, each as large as the weights."""
    defaults: ClassVar = {}
    """setting -> (default of Keras, default of PyTorch), for those that differ."""
    decoupled = False
    """Whether weight decay stays decoupled in PyTorch's convention."""

    def __init__(
        self,
        learning_rate=None,
        *,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        convention="keras",
        **unknown,
    ):
        validate.refuse_unknown(type(self).__name__, unknown, self.arguments())
        self.convention = validate.choice("convention", convention, ("keras", "torch"))
        self.learning_rate = self._given("learning_rate", learning_rate)
        weight_decay = self._given("weight_decay", weight_decay)
        self.weight_decay = None if weight_decay is None else validate.number("weight_decay", weight_decay, 0)
        self.clipnorm, self.clipvalue, self.global_clipnorm = one_limit(
            clipnorm=clipnorm, clipvalue=clipvalue, global_clipnorm=global_clipnorm
        )

    def _given(self, name, value):
        """Return `value`, or the convention's default where it is None."""
        keras, torch = self.defaults.get(name, (None, None))
        default = keras if self.convention == "keras" else torch
        return default if value is None else value

    @property
    def learning_rate(self):
        """The learning rate: a float or a Schedule. What is set is checked as in the constructor."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        self._learning_rate = value if isinstance(value, Schedule) else validate.positive("learning_rate", value)

    def rate(self, step):
        """Return the learning rate of update number `step`, which counts from 1.

        Raises ValueError or TypeError when a schedule returns anything but a finite number >= 0.
        """
        if not isinstance(self.learning_rate, Schedule):
            return self.learning_rate
        return validate.number(f"learning_rate at step {step}", self.learning_rate(step - 1), 0)

    def begin(self, size, dtype):
        """Return {slot: array (size,) of `dtype`} as it is before the first update."""
        return {name: np.zeros(size, dtype) for name in self.slots}

    def update(self, weights, gradient, slots, step, parts, new_weights, new_slots):
        """Write the weights and slots that follow update number `step` into `new_weights` and `new_slots`.

        weights, gradient, new_weights : arrays (N,) of one dtype, float32 or float64.
        slots, new_slots : as `begin` returns them. step : counts from 1. parts : slices of N, one a variable.

        `weights` and `slots` are only read, so that an interrupt leaves them whole; `gradient` is used up. Nothing of
        size N is allocated: one pass over the weights costs less than the pages of a new array.
        Nothing is checked here: weights that leave the floating-point range become infinite or NaN without a warning,
        and the training loop looks for that.
        """
        rate, decoupled = self.rate(step), self.decoupled or self.convention == "keras"
        with np.errstate(all="ignore"):
            self._clip(gradient, parts)
            if self.weight_decay and not decoupled:
                gradient += np.multiply(weights, self.weight_decay, out=new_weights)
            change = self._change(gradient, slots, step, rate, new_slots, scratch=new_weights)
            np.subtract(weights, change, out=new_weights)
            if self.weight_decay and decoupled:
                new_weights -= np.multiply(weights, self.weight_decay * rate, out=gradient)

    def _clip(self, gradient, parts):
        if self.clipvalue is not None:
            cut(gradient, self.clipvalue)
        elif self.global_clipnorm is not None:
            shrink([gradient], self.global_clipnorm)
        elif self.clipnorm is not None:
            for part in parts:
                shrink([gradient[part]], self.clipnorm)

    def _change(self, g, old, step, rate, new, scratch):
        """Return what is subtracted from the weights, an array (N,), and write the `new` slots.

        `old` and `new` are as `begin` returns them. The gradient `g` and `scratch` (N,) may be overwritten, and either
        may be what is returned, or a new slot.
        """
        raise NotImplementedError(f"{type(self).__name__} defines no _change")

    def get_config(self):
        """Return {name: value} of every setting, JSON-able: what `from_config` takes."""
        config = super().get_config()
        if isinstance(self.learning_rate, Schedule):
            config["learning_rate"] = pack(self.learning_rate)
        return config

    @classmethod
    def from_config(cls, config):
        """Return the optimiser that `config` describes. Raises as the base class does, also for the schedule in it."""
        rate = validate.kind("config", config, dict).get("learning_rate")
        if isinstance(rate, dict):
            config = config | {"learning_rate": unpack("learning_rate", rate, SCHEDULES)}
        return super().from_config(config)


def bound(g):
    """Bring huge entries of `g`, in place, to where a sum of their squares is finite.

    A rule that divides by the root of that sum would divide by infinity, from then on.
    """
    if not np.isfinite(np.vdot(g, g)):
        largest = np.sqrt(np.finfo(g.dtype).max) * 1e-6  # so a sum of 1e12 squares still is
        np.clip(g, -largest, largest, out=g)


def epsilon_of(value):
    """Return `value` as a float that is above 0 in float32 too. Raises TypeError or ValueError."""
    return validate.number("epsilon", value, 1e-30)


def register(cls):
    """Make an Optimizer class known to `get` by its name, and return it."""
    OPTIMIZERS[cls.__name__.lower()] = cls
    return cls


def get(identifier):
    """Return the Optimizer that `identifier` means: itself, a name such as "adam", or what `serialize` returned.

    Raises ValueError for an unknown name (the nearest is suggested) or setting, TypeError for anything else.
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, dict):
        return unpack("optimizer", identifier, {cls.__name__: cls for cls in OPTIMIZERS.values()})
    name = identifier.lower() if isinstance(identifier, str) else identifier
    return validate.named("optimizer", name, OPTIMIZERS)()


def serialize(optimizer):
    """Return {"class_name": ..., "config": ...}, JSON-able, which `get` turns back into an equal Optimizer."""
    return pack(validate.kind("optimizer", optimizer, Optimizer))
