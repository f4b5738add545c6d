"""What the kernels share: memory that is used again, the records of a run, and the checks at the end.

The tricks are explained in the docstring of rnnedu/kernels/__init__.py.
"""

from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace

import numpy as np

from rnnedu import validate
from rnnedu.kernels import records


class Workspace:
    """Buffers that live from one call to the next, so that a training step allocates nothing large.

    What a kernel returned is valid until the workspace is used again. Not for two threads at once.
    """

    KEPT = 4  # forward and backward, of a whole batch and of the shorter last one

    def __init__(self):
        self._kept = {}

    def __reduce__(self):
        """Copy and pickle as an empty one: the views of the buffers would no longer be views of them."""
        return type(self), ()

    def keep(self, build, *key):
        """Return build(*key), or what it made the last time it was called with this key."""
        made = self._kept.pop((build, *key), None) or build(*key)
        while len(self._kept) >= self.KEPT:
            del self._kept[next(iter(self._kept))]  # the one not used for longest
        self._kept[(build, *key)] = made
        return made


class Fresh(Workspace):
    """Buffers that are made anew for every call: what a kernel returned stays as it is."""

    def keep(self, build, *key):
        """Return build(*key)."""
        return build(*key)


@dataclass(frozen=True, eq=False)
class Run:
    """A run forward.

    h : (T, B, H), by the time of x. last : a (B, H) for each state, after the last step that ran.
    made : what `backward` reads, feature-major and in the order of running.
    """

    kernel: str
    w: object
    x: np.ndarray
    mask: np.ndarray | None
    reverse: bool
    h: np.ndarray
    last: tuple
    made: SimpleNamespace = field(repr=False)
    work: Workspace = field(repr=False)

    def unrolled(self):
        """Return the same run as an `unroll.Forward`, for the trace; always the same one.

        Raises TypeError unless w are a cell's parameters, ValueError for a run with a mask.
        """
        return self._unrolled

    @cached_property
    def _unrolled(self):
        return records.forward(self)


@dataclass(frozen=True, eq=False)
class Back:
    """The way back through a run.

    dx : (T, B, D) or None. grads : parameter name -> gradient. initial : a (B, H) for each state.
    dh : (T, B, H), all that reached each h_t. loss : what was given to `backward`, a (T, B, H) or None for each state.
    made : as in Run.
    """

    run: Run
    dx: np.ndarray | None
    grads: dict
    initial: tuple
    dh: np.ndarray
    loss: tuple
    made: SimpleNamespace = field(repr=False)

    def unrolled(self):
        """Return the same way back as an `unroll.Backward`, of run.unrolled()."""
        return records.backward(self)


def turned(array, reverse):
    """Return (T, B, D) as the view (T, D, B), or back, with time reversed if `reverse`."""
    return array.transpose(0, 2, 1)[:: -1 if reverse else 1]


def place(value, out):
    """Write a (B, H) or (T, B, H) array, or zeros for None, into the feature-major `out`."""
    out[...] = 0 if value is None else value.swapaxes(-1, -2)


def place_turned(value, reverse, out):
    """Write a (T, B, D) array, or zeros for None, into `out` (T, D, B) in the order of running."""
    place(value if value is None or not reverse else value[::-1], out)


def running(mask, T, reverse):
    """Return the mask as (T, 1, B) in the order of running, and for each step the skipped sequences or None."""
    if mask is None:
        return None, [None] * T
    mask = mask[:: -1 if reverse else 1]
    return mask[:, None], [None if row.all() else ~row for row in mask]


def refuse_state_overflow(h, reverse, bounded=True):
    """Raise ValueError that names the timestep if a state (T, H, B) left the finite numbers.

    A bounded state (tanh) can only become NaN, and NaN stays to the end.
    """
    if not np.isfinite(h[-1:] if bounded else h).all():
        step = int(np.argmin(np.isfinite(h).all((1, 2))))
        t = len(h) - step if reverse else step + 1
        raise validate.Overflow(f"x: the state overflows at t = {t}; smaller weights or inputs keep it finite")


def refuse_gradient_overflow(dh, grads, initial, dx, reverse):
    """Raise ValueError if a gradient left the finite numbers, naming the timestep if it did so at one."""
    gradients = [*grads.values(), *initial] + ([] if dx is None else [dx])
    if not all(np.isfinite(gradient).all() for gradient in gradients):
        wrong = np.flatnonzero(~np.isfinite(dh).all((1, 2)))
        t = 0 if not len(wrong) else len(dh) - int(wrong[-1]) if reverse else int(wrong[-1]) + 1
        where = f" at t = {t}" if t else " where it is summed"
        raise validate.Overflow(f"run: the gradient overflows{where}; smaller weights or gradients keep it finite")
