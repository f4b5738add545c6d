"""The kernel that steps through any cell is `unroll` too, and the layer RNN is that of each cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnedu.cells import CELLS
from rnnedu.kernels import stepwise
from rnnedu.layers import GRU, LSTM, RNN, SimpleRNN
from tests.test_kernels import by_kernels, different, random_mask, reference
from tests.test_unroll import KINDS, Case, steady


@steady
@given(st.sampled_from(KINDS), st.integers(1, 6), st.booleans(), st.integers(0, 10**6))
def test_it_is_unroll(kind, T, reverse, seed):
    case = Case(kind, T, B=3, D=2, H=4, seed=seed)
    mask = random_mask(case, seed)
    assert different(by_kernels(case, mask, reverse, stepwise), reference(case, mask, reverse)) == []


def test_without_a_mask():
    case = Case(KINDS[0], T=4, B=3)
    everything = np.ones((4, 3), bool)
    assert different(by_kernels(case, None, True, stepwise), reference(case, everything, True)) == []


def test_an_overflow_is_told_with_its_timestep():
    params = CELLS["rnn"].init(2, 3, activation="identity")
    params = params.replace(W_h=params.W_h * 1e200)
    with pytest.raises(ValueError, match="t = 3"):
        stepwise.forward(params, np.ones((5, 1, 2)))


@pytest.mark.parametrize("layer", [SimpleRNN(4), LSTM(4), GRU(4, reset_after=False)], ids=lambda layer: layer.cell)
def test_the_layer_is_the_others(layer):
    x = np.random.default_rng(0).standard_normal((3, 5, 2))
    y = layer(x)
    options = {"reset_after": False} if layer.cell == "gru" else {}
    other = RNN(layer.cell, 4, cell_options=options).build((None, None, 2), dtype="float64")
    other.set_weights([array for name, array in layer.to_cell().arrays().items()])
    np.testing.assert_allclose(other(x), y, rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: RNN("lstn", 3), "'lstm'"),
        (lambda: RNN("gru", 3, cell_options={"reset": True}), "reset_after"),
        (lambda: RNN("gru", 3, cell_options={"reset_after": 1}), "reset_after is 1"),
        (lambda: RNN("lstm", 0), "units is 0"),
    ],
)
def test_bad_options_are_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()
