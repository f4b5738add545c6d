"""The state of every unit at every timestep, as one picture."""

import numpy as np
from matplotlib import patheffects
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

from rnnedu import validate
from rnnedu.view import colours
from rnnedu.view.figure import calm, sequence_of, written


class HiddenStateMap:
    """A heat-map of one symbol of a trace: units down, time across, and a cursor at one timestep.

    Values are coloured on a scale centred on 0, as wide as the largest of them; what a sigmoid makes is a
    gate between 0 (shut) and 1 (open), in the gate's own colour.

    Parameters
    ----------
    ax : matplotlib Axes to draw in; the colour bar takes its space from it.
    trace : Trace.
    symbol : str, one of the trace's values or gradients, "h_t", "f_t", "dh_t", ...
    sequence : int, which sequence of the batch, 0 .. B - 1.

    Attributes
    ----------
    image, cursor, colorbar : the artists; `update` and `move` write into these and make no others.
    t : int, the timestep of the cursor, from 1 as in the equations. Units count from 1 too.

    Raises ValueError for a symbol the trace does not hold or a sequence outside the batch; TypeError for a
    sequence that is not an integer.
    """

    def __init__(self, ax, trace, symbol="h_t", sequence=0):
        self.ax, self.symbol, self.sequence = ax, symbol, sequence
        values = sequence_of(trace, symbol, sequence)  # refuse before anything is drawn
        self.t = 1
        self.image = ax.imshow(values.T, aspect="auto", interpolation="nearest")
        self.cursor = ax.axvline(1, color="black", linewidth=1.5)
        self.cursor.set_path_effects([patheffects.withStroke(linewidth=3.5, foreground="white")])
        self.colorbar = ax.figure.colorbar(self.image, ax=ax, pad=0.02, aspect=15)
        self.colorbar.outline.set_visible(False)
        calm(ax)
        ax.set_ylabel("input" if symbol in ("x_t", "dx_t") else "unit")
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        self.colorbar.set_label(written(symbol), rotation=0, labelpad=12, fontsize="large")
        self.update(trace)

    def update(self, trace):
        """Show another trace, of any T and H. The cursor stays at its timestep if that still exists."""
        values = sequence_of(trace, self.symbol, self.sequence)
        T, units = values.shape
        self.image.set_data(values.T)
        self.image.set_extent((0.5, T + 0.5, units + 0.5, 0.5))
        gate = _is_gate(trace, self.symbol)
        self.image.set_cmap(_gate_map(self.symbol) if gate else colours.DIVERGING)
        self.image.set_clim(_limits(values, gate))
        self.ax.set(xlim=(0.5, T + 0.5), ylim=(units + 0.5, 0.5))
        self.T = T
        self.move(min(self.t, T))

    def move(self, t):
        """Move the cursor to timestep t, 1 .. T. Raises ValueError outside, TypeError for no integer."""
        self.t = validate.integer("t", t, 1, self.T)
        self.cursor.set_xdata([t, t])


def _is_gate(trace, symbol):
    """Return whether the cell's own equations make the symbol by a sigmoid, so that it lies in 0..1."""
    equations = trace.cell.forward_equations(trace.params)
    return any(line.symbol == symbol and line.tree[:2] == ("call", "sigmoid") for line in equations)


def _gate_map(symbol):
    return LinearSegmentedColormap.from_list(symbol, ["white", colours.of(symbol)[0]])


def _limits(values, gate):
    widest = float(np.abs(values).max())
    return (0, 1) if gate else (-(widest or 1), widest or 1)
