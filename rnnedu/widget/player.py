"""The step player: one recurrent cell, one timestep at a time, forward and backward, with its true numbers."""

import anywidget
import traitlets

from rnnedu import validate
from rnnedu.cells import CELLS, get
from rnnedu.widget import assets, edits, message, page, recipe, runs, sources
from rnnedu.widget.given import Given

MAX_LENGTH = 240  # beyond it a page shows nothing that can be read
RUNS_ANEW = ["cell", "units", "length", "seed", "series", "text", "drawn", "options", "loss", "beside", "edits"]
ARGUMENTS = (*RUNS_ANEW, "mode", "t", "unit")


class StepPlayer(Given, anywidget.AnyWidget):
    """Step a cell through a sequence in the browser.

    Parameters
    ----------
    cell : a registered cell's name: "rnn", "lstm", "gru".
    units : number of units H, 1 to 16. seed : of the weights. length : timesteps T of a series, 2 to 240 and at most
        what it has.
    series : a name in rnnedu.datasets.SERIES, or "pulse".
    text : characters to run over instead of a series, one-hot, 1 to 240.
    drawn : numbers to run over instead of a series, 2 to 240, each from -10 to 10. `text` comes before it.
    params : the weights to use instead of fresh ones; cell, units and options are then theirs, and no seed is taken.
    vocabulary : the letters' numbers, when `params` were made for them; else `text` brings its own.
    edits : changes to the weights, done in order, as `rnnedu.widget.edits.applied` takes them.
    beside : another cell's name, to be compared: the same size, seed and input, fresh weights, the same cursor.
    loss : "last": L is the sum of h_T; "every": the sum of every h_t. Its gradient flows in backward mode.
    mode : "forward" or "backward". t : the cursor, from 1. unit : the unit whose numbers are spelled out, from 1.
    options : the cell's options, for example {"reset_after": False}.

    The run is recomputed when one of these changes; `t`, `unit` and `mode` move in the browser alone. `trace`, and
    `beside_trace` or None, are what is shown. Options and edits that another cell or size has no place for are dropped.
    A wrong value raises ValueError or TypeError, and the player says so, keeps the run it showed, and computes again
    once the value is mended.

    >>> player = StepPlayer(cell="gru", series="nile", units=3)
    >>> player.trace["h_t"].shape
    (30, 1, 3)
    >>> player.edits = [{"set": "W_hz", "at": [1, 2], "to": 0.5}, {"shift": "b_z", "by": 1.0}]
    >>> StepPlayer(series="pulse", length=5, t=3).code
    "StepPlayer(cell='lstm', units=4, seed=7, series='pulse', length=5, loss='last', mode='forward', t=3, unit=1)"
    """

    _esm = assets.module("player")
    _css = assets.styles("kit", "player")

    cell = traitlets.Unicode("lstm").tag(sync=True)
    units = traitlets.Int(4).tag(sync=True)
    length = traitlets.Int(30).tag(sync=True)
    seed = traitlets.Int(7).tag(sync=True)
    series = traitlets.Unicode("sunspots").tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    drawn = traitlets.List().tag(sync=True)
    options = traitlets.Dict().tag(sync=True)
    edits = traitlets.List().tag(sync=True)
    beside = traitlets.Unicode("").tag(sync=True)
    loss = traitlets.Unicode("last").tag(sync=True)
    mode = traitlets.Enum(("forward", "backward"), "forward").tag(sync=True)
    t = traitlets.Int(1).tag(sync=True)
    unit = traitlets.Int(1).tag(sync=True)
    choices = traitlets.Dict().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    shares = traitlets.Dict().tag(sync=True)
    beside_data = traitlets.Dict().tag(sync=True)
    beside_shares = traitlets.Dict().tag(sync=True)
    taken = frozenset(ARGUMENTS)

    def __init__(self, *, params=None, vocabulary=None, **traits):
        validate.refuse_unknown("StepPlayer", traits, ARGUMENTS)
        if params is not None and "seed" in traits:
            raise ValueError(f"seed is {traits['seed']!r} beside params; accepted is one of the two")
        self.params, self.vocabulary = params, vocabulary
        self.trace = self.beside_trace = self._ran = None
        traits = (runs.describe(params) if params is not None else {}) | traits
        super().__init__(**traits)
        self.choices = _choices(fixed=params is not None)
        try:
            self._recompute()
        except BaseException:
            self.close()  # a widget that nobody has would stay registered for ever
            raise
        self.observe(self._recompute, RUNS_ANEW)

    @property
    def code(self):
        """The line of Python that recreates this player, with its cursor, over the same data.

        `params` and `vocabulary` that were given are named in it and stay the caller's to keep.
        """
        return f"{self.data['code']}, mode={self.mode!r}, t={self.t}, unit={self.unit})"

    def save_html(self, path):
        """Write the player as one page that needs no kernel and no network, and return its path.

        Its cursor moves and its direction turns; nothing is computed anew. The file is written whole or not at all.
        Raises ValueError where `path` does not end in .html or .htm, or its folder is not there; OSError as open().
        """
        path = page.target(path)
        page.write(path, page.of(self, f"{self.trace.cell.title} over {self.data['x']['title']}"))
        return path

    @traitlets.validate("cell", "units", "options")
    def _theirs(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        own = {} if self.params is None else runs.describe(self.params)
        if name in own and value != own[name]:
            raise ValueError(f"{name} is {value!r}; accepted is {own[name]!r}, that of the params that were given")
        return value

    @traitlets.validate("t", "unit")
    def _from_one(self, proposal):
        last = {} if self.trace is None else {"t": self.trace.T, "unit": self.trace.params.H}
        return max(1, min(proposal["value"], last.get(proposal["trait"].name, proposal["value"])))

    def _recompute(self, change=None):
        """Run the cell again and send the run; on an error show it, keep the last run, and raise."""
        asked = {name: getattr(self, name) for name in RUNS_ANEW}
        if asked == self._ran:  # several traits that change at once report one by one
            self.error = ""
            return
        with self.failing_visibly():
            if change is not None and change.name == "cell" and self._drops("options", self._kept_options()):
                return
            source = self._source()
            begun = self._weights(source.x.shape[-1])
            if change is not None and change.name != "edits" and self._drops("edits", edits.fitting(begun, self.edits)):
                return
            trace = runs.run(edits.applied(begun, self.edits), source.x, self.loss)
            self._show(trace, self._compared(begun, source), source)
            self._ran = asked

    def _drops(self, name, kept):
        """Keep of a trait what still has a place, and return whether that was less; setting it recomputes."""
        fewer = len(kept) < len(getattr(self, name))
        if fewer:
            setattr(self, name, kept)
        return fewer

    def _kept_options(self):
        declared = runs.accepted_options(get(self.cell))
        return {name: value for name, value in self.options.items() if name in declared}

    def _compared(self, params, source):
        """Return the Trace of the cell beside, or None."""
        if not validate.choice("beside", self.beside, ("", *CELLS)):
            return None
        other = get(self.beside).init(params.D, params.H, seed=self.seed, dtype=params.dtype)
        return runs.run(other, source.x, self.loss)

    def _show(self, trace, other, source):
        """Send what was run, in one message."""
        data = message.of(trace, source) | {"code": recipe.beginning(self)}
        shares = message.shares(trace)
        beside = ({}, {}) if other is None else (message.of(other, source), message.shares(other))
        with self.hold_sync():
            self.trace, self.beside_trace, self.data, self.shares = trace, other, data, shares
            (self.beside_data, self.beside_shares), self.error = beside, ""
            self.t, self.unit = min(self.t, trace.T), min(self.unit, trace.params.H)

    def _source(self):
        if self.text:
            validate.integer("the length of text", len(self.text), 1, MAX_LENGTH)
            if self.params is not None and self.vocabulary is None:
                raise ValueError("vocabulary is None; accepted with params and text is their Vocabulary")
            return sources.text(self.text, self.vocabulary)
        if self.drawn:
            validate.integer("the length of drawn", len(self.drawn), 2, MAX_LENGTH)
            return sources.drawn(self.drawn)
        length = validate.integer("length", self.length, 2, MAX_LENGTH)
        return validate.named("series", self.series, sources.SOURCES)(length)

    def _weights(self, D):
        """Return the parameters that were given, or fresh ones, for an input of D numbers."""
        if self.params is None:
            return runs.fresh(self.cell, D, self.units, self.seed, self.options)
        if self.params.D != D:
            raise ValueError(f"params read D = {self.params.D} numbers; the input has D = {D}")
        return self.params


def _choices(fixed):
    """Return what the controls offer; where the parameters are given, cell, units and seed are fixed."""
    return {
        "cells": {cell.name: cell.title for cell in CELLS.values()},
        "series": list(sources.SOURCES),
        "options": {cell.name: runs.accepted_options(cell) for cell in CELLS.values()},
        "fixed": fixed,
        "units": runs.MAX_UNITS,
        "length": MAX_LENGTH,
        "highest": sources.HIGHEST,
    }
