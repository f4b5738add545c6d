"""MemoryRace: cells train side by side on a task that asks for a memory, and their outcomes are counted."""

import traitlets

from rnnedu import validate
from rnnedu.experiments.entries import Entry, lineup
from rnnedu.experiments.race import Race
from rnnedu.experiments.rules import MAX_SEEDS, Rules
from rnnedu.experiments.standings import as_csv, results
from rnnedu.experiments.workers import MAX_WORKERS, backend_for
from rnnedu.widget import controls, race_blocks, race_controls
from rnnedu.widget.job import PAUSED, RUNNING, Job
from rnnedu.widget.live import Live

SETTINGS = ("task", "length", "units", "updates", "seconds", "seeds", "rate", "clip", "batch")
OVER = ("stopped", "done", "failed")


class MemoryRace(Live):
    """Train cells on a memory task, live, with a common budget; count how many seeds solve it.

    task : "adding", "latch", "order" (temporal order) or "copy"; see rnnedu.experiments.tasks.
    length : T. units : H. batch : B. updates : the budget of each run, a multiple of 10. seconds : a budget of
        computing time beside it, None for none; what is reached in it depends on the machine.
    entries : names of who races, 1 to 8 of those in `offered`, such as ["rnn", "lstm", "gru chrono"].
    bias : what the keeping gate's bias begins at in "lstm bias" (f) and "gru bias" (z).
    extra : list of rnnedu.experiments.entries.Entry to offer beside these, under their titles.
    seeds : how many; each draws weights and data, the same data for all. rate : Adam's learning rate.
    clip : limit of the gradient's norm, None for none. workers : processes; 1 trains in the notebook's own.

    `start`, `pause`, `resume` and `stop` are its buttons; `run` waits in a cell. Nothing that was trained is lost by
    any of them. Settings hold for the next race, while the one that was started goes on under its own.
    `results` and `csv` have a row for each run.

    Raises ValueError or TypeError for wrong settings, and for sizes that would take for ever.

    >>> race = MemoryRace(task="latch", length=5, units=4, entries=["gru"], seeds=1, updates=20, workers=1)
    >>> race.start()
    >>> race.wait()
    >>> [(row["entry"], row["updates"]) for row in race.results()]
    [('GRU', 20)]
    """

    heading = "Memory race"
    inputs = (*SETTINGS, "entries", "bias", "workers")

    task = traitlets.Unicode("adding").tag(sync=True)
    length = traitlets.Int(50).tag(sync=True)
    units = traitlets.Int(32).tag(sync=True)
    updates = traitlets.Int(800).tag(sync=True)
    seconds = traitlets.Float(None, allow_none=True).tag(sync=True)
    seeds = traitlets.Int(3).tag(sync=True)
    rate = traitlets.Float(0.01).tag(sync=True)
    clip = traitlets.Float(1.0, allow_none=True).tag(sync=True)
    batch = traitlets.Int(32).tag(sync=True)
    entries = traitlets.List(traitlets.Unicode(), ["rnn", "lstm", "gru"]).tag(sync=True)
    bias = traitlets.Float(2.0).tag(sync=True)
    workers = traitlets.Int(2).tag(sync=True)
    extra = traitlets.List(traitlets.Instance(Entry))

    def __init__(self, **traits):
        self.race, self.backend, self.why = None, None, ""
        super().__init__(**traits)

    # -- settings --------------------------------------------------------------------------------------------------

    @property
    def offered(self):
        """Name -> Entry of all that can race: every registered cell, the usual ways to begin, and the extra ones."""
        return lineup(self.bias) | {entry.title: entry for entry in self.extra}

    def compute(self):
        """Check the settings by making the race that `start` would begin."""
        validate.integer("workers", self.workers, 1, MAX_WORKERS)
        validate.integer("seeds", self.seeds, 1, MAX_SEEDS)
        offered = self.offered
        chosen = [validate.named("entries", name, offered) for name in self.entries]
        rules = {name: getattr(self, name) for name in SETTINGS} | {"seeds": tuple(range(self.seeds))}
        self.planned = Race(chosen, Rules(**rules))

    def form(self):
        """Return the controls."""
        return race_controls.of(self)

    # -- what is seen ----------------------------------------------------------------------------------------------

    @property
    def unfinished(self):
        """Whether there is a race to go on with."""
        return self.race is not None and self.race.open

    def doings(self):
        """Return the buttons."""
        state, unfinished = self.state, self.unfinished
        return [
            controls.action("start", "Start" if self.race is None else "New race", state != RUNNING, not unfinished),
            controls.action("pause", "Pause", state == RUNNING),
            controls.action("resume", "Resume", unfinished and state != RUNNING, primary=True),
            controls.action("stop", "Stop", state in (RUNNING, PAUSED)),
        ]

    def blocks(self):
        """Return the race as blocks: curves, standings, what was asked, and a file of the results."""
        race = self.race or self.planned
        file = [] if self.race is None else [race_blocks.file(race)]
        notes = race_blocks.notes(race, self.why, self._changed())
        return [race_blocks.curves(race, self.state), race_blocks.table(race), *notes, race_blocks.about(race), *file]

    def sentence(self):
        """Return the state and the medians as one line."""
        return race_blocks.medians(self.race or self.planned, self.state)

    def _changed(self):
        """Return a sentence if the settings are no longer those of the race that is shown."""
        if self.race is None or (self.race.rules, self.race.entries) == (self.planned.rules, self.planned.entries):
            return ""
        return "The settings have changed since this race began: they hold for the next one."

    # -- racing ----------------------------------------------------------------------------------------------------

    def start(self):
        """Begin a new race with the settings as they are."""
        if self.state == RUNNING:
            raise ValueError("a race is running; accepted is a new one after stop()")
        self._recompute()
        self.stop()
        self._dismiss()
        self.race = self.planned
        self.resume()

    def resume(self):
        """Go on with a race that was paused or stopped, or that failed."""
        if not self.unfinished or self.state == RUNNING:
            raise ValueError("there is no race to go on with; accepted is start()")
        if self.job is None or self.job.state != PAUSED:
            self._engage()
        self.error = ""
        self.job.start()
        self.show()

    def _engage(self):
        """Take new processes and a new job for the race."""
        self.backend, self.why = backend_for(self.workers, self.race.entries)
        job = Job(self.race.steps(self.backend), lambda: self._progress(job), every=0.25)
        self.job = job

    def _progress(self, job):
        """Show how far the job is; after its last step end the processes."""
        if job is not self.job:
            return  # the last words of one before it
        if job.state in OVER:
            self._dismiss()
        if job.error is not None:
            self.error = str(job.error)
        self.show()

    def _dismiss(self):
        """End the processes."""
        if self.backend is not None:
            self.backend.close()

    def close(self):
        """End the race and its processes, and remove the widget from the page."""
        super().close()
        self._dismiss()

    # -- what came of it -------------------------------------------------------------------------------------------

    def results(self):
        """Return a row for each run of the race, a dict of plain values; [] before there is one."""
        return [] if self.race is None else results(self.race)

    def csv(self):
        """Return the rows as comma-separated text with a header. Raises ValueError before there is a race."""
        if self.race is None:
            raise ValueError("there are no results; call start() or run() first")
        return as_csv(results(self.race))
