"""The cells, one timestep each. Importing a cell's module registers it; `CELLS` is the register."""

from rnnedu.cells import rnn, lstm, gru, peephole  # noqa: I001 (the order in which they are shown)
from rnnedu.cells.base import CELLS, Cell, Params, cell_of, get, option, register, shaped

__all__ = [
    "CELLS", "Cell", "Params", "cell_of", "get", "gru", "lstm", "option", "peephole", "register", "rnn", "shaped",
]  # fmt: skip
