"""States and gates over texts and series: those of `unroll`."""

import numpy as np
import pytest

from rnnedu import layers, unroll
from rnnedu.cells import CELLS
from rnnedu.experiments import hidden
from rnnedu.models import Sequential
from tests.test_language import toy


def test_over_a_text_they_are_the_layers_own():
    model = toy()
    symbols, values = hidden.over_text(model, "ab<", layer=1)
    assert symbols == list("\nab<")
    assert list(values) == ["h_t", "c_t", "i_t", "f_t", "g_t", "o_t"]
    inside = [type(each).from_config(each.get_config()) for each in model.model.layers[:3]]
    inner = Sequential([layers.Input((None,)), *inside])
    _ = inner.home
    inner.set_weights(model.model.get_weights()[: len(inner.get_weights())])
    assert np.allclose(values["h_t"], inner.predict(model.vocabulary.encode("\nab<")[None])[0], atol=1e-6)


def test_after_an_end_they_begin_anew():
    model = toy()
    symbols, values = hidden.over_text(model, "ab\nbba")
    assert symbols == list("\nab\nbba")
    assert values["h_t"].shape == (7, 4)
    assert np.allclose(values["h_t"][:3], hidden.over_text(model, "ab")[1]["h_t"], atol=1e-6)
    assert np.allclose(values["h_t"][3:], hidden.over_text(model, "bba")[1]["h_t"], atol=1e-6)


@pytest.mark.parametrize("cell", list(CELLS))
def test_every_cell_over_numbers(cell):
    params, x = CELLS[cell].init(3, 4, seed=1), np.random.default_rng(0).standard_normal((6, 3))
    values = hidden.over_numbers(params, x)
    run = unroll.forward(params, x[:, None])
    assert [f"{name}_t" for name in CELLS[cell].state] == list(values)[: len(CELLS[cell].state)]
    for name, array in values.items():
        assert np.array_equal(array, [getattr(step, name)[0] for step in run.steps]), name


def test_a_model_over_numbers():
    model = Sequential([layers.Input((None, 1)), layers.GRU(4, return_sequences=True), layers.Dense(1)], seed=1)
    x = np.linspace(-1, 1, 5)[:, None]
    values = hidden.over_numbers(model, x)
    assert next(iter(values)) == "h_t"
    assert values["h_t"].shape == (5, 4)


def test_what_is_refused():
    with pytest.raises(ValueError, match="x has shape"):
        hidden.over_numbers(CELLS["rnn"].init(3, 4), np.ones(3))
    with pytest.raises(TypeError, match="model is a str"):
        hidden.over_numbers("model", np.ones((3, 1)))
    with pytest.raises(TypeError, match="language is a str"):
        hidden.over_text("model", "a")
    with pytest.raises(ValueError, match="character 'x'"):
        hidden.over_text(toy(), "ax")
