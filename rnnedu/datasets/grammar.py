"""A grammar with probabilities: sentences whose entropy, and whose every next word, are known exactly."""

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

import numpy as np

from rnnedu.datasets._checks import whole
from rnnedu.datasets._leading import leading

SLACK = 1e-9  # probabilities sum to 1 but for rounding
FULLEST = 0.99  # spectral radius; at 1 sentences have no finite mean length


class Grammar:
    """A context-free grammar whose rules have probabilities (Booth & Thompson 1973, IEEE Trans. Computers C-22).

    rules : {symbol: ((probability, symbols), ...)}: `symbol` is replaced by the tuple `symbols`, () is nothing. A str
        that is no key is a word. start : what every sentence begins as. end : the word that closes each rule of
        `start` and stands nowhere else. It belongs to the sentence; texts may leave it out.

    `words` are the V words, `end` first, then as they come in the rules. The rules must be **unambiguous**, one
    derivation a sentence, else `entropy` is too large; all else holds for any. A text is words with blanks between
    them; an `end` within ends a sentence, and what follows is a new one.

    >>> grammar = Grammar({"S": ((1, ("N", ".")),), "N": ((0.75, ("ha", "N")), (0.25, ("ha",)))}, "S", ".")
    >>> grammar.words, grammar.length, round(grammar.bits_per_word, 3)
    (('.', 'ha'), 5.0, 0.649)
    >>> grammar.surprisal("ha ha .").round(3)
    array([0.   , 0.415, 2.   ])

    Raises ValueError for probabilities that do not sum to 1, a symbol that can begin with itself, another `start` or
    `end`, and rules whose sentences have no finite mean length.
    """

    def __init__(self, rules, start, end):
        self.rules = {symbol: tuple((float(p), tuple(to)) for p, to in ways) for symbol, ways in rules.items()}
        self.start, self.end = start, end
        self._check()
        written = [each for ways in self.rules.values() for _, to in ways for each in to if each not in self.rules]
        self.words = tuple(dict.fromkeys([end, *written]))
        self._leading = leading(self.rules)

    def _check(self):
        for symbol, ways in self.rules.items():
            total = sum(p for p, _ in ways)
            if abs(total - 1) > SLACK or min(p for p, _ in ways) < 0:
                raise ValueError(f"rules of {symbol!r} have probabilities of sum {total:g}; accepted: 0 to 1, of sum 1")
        if self.start not in self.rules:
            raise ValueError(f"start is {self.start!r}; accepted: one of {', '.join(map(repr, self.rules))}")
        ends = [to.count(self.end) for ways in self.rules.values() for _, to in ways]
        closed = [to[-1:] == (self.end,) for _, to in self.rules[self.start]]
        if not all(closed) or sum(ends) > len(closed):
            accepted = f"the word that closes each rule of {self.start!r} and stands nowhere else"
            raise ValueError(f"end is {self.end!r}; accepted: {accepted}")
        radius = float(np.abs(np.linalg.eigvals(self._made)).max())
        if radius > FULLEST:
            raise ValueError(f"rules make sentences that do not end: spectral radius {radius:.3f}; accepted: .99")

    # -- numbers of the whole ----------------------------------------------------------------------------------------

    @cached_property
    def _made(self):
        """(N, N): entry [A, B] is how many B one replacement of A makes in the mean."""
        place = {symbol: n for n, symbol in enumerate(self.rules)}
        made = np.zeros((len(place), len(place)))
        for symbol, ways in self.rules.items():
            for p, to in ways:
                for each in (each for each in to if each in place):
                    made[place[symbol], place[each]] += p
        return made

    def _sum_over(self, own):
        """Return the mean, over sentences, of the sum of own(ways) over all replacements: x = own + made @ x."""
        each = [own(ways) for ways in self.rules.values()]
        total = np.linalg.solve(np.eye(len(each)) - self._made, each)
        return float(total[list(self.rules).index(self.start)])

    @cached_property
    def length(self):
        """Mean number of words of a sentence, its end included."""
        return self._sum_over(lambda ways: sum(p * sum(each not in self.rules for each in to) for p, to in ways))

    @cached_property
    def entropy(self):
        """Entropy of a sentence in bits: of its derivation, the mean sum of -sum(p log2 p) over all replacements.

        Source: Soule (1974), "Entropies of probabilistic grammars", Information and Control 25.
        """
        return self._sum_over(lambda ways: -sum(p * np.log2(p) for p, _ in ways if p > 0))

    @property
    def bits_per_word(self):
        """Entropy by length: over many sentences no model can need fewer bits per word, ends included."""
        return self.entropy / self.length

    # -- sentences ---------------------------------------------------------------------------------------------------

    def sentences(self, count, seed=0):
        """Return a tuple of `count` texts, drawn independently, without their ends. Raises ValueError for others."""
        rng = np.random.default_rng(whole("seed", seed, 0))
        return tuple(self._drawn(rng) for _ in range(whole("count", count, 1)))

    def _drawn(self, rng):
        """Return one text: always the leftmost symbol is replaced."""
        words, stack = [], [self.start]
        while stack:
            symbol = stack.pop()
            if symbol in self.rules:
                stack.extend(self._ways[symbol](rng.random()))
            else:
                words.append(symbol)
        return " ".join(words[:-1])

    @cached_property
    def _ways(self):
        """{symbol: function from a number in 0..1 to what replaces it, its last symbol first}."""
        return {symbol: _chooser(ways) for symbol, ways in self.rules.items()}

    # -- reading, word by word ---------------------------------------------------------------------------------------

    def read(self, text):
        """Yield (word, {word: probability} of all that could stand in its place) for each word of a text.

        All leftmost derivations of what was read are kept, with their probabilities (Stolcke 1995, "prefix
        probabilities"; the rules are not left-recursive, so there are finitely many). The last pair is (None, what can
        follow). After a word that cannot stand there nothing can, {}, until an end. Raises ValueError for another
        word, TypeError for no str.
        """
        begun = states = {(self.start,): 1.0}
        for word in self.split(text):
            ways = self._next(states)
            yield word, {each: sum(rests.values()) for each, rests in ways.items()}
            states = begun if word == self.end else _shares(ways.get(word, {}))
        yield None, {each: sum(rests.values()) for each, rests in self._next(states).items()}

    def split(self, text):
        """Return the list of words of a text. Raises ValueError for a word that the rules do not have."""
        if not isinstance(text, str):
            raise TypeError(f"text is of type {type(text).__name__}; accepted: str")
        words = text.split()
        unknown = next((n for n, word in enumerate(words) if word not in self.words), None)
        if unknown is not None:
            accepted = " ".join(self.words)
            raise ValueError(f"word {words[unknown]!r} at position {unknown} is not in the rules; accepted: {accepted}")
        return words

    def _next(self, states):
        """Return {word: {stack after it: probability}} for {stack: probability}; a stack is what is still to come."""
        found = {}
        for stack, share in states.items():
            for place, symbol in enumerate(stack):
                words, empty = self._leading.get(symbol, ({symbol: {(): 1.0}}, 0.0))
                for word, rests in words.items():
                    after = found.setdefault(word, {})
                    for rest, p in rests.items():
                        left = rest + stack[place + 1 :]
                        after[left] = after.get(left, 0.0) + share * p
                share *= empty  # goes on with the next symbol where this one writes nothing
                if not share:
                    break
        return found

    def log_probabilities(self, text):
        """Return (T + 1, V) float64: row t is the natural log of the probability of each of `words` after t words.

        -inf is what cannot be; all of it after a word that cannot stand there. Raises as `read` does.
        """
        rows = [[ways.get(word, 0.0) for word in self.words] for _, ways in self.read(text)]
        with np.errstate(divide="ignore"):
            return np.log(rows)

    def surprisal(self, text):
        """Return (T,) float64: -log2 of the probability of each of the T words, in bits; inf where it cannot stand."""
        with np.errstate(divide="ignore"):
            return -np.log2([ways.get(word, 0.0) for word, ways in self.read(text) if word is not None]) + 0.0

    def bits(self, texts):
        """Return the mean surprisal of texts, their ends included, in bits per word; inf for one that cannot be."""
        return float(np.concatenate([self.surprisal(f"{text} {self.end}") for text in texts]).mean())

    def accepts(self, text):
        """Return whether a text, without its end, is one whole sentence. Words that are unknown are in none."""
        words = text.split()
        known = self.end not in words and all(word in self.words for word in words)
        return known and bool(np.isfinite(self.surprisal(f"{text} {self.end}")).all())


def _chooser(ways):
    bounds = list(accumulate(p for p, _ in ways))[:-1]
    turned = [to[::-1] for _, to in ways]
    return lambda number: turned[bisect_right(bounds, number)]


def _shares(rests):
    total = sum(rests.values())
    return {stack: p / total for stack, p in rests.items()}
