"""A race that is gone through to its end, and counted."""

import pytest

from rnnedu.experiments.counting import solved
from rnnedu.experiments.entries import Entry
from rnnedu.experiments.race import Race
from rnnedu.experiments.rules import Rules


def race():
    rules = Rules("latch", length=5, units=8, updates=200, seeds=(0, 1))
    return Race([Entry("rnn"), Entry("gru", bias=-20)], rules)  # z = 0 keeps nothing


def test_the_counts_are_those_of_the_runs_and_the_same_on_one_core_and_two():
    here, elsewhere = race(), race()
    counts = solved(here, workers=1)
    assert counts == solved(elsewhere, workers=2)
    assert counts[0] == 2
    assert not here.open
    assert [run.curve for run in here.runs] == [run.curve for run in elsewhere.runs]


def test_called_again_it_trains_no_more():
    ended = race()
    counts, curves = solved(ended, workers=1), [run.curve for run in ended.runs]
    assert solved(ended, workers=1) == counts
    assert [run.curve for run in ended.runs] == curves


def test_another_number_of_processes_is_refused():
    with pytest.raises(ValueError, match="workers is 0"):
        solved(race(), workers=0)
