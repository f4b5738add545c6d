"""The gradient bench: what is left of a gradient on its way back through time, and what theory says of it."""

import traitlets

from rnnedu import validate
from rnnedu.cells import CELLS, get
from rnnedu.experiments import recurrent
from rnnedu.experiments.flow import MAX_LENGTH, MAX_UNITS, Setting, measure
from rnnedu.experiments.presets import PRESETS, name_of, preset
from rnnedu.widget import bench_blocks, controls
from rnnedu.widget.panel import Panel

MAX_KEPT = 6
WHERE = {"last": "at the last step", "every": "at every step"}


class GradientBench(Panel):
    """See why gradients vanish or explode: the exact product of Jacobians, its bound, and the measured gradient.

    preset : name of a row in `rnnedu.experiments.presets.PRESETS`, which sets cell, options, biases, rho, input_scale
        and initializer; "" where none fits what is set.
    cell : name of any registered cell. options : the cell's, such as {"activation": "relu"}.
    units : H, 1 to 128. length : T, 2 to 240 (less for a cell with two states of many units).
    rho : spectral radius of W_h, for a gated cell of each gate's (H, H) block. initializer : how it is drawn.
    input_scale : standard deviation of the Gaussian input (T, 1, 4); 0 is no input, and h stays 0.
    biases : letter of a sigmoid gate -> bias, for those that shall not be as the cell begins: {"f": 3.0}.
    loss : "last", L = a . h_T, or "every", its sum over all h_t; a is a random vector of length 1.
    seed : of weights, input and a. back : steps back at which all singular values are shown.

    Shown for k steps back: the spectral norm of dh_T/dh_(T-k), worked out from all of them; the product of the norms
    of the steps' Jacobians, for a cell with several states those of the joint state; rho^k; and ||dL/dh_(T-k)||, for
    an LSTM ||dL/dc_(T-k)|| too, by backpropagation. The norm with respect to h_(T-k) holds c_(T-k) fixed.
    `flow` holds the numbers, an `experiments.flow.Flow`; None where the run left the floats, which is then said.

    Raises ValueError or TypeError for a setting that is not accepted, and goes on showing the one before.

    >>> bench = GradientBench(cell="rnn", units=16, length=50, rho=0.9, input_scale=0.0)
    >>> bench.flow.follows_power
    True
    >>> bench.shown["blocks"][0]["title"]
    'The norm is 0.9^k but for rounding: 5.7e−3 at k = 49'
    """

    heading = "Gradient bench"
    inputs = (
        "cell", "units", "length", "rho", "input_scale", "initializer", "biases", "options", "loss", "seed", "back",
    )  # fmt: skip

    preset = traitlets.Unicode("").tag(sync=True)
    cell = traitlets.Unicode("rnn").tag(sync=True)
    units = traitlets.Int(64).tag(sync=True)
    length = traitlets.Int(100).tag(sync=True)
    rho = traitlets.Float(0.9).tag(sync=True)
    input_scale = traitlets.Float(0.0).tag(sync=True)
    initializer = traitlets.Unicode("orthogonal").tag(sync=True)
    biases = traitlets.Dict().tag(sync=True)
    options = traitlets.Dict().tag(sync=True)
    loss = traitlets.Unicode("last").tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    back = traitlets.Int(50).tag(sync=True)

    def __init__(self, **traits):
        self.setting, self.flow, self.kept, self.overflow = None, None, (), ""
        super().__init__(**traits)

    @traitlets.observe("preset")
    def _load(self, _change):
        if self.preset:
            with self.failing_visibly():
                validate.choice("preset", self.preset, tuple(PRESETS))
            with self.hold_trait_notifications():
                for name, value in preset(self.preset).items():
                    setattr(self, name, value)

    @traitlets.observe("cell")
    def _forget(self, change):
        """Drop what belongs to the cell before: biases of gates and options that this one does not have."""
        if self.setting is not None and change.new in CELLS:
            declared = {f.name for f in get(change.new).Params.declared("accepted")}
            options = {name: value for name, value in self.options.items() if name in declared}
            own = recurrent.gate_biases(get(change.new).init(1, 1, **options))
            with self.hold_trait_notifications():
                self.options = options
                self.biases = {gate: bias for gate, bias in self.biases.items() if gate in own}

    def compute(self):
        """Run the setting, unless it is the one that was run last."""
        fields = (name for name in self.inputs if name != "back")
        setting = Setting(**{name: getattr(self, name) for name in fields})
        validate.integer("back", self.back, 0, MAX_LENGTH)
        if setting != self.setting:
            self.flow, self.overflow = _measured(setting)
            self.setting = setting
        self.preset = name_of(setting)

    def form(self):
        """Return the controls; a cell's own options and gates have theirs."""
        params = self.setting.params
        biases = recurrent.gate_biases(params)
        return [
            controls.select("preset", {"": "own"} | {name: name for name in PRESETS}),
            controls.select("cell", {name: cell.title for name, cell in CELLS.items()}),
            *(self._option(f, params) for f in params.declared("accepted")),
            controls.slider("rho", 0, 2, 0.05, "ρ, spectral radius of W_h"),
            controls.slider("input_scale", 0, 3, 0.1, "sd of the input"),
            *(self._bias(gate, getattr(params.blocks, name)[0]) for gate, name in biases.items()),
            controls.select("initializer", list(recurrent.INITIALIZERS), "W_h is"),
            controls.count("units", 1, MAX_UNITS, "units H"),
            controls.count("length", 2, MAX_LENGTH, "timesteps T"),
            controls.select("loss", WHERE, "the loss is"),
            controls.count("seed", 0, 9999),
            controls.slider("back", 0, self.length - 1, 1, "singular values k steps back") | {"value": self._back},
        ]

    def _option(self, field, params):
        name, accepted = field.name, field.metadata["accepted"]
        return controls.entry(controls.select("options", accepted, name.replace("_", " ")), name, getattr(params, name))

    def _bias(self, gate, value):
        return controls.entry(controls.slider("biases", -5, 5, 0.5, f"bias of gate {gate}"), gate, float(value))

    @property
    def _back(self):
        return min(self.back, self.length - 1)

    def doings(self):
        """Return the buttons."""
        new = self.flow is not None and len(self.kept) < MAX_KEPT and all(run is not self.flow for run in self.kept)
        return [controls.action("keep", "keep", new), controls.action("clear", "clear kept", bool(self.kept))]

    def keep(self):
        """Keep what is shown, to be laid beside other settings."""
        self.kept += (self.flow,)
        self.show()

    def clear(self):
        """Forget what was kept."""
        self.kept = ()
        self.show()

    def blocks(self):
        """Return the charts: through time, singular values, gates; and the numbers in a table."""
        if self.flow is None:
            return [bench_blocks.overflown(self.overflow)]
        return bench_blocks.blocks(self.flow, self.kept, self._back)

    def sentence(self):
        """Return what is left at the first timestep."""
        return self.overflow if self.flow is None else bench_blocks.sentence(self.flow)


def _measured(setting):
    """Return the Flow and "", or None and what overflowed."""
    try:
        return measure(setting), ""
    except validate.Overflow as error:
        return None, str(error)
