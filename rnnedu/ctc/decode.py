"""From the probabilities of every frame to labels: the collapse rule, the best path, and prefix beam search.

Source: Graves et al. (2006), section 3.2, for the collapse and the best path; Graves & Jaitly (2014), "Towards
end-to-end speech recognition", algorithm 1, and Hannun et al. (2014), "First-pass large vocabulary continuous speech
recognition", for the beam.
"""

import numbers
from typing import NamedTuple

import numpy as np

from rnnedu import validate
from rnnedu.ctc import inputs


class Hypothesis(NamedTuple):
    """A labelling that beam search kept: its labels, log p of it as far as the beam saw, and that with its bonus."""

    labels: tuple[int, ...]
    log_p: float
    score: float


def collapse(path, blank=0):
    """Return the labels that an alignment stands for, a tuple: repeats become one, then blanks are left out.

    path : a sequence of integers >= 0, one a frame. Raises TypeError or ValueError for anything else.

    >>> collapse([0, 1, 1, 0, 1, 2, 2])
    (1, 1, 2)
    """
    path, blank = inputs.integers("path", path, 1), validate.integer("blank", blank, 0)
    if (path < 0).any():
        raise ValueError(f"path holds {path.min()}; accepted are integers >= 0")
    first = np.ones(len(path), bool)
    first[1:] = path[1:] != path[:-1]
    return tuple(path[first & (path != blank)].tolist())


def greedy(logits, *, input_lengths=None, blank=0):
    """Return for every sequence the labels of its single most probable alignment, a list of B tuples.

    Fast, and usually right; but the most probable labelling may be another one, whose many alignments add up to more.
    logits (T, B, V), input_lengths and blank are those of `rnnedu.ctc.loss`, and so are the errors.
    """
    log_y, lengths = inputs.scores(logits, input_lengths, blank)
    best = log_y.argmax(axis=2)  # (T, B)
    return [collapse(best[:length, b], blank) for b, length in enumerate(lengths)]


def beam(logits, width=16, *, input_lengths=None, blank=0, bonus=None):
    """Search the most probable labelling of every sequence; return B lists of at most `width` Hypotheses, best first.

    The alignments of one labelling are merged, so that log_p is their sum; with a width that holds every prefix the
    search is exhaustive and log_p exact. With a narrow one log_p is a lower bound: what was dropped is missing.

    Parameters
    ----------
    logits : (T, B, V), input_lengths and blank: as for `rnnedu.ctc.loss`.
    width : integer >= 1, the prefixes that are kept after each frame.
    bonus : None, or a function from a prefix, a tuple of labels, to a number that is added to its log probability when
        prefixes are ranked, such as a language model's log probability plus so much a label. It is that of the whole
        prefix, not of its last label; -inf forbids the prefix. It is called once for each prefix that comes up.

    Raises TypeError and ValueError as `loss` does, for a bonus that is no number, and when every prefix is forbidden.
    """
    log_y, lengths = inputs.scores(logits, input_lengths, blank)
    width = validate.integer("width", width, 1)
    if bonus is not None and not callable(bonus):
        raise TypeError(f"bonus is a {type(bonus).__name__}; accepted is a function of a prefix, or None")
    return [_search(log_y[:length, b], width, blank, _Bonus(bonus, blank)) for b, length in enumerate(lengths)]


class _Beam(NamedTuple):
    """The prefixes kept, with two sums over the alignments of each: those that end in a blank, or in its last label.

    Only the former grow by that same label again; without a blank between, the two would collapse to one.
    """

    prefixes: list
    in_blank: np.ndarray
    in_label: np.ndarray


def _search(log_y, width, blank, bonus):
    """Return the Hypotheses of one sequence (T, V)."""
    beam = _Beam([()], np.zeros(1), np.full(1, -np.inf))
    for t, y in enumerate(log_y):
        beam, grown = _grow(beam, y, blank)
        kept, symbols = _best(grown + bonus.rows(beam.prefixes, len(y)), width)
        if len(kept) == 0:
            raise ValueError(f"bonus is -inf for every prefix at t = {t + 1}; accepted is one that leaves some")
        beam = _keep(beam, grown, kept, symbols, blank)
    log_p = np.logaddexp(beam.in_blank, beam.in_label)
    return [Hypothesis(p, float(x), float(x) + bonus.value(p)) for p, x in zip(beam.prefixes, log_p, strict=True)]


def _grow(beam, y, blank):
    """Return the beam one frame later, and the log p (prefixes, V) of each prefix with each symbol behind it.

    The column of the blank stands for the prefix itself.
    """
    last = np.array([prefix[-1] if prefix else blank for prefix in beam.prefixes])
    both = np.logaddexp(beam.in_blank, beam.in_label)
    in_blank, in_label = both + y[blank], beam.in_label + y[last]
    grown = both[:, None] + y
    grown[np.arange(len(last)), last] = beam.in_blank + y[last]
    for parent, child in _families(beam.prefixes):  # the child comes up twice: merged, or it would be kept twice
        in_label[child] = np.logaddexp(in_label[child], grown[parent, last[child]])
        grown[parent, last[child]] = -np.inf
    grown[:, blank] = np.logaddexp(in_blank, in_label)
    return _Beam(beam.prefixes, in_blank, in_label), grown


def _families(prefixes):
    """Yield (parent, child), the indices of each two prefixes of which one has one label more than the other."""
    index = {prefix: i for i, prefix in enumerate(prefixes)}
    for prefix, child in index.items():
        if prefix and prefix[:-1] in index:
            yield index[prefix[:-1]], child


def _best(scores, width):
    """Return row and column of the `width` highest scores, highest first; of equal ones the first; none of -inf."""
    flat = scores.ravel()
    order = np.argsort(-flat, kind="stable")[:width]
    return np.unravel_index(order[flat[order] > -np.inf], scores.shape)


def _keep(beam, grown, kept, symbols, blank):
    stays = symbols == blank
    pairs = zip(kept.tolist(), symbols.tolist(), strict=True)
    prefixes = [beam.prefixes[i] + (() if symbol == blank else (symbol,)) for i, symbol in pairs]
    in_blank = np.where(stays, beam.in_blank[kept], -np.inf)
    return _Beam(prefixes, in_blank, np.where(stays, beam.in_label[kept], grown[kept, symbols]))


class _Bonus:
    """The caller's bonus, checked, and called once a prefix."""

    def __init__(self, function, blank):
        self._function, self._blank, self._values, self._rows = function, blank, {}, {}

    def value(self, prefix):
        if self._function is None:
            return 0.0
        if prefix not in self._values:
            value = self._function(prefix)
            if not (isinstance(value, numbers.Real) and value < np.inf):  # NaN compares false
                raise ValueError(f"bonus of {prefix} is {value!r}; accepted is a number, or -inf to forbid the prefix")
            self._values[prefix] = float(value)
        return self._values[prefix]

    def rows(self, prefixes, V):
        """Return the bonus (prefixes, V) of each prefix with each symbol behind it, as `_grow` lays them out."""
        if self._function is None:
            return 0.0
        for prefix in set(prefixes) - self._rows.keys():
            children = [prefix if v == self._blank else (*prefix, v) for v in range(V)]
            self._rows[prefix] = [self.value(child) for child in children]
        return np.array([self._rows[prefix] for prefix in prefixes])
