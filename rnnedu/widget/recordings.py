"""What the explorer of hidden states shows: a cell or a model over a text or a series, refused if it is too large."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from rnnedu import datasets, validate
from rnnedu.cells import Params
from rnnedu.experiments import causal, hidden
from rnnedu.experiments.language import LanguageModel, load_names_model
from rnnedu.widget.places import short_enough
from rnnedu.widget.sources import series as series_source

LONGEST = 600  # places; beyond it a page shows nothing that can be read
LARGEST = 60_000  # places times units: what a browser still draws at once


@dataclass(frozen=True, eq=False)
class Recording:
    """T places and what the units did there.

    labels : T texts, the symbol that was read or the time. values : "h_t", ... -> (T, H).
    times, series : (T,) where the places are and the first number of the input there; None for a text.
    """

    labels: tuple[str, ...]
    values: Mapping[str, np.ndarray]
    times: np.ndarray | None = None
    series: np.ndarray | None = None

    @property
    def T(self):
        """The number of places."""
        return len(self.labels)


@dataclass(frozen=True)
class Source:
    """What can be recorded.

    units : of each recurrent layer. vocabulary : of what it reads, None for numbers.
    record : (text, or numbers (T, D); layer) -> (labels or None, values). lead : places before a text, its begin.
    """

    units: tuple[int, ...]
    vocabulary: datasets.Vocabulary | None
    record: Callable
    lead: int = 0

    def text(self, text, layer):
        """Return the Recording of a text. Raises ValueError for a layer that is not there or one too long."""
        short_enough("text", text, LONGEST - self.lead)
        symbols = self.vocabulary.split(text)
        if not symbols:
            raise ValueError("text is empty; accepted is at least one symbol")
        self._refuse_large(len(symbols) + self.lead, layer)
        labels, values = self.record(text, layer)
        return Recording(tuple(labels), values)

    def numbers(self, x, times, labels, layer):
        """Return the Recording of numbers (T, D), T from 2 to 600. Raises as `text` does."""
        validate.integer("length", len(x), 2, LONGEST)
        self._refuse_large(len(x), layer)
        return Recording(tuple(labels), self.record(x, layer)[1], times, x[:, 0])

    def series(self, name, length, layer):
        """Return the Recording of the first `length` values of a series that comes with rnnedu."""
        times = validate.named("series", name, datasets.SERIES)().time
        shown = series_source(name, validate.integer("length", length, 2, min(LONGEST, len(times))))
        return self.numbers(shown.x[:, 0], times[:length], shown.labels, layer)

    def _refuse_large(self, T, layer):
        H = self.units[validate.integer("layer", layer, 1, len(self.units)) - 1]
        if T * H > LARGEST:
            raise ValueError(f"{T} places of {H} units are {T * H} values; accepted are at most {LARGEST} at once")


def source_of(model, params, vocabulary):
    """Return the Source of a LanguageModel, a Sequential over numbers or a cell's Params, a text with a vocabulary.

    None of them is the model of first names. Raises TypeError for other kinds, ValueError for two at once.
    """
    if model is not None and params is not None:
        raise ValueError("model and params are given both; accepted is one of them")
    if params is not None:
        return _of_params(validate.kind("params", params, Params), vocabulary)
    if vocabulary is not None:
        raise ValueError("vocabulary is given without params; accepted is a LanguageModel, which has its own")
    model = load_names_model() if model is None else model
    return _of_language(model) if isinstance(model, LanguageModel) else _of_model(model)


def _of_language(model):
    def record(text, layer):
        return hidden.over_text(model, text, layer - 1)

    return Source(_units(model.model), model.vocabulary, record, lead=1)


def _of_model(model):
    return Source(_units(model), None, lambda x, layer: (None, hidden.over_numbers(model, x, layer - 1)))


def _of_params(params, vocabulary):
    if vocabulary is None:
        return Source((params.H,), None, lambda x, _: (None, hidden.over_numbers(params, x)))
    validate.kind("vocabulary", vocabulary, datasets.Vocabulary)

    def record(text, _):
        return vocabulary.split(text), hidden.over_numbers(params, vocabulary.one_hot(text, params.dtype)[:, 0])

    return Source((params.H,), vocabulary, record)


def _units(model):
    return tuple(layer.units for layer in causal.recurrent(model))
