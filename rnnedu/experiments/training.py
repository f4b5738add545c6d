"""A training that is gone through step by step, to be left and taken up at will, with all that was measured on the way.

A step is one update, or what ends an epoch, and is whole: see rnnedu.train. Whoever goes through the steps may stop
between two of them; the model is usable then, and the history is complete.
"""

import time

import numpy as np

from rnnedu import train, validate
from rnnedu.models import data, fitting


class Record:
    """Rows of numbers that grow: one thread adds, others read."""

    def __init__(self, names):
        self.names, self.count = tuple(names), 0
        self._rows = np.empty((64, len(self.names)))

    def add(self, row):
        """Add a row: a number for each name."""
        if self.count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._rows[self.count] = row
        self.count += 1  # last: a reader sees whole rows only

    def arrays(self):
        """Return {name: array (n,) float64}: views that cannot be written to, of the rows so far."""
        count = self.count
        rows = self._rows[:count].T
        rows.flags.writeable = False
        return dict(zip(self.names, rows, strict=True))


class Training:
    """Train a model; an iterator over steps.

    model : a compiled Sequential. x, y, sample_weight, validation_data : as `fit` takes them. batch_size : B.
    shuffle : bool.

    Every epoch, and every validation, begins from the zero state: where layers are stateful, x is a long sequence cut
    by `datasets.make_lanes`, and validation_data another one, with as many lanes.

    `plan(epochs)` sets how far to go from here; `epoch` counts whole epochs. `updates` is a Record of every update
    (loss and metrics of its batch before it, norm of the gradient before clipping, learning rate, seconds spent in
    steps until then), `epochs` one of every epoch with validation data. `problem` says where training left the finite
    numbers; the model then keeps the last weights that were finite, and going on begins the epoch anew.

    Raises what `fit` raises for bad data, before anything has changed.
    """

    def __init__(self, model, x, y, *, batch_size=32, sample_weight=None, validation_data=None, shuffle=True):
        self.batch_size = validate.integer("batch_size", batch_size, 1)
        self.shuffle = validate.kind("shuffle", shuffle, bool)
        with data.all_or_nothing(model):
            self.data, self.held_out = data.divided(
                model, data.checked(model, x, y, sample_weight), 0.0, validation_data
            )
            data.check_batches(model, self.batch_size, self.data, self.held_out)
        self.model, self.epoch, self.goal, self.seconds, self.problem = model, 0, 0, 0.0, ""
        self._rest = None
        self.updates = Record(["step", "epoch", "loss", *model.metrics, "gradient_norm", "learning_rate", "seconds"])
        self.epochs = Record(["val_step", "val_loss", *(f"val_{name}" for name in model.metrics)])

    @property
    def open(self):
        """Whether there is something left of the plan."""
        return self.epoch < self.goal

    @property
    def history(self):
        """{name: array (n,)}: of every update, and names with "val_" of every epoch; they cannot be written to."""
        return self.updates.arrays() | self.epochs.arrays()

    def plan(self, epochs):
        """Set out for this many whole epochs from here. What is left of an epoch that was begun is dropped."""
        self.goal, self._rest = self.epoch + validate.integer("epochs", epochs, 1), None

    def __iter__(self):
        return self

    def __next__(self):
        """Make the next step and return the TrainStep, or None where an epoch ended, with its validation."""
        if not self.open:
            raise StopIteration
        began = time.monotonic()
        try:
            return self._step(began)
        except train.Diverged as error:
            self.problem, self.goal, self._rest = str(error), self.epoch, None
            raise StopIteration from None
        except BaseException:
            self._rest = None  # a generator that was left by an exception yields nothing more
            raise
        finally:
            self.seconds += time.monotonic() - began

    def _step(self, began):
        self.problem = ""
        if self._rest is None:
            self.model.reset_state()
            self._rest = train.epoch(self.model, self.data, self.epoch, self.batch_size, self.shuffle)
        done = next(self._rest, None)
        if done is None:
            return self._end()
        means = fitting.means(self.model, done.metrics)
        spent = self.seconds + time.monotonic() - began
        measured = [done.loss, *means.values(), done.gradient_norm, done.learning_rate, spent]
        self.updates.add([done.step, done.epoch + 1, *measured])
        return done

    def _end(self):
        """End the epoch, after measuring the validation data."""
        if self.held_out is not None:
            self.model.reset_state()
            measured = fitting.evaluate(self.model, self.held_out, self.batch_size)
            self.epochs.add([self.model.steps_taken, *measured.values()])
        self._rest = None
        self.epoch += 1


def thinned(x, y, most):
    """Return x and y of a curve (n,) in at most `most` bins of equally many points: (x, mean, low, high).

    x is the last of each bin, so that a curve ends where it ends. No extreme is lost: low and high hold them.
    """
    size = max(1, -(-len(x) // most))
    starts = np.arange(0, len(x), size)
    if not len(starts):
        return (np.empty(0),) * 4
    ends = np.minimum(starts + size, len(x))
    mean = np.add.reduceat(y, starts) / (ends - starts)
    return x[ends - 1], mean, np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)


def trailing_mean(y, window):
    """Return (n,): the mean of each entry and those before it, `window` in all; at the beginning, of fewer."""
    total = np.concatenate([[0.0], np.cumsum(y)])
    last = np.arange(1, len(total))
    first = np.maximum(last - window, 0)
    return (total[last] - total[first]) / (last - first)
