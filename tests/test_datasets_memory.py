"""The tasks that ask for a memory: what stands where, what is asked for, and what guessing costs."""

import re

import numpy as np
import pytest

from rnnedu.datasets import make_copy, make_latch, make_temporal_order


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_latch_asks_for_the_first_number(dtype):
    x, target = make_latch(7, batch=500, seed=3, dtype=dtype)
    assert (x.shape, target.shape) == ((7, 500, 1), (500, 1))
    assert x.dtype == target.dtype == dtype
    assert np.array_equal(x[0] > 0, target == 1)
    assert set(np.unique(x[0])) == {-1, 1}
    assert abs(target.mean() - 0.5) < 0.1
    assert abs(x[1:].var() - 0.2) < 0.02
    assert not make_latch(7, batch=3, noise=0)[0][1:].any()


def order_of(symbols):
    """Return the label of a column of symbols (T,), and where its two meaningful ones stand."""
    places = np.flatnonzero(symbols < 2)
    return 2 * symbols[places[0]] + symbols[places[1]], places


@pytest.mark.parametrize("length", [10, 23, 100])
def test_temporal_order_asks_which_two_in_which_order(length):
    x, labels = make_temporal_order(length, batch=400, seed=1)
    assert (x.shape, x.dtype, labels.shape, labels.dtype) == ((length, 400, 6), np.float32, (400,), np.int64)
    assert (x.sum(2) == 1).all()
    found = [order_of(column) for column in x.argmax(2).T]
    assert labels.tolist() == [label for label, _ in found]
    first, second = np.array([places for _, places in found]).T
    assert (first.min(), first.max()) == (length // 10, 2 * length // 10 - 1)
    assert (second.min(), second.max()) == (4 * length // 10, 5 * length // 10 - 1)
    assert np.allclose(np.bincount(labels) / 400, 0.25, atol=0.08)


def test_copy_asks_for_the_first_symbols_after_the_signal():
    x, labels = make_copy(11, batch=300, seed=2, symbols=4, recall=3, dtype=np.float64)
    assert (x.shape, x.dtype, labels.shape, labels.dtype) == ((11, 300, 6), np.float64, (11, 300), np.int64)
    assert (x.sum(2) == 1).all()
    read = x.argmax(2)
    assert np.array_equal(read[:3], labels[-3:])
    assert np.allclose(np.bincount(read[:3].ravel()) / 900, 0.25, atol=0.06)
    assert (labels[:-3] == 4).all()
    assert (read[3:7] == 4).all()
    assert (read[7] == 5).all()
    assert (read[8:] == 4).all()


def test_copy_by_default_is_the_one_of_the_literature():
    x, labels = make_copy(30, batch=2)
    assert (x.shape, labels.max()) == ((30, 2, 10), 8)


@pytest.mark.parametrize("make", [make_latch, make_temporal_order, make_copy])
def test_a_task_repeats_with_its_seed_only(make):
    once, again, other = (make(40, 5, seed=seed) for seed in (5, 5, 6))
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    assert not np.array_equal(once[0], other[0])
    assert np.array_equal(once[0], make(40, 5, seed=5, dtype="float64")[0].astype(np.float32))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: make_latch(1, 3), "length is 1; accepted: a whole number of 2 or more"),
        (lambda: make_latch(4, 0), "batch is 0; accepted: a whole number of 1 or more"),
        (lambda: make_latch(4, 3, noise=-1), "noise is -1; accepted: a number from 0 to 10"),
        (lambda: make_latch(4, 3, noise=11), "noise is 11; accepted: a number from 0 to 10"),
        (lambda: make_latch(4, 3, noise=np.nan), "noise is nan; accepted: a finite number"),
        (lambda: make_latch(4, 3, dtype=int), "accepted: float32 or float64"),
        (lambda: make_temporal_order(9, 3), "length is 9; accepted: a whole number of 10 or more"),
        (lambda: make_temporal_order(10, 3, seed=-1), "seed is -1; accepted: a whole number of 0 or more"),
        (lambda: make_copy(20, 3), "length is 20; accepted: a whole number of 21 or more"),
        (lambda: make_copy(20, 3, recall=0), "recall is 0; accepted: a whole number of 1 or more"),
        (lambda: make_copy(30, 3, symbols=1), "symbols is 1; accepted: a whole number from 2 to 64"),
    ],
)
def test_tasks_refuse_bad_arguments(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
