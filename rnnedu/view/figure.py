"""What the pictures share: new Axes, calm Axes, a symbol as a reader writes it."""

from matplotlib.ticker import MaxNLocator

from rnnedu import validate
from rnnedu.view import colours

QUIET = colours.LETTERS["x"][0]


def axes(rows=1, width=8.0, height=2.8):
    """Return new Axes for a notebook cell, or an array of `rows` Axes under each other that share time.

    width, height : inches, of one row.
    """
    from matplotlib import pyplot  # it opens a backend: only who asks for a figure pays for that

    _, made = pyplot.subplots(rows, figsize=(width, height * rows), sharex=True, layout="constrained")
    return made


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
    names = (*trace.values, *trace.gradients)
    if symbol not in names:
        missing = "" if trace.gradients else " (this trace has no gradients: Trace.of(run, back) records them)"
        raise ValueError(f"symbol is {symbol!r}; accepted is one of {', '.join(names)}{missing}")
    values = trace[symbol]
    return values[:, validate.integer("sequence", sequence, 0, values.shape[1] - 1)]
