"""Hidden states over a text or a series: which units stand out over a span, and where else they are as active."""

import numpy as np
import traitlets

from rnnedu import datasets, validate
from rnnedu.experiments import spans
from rnnedu.widget import blocks, controls
from rnnedu.widget.panel import Panel
from rnnedu.widget.places import lines_for, noun_of, quoted, span_of, spelled
from rnnedu.widget.recordings import LONGEST, source_of

SHOWN, NAMED = 10, 20  # bars, and places in a sentence


class HiddenStateExplorer(Panel):
    """Show what every unit of a recurrent layer does at every place, and find the units that follow a span.

    model : a LanguageModel, which reads `text`, or a Sequential over numbers. params : a cell's Params instead; with a
        vocabulary, a datasets.Vocabulary, it reads symbols one-hot, else numbers. None of them is the model of first
        names that comes with rnnedu.
    text : at most 600 characters, the model's begin included.
    series : a name in rnnedu.datasets.SERIES, its first `length` values in standard deviations.
    x : (T, D) numbers of one's own instead of a series, at most 600; its first column is drawn.
    layer : which of the model's recurrent layers, from 1. symbol : what is shown of it, "h_t", "c_t", a gate.
    span : [start, stop], the places the learner selects, from 0; [] for none. Another input selects nothing.
    unit : whose values are shown along the input, from 1; 0 is the one that stands out over the span, or, without
        one, varies most. ordered : show the units that stand out on top of the map.

    How much a unit stands out is `experiments.spans.contrast`. At most 60,000 values, places times units, are shown.

    Raises ValueError or TypeError for other values; what is too large is refused before it is computed.

    >>> explorer = HiddenStateExplorer(text="elisabetta", span=[8, 10])
    >>> explorer.values.shape
    (11, 64)
    >>> explorer.ranks[:3].tolist(), explorer.chosen
    ([46, 36, 39], 46)
    """

    heading = "Hidden states"
    inputs = ("text", "series", "length", "layer", "symbol", "span", "unit", "ordered")

    text = traitlets.Unicode("anna\nmarianne\nsusannah\njohn\nelizabeth").tag(sync=True)
    series = traitlets.Unicode("sunspots").tag(sync=True)
    length = traitlets.Int(120).tag(sync=True)
    layer = traitlets.Int(1).tag(sync=True)
    symbol = traitlets.Unicode("h_t").tag(sync=True)
    span = traitlets.List().tag(sync=True)
    unit = traitlets.Int(0).tag(sync=True)
    ordered = traitlets.Bool(False).tag(sync=True)

    def __init__(self, model=None, *, params=None, vocabulary=None, x=None, **traits):
        self.source = source_of(model, params, vocabulary)
        self.noun = noun_of(self.source.vocabulary)
        self.x = None if x is None else validate.array("x", validate.real("x", x, np.float64), ("T", "D"), {})
        if self.x is not None and self.source.vocabulary:
            raise ValueError(f"x is given to what reads {self.noun}s; accepted is text")
        self.recording = self.part = self.ranks = self.scores = self.places = self._read = None
        super().__init__(**traits)

    @property
    def values(self):
        """What is shown: (T, H), the chosen symbol of every unit at every place."""
        return self.recording.values[self.symbol]

    @property
    def chosen(self):
        """The unit in question, from 0."""
        return int(self.ranks[0]) if self.unit == 0 else self.unit - 1

    # -- what is worked out ----------------------------------------------------------------------------------------

    def compute(self):
        """Record the input, if it is another one, and rank the units."""
        wanted = (self.text, self.layer) if self.source.vocabulary else (self.series, self.length, self.layer)
        if wanted != self._read:
            first, recording = self._read is None, self._recorded()
            self.recording, self._read = recording, wanted
            if not first:
                self._forget()
        self._rank()

    def _recorded(self):
        if self.source.vocabulary:
            return self.source.text(self.text, self.layer)
        if self.x is None:
            return self.source.series(self.series, self.length, self.layer)
        times = np.arange(1, len(self.x) + 1)
        return self.source.numbers(self.x, times, map(str, times), self.layer)

    def _forget(self):
        """Select nothing, and leave what the new recording does not have."""
        with self.hold_trait_notifications():
            self.span = []
            self.symbol = self.symbol if self.symbol in self.recording.values else "h_t"
            self.unit = self.unit if self.unit <= self.values.shape[1] else 0

    def _rank(self):
        values = validate.named("symbol", self.symbol, self.recording.values)
        validate.integer("unit", self.unit, 0, values.shape[1])
        part = span_of(self.span, self.recording.T)
        scores = values.std(0) if part is None else spans.contrast(values, *part)
        self.part, self.scores, self.ranks = part, scores, spans.ranked(scores)
        self.places = [] if part is None else spans.as_active(values[:, self.chosen], *part).tolist()

    # -- what is seen ----------------------------------------------------------------------------------------------

    def form(self):
        """Return the controls."""
        layers, H = range(1, len(self.source.units) + 1), self.values.shape[1]
        units = {0: "the one that stands out"} | {unit: str(unit) for unit in range(1, H + 1)}
        return [
            *self._inputs(),
            *([controls.select("layer", list(layers))] if len(layers) > 1 else []),
            controls.select("symbol", list(self.recording.values), "shown"),
            controls.select("unit", units),
            controls.toggle("ordered", "strongest on top"),
        ]

    def _inputs(self):
        if self.source.vocabulary:
            return [controls.field("text", LONGEST, lines=lines_for(self.text))]
        if self.x is not None:
            return []
        return [controls.select("series", list(datasets.SERIES)), controls.count("length", 2, LONGEST)]

    def doings(self):
        """Return the button."""
        return [controls.action("deselect", "select nothing", enabled=self.part is not None)]

    def deselect(self):
        """Select nothing."""
        self.span = []

    def blocks(self):
        """Return the chosen unit along the input, all units as a map, and those that stand out."""
        along = self._letters() if self.source.vocabulary else self._chart()
        return [along, self._map(), *([] if self.part is None else [self._standing_out()])]

    @property
    def _limit(self):
        """Full colour: 1 for what is squashed into -1..1, so that maps compare; else the largest."""
        return 1.0 if np.abs(self.values).max() <= 1 else None

    def _where(self, places):
        labels = [self.recording.labels[place] for place in places]
        if self.source.vocabulary:
            return quoted(self.source.vocabulary.join(labels), noun=self.noun)
        return labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"

    def _spelled(self, place):
        """Return the symbol at a place, or its time."""
        label = self.recording.labels[place]
        return spelled(label) if self.source.vocabulary else label

    def _finding(self):
        unit = f"{self.symbol} of unit {self.chosen + 1}"
        if self.part is None:
            varies = ", which varies most" if self.unit == 0 else ""
            return f"{unit}{varies}. Drag, or hold shift with the arrow keys: which units stand out there?"
        score = self.scores[self.chosen]
        way = "higher" if score >= 0 else "lower"
        count = len(self.places)
        where = f"at {count} other place{'s' * (count > 1)}" if count else "nowhere else"
        stands = f"{abs(score):.1f} sd {way} in {self._where(range(*self.part))} than elsewhere"
        return f"{unit} is {stands}, and about as {way.removesuffix('er')} {where}"

    def _letters(self):
        unit, labels = self.values[:, self.chosen], self.recording.labels
        said = [f"{spelled(label)}, {self.symbol} {value:.3f}" for label, value in zip(labels, unit, strict=True)]
        return blocks.letters(
            "along",
            self._finding(),
            labels,
            unit,
            said,
            diverging=True,
            limit=self._limit,
            trait="span",
            marked=self.places,
        )

    def _chart(self):
        times, unit = self.recording.times, self.values[:, self.chosen]
        lines = [
            blocks.line("input", times, self.recording.series, 0, faint=False, width=1.5),
            blocks.line(f"{self.symbol} of unit {self.chosen + 1}", times, unit, 1),
        ]
        if self.part is not None:
            lines.append(self._dots("selected", range(*self.part), 2))
            lines.append(self._dots("about as active", self.places, 3))
        label = "timestep" if self.x is not None else datasets.load_series(self.series).clock
        return blocks.chart("along", self._finding(), lines, label, "input, and the unit's value")

    def _dots(self, name, places, place):
        where = np.ma.masked_all(self.recording.T)
        for each in places:
            where[each] = self.values[each, self.chosen]
        return blocks.line(name, self.recording.times, where, place, dots=True, width=0.0)

    def _map(self):
        T, H = self.values.shape
        rows = self.ranks if self.ordered else np.arange(H)
        order = ", the one that stands out most on top" if self.ordered else ""
        return blocks.heat(
            "map",
            f"{self.symbol} of all {H} units over {T} places{order}",
            np.round(self.values[:, rows].T, 4),
            f"{self.noun}s" if self.source.vocabulary else "time",
            "units",
            limit=self._limit,
            trait="span",
            ticks=[self._spelled(place) for place in range(T)],
            names=[f"unit {row + 1}" for row in rows],
            height=min(420, max(120, 8 * H)),
        )

    def _standing_out(self):
        top = self.ranks[:SHOWN]
        ways = ["higher" if self.scores[unit] >= 0 else "lower" for unit in top]
        return blocks.bars(
            "units",
            f"Units that stand out in {self._where(range(*self.part))}: mean there less mean elsewhere, in sd",
            [f"unit {unit + 1}, {way}" for unit, way in zip(top, ways, strict=True)],
            self.scores[top],
            "sd",
            marked=[n for n, unit in enumerate(top) if unit == self.chosen],
        )

    def sentence(self):
        """Return what is found as text, with the other places."""
        if not self.places:
            return self._finding()
        at = [f" at {place + 1}" * bool(self.source.vocabulary) for place in self.places[:NAMED]]
        named = [self._spelled(place) + where for place, where in zip(self.places[:NAMED], at, strict=True)]
        return f"{self._finding()}: {', '.join(named)}{', …' if len(self.places) > NAMED else ''}"
