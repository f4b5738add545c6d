"""Models of Keras against ours, there and back, on whatever backend KERAS_BACKEND names (TensorFlow by default)."""

import itertools

import numpy as np
import pytest

from rnnedu.interop.keras import from_keras, to_keras
from rnnedu.layers import GRU, LSTM, Bidirectional, Dense, Dropout, Embedding, SimpleRNN
from rnnedu.models import Sequential

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras' own arrays under NumPy 2

CELLS = {
    "rnn": lambda **o: SimpleRNN(5, **o),
    "relu": lambda **o: SimpleRNN(5, activation="relu", **o),
    "linear": lambda **o: SimpleRNN(5, activation="linear", **o),
    "lstm": lambda **o: LSTM(5, unit_forget_bias=False, **o),
    "gru": lambda **o: GRU(5, **o),
    "before": lambda **o: GRU(5, reset_after=False, **o),
    "unbiased": lambda **o: GRU(5, use_bias=False, dropout=0.1, **o),
}
FORMS = ["forward", "backward", "concat", "sum", "mul", "ave"]
MODELS = list(itertools.product(FORMS, [False, True], [False, True]))
MODELS.remove(("backward", True, True))  # is refused: Keras does not turn the mask round
SYMBOLS = np.array([[1, 2, 3, 4, 5, 6], [7, 8, 0, 0, 0, 0], [0, 0, 3, 0, 5, 0], [0, 0, 0, 0, 0, 0]])


def shaken(model):
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(0, 0.4, w.shape).astype(w.dtype) for w in model.get_weights()])
    return model


def theirs(model, x):
    return keras.ops.convert_to_numpy(model(x))


@pytest.mark.parametrize(("form", "sequences", "mask"), MODELS)
@pytest.mark.parametrize("cell", CELLS)
def test_there_and_back(cell, form, sequences, mask):
    layer = CELLS[cell](return_sequences=sequences, go_backwards=form == "backward")
    layer = layer if form in ("forward", "backward") else Bidirectional(layer, merge_mode=form)
    between = CELLS[cell](return_sequences=True)
    model = Sequential([Embedding(9, 4, mask_zero=mask), between, layer, Dropout(0.5), Dense(3, "softmax")])
    model.build((None, None))
    made = to_keras(shaken(model))
    np.testing.assert_allclose(theirs(made, SYMBOLS), model.predict(SYMBOLS), atol=1e-5)
    for one, other in zip(made.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    again = from_keras(made)
    np.testing.assert_array_equal(again.predict(SYMBOLS), model.predict(SYMBOLS))
    assert [layer.get_config()["name"] for layer in again.layers] == [layer.name for layer in made.layers]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "before"])
def test_states_are_carried_alike(cell):
    model = Sequential([CELLS[cell](stateful=True, return_sequences=True)])
    model.build((None, 4, 3))
    made = to_keras(shaken(model), batch_size=2)
    for x in np.random.default_rng(0).normal(size=(3, 2, 4, 3)).astype(np.float32):
        np.testing.assert_allclose(theirs(made, x), model(x), atol=1e-5)
    assert from_keras(made).layers[0].stateful


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="JAX has no float64 unless jax_enable_x64 is set")
def test_in_float64():
    model = Sequential([LSTM(5), Dense(2)], dtype="float64")
    model.build((None, 4, 3))
    made = to_keras(shaken(model))
    assert made.get_weights()[0].dtype == np.float64
    x = np.random.default_rng(0).normal(size=(2, 4, 3))
    tight = keras.backend.backend() == "tensorflow"
    np.testing.assert_allclose(theirs(made, x), model.predict(x), atol=1e-14 if tight else 1e-5)
    np.testing.assert_array_equal(from_keras(made, dtype="float64").predict(x), model.predict(x))


def made_of(*layers):
    return keras.Sequential([keras.Input((4, 3)), *layers])


@pytest.mark.parametrize(
    ("model", "named"),
    [
        (lambda k: made_of(k.Conv1D(2, 1)), "Conv1D"),
        (lambda k: made_of(k.Masking()), "Masking"),
        (lambda k: made_of(k.LSTM(2, recurrent_dropout=0.1)), "recurrent_dropout"),
        (lambda k: made_of(k.LSTM(2, activation="relu")), "activation"),
        (lambda k: made_of(k.GRU(2, zero_output_for_mask=True)), "zero_output_for_mask"),
        (lambda k: made_of(k.Dense(2, activation="gelu")), "gelu"),
        (lambda k: made_of(k.Bidirectional(k.LSTM(2), backward_layer=k.GRU(2, go_backwards=True))), "backward_layer"),
        (lambda k: keras.Sequential([k.LSTM(2)]), "not built"),
        (lambda k: k.LSTM(2), "accepted is a Sequential"),
    ],
)
def test_what_is_not_here_is_refused_by_name(model, named):
    given = model(keras.layers)
    with pytest.raises((ValueError, TypeError), match=named):
        from_keras(given)
