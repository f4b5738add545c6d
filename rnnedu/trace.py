"""A run written down: everything the steps recorded, stacked over time, frozen, for views and widgets."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

import numpy as np

from rnnedu import validate
from rnnedu.cells import Cell, Params, cell_of
from rnnedu.unroll import Backward, Forward


@dataclass(frozen=True, eq=False)
class Trace:
    """One run of a cell over a sequence, forward and, if it was taken, backward.

    values : symbol -> (T, B, D) or (T, B, H): every field of the cell's step record, "x_t", "h_prev", ... "h_t".
    gradients : symbol -> the same shapes: every field of the record of `step_back` that belongs to a timestep,
        "dh_t", "dx_t", ..., and for each state what the loss adds ("dh_loss") and what arrives from t+1 ("dh_later").
        Empty for a run that was not taken back.
    weight_gradients : parameter name -> (T, ...), what each timestep adds to it; the sum over T is the gradient.
    """

    params: Params
    values: Mapping[str, np.ndarray]
    gradients: Mapping[str, np.ndarray]
    weight_gradients: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, run, back=None):
        """Stack a Forward, and the Backward that belongs to it, into a Trace.

        Raises TypeError for what is no Forward, ValueError for the way back of another run.
        """
        validate.kind("run", run, Forward)
        if back is not None and validate.kind("back", back, Backward).run is not run:
            raise ValueError("back is the way back of another run; accepted is unroll.backward(run, ...)")
        gradients, weights = ({}, {}) if back is None else _gradients(run, back)
        return cls(run.params, _frozen(_stack(run.steps)), _frozen(gradients), _frozen(weights))

    def __getitem__(self, symbol):
        """Return the array of a symbol. Raises KeyError that lists the symbols there are."""
        if symbol not in self:
            raise KeyError(f"{symbol!r}; there are {', '.join(self)}")
        return self.values[symbol] if symbol in self.values else self.gradients[symbol]

    def __contains__(self, symbol):
        return symbol in self.values or symbol in self.gradients

    def __iter__(self):
        return iter((*self.values, *self.gradients))

    @property
    def cell(self) -> Cell:
        """The cell that ran."""
        return cell_of(self.params)

    @property
    def T(self):
        """The number of timesteps."""
        return len(self.values["x_t"])

    def norms(self, symbol):
        """Return the Euclidean norm over the units of a symbol, (T, B), in float64: squares of float32 underflow."""
        return np.linalg.norm(self[symbol].astype(np.float64), axis=-1)


def _stack(records):
    """Return field name -> the records' arrays stacked over time."""
    return {f.name: np.stack([getattr(record, f.name) for record in records]) for f in fields(records[0])}


def _gradients(run, back):
    weights = {f"d{name}" for name in run.params.arrays()}
    stacked = _stack(back.backs)
    arrived = {f"d{name}_loss": value.copy() for name, value in back.loss.items()}
    arrived |= {f"d{name}_later": value.copy() for name, value in back.later.items()}
    per_step = {name: value for name, value in stacked.items() if name not in weights}
    return per_step | arrived, {name[1:]: value for name, value in stacked.items() if name in weights}


def _frozen(arrays):
    """Return the arrays read-only, in a mapping that cannot be changed."""
    views = {name: array.view() for name, array in arrays.items()}
    for view in views.values():
        view.flags.writeable = False
    return MappingProxyType(views)
