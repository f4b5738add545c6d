"""Worker processes: the same numbers bit for bit, no orphans, and nothing lost when one dies."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from rnnedu.experiments import wire, workers
from rnnedu.experiments.entries import Entry
from rnnedu.experiments.laps import Errand, Here, Lap, Snapshot, do
from rnnedu.experiments.race import Race
from rnnedu.experiments.rules import Rules
from rnnedu.experiments.workers import Workers, backend_for
from tests.test_new_cell import LEAKY, write_cell  # noqa: F401 (a fixture)

RULES = Rules("adding", length=6, units=3, batch=8, updates=40, seeds=(0, 5))
PAIR = [Entry("rnn"), Entry("gru", bias=1.5, name="mine")]
ERRAND = Errand(PAIR[1], RULES, 5, None)


def curves(race):
    return [run.curve for run in race.runs]


@pytest.fixture(scope="module")
def alone():
    """Return the curves of the race in this process."""
    race = Race(PAIR, RULES)
    for _ in race.steps(Here()):
        pass
    return curves(race)


@pytest.fixture
def pool():
    made = Workers(2)
    yield made
    made.close()


def processes(pool):
    """Return the processes that the pool has now."""
    kept = [pool._idle.get() for _ in range(pool.count)]
    for worker in kept:
        pool._idle.put(worker)
    return [worker.process for worker in kept if worker.process is not None]


# ---- what is said


def same(one, other):
    assert one.step == other.step
    assert list(one.arrays) == list(other.arrays)
    for name, array in one.arrays.items():
        assert array.dtype == other.arrays[name].dtype
        assert np.array_equal(array, other.arrays[name])


def test_errands_and_laps_arrive_as_they_were():
    stream = io.BytesIO()
    first = do(ERRAND, {})
    later = Errand(Entry("lstm", "chrono"), Rules(clip=None, seeds=(7,)), 7, first.snapshot)
    wire.write_errand(stream, ERRAND), wire.write_errand(stream, later)
    wire.write_lap(stream, first), wire.write_lap(stream, Lap(None, float("nan"), 0.1, "it diverged"))
    stream.seek(0)
    assert wire.errand(wire.read(stream)) == ERRAND
    found = wire.errand(wire.read(stream))
    assert found[:3] == later[:3]
    same(found.snapshot, later.snapshot)
    lap = wire.lap(wire.read(stream))
    assert lap[1:] == first[1:]
    same(lap.snapshot, first.snapshot)
    ended = wire.lap(wire.read(stream))
    assert (ended.snapshot, np.isnan(ended.measure), ended.problem) == (None, True, "it diverged")
    assert wire.read(stream) is None


@pytest.mark.parametrize("kept", [5, -5])
def test_a_message_that_is_cut_off_is_noticed(kept):
    stream = io.BytesIO()
    wire.write_lap(stream, Lap(Snapshot(1, {"weights": np.ones(4, np.float32)}), 0.5, 0.1))
    with pytest.raises(EOFError, match="within a message"):
        wire.read(io.BytesIO(stream.getvalue()[:kept]))


def test_a_worker_answers_until_its_input_ends():
    asked, told = io.BytesIO(), io.BytesIO()
    wire.write_errand(asked, ERRAND)
    wire.write_errand(asked, ERRAND._replace(seed=-1))
    wire.write_errand(asked, ERRAND)
    asked.write(asked.getvalue().splitlines(keepends=True)[0].replace(b'"gru"', b'"leaky"'))
    asked.seek(0)
    workers.serve(asked, told)
    told.seek(0)
    first = wire.lap(wire.read(told))
    with pytest.raises(ValueError, match="ValueError: seed is -1"):
        wire.lap(wire.read(told))
    assert wire.lap(wire.read(told)).measure == first.measure
    with pytest.raises(ValueError, match="ValueError: cell is 'leaky'"):
        wire.lap(wire.read(told))
    with pytest.raises(EOFError):
        wire.lap(wire.read(told))


# ---- processes


def test_two_processes_give_the_same_numbers_bit_for_bit(alone, pool):
    race = Race(PAIR, RULES)
    for _ in race.steps(pool):
        pass
    assert curves(race) == alone
    assert len(processes(pool)) == 2


def test_left_and_taken_up_with_other_workers_nothing_is_lost(alone, pool):
    race = Race(PAIR, RULES)
    steps = race.steps(pool)
    next(steps), next(steps)
    steps.close()
    next(race.steps(pool))  # with what was in hand
    pool.close()
    for _ in race.steps(Here()):
        pass
    assert curves(race) == alone


def test_a_worker_that_dies_is_told_and_the_race_goes_on(alone, pool, monkeypatch):
    race = Race(PAIR, RULES)
    next(race.steps(pool))
    for process in processes(pool):
        process.kill()
        process.wait()
    monkeypatch.setattr(workers, "START", "import sys; sys.stdin.buffer.readline()")  # ends as soon as it is asked
    with pytest.raises(RuntimeError, match=r"a process of the race failed: .*; workers=1 does without"):
        for _ in race.steps(pool):
            pass
    monkeypatch.undo()
    while race.open:
        with contextlib.suppress(RuntimeError):  # what else was in hand failed too
            for _ in race.steps(pool):
                pass
    assert curves(race) == alone


def test_closing_ends_the_processes_and_a_second_time_does_nothing(pool):
    next(Race(PAIR, RULES).steps(pool))
    found = processes(pool)
    pool.close(), pool.close()
    assert found
    assert all(process.poll() is not None for process in found)
    assert all(process.stdin.closed and process.stdout.closed for process in found)


def test_a_process_that_failed_is_not_asked_again(monkeypatch):
    monkeypatch.setattr(workers, "START", "import sys, os; os.close(1); sys.stdin.buffer.read()")  # silent, but alive
    worker = workers.Worker()
    with pytest.raises(RuntimeError, match="it ended"):
        worker.do(ERRAND)
    assert worker.process is None
    worker.end()


def test_a_python_that_cannot_be_started_is_told(monkeypatch):
    monkeypatch.setattr(workers.sys, "executable", "/no/such/python")
    worker = workers.Worker()
    with pytest.raises(RuntimeError, match=r"a process of the race failed: .*; workers=1 does without"):
        worker.do(ERRAND)
    worker.end()


def test_after_the_end_no_process_is_begun():
    worker = workers.Worker()
    worker.end()
    with pytest.raises(RuntimeError, match="have ended"):
        worker.do(ERRAND)
    assert worker.process is None


def test_a_forgotten_backend_takes_its_processes_along():
    pool = Workers(1)
    next(Race(PAIR, RULES).steps(pool))
    (process,) = processes(pool)
    del pool
    assert process.poll() is not None


@pytest.fixture
def lonely():
    """A worker process as the parent starts it."""
    process = workers._start()
    yield process
    workers._close(process)


def test_a_worker_ends_with_its_parent(lonely):
    wire.write_errand(lonely.stdin, ERRAND)
    assert wire.lap(wire.read(lonely.stdout)).measure == do(ERRAND, {}).measure
    lonely.stdin.close()  # which the system does when the parent dies
    assert lonely.wait(timeout=30) == 0


def test_a_worker_ends_quietly_when_its_parent_dies_within_a_message(lonely):
    lonely.stdin.write(b'{"head"')
    lonely.stdin.close()
    assert lonely.wait(timeout=30) == 0


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no process groups")
def test_an_interrupt_of_the_notebook_does_not_reach_a_worker(lonely):
    wire.write_errand(lonely.stdin, ERRAND)
    first = wire.lap(wire.read(lonely.stdout))  # it is up
    assert os.getpgid(lonely.pid) != os.getpgid(0)
    lonely.send_signal(signal.SIGINT)
    wire.write_errand(lonely.stdin, ERRAND)
    assert wire.lap(wire.read(lonely.stdout)).measure == first.measure


def test_a_worker_imports_nothing_that_draws():
    code = workers.START.replace("workers.main()", "print([name for name in sys.argv[2:] if name in sys.modules])")
    others = ["matplotlib", "ipywidgets", "anywidget", "traitlets", "IPython"]
    command = [sys.executable, "-I", "-c", code, json.dumps(sys.path), *others]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "[]"


# ---- which backend


def test_one_worker_is_this_process():
    backend, why = backend_for(1, PAIR)
    assert (type(backend), why) == (Here, "")


def test_several_workers_are_processes():
    backend, why = backend_for(2, PAIR)
    assert (type(backend), backend.count, why) == (Workers, 2, "")
    backend.close()


def test_a_cell_of_the_notebook_races_in_its_process(write_cell):  # noqa: F811
    write_cell(LEAKY)
    backend, why = backend_for(2, [Entry("rnn"), Entry("leaky")])
    assert type(backend) is Here
    assert why == "Only this notebook knows Leaky, so this race trains in its process, on one core."
    race = Race([Entry("rnn"), Entry("leaky")], RULES)
    for _ in race.steps(backend):
        pass
    assert [run.updates for run in race.runs] == [40] * 4


def test_a_browser_has_no_processes(monkeypatch):
    monkeypatch.setattr(workers.sys, "platform", "emscripten")
    backend, why = backend_for(2, PAIR)
    assert (type(backend), "A browser has no other processes" in why) == (Here, True)


@pytest.mark.parametrize(("count", "error"), [(0, ValueError), (9, ValueError), ("2", TypeError)])
def test_a_wrong_number_of_workers_is_refused(count, error):
    with pytest.raises(error, match="workers is"):
        backend_for(count, PAIR)
