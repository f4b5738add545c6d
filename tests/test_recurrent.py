"""Parameters for experiments: spectral radius, biases, options, for every cell."""

import numpy as np
import pytest

from rnnedu.cells import CELLS, get
from rnnedu.experiments import recurrent
from tests.test_new_cell import LEAKY, write_cell  # noqa: F401 (a fixture)


def radius(matrix):
    return np.abs(np.linalg.eigvals(matrix)).max()


@pytest.mark.parametrize("initializer", recurrent.INITIALIZERS)
@pytest.mark.parametrize("cell", CELLS)
def test_every_block_has_the_radius(cell, initializer):
    params = recurrent.parameters(cell, 5, 0.8, initializer, {}, {}, seed=3)
    names = recurrent.recurrent_blocks(params)
    assert len(names) == params.W_h.shape[1] // 5
    for name in names:
        block = getattr(params.blocks, name)
        assert radius(block) == pytest.approx(0.8, rel=1e-2 if initializer == "triangular" else 1e-12)
    different = initializer == "identity" or not np.array_equal(params.W_h[:, :5], params.W_h[:, -5:])
    assert different or len(names) == 1


def test_what_the_ways_to_draw_promise():
    drawn = {name: recurrent.of_radius_one(name, 40, 0, 0) for name in recurrent.INITIALIZERS}
    gains = {name: np.linalg.svd(matrix, compute_uv=False) for name, matrix in drawn.items()}
    np.testing.assert_allclose(gains["orthogonal"], 1, rtol=1e-12)
    assert 1.5 < gains["gaussian"][0] < 2.5
    assert gains["symmetric"][0] == pytest.approx(1)
    assert np.median(gains["symmetric"]) < 0.6
    assert np.array_equal(np.diag(drawn["triangular"]), np.ones(40))
    assert np.array_equal(drawn["triangular"], np.triu(drawn["triangular"]))
    assert gains["triangular"][0] > 1.5
    assert np.array_equal(drawn["identity"], np.eye(40))
    assert not drawn["gaussian"].flags.writeable
    assert not np.array_equal(drawn["gaussian"], recurrent.of_radius_one("gaussian", 40, 1, 0))


def test_the_rest_is_as_the_cell_begins():
    params, begun = recurrent.parameters("lstm", 5, 0.8, "gaussian", {"i": -1.5}, {}, seed=3), get("lstm").init(4, 5, 3)
    assert np.array_equal(params.W_x, begun.W_x)
    assert np.array_equal(params.b, np.repeat([-1.5, 1, 0, 0], 5))
    assert not params.W_h.flags.writeable
    options = {"activation": "relu"}
    assert recurrent.parameters("rnn", 2, 1.0, "identity", {}, options, seed=0).activation == "relu"


@pytest.mark.parametrize(("cell", "gates"), [("rnn", ""), ("lstm", "ifo"), ("peephole", "ifo"), ("gru", "zr")])
def test_sigmoid_gates_are_found(cell, gates):
    params = get(cell).init(1, 2)
    assert recurrent.gates(params) == list(gates)
    assert recurrent.gate_biases(params) == {gate: f"b_{gate}" for gate in gates}


def test_a_new_cells_gates_are_found(write_cell):  # noqa: F811 (the fixture)
    write_cell(LEAKY)
    params = recurrent.parameters("leaky", 3, 0.5, "orthogonal", {"k": 2.0}, {}, seed=0)
    assert recurrent.gate_biases(params) == {"k": "b_k"}
    assert np.array_equal(params.blocks.b_k, [2, 2, 2])
    np.testing.assert_allclose(params.W_h @ params.W_h.T, 0.25 * np.eye(3), atol=1e-15)


@pytest.mark.parametrize(
    ("biases", "options", "error", "words"),
    [
        ({"g": 1.0}, {}, ValueError, "biases is 'g'; accepted is one of 'i', 'f', 'o'"),
        ({}, {"activation": "relu"}, ValueError, "options is 'activation'"),
        ({}, [], TypeError, "options is a list"),
    ],
)
def test_what_the_cell_does_not_have_is_refused(biases, options, error, words):
    with pytest.raises(error) as failure:
        recurrent.parameters("lstm", 3, 1.0, "orthogonal", biases, options, seed=0)
    assert words in str(failure.value)
