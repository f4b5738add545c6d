"""Forecasts of one series and what they are worth: no leakage, naive company, a band, its measured coverage.

Places: values[origin] is the first value that a forecast made at `origin` does not know. All forecasts of a horizon K
from N origins are arrays (N, K), column k being values[origin + k]. Values are standardised on the training part, so an
RMSE is in standard deviations of the training part.

Source of the measures: Hyndman & Athanasopoulos (2021), "Forecasting: Principles and Practice", 3rd ed., chapter 5.
"""

from dataclasses import dataclass, field

import numpy as np

from rnnedu import validate
from rnnedu.datasets import standardise

SHORTEST = 3  # values of a part; one alone has no deviation


@dataclass(frozen=True, eq=False)
class Split:
    """A series cut in time order into training, validation and test part.

    values : (T,) float64, standardised with `mean` and `sd` of the training part alone.
    validation, test : the first place of each part.
    """

    values: np.ndarray = field(repr=False)
    validation: int
    test: int
    mean: float
    sd: float

    def __len__(self):
        return len(self.values)

    def in_unit(self, standardised):
        """Return standardised values in the unit of the series."""
        return np.asarray(standardised) * self.sd + self.mean

    def origins(self, part, horizon, first=1):
        """Return the places in a part, "validation" or "test", whose forecast of `horizon` values lies within it.

        first : values that a forecast needs before it. Raises ValueError if there is no such place.
        """
        starts = {"validation": (self.validation, self.test), "test": (self.test, len(self))}
        low, high = validate.named("part", part, starts)
        found = np.arange(max(low, first), high - horizon + 1)
        if not len(found):
            raise ValueError(f"horizon is {horizon}; accepted is at most {high - max(low, first)}, the {part} part")
        return found


def cut(values, validation=0.2, test=0.2):
    """Return the Split of values (T,): the last share `test` of them, before it `validation`, the rest to train on.

    Raises ValueError or TypeError for no (T,) finite numbers, shares outside (0, 1), a part of fewer than 3 values, or
    a training part of equal values.
    """
    values = validate.real("values", values, np.float64)
    if values.ndim != 1:
        raise ValueError(f"values has shape {values.shape}; accepted is (T,)")
    shares = [_share("validation", validation), _share("test", test)]
    b = len(values) - round(len(values) * shares[1])
    a = b - round(len(values) * shares[0])
    if min(a, b - a, len(values) - b) < SHORTEST:
        raise ValueError(
            f"values has {len(values)} entries, cut into {a}, {b - a} and {len(values) - b}; accepted are at least "
            f"{SHORTEST} in each part"
        )
    train = values[:a]
    return Split(standardise(values, like=train), a, b, float(train.mean()), float(train.std()))


def _share(name, value):
    return validate.number(name, value, 0, 1, low_included=False, high_included=False)


def windows(values, length, horizon=1):
    """Return x (N, length, 1) and y (N, horizon), N = T - length - horizon + 1: what a model is trained on.

    x[n] is values[n : n + length], y[n] the `horizon` values that follow. Give it one part of a Split at a time.
    Raises ValueError for a series that is too short.
    """
    length, horizon = validate.integer("length", length, 1), validate.integer("horizon", horizon, 1)
    values = validate.real("values", values, np.float64)
    if values.ndim != 1 or len(values) < length + horizon:
        raise ValueError(f"values has shape {values.shape}; accepted is (T,) with T of at least {length + horizon}")
    rows = np.lib.stride_tricks.sliding_window_view(values, length + horizon)
    return rows[:, :length, None].copy(), rows[:, length:].copy()


def predictor(model):
    """Return a function from windows (B, L, 1) to the next values (B, K), float64, K >= 1, checked.

    model : has `predict` as Sequential does, or is a function of windows. It may answer (B,), (B, K), or (B, L, 1), of
    which the last timestep counts. Raises TypeError for another model; the function, ValueError for another answer.
    """
    asked = getattr(model, "predict", model)
    if not callable(asked):
        raise TypeError(f"model is a {type(model).__name__}; accepted is a model with predict, or a function")

    def predict(x):
        y = validate.real("the model's forecast", asked(x), np.float64)
        if y.shape == x.shape and x.ndim == 3:
            y = y[:, -1]
        if y.ndim == 1:
            y = y[:, None]
        if y.ndim != 2 or len(y) != len(x):
            raise ValueError(f"the model's forecast has shape {y.shape}; accepted is ({len(x)}, K) for {x.shape}")
        return y

    return predict


def one_step(predict, values, length, origins):
    """Return (N,): the next value at each origin, each from the `length` true values before it.

    predict : windows (B, L, 1) -> (B, K), see `predictor`; the first of the K counts.
    """
    return predict(_before(values, length, origins)[:, :, None])[:, 0]


def free_run(predict, values, length, origins, horizon):
    """Return (N, horizon): forecasts that go on from their own output; nothing at or after an origin is looked at.

    Where `predict` gives K values at a time, all K are appended before it is asked again.
    """
    horizon = validate.integer("horizon", horizon, 1)
    seen, made = _before(values, length, origins), 0
    while made < horizon:
        y = predict(seen[:, -length:, None])
        seen, made = np.concatenate([seen, y], axis=1), made + y.shape[1]
    return seen[:, length : length + horizon]


def running(model, length):
    """Return a function (values, origins, horizon) -> (N, horizon): a model's free run, see `predictor`.

    length : of the window that it reads. A model of K outputs answers K steps directly, without reading its own output.
    """
    predict, length = predictor(model), validate.integer("length", length, 1)
    return lambda values, origins, horizon: free_run(predict, values, length, origins, horizon)


def persistence(values, origins, horizon):
    """Return (N, horizon): nothing changes, every value is the last one before the origin."""
    return np.repeat(_before(values, 1, origins), validate.integer("horizon", horizon, 1), axis=1)


def seasonal_naive(values, origins, horizon, season):
    """Return (N, horizon): every value is the one at the same place in the last whole season before the origin.

    season : its length in timesteps; beyond one season it is repeated.
    """
    last = _before(values, validate.integer("season", season, 1), origins)
    return last[:, np.arange(validate.integer("horizon", horizon, 1)) % season]


def truth(values, origins, horizon):
    """Return (N, horizon): what did come. Raises ValueError where the series ends before."""
    places = np.asarray(origins)[:, None] + np.arange(validate.integer("horizon", horizon, 1))
    if places.max() >= len(values):
        raise ValueError(f"origins reach {places.max()} with the horizon; accepted is at most {len(values) - 1}")
    return np.asarray(values)[places]


def _before(values, length, origins):
    """Return (N, length): the values before each origin."""
    origins = np.asarray(origins)
    if origins.ndim != 1 or not len(origins) or origins.min() < length or origins.max() > len(values):
        raise ValueError(f"origins is {origins}; accepted are places from {length} to {len(values)}")
    return np.asarray(values, np.float64)[origins[:, None] + np.arange(-length, 0)]


def rmse(forecast, true):
    """Return the root of the mean squared error over all entries, a float, in the unit of the values."""
    return float(np.sqrt(np.mean(np.square(np.subtract(forecast, true)))))


def band(residuals, share):
    """Return (low, high), (K,) each: quantiles of residuals (N, K), true minus forecast, that enclose `share` of them.

    Added to a forecast they make its prediction band. Take the residuals of the validation part: those of the training
    part are too small, and those of the test part are what the band is judged by.
    """
    tail = (1 - _share("share", share)) / 2
    low, high = np.quantile(validate.real("residuals", residuals, np.float64), (tail, 1 - tail), axis=0)
    return low, high


def coverage(true, low, high):
    """Return the share, 0 to 1, of entries that lie within low..high, both included."""
    return float(np.mean((np.asarray(low) <= true) & (true <= np.asarray(high))))
