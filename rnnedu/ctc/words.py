"""Decoding with a lexicon: the best single word, and the best string of words.

Source: Graves (2012), "Supervised sequence labelling", section 7.5.3 (CTC token passing, after Young et al. 1989).

A word is a sequence of labels. `word` weighs each by its exact CTC probability, the sum over its alignments. A string
of words has no such list to go through, so `lexicon` takes the most probable single alignment among those of all
strings. That search is exact, needs no beam and always ends in whole words; it may prefer another string than the sum
over alignments would.
"""

from typing import NamedTuple

import numpy as np

from rnnedu import validate
from rnnedu.ctc import inputs
from rnnedu.ctc.loss import NEVER, extended, forward, log_p


class WordString(NamedTuple):
    """What `lexicon` found: which words, their labels with the separators, and log p of their best alignment."""

    words: tuple[int, ...]
    labels: tuple[int, ...]
    log_p: float


def word(logits, words, *, input_lengths=None, blank=0):
    """Return the most probable word of a list for every sequence, and log p of all of them.

    logits (T, B, V), input_lengths and blank are those of `rnnedu.ctc.loss`. words : list of N integer sequences.
    Returns (best, scores): (B,) indices into the list, and (B, N) float64, -inf where the frames do not suffice for
    the word; `best` is -1 where they suffice for none. Raises TypeError and ValueError as `loss` does, and ValueError
    for an empty list or word.
    """
    log_y, lengths = inputs.scores(logits, input_lengths, blank)
    words = inputs.listed("words", words, log_y.shape[2], blank)
    labels, sizes = inputs.padded("words", words, None, log_y.shape[2], blank)
    with np.errstate(under="ignore"):
        scores = np.stack([_of_words(log_y[:length, b], labels, sizes, blank) for b, length in enumerate(lengths)])
    return np.where((scores > -np.inf).any(axis=1), scores.argmax(axis=1), -1), scores


def _of_words(log_y, labels, sizes, blank):
    """Return log p of all words (N,) for one sequence (T, V): the words are the batch."""
    states, skip = extended(labels, blank)
    alpha = forward(log_y[:, states], skip)
    scores = log_p(alpha, np.full(len(sizes), len(log_y)), sizes)
    return np.where(scores > NEVER / 2, scores, -np.inf)


def lexicon(logits, words, *, separator=None, input_lengths=None, blank=0):
    """Return the best string of words for every sequence, a list of B WordStrings.

    Words follow each other in any order and number, also none: silence is the empty string.

    Parameters
    ----------
    logits : (T, B, V), input_lengths and blank: as for `rnnedu.ctc.loss`.
    words : list of integer sequences, none empty. Of two equal ones the first is found.
    separator : None, when words follow each other directly; or the label, such as that of the space, that stands
        exactly once between two words, in no word, and neither before the first nor behind the last.

    Raises TypeError and ValueError as `loss` does, and ValueError for an empty list or word.
    """
    log_y, lengths = inputs.scores(logits, input_lengths, blank)
    V = log_y.shape[2]
    words = inputs.listed("words", words, V, blank)
    if separator is not None:
        _check_separator(separator, words, V, blank)
    graph = _Graph.of(words, separator, blank)
    return [graph.best(log_y[:length, b], words, separator) for b, length in enumerate(lengths)]


def _check_separator(separator, words, V, blank):
    validate.integer("separator", separator, 0, V - 1)
    if separator == blank:
        raise ValueError(f"separator is {separator}, the blank; accepted is another label")
    holding = [i for i, labels in enumerate(words) if separator in labels]
    if holding:
        raise ValueError(f"separator is {separator}, which words[{holding[0]}] holds; accepted is a label in no word")


class _Graph(NamedTuple):
    """The states of all words in one row: two blanks, before the first word and between words, and then word by word.

    A word is l_1, blank, l_2, ..., l_n and, with a separator, blank, separator. The last of these is its exit.

    labels : (S,) the symbol of each state.
    sources : (6, S) states from which each state is reached: itself, one before, two before, the blank before the
        first word, the blank between words, the best exit. S, the index behind the last state, stands for none.
    word_of : (S,) the word of which the state is the start, else -1.
    exits : (N,) the exit of each word.
    final : (S,) bool, where a string may end.
    """

    labels: np.ndarray
    sources: np.ndarray
    word_of: np.ndarray
    exits: np.ndarray
    final: np.ndarray

    @classmethod
    def of(cls, words, separator, blank):
        tail = [] if separator is None else [blank, separator]
        chains = [[*np.insert(labels, np.arange(1, len(labels)), blank).tolist(), *tail] for labels in words]
        labels = np.array([blank, blank, *(symbol for chain in chains for symbol in chain)])
        ends = 2 + np.cumsum([len(chain) for chain in chains])
        starts, exits, S = ends - [len(chain) for chain in chains], ends - 1, len(labels)
        word_of = np.full(S, -1)
        word_of[starts] = np.arange(len(words))
        final = np.zeros(S, bool)
        final[0] = True
        final[exits if separator is None else np.r_[exits - 2, exits - 1]] = True
        final[1] = separator is None
        return cls(labels, cls._sources(labels, starts, blank), word_of, exits, final)

    @staticmethod
    def _sources(labels, starts, blank):
        S = len(labels)
        sources = np.full((6, S), S)
        sources[0] = np.arange(S)
        inner = np.setdiff1d(np.arange(2, S), starts)
        sources[1, inner] = inner - 1
        skips = inner[labels[inner] != blank]  # such a state has two before it in its own word
        skips = skips[labels[skips] != labels[skips - 2]]
        sources[2, skips] = skips - 2
        sources[3, starts], sources[4, starts] = 0, 1
        return sources

    def best(self, log_y, words, separator):
        """Return the WordString of one sequence (T, V)."""
        T, S = len(log_y), len(self.labels)
        log_y = log_y[:, self.labels]
        came_from = np.zeros((T, S), int)
        score = np.where((self.word_of >= 0) | (np.arange(S) == 0), log_y[0], NEVER)
        for t in range(1, T):
            came_from[t], score = self._step(score)
            score += log_y[t]
        state = int(np.where(self.final, score, -np.inf).argmax())
        found = self._trace_back(came_from, state)
        between = () if separator is None else (separator,)
        labels = [label for n, i in enumerate(found) for label in (*between * (n > 0), *words[i].tolist())]
        return WordString(found, tuple(labels), float(score[state]))

    def _step(self, score):
        """Return from which state each state is best reached, and the log p of arriving there."""
        exits, entries = self.exits, np.flatnonzero((self.word_of >= 0) | (np.arange(len(score)) == 1))
        first = exits[score[exits].argmax()]
        others = exits[self.labels[exits] != self.labels[first]]
        second = others[score[others].argmax()] if len(others) else len(score)
        sources = self.sources.copy()  # no direct way from a word to one that begins with its last label
        sources[5, entries] = np.where(self.labels[entries] != self.labels[first], first, second)
        arriving = np.append(score, NEVER)[sources]  # (6, S)
        best = arriving.argmax(axis=0), np.arange(len(score))
        return sources[best], arriving[best]

    def _trace_back(self, came_from, state):
        """Return the words along the best way to `state`: one wherever the way enters a word's start."""
        found = []
        for t in reversed(range(len(came_from))):
            source = came_from[t, state]
            if self.word_of[state] >= 0 and (t == 0 or source != state):
                found.append(int(self.word_of[state]))
            state = source
        return tuple(reversed(found))
