"""A lap of a memory race: some updates of one run, from one state of the model to the next."""

import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnnedu.experiments.entries import Entry
from rnnedu.experiments.rules import LAP, Rules
from rnnedu.experiments.tasks import TASKS
from rnnedu.layers.weights import State
from rnnedu.train import Diverged


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A model between two updates. step : updates so far. arrays : "weights" and the optimiser's slots, (N,) each."""

    step: int
    arrays: dict

    @classmethod
    def of(cls, model):
        """Return a copy of a model's state."""
        state = model.home.state
        arrays = {"weights": state.weights.flat} | state.slots
        return cls(state.step, {name: array.copy() for name, array in arrays.items()})

    def restore(self, model):
        """Put a model back into this state. The arrays are only read, also by the updates that follow."""
        slots = {name: array for name, array in self.arrays.items() if name != "weights"}
        model.home.state = State(model.home.layout.bind(self.arrays["weights"]), slots, self.step)


class Lap(NamedTuple):
    """What LAP updates made of a model: its Snapshot, the mean measure, seconds, and why it ended early, if it did."""

    snapshot: Snapshot | None
    measure: float
    seconds: float
    problem: str = ""


class Errand(NamedTuple):
    """What a backend is asked for: the next lap of a run; snapshot None begins it."""

    entry: Entry
    rules: Rules
    seed: int
    snapshot: Snapshot | None

    @property
    def step(self):
        """How many updates were made before."""
        return 0 if self.snapshot is None else self.snapshot.step


def do(errand, models):
    """Return the Lap that an Errand asks for. models : dict in which models are kept for the next."""
    entry, rules, seed, snapshot = errand
    began, task = time.perf_counter(), TASKS[rules.task]
    model = models.get((entry, rules))
    if model is None or snapshot is None:
        fresh = entry.model(task, rules, seed)
        model = models.setdefault((entry, rules), fresh)
        snapshot = snapshot or Snapshot.of(fresh)
    snapshot.restore(model)
    try:
        values = [_update(model, task, rules, seed, errand.step + n) for n in range(LAP)]
    except Diverged as error:
        return Lap(snapshot, np.nan, time.perf_counter() - began, str(error))
    return Lap(Snapshot.of(model), float(np.mean(values)), time.perf_counter() - began)


def _update(model, task, rules, seed, number):
    """Make one update and return the batch's measure before it."""
    logs = model.train_on_batch(*task.draw(rules.length, rules.batch, seed, number), return_dict=True)
    return logs["accuracy" if task.rising else "loss"]


class Here:
    """The backend that trains in this process, a lap when it is asked for one. It is what Workers are elsewhere."""

    def __init__(self):
        self.asked, self.models = {}, {}

    @property
    def room(self):
        """Whether it takes another errand now."""
        return not self.asked

    def ask(self, key, errand):
        """Take an Errand, under a key."""
        self.asked[key] = errand

    def ready(self):
        """Return (key, errand, Lap) of one that is done. It stays asked for until `release`."""
        key, errand = next(iter(self.asked.items()))
        return key, errand, do(errand, self.models)

    def release(self, key):
        """Forget an errand."""
        self.asked.pop(key, None)

    def close(self):
        """Forget everything."""
        self.asked.clear(), self.models.clear()
