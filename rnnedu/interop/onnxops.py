"""ONNX' operators RNN, LSTM and GRU on our kernels: one function for a node, NumPy only."""

from types import SimpleNamespace

import numpy as np

from rnnedu import kernels, validate
from rnnedu.interop import common
from rnnedu.interop.onnxweights import GATES, PEEPHOLES

# operator -> its kernel, our gates, how many states, and its inputs in order
OPS = {
    "RNN": (kernels.rnn, "h", 1, ("X", "W", "R", "B", "sequence_lens", "initial_h")),
    "LSTM": (kernels.lstm, "ifgo", 2, ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P")),
    "GRU": (kernels.gru, "zrn", 1, ("X", "W", "R", "B", "sequence_lens", "initial_h")),
}
DEFAULTS = {"direction": "forward", "layout": 0, "linear_before_reset": 0, "input_forget": 0, "clip": None}
KNOWN = {*DEFAULTS, "hidden_size", "activations", "activation_alpha", "activation_beta"}
OWN = {"linear_before_reset": "GRU", "input_forget": "LSTM"}  # attributes that one operator has
GATED = {"LSTM": ["sigmoid", "tanh", "tanh"], "GRU": ["sigmoid", "tanh"]}
ELMAN = {"tanh": "tanh", "relu": "relu", "affine": "identity"}  # Affine is alpha a + beta; accepted are 1 and 0
DIRECTIONS = {"forward": (False,), "reverse": (True,), "bidirectional": (False, True)}


def run_node(op, inputs, attributes=None):
    """Return what an ONNX node computes: [Y, Y_h], and Y_c for an LSTM.

    Parameters
    ----------
    op : "RNN", "LSTM" or "GRU".
    inputs : list of arrays in ONNX' order, None for one that is left out: X (T, B, D), W (directions, G*H, D),
        R (directions, G*H, H), B (directions, 2*G*H), sequence_lens (B,) of integers from 0 to T, initial_h and, for an
        LSTM, initial_c (directions, B, H) and P (directions, 3*H). float32 or float64, all the same.
    attributes : dict of ONNX' attributes: direction, hidden_size, layout, linear_before_reset, activations.

    Returns
    -------
    Y (T, directions, B, H), 0 beyond a sequence's length; Y_h, Y_c (directions, B, H). With layout=1 the batch comes
    first: X (B, T, D), states (B, directions, H), Y (B, T, directions, H).

    Raises
    ------
    TypeError : for another dtype. ValueError : for other shapes, NaN or infinity, and for what is not offered: clip,
    input_forget=1, activations other than Tanh, Relu or Affine with alpha 1 and beta 0 (RNN), Sigmoid, Tanh, Tanh
    (LSTM), Sigmoid, Tanh (GRU).
    """
    kernel, gates, count, names = validate.named("op", op, OPS)
    options, reverses = _options(op, validate.kind("attributes", attributes or {}, dict))
    named = _named(names, inputs)
    X, arrays, states, mask = _checked(named, len(gates), count, options, len(reverses))
    activations = _activations(op, options, len(reverses))
    runs = []
    for number, reverse in enumerate(reverses):
        w = _parameters(gates, {name: array[number] for name, array in arrays.items()})
        w.activation, w.reset_after = activations[number], options["linear_before_reset"] == 1
        state = tuple(each[number] for each in states)
        runs.append(kernel.forward(w, X, state, mask, reverse))
    Y = np.stack([run.h for run in runs], axis=1)
    if mask is not None:
        Y = Y * mask[:, None, :, None]  # our kernels repeat the last state there
    last = [np.stack(each) for each in zip(*(run.last for run in runs), strict=True)]
    if options["layout"] == 1:
        return [Y.transpose(2, 0, 1, 3), *(each.swapaxes(0, 1) for each in last)]
    return [Y, *last]


def _options(op, attributes):
    """Return the attributes, with ONNX' defaults, and for each direction whether it is reversed."""
    for name, value in attributes.items():
        if name not in KNOWN or OWN.get(name, op) != op:
            accepted = sorted(each for each in KNOWN if OWN.get(each, op) == op)
            raise ValueError(f"attribute is {name!r}; accepted in {op} are {', '.join(accepted)}")
        if name in ("clip", "input_forget") and value != DEFAULTS[name]:
            raise ValueError(f"{name} is {value!r}; accepted is {DEFAULTS[name]!r}, it is not offered here")
    options = DEFAULTS | attributes
    for name in ("layout", "linear_before_reset"):
        validate.choice(name, options[name], (0, 1))
    return options, validate.named("direction", options["direction"], DIRECTIONS)


def _named(names, inputs):
    """Return name -> array of the inputs that are there."""
    if not isinstance(inputs, (list, tuple)):
        raise TypeError(f"inputs is a {type(inputs).__name__}; accepted is a list of arrays, None for one left out")
    if len(inputs) > len(names):
        raise ValueError(f"inputs has {len(inputs)} arrays; accepted are at most {len(names)}: {', '.join(names)}")
    found = {name: array for name, array in zip(names, inputs, strict=False) if array is not None}
    for name in ("X", "W", "R"):
        if name not in found:
            raise ValueError(f"inputs has no {name}; accepted are X, W and R at least")
    return found


def _checked(named, G, states, options, directions):
    """Return X (T, B, D), the weights, initial states (directions, B, H), and the mask (T, B) or None."""
    batch_first, sizes = options["layout"] == 1, {"N": directions}
    X = validate.array("X", named["X"], ("B", "T", "D") if batch_first else ("T", "B", "D"), sizes)
    sizes["H"] = validate.ranked("R", named["R"], ("N", f"{G}H", "H"), X.dtype).shape[-1]
    validate.choice("hidden_size", options.get("hidden_size", sizes["H"]), (sizes["H"],))
    state = ("B", "N", "H") if batch_first else ("N", "B", "H")
    shapes = {"W": ("N", f"{G}H", "D"), "R": ("N", f"{G}H", "H"), "B": ("N", f"{2 * G}H"), "P": ("N", "3H")}
    shapes |= dict.fromkeys(("initial_h", "initial_c")[:states], state)
    found = {}
    for name, dims in shapes.items():
        if name in named:
            found[name] = validate.array(name, named[name], dims, sizes, X.dtype)
    begin = [_begin(found.pop(name, None), batch_first, sizes, X.dtype) for name in ("initial_h", "initial_c")[:states]]
    X = X.swapaxes(0, 1) if batch_first else X
    return X, found, begin, _mask(named.get("sequence_lens"), sizes["T"], sizes["B"])


def _begin(state, batch_first, sizes, dtype):
    """Return an initial state (directions, B, H), zeros where none is given."""
    if state is None:
        return np.zeros((sizes["N"], sizes["B"], sizes["H"]), dtype)
    return state.swapaxes(0, 1) if batch_first else state


def _mask(lengths, T, B):
    """Return (T, B) bool, True up to each sequence's length; None without lengths."""
    if lengths is None:
        return None
    lengths = validate.rectangular("sequence_lens", lengths)
    if lengths.dtype.kind not in "iu" or lengths.shape != (B,):
        raise ValueError(
            f"sequence_lens is {lengths.dtype} of shape {lengths.shape}; accepted are integers (B,) = ({B},)"
        )
    if lengths.min() < 0 or lengths.max() > T:
        raise ValueError(f"sequence_lens holds {lengths.min()} to {lengths.max()}; accepted are 0 to T = {T}")
    return np.arange(T)[:, None] < lengths


def _activations(op, options, directions):
    """Return our name of each direction's activation (None in gated cells, which have one choice)."""
    given = options.get("activations")
    each = GATED.get(op, ["tanh"])
    given_names = each * directions if given is None else given
    names = [validate.kind("a name in activations", name, str).lower() for name in given_names]
    if op in GATED:
        validate.choice("activations", names, (each * directions,))
        return [None] * directions
    if len(names) != directions:
        raise ValueError(f"activations is {given!r}; accepted is one for each of {directions} directions")
    slopes = (list(options.get("activation_alpha", ())), list(options.get("activation_beta", ())))
    affine = names.count("affine")
    validate.choice("activation_alpha and activation_beta", slopes, (([1.0] * affine, [0.0] * affine),))
    return [validate.named("activations", name, ELMAN) for name in names]


def _parameters(gates, arrays):
    """Return one direction's weights as a kernel takes them."""
    held, H = GATES[gates], arrays["R"].shape[-1]
    W_x, W_h = (common.reorder(arrays[name].T, held, gates) for name in "WR")
    pair = arrays["B"] if "B" in arrays else np.zeros(2 * len(W_h[0]), W_h.dtype)
    of_x, of_h = common.reorder(pair.reshape(2, -1), held, gates)
    w = SimpleNamespace(W_x=W_x, W_h=W_h, b=of_x + of_h)
    if gates == "zrn":  # r_t may multiply the bias of the candidate's recurrent product
        w.b[2 * H :] = of_x[2 * H :]
        w.b_hn = of_h[2 * H :]
    if "P" in arrays:
        w.p = common.reorder(arrays["P"], *reversed(PEEPHOLES))
    return w
