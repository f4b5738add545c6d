"""The race: fair, counted, deterministic, and whole whenever it is left."""

import numpy as np
import pytest

from rnnedu.experiments import laps
from rnnedu.experiments.entries import Entry
from rnnedu.experiments.laps import Errand, Here, Lap, Snapshot, do
from rnnedu.experiments.race import MAX_ENTRIES, Race, Run
from rnnedu.experiments.rules import LAP, Rules
from rnnedu.experiments.tasks import TASKS

EASY = Rules("latch", length=3, units=4, rate=0.05, batch=16, updates=200, seeds=(0, 1))
SHORT = Rules("adding", length=6, units=3, batch=8, updates=40, seeds=(0, 5))
PAIR = [Entry("rnn"), Entry("gru")]


def finished(entries=PAIR, rules=SHORT):
    race = Race(entries, rules)
    for _ in race.steps():
        pass
    return race


def curves(race):
    return [run.curve for run in race.runs]


def test_a_race_is_training_by_hand():
    """The same numbers as a plain loop over train_on_batch with the task's own batches."""
    race, task = finished(), TASKS["adding"]
    for run in race.runs:
        model = run.entry.model(task, SHORT, run.seed)
        losses = [model.train_on_batch(*task.draw(6, 8, run.seed, update)) for update in range(40)]
        means = np.reshape(losses, (4, LAP)).mean(1)
        assert run.curve == tuple(zip((10, 20, 30, 40), means, strict=True))
        assert np.array_equal(run.snapshot.arrays["weights"], model.home.state.weights.flat)


def test_all_train_in_turns():
    race = Race(PAIR, SHORT)
    order = [(run.entry.cell, run.seed, run.updates) for run in race.steps()]
    assert order == [(cell, seed, n) for n in (10, 20, 30, 40) for seed in (0, 5) for cell in ("rnn", "gru")]
    assert {run.state for run in race.runs} == {"spent"}
    assert not race.open


def test_all_entries_see_the_same_data(monkeypatch):
    seen = {}
    real = laps._update

    def watching(model, task, rules, seed, number):
        seen.setdefault((seed, number), []).append(task.draw(rules.length, rules.batch, seed, number)[0].tobytes())
        return real(model, task, rules, seed, number)

    monkeypatch.setattr(laps, "_update", watching)
    finished()
    assert set(seen) == {(seed, number) for seed in (0, 5) for number in range(40)}
    assert all(len(batches) == 2 and len(set(batches)) == 1 for batches in seen.values())
    assert len({batches[0] for batches in seen.values()}) == 80


def test_a_run_that_solved_its_task_stops():
    race = finished([Entry("rnn")], EASY)
    for run in race.runs:
        assert run.state == "solved"
        assert run.updates < 200
        assert run.curve[-1] == (run.updates, pytest.approx(1, abs=0.01))
        assert all(measure < 0.99 for _, measure in run.curve[:-1])
        assert run.seconds > 0


def test_a_race_left_at_any_step_goes_on_where_it_was():
    whole, left = finished(), Race(PAIR, SHORT)
    for stop in (1, 2, 3, 5):
        steps = left.steps()
        for _ in range(stop):
            next(steps)
        steps.close()
    for _ in left.steps():
        pass
    assert curves(left) == curves(whole)


class Two(Here):
    """A backend that has two errands in hand, and counts them."""

    def __init__(self):
        super().__init__()
        self.count = 0

    @property
    def room(self):
        return len(self.asked) < 2

    def ask(self, key, errand):
        super().ask(key, errand)
        self.count += 1


def test_what_a_backend_has_in_hand_is_not_asked_for_again():
    race, backend = Race(PAIR, SHORT), Two()
    for _ in range(3):
        steps = race.steps(backend)
        next(steps)
        steps.close()
    for _ in race.steps(backend):
        pass
    assert backend.count == 16
    assert curves(race) == curves(finished())


@pytest.mark.parametrize("moment", [0, 1, 4, 9, 13, 27])
def test_an_interrupt_within_a_lap_loses_nothing(monkeypatch, moment):
    """Ctrl-C after an update: the model is ahead of the run, and the lap is done again from where it began."""
    whole, race, backend, count = finished(), Race(PAIR, SHORT), Here(), [0]
    real = laps._update

    def interrupted(*arguments):
        value = real(*arguments)
        count[0] += 1
        if count[0] == moment + 1:
            raise KeyboardInterrupt
        return value

    monkeypatch.setattr(laps, "_update", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(race.steps(backend))
    assert sum(run.updates for run in race.runs) == moment // LAP * LAP
    for _ in race.steps(backend):  # with what the backend had in hand
        pass
    assert curves(race) == curves(whole)


def test_a_lap_that_is_counted_already_counts_once():
    race, backend = Race([Entry("rnn")], SHORT), Here()
    steps = race.steps(backend)
    next(steps)
    backend.ask(0, Errand(race.runs[0].entry, SHORT, 0, None))  # as if the interrupt had come before it was released
    steps.close()
    for _ in race.steps(backend):
        pass
    assert curves(race) == curves(finished([Entry("rnn")]))


def test_a_run_that_diverges_ends_and_keeps_its_last_finite_weights():
    rules = Rules("adding", length=40, units=8, rate=1.0, clip=None, updates=400, seeds=(0,))
    (run,) = finished([Entry("rnn", "identity")], rules).runs
    assert run.state == "diverged"
    assert "not finite" in run.problem or "overflow" in run.problem
    assert np.isfinite(run.snapshot.arrays["weights"]).all()
    assert run.updates == (run.curve[-1][0] if run.curve else 0)


def test_a_budget_in_seconds_ends_a_run():
    rules = Rules("adding", length=6, units=3, updates=20_000, seconds=1e-9, seeds=(0,))
    assert [run.updates for run in finished([Entry("rnn")], rules).runs] == [10]
    run = Run(Entry("rnn"), 0).after(Lap(Snapshot(10, {}), 0.2, 3.0), Rules(seconds=5))
    assert (run.state, run.after(Lap(Snapshot(20, {}), 0.2, 2.0), Rules(seconds=5)).state) == ("racing", "spent")


def test_a_snapshot_is_not_written_to():
    first = do(Errand(Entry("gru"), SHORT, 0, None), models := {})
    before = {name: array.copy() for name, array in first.snapshot.arrays.items()}
    second = do(Errand(Entry("gru"), SHORT, 0, first.snapshot), models)
    assert (first.snapshot.step, second.snapshot.step, list(before)) == (10, 20, ["weights", "m", "v"])
    assert all(np.array_equal(before[name], array) for name, array in first.snapshot.arrays.items())
    again = do(Errand(Entry("gru"), SHORT, 0, first.snapshot), {})  # in a model that was never trained
    assert again.measure == second.measure


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("clip", [None, 0.5])
def test_every_task_trains(name, clip):
    rules = Rules(name, length=11, units=3, batch=4, clip=clip, updates=10, seeds=(0,))
    race = finished([Entry("lstm"), Entry("gru", "chrono")], rules)
    assert all(len(run.curve) == 1 and np.isfinite(run.curve[0][1]) for run in race.runs)


@pytest.mark.parametrize(
    ("entries", "rules", "error", "message"),
    [
        ([], SHORT, ValueError, r"entries is \[\]; accepted are 1 to 8"),
        ([Entry("rnn")] * 2, SHORT, ValueError, "different titles"),
        ([Entry("gru", bias=b) for b in range(MAX_ENTRIES + 1)], SHORT, ValueError, "accepted are 1 to 8"),
        (["rnn"], SHORT, TypeError, "entries is a str; accepted is a Entry"),
        ("rnn", SHORT, TypeError, "entries is a str; accepted is a list"),
        ([Entry("rnn")], {}, TypeError, "rules is a dict; accepted is a Rules"),
        (
            [Entry("lstm"), Entry("gru")],
            Rules(length=400, units=128, updates=20_000, seeds=tuple(range(10))),
            ValueError,
            "would take about .* hours on one core; accepted are 2: choose fewer",
        ),
    ],
)
def test_a_race_refuses(entries, rules, error, message):
    with pytest.raises(error, match=message):
        Race(entries, rules)
