"""The check of cut_into_lanes: each mistake by its sentence, other styles, and cuts that it has never seen."""

import numpy as np
import pytest

from rnnedu.datasets import make_lanes
from rnnedu.lessons import EXERCISES, check, check_cut_into_lanes, lanes_checks


def told(fn):
    verdict = check_cut_into_lanes(fn)
    assert not verdict.ok
    return verdict.text


@pytest.mark.parametrize("sentence", lanes_checks.MISTAKES)
def test_each_mistake_has_its_own_sentence(sentence):
    assert told(lanes_checks.MISTAKES[sentence]) == sentence


def by_loops(ids, lanes, length):
    each = (len(ids) - 1) // lanes
    x, y = [], []
    for piece in range(each // length):
        for lane in range(lanes):
            start = lane * each + piece * length
            x.append(ids[start : start + length])
            y.append(ids[start + 1 : start + length + 1])
    return np.array(x), y


def without_gaps(ids, lanes, length):
    pieces = (len(ids) - 1) // (lanes * length)
    starts = length * (pieces * np.arange(lanes) + np.arange(pieces)[:, None]).reshape(-1, 1)
    x = starts + np.arange(length)
    return [ids[x], ids[x + 1]]


def from_the_end(ids, lanes, length):
    skipped = (len(ids) - 1) % (lanes * length)
    return make_lanes(ids[skipped:], lanes, length)


@pytest.mark.parametrize("fn", [make_lanes, by_loops, without_gaps, from_the_end])
def test_other_styles_pass(fn):
    assert check_cut_into_lanes(fn).text == lanes_checks.RIGHT


def with_one_more(ids, lanes, length):
    x, y = make_lanes(np.append(ids, np.zeros(lanes * length, int)), lanes, length)
    return x, y


def backwards(ids, lanes, length):
    return tuple(part.reshape(-1, lanes, length)[::-1].reshape(-1, length) for part in make_lanes(ids, lanes, length))


def twice(ids, lanes, length):
    x, y = make_lanes(ids, 1, length)
    pieces = (len(ids) - 1) // lanes // length
    return tuple(np.repeat(part[:pieces], lanes, axis=0) for part in (x, y))


@pytest.mark.parametrize(
    ("fn", "part"),
    [
        (lambda ids, lanes, length: ..., "Nothing is written here yet."),
        (lambda ids, lanes, length: None, "Nothing is written here yet."),
        (lambda ids, lanes, length: ids, "returns an array of shape (30,); accepted are two arrays"),
        (lambda *each: [part.astype(float) for part in make_lanes(*each)], "Your x has dtype float64"),
        (lambda *each: [part.reshape(-1, each[1], each[2]) for part in make_lanes(*each)], "first two axes, which are"),
        (lambda *each: [part[:-2] for part in make_lanes(*each)], "x has 6 rows; the text has room for 8, 4 whole bat"),
        (with_one_more, "x has 10 rows; the text has room for 8"),
        (lambda *each: [part.T for part in make_lanes(*each)], "x has shape (3, 8); accepted is (K * lanes, length) ="),
        (lambda *each: ([[1], [2, 3]], [[1]]), "The rows of your x differ in length"),
        (lambda *each: [0 * part for part in make_lanes(*each)], "There is a 0 in your rows, and none in ids."),
        (lambda *each: [part[:, ::-1] for part in make_lanes(*each)], "Row 0 of x goes from ids[2] to ids[1]"),
        (backwards, "Row 0 of x ends with ids[11], and the same lane's row of the next batch, row 2, begins with"),
        (twice, "Some symbols are read by more than one lane."),
        (lambda ids, *_: make_lanes(ids, 2, 3), "Right for N = 30, lanes = 2, length = 3, but not for N = 50"),
        (lambda ids, lanes, length: ids[:-1].reshape(lanes, -1), "cannot reshape"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(fn, part):
    assert part in told(fn)


def test_the_solution_is_right():
    space = {"np": np}
    exec(EXERCISES["cut_into_lanes"].solution, space)
    assert check(space["cut_into_lanes"])
