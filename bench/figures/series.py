"""Time series: every forecaster of lesson 11 on every task, over seeds, with the coverage of its 80 % band."""

from functools import partial

from bench.figures.quiet import Quiet
from bench.figures.rows import row
from rnnedu.experiments.forecast_tasks import TASKS
from rnnedu.experiments.forecasters import KINDS

SMALL = "mackey_glass_1"  # its errors are told in thousandths
AIMS = {
    ("laser", "LSTM"): "<= 0.25 x AR",
    ("mackey_glass", "LSTM"): "<= 0.25 x AR",
    ("sunspots_monthly", "LSTM, differences"): "within 10 % of AR: a tie",
}


def series(seeds):
    """Return the rows of all tasks: error, then coverage, of each forecaster."""
    return [found for name in TASKS for found in rows_of(name, seeds)]


def rows_of(name, seeds):
    """Yield the rows of a task."""
    task = TASKS[name]
    study = f"{task.series.name}, {task.horizon} ahead"
    unit, times = ("training sd / 1000", 1000) if name == SMALL else ("training sd", 1)
    for what, (made, drawn) in forecasters(task).items():
        repeated = range(seeds if drawn else 1)
        with Quiet() as quiet:
            scores = [task.score(made(seed)) for seed in repeated]
        seconds, aim = [quiet.seconds / len(repeated)], AIMS.get((name, what), "")
        yield row(study, what, [times * score.error for score in scores], unit, seconds, aim)
        yield row(study, f"{what}: within its band", [score.covered for score in scores], "share", aim="0.8")


def forecasters(task):
    """Return {name: (seed -> forecaster, whether the seed matters)}."""
    found = {name: (lambda _, made=made: made, False) for name, made in task.naive().items()}
    found["AR"] = (lambda _: task.linear(), False)
    found["echo state, 400 units"] = (task.echo_state, True)
    for lag in sorted({0, task.lag}):
        for kind in KINDS:
            found[kind + ", differences" * bool(lag)] = (partial(task.trained, kind, lag=lag), True)
    if task.horizon > 1:
        free = f"LSTM{', differences' * bool(task.lag)}, free run"
        found["AR, free run"] = (lambda _: task.linear(1), False)
        found["echo state, 400 units, free run"] = (partial(task.echo_state, horizon=1), True)
        found[free] = (partial(task.trained, "LSTM", lag=task.lag, horizon=1), True)
    return found
