"""What lesson 8 says of its races, counted again where that is quick: few seeds for the slow ones."""

import numpy as np
import pytest

from rnnedu.experiments.entries import Entry
from rnnedu.experiments.race import Race
from rnnedu.experiments.rules import Rules
from rnnedu.experiments.standings import standings
from rnnedu.functions import sigmoid

TEN = tuple(range(10))


def raced(entries, **rules):
    """Return the Race after its end, and its standings."""
    race = Race(entries, Rules(**rules))
    for _ in race.steps():
        pass
    return race, standings(race)


def test_a_simple_rnn_latches_a_bit_over_100_steps_in_most_seeds():
    _, (rnn,) = raced([Entry("rnn")], task="latch", length=100, updates=200, seeds=TEN)
    assert 7 <= rnn.solved <= 10  # 9 where the lesson was written
    assert 30 <= rnn.updates <= 90


def test_fresh_gates_guess_in_the_latch():
    race, counted = raced([Entry("lstm"), Entry("gru")], task="latch", length=100, updates=40, seeds=(0, 1))
    assert [each.solved for each in counted] == [0, 0]
    assert all(run.points[-3:, 1].mean() < 0.65 for run in race.runs)


def test_what_a_fresh_gate_keeps():
    gates = np.array([sigmoid(1.0), sigmoid(0.0)])
    assert 1 / (1 - gates) == pytest.approx([3.7, 2.0], abs=0.02)
    assert np.log(np.array([3.7, 100.0, 11.0, 101.0]) - 1) == pytest.approx([0.99, 4.6, 2.3, 4.6], abs=0.01)


def test_adding_turns_the_podium_round():
    _, counted = raced([Entry("gru"), Entry("rnn", "identity")], task="adding", updates=500, seeds=(0,))
    assert [each.solved for each in counted] == [1, 1]
    assert [each.updates for each in counted] == pytest.approx([250, 330], abs=110)
    race, (rnn,) = raced([Entry("rnn")], task="adding", updates=200, seeds=(0, 1))
    assert rnn.solved == 0
    assert all(0.12 < run.points[-5:, 1].mean() < 0.22 for run in race.runs)


@pytest.mark.parametrize("tau", [8, 50, 400])
def test_a_gru_whose_gate_keeps_solves_temporal_order(tau):
    rules = {"task": "order", "length": 50, "updates": 200, "seeds": (0, 1)}
    _, (gru,) = raced([Entry("gru", bias=float(np.log(tau - 1)))], **rules)
    assert gru.solved == 2
    assert 80 <= gru.updates <= 170


def test_a_fresh_one_does_not():
    race, counted = raced([Entry("rnn"), Entry("gru")], task="order", length=50, updates=150, seeds=(0, 1))
    assert [each.solved for each in counted] == [0, 0]
    assert all(run.points[-3:, 1].mean() < 0.45 for run in race.runs)
