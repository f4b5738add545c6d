"""Lesson 11: who beats the line on which series, what a leak is worth, and errors many steps ahead."""

from functools import cache, partial

import numpy as np

from bench.lesson_figures.stated import Stated
from rnnedu.experiments import forecast
from rnnedu.experiments.forecast_models import load_forecaster
from rnnedu.experiments.forecast_tasks import TASKS
from rnnedu.experiments.forecasters import KINDS

FIVE, NEXT = range(5), range(5, 10)
WINS = {("co2", 0): (0, 0), ("co2", 1): (4, 5), ("passengers", 0): (0, 0), ("passengers", 12): (3, 5)}
LASER = {"MLP": (0.055, 0.09), "SimpleRNN": (0.045, 0.08), "LSTM": (0.025, 0.05), "GRU": (0.035, 0.065)}


def score(task, forecaster):
    """Return the error of a forecaster on a task."""
    return TASKS[task].score(forecaster).error


@cache
def line(task):
    """Return the error of the best line."""
    return score(task, TASKS[task].linear())


@cache
def errors(task, lag, seeds):
    """Return the LSTM's errors."""
    return [score(task, TASKS[task].trained("LSTM", seed, lag=lag)) for seed in seeds]


def wins(task, lag, seeds):
    """Return in how many seeds the LSTM beats the line."""
    found = errors(task, lag, seeds)
    more = f"errors {min(found):.4f} to {max(found):.4f}, the line {line(task):.4f}"
    return Stated(sum(error < line(task) for error in found), *WINS[task, lag], more)


def laser(kind):
    """Return the error of a network on the laser, the middle one of five seeds."""
    found = sorted(score("laser", TASKS["laser"].trained(kind, seed)) for seed in FIVE)
    return Stated(found[2], *LASER[kind], f"from {found[0]:.4f} to {found[-1]:.4f}")


def at_random(seed):
    """Return the error of a GRU on carbon dioxide when windows are drawn at random, in training sd as elsewhere."""
    task, drawn = TASKS["co2"], np.random.default_rng(seed)
    recipe, values = task.recipe_of("GRU"), task.split.values
    x, y = forecast.windows((values - values.mean()) / values.std(), recipe.window)
    order = drawn.permutation(len(x))
    train, test = order[: int(0.6 * len(x))], order[int(0.8 * len(x)) :]
    model = recipe.network(recipe.epochs * -(-len(train) // recipe.batch), seed)
    model.fit(x[train], y[train], batch_size=recipe.batch, epochs=recipe.epochs, verbose=0)
    return forecast.rmse(model.predict(x[test]), y[test]) * values.std()


def leak():
    """Return the middle error of three draws, beside that of a cut in time."""
    found = sorted(map(at_random, range(3)))
    honest = score("co2", TASKS["co2"].trained("GRU"))
    return Stated(found[1], 0.06, 0.11, f"from {found[0]:.3f} to {found[-1]:.3f}; cut in time {honest:.3f}")


def worst_place():
    """Return how far the trained LSTM is off over 84 steps of Mackey-Glass, at the worst place."""
    split = TASKS["mackey_glass"].split
    origins = split.origins("test", 84)
    run = forecast.running(load_forecaster("mackey_glass"), 40)(split.values, origins, 84)
    off = np.sqrt(np.square(run - forecast.truth(split.values, origins, 84)).mean(1))
    return Stated(off.max(), 0.04, 0.08, f"at the best one {off.min():.3f}")


def free_echo():
    """Return the echo state's error after a free run of 84 steps, the middle one of five."""
    task = TASKS["mackey_glass"]
    found = sorted(score("mackey_glass", task.echo_state(seed, horizon=1)) for seed in FIVE)
    return Stated(found[2], 0.004, 0.015, f"from {found[0]:.4f} to {found[-1]:.4f}")


FIGURES = {
    **{
        f"{task}, lag {lag}, of seeds {seeds[0]} to {seeds[-1]}: beats the line": partial(wins, task, lag, seeds)
        for seeds in (FIVE, NEXT)
        for task, lag in WINS
    },
    **{f"laser, {kind}": partial(laser, kind) for kind in KINDS},
    "CO2, GRU, windows drawn at random": leak,
    "Mackey-Glass, the worst place": worst_place,
    "Mackey-Glass, echo state in a free run": free_echo,
}
