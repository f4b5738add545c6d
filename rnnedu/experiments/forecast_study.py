"""One model beside persistence and the seasonal naive forecast, on the test part of one series."""

from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.experiments import forecast

MOST = 200  # origins of a part that a horizon is measured at: a free run from each takes the model's time
MAX_WORK = 2_000_000  # values that the model reads for one horizon, beyond which a page would wait for long


@dataclass(frozen=True, eq=False)
class Company:
    """What forecasts a series: name -> function (values, origins, horizon) -> (N, horizon).

    first : values that all of them need before an origin.
    """

    named: dict
    first: int

    @classmethod
    def of(cls, model=None, name="model", length=24, season=0):
        """Return a model, if there is one, persistence, and the seasonal naive forecast for a season of 1 or more.

        model, name : see forecast.predictor. length : of the window that it reads. season : 0 for none.
        """
        length, season = validate.integer("length", length, 1), validate.integer("season", season, 0)
        named = {}
        if model is not None:
            named[name] = forecast.running(model, length)
        named["persistence"] = forecast.persistence
        if season:
            named["seasonal naive"] = lambda *asked: forecast.seasonal_naive(*asked, season)
        return cls(named, max(1, season, length if model is not None else 1))


class Study:
    """Forecasts of `horizon` values from the test part, and their errors in training standard deviations.

    split : forecast.Split. company : Company. share : of values that a band is to enclose, None for no band.

    one_step : name -> (N,) at `places`, all of the test part. errors : name -> (RMSE of one step, RMSE of all steps of
    the horizon). band : (low, high) (horizon,) around the first of the company, from the validation part, or None;
    covered : the share of the test part's values that lie within it.
    """

    def __init__(self, split, company, horizon, share=None):
        horizon = validate.integer("horizon", horizon, 1)
        self.split, self.company, self.horizon, self.share = split, company, horizon, share
        self.origins = spread(split.origins("test", horizon, company.first))
        self.places = split.origins("test", 1, company.first)
        calibrating = None if share is None else spread(split.origins("validation", horizon, company.first))
        refuse_long(len(self.places) + 2 * len(self.origins) * horizon, company.first)
        self.one_step = {name: made(split.values, self.places, 1)[:, 0] for name, made in company.named.items()}
        runs = {name: made(split.values, self.origins, horizon) for name, made in company.named.items()}
        self.errors = {name: self._errors(self.one_step[name], run) for name, run in runs.items()}
        self.band = self.covered = None
        if share is not None:
            self._enclose(calibrating, runs[self.subject])

    @property
    def subject(self):
        """The name of the first of the company: the model, where there is one."""
        return next(iter(self.company.named))

    def _errors(self, next_values, run):
        values = self.split.values
        come = forecast.truth(values, self.origins, self.horizon)
        return forecast.rmse(next_values, values[self.places]), forecast.rmse(run, come)

    def _enclose(self, calibrating, run):
        values, made = self.split.values, self.company.named[self.subject]
        missed = forecast.truth(values, calibrating, self.horizon) - made(values, calibrating, self.horizon)
        self.band = forecast.band(missed, self.share)
        come = forecast.truth(values, self.origins, self.horizon)
        self.covered = forecast.coverage(come, run + self.band[0], run + self.band[1])

    def at(self, origin):
        """Return name -> (horizon,): the forecasts made at one place."""
        found = {name: made(self.split.values, [origin], self.horizon) for name, made in self.company.named.items()}
        return {name: run[0] for name, run in found.items()}


def spread(places, most=MOST):
    """Return at most `most` of the places, evenly chosen, first and last among them."""
    return places[np.unique(np.linspace(0, len(places) - 1, min(most, len(places))).round().astype(int))]


def refuse_long(windows, length):
    """Raise ValueError where a model would have to read more than MAX_WORK values."""
    if windows * length > MAX_WORK:
        raise ValueError(f"the horizon asks for {windows} windows of {length} values; accepted is {MAX_WORK} in all")
