"""Files of strangers: each is refused with the documented exception, or is the model."""

import numpy as np
import pytest

from rnnedu.interop.onnx import export, load
from rnnedu.layers import GRU, LSTM, Bidirectional, Dense, Embedding
from rnnedu.models import ModelFileError, Sequential

onnx = pytest.importorskip("onnx")

SYMBOLS = np.array([[1, 2, 3], [4, 0, 0]])


def made():
    layers = [
        Embedding(9, 4, mask_zero=True),
        Bidirectional(GRU(5, return_sequences=True)),
        LSTM(3),
        Dense(2, "softmax"),
    ]
    model = Sequential(layers)
    model.build((None, None))
    return model


def weight(proto, name):
    return next(tensor for tensor in proto.graph.initializer if tensor.name == name)


def node(proto, name):
    return next(each for each in proto.graph.node if each.name == name)


def replace(proto, name, array):
    weight(proto, name).CopyFrom(onnx.numpy_helper.from_array(array, name))


def elsewhere(proto):
    tensor = weight(proto, "dense/kernel")
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def huge(proto):
    weight(proto, "dense/kernel").dims[:] = [2**40, 2**40]


def attribute(proto, name, key, value):
    each = next(a for a in node(proto, name).attribute if a.name == key)
    each.CopyFrom(onnx.helper.make_attribute(key, value))


SPOILED = {
    "unknown op": (lambda p: setattr(node(p, "dense/product"), "op_type", "Conv"), "is Conv; accepted are"),
    "another domain": (lambda p: setattr(node(p, "lstm/cell"), "domain", "evil"), "lstm/cell"),
    "subgraph": (lambda p: p.graph.node.append(onnx.helper.make_node("If", ["x"], ["z"], name="a/b")), "is If"),
    "another file": (elsewhere, "another file"),
    "huge": (huge, "numbers; accepted"),
    "negative": (lambda p: weight(p, "dense/kernel").dims.__setitem__(0, -1), "dims"),
    "float16": (lambda p: replace(p, "dense/kernel", np.ones((3, 2), np.float16)), "data_type"),
    "float64": (lambda p: replace(p, "dense/kernel", np.ones((3, 2))), "one dtype"),
    "shape": (lambda p: replace(p, "dense/kernel", np.ones((4, 2), np.float32)), "shape"),
    "rank": (lambda p: replace(p, "dense/kernel", np.ones(6, np.float32)), "shape"),
    "gates": (lambda p: replace(p, "lstm/R", np.ones((1, 9, 3), np.float32)), "lstm/R"),
    "NaN": (lambda p: replace(p, "dense/bias", np.full(2, np.nan, np.float32)), "nan"),
    "missing": (lambda p: p.graph.initializer.remove(weight(p, "lstm/B")), "lstm/B"),
    "more": (
        lambda p: p.graph.initializer.add().CopyFrom(onnx.numpy_helper.from_array(np.ones(1), "z")),
        "initializers",
    ),
    "clip": (lambda p: node(p, "lstm/cell").attribute.add().CopyFrom(onnx.helper.make_attribute("clip", 1.0)), "lstm"),
    "units": (lambda p: attribute(p, "lstm/cell", "hidden_size", 2**31), "lstm"),
    "both": (lambda p: attribute(p, "lstm/cell", "direction", "bidirectional"), "lstm"),
    "no weights": (lambda p: node(p, "lstm/cell").input.__setitem__(1, ""), "lstm/cell"),
    "wires": (lambda p: node(p, "dense/product").input.__setitem__(0, "x"), "dense/product"),
    "order": (lambda p: p.graph.node.insert(0, p.graph.node.pop()), "node"),
    "function": (lambda p: p.functions[0].node[0].attribute[0].__setattr__("i", 1), "functions"),
    "no function": (lambda p: p.functions.pop(), "functions"),
    "input": (lambda p: p.graph.input[0].type.tensor_type.shape.dim[1].__setattr__("dim_value", 7), "input"),
    "two inputs": (lambda p: p.graph.input.append(p.graph.input[0]), "2 inputs"),
    "no input": (lambda p: p.graph.input.pop(), "0 inputs"),
    "output": (lambda p: setattr(p.graph.output[0], "name", "z"), "output"),
    "opset": (lambda p: setattr(p.opset_import[0], "version", 7), "opset_import"),
    "sparse": (lambda p: p.graph.sparse_initializer.add(), "sparse_initializer"),
    "empty": (lambda p: p.graph.ClearField("node"), "no layer"),
}


@pytest.mark.parametrize("kind", SPOILED)
def test_what_export_does_not_write_is_refused(kind, tmp_path):
    spoil, message = SPOILED[kind]
    proto, path = export(made()), tmp_path / "model.onnx"
    spoil(proto)
    path.write_bytes(proto.SerializeToString())
    with pytest.raises(ModelFileError, match=message) as caught:
        load(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "change", [("lstm/cell", "direction", "reverse"), ("bidirectional/cell", "linear_before_reset", 0)]
)
def test_a_file_that_says_another_model_is_that_model(change, tmp_path):
    """Also with two biases for each gate, of which our GRU with reset_after=False keeps the sum."""
    ort = pytest.importorskip("onnxruntime")
    proto, path = export(made()), tmp_path / "model.onnx"
    replace(proto, "bidirectional/B", np.random.default_rng(0).normal(size=(2, 30)).astype(np.float32))
    attribute(proto, *change)
    path.write_bytes(proto.SerializeToString())
    theirs = ort.InferenceSession(path.read_bytes()).run(None, {"x": SYMBOLS})[0]
    np.testing.assert_allclose(load(path).predict(SYMBOLS), theirs, atol=2e-6)


def test_damaged_files(tmp_path):
    """2,000 mutants: the documented error, or a model with the same layers and finite weights."""
    whole, path, rng = export(made()).SerializeToString(), tmp_path / "model.onnx", np.random.default_rng(4)
    layers, refused = [repr(layer) for layer in load(original(tmp_path)).layers], 0
    for number in range(2000):
        path.write_bytes(mutant(whole, number, rng))
        try:
            model = load(path)
        except ModelFileError:
            refused += 1
        else:
            assert [repr(layer) for layer in model.layers] == layers
            assert all(np.isfinite(w).all() for w in model.get_weights())
    assert refused > 900


def original(tmp_path):
    export(made(), tmp_path / "original.onnx")
    return tmp_path / "original.onnx"


def mutant(whole, number, rng):
    """Return the file with bytes changed, cut, doubled or taken out."""
    raw, at = bytearray(whole), int(rng.integers(len(whole)))
    if number % 4 == 0:
        raw[at] ^= int(rng.integers(1, 256))
    elif number % 4 == 1:
        del raw[at:]
    elif number % 4 == 2:
        del raw[at : at + int(rng.integers(1, 40))]
    else:
        raw[at:at] = raw[at : at + int(rng.integers(1, 40))]
    return bytes(raw)


def test_no_file_and_a_file_too_large(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.onnx")
    export(made(), tmp_path / "model.onnx")
    with pytest.raises(ModelFileError, match="max_bytes"):
        load(tmp_path / "model.onnx", max_bytes=100)
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelFileError, match="no ONNX file"):
        load(tmp_path / "text.onnx")


def test_what_was_exported_is_loaded(tmp_path):
    model = made()
    export(model, tmp_path / "model.onnx")
    np.testing.assert_array_equal(load(tmp_path / "model.onnx").predict(SYMBOLS), model.predict(SYMBOLS))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_dtype_is_kept(dtype, tmp_path):
    model = Sequential([LSTM(3)], dtype=dtype)
    model.build((None, 5, 2))
    onnx.checker.check_model(export(model, tmp_path / "model.onnx"), full_check=True)
    again = load(tmp_path / "model.onnx")
    assert again.dtype == dtype
    assert again.input_shape == (None, None, 2)
