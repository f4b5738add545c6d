"""The trained forecasting models that come with rnnedu: no waiting where a picture is what one wants."""

from types import MappingProxyType

from rnnedu import validate
from rnnedu.datasets import data_path
from rnnedu.models import load_model

KIND = "LSTM"
SHIPPED = MappingProxyType({"laser": "models/laser_lstm.rnnedu", "mackey_glass": "models/mackey_glass_lstm.rnnedu"})
"""Name of a task in forecast_tasks.TASKS -> its model's file in data/."""


def load_forecaster(name):
    """Return the trained Sequential of a task: "laser", one step, or "mackey_glass", 84 steps at once.

    It maps windows (B, L, 1) of values standardised on the task's training part to (B, K). `python -m
    bench.forecast_models` made it. Raises ValueError for another name, and where the file is missing or damaged.
    """
    file = validate.named("name", name, SHIPPED)
    try:
        return load_model(data_path(file))
    except (OSError, ValueError) as error:
        raise ValueError(f"data file {file}: {error}; reinstalling rnnedu restores it") from error
