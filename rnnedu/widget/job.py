"""Work that goes on while the notebook stays usable: step by step in a thread, to be paused, resumed and stopped."""

import threading
import time

READY, RUNNING, PAUSED, STOPPED, DONE, FAILED = "ready", "running", "paused", "stopped", "done", "failed"


class Job:
    """Go through an iterator in the background.

    steps : iterator; each step is whole, and between two steps the job can be paused or stopped.
    show : called with no arguments, at most every `every` seconds, after steps and whenever `state` changes. It is
        called from the thread that works, or from the one that asks while none works.

    state : "ready", "running", "paused", "stopped", "done" or "failed". error : what a step or `show` raised.
    An interrupt of the notebook's cell does not reach the work; `wait` turns it into a pause.
    """

    def __init__(self, steps, show, every=0.1):
        self.steps, self.show, self.every = iter(steps), show, every
        self.state, self.error, self.seconds = READY, None, 0.0
        self._changed = threading.Condition()
        self._thread, self._working = None, False

    def start(self):
        """Begin, or go on after a pause."""
        with self._changed:
            if self.state not in (READY, PAUSED):
                return
            self.state = RUNNING
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
        """Wait until the job no longer runs; raise what it raised. A keyboard interrupt pauses it first."""
        try:
            with self._changed:
                self._changed.wait_for(lambda: self.state != RUNNING and not self._working, timeout)
        except KeyboardInterrupt:
            self.pause()
            raise
        if self.error is not None:
            raise self.error

    def _become(self, state, before):
        with self._changed:
            if self.state not in before:
                return
            self.state, idle = state, not self._working
            self._changed.notify_all()
        if idle:
            self.show()

    def _work(self):
        try:
            self._loop()
        except BaseException as error:  # also SystemExit of a step: there is nobody above who would hear of it
            self.error, self.state = error, FAILED
            self._last_words()
        with self._changed:
            self._working = False
            self._changed.notify_all()

    def _last_words(self):
        try:
            self.show()
        except Exception as error:
            self.error = self.error or error

    def _loop(self):
        shown = -float("inf")
        while self._may_go_on():
            began = time.monotonic()
            done = next(self.steps, self) is self
            self.seconds += time.monotonic() - began
            if done:
                self.state = DONE
                break
            if time.monotonic() - shown >= self.every:
                self.show()
                shown = time.monotonic()
        self.show()

    def _may_go_on(self):
        """Wait through a pause; return whether there is more to do."""
        if self.state == PAUSED:
            self.show()
        with self._changed:
            self._working = self.state == RUNNING
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.state != PAUSED)
            self._working = True
            return self.state == RUNNING
