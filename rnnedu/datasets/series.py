"""Measured time series: one real value a timestep."""

from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from rnnedu.datasets._checks import choice, float_dtype, whole
from rnnedu.datasets._files import damaged, number, read_table


@dataclass(frozen=True, eq=False)
class Series:
    """A series of T measurements; its arrays are float64 copies that cannot be written to.

    Attributes:
        name: what was measured.
        time: (T,) in `clock`, strictly increasing; a fraction of a year where there are several values a year.
        values: (T,) measurements, finite, in `unit`.
        unit: the unit of `values`.
        source: who measured or published them.
        clock: what `time` counts, such as "year" or "sample".
        season: timesteps after which the series is known to come round, 0 where it is not.

    Raises ValueError when time or values are not as above.
    """

    name: str
    time: np.ndarray = field(repr=False)  # a screenful of numbers hides the rest
    values: np.ndarray = field(repr=False)
    unit: str
    source: str
    clock: str = field(default="year", repr=False)
    season: int = field(default=0, repr=False)

    def __post_init__(self):
        whole("season", self.season, 0)
        for name in ("time", "values"):
            array = np.array(_finite_values(name, getattr(self, name)))
            if array.ndim != 1:
                raise ValueError(f"{name} has shape {array.shape}; accepted: (T,)")
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if self.time.shape != self.values.shape:
            raise ValueError(f"values has shape {self.values.shape}; accepted: {self.time.shape}, as time")
        if not (np.diff(self.time) > 0).all():
            raise ValueError("time does not increase at every step; accepted: times that strictly increase")

    def __len__(self):
        """T, the number of timesteps."""
        return len(self.values)

    def standardised(self):
        """Return (T,) float64: the values with mean 0 and standard deviation 1 over the whole series."""
        return standardise(self.values)

    def inputs(self, length=None, start=0, dtype=np.float32):
        """Return (length, 1, 1), that is (T, B, D): timesteps start .. start + length - 1, for the engine.

        The values are standardised over the WHOLE series, so any two pieces share one scale. For an
        honest forecast use `standardise(values, like=training_values)`.

        Args:
            length: number of timesteps, 1 .. T - start; None takes all that follow `start`.
            start: first timestep, 0 .. T - 1.
            dtype: float32 or float64.

        Raises ValueError when an argument is outside these.
        """
        dtype = float_dtype(dtype)
        start = whole("start", start, 0, len(self) - 1)
        rest = len(self) - start
        length = rest if length is None else whole("length", length, 1, rest)
        return self.standardised()[start : start + length].reshape(length, 1, 1).astype(dtype)


def standardise(values, like=None):
    """Return `values` shifted and scaled: mean 0, standard deviation 1 (divisor T, not T - 1).

    float32 stays float32; whole numbers become float64. The result has no unit: it counts deviations.

    Args:
        values: array of any shape, finite.
        like: take mean and deviation from this array instead, such as the training part of a series.

    Raises ValueError for an empty array, a value that is not finite, or values that are all equal.
    """
    numbers = _finite_values("values", values)
    reference = numbers if like is None else _finite_values("like", like)
    with np.errstate(over="ignore", invalid="ignore"):  # answered below, in words
        scale = reference.std()
    # The deviation of equal values may come out as 1e-17, which would blow rounding errors up to 1.
    if reference.min() == reference.max() or not 0 < scale < np.inf:
        name = "values" if like is None else "like"
        raise ValueError(f"{name} has standard deviation {scale:.3g}; accepted: values that differ")
    dtype = np.asarray(values).dtype
    return ((numbers - reference.mean()) / scale).astype(dtype if dtype.kind == "f" else np.float64)


def _finite_values(name, values):
    try:
        array = np.asarray(np.ma.filled(values, np.nan) if np.ma.is_masked(values) else values)
    except ValueError:  # lists of unequal lengths
        array = np.empty(0)
    if array.size == 0 or array.dtype.kind not in "iuf" or not np.isfinite(array).all():
        raise ValueError(f"{name} is empty or holds what is no finite number; accepted: finite numbers")
    return array.astype(np.float64)


def load_sunspots():
    """Yearly mean sunspot number 1700-2008 (T = 309): a cycle of about 11 years, of uneven height."""
    source = "SIDC / World Data Center for the Sunspot Index, version 1"
    return _load("sunspots_yearly.csv", "sunspots", "sunspot number, yearly mean", source, season=11)


def load_sunspots_monthly():
    """Monthly mean sunspot number 1749-1983 (T = 2820): a noisy cycle of about 132 months, of uneven height."""
    source = "Andrews and Herzberg 1985; Swiss Federal Observatory Zurich, from 1960 Tokyo Astronomical Observatory"
    unit = "sunspot number, monthly mean"
    return _load("sunspots_monthly.csv", "sunspots", unit, source, season=132, name="sunspots_monthly")


def load_nile():
    """Annual flow of the Nile at Aswan 1871-1970 (T = 100), in 10^8 m³: the level drops about 1898."""
    return _load("nile_flow.csv", "flow", "10^8 m³ per year", "Cobb 1978, Biometrika 65(2), 243-251", name="nile")


def load_co2():
    """Carbon dioxide in the air at Mauna Loa, monthly 1965-2001 (T = 444), in ppm: a trend and a season."""
    source = "Keeling and Whorf 2004, Scripps Institution of Oceanography / CDIAC"
    return _load("co2_monthly.csv", "co2", "ppm by volume, monthly mean", source, season=12)


def load_passengers():
    """Passengers of international airlines, monthly 1949-1960 (T = 144), in thousands: trend and season both grow."""
    source = "Box and Jenkins 1976, Time Series Analysis, series G"
    return _load("air_passengers.csv", "passengers", "thousand passengers a month", source, season=12)


def load_laser():
    """Intensity of a far-infrared laser in chaos (T = 5000): pulses swell and collapse. Santa Fe data set A."""
    source = "Hübner, Abraham and Weiss 1989; Weigend and Gershenfeld 1994"
    return _load("laser_santa_fe.csv", "intensity", "intensity, 0 to 255", source, clock="sample", name="laser")


def _load(file, column, unit, source, clock="year", **more):
    table = read_table(file, (clock, column))
    rows = [(line, *(number(file, line, cell) for cell in cells)) for line, cells in table]
    for (_, before, _), (line, time, _) in pairwise(rows):
        if time <= before:
            raise damaged(file, line, f"found the {clock} {time:g} after {before:g}", f"{clock}s that increase")
    _, time, values = np.array(rows).T
    return Series(**({"name": column} | more), time=time, values=values, unit=unit, source=source, clock=clock)


SERIES = MappingProxyType(
    {
        "sunspots": load_sunspots,
        "nile": load_nile,
        "co2": load_co2,
        "passengers": load_passengers,
        "sunspots_monthly": load_sunspots_monthly,
        "laser": load_laser,
    }
)
"""Name -> loader, for menus."""


def load_series(name):
    """Return the `Series` of that name; ValueError with the nearest name for one not in `SERIES`."""
    return SERIES[choice("name", name, tuple(SERIES))]()
