"""Learning rates that change from update to update: a schedule is called with the number of updates already done.

Names, arguments and formulas are those of Keras 3.
"""

import bisect
import itertools
import math

from rnnedu import validate
from rnnedu.configured import Configured


class Schedule(Configured):
    """A learning rate as a function of `step`, the number of updates already done (0 at the first update).

    To write one: subclass, list the constructor's arguments in `settings`, and define ``at(step) -> float``.
    Enter the class in SCHEDULES, so that model files find it.
    """

    def __call__(self, step):
        """Return the learning rate, a float, of the update that follows `step` earlier ones, an integer >= 0."""
        return self.at(validate.integer("step", step, 0))

    def at(self, step):
        """Return what calling the schedule returns; `step` has been checked."""
        raise NotImplementedError(f"{type(self).__name__} defines no at(step)")


class _Decay(Schedule):
    """What the exponential and the inverse-time decay share."""

    settings = ("initial_learning_rate", "decay_steps", "decay_rate", "staircase")

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False):
        self.initial_learning_rate = validate.positive("initial_learning_rate", initial_learning_rate)
        self.decay_steps = validate.positive("decay_steps", decay_steps)
        self.decay_rate = validate.positive("decay_rate", decay_rate)
        self.staircase = validate.kind("staircase", staircase, bool)

    def _periods(self, step):
        periods = step / self.decay_steps
        return periods // 1 if self.staircase else periods


class ExponentialDecay(_Decay):
    """Multiply the rate by `decay_rate` every `decay_steps` updates.

        rate = initial_learning_rate * decay_rate ** (step / decay_steps)

    Arguments: numbers > 0. staircase : count whole periods only, so that the rate falls in steps.
    Raises TypeError for no numbers, ValueError outside the bounds.
    """

    def at(self, step):
        """Return the learning rate after `step` updates; infinity where it leaves the floats."""
        try:
            return self.initial_learning_rate * self.decay_rate ** self._periods(step)
        except OverflowError:  # a decay_rate above 1 grows, as the search for a good rate does
            return math.inf


class InverseTimeDecay(_Decay):
    """Divide the rate by a number that grows linearly.

        rate = initial_learning_rate / (1 + decay_rate * step / decay_steps)

    Arguments: numbers > 0. staircase : count whole periods only, so that the rate falls in steps.
    Raises TypeError for no numbers, ValueError outside the bounds.
    """

    def at(self, step):
        """Return the learning rate after `step` updates."""
        return self.initial_learning_rate / (1 + self.decay_rate * self._periods(step))


class PiecewiseConstantDecay(Schedule):
    """Keep the rate constant between boundaries: values[i] up to and including step boundaries[i], then the next.

    boundaries : numbers >= 0 that increase; values : numbers > 0, one more than boundaries.
    Raises TypeError for no numbers, ValueError outside the bounds or for another count.
    """

    settings = ("boundaries", "values")

    def __init__(self, boundaries, values):
        self.boundaries = _numbers("boundaries", boundaries, low_included=True)
        self.values = _numbers("values", values, low_included=False)
        if any(a >= b for a, b in itertools.pairwise(self.boundaries)):
            raise ValueError(f"boundaries is {self.boundaries}; accepted are numbers that increase")
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(f"values has {len(self.values)} numbers; accepted is one more than boundaries has")

    def at(self, step):
        """Return the learning rate after `step` updates."""
        return self.values[bisect.bisect_left(self.boundaries, step)]


class CosineDecay(Schedule):
    """Follow half a cosine from the initial rate to `alpha` times it, after a linear warm-up if one is asked for.

        rate = peak * (alpha + (1 - alpha) * (1 + cos(pi * done)) / 2),    done = step / decay_steps, at most 1

    initial_learning_rate : number > 0, or >= 0 with a warm-up; it is the peak unless there is a warm-up.
    decay_steps : number > 0. alpha : number in [0, 1].
    warmup_target, warmup_steps : with a target (number > 0) the rate first goes straight from the initial rate to the
    target in `warmup_steps` updates (an integer >= 0); the target is then the peak, and the decay begins there.

    Source: Loshchilov & Hutter (2017), "SGDR", eq. 5, without restarts.
    Raises TypeError for no numbers, ValueError outside the bounds.
    """

    settings = ("initial_learning_rate", "decay_steps", "alpha", "warmup_target", "warmup_steps")

    def __init__(self, initial_learning_rate, decay_steps, alpha=0.0, warmup_target=None, warmup_steps=0):
        self.warmup_target = None if warmup_target is None else validate.positive("warmup_target", warmup_target)
        self.warmup_steps = validate.integer("warmup_steps", warmup_steps, 0)
        from_zero = self.warmup_target is not None
        self.initial_learning_rate = validate.number(
            "initial_learning_rate", initial_learning_rate, 0, low_included=from_zero
        )
        self.decay_steps = validate.positive("decay_steps", decay_steps)
        self.alpha = validate.number("alpha", alpha, 0, 1)

    def at(self, step):
        """Return the learning rate after `step` updates."""
        if self.warmup_target is None:
            return self._decayed(self.initial_learning_rate, step)
        if step < self.warmup_steps:
            climb = self.warmup_target - self.initial_learning_rate
            return self.initial_learning_rate + climb * step / self.warmup_steps
        return self._decayed(self.warmup_target, step - self.warmup_steps)

    def _decayed(self, peak, step):
        done = min(step / self.decay_steps, 1)
        return peak * (self.alpha + (1 - self.alpha) * (1 + math.cos(math.pi * done)) / 2)


def _numbers(name, values, low_included):
    if not isinstance(values, (list, tuple)):
        raise TypeError(f"{name} is a {type(values).__name__}; accepted is a list of numbers")
    return tuple(validate.number(f"{name}[{i}]", v, 0, low_included=low_included) for i, v in enumerate(values))


SCHEDULES = {cls.__name__: cls for cls in (ExponentialDecay, CosineDecay, PiecewiseConstantDecay, InverseTimeDecay)}
