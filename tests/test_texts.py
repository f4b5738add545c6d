"""Texts as arrays: what is read, what comes next, what counts."""

import numpy as np
import pytest

from rnnedu import losses
from rnnedu.datasets import Vocabulary
from rnnedu.experiments import texts

ABC = Vocabulary("\nabc$")


def test_y_is_x_one_symbol_later():
    x, y, weights = texts.training_set(["abc", "c", "ba"], ABC)
    assert x.shape == y.shape == weights.shape == (3, 4)
    for n, text in enumerate(["abc", "c", "ba"]):
        T = len(text) + 1
        assert ABC.decode(x[n, :T]) == "\n" + text
        assert ABC.decode(y[n, :T]) == text + "\n"
        assert (weights[n, :T] > 0).all()
        assert not weights[n, T:].any()
    assert weights.dtype == np.float32
    assert weights.mean() == pytest.approx(1)


def test_another_end_and_none():
    assert ABC.decode(texts.training_set(["ab"], ABC, "\n", "$")[1][0]) == "ab$"
    x, y, _ = texts.training_set(["ab"], ABC, "\n", "")
    assert (ABC.decode(x[0]), ABC.decode(y[0])) == ("\na", "ab")


def test_the_weighted_loss_is_the_mean_over_symbols():
    x, y, weights = texts.training_set(["abc", "c"], ABC)
    p = np.random.default_rng(1).dirichlet(np.ones(5), x.shape)
    each = losses.get("sparse_categorical_crossentropy").values(y, p)[0]
    assert (each * weights).mean() == pytest.approx(each[weights > 0].mean())


def test_a_split_is_everything_once_and_the_same_again():
    every = [f"{n}" for n in range(50)]
    training, held_out = texts.split(every, 0.3, seed=4)
    assert len(held_out) == 15
    assert sorted(training + held_out) == sorted(every)
    assert texts.split(every, 0.3, seed=4) == (training, held_out)
    assert texts.split(every, 0.3, seed=5)[1] != held_out


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: texts.split(["a"], 0.5), "holds out 0 of 1 texts"),
        (lambda: texts.split("abc", 1), "share is 1"),
        (lambda: texts.training_set([], ABC), "texts holds no text"),
        (lambda: texts.training_set(["a", ""], ABC, "\n", ""), "an empty one"),
        (lambda: texts.training_set(["a<b"], ABC), "character '<' at position 1"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
    with pytest.raises(TypeError, match="vocabulary is a str"):
        texts.training_set(["a"], "abc")
