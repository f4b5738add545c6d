"""Exchange with Keras, PyTorch and ONNX as far as it needs none of them: layouts, operators, refusals, messages.

The peers themselves are asked in bench/parity; here their results are arrays, made by golden/make_interop.py.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from rnnedu.interop import common, onnxweights
from rnnedu.interop.keras import from_keras, to_keras
from rnnedu.interop.onnx import export, load, run_node
from rnnedu.interop.torch import from_torch, load_state_dict, state_dict, to_torch
from rnnedu.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    Dense,
    Dropout,
    Embedding,
    Lags,
    Masking,
    SimpleRNN,
    TimeDistributed,
)
from rnnedu.models import Sequential

GOLDEN = dict(np.load(Path(__file__).parent / "golden" / "interop.npz"))
CASES = sorted({name.partition("|")[0] for name in GOLDEN if name.startswith("{")})
TORCH = [case for case in CASES if '"torch"' in case]
ONNX = [case for case in CASES if '"onnx"' in case]


def golden(case, what):
    """Return what a case has under a heading, in order: name -> array."""
    prefix = f"{case}|{what}|"
    return {name.removeprefix(prefix): array for name, array in GOLDEN.items() if name.startswith(prefix)}


def model_of(*layers, shape=(None, None, 3), dtype="float64"):
    """Return a model whose weights are all different."""
    model = Sequential(layers, dtype=dtype)
    model.build(shape)
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
    return model


# -- PyTorch -------------------------------------------------------------------------------------------------------


def layer_for(case, **options):
    """Return our layer for a module of PyTorch's."""
    case = json.loads(case)
    kind = {"RNN": SimpleRNN, "LSTM": LSTM, "GRU": GRU}[case["kind"]]
    options |= {"activation": case["nonlinearity"]} if "nonlinearity" in case else {}
    layer = kind(4, use_bias=case["bias"], return_sequences=True, **options)
    return (Bidirectional(layer) if case["bidirectional"] else layer).build((None, None, 3), dtype="float64")


@pytest.mark.parametrize("case", TORCH)
def test_weights_from_torch_give_its_output(case):
    layer = layer_for(case)
    load_state_dict(layer, golden(case, "state"))
    np.testing.assert_allclose(layer(GOLDEN["x"]), GOLDEN[f"{case}|y"], atol=1e-14)


@pytest.mark.parametrize("case", [case for case in TORCH if not json.loads(case)["bidirectional"]])
def test_weights_from_torch_give_its_last_states(case):
    layer = layer_for(case, return_state=True)
    load_state_dict(layer, golden(case, "state"))
    for ours, theirs in zip(layer(GOLDEN["x"])[1:], golden(case, "last").values(), strict=True):
        np.testing.assert_allclose(ours, theirs[0], atol=1e-14)


@pytest.mark.parametrize("case", TORCH)
def test_weights_go_back_to_torch(case):
    """To the bit, but for two biases of which only the sum matters: their sum is the first, the second is 0."""
    layer, given = layer_for(case), golden(case, "state")
    load_state_dict(layer, given)
    found = state_dict(layer)
    assert list(found) == list(given)  # in PyTorch's order too
    for name, array in found.items():
        if "bias" in name and json.loads(case)["kind"] != "GRU":
            pair = given[name.replace("_hh", "_ih")] + given[name.replace("_ih", "_hh")]
            np.testing.assert_array_equal(array, 0 * pair if "_hh" in name else pair)
        else:
            np.testing.assert_array_equal(array, given[name])
        assert array.flags.owndata


def test_a_model_has_the_names_of_its_module():
    model = model_of(Embedding(9, 4), Dropout(0.1), LSTM(5), Dense(2), shape=(None, None))
    found = state_dict(model)
    assert [name for name in found if "layers.0" in name or "layers.3" in name] == [
        "layers.0.weight",
        "layers.3.weight",
        "layers.3.bias",
    ]
    np.testing.assert_array_equal(found["layers.3.weight"], model.layers[3].get_weights()[0].T)
    other = model_of(Embedding(9, 4), Dropout(0.1), LSTM(5), Dense(2), shape=(None, None))
    other.set_weights([0 * w for w in other.get_weights()])
    load_state_dict(other, found)
    for one, two in zip(other.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda state: state.pop("bias_ih_l0"), "bias_ih_l0"),
        (lambda state: state.update(weight_hr_l0=np.zeros((4, 4))), "weight_hr_l0"),
        (lambda state: state.update(weight_ih_l0=state["weight_ih_l0"].T), "weight_ih_l0"),
        (lambda state: state.update(bias_hh_l0=state["bias_hh_l0"] * np.nan), "bias_hh_l0"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(spoil, message):
    layer = GRU(4).build((None, None, 3))
    before, state = layer.get_weights(), state_dict(layer)
    spoil(state)
    with pytest.raises(ValueError, match=message):
        load_state_dict(layer, state)
    for one, other in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        (None, TypeError, "state is a NoneType"),
        ([1], TypeError, "state is a list"),
        ({1: 2, "a": 3}, ValueError, "state has the names"),
        ({"weight": [[1.0], [1.0, 2.0]], "bias": np.ones(2)}, ValueError, "weight is not a rectangular"),
        ({"weight": np.ma.masked_less(np.eye(2, 3), 1), "bias": np.ones(2)}, ValueError, "weight has masked"),
    ],
)
def test_a_state_that_is_none_is_refused_by_name(state, error, message):
    layer = Dense(2).build((None, 3))
    before = layer.get_weights()
    with pytest.raises(error, match=message):
        load_state_dict(layer, state)
    assert all(np.array_equal(one, other) for one, other in zip(layer.get_weights(), before, strict=True))


# -- refusals ------------------------------------------------------------------------------------------------------

TURNED = (Embedding, (9, 3), {"mask_zero": True}), (GRU, (4,), {"go_backwards": True, "return_sequences": True})


@pytest.mark.parametrize("convert", [to_torch, state_dict, to_keras, export])
@pytest.mark.parametrize(
    ("layer", "reason", "peers"),
    [
        (lambda: GRU(4, reset_after=False), "reset_after=True", "to_torch state_dict"),
        (lambda: LSTM(4, use_peepholes=True), "no peepholes", "to_torch state_dict to_keras"),
        (lambda: SimpleRNN(4, activation="linear"), "tanh and relu", "to_torch state_dict"),
        (lambda: Dropout(0.5, noise_shape=(None, 1, None)), "noise_shape", "to_torch state_dict"),
        (lambda: LSTM(4, stateful=True), "stateful=False", "to_torch state_dict export"),
        (lambda: LSTM(4, stateful=True), "batch_size", "to_keras"),
        (lambda: Lags(2), "lags", "to_torch state_dict to_keras export"),
        (lambda: Masking(), "masking", "to_torch state_dict to_keras export"),
        (lambda: TimeDistributed(Dense(2)), "time_distributed", "to_torch state_dict to_keras export"),
        (lambda: RNN("lstm", 2), "RNN", "to_torch state_dict to_keras export"),
        (lambda: Bidirectional(RNN("peephole", 2)), "RNN", "to_torch state_dict to_keras export"),
    ],
)
def test_what_a_peer_cannot_hold_is_refused_with_the_reason(layer, reason, peers, convert):
    if convert.__name__ in peers.split():
        with pytest.raises(ValueError, match=reason):
            convert(model_of(layer()))


@pytest.mark.parametrize("convert", [to_keras, export])
def test_a_mask_that_is_turned_round_is_refused(convert):
    model = model_of(*(kind(*args, **options) for kind, args, options in TURNED), shape=(None, None))
    with pytest.raises(ValueError, match="padding first"):
        convert(model)


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        (lambda: Dense(4, activation="tanh"), "activation"),
        (lambda: Bidirectional(LSTM(4), merge_mode="sum"), "concatenates"),
        (lambda: LSTM(4, go_backwards=True), "forwards"),
    ],
)
def test_a_single_module_that_would_do_something_else_is_refused(layer, reason):
    with pytest.raises(ValueError, match=reason):
        to_torch(layer().build((None, 5, 3)))


@pytest.mark.parametrize("convert", [to_torch, state_dict, to_keras, export])
def test_what_is_not_built_is_refused(convert):
    with pytest.raises(ValueError, match="not built"):
        convert(Sequential([LSTM(4)]))
    with pytest.raises(TypeError, match="is a dict"):
        convert({})


@pytest.mark.parametrize(
    ("peer", "install", "call"),
    [
        ("torch", "pip install torch", lambda: to_torch(model_of(LSTM(4)))),
        ("torch", "pip install torch", lambda: from_torch(None)),
        ("keras", "pip install keras tensorflow", lambda: to_keras(model_of(LSTM(4)))),
        ("keras", "pip install keras tensorflow", lambda: from_keras(None)),
        ("onnx", "pip install onnx onnxruntime", lambda: export(model_of(LSTM(4)))),
        ("onnx", "pip install onnx onnxruntime", lambda: load("model.onnx")),
    ],
)
def test_a_peer_that_is_missing_is_said_with_the_command_that_installs_it(monkeypatch, peer, install, call):
    monkeypatch.setitem(sys.modules, peer, None)
    with pytest.raises(ImportError, match=install):
        call()


# -- ONNX ----------------------------------------------------------------------------------------------------------


def onnx_case(case):
    """Return operator, inputs (None where left out) and attributes."""
    attributes = json.loads(case)
    op, _, _ = attributes.pop("op"), attributes.pop("peer"), attributes.pop("full")
    given = golden(case, "in")
    return op, [given.get(str(n)) for n in range(8 if op == "LSTM" else 6)], attributes


@pytest.mark.parametrize("case", ONNX)
def test_operators_give_what_onnxruntime_gives(case):
    found, wanted = run_node(*onnx_case(case)), golden(case, "out")
    for ours, theirs in zip(found, wanted.values(), strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, atol=2e-6)


@pytest.mark.parametrize("case", ONNX)
def test_layout_1_has_the_batch_first(case):
    op, inputs, attributes = onnx_case(case)
    Y, *last = run_node(op, inputs, attributes)
    for n in (0, 5, 6):
        if n < len(inputs) and inputs[n] is not None:
            inputs[n] = inputs[n].swapaxes(0, 1)
    turned, *states = run_node(op, inputs, attributes | {"layout": 1})
    np.testing.assert_array_equal(turned, Y.transpose(2, 0, 1, 3))
    for one, other in zip(states, last, strict=True):
        np.testing.assert_array_equal(one, other.swapaxes(0, 1))


LAYERS = {
    "rnn": lambda: SimpleRNN(4),
    "linear": lambda: SimpleRNN(4, activation="linear"),
    "lstm": lambda: LSTM(4),
    "peephole": lambda: LSTM(4, use_peepholes=True),
    "gru": lambda: GRU(4),
    "before": lambda: GRU(4, reset_after=False),
    "unbiased": lambda: GRU(4, use_bias=False),
    "backwards": lambda: LSTM(4, go_backwards=True),
    "both": lambda: Bidirectional(GRU(4)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_as_an_operator(name):
    """The arrays and attributes that `export` writes give the layer's output, and its weights again."""
    layer = model_of(LAYERS[name]()).layers[0]
    arrays, x = dict(onnxweights.tensors(layer)), GOLDEN["x"]
    inputs = [x.swapaxes(0, 1), arrays["W"], arrays["R"], arrays["B"], None, None]
    inputs += [None, arrays["P"]] if "P" in arrays else []
    op = onnxweights.OPS[type(common.cell_layer(layer))]
    last = run_node(op, inputs, onnxweights.attributes(layer))[1]
    np.testing.assert_allclose(np.concatenate(last, axis=-1), layer(x), atol=1e-14)
    if arrays["B"] is not None and not getattr(common.cell_layer(layer), "reset_after", False):
        assert not arrays["B"][:, arrays["R"].shape[1] :].any()  # one bias: it is the input's
    again = onnxweights.weights(layer, {key: array for key, array in arrays.items() if array is not None})
    for one, other in zip(again, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("lengths", [[0, 5], [5, 5], [1, 3]])
def test_nothing_is_read_beyond_a_length(lengths):
    op, inputs, attributes = onnx_case(
        next(case for case in ONNX if "LSTM" in case and "bidir" in case and "true" in case)
    )
    inputs[4] = np.array(lengths)
    found = run_node(op, inputs, attributes)
    beyond = np.arange(5)[:, None] >= lengths
    assert not found[0].swapaxes(1, 2)[beyond].any()
    inputs[0] = np.where(beyond[..., None], np.float32(9), inputs[0])
    for one, other in zip(run_node(op, inputs, attributes), found, strict=True):
        np.testing.assert_array_equal(one, other)
    if 0 in lengths:
        np.testing.assert_array_equal(found[2][:, 0], inputs[6][:, 0])


def lstm(**changed):
    """Return the inputs of an LSTM, some of them changed."""
    shapes = {"X": (3, 2, 4), "W": (1, 20, 4), "R": (1, 20, 5), "B": (1, 40), "sequence_lens": None}
    shapes |= {"initial_h": (1, 2, 5), "initial_c": (1, 2, 5), "P": (1, 15)}
    return list(({name: shape and np.ones(shape, np.float32) for name, shape in shapes.items()} | changed).values())


@pytest.mark.parametrize(
    ("inputs", "attributes", "error", "message"),
    [
        (lstm(X=None), {}, ValueError, "no X"),
        (lstm(X=np.ones((3, 4), np.float32)), {}, ValueError, "X has shape"),
        (lstm(W=np.ones((1, 20, 4))), {}, TypeError, "W has dtype float64"),
        (lstm(W=np.ones((2, 20, 4), np.float32)), {}, ValueError, "W has shape"),
        (lstm(R=np.ones((1, 15, 5), np.float32)), {}, ValueError, "R has shape"),
        (lstm(B=np.ones((1, 20), np.float32)), {}, ValueError, "B has shape"),
        (lstm(B=np.full((1, 40), np.nan, np.float32)), {}, ValueError, "B holds nan"),
        (lstm(P=np.ones((1, 10), np.float32)), {}, ValueError, "P has shape"),
        (lstm(initial_c=np.ones((2, 1, 5), np.float32)), {}, ValueError, "initial_c has shape"),
        (lstm(sequence_lens=np.array([1, 4])), {}, ValueError, "sequence_lens holds 1 to 4"),
        (lstm(sequence_lens=np.array([1.0, 2.0])), {}, ValueError, "sequence_lens is float64"),
        ([*lstm(), None], {}, ValueError, "inputs has 9"),
        (lstm(), {"hidden_size": 4}, ValueError, "hidden_size is 4"),
        (lstm(), {"direction": "backward"}, ValueError, "direction is 'backward'"),
        (lstm(), {"layout": 2}, ValueError, "layout is 2"),
        (lstm(), {"linear_before_reset": 1}, ValueError, "linear_before_reset"),
        (lstm(), {"clip": 3.0}, ValueError, "clip is 3.0"),
        (lstm(), {"input_forget": 1}, ValueError, "input_forget is 1"),
        (lstm(), {"activations": ["Sigmoid", "Relu", "Tanh"]}, ValueError, "activations"),
        (lstm(), {"activations": [1, 2, 3]}, TypeError, "activations is a int"),
        (lstm(), [1], TypeError, "attributes is a list"),
        (None, {}, TypeError, "inputs is a NoneType"),
        (np.ones((3, 2, 4), np.float32), {}, TypeError, "inputs is a ndarray"),
        (lstm(sequence_lens=[[1], [1, 2]]), {}, ValueError, "sequence_lens is not a rectangular"),
        (lstm(sequence_lens=np.ma.array([1, 2], mask=[True, False])), {}, ValueError, "sequence_lens has masked"),
    ],
)
def test_bad_input_of_an_operator(inputs, attributes, error, message):
    with pytest.raises(error, match=message):
        run_node("LSTM", inputs, attributes)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"activations": ["Softplus"]}, "activations is 'softplus'"),
        ({"activations": ["Tanh", "Tanh"]}, "accepted is one for each of 1"),
        ({"activations": ["Affine"]}, "activation_alpha"),
        ({"activations": ["Affine"], "activation_alpha": [2.0], "activation_beta": [0.0]}, "activation_alpha"),
    ],
)
def test_activations_of_an_operator(attributes, message):
    with pytest.raises(ValueError, match=message):
        run_node("RNN", [np.ones(s) for s in ((3, 2, 4), (1, 5, 4), (1, 5, 5))], attributes)
    with pytest.raises(ValueError, match="op is 'Conv'"):
        run_node("Conv", [])


def test_a_model_is_put_together_from_weights():
    """What `from_keras` and `onnx.load` end with; no peer is needed for it."""
    model = Sequential([Embedding(9, 4, mask_zero=True), LSTM(3), Dense(2)])
    model.build((None, None))
    symbols = np.random.default_rng(0).integers(0, 9, (5, 6))
    copies = [type(layer).from_config(layer.get_config()) for layer in model.layers]
    other = common.assemble(copies, (None, None), model.get_weights(), np.float32, "other")
    assert np.array_equal(other.predict(symbols), model.predict(symbols))
    again = [type(layer).from_config(layer.get_config()) for layer in model.layers]
    with pytest.raises(ValueError, match="weights has 1 arrays; accepted are 6"):
        common.assemble(again, (None, None), model.get_weights()[:1], np.float32, "other")
