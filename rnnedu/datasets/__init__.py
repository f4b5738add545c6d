"""Small data sets, running text, toy sequences and vocabularies: arrays for the engine, nothing else.

Where the figures come from and who may use them: `data/README.md`.
"""

from rnnedu.datasets._files import data_path
from rnnedu.datasets.grammar import Grammar
from rnnedu.datasets.installed import load_library_source, load_topics
from rnnedu.datasets.memory import make_copy, make_latch, make_temporal_order
from rnnedu.datasets.reading import read_text
from rnnedu.datasets.running import make_lanes
from rnnedu.datasets.series import (
    SERIES,
    Series,
    load_co2,
    load_nile,
    load_series,
    load_sunspots,
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
    "load_library_source",
    "load_names",
    "load_nile",
    "load_series",
    "load_sunspots",
    "load_topics",
    "make_adding",
    "make_copy",
    "make_grammar",
    "make_lanes",
    "make_latch",
    "make_pulse",
    "make_sine",
    "make_temporal_order",
    "read_text",
    "standardise",
]
