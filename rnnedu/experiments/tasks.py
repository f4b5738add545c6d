"""The tasks of the memory race: how a batch is drawn, what is learned, what guessing gives, when it counts as solved.

Every task asks at the end for what stood at the beginning. Data are drawn afresh for every update, so what a model
scores on a batch before learning from it is what it scores on unseen data.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from rnnedu import datasets

SYMBOLS, RECALL = 8, 3  # of the copy task: shorter than in the literature (10 to recall), or a race would take an hour


@dataclass(frozen=True)
class Task:
    """One task.

    title, about : how it is called, and what it asks, in one sentence.
    make : (length, batch, seed=) -> x (T, B, D) and targets, time-major, float32; see rnnedu.datasets.
    D, V : sizes of an input and of the output. activation, loss : of the output layer.
    sequences : whether there is an answer at every timestep rather than one at the end.
    measure : what is shown, the mean over the batches of a lap; "accuracy" is a metric, anything else the loss.
    chance : length -> the measure of who knows the task but remembers nothing.
    solved : length -> the measure that counts as solved when a lap's is as good.
    shortest : T from which there is such a task.
    """

    title: str
    about: str
    make: Callable
    D: int
    V: int
    activation: str
    loss: str
    measure: str
    chance: Callable[[int], float]
    solved: Callable[[int], float]
    shortest: int
    sequences: bool = False

    @property
    def rising(self):
        """Whether more is better."""
        return self.measure == "accuracy"

    def is_solved(self, measure, length):
        """Return whether a lap's measure counts as solved. NaN does not."""
        return measure >= self.solved(length) if self.rising else measure <= self.solved(length)

    def draw(self, length, batch, seed, update):
        """Return the batch of one update: x (B, T, D) float32, and targets (B, ...), as models take them.

        It depends on `seed` and `update`, 0 or more, alone: everyone who races with a seed sees the same data.
        """
        own = int(np.random.SeedSequence((seed, update)).generate_state(1, np.uint64)[0])
        x, y = self.make(length, batch, seed=own)
        return x.swapaxes(0, 1), y.swapaxes(0, 1) if self.sequences else y


def _copy_chance(length):
    """Return RECALL / T * log SYMBOLS: Arjovsky, Shah & Bengio (2016), section 5.1."""
    return RECALL / length * math.log(SYMBOLS)


TASKS = {
    "adding": Task(
        "adding problem",
        "Of T random numbers two are marked: what is their sum? Always answering 1 has a mean squared error of 1/6.",
        datasets.make_adding, 2, 1, "linear", "mean_squared_error",
        "mean squared error", lambda _: 1 / 6, lambda _: 0.01, 2,
    ),
    "latch": Task(
        "latch problem",
        "The first number is 1 or -1, then comes noise: which was it? Guessing is right half of the time.",
        datasets.make_latch, 1, 1, "sigmoid", "binary_crossentropy",
        "accuracy", lambda _: 0.5, lambda _: 0.99, 2,
    ),
    "order": Task(
        "temporal order problem",
        "Two symbols, each an X or a Y, among others that mean nothing: which, in which order? Guessing is right one "
        "time in four.",
        datasets.make_temporal_order, 6, 4, "softmax", "sparse_categorical_crossentropy",
        "accuracy", lambda _: 0.25, lambda _: 0.99, 10,
    ),
    "copy": Task(
        "copy problem",
        f"{RECALL} symbols out of {SYMBOLS}, a long pause, a signal: which were they? Who waits for the signal and "
        f"then guesses has a cross-entropy of {RECALL}/T log {SYMBOLS}.",
        partial(datasets.make_copy, symbols=SYMBOLS, recall=RECALL), SYMBOLS + 2, SYMBOLS + 1, "softmax",
        "sparse_categorical_crossentropy",
        "cross-entropy, nats", _copy_chance, lambda length: 0.1 * _copy_chance(length), 2 * RECALL + 1, sequences=True,
    ),
}  # fmt: skip
