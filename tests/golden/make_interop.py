"""Make interop.npz: what PyTorch's modules (float64) and onnxruntime's operators (float32) give for weights of theirs.

    python tests/golden/make_interop.py     # needs: pip install torch onnx onnxruntime

Arrays: x (B, T, D); for a case (JSON) of torch its state_dict under "<case>|state|<name>", "<case>|y" (B, T, N*H) and
the last states, "<case>|last|<n>" (N, B, H); for a case of onnx "<case>|in|<n>" where it is given, and
"<case>|out|<n>". N is the number of directions. All sizes differ, and no weight is 0.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper

T, B, D, H = 5, 2, 3, 4
RNG = np.random.default_rng(7)


def of_torch(x):
    """Yield (case, arrays) for every module."""
    torch.manual_seed(7)
    for (kind, options), both, bias in itertools.product(MODULES, (False, True), (True, False)):
        options = options | {"bidirectional": both, "bias": bias}
        module = getattr(torch.nn, kind)(D, H, batch_first=True, dtype=torch.float64, **options)
        y, last = module(torch.tensor(x))
        last = last if isinstance(last, tuple) else (last,)
        arrays = {f"state|{name}": value.numpy() for name, value in module.state_dict().items()}
        arrays |= {"y": y.detach().numpy()} | {f"last|{n}": each.detach().numpy() for n, each in enumerate(last)}
        yield {"peer": "torch", "kind": kind, **options}, arrays


def of_onnx():
    """Yield (case, arrays) for every operator: with all inputs, and with those only that must be there."""
    for (op, options), direction, full in itertools.product(OPERATORS, DIRECTIONS, (True, False)):
        attributes = {"hidden_size": H, "direction": direction, **options}
        N = 1 + (direction == "bidirectional")
        if op == "RNN":
            attributes["activations"] = ["Tanh", "Relu"][:N]
        given = inputs(op, N, full)
        outputs = run(op, given, attributes)
        arrays = {f"in|{n}": each for n, each in enumerate(given) if each is not None}
        yield (
            {"peer": "onnx", "op": op, **attributes, "full": full},
            arrays | {f"out|{n}": y for n, y in enumerate(outputs)},
        )


def inputs(op, N, full):
    """Return the operator's inputs, None for those that are left out."""
    G = {"RNN": 1, "LSTM": 4, "GRU": 3}[op]
    shapes = [(T, B, D), (N, G * H, D), (N, G * H, H), (N, 2 * G * H), None, (N, B, H), (N, B, H), (N, 3 * H)]
    arrays = [shape and RNG.normal(0, 0.6, shape).astype(np.float32) for shape in shapes]
    arrays[4] = np.array([T - 2, T], np.int32)
    arrays = [each if full or n < 3 else None for n, each in enumerate(arrays)]
    return arrays if op == "LSTM" else arrays[:6]


def run(op, given, attributes):
    """Return what onnxruntime gives."""
    names = ["" if each is None else f"i{n}" for n, each in enumerate(given)]
    outputs = ["Y", "Y_h", "Y_c"][: 3 if op == "LSTM" else 2]
    feed = {name: each for name, each in zip(names, given, strict=True) if name}
    ends = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(each.dtype), each.shape)
        for name, each in feed.items()
    ]
    made = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in outputs]
    graph = helper.make_graph([helper.make_node(op, names, outputs, **attributes)], "one", ends, made)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    return onnxruntime.InferenceSession(model.SerializeToString()).run(None, feed)


MODULES = [("RNN", {"nonlinearity": "tanh"}), ("RNN", {"nonlinearity": "relu"}), ("LSTM", {}), ("GRU", {})]
OPERATORS = [("RNN", {}), ("LSTM", {}), ("GRU", {"linear_before_reset": 0}), ("GRU", {"linear_before_reset": 1})]
DIRECTIONS = ("forward", "reverse", "bidirectional")

if __name__ == "__main__":
    x = RNG.standard_normal((B, T, D))
    found = {
        f"{json.dumps(case)}|{key}": array
        for case, arrays in itertools.chain(of_torch(x), of_onnx())
        for key, array in arrays.items()
    }
    versions = np.array([f"{each.__name__} {each.__version__}" for each in (torch, onnx, onnxruntime, np)])
    np.savez_compressed(Path(__file__).parent / "interop.npz", versions=versions, x=x, **found)
