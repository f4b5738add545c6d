"""The bench does what its tables say: both sides do the same work, failures are named, ratios are ratios."""

import subprocess
import sys

import numpy as np
import pytest

from bench import charlm, children, clock, layers, machine
from bench.plain import PlainRNN


def test_the_plain_loop_s_gradients_are_right():
    model = PlainRNN(V=5, H=4, dtype=np.float64)
    rng, h = np.random.default_rng(1), np.full((4, 1), 0.3)
    for weight in model.weights.values():
        weight[...] = rng.standard_normal(weight.shape)
    inputs, targets = [0, 3, 1, 4], [3, 1, 4, 2]

    def loss():
        model.h = h
        return model.loss_and_gradients(inputs, targets)

    _, gradients = loss()
    for name, weight in model.weights.items():
        for index in np.ndindex(weight.shape):
            kept, values = weight[index], []
            for shift in (1e-5, -1e-5):
                weight[index] = kept + shift
                values.append(loss()[0])
            weight[index] = kept
            assert (values[0] - values[1]) / 2e-5 == pytest.approx(gradients[name][index], abs=1e-8)


def test_our_model_takes_the_plain_loop_s_steps():
    plain, batches = PlainRNN(charlm.V, 100), charlm.stretches((1, 25), count=4)
    step = charlm.ours_one_sequence(100)
    model = next(c.cell_contents for c in step.__closure__ if hasattr(c.cell_contents, "set_weights"))
    w = plain.weights
    model.set_weights([w["W_xh"].T, w["W_hh"].T, w["b_h"][:, 0], w["W_hy"].T, w["b_y"][:, 0]])
    for symbols, following in batches:
        assert step(symbols, following) == pytest.approx(plain.step(symbols[0], following[0]), rel=1e-4)


def test_compare_takes_the_median_of_the_rounds_ratios():
    times = {"ours": [(1.0, 1.0), (2.0, 2.0), (1.0, 1.0)], "peer": [(3.0, 6.0), (6.0, 12.0), (30.0, 60.0)]}
    row = clock.compare(times, "peer")
    assert (row["ratio"], row["ours_ms"], row["ours_cores"], row["peer_cores"]) == (3.0, 1000.0, 1.0, 2.0)


def test_alternate_runs_both_sides_in_every_round(monkeypatch):
    monkeypatch.setattr(clock, "PAUSE", 0)
    runs = []
    times = clock.alternate({"a": lambda: runs.append("a"), "b": lambda: runs.append("b")}, 2, sample=0, warm=1)
    assert "".join(runs) == "ababba"
    assert {name: len(each) for name, each in times.items()} == {"a": 2, "b": 2}


def test_a_child_that_fails_is_a_row_with_its_name():
    (row,) = children.rows("gemm:measure", {"cell": "sru"}, cell="sru", rounds=1)
    assert row["failed"]
    assert row["name"] == "gemm:measure, sru"
    assert "KeyError: 'sru'" in row["problem"]


def test_children_run_without_a_forced_processor(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert not {"OPENBLAS_CORETYPE", "OMP_NUM_THREADS"} & children.environment().keys()
    assert children.environment(threads=1)["OMP_NUM_THREADS"] == "1"


def test_a_missing_peer_is_skipped_by_name(monkeypatch, capsys):
    monkeypatch.setattr(machine, "missing", lambda *peers: list(peers))
    found = list(layers.rows(quick=True))
    layers.show(found)
    assert "PyTorch: skipped, torch not installed" in capsys.readouterr().out


def test_the_parent_loads_neither_numpy_nor_a_peer():
    code = (
        "import bench.__main__, sys; print([n for n in ('numpy', 'torch', 'keras', 'matplotlib') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=children.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
