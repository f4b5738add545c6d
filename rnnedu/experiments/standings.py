"""How a memory race stands: counted outcomes, medians over seeds, rows for a table or a file."""

import csv
import io
from dataclasses import asdict, dataclass

import numpy as np

from rnnedu.experiments.entries import Entry
from rnnedu.experiments.race import SOLVED


@dataclass(frozen=True)
class Standing:
    """How one entry stands.

    solved, diverged, open : how many of its `of` runs have solved the task, left the finite numbers, are racing.
    updates, seconds : medians of the runs that solved it, to the lap that did; None if there are none.
    used : seconds of computing, of all runs.
    """

    entry: Entry
    solved: int
    diverged: int
    open: int
    of: int
    updates: float | None
    seconds: float | None
    used: float


def standings(race):
    """Return a Standing for each entry of a Race, in their order."""
    return [_standing(entry, runs_of(race, entry)) for entry in race.entries]


def _standing(entry, runs):
    done = [run for run in runs if run.state == SOLVED]
    racing = sum(run.racing for run in runs)
    return Standing(
        entry,
        solved=len(done),
        diverged=sum(bool(run.problem) for run in runs),
        open=racing,
        of=len(runs),
        updates=float(np.median([run.updates for run in done])) if done else None,
        seconds=float(np.median([run.seconds for run in done])) if done else None,
        used=sum(run.seconds for run in runs),
    )


def runs_of(race, entry):
    """Return the runs of an entry, seed by seed."""
    return [run for run in race.runs if run.entry == entry]


def median(race, entry):
    """Return an array (n, 2): updates, and the median over the entry's seeds, after each lap that all have made.

    A run that has ended counts on with its last measure; one that diverged in its first lap has none.
    """
    runs = runs_of(race, entry)
    curves = [run.points for run in runs if run.curve]
    racing = [len(run.curve) for run in runs if run.racing]
    longest = max(curves, key=len, default=np.zeros((0, 2)))
    n = min(racing, default=len(longest))
    if n == 0:
        return longest[:0]
    values = [np.pad(curve[:n, 1], (0, max(0, n - len(curve))), "edge") for curve in curves]  # n each
    return np.stack([longest[:n, 0], np.median(values, axis=0)], axis=1)


def results(race):
    """Return a row for each run as a dict of plain values: what raced, under which rules, what came of it."""
    rules = asdict(race.rules)
    del rules["seeds"]
    rules["budget"] = rules.pop("updates")
    rules["budget_seconds"] = rules.pop("seconds")
    return [_row(run) | rules for run in race.runs]


def _row(run):
    return {
        "entry": run.entry.title,
        "cell": run.entry.cell,
        "start": run.entry.start,
        "bias": run.entry.bias,
        "seed": run.seed,
        "state": run.state,
        "solved": run.state == SOLVED,
        "updates": run.updates,
        "seconds": round(run.seconds, 3),
        "measure": run.curve[-1][1] if run.curve else None,
    }


def as_csv(rows):
    """Return rows, dicts with the same keys, as comma-separated text with a header; None is an empty cell."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
