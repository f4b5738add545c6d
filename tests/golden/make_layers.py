"""Make layers.npz: what every layer gives, and all its gradients, from Keras (on PyTorch) and from PyTorch.

    KERAS_BACKEND=torch python tests/golden/make_layers.py

`cases` holds, as JSON: which peer, the layers as Keras' (class, config), which input, whether there is a mask and an
initial state. The gradients are those of the sum of y * dy and, with return_state, of every last state * its dlast.
"case_<k>" holds the results one after the other, their names and shapes are in the case's "results": y, last0, last1,
dx, d0, d1, ... of the weights in order, dinitial0, dinitial1. Inputs, weights and dy stand under names of their own,
once for all cases.

Three peers: "keras" in float32 (its products are in float32, whatever floatx says); "torch", the layers of torch.nn in
float64; "autograd", for what torch.nn lacks (peepholes, the reset before the product, masks with holes): the equations
written out for one timestep, differentiated by PyTorch in float64.
"""

import itertools
import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch
from torch import nn
from torch.nn import functional

B, T, D, H, V = 3, 5, 4, 2, 7
GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}
STATES = {"SimpleRNN": 1, "LSTM": 2, "GRU": 1}
LENGTHS = [5, 3, 4]
TORCH_ORDER = {"SimpleRNN": [0], "LSTM": [0, 1, 2, 3], "GRU": [1, 0, 2]}  # PyTorch's r, z, n out of z, r, n


def inputs():
    """Return the arrays that the cases share. `holes` begins and breaks off with masked timesteps."""
    rng = np.random.default_rng(40)
    arrays = {
        "x": rng.standard_normal((B, T, D)),
        "padded": rng.standard_normal((B, T, D))
        * np.array([[1, 1, 1, 1, 1], [1, 0, 1, 0, 0], [0, 1, 0, 1, 1]])[..., None],
        "rows": rng.standard_normal((B, D)),
        "symbols": np.array([[3, 1, 3, 3, 6], [2, 5, 2, 0, 0], [0, 4, 0, 3, 2]]),
        "lengths": np.arange(T) < np.array(LENGTHS)[:, None],
        "holes": np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 0, 1, 1]], bool),
        "dy2": rng.standard_normal((B, 4 * D)),  # cut to the output's size
        "dy3": rng.standard_normal((B, T, 4 * D)),
        "embeddings": rng.standard_normal((V, D)),
        "dense": rng.standard_normal((D, 3)),
        "dense_bias": rng.standard_normal(3),
        "peephole": rng.standard_normal(3 * H),
    }
    for k in range(4):
        arrays |= {f"initial{k}": rng.standard_normal((B, H)), f"dlast{k}": rng.standard_normal((B, H))}
    for name, gates in GATES.items():
        for side in "fb":  # forward; and the backward layer of Bidirectional
            arrays |= {
                f"{name}_{side}_kernel": 0.7 * rng.standard_normal((D, gates * H)),
                f"{name}_{side}_recurrent": 0.7 * rng.standard_normal((H, gates * H)),
                f"{name}_{side}_bias": rng.standard_normal((2, gates * H)),
            }
    return arrays


def weight_names(name, config):
    """Return the names of a layer's weights in Keras' order."""
    if name == "Bidirectional":
        inner = config["layer"]
        return [w.replace("_f_", f"_{side}_") for side in "fb" for w in weight_names(*inner)]
    if name == "Embedding":
        return ["embeddings"]
    if name == "Dense":
        return ["dense", "dense_bias"] if config.get("use_bias", True) else ["dense"]
    if name not in GATES:
        return []
    bias = f"{name}_f_bias" + ("" if name == "GRU" and config.get("reset_after", True) else ":0")
    found = [f"{name}_f_kernel", f"{name}_f_recurrent", bias]
    found = found if config.get("use_bias", True) else found[:2]
    return [*found, "peephole"] if config.get("use_peepholes") else found


def pick(arrays, name):
    """Return an array by name; "name:0" is its first row."""
    name, _, row = name.partition(":")
    return arrays[name][int(row)] if row else arrays[name]


def cases():
    """Yield the cases as dicts."""
    kinds = [("SimpleRNN", {}), ("SimpleRNN", {"activation": "relu"}), ("LSTM", {}), ("GRU", {})]
    others = [("SimpleRNN", {"activation": "linear"}), ("GRU", {"reset_after": False})]
    for (name, options), sequences, backwards in itertools.product(kinds + others, (False, True), (False, True)):
        config = {"units": H, **options, "return_sequences": sequences, "go_backwards": backwards}
        for mask in (None, "holes"):
            yield {"peer": "keras", "layers": [[name, config]], "input": "x", "mask": mask, "initial": 0}
        stated = config | {"return_state": True}
        every = {"layers": [[name, stated]], "input": "x", "initial": STATES[name]}
        # under Keras a masked step before any other gives zeros, not the initial state
        yield {"peer": "keras", "mask": None if backwards else "lengths", **every}
        yield {"peer": "autograd", "mask": "holes", **every}
        if (name, options) in kinds:
            yield {"peer": "torch", "mask": None, **every}
            if not backwards:
                yield {"peer": "torch", "mask": "lengths", **every}
    for name, options in [*kinds[:1], *kinds[2:], others[1]]:
        config = {"units": H, **options, "use_bias": False, "return_sequences": True}
        yield {"peer": "keras", "layers": [[name, config]], "input": "x", "mask": None, "initial": 0}
        yield {"peer": "autograd", "layers": [[name, config]], "input": "x", "mask": None, "initial": 0}
    for sequences, backwards in itertools.product((False, True), (False, True)):
        config = {"units": H, "use_peepholes": True, "return_sequences": sequences, "go_backwards": backwards}
        config |= {"return_state": True}
        yield {"peer": "autograd", "layers": [["LSTM", config]], "input": "x", "mask": "holes", "initial": 2}
    yield from pairs_of_directions(kinds[:1] + kinds[2:], others)
    yield from simple()


def pairs_of_directions(kinds, others):
    """Yield the cases of Bidirectional."""
    for (name, options), sequences, merge in itertools.product(kinds, (False, True), ("concat", "sum", "mul", "ave")):
        inner = {"units": H, **options, "return_sequences": sequences}
        layers = [["Bidirectional", {"layer": [name, inner], "merge_mode": merge}]]
        if name == "LSTM" or merge in ("concat", "mul"):
            for peer, mask in itertools.product(("keras", "torch"), (None, "lengths")):
                yield {"peer": peer, "layers": layers, "input": "x", "mask": mask, "initial": 0}
    for (name, options), sequences in itertools.product(kinds + others[1:], (False, True)):
        inner = {"units": H, **options, "return_sequences": sequences}
        layers = [["Bidirectional", {"layer": [name, inner], "merge_mode": "concat"}]]
        case = {"peer": "keras", "layers": layers, "input": "x"}
        yield {**case, "mask": "holes", "initial": 0}
        yield {**case, "mask": None, "initial": 2 * STATES[name]}


def simple():
    """Yield the cases of Dense, Embedding and of layers after an Embedding with mask_zero."""
    for activation, rows in itertools.product((None, "relu", "tanh", "sigmoid", "softmax"), ("rows", "x")):
        layers = [["Dense", {"units": 3, "activation": activation}]]
        for peer in ("keras", "torch"):
            yield {"peer": peer, "layers": layers, "input": rows, "mask": None, "initial": 0}
    layers = [["Dense", {"units": 3, "use_bias": False}]]
    yield {"peer": "torch", "layers": layers, "input": "x", "mask": None, "initial": 0}
    layers = [["Masking", {}], ["LSTM", {"units": H, "return_sequences": True}]]
    yield {"peer": "keras", "layers": layers, "input": "padded", "mask": None, "initial": 0}
    for zero in (False, True):
        embedding = ["Embedding", {"input_dim": V, "output_dim": D, "mask_zero": zero}]
        yield {"peer": "torch", "layers": [embedding], "input": "symbols", "mask": None, "initial": 0}
        after = [
            [["SimpleRNN", {"units": H}]],
            [["LSTM", {"units": H, "return_sequences": True}]],
            [["GRU", {"units": H, "go_backwards": True}]],
            [["Bidirectional", {"layer": ["LSTM", {"units": H, "return_sequences": True}], "merge_mode": "concat"}]],
            [["Bidirectional", {"layer": ["GRU", {"units": H}], "merge_mode": "sum"}]],
        ]
        for layers in after:
            layers = [embedding, *layers]
            yield {"peer": "keras", "layers": layers, "input": "symbols", "mask": None, "initial": 0}


# -- the peers ---------------------------------------------------------------------------------------------------------


def leaf(array, dtype):
    """Return a tensor that gets a gradient, if the array holds floats."""
    if array.dtype.kind != "f":
        return torch.tensor(array)
    return torch.tensor(array, dtype=dtype, requires_grad=True)


def results(arrays, x, weights, initial, out):
    """Return what a case gives and its gradients; `out` is [y, *last states]."""
    y, *last = out
    dy = torch.tensor(arrays[f"dy{y.ndim}"][..., : y.shape[-1]], dtype=y.dtype)
    total = (y * dy).sum()
    for k, state in enumerate(last):
        total = total + (state * torch.tensor(arrays[f"dlast{k}"], dtype=y.dtype)).sum()
    total.backward()
    found = {"y": y} | {f"last{k}": state for k, state in enumerate(last)}
    found |= {"dx": x.grad} if x.requires_grad else {}
    found |= {f"d{k}": w.grad for k, w in enumerate(weights)}
    found |= {f"dinitial{k}": s.grad for k, s in enumerate(initial)}
    return {key: tensor.detach().numpy() for key, tensor in found.items()}


def by_keras(arrays, case):
    made = [keras_layer(*each) for each in case["layers"]]
    x = leaf(arrays[case["input"]], torch.float32)
    initial = [leaf(arrays[f"initial{k}"], torch.float32) for k in range(case["initial"])]
    model = keras.Sequential(made)
    model.build(tuple(x.shape))
    model.set_weights([pick(arrays, w) for each in case["layers"] for w in weight_names(*each)])
    if len(made) > 1:
        out = model(x, training=True)
    else:
        options = {"mask": torch.tensor(arrays[case["mask"]])} if case["mask"] else {}
        out = made[0](x, **options, **({"initial_state": initial} if initial else {}))
    out = list(out) if isinstance(out, (list, tuple)) else [out]
    initial = [] if case["layers"][0][0] == "Bidirectional" else initial  # ours gives no gradient of both directions'
    found = results(arrays, x, [w.value for w in model.trainable_variables], initial, out)
    return {name: array for name, array in found.items() if name != "dx" or len(made) == 1}


def keras_layer(name, config):
    if name == "Bidirectional":
        return keras.layers.Bidirectional(keras_layer(*config["layer"]), merge_mode=config["merge_mode"])
    return getattr(keras.layers, name)(**config)


def by_torch(arrays, case):
    ((name, config),) = case["layers"]
    x = leaf(arrays[case["input"]], torch.float64)
    weights = [leaf(pick(arrays, w), torch.float64) for w in weight_names(name, config)]
    initial = [leaf(arrays[f"initial{k}"], torch.float64) for k in range(case["initial"])]
    if name == "Embedding":
        out = [functional.embedding(x, weights[0])]
    elif name == "Dense":
        out = [dense(x, config.get("activation"), *weights)]
    elif name == "Bidirectional":
        out = [both_directions(config, x, weights, case["mask"])]
    else:
        out = one_direction(name, config, x, weights, case["mask"], initial)
    return results(arrays, x, weights, initial, out)


def dense(x, activation, kernel, bias=None):
    a = functional.linear(x, kernel.T, bias)
    functions = {None: lambda a: a, "softmax": lambda a: a.softmax(-1)}
    return (functions.get(activation) or getattr(torch, activation))(a)


def parameters(name, weights):
    """Return the weights as torch.nn takes them, from tensors in Keras' form: W_ih, W_hh, b_ih, b_hh."""
    kernel, recurrent, bias = weights
    b_x, b_h = bias if bias.ndim == 2 else (bias, torch.zeros_like(bias))
    columns = torch.arange(kernel.shape[1]).reshape(-1, len(recurrent))[TORCH_ORDER[name]].reshape(-1)
    return kernel[:, columns].T, recurrent[:, columns].T, b_x[columns], b_h[columns]


def run(name, config, x, flat, lengths=None, state=None):
    """Return (every h (B, T, ...), the last states) of a torch.nn layer with these parameters."""
    kind = {"SimpleRNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}[name]
    options = {"nonlinearity": config.get("activation", "tanh")} if name == "SimpleRNN" else {}
    options |= {"batch_first": True, "bidirectional": len(flat) == 8, "dtype": torch.float64}
    layer, T = kind(flat[0].shape[1], flat[1].shape[1], **options), x.shape[1]
    names = [n for n, _ in layer.named_parameters()]
    if lengths is not None:
        x = nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    state = (tuple(state) if name == "LSTM" else state[0]) if state else None
    h, last = torch.func.functional_call(layer, dict(zip(names, flat, strict=True)), (x, state))
    if lengths is not None:
        h, _ = nn.utils.rnn.pad_packed_sequence(h, batch_first=True, total_length=T)
    return h, last if name == "LSTM" else (last,)


def one_direction(name, config, x, weights, mask, initial):
    x = x.flip(1) if config["go_backwards"] else x
    h, last = run(name, config, x, parameters(name, weights), LENGTHS if mask else None, [s[None] for s in initial])
    last = [state[0] for state in last]
    if mask:  # torch.nn gives zeros beyond a length, where Keras repeats the last output
        h = torch.where(torch.arange(T)[:, None] < torch.tensor(LENGTHS)[:, None, None], h, last[0][:, None])
    return [h if config["return_sequences"] else last[0], *last]


def both_directions(config, x, weights, mask):
    name, inner = config["layer"]
    half = len(weights) // 2
    flat = [*parameters(name, weights[:half]), *parameters(name, weights[half:])]
    h, last = run(name, inner, x, flat, LENGTHS if mask else None)
    ys = h.split(H, dim=-1) if inner["return_sequences"] else last[0]
    merges = {"concat": lambda a, b: torch.cat([a, b], -1), "sum": torch.add, "mul": torch.mul}
    return merges.get(config["merge_mode"], lambda a, b: (a + b) / 2)(*ys)


def by_autograd(arrays, case):
    ((name, config),) = case["layers"]
    x = leaf(arrays["x"], torch.float64)
    weights = [leaf(pick(arrays, w), torch.float64) for w in weight_names(name, config)]
    initial = [leaf(arrays[f"initial{k}"], torch.float64) for k in range(case["initial"])]
    state = initial or [torch.zeros(B, H, dtype=torch.float64) for _ in range(STATES[name])]
    mask, every = torch.tensor(arrays[case["mask"] or "lengths"] | (case["mask"] is None)), []
    for t in reversed(range(T)) if config.get("go_backwards") else range(T):
        new = STEPS[name](config, x[:, t], state, *weights)
        state = [torch.where(mask[:, t, None], n, old) for n, old in zip(new, state, strict=True)]
        every.append(state[0])
    y = torch.stack(every, 1) if config["return_sequences"] else state[0]
    return results(arrays, x, weights, initial, [y, *state] if config.get("return_state") else [y])


def rnn_step(config, x, state, kernel, recurrent, bias=0):
    a = x @ kernel + state[0] @ recurrent + bias
    return [{"linear": a, "relu": a.relu(), "tanh": a.tanh()}[config.get("activation", "tanh")]]


def lstm_step(config, x, state, kernel, recurrent, bias=0, peephole=None):
    h, c = state
    i, f, g, o = (x @ kernel + h @ recurrent + bias).split(H, dim=1)
    p_i, p_f, p_o = (0, 0, 0) if peephole is None else peephole.split(H)
    c_new = (f + p_f * c).sigmoid() * c + (i + p_i * c).sigmoid() * g.tanh()
    return [(o + p_o * c_new).sigmoid() * c_new.tanh(), c_new]


def gru_step(config, x, state, kernel, recurrent, bias=None):
    h, H = state[0], len(recurrent)
    b_x, b_h = bias if bias is not None and bias.ndim == 2 else (0 if bias is None else bias, torch.zeros(3 * H))
    xs, hs = (x @ kernel + b_x).split(H, dim=1), (h @ recurrent + b_h).split(H, dim=1)
    z, r = (xs[0] + hs[0]).sigmoid(), (xs[1] + hs[1]).sigmoid()
    after = config.get("reset_after", True)
    n = (xs[2] + (r * hs[2] if after else (r * h) @ recurrent[:, 2 * H :])).tanh()
    return [z * h + (1 - z) * n]


STEPS = {"SimpleRNN": rnn_step, "LSTM": lstm_step, "GRU": gru_step}
PEERS = {"keras": by_keras, "torch": by_torch, "autograd": by_autograd}


def main():
    """Write layers.npz beside this file."""
    arrays, every, found = inputs(), list(cases()), {}
    for k, case in enumerate(every):
        case["weights"] = [w for each in case["layers"] for w in weight_names(*each)]
        given = PEERS[case["peer"]](arrays, case)
        case["results"] = {key: array.shape for key, array in given.items()}
        found[f"case_{k}"] = np.concatenate([array.ravel() for array in given.values()])
    np.savez_compressed(
        Path(__file__).with_name("layers.npz"),
        versions=np.array([f"{each.__name__} {each.__version__}" for each in (keras, torch, np)]),
        cases=np.array([json.dumps(case) for case in every]),
        **arrays,
        **found,
    )


if __name__ == "__main__":
    main()
