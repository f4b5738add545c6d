"""Linear forecasts from the last p values: AR(p), by least squares.

x_(t+k) = b_k + w_k1 x_(t-1) + ... + w_kp x_(t-p), one equation for each step k ahead ("direct"). Yule (1927), "On a
method of investigating periodicities in disturbed series", for sunspots; here fitted by ordinary least squares.
"""

from dataclasses import dataclass, field

import numpy as np

from rnnedu import validate
from rnnedu.experiments import forecast


@dataclass(frozen=True, eq=False)
class Autoregression:
    """A fitted AR(p) with K outputs: `weights` (1 + p, K) float64, the constant first, then the oldest value."""

    weights: np.ndarray = field(repr=False)

    @classmethod
    def fit(cls, values, order, horizon=1):
        """Return the one with the least squared error on values (T,), each of `horizon` steps by itself.

        order : p, values that it reads. Raises ValueError for a series of fewer than p + horizon values.
        """
        x, y = forecast.windows(values, validate.integer("order", order, 1), horizon)
        return cls(np.linalg.lstsq(_with_ones(x), y, rcond=None)[0])

    @property
    def order(self):
        """How many values it reads, p."""
        return len(self.weights) - 1

    def predict(self, x):
        """Return the next values (B, K) after windows x (B, L, 1), L at least p; what lies before is not read."""
        if x.ndim != 3 or x.shape[1] < self.order or x.shape[2] != 1:
            raise ValueError(f"x has shape {x.shape}; accepted is (B, L, 1) with L of at least {self.order}")
        return _with_ones(x[:, -self.order :]) @ self.weights


def _with_ones(x):
    return np.concatenate([np.ones((len(x), 1)), x[:, :, 0]], axis=1)


def choose(split, orders, horizon=1):
    """Return the Autoregression, fitted on the training part, whose order does best on the validation part.

    orders : those that are tried; an order that the training part is too short for is left out. What counts is the RMSE
    of the last of `horizon` steps. Raises ValueError where no order is left.
    """
    values = split.values
    tried = [each for each in orders if 2 * each + horizon <= split.validation]  # as many equations as weights
    if not tried:
        raise ValueError(f"orders is {list(orders)}; accepted is one of at most {(split.validation - horizon) // 2}")
    fitted = [Autoregression.fit(values[: split.validation], order, horizon) for order in tried]
    origins = split.origins("validation", horizon)
    come = forecast.truth(values, origins, horizon)[:, -1]

    def error(model):
        return forecast.rmse(forecast.free_run(model.predict, values, model.order, origins, horizon)[:, -1], come)

    return min(fitted, key=error)
