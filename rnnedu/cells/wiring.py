"""How a cell is wired: a plain description that a cell's file declares and the player draws.

Positions are in columns from the left and lanes from the top. What stands at a node, or passes along a
wire, is written as an expression over the symbols of the step and of the step back ("f_t * c_prev"), so that
the drawing shows the same numbers as the equations.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Strip:
    """A vector of the step record, drawn as a column of its units. `back` is the gradient shown going back."""

    name: str
    x: float
    y: float
    back: str


@dataclass(frozen=True)
class Op:
    """An operation, drawn as a circle with `sign` in it; `value` is what it makes.

    `factor` is what it multiplies a gradient by that passes along its main line on the way back.
    """

    name: str
    x: float
    y: float
    sign: str
    value: str
    factor: str = ""


@dataclass(frozen=True)
class Joint:
    """A point where wires branch or turn."""

    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Wire:
    """A wire from node to node. `route`: "-" straight, "-|" across then up or down, "|-" the other way about.

    `value` is what passes forward, `back` the gradient that passes the other way; "" where it is not said.
    """

    start: str
    end: str
    value: str = ""
    back: str = ""
    route: str = "-"


@dataclass(frozen=True)
class Wiring:
    """A whole drawing. Every wire joins nodes that are in it."""

    nodes: tuple[Strip | Op | Joint, ...]
    wires: tuple[Wire, ...]

    def __post_init__(self):
        known = {node.name for node in self.nodes}
        for wire in self.wires:
            for end in (wire.start, wire.end):
                if end not in known:
                    raise ValueError(f"wires: {wire.start} -> {wire.end} names {end!r}; accepted are {sorted(known)}")
