"""What lesson 13 says of its bugs, counted over ten seeds."""

import numpy as np
import pytest

from rnnedu.lessons import BUGS, bug_deltas
from rnnedu.lessons.bug_runs import BugRun, plainly
from rnnedu.lessons.formulas.answer import all_same
from rnnedu.widget import StepPlayer

SEEDS = range(10)


def runs(bug, T):
    """Yield (right, made), gradients by name, for ten runs."""
    for seed in SEEDS:
        run = BugRun(bug.cell, T, H=2, seed=seed)
        yield run.right, bug.lead(bug.fn, run, plainly)


@pytest.mark.parametrize(("T", "wrong"), [(1, 0), (2, 80)])
def test_one_timestep_shows_no_bug_and_two_show_all(T, wrong):
    assert sum(not all_same(made, right) for bug in BUGS.values() for right, made in runs(bug, T)) == wrong


def test_dx_is_right_at_one_none_and_all_of_six_timesteps():
    assert [int(sum(bug_deltas(BUGS[name].fn, T=6) < 1e-9)) for name in ("bug_3", "bug_1", "bug_5")] == [1, 0, 6]


def cosine(right, made):
    a, b = (np.concatenate([each[name].ravel() for name in ("dW_x", "dW_h", "db")]) for each in (right, made))
    return a @ b / np.sqrt((a @ a) * (b @ b))


def test_a_wrong_gradient_points_to_the_right_side():
    cosines = [cosine(*pair) for bug in BUGS.values() for pair in runs(bug, 6)]
    assert sum(each > 0 for each in cosines) == 80
    assert sum(each > 0.5 for each in cosines) == 79


def test_what_is_zero_in_the_player():
    trace = StepPlayer(cell="lstm", units=2, series="sunspots", length=6, mode="backward", loss="every").trace
    assert [name for name in ("da_i", "da_f", "da_g", "da_o") if not trace[name][0].any()] == ["da_f"]
    assert not trace["h_prev"][0].any()
    assert trace["da_f"][1:].any(axis=(1, 2)).all()
