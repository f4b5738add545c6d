"""The node tests that the package onnx ships for RNN, LSTM and GRU, run on our kernels.

    python -m pytest bench/parity        # needs: pip install torch keras tensorflow onnx onnxruntime

What is outside our scope is refused by name: OUTSIDE lists it, and a test below sees each refusal.
"""

import warnings

import numpy as np
import pytest

from rnnedu.interop.onnx import run_node

onnx = pytest.importorskip("onnx")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # making the cases of other operators overflows, on purpose
    from onnx.backend.test.loader import load_model_tests
    from onnx.backend.test.runner import Runner

    CASES = [case for case in load_model_tests(kind="node") if {"rnn", "lstm", "gru"} & set(case.name.split("_"))]

OUTSIDE = [
    ("LSTM", {"clip": 1.0}, "clip"),
    ("LSTM", {"input_forget": 1}, "input_forget"),
    *(("RNN", {"activations": [name]}, "activations") for name in (
        "Sigmoid", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu", "Softsign", "Softplus",
    )),
    ("RNN", {"activations": ["Affine"], "activation_alpha": [2.0], "activation_beta": [0.0]}, "activation_alpha"),
    ("LSTM", {"activations": ["HardSigmoid", "Tanh", "Tanh"]}, "activations"),
    ("GRU", {"activations": ["Sigmoid", "Relu"]}, "activations"),
]  # fmt: skip


def by_kernels(model, inputs):
    """Return the graph's outputs: one node, whose inputs may be left out by an empty name."""
    (node,) = model.graph.node
    given = dict(zip((each.name for each in model.graph.input), inputs, strict=True))
    attributes = {each.name: plain(onnx.helper.get_attribute_value(each)) for each in node.attribute}
    made = dict(zip(node.output, run_node(node.op_type, [given.get(n) for n in node.input], attributes), strict=False))
    return [made[each.name] for each in model.graph.output]


def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    return [plain(each) for each in value] if isinstance(value, list) else value


def test_there_are_as_many_cases_as_we_know_of():
    assert len(CASES) >= 18


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_node(case):
    for inputs, outputs in case.data_sets:
        found = by_kernels(case.model, inputs)
        Runner.assert_similar_outputs(outputs, found, rtol=case.rtol, atol=case.atol)
        assert all(a.dtype == b.dtype for a, b in zip(outputs, found, strict=True))


@pytest.mark.parametrize(("op", "attributes", "named"), OUTSIDE, ids=lambda each: str(each))
def test_what_is_outside_is_refused_by_name(op, attributes, named):
    G = {"RNN": 1, "LSTM": 4, "GRU": 3}[op]
    arrays = [np.ones(shape, np.float32) for shape in ((3, 2, 4), (1, 5 * G, 4), (1, 5 * G, 5))]
    with pytest.raises(ValueError, match=named):
        run_node(op, arrays, attributes)
