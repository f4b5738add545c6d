"""What the pictures share: new Axes, calm Axes, a symbol as a reader writes it."""

import base64
import html
import io

import numpy as np
from matplotlib.ticker import MaxNLocator

from rnnedu import validate
from rnnedu.trace import Trace
from rnnedu.view import colours

QUIET = colours.LETTERS["x"][0]


def axes(rows=1, width=8.0, height=2.8):
    """Return new Axes for a notebook cell, or an array of `rows` Axes under each other that share time.

    width, height : inches, of one row.
    """
    from matplotlib import pyplot  # it opens a backend: only who asks for a figure pays for that

    _, made = pyplot.subplots(rows, figsize=(width, height * rows), sharex=True, layout="constrained")
    return made


class Picture:
    """A drawn figure as the result of a notebook cell, with the words a screen reader says of it.

    A figure that a cell shows by itself becomes an image without alternative text; end the cell with
    ``Picture(ax, "what is to be seen")`` instead. The figure is closed.

    ax : matplotlib Axes, one or an array of one figure. alt : str, what the picture shows.
    Raises ValueError for an `alt` that says nothing.
    """

    def __init__(self, ax, alt):
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError(f"alt is {alt!r}; accepted is a text that says what the picture shows")
        from matplotlib import pyplot

        self.figure, self.alt = np.ravel(ax)[0].figure, alt
        pyplot.close(self.figure)

    def _repr_html_(self):
        file = io.BytesIO()
        self.figure.savefig(file, format="png", dpi=144)
        data = base64.b64encode(file.getvalue()).decode("ascii")
        width = round(self.figure.get_figwidth() * 96)
        style = f"width: {width}px; max-width: 100%"
        return f'<img alt="{html.escape(self.alt)}" style="{style}" src="data:image/png;base64,{data}">'


def calm(ax):
    """Quieten the frame of `ax` and give its time axis whole numbers."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(QUIET)
    ax.tick_params(color=QUIET)
    if ax.xaxis.get_tick_params().get("labelbottom", True):  # under shared Axes only the lowest is named
        ax.set_xlabel("timestep t")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def written(symbol):
    """Return a symbol as mathematics: "dh_t" as d h with the index t, "h_prev" with the index prev."""
    stem, _, index = symbol.partition("_")
    letter = rf"\mathrm{{d}}{stem[1:]}" if stem.startswith("d") else stem
    return f"${letter}_{index}$" if len(index) == 1 else rf"${letter}_\mathrm{{{index}}}$"


def sequence_of(trace, symbol, sequence):
    """Return a symbol's values for one sequence of the batch, (T, units).

    Raises ValueError for a symbol that the trace does not hold or a sequence outside the batch.
    """
    validate.kind("trace", trace, Trace)
    if symbol not in trace:
        missing = "" if trace.gradients else " (this trace has no gradients: Trace.of(run, back) records them)"
        raise ValueError(f"symbol is {symbol!r}; accepted is one of {', '.join(trace)}{missing}")
    values = trace[symbol]
    return values[:, validate.integer("sequence", sequence, 0, values.shape[1] - 1)]
