"""The clipping lab: a wall in the loss, and what a descent does at it with and without clipping."""

from functools import lru_cache

import numpy as np
import traitlets

from rnnedu import validate
from rnnedu.experiments.cliff import MAX_LENGTH, MAX_STEPS, REACH, WINDOWS, Landscape, Unit, descend
from rnnedu.view import colours
from rnnedu.widget import bench_blocks, controls
from rnnedu.widget import blocks as seen
from rnnedu.widget.panel import Panel

BEGIN = {  # by activation: where the wall is met within a few steps
    "tanh": {"start": 1.8, "b": -0.05, "target": 0.6, "learning_rate": 0.7, "threshold": 0.3},
    "identity": {"start": 0.95, "b": 0.0, "target": 1.0, "learning_rate": 0.01, "threshold": 1.0},
}
_descend, _landscape = lru_cache(16)(descend), lru_cache(16)(Landscape.of)  # a slider changes one or two of the three
PLAIN, CLIPPED = "without clipping", "with clipping"
PLACES = {CLIPPED: 0, PLAIN: 1}  # among the lines' colours and dashes


class ClippingLab(Panel):
    """See why gradients are clipped: gradient descent on a network of one unit, whose loss has a wall.

    The network is h_t = f(w h_(t-1) + b) from h_0 = 1/2, its loss L = (h_T - target)^2, after Pascanu, Mikolov &
    Bengio (2013), figure 6. Slopes come from backpropagation through time, clipping from `rnnedu.optim.clip`.

    activation : "tanh" or "identity"; choosing the other one sets what follows to where its wall is met.
    start, b : where both descents begin, within -5..5. length : T, 1 to 100. target : of h_T, -10 to 10.
    learning_rate : above 0, up to 100. steps : 1 to 60. threshold : above 0.
    clipping : "norm" or "value". both : whether b is learned too; with w alone the two ways are the same.

    A descent ends where it is thrown out of -5..5. `landscape` is an `experiments.cliff.Landscape`, `plain` and
    `clipped` are `Path`s. Raises ValueError or TypeError for a setting that is not accepted, and goes on showing the
    one before.

    >>> lab = ClippingLab()
    >>> lab.shown["blocks"][0]["title"]
    'Step 6 without clipping throws w from 1.17 to 38; clipped, the descent ends at loss 1.0e−5'
    """

    heading = "Clipping lab"
    inputs = (
        "activation", "start", "b", "length", "target", "learning_rate", "steps", "threshold", "clipping", "both",
    )  # fmt: skip

    activation = traitlets.Unicode("tanh").tag(sync=True)
    start = traitlets.Float(1.8).tag(sync=True)
    b = traitlets.Float(-0.05).tag(sync=True)
    length = traitlets.Int(50).tag(sync=True)
    target = traitlets.Float(0.6).tag(sync=True)
    learning_rate = traitlets.Float(0.7).tag(sync=True)
    steps = traitlets.Int(40).tag(sync=True)
    threshold = traitlets.Float(0.3).tag(sync=True)
    clipping = traitlets.Unicode("norm").tag(sync=True)
    both = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **traits):
        self.landscape = self.plain = self.clipped = None
        super().__init__(**traits)

    @traitlets.observe("activation")
    def _begin(self, change):
        if self.landscape is not None and change.new in BEGIN:
            with self.hold_trait_notifications():
                for name, value in BEGIN[change.new].items():
                    setattr(self, name, value)

    def compute(self):
        """Walk along the loss and go down it twice."""
        unit = Unit(self.activation, self.length, self.target)
        validate.choice("clipping", self.clipping, ("norm", "value"))
        validate.number("start", self.start, -REACH, REACH)
        walk = unit, self.start, self.b, self.learning_rate, self.steps
        plain = _descend(*walk, both=self.both)
        clipped = _descend(*walk, clipping=self.clipping, threshold=self.threshold, both=self.both)
        self.landscape, self.plain, self.clipped = _landscape(unit, self.b), plain, clipped

    def form(self):
        """Return the controls."""
        return [
            controls.select("activation", list(WINDOWS)),
            controls.slider("start", *WINDOWS[self.activation], 0.01, "w at the start"),
            controls.slider("b", -1, 1, 0.01, "b (at the start)" if self.both else "b"),
            controls.slider("learning_rate", 1e-3, 10, 0.05, "learning rate", log=True),
            controls.slider("threshold", 1e-2, 100, 0.05, "threshold", log=True),
            controls.select("clipping", {"norm": "clip by norm", "value": "clip by value"}),
            controls.toggle("both", "learn b too"),
            controls.count("length", 1, MAX_LENGTH, "timesteps T"),
            controls.slider("target", -1, 2, 0.05, "target of h_T"),
            controls.count("steps", 1, MAX_STEPS, "steps of descent"),
        ]

    def blocks(self):
        """Return the loss with both descents on it, its slope, the gradients' norms, and the ends as a table."""
        plane = [self._plane()] if self.both else []
        return [self._loss(), self._slope(), *plane, self._norms(), self._ends()]

    def sentence(self):
        """Return the ends as text."""
        return ". ".join(f"{name}: {self._end(path)}" for name, path in self._paths()) + "."

    def _paths(self):
        return (CLIPPED, self.clipped), (PLAIN, self.plain)

    def _loss(self):
        along, paths = self.landscape, self._paths()
        here = f"L at b = {bench_blocks.said(self.b)}"
        lines = [seen.line(here, along.w, along.loss, colour=colours.of("h_t"), dash=0)]
        lines += [_flight(name, path) for name, path in paths if path.left]
        lines += [_line(name, path.w, path.loss, width=0.7) for name, path in paths]
        return seen.chart(
            "loss", self._finding(), lines, "w", "loss L", height=320,
            x_range=WINDOWS[self.activation], y_range=(0, along.ceiling),
        )  # fmt: skip

    def _finding(self):
        plain, ends = self.plain, self._end(self.clipped)
        if plain.left:
            thrown = f"throws w from {plain.w[-2]:.2f} to {bench_blocks.said(plain.w[-1])}"
            return f"Step {len(plain.w) - 1} without clipping {thrown}; clipped, the descent {ends}"
        return f"Without clipping the descent {self._end(plain)}; clipped, it {ends}"

    def _end(self, path):
        if path.left:
            return f"is thrown out of −{REACH:g}..{REACH:g} by step {len(path.w) - 1}"
        return f"ends at loss {bench_blocks.said(path.loss[-1])}"

    def _plane(self):
        lines = [_line(name, path.w, path.b) for name, path in self._paths()]
        does = "keeps its direction" if self.clipping == "norm" else "may turn it"
        heading = f"In the plane of w and b: clipping by {self.clipping} shortens a step and {does}"
        x_range, y_range = (_span([getattr(path, name) for _, path in self._paths()]) for name in ("w", "b"))
        return seen.chart("plane", heading, lines, "w", "b", x_range=x_range, y_range=y_range, height=240)

    def _norms(self):
        lines = [_line(name, np.arange(len(path.norm)), path.norm) for name, path in self._paths()]
        done = len(self.clipped.w) - 1
        heading = f"Gradient norm before clipping: {self.clipped.clipped} of {done} steps were clipped"
        rules = [seen.rule(self.threshold, "threshold")]
        return seen.chart("norms", heading, lines, "step", "norm", log_y=True, rules=rules, height=240)

    def _slope(self):
        w, slope = self.landscape.steepest
        heading = f"By backpropagation the slope reaches {bench_blocks.said(slope)}, at w = {w:.2f}"
        line = seen.line("|dL/dw|", self.landscape.w, np.abs(self.landscape.slope), colour=colours.of("h_t"), dash=0)
        return seen.chart("slope", heading, [line], "w", "|dL/dw|", log_y=True, height=200)

    def _ends(self):
        rows = [
            [name, len(path.w) - 1, *map(bench_blocks.said, (path.w[-1], path.b[-1])), self._end(path),
             *map(bench_blocks.said, (np.nanmin(path.loss), np.nanmax(path.norm)))]
            for name, path in self._paths()
        ]  # fmt: skip
        columns = ["descent", "steps", "last w", "last b", "it", "lowest loss", "largest gradient"]
        return seen.table("ends", "Where they end", columns, rows)


def _line(name, x, y, width=1.5):
    return seen.line(name, x, y, PLACES[name], dots=True, width=width)


def _flight(name, path):
    """Return the step that throws a descent out, without a name: the loss at its end is not known."""
    return seen.line("", path.w[-2:], [path.loss[-2]] * 2, PLACES[name], width=2.5)


def _span(values):
    """Return the range of what lies where a descent can go, with a little room."""
    inside = np.concatenate(values)
    inside = inside[np.abs(inside) <= REACH]
    room = 0.05 * np.ptp(inside) or 0.1
    return inside.min() - room, inside.max() + room
