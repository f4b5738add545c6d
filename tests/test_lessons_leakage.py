"""The check of training_windows: each mistake by its sentence, leaks that were never thought of, other styles."""

import numpy as np
import pytest

from rnnedu.lessons import EXERCISES, check, check_training_windows, leakage_checks, leakage_mistakes


def told(fn):
    verdict = check_training_windows(fn)
    assert not verdict.ok
    return verdict.text


@pytest.mark.parametrize("sentence", leakage_mistakes.MISTAKES)
def test_each_mistake_has_its_own_sentence(sentence):
    assert told(leakage_mistakes.MISTAKES[sentence]) == sentence


def test_the_mistakes_that_leak_are_called_so():
    values, change = leakage_checks._series(0, 20), np.r_[np.zeros(12), np.ones(8)]
    for sentence, mistake in leakage_mistakes.MISTAKES.items():
        before, after = mistake(values, 3, 12), mistake(values + change, 3, 12)
        leaks = not all(map(np.array_equal, before, after))
        answer = "answer" in sentence or "beyond end.)" in sentence
        assert answer or leaks == sentence.startswith("Leakage"), sentence


def right(values, length, end):
    known = (values[:end] - values[:end].mean()) / values[:end].std()
    rows = np.lib.stride_tricks.sliding_window_view(known, length + 1)
    return rows[:, :-1], rows[:, -1]


def with_a_last_axis(values, length, end):
    x, y = right(values, length, end)
    return x[:, :, None], y[:, None]


def in_lists(values, length, end):
    x, y = right(values, length, end)
    return [list(each) for each in x], list(y)


def with_a_loop(values, length, end):
    mean, sd = np.mean(values[:end]), np.std(values[:end])
    x, y = np.zeros((end - length, length)), np.zeros(end - length)
    for n in range(end - length):
        for k in range(length):
            x[n, k] = (values[n + k] - mean) / sd
        y[n] = (values[n + length] - mean) / sd
    return x, y


@pytest.mark.parametrize("fn", [right, with_a_last_axis, in_lists, with_a_loop])
def test_other_styles_pass(fn):
    assert check_training_windows(fn).text == leakage_checks.RIGHT


def median_of_all(values, length, end):
    x, y = right(values, length, end)
    return x - np.median(values), y


def longer_by_two(values, length, end):
    x, y = right(values, length, end)
    return x[2:], y[2:]


def a_little_off(values, length, end):
    x, y = right(values, length, end)
    return x, y + 0.01 * (np.arange(len(y)) == 4)


def by_hand(values, length, end):
    return right(values, 3, 12)


def nine_windows(values, length, end):
    x, y = right(values, length, end)
    return x[:9], y[:9]


@pytest.mark.parametrize(
    ("fn", "part"),
    [
        (lambda values, length, end: ..., "Nothing is written here yet."),
        (lambda values, length, end: right(values, length, end)[0], "returns an array of shape (9, 3); accepted"),
        (lambda values, length, end: (right(values, length, end)[0].T, 0.0), "x has shape (3, 9); accepted is"),
        (lambda values, length, end: (right(values, length, end)[0].T, 0.0), "windows stand in rows"),
        (lambda values, length, end: (right(values, length, end)[0], np.ones(4)), "y has shape (4,) beside x of"),
        (lambda values, length, end: ([[1.0], [2.0, 3.0]], [1.0, 2.0]), "x is a list of 2 that makes no array"),
        (lambda values, length, end: right(values * np.nan, length, end), "Your result holds nan at x[0, 0]"),
        (median_of_all, "Leakage: when values[12] changes, your result changes, and that is a value from end = 12 on."),
        (longer_by_two, "You make 7 windows; with end 12 and length 3 there are end - length = 9."),
        (a_little_off, "First difference at y[4]: yours "),
        (by_hand, "x has shape (9, 3); accepted is (N, length) with length = 5."),
        (nine_windows, "but not for 30, 5, 21: you make 9 windows, there are 16."),
        (lambda values, length, end: values[end + 99], "Your function raises IndexError"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(fn, part):
    assert part in told(fn)


def test_values_that_are_changed_in_place_are_told():
    def training_windows(values, length, end):
        values -= values[:end].mean()
        return right(values, length, end)

    assert check(training_windows).text.startswith("Your function changes values in place")


def test_the_solution_is_right():
    space = {"np": np}
    exec(EXERCISES["training_windows"].solution, space)
    assert check(space["training_windows"])
