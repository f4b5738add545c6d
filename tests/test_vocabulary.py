"""A symbol for what is unknown, and words as symbols, up to a language model of words."""

import numpy as np
import pytest

from rnnedu import layers
from rnnedu.datasets import Vocabulary, WordVocabulary
from rnnedu.experiments import hidden
from rnnedu.experiments.language import LanguageModel
from rnnedu.experiments.sampling import sample
from rnnedu.experiments.texts import training_set
from rnnedu.models import Sequential

SENTENCES = ("the dog barks", "the dogs bark", "the dog sees the dogs")


def test_what_is_unknown_is_read_as_the_unknown():
    vocabulary = Vocabulary.of(["abca", "ab"], unknown="�", least=2)
    assert vocabulary.symbols == ("a", "b", "�")
    assert vocabulary.encode("cab�ж").tolist() == [2, 0, 1, 2, 2]
    assert vocabulary.decode(vocabulary.encode("cab")) == "�ab"
    assert vocabulary.strangers("cab�ж").tolist() == [0, 4]
    assert vocabulary.one_hot("ж").argmax() == 2


def test_an_unknown_that_occurs_is_there_once():
    assert Vocabulary.of("ab?", unknown="?").symbols == ("?", "a", "b")
    assert Vocabulary.of("a", unknown="?", least=5).symbols == ("?",)


def test_words_are_cut_at_white_space_and_joined_by_a_blank():
    words = WordVocabulary.of(SENTENCES)
    assert words.symbols == ("bark", "barks", "dog", "dogs", "sees", "the")
    assert words.encode(" the\tdogs\n bark ").tolist() == [5, 3, 0]
    assert words.decode([5, 3, 0]) == "the dogs bark"
    assert words.decode([]) == ""
    assert words.one_hot("the dog").shape == (2, 1, 6)
    assert len(words) == 6
    assert words == WordVocabulary(words.symbols) != Vocabulary("ab")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Vocabulary("ab", unknown="?"), ValueError, "unknown is '?'; accepted: one of the symbols"),
        (lambda: Vocabulary.of("aab", least=2), ValueError, "least is 2 without an unknown"),
        (lambda: Vocabulary.of("aab", "?", least=0), ValueError, "least is 0"),
        (lambda: WordVocabulary(("a b",)), ValueError, "symbol is 'a b'; accepted: single words"),
        (lambda: WordVocabulary(("a", "")), ValueError, "symbol is ''; accepted: single words"),
        (lambda: WordVocabulary.of(" \n"), ValueError, "texts holds no words"),
        (lambda: WordVocabulary(("a",)).encode(" "), ValueError, "text is empty; accepted: at least one word"),
        (lambda: WordVocabulary(("a",)).encode("a cat"), ValueError, "word 'cat' at position 1 is not in the voc"),
        (lambda: WordVocabulary(("a",)).encode(3), TypeError, "text is of type int"),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)


@pytest.fixture(scope="module")
def of_words():
    vocabulary = WordVocabulary.of([*SENTENCES, "."], unknown="<unk>")
    stack = [layers.Input((None,)), layers.Embedding(8, 3), layers.GRU(4, return_sequences=True)]
    model = Sequential([*stack, layers.Dense(8, "softmax")], seed=1)
    return LanguageModel(model, vocabulary, begin=".", end=".", texts=SENTENCES)


def test_a_language_model_takes_words(of_words):
    text = "the dog barks . the cat"
    assert of_words.parts(text) == ["the dog barks", "the cat"]
    rows, ids = of_words.log_probabilities(text), of_words.vocabulary.encode(text)
    assert rows.shape == (7, 8)
    assert np.allclose(rows[4:], of_words.log_probabilities("the <unk>"))
    assert np.allclose(of_words.surprisal(text), [-rows[t, ids[t]] / np.log(2) for t in range(6)])
    each = np.concatenate([of_words.surprisal(f"{sentence} .") for sentence in SENTENCES])
    assert of_words.bits(SENTENCES) == pytest.approx(each.mean(), rel=1e-6)
    assert of_words.unigram_surprisal("the").item() == pytest.approx(-np.log2(5 / (14 + 8)))


def test_training_sets_and_states_and_samples_of_words(of_words):
    x, y, weights = training_set(SENTENCES, of_words.vocabulary, ".", ".")
    assert of_words.vocabulary.decode(x[0, :4]) == ". the dog barks"
    assert of_words.vocabulary.decode(y[0, :4]) == "the dog barks ."
    assert (weights > 0).sum() == 4 + 4 + 6
    symbols, values = hidden.over_text(of_words, "the dog . the")
    assert symbols == [".", "the", "dog", ".", "the"]
    assert values["h_t"].shape == (5, 4)
    written = sample(of_words, "the dog", temperature=2.0, most=7, seed=3).split()
    assert written[:2] == ["the", "dog"]
    assert set(written) < set(of_words.vocabulary.symbols)
