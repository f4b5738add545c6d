"""Lesson 5: in how many seeds plain gradient descent solves temporal order, with clipping and without."""

from functools import cache, partial

from bench.lesson_figures.stated import Stated
from rnnedu.experiments.clipped import learn

COUNTS = (  # options of `learn`, how many seeds, the interval
    ({"rate": 0.05}, 12, 0, 0),
    ({"rate": 0.05, "clip": 1.0}, 12, 9, 12),
    ({"rate": 0.01}, 12, 8, 12),
    ({"rate": 0.2, "clip": 1.0}, 12, 11, 12),
    ({"rate": 0.05}, 36, 0, 0),
    ({"rate": 0.05, "clip": 1.0}, 36, 28, 36),
    ({"rate": 0.01}, 36, 26, 34),
    ({"rate": 0.2, "clip": 1.0}, 36, 34, 36),
    ({"rate": 0.2, "clip": 2.0, "updates": 600}, 12, 0, 0),
    ({"rate": 0.05, "length": 20}, 12, 11, 12),
    ({"rate": 0.1, "clip": 1.0, "length": 40, "updates": 2000}, 12, 9, 12),
)


@cache
def run(seed, options):
    """Return (solved, updates) of one training; options : (name, value) pairs."""
    learning = learn(seed, **dict(options))
    return learning.solved, len(learning.norm)


def count(options, seeds, low, high):
    """Return in how many seeds it is solved, and after how many updates."""
    runs = [run(seed, tuple(options.items())) for seed in range(seeds)]
    updates = sorted(made for solved, made in runs if solved)
    return Stated(len(updates), low, high, f"after {updates}")


FIGURES = {
    f"of {row[1]}: {', '.join(f'{name} {value}' for name, value in row[0].items())}": partial(count, *row)
    for row in COUNTS
}
