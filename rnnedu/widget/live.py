"""What the widgets that train have in common: buttons over a Job, and a way to wait for it in a cell."""

import threading

from IPython.display import display

from rnnedu.widget.job import RUNNING
from rnnedu.widget.panel import Panel


class Live(Panel):
    """Base of the widgets whose work goes on while the notebook stays usable.

    Subclasses define `start`, `resume`, and

    unfinished : whether there is work that `resume` can take up.
    """

    def __init__(self, **traits):
        self.job, self.displayed, self._showing = None, False, threading.RLock()
        super().__init__(**traits)

    @property
    def state(self):
        """"ready" before the first start, then "running", "paused", "stopped", "done" or "failed"."""
        return "ready" if self.job is None else self.job.state

    def pause(self):
        """Halt after the step that is being made."""
        if self.job is not None:
            self.job.pause()
            self.show()

    def stop(self):
        """End after the step that is being made. What was done stays, and `resume` can take it up again."""
        if self.job is not None:
            self.job.stop()
            self.show()

    def wait(self):
        """Wait until nothing runs; raise what the work raised. An interrupt of the cell pauses it."""
        if self.job is not None:
            self.job.wait()

    def run(self):
        """Work in a cell: show the widget, start or resume, and wait. An interrupt of the cell pauses the work."""
        if not self.displayed:
            display(self)
        try:
            if self.state != RUNNING:
                (self.resume if self.unfinished else self.start)()
            self.wait()
        except KeyboardInterrupt:  # it may also come before there is something to wait for
            self.pause()
            raise

    def show(self):
        """Send what there is to see; one thread at a time, or the older of two pictures might come last."""
        with self._showing, self.failing_visibly():
            super().show()

    def close(self):
        """Stop, and remove the widget from the page."""
        if getattr(self, "job", None) is not None:
            self.job.stop()
        super().close()

    def _repr_mimebundle_(self, **kwargs):
        self.displayed = True
        return super()._repr_mimebundle_(**kwargs)
