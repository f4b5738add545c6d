"""What listens to a training: Keras' callbacks, and the recording of gradient norms at every timestep.

A callback is told of each event by a method of its own name; `self.model` is the model in training. To stop, set
`self.model.stop_training = True`: training ends after the current update, and what was learned stays.
"""

import inspect
import math
import os
import pathlib

import numpy as np

from rnnedu import validate


class Callback:
    """Base of the callbacks: every event does nothing. Batches and epochs are counted from 0, as in Keras."""

    model = None
    params = None  # {"epochs": ..., "steps": batches in an epoch}

    def set_model(self, model):
        """Remember the model; called before training begins."""
        self.model = model

    def set_params(self, params):
        """Remember the size of the training."""
        self.params = params

    def on_train_begin(self, logs=None):
        """Called once, before the first epoch."""

    def on_train_end(self, logs=None):
        """Called once, at the end, however training ended."""

    def on_epoch_begin(self, epoch, logs=None):
        """Called before an epoch."""

    def on_epoch_end(self, epoch, logs=None):
        """Called after an epoch; logs: "loss", the metrics, and both with "val_" where there is validation data."""

    def on_train_batch_begin(self, batch, logs=None):
        """Called before an update."""

    def on_train_batch_end(self, batch, logs=None):
        """Called after an update; logs: "loss" and the metrics of the batch, "gradient_norm", "learning_rate"."""


class History(Callback):
    """What `fit` returns: `epoch`, a list of numbers, and `history`, name -> a value for each of those epochs."""

    def __init__(self):
        self.epoch, self.history = [], {}

    def on_train_begin(self, logs=None):
        """Begin anew."""
        self.epoch, self.history = [], {}

    def on_epoch_end(self, epoch, logs=None):
        """Write the epoch down."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def __repr__(self):
        return f"History({len(self.epoch)} epochs: {', '.join(self.history)})"


class _Monitor(Callback):
    """Base of those that watch one number of the logs."""

    def __init__(self, monitor, mode, min_delta=0.0):
        self.monitor = validate.kind("monitor", monitor, str)
        self.mode = validate.choice("mode", mode, ("auto", "min", "max"))
        self.min_delta = validate.number("min_delta", min_delta, 0)
        self.best = None

    @property
    def upward(self):
        """Whether more is better: of accuracies, unless `mode` says otherwise."""
        return self.mode == "max" or (self.mode == "auto" and self.monitor.endswith(("acc", "accuracy")))

    def read(self, logs):
        """Return the number that is watched. Raises ValueError, with what there is, where the logs lack it."""
        logs = logs or {}
        if self.monitor not in logs:
            raise ValueError(f"monitor is {self.monitor!r}; accepted here is one of {', '.join(logs)}")
        return logs[self.monitor]

    def better(self, value):
        """Return whether a value beats the best one by more than min_delta; NaN beats nothing."""
        if self.best is None:
            return not math.isnan(value)
        gain = value - self.best if self.upward else self.best - value
        return gain > self.min_delta


class EarlyStopping(_Monitor):
    """Stop when the number that is watched has not got better for `patience` epochs.

    restore_best_weights : go back to the weights of the best epoch. start_from_epoch : epochs to wait at first.
    verbose : 1 prints when it stops.
    """

    def __init__(
        self,
        monitor="val_loss",
        min_delta=0.0,
        patience=0,
        mode="auto",
        restore_best_weights=False,
        start_from_epoch=0,
        verbose=0,
    ):
        super().__init__(monitor, mode, min_delta)
        self.patience = validate.integer("patience", patience, 0)
        self.restore_best_weights = validate.kind("restore_best_weights", restore_best_weights, bool)
        self.start_from_epoch = validate.integer("start_from_epoch", start_from_epoch, 0)
        self.verbose = validate.choice("verbose", verbose, (0, 1, False, True))
        self._begin()

    def _begin(self):
        self.best, self.best_epoch, self.best_weights, self.waited, self.stopped_epoch = None, 0, None, 0, None

    def on_train_begin(self, logs=None):
        """Begin anew."""
        self._begin()

    def on_epoch_end(self, epoch, logs=None):
        """Compare the epoch with the best one."""
        value = self.read(logs)
        if epoch < self.start_from_epoch:
            return
        if self.better(value):
            self.best, self.best_epoch, self.waited = value, epoch, 0
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            return
        self.waited += 1
        if self.waited >= self.patience:
            self.stopped_epoch, self.model.stop_training = epoch, True
            if self.verbose:
                print(f"Epoch {epoch + 1}: early stopping")  # noqa: T201

    def on_train_end(self, logs=None):
        """Go back to the best weights, if that is wanted."""
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)


class ModelCheckpoint(_Monitor):
    """Save the model after every epoch, or only when the number that is watched got better.

    filepath : may hold "{epoch:02d}" (counted from 1, as in Keras) and names of the logs, "{val_loss:.2f}".
    Folders in it are made. verbose : 1 prints what is saved.
    """

    def __init__(self, filepath, monitor="val_loss", save_best_only=False, mode="auto", verbose=0):
        super().__init__(monitor, mode)
        if not isinstance(filepath, (str, os.PathLike)):
            raise TypeError(f"filepath is {filepath!r}; accepted is a str or a Path")
        self.filepath = os.fspath(filepath)
        self.save_best_only = validate.kind("save_best_only", save_best_only, bool)
        self.verbose = validate.choice("verbose", verbose, (0, 1, False, True))

    def on_epoch_end(self, epoch, logs=None):
        """Save, if there is reason to."""
        if self.save_best_only:
            value = self.read(logs)
            if not self.better(value):
                return
            self.best = value
        path = pathlib.Path(self._path({"epoch": epoch + 1} | (logs or {})))
        path.parent.mkdir(parents=True, exist_ok=True)
        self.model.save(path)
        if self.verbose:
            print(f"Epoch {epoch + 1}: saved {path}")  # noqa: T201

    def _path(self, names):
        try:
            return self.filepath.format(**names)
        except (KeyError, IndexError, ValueError, AttributeError, TypeError):
            raise ValueError(f"filepath is {self.filepath!r}; accepted names in it are {', '.join(names)}") from None


class TerminateOnNaN(Callback):
    """End quietly where training leaves the finite numbers; without it `fit` raises `Diverged`.

    Either way the model keeps its last finite weights. `message` says what happened and at which step.
    """

    message = None

    def on_diverged(self, error):
        """Called by `fit` with the Diverged that would be raised."""
        self.message, self.model.stop_training = str(error), True


class LearningRateScheduler(Callback):
    """Set the learning rate before each epoch: schedule(epoch, learning_rate) or schedule(epoch) -> learning_rate.

    The logs, and so the history, hold it as "learning_rate".
    """

    def __init__(self, schedule):
        if not callable(schedule):
            raise TypeError(f"schedule is {schedule!r}; accepted is a function (epoch, learning_rate) -> learning_rate")
        self.schedule, self._arity = schedule, _positional(schedule)

    def on_epoch_begin(self, epoch, logs=None):
        """Set the rate."""
        optimizer = self.model.optimizer
        optimizer.learning_rate = self.schedule(*(epoch, optimizer.learning_rate)[: self._arity])

    def on_epoch_end(self, epoch, logs=None):
        """Write the rate into the logs."""
        if logs is not None:
            logs["learning_rate"] = self.model.optimizer.learning_rate


def _positional(function):
    """Return how many arguments a schedule takes: 1, or else 2."""
    try:
        inspect.signature(function).bind(0, 0.0)
    except TypeError:
        return 1
    except ValueError:  # a builtin does not say
        return 2
    return 2


class GradientNorms(Callback):
    """Record ||dL/dh_t|| of every recurrent layer, at every timestep, after every `every` updates.

    `steps` is the list of updates that were recorded, `norms` layer name -> array (updates, T): the gradient that
    reaches h_t, from the loss and from t+1, over all sequences of the batch (of the batch's mean loss).
    For Bidirectional the names are "name/forward" and "name/backward".
    """

    def __init__(self, every=1):
        self.every = validate.integer("every", every, 1)
        self.steps, self._rows = [], {}

    def on_train_begin(self, logs=None):
        """Begin anew."""
        self.steps, self._rows = [], {}
        self.model.probe = {}

    def on_train_batch_end(self, batch, logs=None):
        """Keep what the update recorded."""
        step = self.model.steps_taken
        if step % self.every == 0:
            self.steps.append(step)
            for name, row in self.model.probe.items():
                self._rows.setdefault(name, []).append(row)

    def on_train_end(self, logs=None):
        """Stop recording."""
        self.model.probe = None

    @property
    def norms(self):
        """Layer name -> (updates, T), float64."""
        return {name: np.stack(rows) for name, rows in self._rows.items()}
