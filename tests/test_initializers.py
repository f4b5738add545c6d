"""How weights begin: the law they are drawn from, and the same draw for the same generator."""

import numpy as np
import pytest

from rnnedu import initializers
from rnnedu.cells import CELLS
from rnnedu.initializers import glorot_uniform, orthogonal
from rnnedu.layers import LSTM, Dense, SimpleRNN

DRAWS = [glorot_uniform, orthogonal]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("draw", DRAWS)
def test_shape_dtype_and_repeatability(draw, dtype):
    first, second = (draw(np.random.default_rng(3), (4, 12), dtype) for _ in range(2))
    assert (first.shape, first.dtype) == ((4, 12), dtype)
    np.testing.assert_array_equal(first, second)
    assert (first != draw(np.random.default_rng(4), (4, 12), dtype)).any()


@pytest.mark.parametrize("draw", DRAWS)
def test_only_the_given_generator_is_used(draw):
    rng = np.random.default_rng(0)
    first, second = draw(rng, (3, 3), np.float64), draw(rng, (3, 3), np.float64)
    assert (first != second).any()


def test_glorot_fills_its_interval_evenly():
    limit = np.sqrt(6 / (200 + 300))
    W = glorot_uniform(np.random.default_rng(0), (200, 300), np.float64)
    assert np.abs(W).max() <= limit
    assert np.abs(W).max() > 0.999 * limit
    np.testing.assert_allclose(W.var(), limit**2 / 3, rtol=0.02)
    assert abs(W.mean()) < 0.01 * limit


@pytest.mark.parametrize("shape", [(5, 5), (4, 16), (16, 4), (1, 1), (1, 3)])
def test_orthogonal_keeps_lengths(shape):
    W = orthogonal(np.random.default_rng(1), shape, np.float64)
    gram = W.T @ W if shape[0] >= shape[1] else W @ W.T
    np.testing.assert_allclose(gram, np.eye(min(shape)), atol=1e-14)


def test_orthogonal_prefers_no_sign():
    """Without the sign correction of the factorisation the first entry would nearly always be negative."""
    first = [orthogonal(np.random.default_rng(seed), (3, 3), np.float64)[0, 0] for seed in range(200)]
    assert 70 < np.sum(np.array(first) > 0) < 130


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_cells_begin_as_keras_does(name, dtype):
    params = CELLS[name].init(3, 4, seed=5, dtype=dtype)
    same, other = CELLS[name].init(3, 4, seed=5, dtype=dtype), CELLS[name].init(3, 4, seed=6, dtype=dtype)
    assert (params.D, params.H, params.dtype) == (3, 4, dtype)
    limit = np.sqrt(6 / sum(params.W_x.shape))
    assert np.abs(params.W_x).max() <= limit
    np.testing.assert_allclose(params.W_h @ params.W_h.T, np.eye(4), atol=1e-6)
    for key, value in params.arrays().items():
        assert value.dtype == dtype
        np.testing.assert_array_equal(value, same.arrays()[key])
    assert (params.W_h != other.W_h).any()
    biases = {"rnn": np.zeros(4), "gru": np.zeros(12), "lstm": np.repeat([0, 1, 0, 0], 4)}
    np.testing.assert_array_equal(params.b, biases[name])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: initializers.RandomUniform(1, -1), ValueError, "minval is 1; accepted"),
        (lambda: initializers.RandomNormal(stddev=-1), ValueError, "stddev is -1"),
        (lambda: Dense(3, kernel_initializer=np.zeros(3)), TypeError, "kernel_initializer is a ndarray"),
        (lambda: Dense(3, bias_initializer="orthogonal").build((None, 2)), ValueError, "accepted for Orthogonal"),
        (lambda: LSTM(3, bias_initializer="identity").build((None, 5, 2)), ValueError, "accepted for Identity"),
    ],
)
def test_what_cannot_begin_is_refused_by_name(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_bias_may_be_drawn_as_keras_does():
    bias = glorot_uniform(np.random.default_rng(0), (3000,), np.float64)
    assert 0.99 * np.sqrt(3 / 3000) < np.abs(bias).max() <= np.sqrt(3 / 3000)


def test_no_activation_is_linear_as_in_keras():
    assert SimpleRNN(3, activation=None).activation == "linear"
