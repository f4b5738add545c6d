"""Cross-entropies, of probabilities and of logits.

A cross-entropy is best taken of the logits a, before the last activation: softmax and logarithm together have the
slope softmax(a) - y, which neither overflows nor vanishes. The training loop does so when the last layer's
activation is the loss's `link`. Of probabilities the logarithm is clipped, as Keras does: where it is, the slope is 0.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnnedu import validate
from rnnedu.functions import sigmoid
from rnnedu.losses import targets
from rnnedu.losses.base import Loss

EPSILON = 1e-7  # Keras' fuzz factor: probabilities count as within EPSILON .. 1 - EPSILON
LEAST = 1e-30  # a row of zeros has no sum to divide by; every distribution's is far above this


@dataclass(frozen=True)
class _Crossentropy(Loss):
    """A loss of probabilities or, with from_logits, of what enters the activation that makes them."""

    activation: ClassVar[str]
    from_logits: bool = False
    label_smoothing: ClassVar[float] = 0.0  # moves targets towards the middle (Szegedy et al. 2016, section 7)

    def __post_init__(self):
        validate.choice("from_logits", self.from_logits, (False, True))
        validate.number("label_smoothing", self.label_smoothing, 0, 1)

    @property
    def link(self):
        """The activation this loss may be fused with; None when the model's output are logits already."""
        return None if self.from_logits else self.activation

    def _of_output(self, y, y_pred):
        return (self._of_logits if self.from_logits else self._of_probabilities)(y, y_pred)


@dataclass(frozen=True)
class BinaryCrossentropy(_Crossentropy):
    """Mean over the row of -(y log p + (1 - y) log(1 - p)); each output is a probability of its own.

    from_logits : whether y_pred is a and p = sigmoid(a). label_smoothing s : y becomes y (1 - s) + s / 2.
    """

    name: ClassVar[str] = "binary_crossentropy"
    activation: ClassVar[str] = "sigmoid"
    label_smoothing: float = 0.0

    def prepare(self, y_true, output_shape):
        """As Loss.prepare; ValueError also for targets outside 0 .. 1."""
        y = super().prepare(y_true, output_shape)
        targets.refuse(y, (y < 0) | (y > 1), "numbers from 0 to 1")
        return y

    def _of_logits(self, y, a):
        y = self._smooth(y, a.dtype)
        each = np.maximum(a, 0) - a * y + np.log1p(np.exp(-np.abs(a)))  # log(1 + exp(a)) - a y
        return each.mean(axis=-1), (sigmoid(a) - y) / a.shape[-1]

    def _of_probabilities(self, y, p):
        y = self._smooth(y, p.dtype)
        clipped = np.clip(p, EPSILON, 1 - EPSILON)
        each = y * np.log(clipped) + (1 - y) * np.log(1 - clipped)
        slopes = (clipped - y) / (clipped * (1 - clipped))
        slopes *= clipped == p
        slopes /= p.shape[-1]
        return -each.mean(axis=-1), slopes

    def _smooth(self, y, dtype):
        y, s = np.asarray(y, dtype), self.label_smoothing
        return y * (1 - s) + s / 2 if s else y


@dataclass(frozen=True)
class _ClassCrossentropy(_Crossentropy):
    """-sum(y log p) over the classes, for rows a or p (R, V). y is integer labels (R,), or rows (R, V)."""

    activation: ClassVar[str] = "softmax"

    def _of_logits(self, y, a):
        y = self._smooth(y, a.dtype)
        largest = a[np.arange(len(a)), a.argmax(axis=1)]  # max(axis=1) is slow for short rows, so is sum(axis=1)
        shifted = a - largest[:, None]  # exp cannot overflow
        chosen = self._dot(y, shifted)
        slopes = np.exp(shifted, out=shifted)
        total = np.einsum("rv->r", slopes)
        slopes /= total[:, None]
        values = np.log(total)
        if y.ndim == 2:  # rows need not sum to 1
            weight = y.sum(axis=1)
            values *= weight
            slopes *= weight[:, None]
        values -= chosen
        self._subtract(y, slopes)
        return values, slopes

    def _of_probabilities(self, y, p):
        y = self._smooth(y, p.dtype)
        total = np.maximum(p.sum(axis=1, keepdims=True), LEAST)
        share = p / total  # Keras makes every row sum to 1
        clipped = np.clip(share, EPSILON, 1 - EPSILON)
        values = -self._dot(y, np.log(clipped))
        slopes = np.zeros_like(share)
        self._subtract(y, slopes)
        slopes *= clipped == share
        slopes /= clipped
        slopes -= np.einsum("rv,rv->r", slopes, share)[:, None]
        slopes /= total
        return values, slopes

    def _smooth(self, y, dtype):
        """Return rows in `dtype`, smoothed; labels as they are: _dot and _subtract smooth them."""
        if y.ndim == 1:
            return y
        y, s = np.asarray(y, dtype), self.label_smoothing
        return y * (1 - s) + s / y.shape[1] if s else y

    def _dot(self, y, z):
        """Return sum(y z) over the classes, without making rows of labels."""
        if y.ndim == 2:
            return np.einsum("rv,rv->r", y, z)
        s, chosen = self.label_smoothing, z[np.arange(len(y)), y]
        return (1 - s) * chosen + s * z.mean(axis=1) if s else chosen

    def _subtract(self, y, slopes):
        """Subtract y from the slopes in place, likewise."""
        if y.ndim == 2:
            slopes -= y
            return
        s = self.label_smoothing
        if s:
            slopes -= s / slopes.shape[1]
        slopes[np.arange(len(y)), y] -= 1 - s


@dataclass(frozen=True)
class SparseCategoricalCrossentropy(_ClassCrossentropy):
    """-log p of the class that the integer label names.

    from_logits : whether y_pred is a and p = softmax(a).
    """

    name: ClassVar[str] = "sparse_categorical_crossentropy"

    def prepare(self, y_true, output_shape):
        """Return the labels (N,) or (N, T) as np.intp. A last axis of size 1 is dropped.

        Raises TypeError for floats, also whole ones, ValueError for another shape, for one-hot rows and for labels
        outside 0 .. V - 1.
        """
        y, whole = targets.numbers(y_true)
        if y.shape[1:] == tuple(output_shape[1:]) and output_shape[-1] > 1:
            raise ValueError(
                f"y looks one-hot: it has shape {y.shape}; accepted are integer labels, one axis fewer (y.argmax(-1)), "
                "or the loss 'categorical_crossentropy'"
            )
        return targets.labels(y, whole, output_shape)


@dataclass(frozen=True)
class CategoricalCrossentropy(_ClassCrossentropy):
    """-sum(y log p) over the classes, y a distribution such as one-hot rows; integer labels do as well.

    from_logits : whether y_pred is a and p = softmax(a). label_smoothing s : y becomes y (1 - s) + s / V.
    """

    name: ClassVar[str] = "categorical_crossentropy"
    label_smoothing: float = 0.0

    def prepare(self, y_true, output_shape):
        """Return labels (N,) or (N, T) as np.intp, or rows (N, V) or (N, T, V) as floats; they need not sum to 1.

        One-hot rows become labels: nothing is then multiplied by their zeros.

        Raises TypeError and ValueError as Loss.prepare and SparseCategoricalCrossentropy.prepare do.
        """
        y, whole = targets.numbers(y_true)
        if y.ndim < len(output_shape) or (y.shape[-1] == 1 and output_shape[-1] > 1):
            return targets.labels(y, whole, output_shape)
        rows = targets.rows(y, output_shape)
        labels = rows.argmax(axis=-1)
        one_hot = np.count_nonzero(rows) == labels.size and (rows.max(axis=-1) == 1).all()
        return labels if one_hot else rows
