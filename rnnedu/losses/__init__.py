"""Losses, each with its derivative: one value for every row of the output, and the slopes of that value.

Names, options and values are those of Keras 3. A loss does not average: the training loop weighs and averages.
Outputs are (B, V) or, one for every timestep, (B, T, V); the values are (B,) or (B, T).
"""

import re

from rnnedu import validate
from rnnedu.losses.base import Loss
from rnnedu.losses.crossentropy import BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy
from rnnedu.losses.ctc import CTC
from rnnedu.losses.regression import MeanAbsoluteError, MeanSquaredError

LOSSES = {
    each.name: each
    for each in (
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
        BinaryCrossentropy,
        MeanSquaredError,
        MeanAbsoluteError,
        CTC,
    )
}
SHORT = {"mse": MeanSquaredError, "mae": MeanAbsoluteError, "bce": BinaryCrossentropy}


def get(identifier):
    """Return a Loss for a name, a class name as in Keras ("mse", "MeanSquaredError"), a get_config() or a Loss.

    Raises ValueError for an unknown name, with the near match, TypeError for anything else.
    """
    if isinstance(identifier, Loss):
        return identifier
    options = dict(identifier) if isinstance(identifier, dict) else {"name": identifier}
    name = options.pop("name", None)
    if isinstance(name, str):
        name = re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower()  # MeanSquaredError, MSE
    return validate.named("loss", name, LOSSES | SHORT)(**options)
