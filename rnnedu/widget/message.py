"""A trace as one message for the browser: after it, moving the cursor asks nothing of the kernel."""

import contextlib
from dataclasses import asdict

import numpy as np

from rnnedu.cells import equations
from rnnedu.cells.wiring import Joint, Op, Strip
from rnnedu.view import colours

# unroll's own equation: what reaches h_t comes from the loss and from t+1
REACHING = equations.Equation("dh_t", "dh_t = dh_loss + dh_later", equations.parse("dh_loss + dh_later"))

MAX_SHARES = 1_000_000  # numbers, 8 MB: H = 16, T = 240, D = 1 takes 0.3 million in the LSTM


def of(trace, source):
    """Return what the player shows of a Trace over a Source, as plain lists and dicts.

    values, gradients : symbol -> T lists of the units' numbers, of the first sequence of the batch.
    sums : the same for what a gate or a state is a sigmoid or tanh of, "a_f" for f_t; sum_lines : their equations.
    blocks : weights cut by gate, "W_xi" -> D lists of H. arrays : parameter -> the names of its blocks.
    forward, backward : the equations as trees.
    rows : the symbols shown over time. gates : those between 0 and 1. wiring : nodes and wires, or None.
    """
    cell, params = trace.cell, trace.params
    forward = cell.forward_equations(params)
    weights = {f"d{name}" for name in trace.weight_gradients}  # sums over the batch: no entry of one unit
    backward = (REACHING, *(e for e in cell.backward_equations(params) if e.symbol not in weights))
    gradients = {name: value for name, value in trace.gradients.items() if value.ndim == 3}
    sums = _sums(trace, forward)
    return {
        "cell": cell.name,
        "title": cell.title,
        "state": list(cell.state),
        "sizes": {"T": trace.T, "D": params.D, "H": params.H},
        "x": {"title": source.title, "labels": source.labels, "kind": source.kind, "symbols": source.symbols},
        "values": {name: value[:, 0].tolist() for name, value in trace.values.items()},
        "gradients": {name: value[:, 0].tolist() for name, value in gradients.items()},
        "sums": {name: value[:, 0].tolist() for name, (value, _) in sums.items()},
        "sum_lines": [{"symbol": name} | line for name, (_, line) in sums.items()],
        "blocks": {name: block.tolist() for name, block in vars(params.blocks).items()},
        "arrays": {name: list(blocks) for name, blocks in _places(params).items()},
        "forward": [{"symbol": e.symbol, "tree": e.tree} for e in forward],
        "backward": [{"symbol": e.symbol, "tree": e.tree} for e in backward],
        "rows": {"forward": _rows(trace, trace.values), "backward": _rows(trace, gradients)},
        "gates": [e.symbol for e in forward if e.tree[:2] == ("call", "sigmoid")],
        "wiring": _wiring(cell, params),
        "colours": {name: colours.of(name) for name in (*trace.values, *sums, *gradients, *vars(params.blocks))},
    }


def shares(trace):
    """Return block -> what each timestep adds to its gradient, float64 as bytes: T times the block's entries, by rows.

    Empty where that would be more than MAX_SHARES numbers.
    """
    if sum(value.size for value in trace.weight_gradients.values()) > MAX_SHARES:
        return {}
    found = {}
    for name, blocks in _places(trace.params).items():
        flat = trace.weight_gradients[name].reshape(trace.T, -1)
        found |= {block: flat[:, places].astype("<f8").tobytes() for block, places in blocks.items()}
    return found


def _places(params):
    """Return parameter -> block -> where in the flat parameter the block's entries stand, by rows."""
    found = {}
    for name, array in params.arrays().items():
        numbered = {name: np.arange(1, array.size + 1).reshape(array.shape).astype(array.dtype)}
        others = {other: np.zeros_like(value) for other, value in params.arrays().items() if other != name}
        blocks = vars(params.replace(**numbered, **others).blocks)
        found[name] = {block: value.ravel().astype(int) - 1 for block, value in blocks.items() if value.any()}
    return found


def _sums(trace, forward):
    """Return symbol -> (its values, what it is the sum of and its tree): what a gate or state is a sigmoid or tanh of.

    They are not recorded but worked out by the equations. "a_f" belongs to f_t; the only sum of a cell is "a_t", as
    its gradient is "da_t". An equation with a function that is not known here has none.
    """
    known, found = vars(trace.params.blocks) | dict(trace.values), {}
    for line in forward:
        inner = equations.inside(line.tree)
        stem = line.symbol.partition("_")[0]
        name = "a_t" if "da_t" in trace.gradients else f"a_{stem}"
        with contextlib.suppress(ValueError):
            if inner is not None:
                found[name] = (equations.evaluate(inner, known), {"of": line.symbol, "tree": inner})
            if line.symbol not in known:
                known[line.symbol] = equations.evaluate(line.tree, known)
    return found


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
