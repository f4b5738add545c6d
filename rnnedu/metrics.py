"""Metrics: one number for every row of the output, which the training loop averages with its mask.

Names and values are those of Keras 3. Every metric takes integer labels (B,) or (B, T) as well as rows in y_pred's
shape, (B, V) or (B, T, V): what the loss's `prepare` returned.
"""

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from rnnedu import validate
from rnnedu.losses import BinaryCrossentropy, CategoricalCrossentropy, Loss


@dataclass(frozen=True)
class Metric:
    """What all metrics have. `name` is the key in a history."""

    name: str = ""
    order_only: ClassVar[bool] = False  # whether only the order of outputs counts: logits do as well as probabilities

    def values(self, y_true, y_pred):
        """Return the metric of every row, floats in the shape y_pred.shape[:-1]. Nothing is checked here.

        y_true : labels or rows, as a loss's `prepare` returned them. y_pred : the model's output, (B, V) or (B, T, V).
        """
        raise NotImplementedError

    def result(self, mean):
        """Return what is shown for the mean of all values."""
        return mean


@dataclass(frozen=True)
class CategoricalAccuracy(Metric):
    """1 where the largest output is at the label, or at the largest entry of y's row, else 0."""

    name: str = "categorical_accuracy"
    order_only: ClassVar[bool] = True

    def values(self, y_true, y_pred):
        """As Metric.values; of equal outputs the first counts as the largest."""
        labels = y_true if y_true.ndim < y_pred.ndim else y_true.argmax(axis=-1)
        return (y_pred.argmax(axis=-1) == labels).astype(y_pred.dtype)


@dataclass(frozen=True)
class BinaryAccuracy(Metric):
    """The share of the row's outputs that lie above the threshold exactly where y is 1."""

    name: str = "binary_accuracy"
    threshold: float = 0.5

    def __post_init__(self):
        validate.number("threshold", self.threshold, -np.inf, low_included=False)

    def values(self, y_true, y_pred):
        """As Metric.values; an output equal to the threshold counts as 0."""
        right = (y_pred > self.threshold) == _rows(y_true, y_pred)
        return right.mean(axis=-1, dtype=y_pred.dtype)


@dataclass(frozen=True)
class _Difference(Metric):
    """Mean over the row of a function `of` y_pred - y."""

    of: ClassVar[np.ufunc]

    def values(self, y_true, y_pred):
        """As Metric.values."""
        with np.errstate(over="ignore"):
            return self.of(y_pred - _rows(y_true, y_pred)).mean(axis=-1)


@dataclass(frozen=True)
class MeanSquaredError(_Difference):
    """Mean over the row of (y_pred - y)**2."""

    name: str = "mean_squared_error"
    of: ClassVar[np.ufunc] = np.square


@dataclass(frozen=True)
class MeanAbsoluteError(_Difference):
    """Mean over the row of |y_pred - y|."""

    name: str = "mean_absolute_error"
    of: ClassVar[np.ufunc] = np.abs


@dataclass(frozen=True)
class Perplexity(Metric):
    """exp of the mean cross-entropy: among how many equally likely symbols the model is in doubt, on average."""

    name: str = "perplexity"
    crossentropy: Loss = CategoricalCrossentropy()

    def values(self, y_true, y_pred):
        """Return the cross-entropy of every row; their mean is for `result`."""
        return self.crossentropy.values(y_true, y_pred)[0]

    def result(self, mean):
        """Return exp(mean), infinite where that leaves the floats."""
        return math.exp(mean) if mean < math.log(np.finfo(float).max) else math.inf


METRICS = {
    "categorical_accuracy": CategoricalAccuracy,
    "sparse_categorical_accuracy": CategoricalAccuracy,
    "binary_accuracy": BinaryAccuracy,
    "mean_squared_error": MeanSquaredError,
    "mse": MeanSquaredError,
    "mean_absolute_error": MeanAbsoluteError,
    "mae": MeanAbsoluteError,
    "perplexity": Perplexity,
}


def resolve(identifier, loss, output_shape):
    """Return the Metric for a name, or the Metric itself.

    "accuracy" and "acc" are, as in Keras, binary_accuracy for one output and else categorical_accuracy (of labels or
    of rows); "perplexity" takes its cross-entropy from the loss, without smoothing.

    identifier : str or Metric. loss : the model's Loss. output_shape : of the model's output, (B, V) or (B, T, V).

    Raises ValueError for an unknown name, with the near match, TypeError for anything else.
    """
    if isinstance(identifier, Metric):
        return identifier
    binary = output_shape[-1] == 1
    accuracy = BinaryAccuracy if binary else CategoricalAccuracy
    metric = validate.named("metrics", identifier, {"accuracy": accuracy, "acc": accuracy} | METRICS)(name=identifier)
    if not isinstance(metric, Perplexity):
        return metric
    crossentropy = BinaryCrossentropy if binary else CategoricalCrossentropy
    return replace(metric, crossentropy=crossentropy(from_logits=getattr(loss, "from_logits", False)))


def _rows(y_true, y_pred):
    """Return y_true in y_pred's shape and dtype: labels become one-hot rows."""
    if y_true.ndim < y_pred.ndim:
        return (y_true[..., None] == np.arange(y_pred.shape[-1])).astype(y_pred.dtype)
    return np.asarray(y_true, y_pred.dtype)
