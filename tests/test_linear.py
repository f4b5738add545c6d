"""Step Jacobians read from the equations: those of the code, and those of differences."""

import numpy as np
import pytest

from rnnedu import unroll
from rnnedu.cells import CELLS, cell_of
from rnnedu.experiments import linear
from rnnedu.gradcheck import randomised
from rnnedu.trace import Trace
from tests.test_new_cell import LEAKY, write_cell  # noqa: F401 (a fixture)

KINDS = [(name, options) for name, cell in CELLS.items() for options in cell.Params.option_sets()]
T, D, H = 4, 3, 5


def a_run(cell, **options):
    """Return a run of T steps over random input, from a random state, with random biases."""
    rng = np.random.default_rng(2)
    params = randomised(cell.init(D, H, seed=1, **options))
    initial = {f"{name}0": rng.standard_normal((1, H)) for name in cell.state}
    return unroll.forward(params, rng.standard_normal((T, 1, D)), **initial)


def by_step_back(run, step):
    """Return one step's Jacobian from a unit gradient on each unit of each state."""
    cell = cell_of(run.params)
    rows = len(cell.state) * run.params.H
    many = type(step)(**{name: np.repeat(value, rows, axis=0) for name, value in vars(step).items()})
    units = [part.copy() for part in np.split(np.eye(rows), len(cell.state), axis=1)]
    back = cell.step_back(run.params, many, *units)
    return np.hstack([getattr(back, f"d{name}_prev") for name in cell.state])


def by_differences(run, step, eps=1e-6):
    """Return one step's Jacobian from differences of `step`, a column for each unit of each state before."""
    cell = cell_of(run.params)
    before = np.hstack([getattr(step, f"{name}_prev") for name in cell.state])[0]

    def after(state):
        parts = [part[None].copy() for part in np.split(state, len(cell.state))]
        moved = cell.step(run.params, step.x_t, *parts)
        return np.hstack([getattr(moved, f"{name}_t") for name in cell.state])[0]

    units = np.eye(len(before)) * eps
    return np.stack([(after(before + unit) - after(before - unit)) / (2 * eps) for unit in units], axis=1)


def check(run):
    found = linear.step_jacobians(Trace.of(run))
    assert found.shape == (T, *[len(cell_of(run.params).state) * H] * 2)
    for jacobian, step in zip(found, run.steps, strict=True):
        np.testing.assert_allclose(jacobian, by_step_back(run, step), rtol=0, atol=1e-14)
        np.testing.assert_allclose(jacobian, by_differences(run, step), rtol=0, atol=1e-8)


@pytest.mark.parametrize(("name", "options"), KINDS, ids=str)
def test_they_are_those_of_the_code_and_of_differences(name, options):
    check(a_run(CELLS[name], **options))


def test_a_new_cell_has_them_too(write_cell):  # noqa: F811 (the fixture)
    check(a_run(write_cell(LEAKY).LEAKY))


def test_slices_of_the_timesteps_make_one_whole(monkeypatch):
    trace = Trace.of(a_run(CELLS["lstm"]))
    whole = linear.step_jacobians(trace)
    monkeypatch.setattr(linear, "TOGETHER", 3 * H**2)  # 3 steps, then 1
    assert np.array_equal(linear.step_jacobians(trace), whole)


@pytest.mark.parametrize(
    "line",
    ["dh_t * k_t + (da_k @ W_h.T) / 2", "-(-dh_t * k_t) - (-da_k @ W_h.T) / 2", "(da_k @ W_h.T) / 2 + k_t * dh_t"],
)
def test_every_way_to_write_what_is_linear(write_cell, line):  # noqa: F811
    """The code divides by 2 as well: the text and it say the same."""
    source = LEAKY.replace("dh_prev = dh_t * k_t + da_k @ W_h.T", f"dh_prev = {line}")
    check(a_run(write_cell(source.replace("+ da_k @ params.W_h.T", "+ da_k @ params.W_h.T / 2")
                           .replace("p.W_xk + h_prev @ p.W_h +", "p.W_xk + h_prev @ p.W_h / 2 +")).LEAKY))  # fmt: skip


@pytest.mark.parametrize("line", ["dh_t * dh_t", "k_t / dh_t", "tanh(dh_t)", "k_t + dh_t", "W_h @ dh_t"])
def test_what_is_not_linear_is_refused(write_cell, line):  # noqa: F811
    run = a_run(write_cell(LEAKY.replace("dh_prev = dh_t * k_t + da_k @ W_h.T", f"dh_prev = {line}")).LEAKY)
    with pytest.raises(ValueError, match="accepted is what is linear in gradients"):
        linear.step_jacobians(Trace.of(run))
