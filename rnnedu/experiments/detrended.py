"""A network that forecasts differences: what comes, less what a naive forecast says.

With lag 1 the naive forecast is persistence, with the length of the season it is the last season. A level that the
training part never reached is then no level to the network, and a trend is a small constant. After the differencing of
G. E. P. Box and G. M. Jenkins (1970), "Time Series Analysis: Forecasting and Control".
"""

from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.experiments import forecast


@dataclass(frozen=True, eq=False)
class Detrended:
    """`model` forecasts differences over `lag`, in units of `scale`; this one forecasts values.

    model : what forecast.predictor takes. It sees windows (B, L - lag, 1) of differences, and says by how much the next
    K values lie above the values of the last `lag`, repeated. Raises ValueError or TypeError for other arguments.
    """

    model: object
    lag: int
    scale: float

    def __post_init__(self):
        validate.integer("lag", self.lag, 1)
        validate.positive("scale", self.scale)

    def predict(self, x):
        """Return the next values (B, K) after windows x (B, L, 1), L above lag."""
        made = forecast.predictor(self.model)(differences(x, self.lag) / self.scale)
        return naive(x, self.lag, made.shape[1]) + self.scale * made


def differences(x, lag):
    """Return (B, L - lag, 1): each value of windows x (B, L, 1) less the one `lag` before it."""
    if x.ndim != 3 or x.shape[1] <= lag:
        raise ValueError(f"x has shape {x.shape}; accepted is (B, L, 1) with L above the lag, {lag}")
    return x[:, lag:] - x[:, :-lag]


def naive(x, lag, horizon):
    """Return (B, horizon): the last `lag` values of windows x (B, L, 1), repeated."""
    return x[:, -lag:, 0][:, np.arange(horizon) % lag]
