"""Exported models run by onnxruntime, and its operators against ours; float32, as onnxruntime has no other."""

import itertools

import numpy as np
import pytest

from rnnedu.interop.onnx import export, load, run_node
from rnnedu.layers import GRU, LSTM, Bidirectional, Dense, Dropout, Embedding, SimpleRNN
from rnnedu.models import Sequential

onnx = pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")

CELLS = {
    "rnn": lambda **o: SimpleRNN(5, **o),
    "relu": lambda **o: SimpleRNN(5, activation="relu", **o),
    "linear": lambda **o: SimpleRNN(5, activation="linear", **o),
    "lstm": lambda **o: LSTM(5, **o),
    "peephole": lambda **o: LSTM(5, use_peepholes=True, **o),
    "gru": lambda **o: GRU(5, **o),
    "before": lambda **o: GRU(5, reset_after=False, **o),
    "unbiased": lambda **o: GRU(5, use_bias=False, **o),
}
HEADS = ["linear", "relu", "tanh", "sigmoid", "softmax"]


def shaken(model, seed=1):
    """Give every weight a value of its own: biases that are 0 would hide where they go."""
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(0, 0.4, w.shape).astype(w.dtype) for w in model.get_weights()])
    return model


def run(proto, x):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return ort.InferenceSession(proto.SerializeToString(), options).run(["y"], {"x": x})[0]


def agree(model, x, tmp_path):
    """Compare predict with onnxruntime, and the model with what is loaded again."""
    proto = export(model, tmp_path / "model.onnx")
    onnx.checker.check_model(proto, full_check=True)
    np.testing.assert_allclose(run(proto, x), model.predict(x), atol=2e-6)
    again = load(tmp_path / "model.onnx")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    assert [type(a) for a in again.layers] == [type(b) for b in model.layers if not isinstance(b, Dropout)]
    assert again.name == model.name


@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_one_direction(cell, backwards, sequences, tmp_path):
    layer = CELLS[cell](return_sequences=sequences, go_backwards=backwards)
    model = Sequential([layer, Dense(3, activation="softmax")], name="one")
    model.build((None, None, 4))
    x = np.random.default_rng(0).normal(size=(3, 7, 4)).astype(np.float32)
    agree(shaken(model), x, tmp_path)
    if sequences:
        np.testing.assert_allclose(run(export(model), x[:1, :2]), model.predict(x[:1, :2]), atol=2e-6)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("merge", ["concat", "sum", "mul", "ave"])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_both_directions(cell, merge, sequences, masked, tmp_path):
    layer = Bidirectional(CELLS[cell](return_sequences=sequences), merge_mode=merge)
    model = Sequential([Embedding(9, 4, mask_zero=masked), layer, Dropout(0.5), Dense(2, use_bias=False)])
    model.build((None, None))
    agree(shaken(model), padded(), tmp_path)


@pytest.mark.parametrize("activation", HEADS)
@pytest.mark.parametrize("cell", CELLS)
def test_masks(cell, activation, tmp_path):
    layers = [Embedding(9, 4, mask_zero=True), CELLS[cell](return_sequences=True), CELLS[cell](go_backwards=True)]
    model = Sequential([*layers, Dense(3, activation=activation)])
    model.build((None, None))
    agree(shaken(model), padded(), tmp_path)
    model = Sequential(
        [Embedding(9, 4, mask_zero=True), CELLS[cell](return_sequences=True), Dense(3, activation=activation)]
    )
    model.build((None, 6))
    agree(shaken(model), padded(), tmp_path)


def padded():
    """Return symbols with padding at the end: none, some, a whole row of it."""
    x = np.random.default_rng(2).integers(1, 9, (4, 6))
    x[1, 4:] = x[2, 1:] = x[3] = 0
    return x


def test_padding_that_is_not_at_the_end_is_refused_by_the_graph():
    model = Sequential([Embedding(9, 4, mask_zero=True), LSTM(5)])
    model.build((None, None))
    with pytest.raises(Exception, match="sequence_lens"):
        run(export(model), np.array([[0, 1, 2]]))


def test_dense_alone(tmp_path):
    model = Sequential([Dense(3, activation="tanh"), Dense(2)])
    model.build((None, 4))
    agree(shaken(model), np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32), tmp_path)


OPTIONS = list(itertools.product(["forward", "reverse", "bidirectional"], [False, True], [False, True], [False, True]))


@pytest.mark.parametrize(("direction", "bias", "lengths", "states"), OPTIONS)
@pytest.mark.parametrize("op", ["RNN", "LSTM", "LSTM+P", "GRU", "GRU linear_before_reset"])
def test_operators(op, direction, bias, lengths, states):
    """Ours against onnxruntime, and layout 1 against layout 0, with weights that are all different."""
    rng, (T, B, D, H) = np.random.default_rng(3), (6, 3, 4, 5)
    kind, _, extra = op.partition(" ")
    kind, _, peepholes = kind.partition("+")
    N, G = 1 + (direction == "bidirectional"), {"RNN": 1, "LSTM": 4, "GRU": 3}[kind]
    shapes = [(T, B, D), (N, G * H, D), (N, G * H, H), (N, 2 * G * H), None, (N, B, H), (N, B, H), (N, 3 * H)]
    inputs = [None if shape is None else rng.normal(0, 0.5, shape).astype(np.float32) for shape in shapes]
    inputs[4] = np.array([6, 1, 4], np.int32) if lengths else None
    keep = {0, 1, 2, 4} | ({3} if bias else set()) | ({5, 6} if states else set()) | ({7} if peepholes else set())
    inputs = [each if i in keep else None for i, each in enumerate(inputs)][: 8 if kind == "LSTM" else 6]
    attributes = {"hidden_size": H, "direction": direction} | ({extra: 1} if extra else {})
    found = run_node(kind, inputs, attributes)
    for ours, theirs in zip(found, by_onnxruntime(kind, inputs, attributes), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-6)
    turned = [each if i not in (0, 5, 6) or each is None else each.swapaxes(0, 1) for i, each in enumerate(inputs)]
    Y, *last = run_node(kind, turned, attributes | {"layout": 1})
    np.testing.assert_array_equal(Y, found[0].transpose(2, 0, 1, 3))
    for one, other in zip(last, found[1:], strict=True):
        np.testing.assert_array_equal(one.swapaxes(0, 1), other)


def by_onnxruntime(op, inputs, attributes):
    helper = onnx.helper
    names = ["" if each is None else f"i{i}" for i, each in enumerate(inputs)]
    outputs = ["Y", "Y_h", "Y_c"][: 3 if op == "LSTM" else 2]
    given = {name: each for name, each in zip(names, inputs, strict=True) if name}
    ends = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(each.dtype), each.shape)
        for name, each in given.items()
    ]
    made = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in outputs]
    graph = helper.make_graph([helper.make_node(op, names, outputs, **attributes)], "one", ends, made)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    return ort.InferenceSession(model.SerializeToString()).run(None, given)
