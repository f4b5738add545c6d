"""How large the gradient is at every timestep: the picture in which it vanishes or explodes."""

from collections.abc import Mapping

import numpy as np

from rnnedu.trace import Trace
from rnnedu.view import colours
from rnnedu.view.figure import calm, sequence_of, written

LINES = [colours.LETTERS[letter][0] for letter in "ifgo"] + [light for light, _ in colours.OTHERS]
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (5, 2, 1, 2)))  # not by colour alone


class GradientNorms:
    """The norm of a gradient over the units at every timestep, on a log axis, one line a trace.

    Where a norm is exactly 0 the line has a gap: 0 has no place on a log axis.

    Parameters
    ----------
    ax : matplotlib Axes to draw in.
    traces : Trace, or a mapping label -> Trace, all of runs that were taken back.
    symbol : str, one of the gradients, "dh_t", "dc_t", "dx_t", ...
    sequence : int, which sequence of the batch, 0 .. B - 1.

    Attributes
    ----------
    lines : label -> the artist of that line.
    legend : the legend.

    Raises ValueError for a trace without gradients, an unknown symbol, a sequence outside the batch or no
    trace at all; TypeError for what is no Trace.
    """

    def __init__(self, ax, traces, symbol="dh_t", sequence=0):
        self.ax, self.symbol, self.sequence = ax, symbol, sequence
        self.lines, self.legend = {}, None
        norms = self._norms(traces)  # refuse before anything is drawn
        ax.set_yscale("log", nonpositive="mask")
        calm(ax)
        ax.set_ylabel(f"norm of {written(symbol)}")
        ax.grid(axis="y", color="#e6e6e6", linewidth=0.8)
        self._draw(norms)

    def update(self, traces):
        """Show other traces. A label seen before keeps its line; new labels get one, missing ones lose theirs."""
        self._draw(self._norms(traces))

    def _norms(self, traces):
        """Return label -> the norms (T,), zeros masked."""
        traces = {traces.cell.title: traces} if isinstance(traces, Trace) else traces
        if not isinstance(traces, Mapping):
            raise TypeError(f"traces is {type(traces).__name__}; accepted is a Trace or a mapping label -> Trace")
        if not traces:
            raise ValueError("traces is empty; accepted is at least one Trace")
        return {str(label): self._norm(label, trace) for label, trace in traces.items()}

    def _norm(self, label, trace):
        if not isinstance(trace, Trace):
            raise TypeError(f"traces[{label!r}] is {type(trace).__name__}; accepted is a Trace")
        if not trace.gradients:
            raise ValueError(
                f"traces[{label!r}] has no gradients; accepted is a trace of a run that was taken back: "
                "Trace.of(run, unroll.backward(run, dh=...))"
            )
        if self.symbol not in trace.gradients:
            raise ValueError(f"symbol is {self.symbol!r}; accepted is one of {', '.join(trace.gradients)}")
        sequence_of(trace, self.symbol, self.sequence)
        return np.ma.masked_less_equal(trace.norms(self.symbol)[:, self.sequence], 0)

    def _draw(self, norms):
        for label in [label for label in self.lines if label not in norms]:
            self.lines.pop(label).remove()
        for label, norm in norms.items():
            if label not in self.lines:
                self.lines[label] = self._line(label)
            self.lines[label].set_data(np.arange(1, len(norm) + 1), norm)
        self.ax.relim()
        self.ax.autoscale_view()
        self.ax.set_xlim(1, max(2, *(len(norm) for norm in norms.values())))
        self._name(norms)

    def _line(self, label):
        """Return a new line in the first colour that no other line has."""
        used = {line.get_color() for line in self.lines.values()}
        place = next((n for n, colour in enumerate(LINES) if colour not in used), len(self.lines) % len(LINES))
        dash = DASHES[place % len(DASHES)]
        return self.ax.plot([], [], color=LINES[place], linestyle=dash, linewidth=2, label=label)[0]

    def _name(self, norms):
        if self.legend is None or [text.get_text() for text in self.legend.get_texts()] != list(norms):
            handles = [self.lines[label] for label in norms]
            self.legend = self.ax.legend(handles, list(norms), frameon=False)
