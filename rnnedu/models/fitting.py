"""Epochs, validation, averages and callbacks: what `fit` does around the updates."""

import contextlib
import math
from dataclasses import dataclass

from rnnedu import train, validate
from rnnedu.callbacks import Callback, History
from rnnedu.layers import chain
from rnnedu.models import data as checks


@dataclass(frozen=True)
class Plan:
    """How long and in which portions to train; checked when made."""

    batch_size: int
    epochs: int
    initial_epoch: int
    shuffle: bool

    def __post_init__(self):
        validate.integer("batch_size", self.batch_size, 1)
        validate.integer("epochs", self.epochs, 1)
        validate.integer("initial_epoch", self.initial_epoch, 0)
        validate.kind("shuffle", self.shuffle, bool)


class Mean:
    """The running mean of a loss or a metric."""

    def __init__(self):
        self.total, self.count = None, 0

    def add(self, total, count):
        """Take in a sum over `count` values."""
        self.total, self.count = (self.total or 0.0) + total, self.count + count

    @property
    def value(self):
        """The mean so far: NaN before the first batch, 0 of batches that were masked altogether, as in Keras."""
        return math.nan if self.total is None else self.total / max(self.count, 1)


class Averages:
    """The means of the loss and of every metric over the batches of an epoch, weighted by their sizes, as in Keras."""

    def __init__(self, model):
        self.metrics = model.metrics
        self.means = {name: Mean() for name in ("loss", *self.metrics)}

    def add(self, loss, size, measured):
        """Take in a batch."""
        self.means["loss"].add(loss * size, size)
        for name, (total, count) in measured.items():
            self.means[name].add(total, count)

    def logs(self, prefix=""):
        """Return name -> mean."""
        shown = {name: metric.result for name, metric in self.metrics.items()}
        return {prefix + name: shown.get(name, float)(mean.value) for name, mean in self.means.items()}


def means(model, measured):
    """Return metric name -> mean of one batch."""
    return {name: model.metrics[name].result(total / max(count, 1)) for name, (total, count) in measured.items()}


def check_verbose(verbose):
    """Raise ValueError for anything but Keras' ways of saying how much to show."""
    validate.choice("verbose", verbose, ("auto", 0, 1, 2, False, True))


def listeners(model, callbacks, verbose):
    """Return the callbacks, with a progress bar if that is wanted, after checking them."""
    given = [callbacks] if isinstance(callbacks, Callback) else list(checks.listed("callbacks", callbacks))
    for each in given:
        validate.kind("callbacks", each, Callback)
    check_verbose(verbose)
    if verbose:
        from rnnedu.progress import ProgressBar  # tqdm is not needed to train

        given.append(ProgressBar())
    model.history = History()
    for each in (model.history, *given):
        each.set_model(model)
    return [*given, model.history]  # last, as in Keras: what a callback adds to the logs is written down


def fit(model, training, validation, plan, listening):
    """Train as planned and return the History."""
    steps = -(-len(training) // plan.batch_size)
    model.stop_training = False
    for each in listening:
        each.set_params({"epochs": plan.epochs, "steps": steps})
    with contextlib.ExitStack() as ending:
        for each in reversed(listening):  # all of them, also when one of them raises
            ending.callback(each.on_train_end)
        _tell(listening, "on_train_begin")
        for number in range(plan.initial_epoch, plan.epochs):
            _epoch(model, training, validation, plan, listening, number)
            if model.stop_training:
                break
    return model.history


def _epoch(model, training, validation, plan, listening, number):
    averages = Averages(model)
    _tell(listening, "on_epoch_begin", number)
    try:
        _tell(listening, "on_train_batch_begin", 0)
        for step in train.epoch(model, training, number, plan.batch_size, plan.shuffle, model.probe):
            averages.add(step.loss, step.size, step.metrics)
            _tell(listening, "on_train_batch_end", step.batch, _batch_logs(model, step))
            if model.stop_training:
                break
            if step.batch + 1 < -(-len(training) // plan.batch_size):
                _tell(listening, "on_train_batch_begin", step.batch + 1)
        checked = {} if validation is None else evaluate(model, validation, plan.batch_size, "val_")
    except train.Diverged as error:
        if not _forgiven(listening, error):
            raise
        checked = {} if validation is None else dict.fromkeys(Averages(model).logs("val_"), math.nan)
    _tell(listening, "on_epoch_end", number, averages.logs() | checked)


def _batch_logs(model, step):
    logs = {"loss": step.loss} | means(model, step.metrics)
    return logs | {"gradient_norm": step.gradient_norm, "learning_rate": step.learning_rate}


def _forgiven(listening, error):
    """Return whether a callback takes the divergence upon itself."""
    taking = [each for each in listening if hasattr(each, "on_diverged")]
    for each in taking:
        each.on_diverged(error)
    return bool(taking)


def _tell(listening, event, *arguments):
    for each in listening:
        getattr(each, event)(*arguments)


def evaluate(model, data, batch_size, prefix=""):
    """Return the mean loss and metrics over the data, without dropout, as logs."""
    averages, work = Averages(model), {}
    for start in range(0, len(data), batch_size):
        part = data.take(slice(start, start + batch_size))
        state = model.home.state
        state.refuse_other_batch(len(part))
        with train.watched(state.step), model.threads(len(part)):
            passed = chain.forward(model.layers, state, part.x, linear=model.linked, work=work)
            loss, _ = train.judge(model, part, passed)
            averages.add(loss, len(part), train.measure(model, part, passed))
        if passed.carried:
            model.home.state = state.carrying(passed.carried)
    return averages.logs(prefix)


def report(model, logs, return_dict):
    """Return logs as a dict, or as Keras gives them: the loss alone, or [loss, *metrics]."""
    if return_dict:
        return logs
    values = [logs["loss"], *(logs[name] for name in model.metrics)]
    return values if len(values) > 1 else values[0]
