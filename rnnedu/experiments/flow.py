"""How much of a gradient gets back through time: one run of one cell, and what theory says beside it."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rnnedu import kernels, unroll, validate
from rnnedu.cells import cell_of, get
from rnnedu.experiments import jacobians, linear, recurrent
from rnnedu.functions import ACTIVATIONS, dsigmoid
from rnnedu.models import threads
from rnnedu.trace import Trace

MAX_UNITS, MAX_LENGTH = 128, 240
WORK = 2**31  # T (n H)^3, about a second and a half of decompositions; beyond it a page would seem to hang
BINS = 21  # odd: a state that is 0 stands in the middle
SLOPES = {name: derivative for name, (_, derivative) in ACTIVATIONS.items()} | {"sigmoid": dsigmoid}
ROUNDING = 1e-9  # relative difference up to which two norms are the same but for rounding


@dataclass(frozen=True)
class Setting:
    """What is run. All numbers in float64; inputs and weights depend on the seed alone.

    cell : name of a registered cell. units : H, 1 to 128. length : T, 2 to 240.
    rho : spectral radius of every (H, H) block of W_h, 0 to 100; see `recurrent.parameters`.
    input_scale : standard deviation of the Gaussian input (T, 1, 4), 0 to 100; 0 is no input, h stays 0.
    initializer : how W_h is drawn, a name in recurrent.INITIALIZERS.
    biases : letter of a sigmoid gate -> its bias, -50 to 50. options : the cell's, such as {"activation": "relu"}.
    loss : L = a . h_T ("last") or the sum of a . h_t over every t ("every"), a being a random vector of length 1.

    Raises ValueError or TypeError that names the argument, before anything is run.
    """

    cell: str = "rnn"
    units: int = 64
    length: int = 100
    rho: float = 0.9
    input_scale: float = 0.0
    initializer: str = "orthogonal"
    biases: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)
    loss: str = "last"
    seed: int = 0

    def __post_init__(self):
        states = len(get(self.cell).state)
        size = states * validate.integer("units", self.units, 1, MAX_UNITS)
        longest = min(MAX_LENGTH, WORK // size**3)
        validate.integer(f"length with {self.units} units", self.length, 2, longest)
        validate.number("rho", self.rho, 0, 100), validate.number("input_scale", self.input_scale, 0, 100)
        validate.named("initializer", self.initializer, recurrent.INITIALIZERS)
        for gate, bias in validate.kind("biases", self.biases, dict).items():
            validate.number(f"biases[{gate!r}]", bias, -50, 50)
        validate.choice("loss", self.loss, ("last", "every"))
        validate.integer("seed", self.seed, 0)

    @cached_property
    def params(self):
        """The Params of the run."""
        with threads.single():
            chosen = self.rho, self.initializer, self.biases, self.options, self.seed
            return recurrent.parameters(self.cell, self.units, *chosen)


@dataclass(frozen=True, eq=False)
class Values:
    """How one symbol's values are spread over all units and timesteps.

    centres, shares : (21,) of equal bins; the shares add up to 1. mean : of the values.
    slope : mean derivative of the function that made them, what a gradient is multiplied with on its way through.
    """

    symbol: str
    function: str
    centres: np.ndarray
    shares: np.ndarray
    mean: float
    slope: float


@dataclass(frozen=True, eq=False)
class Flow:
    """What was found; every array's first axis is k = 0 ... T-1, steps back from the end.

    norm : (T,) spectral norm of dh_T/dh_(T-k): no loss at h_T leaves a larger part of its gradient at h_(T-k).
    singular_values : (T, H) of the same matrix, largest first; NaN below float64's resolution of it.
    bound : (T,) product of the norms of the steps' Jacobians. power : (T,) rho**k.
    gradients : state name -> (T,) ||dL/ds_(T-k)||, by `unroll.backward` or its fast twin.
    values : what the sigmoid gates did; for a cell without any, what h_t did.
    """

    setting: Setting
    norm: np.ndarray
    singular_values: np.ndarray
    bound: np.ndarray
    power: np.ndarray
    gradients: dict
    values: tuple[Values, ...]

    @property
    def ratio(self):
        """||dL/dh_(T-k)|| / ||dL/dh_T||, (T,)."""
        return self.gradients["h"] / self.gradients["h"][0]

    @property
    def follows_power(self):
        """Whether the norm is rho**k but for rounding, wherever this is a float."""
        there = self.power > np.finfo(float).tiny
        return bool(np.allclose(self.norm[there], self.power[there], rtol=ROUNDING, atol=0))


def measure(setting):
    """Return the Flow of a Setting. Raises validate.Overflow where the run or its gradient is not finite."""
    with threads.single():  # threads that wait for each other at every small product take ten times as long
        return _measured(setting)


def left(setting):
    """Return ||dL/dh_(T-k)|| / ||dL/dh_T||, (T,), by backpropagation alone: much faster than `measure`, same numbers.

    Raises validate.Overflow where the run or its gradient is not finite.
    """
    with threads.single():
        _, back = _run(setting)
        reached = _lengths(back.loss["h"] + back.later["h"])[::-1]
    return reached / reached[0]


def _measured(setting):
    run, back = _run(setting)
    trace = Trace.of(run)
    steps = linear.step_jacobians(trace)
    values = jacobians.products(steps, setting.units).singular_values()
    with np.errstate(over="ignore"):
        power = setting.rho ** np.arange(setting.length)
    reached = {name: _lengths(back.loss[name] + back.later[name])[::-1] for name in back.loss}
    return Flow(setting, values[:, 0], values, jacobians.bound(steps), power, reached, _values(trace))


def _run(setting):
    """Return the unroll.Forward and the unroll.Backward of a Setting."""
    params = setting.params
    rng = np.random.default_rng([setting.seed, 1])
    direction = rng.standard_normal((1, setting.units))
    x = setting.input_scale * rng.standard_normal((setting.length, 1, recurrent.D))
    dh = np.zeros((setting.length, 1, setting.units))
    dh[-1 if setting.loss == "last" else slice(None)] = direction / np.linalg.norm(direction)
    return there_and_back(params, x, dh)


def there_and_back(params, x, dh):
    """Return the unroll.Forward over x (T, B, D) and the unroll.Backward of dh (T, B, H), by a kernel if it has one."""
    if cell_of(params).name in kernels.KERNELS:
        run = kernels.forward(params, x)
        back = kernels.backward(run, dh=dh).unrolled()
        return back.run, back
    run = unroll.forward(params, x)
    return run, unroll.backward(run, dh=dh)


def _lengths(vectors):
    """Return the Euclidean norms (T,) of (T, 1, H); squares of what is small do not vanish."""
    largest = np.abs(vectors).max((1, 2))
    return largest * np.linalg.norm(vectors[:, 0] / np.where(largest == 0, 1, largest)[:, None], axis=1)


def _values(trace):
    """Return the Values of every sigmoid gate, or of h_t where the equations have none."""
    lines = {line.symbol: line.tree for line in trace.cell.forward_equations(trace.params)}
    shown = [f"{gate}_t" for gate in recurrent.gates(trace.params)] or ["h_t"]
    return tuple(_spread(symbol, lines[symbol], trace[symbol]) for symbol in shown)


def _spread(symbol, tree, values):
    """Return the Values of one symbol; identity stands for what is no single function of a sum."""
    function = tree[1] if tree[0] == "call" and tree[1] in SLOPES else "identity"
    ends = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}.get(function) or (values.min(), values.max())
    counts, edges = np.histogram(values, BINS, ends)
    slope = SLOPES[function](values).mean()
    return Values(symbol, function, (edges[1:] + edges[:-1]) / 2, counts / values.size, values.mean(), slope)
