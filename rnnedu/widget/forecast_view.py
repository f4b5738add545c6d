"""ForecastView: a series, what a model makes of its future, and what persistence and last season would have said."""

import numpy as np
import traitlets

from rnnedu import validate
from rnnedu.datasets import SERIES, Series, load_series
from rnnedu.experiments import forecast
from rnnedu.experiments.forecast_study import Company, Study
from rnnedu.view import colours
from rnnedu.widget import blocks, controls
from rnnedu.widget.panel import Panel

MAX_HORIZON, MAX_SEASON, MAX_LENGTH = 200, 1000, 20_000
SHARES = {None: "none", 0.5: "50 %", 0.8: "80 %", 0.9: "90 %", 0.95: "95 %"}


class ForecastView(Panel):
    """Show forecasts of the last part of a series, their errors beside naive company, and a band with its coverage.

    series : a name in rnnedu.datasets.SERIES, a Series, or finite numbers (T,), T at most 20,000.
    model : None, a Sequential, or a function from windows (B, window, 1) to the next values (B,) or (B, K); it gets and
        gives values standardised on the training part, see rnnedu.experiments.forecast. name : what it is called.
    window : values that the model reads. validation, test : shares of the series, cut in time order.
    origin : the first place that a forecast does not know, counted from 0; -1 is the middle of what is possible.
    horizon : values forecast from there, each from the ones before. season : in timesteps, 0 for none.
    share : of values that the prediction band is to enclose, None for no band. It comes from the validation part.

    `study` holds the numbers: see rnnedu.experiments.forecast_study. Raises ValueError or TypeError for other values.

    >>> view = ForecastView("sunspots", horizon=5)
    >>> {name: round(many, 2) for name, (one, many) in view.study.errors.items()}
    {'persistence': 2.18, 'seasonal naive': 1.08}
    """

    heading = "Forecast"
    inputs = ("origin", "horizon", "season", "share")

    origin = traitlets.Int(-1).tag(sync=True)
    horizon = traitlets.Int(12).tag(sync=True)
    season = traitlets.Int(0).tag(sync=True)
    share = traitlets.Float(0.8, allow_none=True).tag(sync=True)

    def __init__(self, series="sunspots", model=None, *, name="", window=24, validation=0.2, test=0.2, **traits):
        self.series = as_series(series)
        self.model, self.name = model, validate.kind("name", name, str) or getattr(model, "name", "model")
        self.window = validate.integer("window", window, 1, MAX_SEASON)
        self.split = forecast.cut(self.series.values, validation, test)
        self.study, self._asked_for = None, None
        super().__init__(**({"season": self.series.season} | traits))

    def compute(self):
        """Check the settings; measure anew where more than the origin has changed."""
        validate.integer("horizon", self.horizon, 1, MAX_HORIZON)
        validate.integer("season", self.season, 0, MAX_SEASON)
        validate.choice("share", self.share, tuple(SHARES))
        asked = self.horizon, self.season, self.share
        study = self.study
        if asked != self._asked_for:
            company = Company.of(self.model, self.name, self.window, self.season)
            study = Study(self.split, company, self.horizon, self.share)
        low, high = bounds(study)
        at = (low + high) // 2 if self.origin == -1 else validate.integer("origin", self.origin, low, high)
        self.runs = study.at(at)
        self.study, self._asked_for, self.at = study, asked, at

    def form(self):
        """Return the controls."""
        low, high = bounds(self.study)
        origin = controls.slider("origin", low, high, 1, "forecast from place") | {"value": self.at}
        return [
            origin,
            controls.count("horizon", 1, MAX_HORIZON, "steps ahead"),
            controls.count("season", 0, MAX_SEASON, "season, 0 for none"),
            controls.select("share", SHARES, "prediction band"),
        ]

    def blocks(self):
        """Return the forecast from the origin, the whole series with forecasts of one step, and the errors."""
        found = [self._ahead(), self._whole(), self._errors()]
        return found if self.study.band is None else [*found, self._coverage()]

    def sentence(self):
        """Return the errors as one line."""
        listed = ", ".join(f"{name} {many:.2f}" for name, (_, many) in self.study.errors.items())
        when = self.series.time[self.at]
        return f"Forecast from {when:g}, {self.horizon} steps. RMSE in training standard deviations: {listed}."

    # -- what is seen ----------------------------------------------------------------------------------------------

    def _ahead(self):
        first, last = max(0, self.at - max(3 * self.horizon, 30)), self.at + self.horizon
        past, ahead, ink = slice(first, last), slice(self.at, last), colours.LETTERS["x"]
        lines = [blocks.line("what came", self._time(past), self.series.values[past], colour=ink, dash=0)]
        for place, (name, run) in enumerate(self.runs.items()):
            band = self._band(run) if name == self.study.subject else None
            y = self.split.in_unit(run)
            lines.append(blocks.line(name, self._time(ahead), y, place, dots=self.horizon < 30, band=band))
        return blocks.chart("ahead", self._best(), lines, self.series.clock, self.series.unit, height=320)

    def _best(self):
        come = self.split.values[self.at : self.at + self.horizon]
        off = {name: forecast.rmse(run, come) for name, run in self.runs.items()}
        best = min(off, key=off.get)
        when = self.series.time[self.at]
        others = ", ".join(f"{name} by {off[name]:.2f}" for name in off if name != best)
        more = f"; {others}" if others else ""
        return f"From {when:g}, {best} is off by {off[best]:.2f} training standard deviations{more}"

    def _band(self, run):
        if self.study.band is None:
            return None
        return [self.split.in_unit(run + side) for side in self.study.band]

    def _whole(self):
        a, b = self.split.validation, self.split.test
        parts = {"training": slice(0, a), "validation": slice(a - 1, b), "test": slice(b - 1, None)}
        looks = zip(parts.items(), (colours.LETTERS["x"], colours.OTHERS[0], colours.LETTERS["h"]), strict=True)
        lines = [
            blocks.line(name, self._time(part), self.series.values[part], colour=colour, dash=0)
            for (name, part), colour in looks
        ]
        subject = self.study.subject
        made = self.split.in_unit(self.study.one_step[subject])
        lines.append(blocks.line(f"{subject}, one step", self._time(self.study.places), made, 0, dash=2))
        error = self.study.errors[subject][0]
        title = f"One step ahead, {subject} is off by {error:.2f} training standard deviations on the test part"
        return blocks.chart("whole", title, lines, self.series.clock, self.series.unit, height=280)

    def _errors(self):
        rows = [[name, f"{one:.3f}", f"{many:.3f}"] for name, (one, many) in self.study.errors.items()]
        best = min(self.study.errors, key=lambda name: self.study.errors[name][1])
        title = f"On the test part {best} has the smallest error {self.horizon} steps ahead"
        columns = ["RMSE in training sd", "one step", f"steps 1 to {self.horizon}"]
        return blocks.table("errors", title, columns, rows)

    def _coverage(self):
        study = self.study
        title = f"A band meant for {study.share:.0%} encloses {study.covered:.0%} of the test part's values"
        said = (
            f"Around {study.subject}: quantiles of its errors on the validation part, for each step ahead; counted "
            f"over forecasts from {len(study.origins)} places."
        )
        return blocks.text("coverage", title, said)

    def _time(self, places):
        return self.series.time[places]


def bounds(study):
    """Return the first and the last place that a forecast of the test part can be made from."""
    return int(study.origins[0]), int(study.origins[-1])


def as_series(series):
    """Return a Series: by name, as it is, or made of numbers (T,) that are counted from 0."""
    if isinstance(series, str):
        validate.named("series", series, SERIES)
        return load_series(series)
    if isinstance(series, Series):
        return series
    values = validate.real("series", series, np.float64)
    if values.ndim != 1 or len(values) > MAX_LENGTH:
        raise ValueError(f"series has shape {values.shape}; accepted is (T,) with T of at most {MAX_LENGTH}")
    return Series("series", np.arange(len(values), dtype=np.float64), values, "value", "", "timestep, from 0")
