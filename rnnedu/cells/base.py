"""What every cell file builds on: frozen parameters with checked shapes, and the register of cells.

A cell is one file. It defines its parameters, its step record, ``step`` and ``step_back``, and ends with
``register(Cell(...))``; from then on it appears in the gradient checks and in the player.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from types import SimpleNamespace

import numpy as np

from rnnedu import validate
from rnnedu.cells import equations
from rnnedu.cells.wiring import Wiring


def shaped(*dims):
    """Declare a field of a Params class that is an array of shape `dims`, for example ("D", "4H")."""
    return field(metadata={"dims": dims})


def option(*accepted):
    """Declare a field of a Params class that is one of `accepted`; the first is the default."""
    return field(default=accepted[0], metadata={"accepted": accepted})


class Params:
    """Parameters of one cell: frozen, all of one dtype, shapes checked when built.

    Subclasses are frozen dataclasses whose fields are declared with `shaped` and `option`. `gates` are the
    letters of the gates in the order in which they are stacked along the last axis.
    """

    gates = ""

    def __post_init__(self):
        sizes, dtype = {}, None
        self._bind_sizes(sizes)
        for f in self.declared("dims"):
            value = validate.array(f.name, getattr(self, f.name), f.metadata["dims"], sizes, dtype)
            dtype = value.dtype
            frozen = value.copy()  # what the caller does with the array later must not change a run
            frozen.flags.writeable = False
            object.__setattr__(self, f.name, frozen)
        for f in self.declared("accepted"):
            validate.choice(f.name, getattr(self, f.name), f.metadata["accepted"])

    def _bind_sizes(self, sizes):
        """Fix D and H by the matrices' rows before stacked axes such as 4H are compared with them."""
        for f in self.declared("dims"):
            dims, value = f.metadata["dims"], getattr(self, f.name)
            shape = validate.ranked(f.name, value, dims).shape
            if dims[0].isalpha():
                sizes.setdefault(dims[0], shape[0])
            if len(dims) == 2 and dims[1].endswith(dims[0]):  # W_h (H, 4H) must agree with itself, or others are blamed
                validate.array(f.name, value, dims, sizes)

    @classmethod
    def declared(cls, key):
        """Return the fields declared with `shaped` (key "dims") or with `option` (key "accepted")."""
        return [f for f in fields(cls) if key in f.metadata]

    @classmethod
    def option_sets(cls):
        """Return every combination of the options as a list of dicts."""
        declared = cls.declared("accepted")
        combinations = itertools.product(*(f.metadata["accepted"] for f in declared))
        return [dict(zip([f.name for f in declared], values, strict=True)) for values in combinations]

    @property
    def D(self):
        """The size of the input."""
        return self.W_x.shape[0]

    @property
    def H(self):
        """The number of units."""
        return self.W_h.shape[0]

    @property
    def dtype(self):
        """The dtype of every array."""
        return self.W_x.dtype

    def arrays(self):
        """Return the arrays by name, in the order in which they are declared."""
        return {f.name: getattr(self, f.name) for f in self.declared("dims")}

    def replace(self, **changes):
        """Return new parameters with some fields changed."""
        return replace(self, **changes)

    @property
    def blocks(self):
        """The arrays cut by gate, as a namespace: W_x (D, 4H) with gates "ifgo" gives W_xi ... W_xo (D, H)."""
        blocks = {}
        for f in self.declared("dims"):
            name, value = f.name, getattr(self, f.name)
            stem = "b_" if name == "b" else name
            if self.gates and f.metadata["dims"][-1] == f"{len(self.gates)}H":
                parts = np.split(value, len(self.gates), axis=-1)
                blocks |= {stem + gate: part for gate, part in zip(self.gates, parts, strict=True)}
            else:
                blocks[name] = value
        return SimpleNamespace(**blocks)

    def check(self, **named):
        """Check arrays of one timestep: x_t is (B, D), everything else (B, H), all of the parameters' dtype."""
        sizes = {"D": self.D, "H": self.H}
        for name, value in named.items():
            if not isinstance(value, np.ndarray):
                raise TypeError(f"{name} is a {type(value).__name__}; accepted is a NumPy array")
            validate.array(name, value, ("B", "D" if name == "x_t" else "H"), sizes, self.dtype)


@dataclass(frozen=True)
class Cell:
    """What the rest of rnnedu knows of a cell.

    name : how it is asked for, for example "lstm".
    title : how it is shown.
    Params : its class of parameters.
    init : (D, H, seed, dtype, **options) -> Params.
    step : (params, x_t, *state) -> frozen record of the timestep; equations in its docstring.
    step_back : (params, step, *gradients of the state) -> frozen record of the gradients; equations in its docstring.
    state : the names of what is carried from step to step, "h" first.
    wiring : params -> how the player draws it; None shows rows, values and equations without a drawing.
    """

    name: str
    title: str
    Params: type
    init: Callable
    step: Callable
    step_back: Callable
    state: tuple[str, ...] = ("h",)
    wiring: Callable[[Params], Wiring] | None = None

    def forward_equations(self, params):
        """Return the equations of `step` under the parameters' options."""
        return equations.read(self.step.__doc__, params)

    def backward_equations(self, params):
        """Return the equations of `step_back` under the parameters' options."""
        return equations.read(self.step_back.__doc__, params)


CELLS: dict[str, Cell] = {}


def register(cell):
    """Make a cell known by its name and by the class of its parameters, and return it."""
    CELLS[cell.name] = cell
    return cell


def cell_of(params):
    """Return the cell that these parameters belong to."""
    for cell in CELLS.values():
        if type(params) is cell.Params:
            return cell
    known = ", ".join(cell.Params.__name__ for cell in CELLS.values())
    raise TypeError(f"params is a {type(params).__name__}; accepted is one of {known}")


def get(name):
    """Return the cell called `name`. Raises ValueError that lists the names."""
    return CELLS[validate.choice("cell", name, tuple(CELLS))]
