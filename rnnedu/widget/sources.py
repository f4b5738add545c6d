"""What the player can run over: a real series, a pulse, text letter by letter, or what the learner has drawn."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnedu import datasets, validate

HIGHEST = 10.0  # of a number that is drawn; a series in standard deviations is far below it


@dataclass(frozen=True)
class Source:
    """An input sequence: x (T, 1, D), how the time axis reads, and "line" or "letters" as its picture."""

    title: str
    x: np.ndarray
    labels: tuple[str, ...]
    kind: str = "line"
    symbols: tuple[str, ...] = ()


def series(name, length):
    """Return the first `length` values of a series that comes with rnnedu, standardised."""
    loaded = datasets.load_series(name)
    x = loaded.inputs(length=length, dtype=np.float64)
    return Source(f"{loaded.name}, in sd", x, tuple(_date(time) for time in loaded.time[:length]))


def _date(time):
    """Return a year, with its month where the series is finer than yearly."""
    year, part = divmod(float(time), 1)
    return f"{year:.0f}" if part == 0 else f"{year:.0f}-{int(part * 12) + 1:02d}"


def pulse(length):
    """Return a single 1 followed by zeros: what stays of it is memory."""
    return Source("a pulse", datasets.make_pulse(length, dtype=np.float64), ("",) * length)


def text(characters, vocabulary=None):
    """Return `characters` one-hot over a Vocabulary, or over the characters that occur in them."""
    if vocabulary is None:
        vocabulary = datasets.Vocabulary.of([characters])
    validate.kind("vocabulary", vocabulary, datasets.Vocabulary)
    x = vocabulary.one_hot(characters, dtype=np.float64)
    return Source("letters", x, tuple(characters), "letters", tuple(vocabulary.symbols))


def drawn(values):
    """Return the learner's own numbers, each from -HIGHEST to HIGHEST."""
    values = [validate.number(f"drawn[{t}]", value, -HIGHEST, HIGHEST) for t, value in enumerate(values)]
    return Source("drawn", np.reshape(values, (-1, 1, 1)), ("",) * len(values))


SOURCES: dict[str, Callable[[int], Source]] = {
    **{name: lambda length, name=name: series(name, length) for name in datasets.SERIES},
    "pulse": pulse,
}
