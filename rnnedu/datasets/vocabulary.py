"""Text as numbers: which symbols there are, characters or words, and one that stands for all others."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from rnnedu.datasets._checks import float_dtype, whole


@dataclass(frozen=True)
class Vocabulary:
    """The V characters a model knows; the id of a character is its place in `symbols`.

    Attributes:
        symbols: tuple of V different one-character str. A str or another iterable of them is taken too; a
            set is sorted, because its own order changes from run to run.
        unknown: the symbol that every other character is read as; None refuses other characters.

    Raises ValueError for no symbols, a repeated one, one that is not a single character and an `unknown` that is no
    symbol; TypeError for a symbol that is not a str.

    >>> Vocabulary("ab?", unknown="?").encode("abé").tolist()
    [0, 1, 2]
    """

    symbols: tuple[str, ...]
    unknown: str | None = None

    noun = "character"  # what a symbol is

    def __post_init__(self):
        is_set = isinstance(self.symbols, (set, frozenset))
        symbols = tuple(sorted(self.symbols) if is_set else self.symbols)
        if not symbols:
            raise ValueError(f"symbols is empty; accepted: at least one {self.noun}")
        for symbol in symbols:
            if self.split(symbol, "symbol") != [symbol]:
                raise ValueError(f"symbol is {symbol!r}; accepted: single {self.noun}s")
        if len(set(symbols)) < len(symbols):
            twice = next(s for i, s in enumerate(symbols) if s in symbols[:i])
            raise ValueError(f"symbol {twice!r} is given twice; accepted: different {self.noun}s")
        if self.unknown is not None and self.unknown not in symbols:
            raise ValueError(f"unknown is {self.unknown!r}; accepted: one of the symbols, or None")
        object.__setattr__(self, "symbols", symbols)

    @classmethod
    def of(cls, texts, unknown=None, least=1):
        """Return the vocabulary of one str or an iterable of str: the symbols that occur in them, sorted.

        Args:
            texts: what to count in.
            unknown: a symbol that stands for all others; it is added where it does not occur itself.
            least: how often a symbol must occur to be one of its own. Above 1 a model meets the unknown in
                training, and learns how likely it is.

        Raises ValueError when no symbol occurs so often or a rarer one is left without an unknown, TypeError
        for something that is not a str.
        """
        texts = [texts] if isinstance(texts, str) else texts
        counts = Counter(chain.from_iterable(cls.split(text) for text in texts))
        if not counts:
            raise ValueError(f"texts holds no {cls.noun}s; accepted: at least one text that is not empty")
        kept = {symbol for symbol, count in counts.items() if count >= whole("least", least, 1)}
        if unknown is None and len(kept) < len(counts):
            raise ValueError(f"least is {least} without an unknown; accepted: an unknown that stands for rarer ones")
        return cls(tuple(sorted(kept | ({unknown} - {None}))), unknown)

    @classmethod
    def split(cls, text, name="text"):
        """Return the symbols of a text as a list, known or not. Raises TypeError, with `name`, for no str."""
        return list(_text(name, text))

    @classmethod
    def join(cls, texts):
        """Return texts, which may be single symbols, as one text."""
        return "".join(texts)

    @cached_property
    def _ids(self):
        return {symbol: i for i, symbol in enumerate(self.symbols)}

    def __len__(self):
        """V, the number of symbols."""
        return len(self.symbols)

    def encode(self, text):
        """Return (T,) int64: the id of each of the T symbols of `text`.

        Raises ValueError for an empty text or, without an unknown, a symbol not in the vocabulary; TypeError for
        no str.
        """
        symbols = self.split(text)
        if not symbols:
            raise ValueError(f"text is empty; accepted: at least one {self.noun}")
        if self.unknown is None:
            self._refuse_strangers(symbols)
        other = self._ids.get(self.unknown)
        return np.array([self._ids.get(symbol, other) for symbol in symbols], dtype=np.int64)

    def _refuse_strangers(self, symbols):
        place = next((i for i, symbol in enumerate(symbols) if symbol not in self._ids), None)
        if place is not None:
            raise ValueError(
                f"{self.noun} {symbols[place]!r} at position {place} is not in the vocabulary; "
                f"accepted: {self._described()}"
            )

    def strangers(self, text):
        """Return the places (n,) int64 of the symbols of `text` that are not in the vocabulary."""
        return np.flatnonzero([symbol not in self._ids for symbol in self.split(text)])

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
        return self.join(self.symbols[i] for i in ids.tolist())

    def one_hot(self, text, dtype=np.float32):
        """Return (T, 1, V), that is (T, B, D): row t has 1 at the id of symbol t and 0 elsewhere.

        Raises what `encode` raises, and ValueError for a dtype other than float32 and float64.
        """
        ids = self.encode(text)
        rows = np.zeros((len(ids), 1, len(self)), float_dtype(dtype))  # (T, 1, V)
        rows[np.arange(len(ids)), 0, ids] = 1
        return rows

    def _described(self):
        shown = self.join(self.symbols[:60])
        return f"the {len(self)} {self.noun}s {shown!r}" + (" and so on" if len(self) > 60 else "")


class WordVocabulary(Vocabulary):
    r"""The V words a model knows; a text is cut into words at white space, and words are joined by a blank.

    All else is as in `Vocabulary`: `symbols` are words without white space in them, `unknown` is a word too.

    >>> words = WordVocabulary.of(["the dog barks", "the dog sleeps"], unknown="<unk>", least=2)
    >>> words.symbols
    ('<unk>', 'dog', 'the')
    >>> words.decode(words.encode("the  dog\nreads"))
    'the dog <unk>'
    """

    noun = "word"

    @classmethod
    def split(cls, text, name="text"):
        """Return the words of a text as a list, known or not. Raises TypeError, with `name`, for no str."""
        return _text(name, text).split()

    @classmethod
    def join(cls, texts):
        """Return texts, which may be single words, as one text with a blank between two of them."""
        return " ".join(text for text in texts if text)


def _text(name, value):
    if not isinstance(value, str):
        raise TypeError(f"{name} is of type {type(value).__name__}; accepted: str")
    return value
