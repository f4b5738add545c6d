"""A trace as one message for the browser: after it, moving the cursor asks nothing of the kernel."""

from dataclasses import asdict

from rnnedu.cells import equations
from rnnedu.cells.wiring import Joint, Op, Strip
from rnnedu.view import colours

# unroll's own equation: what reaches h_t comes from the loss and from t+1
REACHING = equations.Equation("dh_t", "dh_t = dh_loss + dh_later", equations.parse("dh_loss + dh_later"))


def of(trace, source):
    """Return what the player shows of a Trace over a Source, as plain lists and dicts.

    values, gradients : symbol -> T lists of the units' numbers, of the first sequence of the batch.
    blocks : weights cut by gate, "W_xi" -> D lists of H. forward, backward : the equations as trees.
    rows : the symbols shown over time. gates : those between 0 and 1. wiring : nodes and wires, or None.
    """
    cell, params = trace.cell, trace.params
    forward = cell.forward_equations(params)
    weights = {f"d{name}" for name in trace.weight_gradients}  # sums over the batch: no entry of one unit
    backward = (REACHING, *(e for e in cell.backward_equations(params) if e.symbol not in weights))
    gradients = {name: value for name, value in trace.gradients.items() if value.ndim == 3}
    return {
        "cell": cell.name,
        "title": cell.title,
        "state": list(cell.state),
        "sizes": {"T": trace.T, "D": params.D, "H": params.H},
        "x": {"title": source.title, "labels": source.labels, "kind": source.kind, "symbols": source.symbols},
        "values": {name: value[:, 0].tolist() for name, value in trace.values.items()},
        "gradients": {name: value[:, 0].tolist() for name, value in gradients.items()},
        "blocks": {name: block.tolist() for name, block in vars(params.blocks).items()},
        "forward": [{"symbol": e.symbol, "tree": e.tree} for e in forward],
        "backward": [{"symbol": e.symbol, "tree": e.tree} for e in backward],
        "rows": {"forward": _rows(trace, trace.values), "backward": _rows(trace, gradients)},
        "gates": [e.symbol for e in forward if e.tree[:2] == ("call", "sigmoid")],
        "wiring": _wiring(cell, params),
        "colours": {name: colours.of(name) for name in (*trace.values, *gradients, *vars(params.blocks))},
    }


def _rows(trace, table):
    """Return the symbols to show over time: the states first, then everything else that this timestep made."""
    states = [f"{name}_t" for name in trace.cell.state] + [f"d{name}_t" for name in trace.cell.state]
    passed = ("_prev", "_next", "_loss", "_later")
    others = [name for name in table if name not in (*states, "x_t", "dx_t") and not name.endswith(passed)]
    return {"states": [name for name in states if name in table], "others": others}


def _wiring(cell, params):
    if cell.wiring is None:
        return None
    drawing = cell.wiring(params)
    return {"nodes": [_node(node) for node in drawing.nodes], "wires": [_wire(wire) for wire in drawing.wires]}


def _node(node):
    kind = {Strip: "strip", Op: "op", Joint: "joint"}[type(node)]
    record = asdict(node) | {"kind": kind}
    return record | {"value": _parsed(node.value), "factor": _parsed(node.factor)} if kind == "op" else record


def _wire(wire):
    return asdict(wire) | {"value": _parsed(wire.value), "back": _parsed(wire.back)}


def _parsed(text):
    return equations.parse(text) if text else None
