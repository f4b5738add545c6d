"""How a race stands: counted by hand on runs that were never trained."""

import csv
import io

import numpy as np
import pytest

from rnnedu.experiments.entries import Entry
from rnnedu.experiments.laps import Snapshot
from rnnedu.experiments.race import Race, Run
from rnnedu.experiments.rules import Rules
from rnnedu.experiments.standings import as_csv, median, results, runs_of, standings

RNN, GRU = Entry("rnn"), Entry("gru", bias=2.0)


def run(entry, seed, measures, state, seconds):
    curve = tuple((10 * lap, measure) for lap, measure in enumerate(measures, start=1))
    problem = "it diverged" if state == "diverged" else ""
    return Run(entry, seed, curve, seconds, state, problem, Snapshot(10 * len(curve), {}))


def stood(*runs):
    race = Race([RNN, GRU], Rules("adding", length=5, updates=40, seeds=(0, 1, 2)))
    race.runs = list(runs)
    return race


RACE = stood(
    run(RNN, 0, [0.4, 0.3, 0.2, 0.1], "spent", 4.0),
    run(GRU, 0, [0.5, 0.005], "solved", 2.0),
    run(RNN, 1, [0.2], "diverged", 1.0),
    run(GRU, 1, [0.6, 0.5, 0.008], "solved", 5.0),
    run(RNN, 2, [0.9, 0.8, 0.7, 0.6], "spent", 3.0),
    run(GRU, 2, [0.7, 0.6, 0.5], "racing", 6.0),
)


def test_outcomes_are_counted():
    rnn, gru = standings(RACE)
    assert (rnn.entry, rnn.solved, rnn.diverged, rnn.open, rnn.of, rnn.used) == (RNN, 0, 1, 0, 3, 8.0)
    assert (rnn.updates, rnn.seconds) == (None, None)
    assert (gru.entry, gru.solved, gru.diverged, gru.open, gru.of, gru.used) == (GRU, 2, 0, 1, 3, 13.0)
    assert (gru.updates, gru.seconds) == (25, 3.5)


def test_the_median_is_over_the_seeds_and_the_ended_count_on():
    assert median(RACE, RNN).tolist() == [[10, 0.4], [20, 0.3], [30, 0.2], [40, 0.2]]
    assert median(RACE, GRU).tolist() == [[10, 0.6], [20, 0.5], [30, 0.008]]


def test_the_median_waits_for_the_slowest_that_races():
    slow = run(RNN, 1, [0.2], "racing", 1.0)
    race = stood(run(RNN, 0, [0.4, 0.3], "racing", 1.0), slow, run(GRU, 0, [], "racing", 0))
    assert median(race, RNN).tolist() == [[10, pytest.approx(0.3)]]
    assert median(race, GRU).shape == (0, 2)


def test_a_run_without_a_curve_has_no_part_in_the_median():
    race = stood(run(RNN, 0, [], "diverged", 1.0), run(RNN, 1, [0.2], "spent", 1.0), run(GRU, 0, [], "diverged", 1.0))
    assert median(race, RNN).tolist() == [[10, 0.2]]
    assert median(race, GRU).shape == race.runs[0].points.shape == (0, 2)


def test_runs_of_an_entry_are_in_the_order_of_the_seeds():
    assert [each.seed for each in runs_of(RACE, GRU)] == [0, 1, 2]


def test_results_have_a_row_for_each_run():
    rows = results(RACE)
    assert len(rows) == 6
    assert rows[1] == {
        "entry": "GRU (z bias 2)",
        "cell": "gru",
        "start": "default",
        "bias": 2.0,
        "seed": 0,
        "state": "solved",
        "solved": True,
        "updates": 20,
        "seconds": 2.0,
        "measure": 0.005,
        "task": "adding",
        "length": 5,
        "units": 32,
        "rate": 0.01,
        "clip": 1.0,
        "batch": 32,
        "budget": 40,
        "budget_seconds": None,
    }
    assert results(stood(run(RNN, 0, [], "racing", 0)))[0]["measure"] is None


def test_csv_reads_back():
    rows = [row | {"entry": 'a "quoted", name'} for row in results(RACE)]
    read = list(csv.DictReader(io.StringIO(as_csv(rows))))
    assert [list(row) for row in read] == [list(row) for row in rows]
    assert read[1]["entry"] == 'a "quoted", name'
    assert read[0]["bias"] == ""
    assert np.array_equal([float(row["measure"]) for row in read], [row["measure"] for row in rows])
