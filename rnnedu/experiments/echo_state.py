"""An echo-state network: recurrent weights that are drawn and never trained, and a linear readout that is.

h_t = tanh(x_t w_x + h_(t-1) W_h + b);  the next K values are (1, x_t, h_t) W_out

W_out comes from one ridge regression. H. Jaeger (2001), "The 'echo state' approach to analysing and training recurrent
neural networks", GMD report 148.
"""

from dataclasses import dataclass, field

import numpy as np

from rnnedu import validate
from rnnedu.experiments import forecast
from rnnedu.experiments.recurrent import of_radius_one

WASHOUT = 100  # first states, which still know that they began at 0, are not fitted; at most a quarter of all
RIDGES = (1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0)


@dataclass(frozen=True)
class Reservoir:
    """What is drawn: `units` H, the spectral `radius` of W_h, w_x and b uniform in -`scale`..`scale`, by a seed."""

    units: int = 400
    radius: float = 0.9
    scale: float = 0.5
    seed: int = 0

    def __post_init__(self):
        validate.integer("units", self.units, 1)
        validate.positive("radius", self.radius)
        validate.positive("scale", self.scale)
        validate.integer("seed", self.seed, 0)

    def weights(self):
        """Return w_x (H,), W_h (H, H), b (H,), float64."""
        w_x, b = self.scale * np.random.default_rng([self.seed, 1]).uniform(-1, 1, (2, self.units))
        return w_x, self.radius * of_radius_one("gaussian", self.units, self.seed, 0), b

    def read(self, values):
        """Return (T, 2 + H): 1, x_t and h_t after each of the values (T,), from the zero state on."""
        w_x, W_h, b = self.weights()
        h, seen = np.zeros(self.units), np.empty((len(values), 2 + self.units))
        for t, x in enumerate(values):
            h = np.tanh(x * w_x + h @ W_h + b)
            seen[t, :2], seen[t, 2:] = (1.0, x), h
        return seen


@dataclass(frozen=True, eq=False)
class EchoState:
    """A Reservoir with a readout W_out (2 + H, K).

    It is a function (values, origins, horizon) -> (N, horizon), as forecast_study.Company holds them. It reads all
    values before an origin, from the first on, and answers K steps directly; what lies beyond it makes by reading its
    own output.
    """

    reservoir: Reservoir
    W_out: np.ndarray = field(repr=False)

    @classmethod
    def fit(cls, values, horizon=1, reservoir=None, ridge=1e-8):
        """Return the one with the least squared error on values (T,), plus ridge * T times the squared weights.

        Raises ValueError for too few values, ValueError or TypeError for other options.
        """
        reservoir = Reservoir() if reservoir is None else validate.kind("reservoir", reservoir, Reservoir)
        validate.positive("ridge", ridge)
        seen, come = _pairs(reservoir, values, horizon)
        return cls(reservoir, _ridge(seen, come, ridge))

    def __call__(self, values, origins, horizon):
        """Return (N, horizon): nothing at or after an origin is read."""
        origins = np.asarray(origins)
        if origins.min() < 1 or origins.max() > len(values):
            raise ValueError(f"origins is {origins}; accepted are places from 1 to {len(values)}")
        seen = self.reservoir.read(np.asarray(values, np.float64)[: origins.max()])[origins - 1]
        made = seen @ self.W_out
        return self._run_on(seen, made, horizon)[:, :horizon]

    def _run_on(self, seen, made, horizon):
        """Return at least `horizon` columns: go on reading what was made, and append K more each time it is read."""
        w_x, W_h, b = self.reservoir.weights()
        K = made.shape[1]
        for step in range(K * (-(-horizon // K) - 1)):  # in whole blocks of K
            x = made[:, step]
            h = np.tanh(x[:, None] * w_x + seen[:, 2:] @ W_h + b)
            seen = np.concatenate([np.ones((len(x), 1)), x[:, None], h], axis=1)
            if (step + 1) % K == 0:
                made = np.concatenate([made, seen @ self.W_out], axis=1)
        return made


def _pairs(reservoir, values, horizon):
    """Return (N, 2 + H) and (N, K): what is seen before each origin, and what comes."""
    values, horizon = validate.real("values", values, np.float64), validate.integer("horizon", horizon, 1)
    first = min(WASHOUT, values.size // 4) + 1
    if values.ndim != 1 or len(values) < first + horizon:
        raise ValueError(f"values has shape {values.shape}; accepted is (T,) with T of at least {first + horizon}")
    origins = np.arange(first, len(values) - horizon + 1)
    return reservoir.read(values)[origins - 1], forecast.truth(values, origins, horizon)


def _ridge(seen, come, ridge):
    return np.linalg.solve(seen.T @ seen + ridge * len(seen) * np.eye(seen.shape[1]), seen.T @ come)


def choose(split, horizon=1, reservoir=None, ridges=RIDGES):
    """Return the EchoState, fitted on the training part, whose ridge does best on the validation part.

    What counts is the RMSE of the last of `horizon` steps. Raises as `EchoState.fit`.
    """
    reservoir = Reservoir() if reservoir is None else reservoir
    pairs = _pairs(reservoir, split.values[: split.validation], horizon)
    origins = split.origins("validation", horizon)
    seen = reservoir.read(split.values[: split.test])[origins - 1]
    come = forecast.truth(split.values, origins, horizon)[:, -1]
    tried = [_ridge(*pairs, ridge) for ridge in ridges]
    return EchoState(reservoir, min(tried, key=lambda W_out: forecast.rmse(seen @ W_out[:, -1], come)))
