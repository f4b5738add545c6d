"""Digits as words and labels, and errors counted."""

import itertools

import numpy as np
import pytest

from rnnedu.datasets.speech import WORDS
from rnnedu.speech import scoring, spelling


def test_there_is_a_label_for_every_letter_and_the_space():
    assert list(spelling.SYMBOLS) == ["", " ", *sorted(set("".join(WORDS)))]
    assert spelling.SYMBOLS[spelling.SPACE] == " "
    assert spelling.BLANK == 0


def test_words_to_labels_and_back():
    assert spelling.spelt((4, 2)) == "four two"
    assert spelling.spelt(np.array([7])) == "seven"
    assert spelling.spelt(()) == ""
    said = spelling.spelt(range(10))
    assert spelling.text(spelling.labels(said)) == said
    assert spelling.text([0, spelling.LABELS["t"], 0]) == "t"
    assert [spelling.text(labels) for labels in spelling.words()] == list(WORDS)


def test_texts_fill_an_array_with_minus_one_behind_them():
    found = spelling.padded(["six", "", "two"])
    assert found.shape == (3, 3)
    assert spelling.text(found[0]) == "six"
    assert (found[1] == -1).all()
    assert spelling.padded([""]).shape == (1, 1)
    assert spelling.padded(["one", "seven"])[0].tolist() == [*spelling.labels("one"), -1, -1]


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: spelling.spelt([10]), ValueError, "digits is 10; accepted is an integer from 0 to 9"),
        (lambda: spelling.labels("nin3"), ValueError, "text holds '3'; accepted are the characters ' efg"),
        (lambda: spelling.labels(3), TypeError, "text is a int; accepted is a str"),
        (lambda: spelling.text([99]), ValueError, "label is 99; accepted is an integer from 0 to"),
        (lambda: scoring.error_rate([], []), ValueError, "0 sequences with 0 items said, 0 found"),
        (lambda: scoring.error_rate(["a"], []), ValueError, "1 sequences with 1 items said, 0 found"),
    ],
)
def test_other_things_are_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()


def brute_force(said, found):
    """The definition: the cheapest of all ways to begin."""
    if not said or not found:
        return len(said) + len(found)
    exchanged = brute_force(said[1:], found[1:]) + (said[0] != found[0])
    return min(exchanged, brute_force(said[1:], found) + 1, brute_force(said, found[1:]) + 1)


def test_the_distance_is_that_of_the_cheapest_way():
    words = ["".join(each) for n in range(5) for each in itertools.product("ab", repeat=n)]
    for said, found in itertools.product(words, words[::3]):
        assert scoring.distance(said, found) == brute_force(said, found)
    assert scoring.distance((1, 2, 3), (1, 3)) == 1


def test_rates_are_of_all_items_together():
    assert scoring.error_rate(["seven", "one"], ["sven", "one"]) == 1 / 8
    assert scoring.error_rate([(1,), ()], [(), (5, 5)]) == 3
