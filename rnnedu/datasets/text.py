"""Text as numbers: a vocabulary of characters, and a list of names to learn from."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnedu.datasets._checks import choice, float_dtype
from rnnedu.datasets._files import damaged, number, read_table


@dataclass(frozen=True)
class Vocabulary:
    """The V characters a model knows; the id of a character is its place in `symbols`.

    Attributes:
        symbols: tuple of V different one-character str. A str or another iterable of them is taken too; a
            set is sorted, because its own order changes from run to run.

    Raises ValueError for no symbols, a repeated one or one that is not a single character; TypeError for a
    symbol that is not a str.
    """

    symbols: tuple[str, ...]

    def __post_init__(self):
        is_set = isinstance(self.symbols, (set, frozenset))
        symbols = tuple(sorted(self.symbols) if is_set else self.symbols)
        if not symbols:
            raise ValueError("symbols is empty; accepted: at least one character")
        for symbol in symbols:
            if len(_text("symbol", symbol)) != 1:
                raise ValueError(f"symbol is {symbol!r}; accepted: single characters")
        if len(set(symbols)) < len(symbols):
            twice = next(s for i, s in enumerate(symbols) if s in symbols[:i])
            raise ValueError(f"symbol {twice!r} is given twice; accepted: different characters")
        object.__setattr__(self, "symbols", symbols)

    @classmethod
    def of(cls, texts):
        """Return the vocabulary of one str or an iterable of str: their characters, sorted.

        Raises ValueError when there are no characters, TypeError for something that is not a str.
        """
        found = set().union(*(_text("text", text) for text in texts))
        if not found:
            raise ValueError("texts holds no characters; accepted: at least one text that is not empty")
        return cls(tuple(sorted(found)))

    @cached_property
    def _ids(self):
        return {symbol: i for i, symbol in enumerate(self.symbols)}

    def __len__(self):
        """V, the number of characters."""
        return len(self.symbols)

    def encode(self, text):
        """Return (T,) int64: the id of each of the T characters of `text`.

        Raises ValueError for an empty text or a character not in the vocabulary, TypeError for no str.
        """
        if not _text("text", text):
            raise ValueError("text is empty; accepted: at least one character")
        unknown = next((i for i, character in enumerate(text) if character not in self._ids), None)
        if unknown is not None:
            raise ValueError(
                f"character {text[unknown]!r} at position {unknown} is not in the vocabulary; "
                f"accepted: {self._described()}"
            )
        return np.array([self._ids[character] for character in text], dtype=np.int64)

    def decode(self, ids):
        """Return the str that the integers `ids` (T,) stand for; no ids give "".

        Raises ValueError for an id outside 0 .. V - 1 or another shape, TypeError for no integers.
        """
        ids = np.asarray(ids)
        if ids.ndim != 1:
            raise ValueError(f"ids has shape {ids.shape}; accepted: (T,)")
        if ids.size and ids.dtype.kind not in "iu":  # an empty list is float64 to NumPy
            raise TypeError(f"ids has dtype {ids.dtype}; accepted: integers")
        outside = (ids < 0) | (ids >= len(self))
        if outside.any():
            position = int(outside.argmax())
            raise ValueError(f"id {ids[position]} at position {position}; accepted: 0 to {len(self) - 1}")
        return "".join(self.symbols[int(i)] for i in ids)

    def one_hot(self, text, dtype=np.float32):
        """Return (T, 1, V), that is (T, B, D): row t has 1 at the id of character t and 0 elsewhere.

        Raises what `encode` raises, and ValueError for a dtype other than float32 and float64.
        """
        ids = self.encode(text)
        rows = np.zeros((len(ids), 1, len(self)), float_dtype(dtype))  # (T, 1, V)
        rows[np.arange(len(ids)), 0, ids] = 1
        return rows

    def _described(self):
        shown = "".join(self.symbols[:60])
        return f"the {len(self)} characters {shown!r}" + (" and so on" if len(self) > 60 else "")


def _text(name, value):
    if not isinstance(value, str):
        raise TypeError(f"{name} is of type {type(value).__name__}; accepted: str")
    return value


NAMES_FILE = "names_us_census_1990.csv"
SEXES = ("female", "male")


def load_names(sex=None):
    """Return a tuple of first names in lower case a-z, the most frequent first, each once.

    Frequencies are those of the U.S. Census Bureau, 1990: percent of the people of that sex. With `sex` None
    (5163 names) a name borne by both counts with the sum; equally frequent names keep the order of the file.

    Args:
        sex: "female" (4275 names), "male" (1219 names) or None for both.

    Raises ValueError for another `sex`, or a damaged data file.
    """
    if sex is not None:
        choice("sex", sex, SEXES)
    percents = defaultdict(float)
    for line, (name, group, percent) in read_table(NAMES_FILE, ("name", "sex", "percent")):
        if not (name.isascii() and name.isalpha()) or group not in SEXES:
            raise damaged(NAMES_FILE, line, f"found {name!r}, {group!r}", "letters a-z, then female or male")
        share = number(NAMES_FILE, line, percent)
        if sex in (None, group):
            percents[name.lower()] += share
    # Percents have 3 decimals: rounding makes equal sums equal, and sorting is stable.
    return tuple(sorted(percents, key=lambda name: -round(percents[name], 3)))
