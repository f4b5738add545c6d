"""Weights of a recurrent layer as ONNX' operators keep them, and back; which operator and attributes it is."""

import numpy as np

from rnnedu.interop import common
from rnnedu.layers import GRU, LSTM, Bidirectional, SimpleRNN

GATES = {"h": "h", "ifgo": "iofg", "zrn": "zrn"}  # our order -> ONNX'; ONNX writes c for g and h for n
PEEPHOLES = ("ifo", "iof")
OPS = {SimpleRNN: "RNN", LSTM: "LSTM", GRU: "GRU"}
ACTIVATIONS = {"tanh": "Tanh", "relu": "Relu", "linear": "Affine"}  # Affine with alpha 1 and beta 0


def tensors(layer):
    """Return [("W", array), ("R", array), ("B", array or None)] and, for peepholes, ("P", array)."""
    each = [_of_direction(cell, part) for cell, part in common.halves(layer, layer.params)]
    return [(name, None if each[0][name] is None else np.stack([one[name] for one in each])) for name in each[0]]


def _of_direction(cell, params):
    held, wanted = cell.gates, GATES[cell.gates]
    kernel, recurrent = (common.reorder(params[name], held, wanted).T for name in ("kernel", "recurrent_kernel"))
    found = {"W": kernel, "R": recurrent, "B": None}
    if cell.use_bias:
        bias = common.reorder(params["bias"], held, wanted)
        found["B"] = np.ravel(bias) if bias.ndim == 2 else np.concatenate([bias, np.zeros_like(bias)])
    if getattr(cell, "use_peepholes", False):
        found["P"] = common.reorder(params["peephole"], *PEEPHOLES)
    return found


def weights(layer, arrays):
    """Return name -> array as `tensors` made them as a list in our order and shapes."""
    cell, found = common.cell_layer(layer), []
    for direction in range(1 + isinstance(layer, Bidirectional)):
        found += _from_direction(cell, {name: array[direction] for name, array in arrays.items()})
    return found


def _from_direction(cell, arrays):
    held, wanted = GATES[cell.gates], cell.gates
    found = [common.reorder(arrays[name].T, held, wanted) for name in "WR"]
    if cell.use_bias:
        pair = common.reorder(arrays["B"].reshape(2, -1), held, wanted)
        found.append(pair if getattr(cell, "reset_after", False) else pair.sum(0))
    if "P" in arrays:
        found.append(common.reorder(arrays["P"], *reversed(PEEPHOLES)))
    return found


def attributes(layer):
    """Return the attributes of the operator, none that has ONNX' default but hidden_size and direction."""
    cell, both = common.cell_layer(layer), isinstance(layer, Bidirectional)
    found = {
        "hidden_size": cell.units,
        "direction": "bidirectional" if both else "reverse" if cell.go_backwards else "forward",
    }
    if isinstance(cell, GRU):
        found["linear_before_reset"] = int(cell.reset_after)
    if isinstance(cell, SimpleRNN):
        found["activations"] = [ACTIVATIONS[cell.activation]] * (1 + both)
        if cell.activation == "linear":
            found |= {"activation_alpha": [1.0] * (1 + both), "activation_beta": [0.0] * (1 + both)}
    return found


def layer_of(op, found, merge, **options):
    """Return a new layer from an operator, its attributes, its arrays W, R, B, P, and how directions are merged."""
    kind = {op: kind for kind, op in OPS.items()}[op]
    direction, H = found.get("direction"), found.get("hidden_size")
    if kind is GRU:
        options["reset_after"] = found.get("linear_before_reset", 0) == 1
    if kind is SimpleRNN:
        names = {theirs: ours for ours, theirs in ACTIVATIONS.items()}
        options["activation"] = names.get((found.get("activations") or [""])[0])
    if direction == "bidirectional":
        return Bidirectional(kind(H, **options), merge)
    return kind(H, go_backwards=direction == "reverse", **options)
