"""Losses of numbers: the mean squared and the mean absolute error."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnnedu.losses.base import Loss


@dataclass(frozen=True)
class MeanSquaredError(Loss):
    """Mean over the row of (y_pred - y)**2."""

    name: ClassVar[str] = "mean_squared_error"

    def _of_output(self, y, y_pred):
        slopes = y_pred - np.asarray(y, y_pred.dtype)
        values = np.square(slopes).mean(axis=-1)
        slopes *= 2 / y_pred.shape[-1]
        return values, slopes


@dataclass(frozen=True)
class MeanAbsoluteError(Loss):
    """Mean over the row of |y_pred - y|; the slope is 0 at the kink."""

    name: ClassVar[str] = "mean_absolute_error"

    def _of_output(self, y, y_pred):
        error = y_pred - np.asarray(y, y_pred.dtype)
        slopes = np.sign(error)
        slopes /= y_pred.shape[-1]
        return np.abs(error, out=error).mean(axis=-1), slopes
