"""Optimisers, learning-rate schedules and gradient clipping, with the names, defaults and formulas of Keras 3.

>>> from rnnedu import optim
>>> optim.get("adam").get_config()["epsilon"]
1e-07
>>> optim.Adam(convention="torch").epsilon
1e-08
"""

from rnnedu.optim.adam import Adam, AdamW
from rnnedu.optim.adaptive import Adagrad, RMSprop
from rnnedu.optim.base import OPTIMIZERS, Optimizer, get, serialize
from rnnedu.optim.clip import clip_by_global_norm, clip_by_norm, clip_by_value
from rnnedu.optim.schedules import (
    SCHEDULES,
    CosineDecay,
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    Schedule,
)
from rnnedu.optim.sgd import SGD

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "CosineDecay",
    "ExponentialDecay",
    "InverseTimeDecay",
    "Optimizer",
    "PiecewiseConstantDecay",
    "RMSprop",
    "Schedule",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "get",
    "serialize",
]
