"""What clipping does for a training: plain gradient descent on the temporal order problem, with it and without.

Source: Pascanu, Mikolov & Bengio (2013), section 4.1, where a SimpleRNN of 50 units learns this problem by SGD.
"""

from dataclasses import dataclass

import numpy as np

from rnnedu import train, validate
from rnnedu.experiments.tasks import TASKS
from rnnedu.layers import Dense, SimpleRNN
from rnnedu.models import Sequential
from rnnedu.optim import SGD

UNITS, BATCH, LAP = 50, 20, 10
TASK = TASKS["order"]


@dataclass(frozen=True, eq=False)
class Learning:
    """One training, (n,) each, an entry for every update.

    loss, accuracy : of the update's batch, before it was learned from; every batch is drawn afresh.
    norm : of all gradients together, before clipping.
    solved : whether the last ten batches were right to 99 %, which ends a training. problem : where it left the floats.
    """

    loss: np.ndarray
    accuracy: np.ndarray
    norm: np.ndarray
    solved: bool
    problem: str = ""

    def lapwise(self, name):
        """Return the mean of "loss" or "accuracy" over every ten updates, (n / 10,)."""
        values = getattr(self, validate.choice("name", name, ("loss", "accuracy")))
        whole = len(values) // LAP * LAP
        return values[:whole].reshape(-1, LAP).mean(1)


class _Clipped(SGD):
    """Plain SGD that clips with a function of its own."""

    def __init__(self, rate, by):
        super().__init__(rate)
        self.by = by

    def _clip(self, gradient, parts):
        for part, clipped in zip(parts, self.by([gradient[part].copy() for part in parts]), strict=True):
            gradient[part] = clipped


def learn(seed=0, *, clip=None, by=None, rate=0.05, length=30, updates=1000):
    """Return the Learning of a SimpleRNN with tanh and 50 units, by plain SGD with 20 sequences an update.

    seed : of weights and data. clip : limit of the joint norm, None for no clipping. rate : learning rate.
    by : function (list of arrays, limit) -> list of clipped arrays, to be used in place of the engine's.
    length : T, 10 to 200. updates : at most so many; it ends when solved.

    Raises ValueError or TypeError for other arguments, and whatever `by` raises.
    """
    validate.integer("length", length, TASK.shortest, 200), validate.integer("updates", updates, LAP, 20_000)
    model, rows, problem = _model(seed, _optimizer(rate, clip, by)), [], ""
    while len(rows) < updates and not problem and not _is_solved(rows):
        x, y = TASK.draw(length, BATCH, seed, len(rows))
        try:
            loss, metrics, norm, _ = model.updater().update(train.Data(x, y))
            total, number = metrics["accuracy"]
            rows.append((loss, total / number, norm))
        except train.Diverged as error:
            problem = str(error)
    return Learning(*np.reshape(rows, (-1, 3)).T, _is_solved(rows), problem)


def _optimizer(rate, clip, by):
    if by is None:
        return SGD(rate, global_clipnorm=clip)
    validate.positive("clip", clip)
    return _Clipped(rate, lambda gradients: by(gradients, clip))


def _model(seed, optimizer):
    model = Sequential([SimpleRNN(UNITS), Dense(TASK.V, TASK.activation)], seed=seed)
    model.compile(optimizer, TASK.loss, ["accuracy"])
    model.build((None, None, TASK.D))
    return model


def _is_solved(rows):
    """Return whether a lap has just ended and was solved."""
    lap = [accuracy for _, accuracy, _ in rows[-LAP:]]
    return bool(rows) and len(rows) % LAP == 0 and bool(TASK.is_solved(np.mean(lap), None))


def solved(seeds, **options):
    """Return how many of the seeds solve it; options : of `learn`."""
    return sum(learn(seed, **options).solved for seed in seeds)
