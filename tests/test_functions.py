"""The functions: derivatives against central differences, no overflow, no change of dtype."""

import numpy as np
import pytest

from rnnedu import functions, gradcheck
from rnnedu.functions import ACTIVATIONS, dsigmoid, sigmoid

PAIRS = {**ACTIVATIONS, "sigmoid": (sigmoid, dsigmoid)}
A = np.array([-3.0, -1.25, -0.2, 0.1, 0.7, 2.5])  # not at relu's kink


@pytest.mark.parametrize("name", PAIRS)
def test_the_derivative_takes_the_output_and_is_the_slope(name):
    f, derivative = PAIRS[name]
    eps = 1e-6
    slope = (f(A + eps) - f(A - eps)) / (2 * eps)
    np.testing.assert_allclose(derivative(f(A)), slope, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(2,), (2, 3), (2, 3, 1), (0, 3)])
@pytest.mark.parametrize("name", PAIRS)
def test_shape_and_dtype_are_kept(name, shape, dtype):
    f, derivative = PAIRS[name]
    a = np.full(shape, 0.3, dtype)
    y = f(a)
    assert (y.shape, y.dtype) == (shape, dtype)
    assert (derivative(y).shape, derivative(y).dtype) == (shape, dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", PAIRS)
def test_huge_arguments_stay_finite_without_a_warning(name, dtype):
    f, derivative = PAIRS[name]
    y = f(np.array([-1e6, 1e6], dtype))
    assert np.isfinite(y).all()
    assert np.isfinite(derivative(y)).all()


def test_known_values():
    assert sigmoid(np.zeros(1)) == 0.5
    np.testing.assert_array_equal(sigmoid(np.array([-1e6, 1e6])), [0, 1])
    np.testing.assert_allclose(sigmoid(A), 1 / (1 + np.exp(-A)), rtol=1e-14)
    np.testing.assert_allclose(sigmoid(A) + sigmoid(-A), 1, rtol=1e-15)
    np.testing.assert_array_equal(functions.relu(np.array([-2.0, 0.0, 3.0])), [0, 0, 3])
    np.testing.assert_array_equal(functions.drelu(np.array([0.0, 3.0])), [0, 1])


def test_the_largest_slopes():
    assert dsigmoid(np.array([0.5])) == 0.25
    assert functions.dtanh(np.zeros(1)) == 1


@pytest.mark.parametrize("name", PAIRS)
def test_the_argument_is_unchanged(name):
    f, derivative = PAIRS[name]
    a = A.copy()
    y = f(a)
    before = y.copy()
    derivative(y)
    np.testing.assert_array_equal(a, A)
    np.testing.assert_array_equal(y, before)


ROWS = {
    "softmax": (functions.softmax, functions.dsoftmax),
    "log_softmax": (functions.log_softmax, functions.dlog_softmax),
}


@pytest.mark.parametrize("shape", [(5,), (3, 5), (2, 3, 4)], ids=str)
@pytest.mark.parametrize("name", ROWS)
def test_the_derivative_of_a_row(name, shape):
    f, derivative = ROWS[name]
    rng = np.random.default_rng(0)
    a, dy = rng.standard_normal((2, *shape))
    report = gradcheck.compare(lambda a: (dy * f(a)).sum(), {"a": a}, {"a": derivative(f(a), dy)})
    assert report.ok, str(report)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ROWS)
def test_rows_of_huge_entries_stay_finite_and_unchanged(name, dtype):
    f, derivative = ROWS[name]
    a = np.array([[-1500, 1500, 0], [1e6, 1e6, -1e6], [-1500, -1500, -1500]], dtype)
    before, dy = a.copy(), np.ones_like(a)
    y = f(a)
    assert (y.shape, y.dtype, derivative(y, dy).dtype) == (a.shape, dtype, dtype)
    assert np.isfinite(y).all()
    assert np.isfinite(derivative(y, dy)).all()
    np.testing.assert_array_equal(a, before)
    np.testing.assert_array_equal(dy, 1)


def test_known_rows():
    np.testing.assert_allclose(functions.softmax(np.log([[1.0, 2.0, 5.0]])), [[0.125, 0.25, 0.625]])
    np.testing.assert_allclose(functions.softmax(A + 700), functions.softmax(A))
    np.testing.assert_allclose(np.exp(functions.log_softmax(A)), functions.softmax(A))
    np.testing.assert_array_equal(functions.log_softmax(np.array([1500.0, -1500.0])), [0, -3000])


def test_a_row_as_wide_as_the_floats_gives_no_warning():
    np.testing.assert_array_equal(functions.softmax(np.array([3e38, -3e38], np.float32)), [1, 0])
