"""Small data sets, running text, toy sequences and vocabularies: arrays for the engine, nothing else.

Where the figures come from and who may use them: `data/README.md`.
"""

from rnnedu.datasets._files import data_path
from rnnedu.datasets.grammar import Grammar
from rnnedu.datasets.installed import load_library_source, load_topics
from rnnedu.datasets.mackey_glass import make_mackey_glass
from rnnedu.datasets.memory import make_copy, make_latch, make_temporal_order
from rnnedu.datasets.own_series import read_series
from rnnedu.datasets.reading import read_text
from rnnedu.datasets.running import make_lanes
from rnnedu.datasets.series import (
    SERIES,
    Series,
    load_co2,
    load_laser,
    load_nile,
    load_passengers,
    load_series,
    load_sunspots,
    load_sunspots_monthly,
    standardise,
)
from rnnedu.datasets.text import load_names
from rnnedu.datasets.toy import make_adding, make_pulse, make_sine
from rnnedu.datasets.toy_grammar import agreements, make_grammar
from rnnedu.datasets.vocabulary import Vocabulary, WordVocabulary

__all__ = [
    "SERIES",
    "Grammar",
    "Series",
    "Vocabulary",
    "WordVocabulary",
    "agreements",
    "data_path",
    "load_co2",
    "load_laser",
    "load_library_source",
    "load_names",
    "load_nile",
    "load_passengers",
    "load_series",
    "load_sunspots",
    "load_sunspots_monthly",
    "load_topics",
    "make_adding",
    "make_copy",
    "make_grammar",
    "make_lanes",
    "make_latch",
    "make_mackey_glass",
    "make_pulse",
    "make_sine",
    "make_temporal_order",
    "read_series",
    "read_text",
    "standardise",
]
