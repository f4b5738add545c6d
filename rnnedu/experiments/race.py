"""The memory race: cells train on the same task, with the same data and the same budget, in turns.

A race is its runs, one for each entry and seed, and a run is plain data that is replaced after each lap. A lap is
whole or has not happened, so a race can be left, interrupted and taken up again at any moment, without loss.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from rnnedu import validate
from rnnedu.experiments.entries import Entry
from rnnedu.experiments.laps import Errand, Here, Snapshot
from rnnedu.experiments.rules import Rules
from rnnedu.experiments.tasks import TASKS

RACING, SOLVED, SPENT, DIVERGED = "racing", "solved", "spent", "diverged"
MAX_ENTRIES = 8
LONGEST = 7200  # seconds a race may take on one core, by estimate


@dataclass(frozen=True, eq=False)
class Run:
    """One entry with one seed, so far.

    curve : (updates, measure) after each lap, the measure being the mean over the lap's batches, each before it was
    learned from. seconds : of computing. state : "racing", "solved", "spent" (the budget) or "diverged"; then
    `problem` says why.
    """

    entry: Entry
    seed: int
    curve: tuple = ()
    seconds: float = 0.0
    state: str = RACING
    problem: str = ""
    snapshot: Snapshot | None = field(default=None, repr=False)

    @property
    def racing(self):
        """Whether it has neither solved its task, nor used up its budget, nor diverged."""
        return self.state == RACING

    @property
    def updates(self):
        """How many updates were made."""
        return 0 if self.snapshot is None else self.snapshot.step

    @cached_property
    def points(self):
        """The curve as an array (n, 2)."""
        return np.array(self.curve, np.float64).reshape(-1, 2)

    def after(self, lap, rules):
        """Return the Run after a Lap."""
        seconds = self.seconds + lap.seconds
        if lap.problem:
            return replace(self, state=DIVERGED, problem=lap.problem, seconds=seconds, snapshot=lap.snapshot)
        solved = TASKS[rules.task].is_solved(lap.measure, rules.length)
        spent = lap.snapshot.step >= rules.updates or (rules.seconds is not None and seconds >= rules.seconds)
        return replace(
            self,
            curve=(*self.curve, (lap.snapshot.step, lap.measure)),
            seconds=seconds,
            state=SOLVED if solved else SPENT if spent else RACING,
            snapshot=lap.snapshot,
        )


class Race:
    """A race.

    entries : list of Entry, 1 to 8, of different titles. rules : Rules.
    runs : list of Run, all entries with the first seed, then with the next.

    Raises ValueError or TypeError for other arguments, and for a race that would take hours.

    >>> race = Race([Entry("rnn"), Entry("gru")], Rules("latch", length=5, units=4, updates=20, seeds=(0,)))
    >>> [run.updates for run in race.steps()]
    [10, 10, 20, 20]
    """

    def __init__(self, entries, rules):
        self.rules = validate.kind("rules", rules, Rules)
        self.entries = tuple(validate.kind("entries", each, Entry) for each in validate.kind("entries", entries, list))
        titles = [entry.title for entry in self.entries]
        if not 1 <= len(titles) <= MAX_ENTRIES or len(set(titles)) < len(titles):
            raise ValueError(f"entries is {titles}; accepted are 1 to {MAX_ENTRIES} with different titles")
        seconds = len(rules.seeds) * sum(rules.work(entry) for entry in self.entries)
        if seconds > LONGEST:
            raise ValueError(
                f"this race would take about {seconds / 3600:.0f} hours on one core; accepted are {LONGEST // 3600}: "
                "choose fewer entries, seeds, updates or units, or a shorter length"
            )
        self.runs = [Run(entry, seed) for seed in rules.seeds for entry in self.entries]

    @property
    def open(self):
        """Whether a run is still racing."""
        return any(run.racing for run in self.runs)

    def steps(self, backend=None):
        """Train, and yield each Run after each lap. Leave whenever you like; called again it goes on.

        backend : Here(), the default, or `workers.Workers`; of one race, and the same one to go on with what it has
        in hand. Budgets in updates give the same numbers with any.
        """
        backend = backend or Here()
        waiting = deque(k for k, run in enumerate(self.runs) if run.racing and k not in backend.asked)
        while waiting or backend.asked:
            while waiting and backend.room:
                run = self.runs[waiting[0]]
                backend.ask(waiting[0], Errand(run.entry, self.rules, run.seed, run.snapshot))
                waiting.popleft()
            k, errand, lap = backend.ready()
            if errand.step == self.runs[k].updates and self.runs[k].racing:  # else it is counted already
                self.runs[k] = self.runs[k].after(lap, self.rules)
            backend.release(k)
            if self.runs[k].racing:
                waiting.append(k)
            yield self.runs[k]
