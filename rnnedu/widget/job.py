"""Work that goes on while the notebook stays usable: step by step in a thread, to be paused, resumed and stopped."""

import threading
import time

READY, RUNNING, PAUSED, STOPPED, DONE, FAILED = "ready", "running", "paused", "stopped", "done", "failed"


class Job:
    """Go through an iterator in the background.

    steps : iterator; each step is whole, and between two steps the job can be paused or stopped.
    show : called with no arguments, after steps at most every `every` seconds, and whenever the job comes to rest. It
        is called from the thread that works; only a job that is stopped before it was started calls it in `stop`.

    state : "ready", "running", "paused", "stopped", "done" or "failed". error : what a step or `show` raised.
    seconds : spent in steps. An interrupt of the notebook's cell does not reach the work; `wait` turns it into a pause.

    >>> seen = []
    >>> job = Job((seen.append(n) for n in range(3)), show=lambda: None)
    >>> job.start()
    >>> job.wait()
    >>> job.state, seen
    ('done', [0, 1, 2])
    """

    def __init__(self, steps, show, every=0.1):
        self.steps, self.show, self.every = iter(steps), show, every
        self.state, self.error, self.seconds = READY, None, 0.0
        self._changed = threading.Condition()
        self._thread, self._working = None, False
        self._told, self._when = READY, -float("inf")  # the state that was shown last, and when

    def start(self):
        """Begin, or go on after a pause."""
        with self._changed:
            if self.state not in (READY, PAUSED):
                return
            self.state = self._told = RUNNING  # who starts it knows
            self._changed.notify_all()
            if self._thread is None:
                self._working = True
                self._thread = threading.Thread(target=self._work, name="rnnedu job", daemon=True)
                self._thread.start()

    def pause(self):
        """Halt after the current step."""
        self._become(PAUSED, (RUNNING,))

    def stop(self):
        """End after the current step; what is done stays done."""
        self._become(STOPPED, (READY, RUNNING, PAUSED))

    def wait(self, timeout=None):
        """Wait until the job no longer runs; raise what it raised.

        A keyboard interrupt pauses it, waits for the step in hand, and is raised; a second one does not wait.
        """
        try:
            self._rest(timeout)
        except KeyboardInterrupt:
            self.pause()
            self._rest()
            raise
        if self.error is not None:
            raise self.error

    def _rest(self, timeout=None):
        with self._changed:
            self._changed.wait_for(lambda: self.state != RUNNING and not self._working, timeout)

    def _become(self, state, before, error=None):
        """Take on `state`, if the job is in one of the states `before`; the thread shows it, where there is one."""
        with self._changed:
            if self.state not in before:
                return
            self.state, self.error = state, error
            self._working = self._thread is not None  # until it has shown this, `wait` waits
            self._changed.notify_all()
        if self._thread is None:
            self._tell()

    def _work(self):
        try:
            self._loop()
        except BaseException as error:  # also SystemExit of a step: there is nobody above who would hear of it
            self._fail(error)
        finally:
            with self._changed:
                self._working = False
                self._changed.notify_all()

    def _fail(self, error):
        """Keep the error and try to show it. If `show` is what fails, the first error is the one that counts."""
        with self._changed:
            self.state, self.error = FAILED, error
        try:
            self._tell()
        except BaseException as another:
            error.add_note(f"and it could not be shown: {another!r}")

    def _loop(self):
        while self._may_go_on():
            began = time.monotonic()
            done = next(self.steps, self) is self
            self.seconds += time.monotonic() - began
            if done:
                self._become(DONE, (RUNNING, PAUSED, STOPPED))
            elif time.monotonic() - self._when >= self.every:
                self._tell()

    def _tell(self):
        self._told = self.state
        self.show()
        self._when = time.monotonic()

    def _may_go_on(self):
        """Show a state that is new and wait through a pause; return whether there is more to do."""
        while True:
            if self.state != self._told:
                self._tell()
            with self._changed:
                if self.state == self._told != PAUSED:
                    return self.state == RUNNING
                if self.state == self._told:
                    self._working = False
                    self._changed.notify_all()
                    self._changed.wait()
                    self._working = True
