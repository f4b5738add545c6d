"""Tables of counts: by hand, and as probabilities."""

import numpy as np
import pytest

from rnnedu.datasets import Vocabulary
from rnnedu.experiments.ngrams import NGrams

V = Vocabulary("\nab")
TEXTS = ["ab", "ab", "b"]


def test_frequencies_and_followers_by_hand():
    frequencies = NGrams(1, TEXTS, V)
    assert frequencies.probability("a", "b") == pytest.approx((3 + 3 / 3) / (8 + 3))  # 3 b and 3 ends of 8 symbols
    table = NGrams(2, TEXTS, V)
    assert table.probability("a", "b") == pytest.approx((2 + 4 / 11) / (2 + 1))  # b alone followed, twice
    first, after_a, after_b = table.probability("\n", "a"), table.probability("a", "b"), table.probability("b", "\n")
    assert table.bits(["ab"]) == pytest.approx(-np.log2(first * after_a * after_b) / 3)
    assert table.surprisal("ab") == pytest.approx(-np.log2([first, after_a, after_b]))


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("context", ["", "a", "ab", "ba", "aaaa", "\n\nb"])
def test_what_may_follow_sums_to_one(n, context):
    table = NGrams(n, TEXTS, V)
    assert sum(table.probability(context, symbol) for symbol in V.symbols) == pytest.approx(1)


def test_a_context_that_was_never_seen_asks_the_shorter_one():
    assert NGrams(3, TEXTS, V).probability("aa", "b") == NGrams(2, TEXTS, V).probability("a", "b")


def test_texts_that_only_stop_have_no_end():
    assert NGrams(1, ["ab"], V, end="").probability("", "\n") == pytest.approx((0 + 2 / 3) / (2 + 2))


def test_what_is_refused():
    with pytest.raises(ValueError, match="n is 0; accepted is"):
        NGrams(0, TEXTS, V)
    with pytest.raises(ValueError, match="character 'x' at position 1"):
        NGrams(2, ["ax"], V)
    with pytest.raises(ValueError, match="character 'x' at position 0"):
        NGrams(2, TEXTS, V).bits(["x"])
    for nothing in ([], [""]):
        with pytest.raises(ValueError, match="texts holds no symbols"):
            NGrams(2, nothing, V, end="")
    with pytest.raises(TypeError, match="vocabulary is a str"):
        NGrams(2, TEXTS, "ab")
