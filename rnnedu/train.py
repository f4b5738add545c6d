"""One update at a time: forward, loss, backward, optimiser. It prints and draws nothing; it yields.

An update is whole or has not happened: everything new is computed beside the old and put in place by one assignment
(see `layers.weights`). So a loop over `epoch` can be left, interrupted or taken up again at any moment.
"""

import contextlib
import math
from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.layers import chain
from rnnedu.layers.dense import ACTIVATIONS
from rnnedu.layers.weights import State
from rnnedu.losses.base import Loss
from rnnedu.optim.clip import norm

SHUFFLE, DROPOUT = 1, 2  # streams of randomness that all come from the model's one seed


class Diverged(ValueError):  # noqa: N818 (what happened, not a mistake in the call)
    """Training left the finite numbers. The parameters are those after the last step that was finite."""


@dataclass(frozen=True)
class TrainStep:
    """One update.

    epoch, batch : counted from 0. step : updates of the model so far, counted from 1. size : sequences in the batch.
    loss : of this batch, before the update. metrics : name -> (sum, count) over this batch.
    gradient_norm : of all weights together, before clipping. learning_rate : the rate of this update.
    """

    epoch: int
    batch: int
    step: int
    size: int
    loss: float
    metrics: dict
    gradient_norm: float
    learning_rate: float


@dataclass(frozen=True, eq=False)
class Data:
    """Checked arrays of one length: inputs, targets, and a weight for each sequence (N,) or timestep (N, T)."""

    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None = None

    def __len__(self):
        return len(self.x)

    def take(self, rows):
        """Return the Data of some rows: a slice or an array of indices."""
        return Data(self.x[rows], self.y[rows], None if self.weights is None else self.weights[rows])


class Updater:
    """What training needs beside the model: buffers for gradients, and two sets of weights that swap roles."""

    def __init__(self, model):
        self.model, self.work = model, {}
        size, dtype = model.home.layout.size, model.home.state.weights.flat.dtype
        bind = model.home.layout.bind
        self.gradients = bind(np.zeros(size, dtype))
        self.pair = [(bind(np.empty(size, dtype)), model.optimizer.begin(size, dtype)) for _ in range(2)]

    def update(self, data, probe=None):
        """Make one update from a batch and return (loss, metrics, gradient norm, learning rate).

        Raises Diverged, and changes nothing, if the loss, the gradient or the new weights are not finite.
        """
        model, state = self.model, self.model.home.state
        step = state.step + 1
        with watched(step), model.threads(len(data)):
            loss, metrics, carried = self._differentiate(state, data, probe, step)
            length = norm([self.gradients.flat])
            self._refuse("gradient", length, step)
            weights, slots = self._descend(state, step)
            self._refuse("weights", norm([weights.flat]), step)
        model.home.state = State(weights, slots, step, carried)
        return loss, metrics, length, model.optimizer.rate(step)

    def _differentiate(self, state, data, probe, step):
        """Fill `gradients` and return the loss, the metrics and the states to carry."""
        model = self.model
        passed = chain.forward(
            model.layers,
            state,
            data.x,
            training=True,
            seed=(model.seed, DROPOUT, step),
            linear=model.linked,
            work=self.work,
            probe=probe,
        )
        loss, slopes = judge(model, data, passed)
        metrics = measure(model, data, passed)
        self._refuse("loss", loss, step)
        chain.backward(model.layers, state, passed, slopes, self.gradients)
        return loss, metrics, passed.carried

    def _descend(self, state, step):
        """Return the weights and slots after the update, in buffers that are not in use."""
        weights, slots = next(each for each in self.pair if each[0] is not state.weights and each[1] is not state.slots)
        before = state.slots or self.model.optimizer.begin(len(weights.flat), weights.flat.dtype)
        parts = self.model.home.layout.parts
        self.model.optimizer.update(state.weights.flat, self.gradients.flat, before, step, parts, weights.flat, slots)
        return weights, slots

    def _refuse(self, what, value, step):
        if not math.isfinite(value):
            advice = self.model.loss.advice if what == "loss" else Loss.advice
            raise Diverged(
                f"the {what} is not finite at step {step}; the parameters are those after step {step - 1}. {advice}"
            )


@contextlib.contextmanager
def watched(step):
    """Raise Diverged, with the step, where a kernel reports an overflow. NumPy's own warnings are not needed here."""
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            yield
    except validate.Overflow as error:
        raise Diverged(f"{error} (step {step})") from None


def judge(model, data, passed):
    """Return (loss, its gradient at the output): the mean over sequences and unmasked timesteps."""
    values, slopes = model.loss.values(data.y, passed.y, logits=model.linked, mask=passed.mask)
    share = shares(values, data.weights, passed.mask)
    if share is None:
        slopes *= slopes.dtype.type(1 / values.size)
        return float(values.mean()), slopes
    slopes *= share.reshape(share.shape + (1,) * (slopes.ndim - share.ndim)).astype(slopes.dtype)
    shared = np.multiply(values, share, where=share != 0, out=np.zeros(values.shape))  # infinity times 0 is 0 here
    return float(shared.sum()), slopes


def shares(values, weights, mask):
    """Return what each of the values (B,) or (B, T) counts in the loss, or None if all count the same.

    As in Keras, masked timesteps count nothing, and the sum is divided by the number of those that are left.
    """
    masked = mask is not None and mask.shape == values.shape
    if weights is None and not masked:
        return None
    share = mask / max(mask.sum(), 1) if masked else np.full(values.shape, 1 / values.size)
    return share if weights is None else (share.T * weights.T).T  # weights (B,) or (B, T)


def measure(model, data, passed):
    """Return metric name -> (sum, count) over the batch's sequences and unmasked timesteps."""
    found, shown = {}, None
    for name, metric in model.metrics.items():
        if model.linked and not metric.order_only and shown is None:
            shown = ACTIVATIONS[model.layers[-1].activation][0](passed.y)
        values = metric.values(data.y, passed.y if shown is None else shown)
        if passed.mask is not None and passed.mask.shape == values.shape:
            values = values[passed.mask]
        found[name] = (float(values.sum()), values.size)
    return found


def epoch(model, data, number, batch_size, shuffle, probe=None):
    """Go once through the data and yield a TrainStep after each update. Leave the loop whenever you like."""
    N = len(data)
    order = None
    if shuffle:
        order = np.random.default_rng((model.seed, SHUFFLE, model.home.state.step)).permutation(N)
    for batch, start in enumerate(range(0, N, batch_size)):
        rows = slice(start, start + batch_size)
        part = data.take(rows if order is None else order[rows])
        loss, metrics, norm, rate = model.updater().update(part, probe)  # `compile` may have been called in between
        yield TrainStep(number, batch, model.home.state.step, len(part), loss, metrics, norm, rate)
