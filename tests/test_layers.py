"""Every layer with every option: numerical gradients, weights as in Keras, configurations, bad input.

All sizes differ and there are several timesteps: one timestep hides mistakes of backpropagation through time, equal
sizes hide transposes.
"""

import json

import numpy as np
import pytest

from rnnedu import gradcheck, layers, train, unroll
from rnnedu.initializers import Chrono, Identity, Orthogonal
from rnnedu.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    Call,
    Dense,
    Dropout,
    Embedding,
    Input,
    Lags,
    Masking,
    SimpleRNN,
    TimeDistributed,
    chain,
)
from rnnedu.layers.weights import State
from rnnedu.losses import BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy
from rnnedu.models import Sequential
from rnnedu.models import data as checks

B, T, D, H, V = 3, 6, 4, 2, 7
RNG = np.random.default_rng(8)
X = RNG.standard_normal((B, T, D))
ROWS = RNG.standard_normal((B, D))
SYMBOLS = np.array([[3, 1, 3, 3, 6, 1], [2, 5, 2, 2, 0, 0], [0, 4, 0, 3, 2, 0]])
MASK = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [0, 1, 0, 1, 1, 0]], bool)

CELLS = [
    (SimpleRNN, {}),
    (SimpleRNN, {"activation": "relu"}),
    (SimpleRNN, {"activation": "linear"}),
    (LSTM, {}),
    (LSTM, {"use_peepholes": True}),
    (GRU, {}),
    (GRU, {"reset_after": False}),
]
MODES = [
    {},
    {"return_sequences": True},
    {"go_backwards": True},
    {"return_sequences": True, "go_backwards": True},
    {"use_bias": False, "return_sequences": True},
    {"dropout": 0.4, "return_sequences": True},
]
RECURRENT = [(cls, options | mode) for cls, options in CELLS for mode in MODES]
MERGES = ("concat", "sum", "mul", "ave")


def named(value):
    """Return what a parameter is called in pytest's output."""
    return getattr(value, "__name__", None) or str(value)


def randomised(layer, shape, seed=1):
    """Build a layer in float64 with random weights, biases too: a gradient that is zero would hide a mistake."""
    layer.build(shape, dtype="float64")
    rng = np.random.default_rng(seed)
    layer.set_weights([0.7 * rng.standard_normal(w.shape) for w in layer.get_weights()])
    return layer


def error(layer, x, **options):
    """Return the largest relative error of a layer's gradients: of its weights and, unless it takes symbols, of x."""
    call = {"mask": None, "seed": (3,), **options}
    params = {name: array.copy() for name, array in layer.params.items()}

    def run(x, **weights):
        return layer.forward(weights, x, Call(**call))

    y, cache = run(x, **params)
    dy = np.random.default_rng(5).standard_normal(y.shape)
    grads = {name: np.full(array.shape, np.nan) for name, array in params.items()}  # every entry has to be written
    dx = layer.backward(params, cache, dy, grads)
    if x.dtype.kind == "f":
        arrays, found = params | {"x": x}, grads | {"x": dx}
        return gradcheck.compare(lambda **every: (run(**every)[0] * dy).sum(), arrays, found).worst
    assert dx is None
    return gradcheck.compare(lambda **every: (run(x, **every)[0] * dy).sum(), params, grads).worst


def states(layer):
    """Return initial states (B, H), one for each of the layer's own."""
    rng = np.random.default_rng(6)
    return tuple(rng.standard_normal((B, H)) for _ in range(2 if isinstance(layer, LSTM) else 1))


# ---- gradients


@pytest.mark.parametrize("mask", [None, MASK], ids=["all", "mask"])
@pytest.mark.parametrize(("cls", "options"), RECURRENT, ids=named)
def test_gradients_of_recurrent_layers(cls, options, mask):
    layer = randomised(cls(H, **options), X.shape)
    assert error(layer, X, mask=mask, state=states(layer), training=True) <= 1e-6


@pytest.mark.parametrize("mask", [None, MASK], ids=["all", "mask"])
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("merge", MERGES)
@pytest.mark.parametrize(("cls", "options"), [CELLS[0], CELLS[4], CELLS[5], CELLS[6]], ids=named)
def test_gradients_of_both_directions(cls, options, merge, sequences, mask):
    inner = cls(H, return_sequences=sequences, dropout=0.3, **options)
    layer = randomised(Bidirectional(inner, merge_mode=merge), X.shape)
    state = (states(inner), tuple(-s for s in states(inner)))
    assert error(layer, X, mask=mask, state=state, training=True) <= 1e-6


@pytest.mark.parametrize("x", [ROWS, X], ids=["rows", "sequences"])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("activation", [None, "relu", "tanh", "sigmoid", "softmax"])
def test_gradients_of_dense(activation, bias, x):
    layer = randomised(Dense(5, activation, use_bias=bias), x.shape)
    assert error(layer, x) <= 1e-6
    assert error(layer, x, linear=True) <= 1e-6


@pytest.mark.parametrize("zero", [False, True])
def test_gradients_of_an_embedding_add_up_where_a_symbol_repeats(zero):
    layer = randomised(Embedding(V, D, mask_zero=zero), SYMBOLS.shape)
    assert error(layer, SYMBOLS) <= 1e-6
    _, cache = layer.forward(layer.params, SYMBOLS, Call())
    grads = {"embeddings": np.full((V, D), np.nan)}
    layer.backward(layer.params, cache, np.ones((B, T, D)), grads)
    np.testing.assert_array_equal(grads["embeddings"], np.bincount(SYMBOLS.ravel(), minlength=V)[:, None] * np.ones(D))


@pytest.mark.parametrize("noise", [None, (None, 1, None), (1, None, 4)])
def test_gradients_of_dropout(noise):
    layer = randomised(Dropout(0.4, noise_shape=noise), X.shape)
    assert error(layer, X, training=True) <= 1e-6
    assert error(layer, X, training=False) <= 1e-6


@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("size", [1, 3, T, T + 2])
def test_gradients_of_lags(size, sequences):
    layer = randomised(Lags(size, return_sequences=sequences), X.shape)
    assert error(layer, X) <= 1e-6


def test_masking_hands_on_what_it_gets_and_masks_what_is_all_one_value():
    x = X.copy()
    x[~MASK] = -2
    x[0, 1, :3] = -2  # not all of it
    layer = randomised(Masking(-2), x.shape)
    assert error(layer, x) <= 1e-6
    np.testing.assert_array_equal(layer(x), x)
    np.testing.assert_array_equal(layer.next_mask(x, None), MASK)
    model, masked = Sequential([Masking(-2), GRU(H)], dtype="float64"), GRU(H)
    model.build(x.shape)
    masked.build(x.shape, dtype="float64")
    masked.set_weights(model.get_weights())
    np.testing.assert_array_equal(model.predict(x), masked(x, mask=MASK))


# ---- whole models, every loss


def sequence_model(activation, *more):
    """Return layers for symbols that end in an output for every timestep."""
    front = [Embedding(V, D, mask_zero=True), GRU(H, return_sequences=True, dropout=0.2)]
    return [*front, Bidirectional(LSTM(3, return_sequences=True)), Dropout(0.2), Dense(V, activation), *more]


def last_model(activation, units, *more):
    """Return layers for series that end in one output for every sequence."""
    front = [LSTM(H, return_sequences=True, go_backwards=True), Lags(2, return_sequences=True)]
    return [*front, SimpleRNN(3), Dense(units, activation), *more]


LABELS = np.array([2, 0, 6])
SOFT = np.random.default_rng(9).dirichlet(np.ones(V), B)
BINARY = np.array([[1, 0, 1, 1, 0], [0, 0, 1, 0, 1], [1, 1, 0, 0, 0]])
NUMBERS = np.random.default_rng(10).standard_normal((B, 5))
NEXT = np.roll(SYMBOLS, -1, axis=1)
PADDED = np.array([[3, 1, 3, 3, 6, 1], [2, 5, 2, 2, 0, 0], [4, 4, 4, 3, 0, 0]])
WHOLE = {
    "sparse, fused, mask": (sequence_model("softmax"), "sparse_categorical_crossentropy", SYMBOLS, NEXT),
    "sparse, logits, mask": (sequence_model(None), SparseCategoricalCrossentropy(from_logits=True), SYMBOLS, NEXT),
    "categorical, fused, mask": (sequence_model("softmax"), "categorical_crossentropy", SYMBOLS, np.eye(V)[NEXT]),
    "sparse, probabilities": (last_model("softmax", V, Dropout(0)), "sparse_categorical_crossentropy", X, LABELS),
    "categorical, labels": (last_model("softmax", V), "categorical_crossentropy", X, LABELS),
    "categorical, soft, logits": (last_model(None, V), CategoricalCrossentropy(True, 0.1), X, SOFT),
    "categorical, soft, probabilities": (last_model("softmax", V, Dropout(0)), CategoricalCrossentropy(), X, SOFT),
    "categorical, smoothed, fused": (last_model("softmax", V), CategoricalCrossentropy(False, 0.1), X, LABELS),
    "binary, fused": (last_model("sigmoid", 5), "binary_crossentropy", X, BINARY),
    "binary, logits": (last_model("linear", 5), BinaryCrossentropy(from_logits=True, label_smoothing=0.1), X, BINARY),
    "binary, probabilities": (last_model("sigmoid", 5, Dropout(0)), "binary_crossentropy", X, BINARY),
    "mse": (last_model("tanh", 5), "mse", X, NUMBERS),
    "mse, mask": (sequence_model("relu"), "mean_squared_error", SYMBOLS, np.random.default_rng(3).random((B, T, V))),
    "mae": (last_model(None, 5), "mae", X, NUMBERS),
    "ctc": (sequence_model(None), "ctc", PADDED, np.array([[1, 1, 2], [5, -1, -1], [-1, -1, -1]])),
    "recurrent at the end": ([LSTM(H, return_sequences=True), Bidirectional(GRU(5), "mul")], "mse", X, NUMBERS),
}


@pytest.mark.parametrize("weights", [None, np.array([0.5, 2.0, 1.25])], ids=["equal", "weighted"])
@pytest.mark.parametrize("case", WHOLE)
def test_gradients_of_whole_models(case, weights):
    made, loss, x, y = WHOLE[case]
    model = Sequential([type(layer).from_config(layer.get_config()) for layer in made], dtype="float64")
    model.compile("sgd", loss)
    data = checks.checked(model, x, y, weights)
    rng = np.random.default_rng(4)
    model.set_weights([0.6 * rng.standard_normal(w.shape) for w in model.get_weights()])
    layout = model.home.layout

    def forward(w):
        state = State(layout.bind(w))
        passed = chain.forward(model.layers, state, data.x, training=True, seed=(1,), linear=model.linked)
        return state, passed, train.judge(model, data, passed)

    flat = model.home.state.weights.flat
    state, passed, (_, slopes) = forward(flat)
    gradients = layout.bind(np.full(layout.size, np.nan))
    chain.backward(model.layers, state, passed, slopes, gradients)
    report = gradcheck.compare(lambda w: forward(w)[2][0], {"w": flat}, {"w": gradients.flat})
    assert report.worst <= 1e-6, str(report)


def test_a_carried_state_is_a_constant_of_the_next_batch():
    """Truncated backpropagation through time: values flow on, gradients stop at the batch's first timestep."""
    layer = LSTM(H, return_sequences=True, stateful=True)
    model = Sequential([layer], dtype="float64")
    model.build((B, None, D))
    whole = Sequential([LSTM(H, return_sequences=True)], dtype="float64")
    whole.build((B, None, D))
    whole.set_weights(model.get_weights())
    first, second = model.predict(X[:, :2]), model.predict(X[:, 2:])
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole.predict(X), rtol=1e-13)
    assert error(layer, X[:, 2:], state=model.home.state.carried[0]) <= 1e-6
    layer.reset_state()
    np.testing.assert_array_equal(model.predict(X[:, :2]), first)
    model.reset_state()
    np.testing.assert_array_equal(model.predict(X[:, :2]), first)


def test_a_layer_does_not_change_what_it_is_given():
    for layer, x in [(cls(H, **options), X) for cls, options in RECURRENT] + [
        (Bidirectional(LSTM(H)), X),
        (Dense(3, "softmax"), X),
        (Dropout(0.5), X),
        (Lags(2), X),
        (Embedding(V, D), SYMBOLS),
    ]:
        randomised(layer, x.shape)
        before, given = layer.get_weights(), x.copy()
        y, cache = layer.forward(layer.params, x, Call(training=True))
        dy = np.ones_like(y)
        layer.backward(layer.params, cache, dy, {n: np.empty_like(w) for n, w in layer.params.items()})
        np.testing.assert_array_equal(x, given)
        np.testing.assert_array_equal(dy, 1)
        for now, then in zip(layer.get_weights(), before, strict=True):
            np.testing.assert_array_equal(now, then)


# ---- what comes out


@pytest.mark.parametrize(("cls", "options"), CELLS, ids=named)
def test_a_layer_is_its_cell_unrolled(cls, options):
    layer = randomised(cls(H, return_sequences=True, **options), X.shape)
    run = unroll.forward(layer.to_cell(), X.swapaxes(0, 1))
    want = np.stack([step.h_t for step in run.steps], axis=1)
    np.testing.assert_allclose(layer(X), want, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("cls", "options"), CELLS, ids=named)
def test_returned_states_are_the_last_ones(cls, options):
    layer = randomised(cls(H, return_state=True, **options), X.shape)
    sequences = randomised(cls(H, return_state=True, return_sequences=True, **options), X.shape)
    y, h, *c = layer(X, initial_state=list(states(layer)))
    every, h_again, *c_again = sequences(X, initial_state=list(states(layer)))
    np.testing.assert_array_equal(y, h)
    np.testing.assert_array_equal(every[:, -1], h)
    np.testing.assert_array_equal(h_again, h)
    assert [each.shape for each in c] == ([(B, H)] if cls is LSTM else [])
    np.testing.assert_array_equal(c_again, c)


def test_a_state_that_is_returned_goes_in_again():
    layer = randomised(LSTM(H, return_state=True), X.shape)
    _, *state = layer(X[:, :2])
    halves = layer(X[:, 2:], initial_state=state)
    for ours, want in zip(halves, layer(X), strict=True):
        np.testing.assert_allclose(ours, want, rtol=1e-13)


def test_a_masked_timestep_repeats_the_state_before_it():
    layer = randomised(GRU(H, return_sequences=True), X.shape)
    y = layer(X, mask=MASK)
    np.testing.assert_array_equal(y[1, 3:], np.repeat(y[1, 2:3], 3, axis=0))
    np.testing.assert_array_equal(y[2, 0], 0)
    other = X.copy()
    other[~MASK] = 99
    np.testing.assert_array_equal(layer(other, mask=MASK), y)


def test_both_directions_of_a_masked_timestep_are_zero():
    layer = randomised(Bidirectional(SimpleRNN(H, return_sequences=True)), X.shape)
    y = layer(X, mask=MASK)
    assert (y[~MASK] == 0).all()
    assert (y[MASK] != 0).all()


def test_the_mask_of_the_next_layer():
    embedding = Embedding(V, D, mask_zero=True)
    mask = embedding.next_mask(SYMBOLS, None)
    np.testing.assert_array_equal(mask, SYMBOLS != 0)
    assert Embedding(V, D).next_mask(SYMBOLS, None) is None
    assert LSTM(H).next_mask(X, mask) is None
    np.testing.assert_array_equal(LSTM(H, return_sequences=True).next_mask(X, mask), mask)
    backwards = LSTM(H, return_sequences=True, go_backwards=True)
    np.testing.assert_array_equal(backwards.next_mask(X, mask), mask[:, ::-1])
    np.testing.assert_array_equal(Bidirectional(LSTM(H, return_sequences=True)).next_mask(X, mask), mask)
    assert Lags(2).next_mask(X, mask) is None
    for layer in (Lags(2, return_sequences=True), Dense(3), Dropout(0.5)):
        np.testing.assert_array_equal(layer.next_mask(X, mask), mask)


def test_dropout_drops_its_share_and_keeps_the_mean():
    layer = Dropout(0.3)
    y = layer(np.ones((50, 40, 10)), training=True)
    assert set(np.unique(y.round(12))) == {0, round(1 / 0.7, 12)}
    assert abs((y == 0).mean() - 0.3) < 0.01
    np.testing.assert_array_equal(layer(X), X)
    same = Dropout(0.3, noise_shape=(None, 1, None))(np.ones((5, 4, 10)), training=True)
    np.testing.assert_array_equal(same, np.repeat(same[:, :1], 4, axis=1))


def test_dropout_of_a_recurrent_layer_is_that_of_its_input_the_same_at_every_timestep():
    layer = randomised(SimpleRNN(H, dropout=0.5), X.shape)
    kept = layer._keep(X, Call(training=True, seed=(3,)))
    assert kept.shape == (B, 1, D)
    assert set(np.unique(kept)) == {0, 2}
    y, _ = layer.forward(layer.params, X, Call(training=True, seed=(3,)))
    np.testing.assert_allclose(y, layer(X * kept), rtol=1e-13)
    assert (layer(X) != y).any()


def test_lags_stack_the_last_inputs_the_oldest_first():
    x = np.arange(1.0, 9).reshape(1, 4, 2)
    np.testing.assert_array_equal(Lags(2)(x), [[5, 6, 7, 8]])
    np.testing.assert_array_equal(
        Lags(2, return_sequences=True)(x), [[[0, 0, 1, 2], [1, 2, 3, 4], [3, 4, 5, 6], [5, 6, 7, 8]]]
    )
    np.testing.assert_array_equal(Lags(5)(x), [[0, 0, *x.ravel()]])


def test_a_result_is_the_callers_own():
    for layer in (LSTM(H, return_state=True), Dense(3), Bidirectional(GRU(H, return_sequences=True))):
        randomised(layer, X.shape)
        first = layer(X)
        kept = [np.copy(each) for each in (first if isinstance(first, list) else [first])]
        layer(2 * X)
        for now, then in zip(first if isinstance(first, list) else [first], kept, strict=True):
            np.testing.assert_array_equal(now, then)


# ---- weights


SHAPES = [
    (SimpleRNN(H), [(D, H), (H, H), (H,)]),
    (SimpleRNN(H, use_bias=False), [(D, H), (H, H)]),
    (LSTM(H), [(D, 4 * H), (H, 4 * H), (4 * H,)]),
    (LSTM(H, use_peepholes=True), [(D, 4 * H), (H, 4 * H), (4 * H,), (3 * H,)]),
    (GRU(H), [(D, 3 * H), (H, 3 * H), (2, 3 * H)]),
    (GRU(H, reset_after=False), [(D, 3 * H), (H, 3 * H), (3 * H,)]),
    (Bidirectional(GRU(H)), 2 * [(D, 3 * H), (H, 3 * H), (2, 3 * H)]),
    (Dense(5), [(D, 5), (5,)]),
    (Dropout(0.1), []),
    (Lags(2), []),
]


@pytest.mark.parametrize(("layer", "shapes"), SHAPES, ids=named)
def test_weights_have_the_shapes_and_the_order_of_keras(layer, shapes):
    layer = type(layer).from_config(layer.get_config())
    assert not layer.built
    assert layer.get_weights() == []
    layer.build((None, None, D))
    assert [w.shape for w in layer.get_weights()] == shapes
    assert {w.dtype for w in layer.get_weights()} <= {np.dtype(np.float32)}
    assert layer.count_params() == sum(int(np.prod(shape)) for shape in shapes)
    fresh = [np.random.default_rng(0).random(shape) for shape in shapes]
    layer.set_weights(fresh)
    for now, then in zip(layer.get_weights(), fresh, strict=True):
        np.testing.assert_array_equal(now, then.astype(np.float32))


def test_weights_begin_as_in_keras():
    lstm = LSTM(50)
    lstm.build((None, None, 40))
    kernel, recurrent, bias = lstm.get_weights()
    limit = np.sqrt(6 / (40 + 200))
    assert 0.95 * limit < np.abs(kernel).max() <= limit
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(50), atol=1e-5)
    np.testing.assert_array_equal(bias, np.repeat([0, 1, 0, 0], 50))
    plain = LSTM(50, unit_forget_bias=False)
    plain.build((None, None, 40))
    np.testing.assert_array_equal(plain.get_weights()[2], 0)
    embedding = Embedding(100, 20)
    embedding.build((None, 5))
    assert 0.049 < np.abs(embedding.get_weights()[0]).max() <= 0.05


@pytest.mark.parametrize(("cls", "gates", "signs"), [(LSTM, "ifgo", (-1, 1, 0, 0)), (GRU, "zrn", (1, 0, 0))])
def test_chrono_is_for_the_gates(cls, gates, signs):
    layer = cls(50, bias_initializer=Chrono(20))
    assert layer.gates == gates
    layer.build((None, None, 3))
    bias = layer.get_weights()[2].reshape(-1)[: 50 * len(gates)].reshape(len(gates), 50)
    for row, sign in zip(bias, signs, strict=True):
        assert (np.sign(row) == sign).all()
    assert np.abs(bias).max() <= np.log(19)
    assert np.abs(bias).max() > np.log(10)


def test_initializers_take_effect():
    layer = SimpleRNN(3, activation="relu", kernel_initializer="zeros", recurrent_initializer=Identity(0.5))
    layer.build((None, None, 2))
    np.testing.assert_array_equal(layer.get_weights()[1], 0.5 * np.eye(3))
    np.testing.assert_array_equal(layer.get_weights()[0], 0)


def test_a_layer_builds_itself_on_its_first_call_in_the_inputs_precision():
    layer = GRU(H)
    y = layer(X.astype(np.float32))
    assert layer.built
    assert y.dtype == layer.dtype == np.float32
    assert GRU(H)(X).dtype == np.float64
    assert GRU(H)(X.round().astype(int)).dtype == np.float32


def test_weights_do_not_follow_what_was_given():
    layer, given = randomised(Dense(5), ROWS.shape), [np.ones((D, 5)), np.ones(5)]
    layer.set_weights(given)
    given[0][...] = 7
    layer.get_weights()[0][...] = 8
    np.testing.assert_array_equal(layer.get_weights()[0], 1)


# ---- configurations


CONFIGURED = [
    TimeDistributed(Dense(3, activation="tanh")),
    RNN("gru", 3, cell_options={"reset_after": False}, return_sequences=True),
    SimpleRNN(3, activation="relu", recurrent_initializer=Identity(0.9), name="mine", input_shape=(None, 2)),
    LSTM(3, use_peepholes=True, unit_forget_bias=False, dropout=0.25, stateful=True, return_state=True),
    LSTM(3, bias_initializer=Chrono(9), kernel_initializer="random_normal", go_backwards=True),
    GRU(3, reset_after=False, return_sequences=True, use_bias=False, recurrent_initializer=Orthogonal(1.2)),
    Bidirectional(GRU(3, reset_after=False, return_sequences=True), merge_mode="ave", name="both"),
    Bidirectional(LSTM(3, input_shape=(5, 2))),
    Dense(3, activation="softmax", use_bias=False, kernel_initializer="ones"),
    Embedding(5, 2, mask_zero=True, input_length=6, embeddings_initializer="normal"),
    Dropout(0.3, noise_shape=(None, 1, None)),
    Lags(3, return_sequences=True),
    Masking(-1.5),
]


@pytest.mark.parametrize("layer", CONFIGURED, ids=named)
def test_a_configuration_makes_the_layer_again(layer):
    config = layer.get_config()
    again = type(layer).from_config(json.loads(json.dumps(config)))
    assert again.get_config() == config
    assert repr(again) == repr(layer)
    assert again is not layer


def test_every_layer_is_exported_and_has_been_configured():
    offered = {cls for cls in vars(layers).values() if isinstance(cls, type) and issubclass(cls, layers.Layer)}
    assert {type(layer) for layer in CONFIGURED} == offered - {layers.Layer, Input}


# ---- bad input


BAD_OPTIONS = [
    (lambda: LSTM(0), ValueError, "units is 0"),
    (lambda: LSTM(-3), ValueError, "units is -3"),
    (lambda: LSTM(2.5), TypeError, "units is 2.5"),
    (lambda: LSTM(True), TypeError, "units is True"),
    (lambda: LSTM("3"), TypeError, "units is '3'"),
    (lambda: SimpleRNN(3, activation="tahn"), ValueError, "activation is 'tahn'"),
    (lambda: SimpleRNN(3, activation="sigmoid"), ValueError, "activation is 'sigmoid'"),
    (lambda: LSTM(3, activation="relu"), ValueError, "activation is 'relu'"),
    (lambda: GRU(3, recurrent_activation="tanh"), ValueError, "recurrent_activation is 'tanh'"),
    (lambda: LSTM(3, kernel_initializer="glorot"), ValueError, "kernel_initializer is 'glorot'.*Did you mean"),
    (lambda: LSTM(3, recurrent_initializer=3), TypeError, "recurrent_initializer is a int"),
    (lambda: LSTM(3, dropout=1.0), ValueError, "dropout is 1"),
    (lambda: LSTM(3, dropout=-0.1), ValueError, "dropout is -0.1"),
    (lambda: LSTM(3, dropout=float("nan")), ValueError, "dropout is nan"),
    (lambda: LSTM(3, recurrent_dropout=0.5), ValueError, "recurrent_dropout is 0.5"),
    (lambda: LSTM(3, return_sequences=1), TypeError, "return_sequences is a int"),
    (lambda: LSTM(3, stateful="no"), TypeError, "stateful is a str"),
    (lambda: LSTM(3, use_bias=None), TypeError, "use_bias is a NoneType"),
    (lambda: LSTM(3, use_peepholes=1), TypeError, "use_peepholes is a int"),
    (lambda: LSTM(3, unit_forget_bias=0), TypeError, "unit_forget_bias is a int"),
    (lambda: GRU(3, reset_after=1), TypeError, "reset_after is a int"),
    (lambda: LSTM(3, name=3), TypeError, "name is a int"),
    (lambda: LSTM(3, input_shape=4), TypeError, "input_shape is 4"),
    (lambda: LSTM(3, input_shape=(0, 4)), ValueError, r"input_shape\[0\] is 0"),
    (lambda: LSTM(3, input_shape=(2, 4.5)), TypeError, r"input_shape\[1\] is 4.5"),
    (lambda: Dense(0), ValueError, "units is 0"),
    (lambda: Dense(3, "softmaxx"), ValueError, "activation is 'softmaxx'.*Did you mean 'softmax'"),
    (lambda: Dense(3, 4), TypeError, "activation is a int"),
    (lambda: Embedding(0, 3), ValueError, "input_dim is 0"),
    (lambda: Embedding(3, 0), ValueError, "output_dim is 0"),
    (lambda: Embedding(3, 2, mask_zero=1), TypeError, "mask_zero is a int"),
    (lambda: Embedding(3, 2, input_length=0), ValueError, "input_length is 0"),
    (lambda: Dropout(1), ValueError, "rate is 1"),
    (lambda: Dropout("a"), TypeError, "rate is 'a'"),
    (lambda: Dropout(0.5, noise_shape=3), TypeError, "noise_shape is 3"),
    (lambda: Lags(0), ValueError, "size is 0"),
    (lambda: Lags(2, return_sequences=None), TypeError, "return_sequences is a NoneType"),
    (lambda: Masking("0"), TypeError, "mask_value is '0'"),
    (lambda: Masking(np.nan), ValueError, "mask_value is nan"),
    (lambda: Input(3), TypeError, "shape is 3"),
    (lambda: Input((None, 0)), ValueError, r"shape\[1\] is 0"),
    (lambda: Bidirectional(Dense(3)), TypeError, "layer is a Dense"),
    (lambda: Bidirectional(3), TypeError, "layer is a int"),
    (lambda: Bidirectional(LSTM(3), merge_mode="add"), ValueError, "merge_mode is 'add'"),
    (lambda: Bidirectional(LSTM(3), merge_mode=None), ValueError, "merge_mode is None"),
    (lambda: Bidirectional(LSTM(3, go_backwards=True)), ValueError, "layer is"),
    (lambda: Bidirectional(LSTM(3, stateful=True)), ValueError, "layer is"),
    (lambda: Bidirectional(LSTM(3, return_state=True)), ValueError, "layer is"),
    (lambda: Bidirectional(randomised(LSTM(3), X.shape)), ValueError, "layer is"),
    (lambda: Bidirectional({"class_name": "LSTN", "config": {}}), ValueError, "Did you mean 'LSTM'"),
]


@pytest.mark.parametrize(("make", "kind", "message"), BAD_OPTIONS)
def test_options_that_are_refused(make, kind, message):
    with pytest.raises(kind, match=message):
        make()


def with_entry(value):
    x = X.copy()
    x[1, 2, 3] = value
    return x


BAD_CALLS = [
    (LSTM, {"x": X[0]}, ValueError, "shape"),
    (LSTM, {"x": X[:, :, :3]}, ValueError, "shape"),
    (LSTM, {"x": X[:, :0]}, ValueError, "x has shape"),
    (LSTM, {"x": X[:0]}, ValueError, "x has shape"),
    (LSTM, {"x": with_entry(np.nan)}, ValueError, r"x holds nan at index \(1, 2, 3\)"),
    (LSTM, {"x": with_entry(-np.inf)}, ValueError, "x holds -inf"),
    (LSTM, {"x": X.astype(str)}, TypeError, "x has dtype"),
    (LSTM, {"x": X.astype(complex)}, TypeError, "x has dtype"),
    (LSTM, {"x": [[1.0], [1.0, 2.0]]}, ValueError, "x is not a rectangular array"),
    (LSTM, {"x": np.ma.masked_greater(X, 1)}, ValueError, "x has masked entries"),
    (LSTM, {"x": X, "mask": MASK.astype(int)}, ValueError, "mask is int64"),
    (LSTM, {"x": X, "mask": MASK[:, :-1]}, ValueError, "mask is bool of shape"),
    (LSTM, {"x": X, "initial_state": [np.zeros((B, H))]}, ValueError, "initial_state has 1 arrays"),
    (
        LSTM,
        {"x": X, "initial_state": [np.zeros((B, H)), np.zeros((B, H + 1))]},
        ValueError,
        "initial_state c0 has shape",
    ),
    (
        LSTM,
        {"x": X, "initial_state": [np.zeros((B, H)), np.full((B, H), np.nan)]},
        ValueError,
        "initial_state c0 holds",
    ),
    (LSTM, {"x": X, "initial_state": np.zeros((B, H))}, ValueError, "initial_state has 1 arrays"),
    (GRU, {"x": X, "initial_state": np.zeros((B + 1, H))}, ValueError, "initial_state h0 has shape"),
    (Dense, {"x": X, "initial_state": np.zeros((B, H))}, ValueError, "initial_state is given"),
    (Dense, {"x": X[..., :2]}, ValueError, "shape"),
    (Dense, {"x": X[:, 0, 0]}, ValueError, "shape"),
    (Lags, {"x": X[:, 0]}, ValueError, "shape"),
]


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize(("cls", "options", "kind", "message"), BAD_CALLS)
def test_calls_that_are_refused_leave_the_layer_as_it_was(cls, options, kind, message, built):
    layer = cls(H)
    if built:
        randomised(layer, X.shape)
    elif message == "shape" and options["x"].ndim == 3:
        pytest.skip("an unbuilt layer takes any size")
    before = layer.get_weights()
    with pytest.raises(kind, match=message):
        layer(**options)
    assert layer.built == built
    for now, then in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(
    ("x", "kind", "message"),
    [
        (SYMBOLS.astype(float), TypeError, "x has dtype float64"),
        (SYMBOLS > 1, TypeError, "x has dtype bool"),
        (SYMBOLS - 1, ValueError, "x has symbols -1 to 5"),
        (SYMBOLS + 1, ValueError, "x has symbols 1 to 7; accepted are 0 to 6"),
        (SYMBOLS[0], ValueError, "shape"),
        (SYMBOLS[:, :0], ValueError, "x has shape"),
        (SYMBOLS[:, :4], ValueError, r"shape .*accepted is \(B, 6\)"),
    ],
)
def test_symbols_that_are_refused(x, kind, message):
    layer = Embedding(V, D, input_length=T)
    with pytest.raises(kind, match=message):
        layer(x)


def test_states_of_both_directions_that_are_refused():
    layer = randomised(Bidirectional(LSTM(H)), X.shape)
    zeros = np.zeros((B, H))
    for state in (zeros, [zeros] * 3, [zeros] * 2, [zeros] * 3 + [zeros[1:]]):
        with pytest.raises(ValueError, match="initial_state"):
            layer(X, initial_state=state)
    assert layer(X, initial_state=[zeros] * 4).shape == (B, 2 * H)


def test_building_twice_or_without_a_size_is_refused():
    layer = randomised(LSTM(H), X.shape)
    with pytest.raises(ValueError, match="built already"):
        layer.build(X.shape)
    for shape, kind in [((None, None, None), ValueError), ((), ValueError), (3, TypeError), ((2, D), ValueError)]:
        with pytest.raises(kind, match="shape"):
            LSTM(H).build(shape)
    with pytest.raises(TypeError, match="dtype is float16"):
        LSTM(H).build(X.shape, dtype="float16")
    with pytest.raises(ValueError, match="seed is -1"):
        LSTM(H).build(X.shape, seed=-1)
    with pytest.raises(ValueError, match="not built"):
        _ = LSTM(H).params
    with pytest.raises(ValueError, match="not built"):
        LSTM(H).set_weights([])
    with pytest.raises(ValueError, match="Chrono"):
        SimpleRNN(H, bias_initializer=Chrono(5)).build(X.shape)
    with pytest.raises(ValueError, match="Identity"):
        SimpleRNN(3, kernel_initializer="identity").build((None, None, 4))
    with pytest.raises(ValueError, match="noise_shape"):
        Dropout(0.5, noise_shape=(None, 2, None))(X)


@pytest.mark.parametrize(
    ("weights", "kind", "message"),
    [
        (None, TypeError, "weights is a NoneType"),
        (np.zeros((2, D)), TypeError, "weights is a ndarray"),
        ([np.zeros((D, 5))], ValueError, "weights has 1 arrays"),
        ([np.zeros((5, D)), np.zeros(5)], ValueError, "weights of dense, kernel, has shape"),
        ([np.zeros((D, 5)), np.zeros((1, 5))], ValueError, "weights of dense, bias, has shape"),
        ([np.zeros((D, 5)), np.full(5, np.nan)], ValueError, "weights of dense, bias, holds nan"),
        ([np.zeros((D, 5)), np.array(["a"] * 5)], TypeError, "weights of dense, bias, has dtype"),
    ],
)
def test_weights_that_are_refused_change_nothing(weights, kind, message):
    layer = randomised(Dense(5), ROWS.shape)
    before = layer.get_weights()
    with pytest.raises(kind, match=message):
        layer.set_weights(weights)
    for now, then in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_time_distributed_is_dense():
    x = np.random.default_rng(0).standard_normal((3, 5, 2))
    one, other = Dense(4, activation="tanh"), TimeDistributed(Dense(4, activation="tanh"))
    y = one(x)
    other.build((None, None, 2), dtype="float64")
    other.set_weights(one.get_weights())
    assert np.array_equal(other(x), y)
    for wrong in (x[..., :1], x[:, 0]):
        with pytest.raises(ValueError, match="accepted is"):
            other(wrong)


def test_time_distributed_learns_as_dense_does():
    x, y = np.random.default_rng(0).standard_normal((8, 5, 2)), np.random.default_rng(1).integers(0, 3, (8, 5))
    histories = []
    for last in (Dense(3, activation="softmax"), TimeDistributed(Dense(3, activation="softmax"))):
        model = Sequential([GRU(4, return_sequences=True), last])
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        histories.append(model.fit(x, y, epochs=3, verbose=0).history)
    assert histories[0] == histories[1]
