"""Small data sets, toy sequences and a character vocabulary: arrays for the engine, nothing else.

Where the figures come from and who may use them: `data/README.md`.
"""

from rnnedu.datasets._files import read_text
from rnnedu.datasets.series import (
    SERIES,
    Series,
    load_co2,
    load_nile,
    load_series,
    load_sunspots,
    standardise,
)
from rnnedu.datasets.text import Vocabulary, load_names
from rnnedu.datasets.toy import make_adding, make_pulse, make_sine

__all__ = [
    "SERIES",
    "Series",
    "Vocabulary",
    "load_co2",
    "load_names",
    "load_nile",
    "load_series",
    "load_sunspots",
    "make_adding",
    "make_pulse",
    "make_sine",
    "read_text",
    "standardise",
]
