"""Counting what follows the last few symbols: the language models that a network has to beat."""

from collections import Counter, defaultdict

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
        self.counts = defaultdict(Counter)  # context -> symbol -> how often
        for context, symbol in self._pairs(texts):
            for start in range(self.n):
                self.counts[context[start:]][symbol] += 1

    def _pairs(self, texts):
        """Return (the n - 1 symbols before, symbol) for each symbol of every text."""
        texts = [text + self.end for text in texts]
        if not any(texts):
            raise ValueError("texts holds no symbols; accepted is at least one text")
        for text in filter(None, texts):
            self.vocabulary.encode(text)  # refuses what it does not know
        padding = self.begin * (self.n - 1)
        return [((padding + text)[at : at + self.n - 1], text[at]) for text in texts for at in range(len(text))]

    def probability(self, context, symbol):
        """Return the probability of `symbol` behind `context`, of which the last n - 1 symbols count."""
        p, context = np.float64(1 / len(self.vocabulary)), context[len(context) - self.n + 1 :] if self.n > 1 else ""
        for start in range(len(context), -1, -1):
            seen = self.counts.get(context[start:])
            if seen is None:
                break  # a longer context was not seen either
            p = (seen[symbol] + len(seen) * p) / (seen.total() + len(seen))
        return p

    def bits(self, texts):
        """Return the mean surprisal of texts, their ends included, in bits per symbol. Raises as above."""
        return -np.mean([np.log2(self.probability(*pair)) for pair in self._pairs(texts)])
