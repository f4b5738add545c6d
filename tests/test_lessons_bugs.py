"""The bug hunt: each bug is hidden at T = 1 and found at T = 3; a repair is confirmed, or told what is wrong still."""

import re

import numpy as np
import pytest

from rnnedu.functions import sigmoid
from rnnedu.lessons import BUGS, EXERCISES, bug_clues, bug_deltas, bug_report, check
from rnnedu.lessons.bug_runs import BugRun, plainly

every = pytest.mark.parametrize("bug", BUGS.values(), ids=list(BUGS))


def written(bug, source):
    space = {"np": np, "sigmoid": sigmoid}
    exec(source, space)
    return space[bug.name]


def told(fn, name=None):
    made = check(fn, name)
    assert not made.ok
    return made.text


def test_there_are_eight():
    assert list(BUGS) == [f"bug_{n}" for n in range(1, 9)]


@every
def test_a_bug_is_right_at_one_timestep_and_noticed_at_three(bug):
    assert bug_report(bug.fn, T=1).ok
    report = bug_report(bug.fn, T=3)
    assert report.worst > 1e-3
    assert "WRONG" in str(report)


@every
def test_the_repair_is_the_engine_and_passes_the_gradient_check(bug):
    assert bug.repaired != bug.source
    fn = written(bug, bug.repaired)
    assert bug_report(fn, T=3).ok
    assert check(fn).text == f"Right: {bug.name} is repaired, for every length tried."
    assert bug_deltas(fn).max() < 1e-12


@every
def test_what_is_shown_fits_a_cell_and_its_bug_is_not_given_away(bug):
    assert len(bug.source.splitlines()) <= 15
    assert told(written(bug, bug.source)).startswith("The bug is still there: the numbers are those of the function as")


def test_deltas_say_at_which_timestep_it_begins():
    wrong = bug_deltas(BUGS["bug_3"].fn, T=5) > 1e-9
    assert wrong.tolist() == [True, True, True, True, False]
    assert bug_deltas(BUGS["bug_6"].fn).max() < 1e-12  # only dW_h is wrong


@pytest.mark.parametrize("name", ["bug_1", "bug_2", "bug_4", "bug_5", "bug_6", "bug_7", "bug_8"])
def test_another_bug_in_its_place_is_named(name):
    bug = BUGS[name]
    other = next(each for each in BUGS.values() if each.lead is bug.lead and each is not bug)
    assert told(other.fn, name) == f"That is another bug: {other.breaks}"


@pytest.mark.parametrize(
    ("name", "change", "part"),
    [
        ("bug_2", ("dh_t @ W_h.T", "da_t @ W_h"), "Going back from t = 4, dx is right at t = 4."),
        ("bug_2", ("dh_t @ W_h.T", "da_t @ W_h"), "Not right yet. First difference at dx[0, 0, 0]: yours "),
        ("bug_6", ("h[t].T @ da_t", "0.5 * h[t - 1].T @ da_t"), "First difference at dW_h[0, 0]"),
        ("bug_6", ("h[t].T @ da_t", "0.5 * h[t - 1].T @ da_t"), "Wrong: dW_h."),
        ("bug_1", ("sigmoid(s.f_t)", "s.f_t"), "Not right yet."),
        ("bug_1", ("sigmoid(s.f_t)", "s.f_t * (1 - f_t)"), "raises NameError: name 'f_t' is not defined"),
        ("bug_4", ("    dc_t += dc_t\n", "    dc_later += dc_t\n"), "changes dc_later in place"),
        ("bug_5", (", db.ravel()", ", db"), "Your db has shape (4, 5); accepted is (4H,) = (20,)"),
        ("bug_7", ("return da @ W_x.T, ", "return "), "a tuple of 5; accepted are 6 arrays"),
        ("bug_3", ("return dx, ", "return dx * 0, "), "dx is wrong at every timestep."),
        ("bug_3", ("backs.append(back)\n", "backs.append(back)\n        dh_later = back.dh_prev\n"), "right at t = 4."),
        ("bug_8", ("return da @ W_x.T", "return ..."), "There is still a `...` in what is returned"),
    ],
)  # fmt: skip
def test_what_is_wrong_still_is_said(name, change, part):
    source = BUGS[name].source
    assert change[0] in source
    assert part in told(written(BUGS[name], source.replace(*change)))


def test_a_length_written_as_a_number_is_told():
    bug = BUGS["bug_2"]
    fn = written(bug, bug.repaired.replace("dx[t] = da_t @ W_x.T", "dx[t] = da_t @ W_x.T * (len(x) < 5)"))
    assert told(fn) == "Right for T = 4, but not for T = 7: is a length written as a fixed number?"


def test_the_report_and_the_deltas_refuse_what_they_cannot_run():
    with pytest.raises(ValueError, match=r"bug is 'bug_9'; accepted is one of 'bug_1'"):
        bug_report(BUGS["bug_1"].fn, bug="bug_9")
    with pytest.raises(ValueError, match="T is 0; accepted is an integer from 1 to 12"):
        bug_report(BUGS["bug_1"].fn, T=0)
    with pytest.raises(ValueError, match="T is 13"):
        bug_deltas(BUGS["bug_1"].fn, T=13)


def test_the_loss_has_the_gradient_that_is_sent_back():
    run = BugRun("rnn", 3)
    moved = run.x.copy()
    moved[0, 1, 2] += 1e-6
    weights = run.params.arrays()
    slope = (run.loss(moved, **weights) - run.loss(run.x, **weights)) / 1e-6
    assert abs(slope - run.right["dx"][0, 1, 2]) < 1e-4
    assert run.h.shape == (3, 3, 5)
    assert plainly(max, {"a": 1, "b": 2}) == 2


def test_every_exercise_has_a_source_without_a_word_of_the_bug():
    for name in BUGS:
        assert not re.search("bug (is|in)|wrong|#", BUGS[name].source)
        assert EXERCISES[name].solution == BUGS[name].repaired


def test_clues_are_the_report_and_the_timesteps():
    text = bug_clues(BUGS["bug_3"].fn)
    assert text.startswith("bug_3, T = 1: all right\nbug_3, T = 3\narray")
    assert "the last first:\n  t = 6: right\n  t = 5: wrong by 0.754\n" in text
    assert bug_clues(written(BUGS["bug_6"], BUGS["bug_6"].repaired)).count("right") == 11


def test_clues_of_a_function_that_raises_or_returns_too_little():
    bug = BUGS["bug_2"]
    assert bug_clues(written(bug, bug.source.replace("h[t] **", "g[t] **"))) == (
        "Your function raises NameError: name 'g' is not defined"
    )
    assert "a tuple of 3; accepted are 4 arrays" in bug_clues(written(bug, bug.source.replace(", db\n", "\n")))


@every
def test_another_seed_says_the_same(bug):
    assert [bug_report(bug.fn, T, seed=1).ok for T in (1, 2)] == [True, False]
