"""The toy grammar: its exact numbers against enumeration and sampling, its sentences against a second generator."""

import itertools
from collections import Counter

import numpy as np
import pytest

from rnnedu.datasets import toy_grammar
from rnnedu.datasets.grammar import Grammar
from rnnedu.datasets.toy_grammar import NUMBER, VERBS, agreements, make_grammar

LONGEST = 17


def one_word_a_kind(grammar):
    """The same rules with one word of each kind, so that all short sentences can be written down."""
    rules = dict(grammar.rules)
    for symbol, ways in rules.items():
        if len(ways) > 2 and all(len(to) == 1 and to[0] not in rules for _, to in ways):
            rules[symbol] = ((1, ways[0][1]),)
    return Grammar(rules, grammar.start, grammar.end)


def derivations(grammar, longest):
    """Yield (sentence, probability), one for each derivation of at most so many words: every leftmost one, tried."""
    work = [((), (grammar.start,), 1.0)]
    while work:
        words, stack, p = work.pop()
        if not stack:
            yield " ".join(words), p
        elif stack[0] not in grammar.rules:
            if len(words) < longest:
                work.append(((*words, stack[0]), stack[1:], p))
        else:
            work.extend((words, to + stack[1:], p * q) for q, to in grammar.rules[stack[0]] if q)


@pytest.fixture(scope="module")
def small():
    return one_word_a_kind(make_grammar(relative=0.06, prepositional=0.05, gap=0.6))


@pytest.fixture(scope="module")
def listed(small):
    return list(derivations(small, LONGEST))


def test_every_sentence_has_one_derivation(listed):
    assert len(listed) > 300
    assert max(Counter(sentence for sentence, _ in listed).values()) == 1


def test_what_is_listed_sums_to_nearly_one_and_to_no_more(listed):
    assert 0.999 < sum(p for _, p in listed) < 1


def test_surprisal_is_that_of_the_derivation(small, listed):
    for sentence, p in listed[::7]:
        assert small.surprisal(sentence).sum() == pytest.approx(-np.log2(p))


def test_entropy_and_length_are_those_of_the_list(small, listed):
    """But for the tail: longer sentences, of 20 words and 30 bits or so."""
    p = np.array([p for _, p in listed])
    lengths = np.array([len(sentence.split()) for sentence, _ in listed])
    missing = 1 - p.sum()
    assert small.entropy == pytest.approx(-(p * np.log2(p)).sum(), abs=30 * missing)
    assert small.length == pytest.approx((p * lengths).sum(), abs=20 * missing)


def test_prefix_probabilities_are_sums_over_sentences(small, listed):
    missing = 1 - sum(p for _, p in listed)
    begun = Counter()
    for sentence, p in listed:
        words = tuple(sentence.split())
        for T in range(1, len(words) + 1):
            begun[words[:T]] += p
    for prefix, mass in itertools.islice(begun.items(), 0, None, 11):
        exact = 2.0 ** -small.surprisal(" ".join(prefix)).sum()
        assert mass - 1e-12 <= exact <= mass + missing


def test_every_row_is_a_distribution():
    grammar = make_grammar()
    for text in grammar.sentences(20, seed=2):
        rows = np.exp(grammar.log_probabilities(f"{text} ."))
        assert rows.shape == (len(text.split()) + 2, 47)
        assert rows.sum(1) == pytest.approx(1)
        assert rows[-1] == pytest.approx(rows[0])  # behind an end begins a new sentence


def test_what_is_not_yet_known_is_weighed():
    """After "the" the number is open, and "the" is a third of either kind of determiner; a noun settles it."""
    rows = dict(zip(make_grammar().words, np.exp(make_grammar().log_probabilities("the fox")[1:]).T, strict=True))
    assert rows["fox"][0] == rows["foxes"][0] == pytest.approx(1 / 16)
    assert rows["sings"][1] == pytest.approx(0.45 * 0.5 / 5)
    assert rows["sing"][1] == 0
    assert rows["that"][1] == pytest.approx(0.35)


@pytest.mark.parametrize("setting", [(0.35, 0.2, 0.6), (0.2, 0.3, 0.2), (0.0, 0.0, 0.5)])
def test_samples_agree_with_the_exact_numbers(setting):
    grammar = make_grammar(*setting)
    texts = grammar.sentences(600, seed=4)
    each = np.array([[grammar.surprisal(f"{text} .").sum(), len(text.split()) + 1] for text in texts])
    error = each.std(0) / np.sqrt(len(each))
    assert np.abs(each.mean(0) - [grammar.entropy, grammar.length]) == pytest.approx(0, abs=3 * error.max())
    ratio = each[:, 0] - grammar.bits_per_word * each[:, 1]  # 0 in the mean
    assert abs(ratio.mean()) < 3 * ratio.std() / np.sqrt(len(each))
    assert grammar.bits(texts) == pytest.approx(each[:, 0].sum() / each[:, 1].sum())


def test_the_same_seed_gives_the_same_sentences():
    grammar = make_grammar()
    assert grammar.sentences(5, seed=1) == grammar.sentences(5, seed=1) == grammar.sentences(9, seed=1)[:5]
    assert grammar.sentences(5, seed=2) != grammar.sentences(5, seed=1)


def test_its_own_sentences_are_accepted_and_broken_ones_are_not():
    grammar = make_grammar()
    for text in grammar.sentences(60, seed=5):
        assert grammar.accepts(text)
        words = text.split()
        assert not grammar.accepts(" ".join(words[:-1]))
        for _, verb, _ in agreements(text):
            other = "pl" if NUMBER[words[verb]] == "sg" else "sg"
            twin = VERBS[other][VERBS[NUMBER[words[verb]]].index(words[verb])]
            assert not grammar.accepts(" ".join([*words[:verb], twin, *words[verb + 1 :]]))


@pytest.mark.parametrize("text", ["", ".", "fox", "the fox sings .", "the cat sings", "the fox sees", "this hens sing"])
def test_what_is_no_sentence(text):
    assert not make_grammar().accepts(text)


def test_what_cannot_be_is_infinitely_surprising_until_the_sentence_ends():
    bits = make_grammar().surprisal("the fox sing the . the fox sings .")
    assert np.isfinite(bits).tolist() == [True, True, False, False, False, True, True, True, True]
    assert not np.isnan(bits).any()


def test_a_rule_that_is_never_chosen_can_be_read_of():
    bits = make_grammar(relative=0, prepositional=0).surprisal("the fox that sings . the fox sings")
    assert np.isfinite(bits).tolist() == [True, True, False, False, False, True, True, True]


# ---- agreement


def written(rng, words, pairs, n=None, verb=False):
    """Write a noun phrase of number n, or a verb phrase with the subject n = (number, place); note each agreement."""
    if verb:
        number, place = n
        sees = rng.random() < 0.5
        pairs.append((place, len(words)))
        words.append((toy_grammar.SEEING if sees else toy_grammar.SLEEPING)[number][0])
        if sees:
            written(rng, words, pairs)
        return None
    number = n or ("sg", "pl")[rng.integers(2)]
    words += [toy_grammar.DETERMINERS[number][0], toy_grammar.NOUNS[number][0]]
    me, chance = (number, len(words) - 1), rng.random()
    if chance < 0.2:
        words.append("near")
        written(rng, words, pairs)
    elif chance < 0.4:
        words.append("that")
        if rng.random() < 0.5:
            written(rng, words, pairs, me, verb=True)
        else:
            other = written(rng, words, pairs)
            pairs.append((other[1], len(words)))
            words.append(toy_grammar.SEEING[other[0]][0])
    return me


def test_agreements_are_those_with_which_a_sentence_was_written():
    rng, grammar, seen = np.random.default_rng(6), make_grammar(), Counter()
    for _ in range(300):
        words, pairs = [], []
        written(rng, words, pairs, written(rng, words, pairs), verb=True)
        assert grammar.accepts(" ".join(words))
        found = agreements(" ".join(words))
        assert sorted((each.subject, each.verb) for each in found) == sorted(pairs)
        for subject, verb, attractors in found:
            between = [NUMBER[w] for w in words[subject + 1 : verb] if w in sum(toy_grammar.NOUNS.values(), ())]
            assert attractors == sum(number != NUMBER[words[subject]] for number in between)
            assert NUMBER[words[subject]] == NUMBER[words[verb]]
            seen[attractors] += 1
    assert len(seen) > 3


# ---- what is refused

HA = {"S": ((1, ("N", ".")),), "N": ((0.75, ("ha", "N")), (0.25, ("ha",)))}


@pytest.mark.parametrize(
    ("rules", "start", "end", "message"),
    [
        (HA | {"N": ((0.7, ("ha",)),)}, "S", ".", "rules of 'N' have probabilities of sum 0.7"),
        (HA | {"N": ((1.5, ("ha",)), (-0.5, ()))}, "S", ".", "accepted: 0 to 1"),
        (HA, "T", ".", "start is 'T'; accepted: one of 'S', 'N'"),
        (HA, "S", "N", "end is 'N'"),
        (HA | {"N": ((1, ("ha", ".")),)}, "S", ".", "stands nowhere else"),
        (HA | {"N": ((0.5, ("N", "ha")), (0.5, ("ha",)))}, "S", ".", "let 'N' begin with itself"),
        (HA | {"N": ((0.5, ("ha", "N", "N")), (0.5, ("ha",)))}, "S", ".", "do not end: spectral radius 1.000"),
    ],
)
def test_rules_that_are_refused(rules, start, end, message):
    with pytest.raises(ValueError, match=message):
        Grammar(rules, start, end)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: make_grammar(relative=1.2), ValueError, "relative is 1.2; accepted: a probability"),
        (lambda: make_grammar(relative=0.7, prepositional=0.4), ValueError, "relative . prepositional is 1.1"),
        (lambda: make_grammar(relative=1, prepositional=0, gap=1), ValueError, "do not end"),
        (lambda: make_grammar().sentences(0), ValueError, "count is 0"),
        (lambda: make_grammar().surprisal("the cat"), ValueError, "word 'cat' at position 1 is not in the rules"),
        (lambda: make_grammar().surprisal(3), TypeError, "text is of type int"),
        (lambda: agreements("sings the fox"), ValueError, "verb 'sings' at position 0 has no noun"),
    ],
)
def test_arguments_that_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
