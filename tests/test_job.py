"""Work in the background: every order of start, pause, stop, wait, interrupt and failure."""

import signal
import threading

import pytest

from rnnedu.widget.job import Job


class Steps:
    """An iterator that waits at step `held` until it is let go, so that a test knows where the work stands."""

    def __init__(self, count=4, held=None, error=None):
        self.count, self.held, self.error, self.made = count, held, error, 0
        self.there, self.free = threading.Event(), threading.Event()

    def __iter__(self):
        return self

    def __next__(self):
        if self.made == self.held:
            self.there.set()
            assert self.free.wait(10)
        if self.error is not None and self.made == self.count:
            raise self.error
        if self.made == self.count:
            raise StopIteration
        self.made += 1


def job_of(steps, **more):
    """Return a Job and the list of (state, steps made) that it showed."""
    seen = []
    job = Job(steps, lambda: seen.append((job.state, steps.made)), **more)
    return job, seen


def test_it_shows_every_step_and_the_end():
    job, seen = job_of(Steps(2), every=0)
    assert job.state == "ready"
    job.start(), job.wait(10)
    assert seen == [("running", 1), ("running", 2), ("done", 2)]
    assert job.seconds > 0


def test_it_shows_no_more_often_than_asked():
    job, seen = job_of(Steps(1000), every=1000)
    job.start(), job.wait(10)
    assert seen == [("running", 1), ("done", 1000)]


def test_a_pause_lets_the_step_finish_and_start_goes_on():
    steps = Steps(4, held=2)
    job, seen = job_of(steps, every=1000)
    job.start()
    assert steps.there.wait(10)
    job.pause()
    assert job.state == "paused"
    steps.free.set()
    job.wait(10)
    assert steps.made == 3
    assert seen[-1] == ("paused", 3)
    job.start(), job.wait(10)
    assert (job.state, steps.made, seen[-1]) == ("done", 4, ("done", 4))


def test_resumed_and_paused_at_once_it_still_rests():
    steps = Steps(10_000, held=1)
    job, _ = job_of(steps)
    job.start(), steps.there.wait(10), job.pause(), steps.free.set(), job.wait(10)
    for _ in range(50):
        job.start(), job.pause()
    job.wait(10)
    assert (job.state, job._working) == ("paused", False)
    made = steps.made
    job.stop(), job.wait(10)
    assert steps.made == made


def test_stopped_while_paused_it_shows_so_before_wait_returns():
    steps = Steps(4, held=1)
    job, seen = job_of(steps)
    job.start(), steps.there.wait(10), job.pause(), steps.free.set(), job.wait(10)
    job.stop(), job.wait(10)
    assert seen[-1] == ("stopped", 2)
    assert [state for state, _ in seen].count("stopped") == 1
    job.start()
    assert job.state == "stopped"


def test_stopped_during_a_step_it_makes_no_other():
    steps = Steps(4, held=1)
    job, seen = job_of(steps)
    job.start(), steps.there.wait(10), job.stop(), steps.free.set(), job.wait(10)
    assert (job.state, steps.made, seen[-1]) == ("stopped", 2, ("stopped", 2))


def test_stopped_before_it_was_started_it_never_starts():
    steps = Steps()
    job, seen = job_of(steps)
    job.stop(), job.start(), job.wait(10)
    assert (job.state, steps.made, seen) == ("stopped", 0, [("stopped", 0)])


@pytest.mark.parametrize("asked", ["pause", "stop"])
def test_asked_to_halt_when_nothing_is_left_it_is_done(asked):
    steps = Steps(2, held=2)
    job, seen = job_of(steps)
    job.start(), steps.there.wait(10), getattr(job, asked)(), steps.free.set(), job.wait(10)
    assert (job.state, seen[-1]) == ("done", ("done", 2))


def test_what_does_not_fit_the_state_does_nothing():
    job, _ = job_of(Steps(1))
    job.pause()
    assert job.state == "ready"
    job.start(), job.wait(10)
    job.pause(), job.stop(), job.start(), job.wait(10)
    assert job.state == "done"


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit("out")])
def test_a_step_that_raises_is_heard_of_every_time(error):
    job, seen = job_of(Steps(1, error=error))
    job.start()
    for _ in range(2):
        with pytest.raises(type(error)):
            job.wait(10)
    assert (job.state, job.error, seen[-1]) == ("failed", error, ("failed", 1))


def test_a_step_that_raises_during_a_pause_has_failed():
    steps = Steps(1, held=1, error=ValueError("no"))
    job, _ = job_of(steps)
    job.start(), steps.there.wait(10), job.pause(), steps.free.set()
    with pytest.raises(ValueError, match="no"):
        job.wait(10)
    assert job.state == "failed"


@pytest.mark.parametrize("state", ["running", "paused", "done"])
def test_a_show_that_raises_fails_the_job(state):
    def show():
        if job.state in (state, "failed"):
            raise ZeroDivisionError(f"while {job.state}")

    steps = Steps(2, held=1)
    job = Job(steps, show)
    job.start()
    if state == "paused":
        steps.there.wait(10), job.pause()
    steps.free.set()
    with pytest.raises(ZeroDivisionError, match=f"while {state}") as failure:
        job.wait(10)
    assert job.state == "failed"
    assert "could not be shown: ZeroDivisionError('while failed')" in failure.value.__notes__[0]


def test_a_show_that_raises_in_the_asker_s_thread_raises_there():
    with pytest.raises(ZeroDivisionError):
        Job(Steps(), lambda: 1 / 0).stop()


def test_show_may_stop_the_job():
    steps = Steps(100)
    job = Job(steps, lambda: steps.made == 3 and job.stop(), every=0)
    job.start(), job.wait(10)
    assert (job.state, steps.made) == ("stopped", 3)


def test_wait_with_a_timeout_gives_up():
    steps = Steps(4, held=1)
    job, _ = job_of(steps)
    job.start(), steps.there.wait(10), job.wait(0)
    assert job.state == "running"
    steps.free.set(), job.wait(10)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="this system cannot interrupt one thread")
def test_an_interrupt_of_wait_pauses_and_waits_for_the_step():
    made = []

    def steps():
        for n in range(4):
            if n == 1:
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
                with job._changed:  # the step takes until the pause is asked for
                    assert job._changed.wait_for(lambda: job.state == "paused", 10)
            made.append(n)
            yield

    job = Job(steps(), lambda: None)
    job.start()
    with pytest.raises(KeyboardInterrupt):
        job.wait(10)
    assert (job.state, made) == ("paused", [0, 1])
    job.start(), job.wait(10)
    assert (job.state, made) == ("done", [0, 1, 2, 3])
