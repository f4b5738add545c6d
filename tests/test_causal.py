"""Models that run symbol by symbol, and the traces of the layers in them."""

import numpy as np
import pytest

from rnnedu import layers
from rnnedu.cells import CELLS
from rnnedu.experiments import causal
from rnnedu.layers import chain
from rnnedu.models import Sequential


def stack(*made, shape=(None, 3), seed=3):
    return Sequential([layers.Input(shape), *made], seed=seed, dtype="float64")


def two_layers():
    return stack(
        layers.GRU(4, return_sequences=True),
        layers.Dropout(0.5),
        layers.LSTM(5, return_sequences=True),
        layers.Dense(2),
    )


def test_a_trace_is_what_the_layer_does_in_the_model():
    model, x = two_layers(), np.random.default_rng(0).standard_normal((2, 7, 3))
    second = causal.trace(model, x, layer=1)
    upto = stack(layers.GRU(4, return_sequences=True), layers.LSTM(5, return_sequences=True))
    upto.set_weights(model.get_weights()[: len(upto.get_weights())])
    assert np.allclose(second["h_t"].swapaxes(0, 1), upto.predict(x), atol=1e-12)
    assert causal.trace(model, x)["h_t"].shape == (7, 2, 4)


def test_the_last_recurrent_layer_may_return_one_state():
    model = stack(layers.SimpleRNN(4))
    x = np.ones((1, 6, 3))
    assert np.allclose(causal.trace(model, x)["h_t"][-1], model.predict(x), atol=1e-12)


@pytest.mark.parametrize("cell", list(CELLS))
def test_every_cell_runs_step_by_step(cell):
    model, x = stack(layers.RNN(cell, 4, return_sequences=True)), np.random.default_rng(2).standard_normal((1, 5, 3))
    first = chain.forward(causal.stepping(model), model.home.state, x[:, :3])
    rest = chain.forward(causal.stepping(model), model.home.state.carrying(first.carried), x[:, 3:])
    assert np.allclose(np.concatenate([first.y, rest.y], axis=1), model.predict(x), atol=1e-12)
    assert np.allclose(causal.trace(model, x)["h_t"][:, 0], model.predict(x)[0], atol=1e-12)


def test_step_by_step_is_all_at_once():
    model, x = two_layers(), np.random.default_rng(1).standard_normal((2, 6, 3))
    twins, state, carried, rows = causal.stepping(model), model.home.state, {}, []
    for t in range(6):
        passed = chain.forward(twins, state.carrying(carried), x[:, t : t + 1])
        carried = passed.carried
        rows.append(passed.y)
    assert sorted(carried) == [0, 2]
    assert np.allclose(np.concatenate(rows, axis=1), model.predict(x), atol=1e-12)
    assert not model.layers[0].stateful


def test_layers_are_found_in_order():
    assert [layer.units for layer in causal.recurrent(two_layers())] == [4, 5]
    with pytest.raises(ValueError, match="no recurrent layer"):
        causal.recurrent(stack(layers.Dense(2)))


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ([layers.Bidirectional(layers.LSTM(2, return_sequences=True))], "'bidirectional' is a Bidirectional"),
        ([layers.Lags(2, return_sequences=True)], "is a Lags"),
        ([layers.GRU(2, return_sequences=True, go_backwards=True)], "has go_backwards"),
        ([layers.GRU(2), layers.Dense(2)], "lacks return_sequences=True"),
    ],
)
def test_what_looks_ahead_is_refused(made, message):
    with pytest.raises(ValueError, match=message):
        causal.check(stack(*made))


def test_hidden_symbols_are_refused():
    model = stack(layers.Embedding(5, 2, mask_zero=True), layers.LSTM(2, return_sequences=True), shape=(None,))
    with pytest.raises(ValueError, match="mask_zero"):
        causal.check(model)


def test_other_kinds_and_places_are_refused():
    with pytest.raises(TypeError, match="model is a str"):
        causal.check("model")
    with pytest.raises(ValueError, match="not built"):
        causal.check(Sequential([layers.LSTM(2)]))
    with pytest.raises(ValueError, match="layer is 2"):
        causal.trace(two_layers(), np.ones((1, 4, 3)), layer=2)
    with pytest.raises(ValueError, match="shape"):
        causal.trace(two_layers(), np.ones((1, 4, 2)))
