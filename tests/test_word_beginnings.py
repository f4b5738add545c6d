"""Where words begin: by hand, and in the help topics, whose beginnings surprise a table of counts."""

import numpy as np
import pytest

from rnnedu.datasets import load_topics
from rnnedu.experiments.ngrams import NGrams
from rnnedu.experiments.word_beginnings import LETTERS, Joined, by_place, precision_and_recall, rises

JOINED = Joined.of("Ab cde, f-ghij!")
BITS = np.array([4.0, 1.0, 3.0, 2.0, 2.5, 5.0, 6.0, 1.0, 0.0, 2.0])


def test_words_are_joined_and_places_kept():
    assert JOINED.text == "abcdefghij"
    assert JOINED.places.tolist() == [0, 1, 0, 1, 2, 0, 0, 1, 2, 3]
    assert JOINED.starts.sum() == 4
    assert JOINED.lengths.tolist() == [2, 2, 3, 3, 3, 1, 4, 4, 4, 4]


def test_means_by_place_of_words_that_are_long_enough():
    mean, half = by_place(JOINED, BITS, most=2)
    assert mean == pytest.approx([13 / 3, 4 / 3])
    assert half == pytest.approx([1.96 * np.std([4, 3, 6]) / 3**0.5, 1.96 * np.std([1, 2, 1]) / 3**0.5])
    assert by_place(JOINED, BITS, most=4)[0].tolist() == [6, 1, 0, 2]


def test_rises_and_beginnings_by_hand():
    assert rises(JOINED, BITS) == (3 / 3, 2 / 6)
    assert precision_and_recall(JOINED, BITS, 2.9) == (4 / 4, 4 / 4)
    assert precision_and_recall(JOINED, BITS, 2.2) == (4 / 5, 4 / 4)
    assert precision_and_recall(JOINED, BITS, 9) == (0, 0)


def test_beginnings_surprise_whoever_only_sees_letters():
    text = load_topics()
    read, unread = Joined.of(text[:200_000]), Joined.of(text[200_000:220_000])
    bits = NGrams(4, [read.text], LETTERS, end="").surprisal(unread.text)
    mean, half = by_place(unread, bits, most=6)
    assert mean[0] - half[0] > mean[1] + half[1] > mean[3] + 1
    at_beginnings, elsewhere = rises(unread, bits)
    assert at_beginnings > 0.7 > 0.45 > elsewhere


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Joined.of("12 \u4f60"), "accepted is one with words of the letters a-z"),
        (lambda: by_place(JOINED, BITS[1:]), r"bits has shape \(9,\)"),
        (lambda: by_place(JOINED, BITS, most=5), "most is 5; accepted is at most 4, the longest word"),
        (lambda: rises(JOINED, BITS[1:]), r"bits has shape \(9,\)"),
        (lambda: precision_and_recall(JOINED, BITS, -1), "threshold is -1"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
