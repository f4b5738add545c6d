"""Products of Jacobians, their singular values and their bound: against NumPy on the products written out."""

import numpy as np
import pytest

from rnnedu import unroll
from rnnedu.cells import CELLS
from rnnedu.experiments import jacobians, linear
from rnnedu.gradcheck import randomised
from rnnedu.trace import Trace

KINDS = [(name, options) for name, cell in CELLS.items() for options in cell.Params.option_sets()]


def steps(T=6, N=4, scale=1.0, seed=0):
    return scale * np.random.default_rng(seed).standard_normal((T, N, N))


def written_out(given):
    """Return the products of the last 0, 1, ... T-1 of some matrices."""
    found = [np.eye(given.shape[1])]
    for matrix in given[:0:-1]:
        found.append(found[-1] @ matrix)
    return np.stack(found)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 40.0])
def test_products_and_their_singular_values_are_those_of_numpy(scale):
    given = steps(scale=scale)
    found, exact = jacobians.products(given, 4), written_out(given)
    product = np.ldexp(found.mantissas, found.exponents[:, None, None])
    np.testing.assert_allclose(product, exact, rtol=1e-12, atol=0)
    largest = np.abs(found.mantissas[1:]).max((1, 2))
    assert ((largest >= 0.5) & (largest < 1)).all()
    expected = np.linalg.svd(exact, compute_uv=False)
    np.testing.assert_allclose(found.singular_values()[:, 0], expected[:, 0], rtol=1e-12)
    np.testing.assert_allclose(found.singular_values(), expected, rtol=1e-6)


def test_many_large_matrices_are_shared_among_cores_to_the_same_numbers(monkeypatch):
    given = steps(T=70, N=33)
    monkeypatch.setattr(jacobians, "CORES", 3)
    shared = jacobians.norms(given), jacobians.products(given, 33).singular_values()
    monkeypatch.setattr(jacobians, "CORES", 1)
    alone = jacobians.norms(given), jacobians.products(given, 33).singular_values()
    for one, other in zip(shared, alone, strict=True):
        np.testing.assert_array_equal(one, other)


def test_steps_that_are_all_alike_have_one_norm():
    given = np.broadcast_to(steps(T=1, N=5), (40, 5, 5))
    np.testing.assert_allclose(jacobians.norms(given), np.linalg.norm(given[0], 2), rtol=1e-12)
    assert jacobians.norms(given[:0]).shape == (0,)


def test_the_first_states_block_counts_ways_through_the_others():
    given = steps(N=6)
    found = jacobians.products(given, 3)
    product = np.ldexp(found.mantissas, found.exponents[:, None, None])
    np.testing.assert_allclose(product, written_out(given)[:, :3, :3], rtol=1e-11)


def test_far_below_the_floats_products_are_still_right():
    """1e-3 a step is 1e-600 after 200: the largest and smallest still stand in their ratio."""
    drawn = np.linalg.qr(np.random.default_rng(1).standard_normal((200, 3, 3)))[0]
    found = jacobians.products(1e-3 * drawn, 3)
    inside = np.linalg.svd(found.mantissas, compute_uv=False)
    logs = np.log10(inside) + found.exponents[:, None] * np.log10(2)
    np.testing.assert_allclose(logs, -3 * np.arange(200)[:, None] * np.ones(3), rtol=0, atol=1e-9)
    values = found.singular_values()
    np.testing.assert_allclose(values[100], 1e-300, rtol=1e-9)
    assert (values[150:] == 0).all()


def test_what_float64_cannot_resolve_is_nan_and_nothing_else():
    """Diagonal steps: the singular values are known, 1 and 0.1 ** k."""
    found = jacobians.products(np.tile(np.diag([1.0, 0.1]), (40, 1, 1)), 2).singular_values()
    k = np.arange(40)
    resolved = 0.1**k > 2 * np.finfo(float).eps
    np.testing.assert_allclose(found[resolved, 1], 0.1 ** k[resolved], rtol=0.1)
    assert np.isnan(found[~resolved, 1]).all()
    assert np.array_equal(found[:, 0], np.ones(40))


def test_zero_and_infinity_are_said_as_such():
    nothing = jacobians.products(np.zeros((3, 2, 2)), 2).singular_values()
    assert np.array_equal(nothing, [[1, 1], [0, 0], [0, 0]])
    huge = np.tile(1e200 * np.eye(2), (3, 1, 1))
    assert np.array_equal(jacobians.products(huge, 2).singular_values()[2], [np.inf, np.inf])
    assert np.array_equal(jacobians.bound(huge)[[0, 2]], [1, np.inf])


@pytest.mark.parametrize("scale", [1e-170, 1.0, 1e170])
def test_norms_are_numpys_at_every_scale(scale):
    given = steps(scale=scale)
    np.testing.assert_allclose(jacobians.norms(given), np.linalg.norm(given, 2, axis=(1, 2)), rtol=1e-12)
    assert jacobians.norms(np.zeros((1, 2, 2))) == [0]


@pytest.mark.parametrize(("name", "options"), KINDS, ids=str)
def test_of_a_cell_they_are_the_differences_of_its_last_state(name, options):
    """dh_T/dh_1, c_1 held: run anew from a moved h_1."""
    T, D, H, eps = 5, 3, 4, 1e-6
    cell, rng = CELLS[name], np.random.default_rng(3)
    params, x = randomised(cell.init(D, H, **options)), rng.standard_normal((T, 1, D))
    run = unroll.forward(params, x)
    given = linear.step_jacobians(Trace.of(run))
    found = jacobians.products(given, H)
    first = {f"{state}0": getattr(run.steps[0], f"{state}_t") for state in cell.state}

    def last(h):
        return unroll.forward(params, x[1:], **(first | {"h0": h})).last[0][0]

    columns = [(last(first["h0"] + unit) - last(first["h0"] - unit)) / (2 * eps) for unit in np.eye(H)[:, None] * eps]
    product = np.ldexp(found.mantissas[-1], found.exponents[-1])
    np.testing.assert_allclose(product, np.stack(columns, axis=1), rtol=0, atol=1e-8)
    assert (found.singular_values()[:, 0] <= jacobians.bound(given) * (1 + 1e-12)).all()
