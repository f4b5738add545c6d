"""A memory race as blocks of a panel: curves, standings, the rules in words, a file of the results."""

import itertools

from rnnedu.experiments.race import DIVERGED
from rnnedu.experiments.rules import LAP
from rnnedu.experiments.standings import as_csv, median, results, runs_of, standings
from rnnedu.experiments.tasks import TASKS
from rnnedu.widget import blocks

POINTS = 2500  # of all lines together: a message stays small however long the race
SO_FAR = {"running": "So far: ", "paused": "Paused: ", "stopped": "Stopped: ", "failed": "Failed: "}


def curves(race, state):
    """Return the chart of the measure: a faint line for each run, a bold one for each entry's median over its seeds."""
    task, length = TASKS[race.rules.task], race.rules.length
    chance, solved = task.chance(length), task.solved(length)
    furthest = max(run.updates for run in race.runs) or race.rules.updates
    return blocks.chart(
        "curves",
        said(race, state),
        _lines(race),
        "update",
        task.measure,
        x_range=(0, furthest),
        y_range=(0, 1) if task.rising else (0, 1.5 * chance),
        rules=[blocks.rule(chance, f"chance {chance:.3g}"), blocks.rule(solved, f"solved {solved:.3g}")],
        height=340,
    )


def _lines(race):
    most = max(20, POINTS // (len(race.runs) + len(race.entries)))
    faint, bold = [], []
    for place, entry in enumerate(race.entries):
        each = (_thinned(run.points, most) for run in runs_of(race, entry))
        faint += [blocks.line("", x, y, place, dash=0, faint=True) for x, y in each]
        bold.append(blocks.line(entry.title, *_thinned(median(race, entry), most), place, width=3.0))
    return faint + bold


def _thinned(curve, most):
    """Return x and y of a curve (n, 2), at most `most` points evenly chosen, the last among them."""
    stride = -(-len(curve) // most) or 1
    return curve[::-1][::stride][::-1].T


def said(race, state):
    """Return the outcome in one sentence, the quickest first."""
    task, length = TASKS[race.rules.task], race.rules.length
    if state == "ready":
        return f"The {task.title} over {length} timesteps: nobody has started yet"
    counted = itertools.groupby(ranked(race), key=lambda standing: f"{standing.solved} of {standing.of}")
    first, *others = (f"by {_listed([s.entry.title for s in group])} in {count}" for count, group in counted)
    solved = ", ".join([f"he {task.title} over {length} timesteps is solved {first} seeds", *others])
    return SO_FAR[state] + "t" + solved if state in SO_FAR else "T" + solved


def _listed(titles):
    """Return A, B and C."""
    return " and ".join(filter(None, [", ".join(titles[:-1]), titles[-1]]))


def ranked(race):
    """Return the standings, the most often solved first, then the quickest."""
    return sorted(standings(race), key=lambda standing: (-standing.solved, standing.updates or 0))


def medians(race, state):
    """Return the state and the median updates as a line of text. It changes when a run ends, not with every lap."""
    solved = ", ".join(f"{s.entry.title} {s.updates:.0f}" for s in ranked(race) if s.solved) or "none yet"
    ended = sum(not run.racing for run in race.runs)
    return f"Race {state}, {ended} of {len(race.runs)} runs ended. Median updates to solve: {solved}."


def table(race):
    """Return the standings as a table."""
    measure = TASKS[race.rules.task].measure
    columns = ["entry", "solved", "updates to solve", "seconds to solve", "seconds used", f"{measure} now"]
    rows = [_row(race, standing) for standing in standings(race)]
    return blocks.table("standings", "Standings (medians over the seeds)", columns, rows)


def _row(race, standing):
    curve = median(race, standing.entry)
    more = f", {standing.open} racing" if 0 < standing.open < standing.of else ""
    more += f", {standing.diverged} diverged" if standing.diverged else ""
    return [
        standing.entry.title,
        f"{standing.solved} of {standing.of}{more}",
        "–" if standing.updates is None else f"{standing.updates:.0f}",
        "–" if standing.seconds is None else f"{standing.seconds:.1f}",
        f"{standing.used:.1f}",
        f"{curve[-1, 1]:.3g}" if len(curve) else "–",
    ]


def about(race):
    """Return the task and the rules in words."""
    rules, task = race.rules, TASKS[race.rules.task]
    clipped = "no clipping" if rules.clip is None else f"gradient norm clipped at {rules.clip:g}"
    bound = "at least" if task.rising else "at most"
    settings = f"{task.about} T = {rules.length}, H = {rules.units}; Adam {rules.rate:g}, {clipped}."
    budget = f"{rules.updates} updates" + ("" if rules.seconds is None else f" or {rules.seconds:g} seconds")
    fair = (
        f"Every update has {rules.batch} new sequences, the same for all entries with a seed; the budget of each of "
        f"the {len(race.runs)} runs is {budget}. A point is the mean over {LAP} updates, each measured before it was "
        f"learned from; a run that reaches {bound} {task.solved(rules.length):.3g} has solved the task."
    )
    return blocks.text("about", "The task and the rules", f"{settings} {fair}")


def notes(race, *others):
    """Return a list of one text, or none: what else there is to say, and why runs diverged."""
    diverged = [f"{run.entry.title}, seed {run.seed}: {run.problem}." for run in race.runs if run.state == DIVERGED]
    found = " ".join(filter(None, [*others, *diverged]))
    return [blocks.text("notes", "To note", found)] if found else []


def file(race):
    """Return the button that saves a row for each run as CSV."""
    return blocks.download("file", "Save the results (CSV)", "memory_race.csv", as_csv(results(race)))
