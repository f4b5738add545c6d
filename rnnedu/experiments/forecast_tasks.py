"""The series that forecasters are compared on, each with its horizon and settings, and how good a forecaster is there.

All of them are fitted on the first 60 % of a series; what is chosen is chosen on the next 20 %; errors are those of the
last 20 %, at the last step of the horizon, from every place there, in standard deviations of the training part.

A forecaster is a function (values, origins, horizon) -> (N, horizon), see `forecast`.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from rnnedu import datasets, validate
from rnnedu.experiments import autoregression, echo_state, forecast
from rnnedu.experiments.forecasters import Recipe

SHARE = 0.8  # of values that a band is to enclose
PATIENT = 4  # times as many epochs for an MLP, whose epochs are that much quicker


@dataclass(frozen=True)
class Score:
    """error : RMSE at the last step, in training sd. covered : share of what came within the band meant for SHARE."""

    error: float
    covered: float


@dataclass(frozen=True)
class Task:
    """A series to forecast.

    load : () -> datasets.Series. recipe : a Recipe of the networks, whose horizon is the task's. lag : of the
    differences that may help, 0 for none. orders : of the autoregressions that are tried.
    """

    load: object
    recipe: Recipe
    lag: int = 0
    orders: tuple = (1, 2, 4, 8, 12, 13, 16, 24, 25, 40, 60)

    @cached_property
    def series(self):
        """The Series."""
        return self.load()

    @cached_property
    def split(self):
        """The series cut into 60, 20 and 20 %, a forecast.Split."""
        return forecast.cut(self.series.values)

    @property
    def horizon(self):
        """How many steps ahead."""
        return self.recipe.horizon

    def naive(self):
        """Return {name: forecaster} of what needs no fitting."""
        found, season = {"persistence": forecast.persistence}, self.series.season
        if season:
            found["seasonal naive"] = lambda *asked: forecast.seasonal_naive(*asked, season)
        return found

    def autoregression(self, horizon=None):
        """Return an Autoregression of so many outputs, the task's where none is given; the order is chosen."""
        return autoregression.choose(self.split, self.orders, horizon or self.horizon)

    def echo_state(self, seed=0, units=400, horizon=None):
        """Return an EchoState, its ridge chosen."""
        return echo_state.choose(self.split, horizon or self.horizon, echo_state.Reservoir(units, seed=seed))

    def recipe_of(self, kind, **changes):
        """Return the Recipe of a kind of network; what is named in `changes` is as given there, such as lag=1."""
        epochs = self.recipe.epochs * (PATIENT if kind == "MLP" else 1)
        return replace(self.recipe, **({"kind": kind, "epochs": epochs} | changes))

    def linear(self, horizon=None):
        """Return the forecaster of an `autoregression`."""
        model = self.autoregression(horizon)
        return forecast.running(model, model.order)

    def trained(self, kind, seed=0, **changes):
        """Return the forecaster of a network, trained by the Recipe that `recipe_of` returns."""
        recipe = self.recipe_of(kind, **changes)
        return forecast.running(recipe.train(self.split, seed), recipe.length)

    def score(self, forecaster):
        """Return the Score of a forecaster (values, origins, horizon) -> (N, horizon)."""
        missed = {part: self._missed(forecaster, part) for part in ("validation", "test")}
        low, high = forecast.band(missed["validation"], SHARE)
        return Score(forecast.rmse(missed["test"], 0), forecast.coverage(missed["test"], low, high))

    def _missed(self, forecaster, part):
        """Return (N, 1): what came less what was forecast, at the last step, from every place of a part."""
        origins = self.split.origins(part, self.horizon)
        come = forecast.truth(self.split.values, origins, self.horizon)
        return (come - forecaster(self.split.values, origins, self.horizon))[:, -1:]


def _glass():
    return datasets.make_mackey_glass(3000)


TASKS = MappingProxyType(
    {
        "laser": Task(datasets.load_laser, Recipe("LSTM", window=24)),
        "mackey_glass": Task(_glass, Recipe("LSTM", window=40, units=48, horizon=84, epochs=60)),
        "mackey_glass_1": Task(_glass, Recipe("LSTM", window=40, epochs=40)),
        "sunspots_monthly": Task(
            datasets.load_sunspots_monthly,
            Recipe("LSTM", window=60, units=16, horizon=12, epochs=5, batch=32, rate=0.005),
            lag=1,
            orders=(12, 24, 36, 60, 96, 132, 144),
        ),
        "co2": Task(datasets.load_co2, Recipe("LSTM", window=24, units=16, epochs=60, batch=16), lag=1),
        "passengers": Task(datasets.load_passengers, Recipe("LSTM", window=24, units=16, epochs=60, batch=16), lag=12),
    }
)
"""Name -> Task."""


def task(name):
    """Return the Task of a name in TASKS; ValueError with the nearest name for another."""
    return validate.named("name", name, TASKS)
