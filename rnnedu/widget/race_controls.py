"""The controls of a memory race."""

from rnnedu.experiments.rules import MAX_BATCH, MAX_LENGTH, MAX_SEEDS, MAX_UNITS
from rnnedu.experiments.tasks import TASKS
from rnnedu.widget import controls


def of(widget):
    """Return the controls of a MemoryRace; what is set in code is among the choices too."""
    shortest = TASKS[widget.planned.rules.task].shortest
    return [
        controls.select("task", {name: task.title for name, task in TASKS.items()}),
        controls.count("length", shortest, MAX_LENGTH, "timesteps T"),
        controls.count("units", 1, MAX_UNITS, "units H"),
        controls.count("seeds", 1, MAX_SEEDS, "seeds"),
        controls.select("updates", _with((100, 200, 400, 800, 1600, 3200), widget.updates), "budget, updates"),
        controls.select("seconds", {None: "no limit"} | _with((2, 5, 10, 30), widget.seconds), "seconds a run"),
        controls.select("rate", _with((0.001, 0.003, 0.01, 0.03), widget.rate), "learning rate"),
        controls.select("clip", {None: "no"} | _with((0.1, 1.0, 10.0), widget.clip), "clip norm"),
        controls.count("batch", 1, MAX_BATCH, "batch B"),
        controls.select("workers", _with((1, 2), widget.workers, " processes") | {1: "in this process"}, "train"),
        controls.slider("bias", 0, 5, 0.5, "bias of f or z, where set"),
        controls.several("entries", {name: entry.title for name, entry in widget.offered.items()}, "who races"),
    ]


def _with(values, value, unit=""):
    """Return a mapping value -> how it reads, of `values` and the `value` that is set."""
    return {each: f"{each:g}{unit}" for each in sorted({*values, *([] if value is None else [value])})}
