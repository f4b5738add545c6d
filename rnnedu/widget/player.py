"""The step player: one recurrent cell, one timestep at a time, forward and backward, with its true numbers."""

import anywidget
import numpy as np
import traitlets

from rnnedu import unroll, validate
from rnnedu.cells import CELLS, cell_of, get
from rnnedu.trace import Trace
from rnnedu.widget import assets, message, sources

MAX_UNITS, MAX_LENGTH = 16, 240  # beyond these a page shows nothing that can be read


class StepPlayer(anywidget.AnyWidget):
    """Step a cell through a sequence in the browser.

    Parameters
    ----------
    cell : a registered cell's name: "rnn", "lstm", "gru".
    units : number of units H, 1 to 16. seed : of the weights. length : timesteps T of a series, 2 to 240 and at most
        what it has.
    series : "sunspots", "nile", "co2" or "pulse"; ignored where `text` is given.
    text : characters to run over instead, one-hot.
    params : the weights to use instead of fresh ones; cell, units and options are then theirs.
    vocabulary : the letters' numbers, when `params` were made for them; else `text` brings its own.
    loss : "last": L is the sum of h_T; "every": the sum of every h_t. Its gradient flows in backward mode.
    mode : "forward" or "backward". t : the cursor, from 1. unit : the unit whose numbers are spelled out, from 1.
    options : the cell's options, for example {"reset_after": False}.

    The run is recomputed when one of these changes; `t`, `unit` and `mode` move in the browser alone.
    A value of the wrong kind raises traitlets.TraitError. Any other wrong value raises ValueError or TypeError, and the
    player says so, keeps the run it showed, and computes again once the value is mended.

    >>> player = StepPlayer(cell="gru", series="nile", units=3)
    >>> player.trace["h_t"].shape
    (30, 1, 3)
    """

    _esm = assets.module("player")
    _css = assets.styles("kit", "player")

    cell = traitlets.Unicode("lstm").tag(sync=True)
    units = traitlets.Int(4).tag(sync=True)
    length = traitlets.Int(30).tag(sync=True)
    seed = traitlets.Int(7).tag(sync=True)
    series = traitlets.Unicode("sunspots").tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    options = traitlets.Dict().tag(sync=True)
    loss = traitlets.Unicode("last").tag(sync=True)
    mode = traitlets.Enum(("forward", "backward"), "forward").tag(sync=True)
    t = traitlets.Int(1).tag(sync=True)
    unit = traitlets.Int(1).tag(sync=True)
    choices = traitlets.Dict().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)

    def __init__(self, *, params=None, vocabulary=None, **traits):
        unknown = set(traits) - set(self.trait_names())
        if unknown:
            raise TypeError(f"{sorted(unknown)[0]} is not an argument of StepPlayer; its docstring lists them")
        self.params, self.vocabulary, self.trace = params, vocabulary, None
        traits = (_describe(params) if params is not None else {}) | traits
        super().__init__(**traits)
        self.choices = _choices(fixed=params is not None)
        self._recompute()
        self.observe(self._recompute, ["cell", "units", "length", "seed", "series", "text", "options", "loss"])

    @traitlets.validate("cell", "units", "options")
    def _theirs(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        own = {} if self.params is None else _describe(self.params)
        if name in own and value != own[name]:
            raise ValueError(f"{name} is {value!r}; accepted is {own[name]!r}, that of the params that were given")
        return value

    @traitlets.validate("t", "unit")
    def _from_one(self, proposal):
        last = {} if self.trace is None else {"t": self.trace.T, "unit": self.trace.params.H}
        return max(1, min(proposal["value"], last.get(proposal["trait"].name, proposal["value"])))

    def _recompute(self, change=None):
        """Run the cell again and send the run; on an error show it, keep the last run, and raise."""
        try:
            if change is not None and change.name == "cell":
                declared = {f.name for f in get(self.cell).Params.declared("accepted")}
                kept = {name: value for name, value in self.options.items() if name in declared}
                if self.options != kept:
                    self.options = kept  # another cell has other options; setting them recomputes
                    return
            source = self._source()
            params = self._weights(source.x.shape[-1])
            trace = run(params, source.x.astype(params.dtype), self.loss)
            data = message.of(trace, source)
        except Exception as error:
            self.error = str(error)
            raise
        with self.hold_sync():
            self.trace, self.data, self.error = trace, data, ""
            self.t, self.unit = min(self.t, trace.T), min(self.unit, trace.params.H)

    def _source(self):
        if self.text:
            validate.integer("the length of text", len(self.text), 1, MAX_LENGTH)
            if self.params is not None and self.vocabulary is None:
                raise ValueError("vocabulary is None; accepted with params and text is their Vocabulary")
            return sources.text(self.text, self.vocabulary)
        length = validate.integer("length", self.length, 2, MAX_LENGTH)
        return sources.SOURCES[validate.choice("series", self.series, tuple(sources.SOURCES))](length)

    def _weights(self, D):
        """Return the parameters that were given, or fresh ones, for an input of D numbers."""
        if self.params is None:
            return self._fresh(D)
        if self.params.D != D:
            raise ValueError(f"params read D = {self.params.D} numbers; the input has D = {D}")
        return self.params

    def _fresh(self, D):
        units = validate.integer("units", self.units, 1, MAX_UNITS)
        seed = validate.integer("seed", self.seed, 0)
        cell = get(self.cell)
        known = [field.name for field in cell.Params.declared("accepted")]
        for name in self.options:
            if name not in known:
                accepted = ", ".join(known) or f"none, {cell.title} has no options"
                raise ValueError(f"options names {name!r}; accepted: {accepted}")
        return cell.init(D, units, seed=seed, **self.options)


def run(params, x, loss="last"):
    """Return the Trace of `params` over x (T, B, D), there and back, for L = the sum of h_T, or of every h_t."""
    dh = np.ones((len(x), x.shape[1], params.H), params.dtype)
    if validate.choice("loss", loss, ("last", "every")) == "last":
        dh[:-1] = 0  # as `dh`, not `dh_last`: it comes from L, and nothing comes from beyond T
    ahead = unroll.forward(params, x)
    return Trace.of(ahead, unroll.backward(ahead, dh=dh))


def _describe(params):
    """Return the traits that say which parameters are shown."""
    cell = cell_of(params)
    options = {field.name: getattr(params, field.name) for field in params.declared("accepted")}
    return {"cell": cell.name, "units": validate.integer("units", params.H, 1, MAX_UNITS), "options": options}


def _choices(fixed):
    """Return what the controls offer; where the parameters are given, cell, units and seed are fixed."""
    options = {
        cell.name: {f.name: list(f.metadata["accepted"]) for f in cell.Params.declared("accepted")}
        for cell in CELLS.values()
    }
    return {
        "cells": {cell.name: cell.title for cell in CELLS.values()},
        "series": list(sources.SOURCES),
        "options": options,
        "fixed": fixed,
        "units": MAX_UNITS,
        "length": MAX_LENGTH,
    }
