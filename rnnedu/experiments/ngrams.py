"""Counting what follows the last few symbols: the language models that a network has to beat."""

from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.datasets import Vocabulary


class NGrams:
    r"""A table that counts which symbol follows every n - 1 symbols in `texts`, each read behind `begin`.

    n : 1 to 12; with 1 it knows only how frequent symbols are. Every text is followed by `end`, "" where texts only
    stop. Before a text stand n - 1 times `begin`. A context of k followers that was seen N times trusts its own counts
    with N / (N + k), and what one symbol less says with the rest (Witten & Bell 1991, interpolated); one that was never
    seen trusts the shorter one alone. With no symbols all V are alike.

    >>> table = NGrams(2, ["ab", "ab", "b"], Vocabulary("\nab"))
    >>> table.probability("a", "b").round(3)
    np.float64(0.788)
    >>> table.bits(["ab"]).round(2)
    np.float64(0.52)

    Raises ValueError for no texts and for symbols that are not in the vocabulary.
    """

    def __init__(self, n, texts, vocabulary, begin="\n", end="\n"):
        self.n = validate.integer("n", n, 1, 12)
        self.vocabulary = validate.kind("vocabulary", vocabulary, Vocabulary)
        self.begin, self.end = begin, end
        self.levels, V = [], len(vocabulary)
        ids, places = self._read(texts)
        node = np.zeros(len(places), np.int64)
        for back in range(self.n):
            paths = node * V + ids[places - back] if back else node
            paths, node = np.unique(paths, return_inverse=True)
            self.levels.append(Level.count(paths, node, ids[places], V))

    def _read(self, texts):
        """Return (ids, places): all texts with what stands before them, and where their own symbols are."""
        join, before = self.vocabulary.join, [self.begin] * (self.n - 1)
        texts = [text for text in (join([text, self.end]) for text in texts) if text]
        if not texts:
            raise ValueError("texts holds no symbols; accepted is at least one text")
        for text in texts:
            self.vocabulary.encode(text)  # first: its message counts positions in the text alone
        rows = [self.vocabulary.encode(join([*before, text])) for text in texts]
        real = [np.arange(len(row)) >= len(before) for row in rows]
        return np.concatenate(rows), np.flatnonzero(np.concatenate(real))

    def _probabilities(self, ids, places, n):
        """Return (m,): the probability of ids[places], each behind the n - 1 ids before it."""
        V = len(self.vocabulary)
        p = np.full(len(places), 1 / V)
        node, seen = np.zeros(len(places), np.int64), np.ones(len(places), bool)
        for back, level in enumerate(self.levels[:n]):
            if back:
                node, found = _places_in(level.paths, node * V + ids[places - back])
                seen &= found
            p = np.where(seen, level.mixed(node, ids[places], p, V), p)
        return p

    def probability(self, context, symbol):
        """Return the probability of `symbol` behind `context`, of which the last n - 1 symbols count."""
        ids = self.vocabulary.encode(self.vocabulary.join([context, symbol]))
        return self._probabilities(ids, np.array([len(ids) - 1]), min(self.n, len(ids)))[0]

    def bits(self, texts, n=None):
        """Return the mean surprisal of texts, their ends included, in bits per symbol.

        n : up to the table's, None; a lower one asks what a table with that n would say, for it is in this one.
        Raises as above.
        """
        n = self.n if n is None else validate.integer("n", n, 1, self.n)
        return -np.log2(self._probabilities(*self._read(texts), n)).mean()

    def surprisal(self, text):
        """Return (T,) bits: -log2 of the probability of each symbol of a text, its end included. Raises as above."""
        return -np.log2(self._probabilities(*self._read([text]), self.n))


@dataclass(frozen=True, eq=False)
class Level:
    """What follows contexts of one length. A context is a node of a tree, reached from the one without its oldest.

    paths : (m,) sorted, the parent's node times V plus the oldest symbol. total, kinds : (m,), how often each was
    seen, and how many different symbols followed. pairs : (k,) sorted, node times V plus what followed, seen
    `counts` times.
    """

    paths: np.ndarray
    total: np.ndarray
    kinds: np.ndarray
    pairs: np.ndarray
    counts: np.ndarray

    @classmethod
    def count(cls, paths, node, symbols, V):
        """Count the symbols (m,) that follow contexts with these nodes (m,)."""
        pairs, counts = np.unique(node * V + symbols, return_counts=True)
        return cls(paths, np.bincount(node), np.bincount(pairs // V), pairs, counts)

    def mixed(self, node, symbols, shorter, V):
        """Return the probability of the symbols behind the nodes, given what a context one shorter says of them."""
        at, found = _places_in(self.pairs, node * V + symbols)
        own = np.where(found, self.counts[at], 0)
        return (own + self.kinds[node] * shorter) / (self.total[node] + self.kinds[node])


def _places_in(ordered, wanted):
    """Return (places, found): where each wanted number stands among the ordered ones, 0 where it does not."""
    at = np.searchsorted(ordered, wanted).clip(max=len(ordered) - 1)
    found = ordered[at] == wanted
    return np.where(found, at, 0), found
