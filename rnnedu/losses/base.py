"""What all losses have."""

from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np

from rnnedu import validate
from rnnedu.losses import targets


@dataclass(frozen=True)
class Loss:
    """What all losses have: `name`, the `link` they may be fused with, `prepare`, `values`, and a mean by calling."""

    name: ClassVar[str] = ""
    link: ClassVar[str | None] = None  # the activation whose logits `values` takes with logits=True
    # what to do where the numbers leave the finite ones; of the loss itself a subclass may know a likelier reason
    advice: ClassVar[str] = "A smaller learning_rate or clipnorm=1.0 in the optimizer keeps it finite"
    per_step: ClassVar[bool] = True  # whether a sequence of outputs has a value at every timestep

    def prepare(self, y_true, output_shape):
        """Return the targets as `values` takes them: floats in the output's shape, any number of rows N.

        y_true : array_like (N, V) or (N, T, V); the last axis may be left out where V is 1.
        output_shape : of y_pred, (B, V) or (B, T, V); B is not compared with N.

        Raises TypeError for anything but numbers, ValueError for another shape, an empty axis, NaN or infinity.
        """
        return targets.rows(targets.numbers(y_true)[0], output_shape)

    def values(self, y_true, y_pred, *, logits=False, mask=None):
        """Return (values, slopes): the loss of every row, and its derivative with respect to y_pred.

        y_true : what `prepare` returned, or a batch of it.
        y_pred : float array (B, V) or (B, T, V), finite.
        logits : whether y_pred is what enters the activation `link`, rather than what leaves it.
        mask : bool, (B,) or (B, T), or None: where False, value and slopes are 0.

        Values (B,) or (B, T) and slopes (B, V) or (B, T, V) have y_pred's dtype; y_pred stays unchanged. Nothing is
        checked here. A value beyond the dtype's range is infinite, without a warning.
        """
        formula = self._of_logits if logits else self._of_output
        rows = y_pred.reshape(-1, y_pred.shape[-1])
        targets_of_rows = y_true.reshape(rows.shape if y_true.ndim == y_pred.ndim else -1)
        with np.errstate(over="ignore"):
            values, slopes = formula(targets_of_rows, rows)
        values, slopes = values.reshape(y_pred.shape[:-1]), slopes.reshape(y_pred.shape)
        if mask is not None:
            values[~mask], slopes[~mask] = 0, 0
        return values, slopes

    def _of_output(self, y, y_pred):
        """Return values (R,) and slopes (R, V), new arrays, for all rows of the output at once: y_pred (R, V)."""
        raise NotImplementedError

    def _of_logits(self, *_):
        raise ValueError(f"logits is True; accepted is False: {self.name} is fused with no activation")

    def __call__(self, y_true, y_pred, sample_weight=None):
        """Return the sum of the weighted values divided by their number (Keras' "sum_over_batch_size"), a float.

        y_pred : (B, V) or (B, T, V), float32 or float64. y_true : as for `prepare`, N = B.
        sample_weight : (B,), or one for every value, or None for 1.

        Raises TypeError and ValueError as `prepare` does; y_pred and sample_weight are checked alike.
        """
        shape = validate.rectangular("y_pred", y_pred).shape
        y_pred = validate.array("y_pred", y_pred, targets.axes(shape, "BTV"), {})
        y_true = self.prepare(y_true, y_pred.shape)
        if len(y_true) != len(y_pred):
            raise ValueError(f"y has {len(y_true)} rows; accepted is {len(y_pred)}, one for each of y_pred")
        values, _ = self.values(y_true, y_pred)
        weights = targets.weights(sample_weight, values.shape)
        with np.errstate(over="ignore"):  # an infinite value counts nothing where its weight is 0
            return float(np.multiply(values, weights, where=weights != 0, out=np.zeros(values.shape)).mean())

    def get_config(self):
        """Return the loss as a dict of plain values; `get` makes an equal loss of it."""
        return {"name": self.name, **asdict(self)}
