"""A new cell is one file: writing it is all it takes to be checked and found."""

import importlib.util
import sys

import numpy as np
import pytest

from rnnedu import gradcheck, unroll
from rnnedu.cells import CELLS, cell_of, get
from rnnedu.layers import RNN, Dense
from rnnedu.models import Sequential, load_model
from rnnedu.optim import Adam
from rnnedu.trace import Trace
from rnnedu.widget import StepPlayer
from tests.test_equations import Case, check_backward, check_forward

LEAKY = '''
"""Leaky: a unit that keeps a learned part of itself."""

from dataclasses import dataclass

import numpy as np

from rnnedu.cells.base import Cell, Params, register, shaped
from rnnedu.functions import dsigmoid, dtanh, sigmoid, tanh


@dataclass(frozen=True, eq=False)
class LeakyParams(Params):
    gates = "kn"
    W_x: np.ndarray = shaped("D", "2H")
    W_h: np.ndarray = shaped("H", "H")
    b: np.ndarray = shaped("2H")


@dataclass(frozen=True, eq=False)
class LeakyStep:
    x_t: np.ndarray
    h_prev: np.ndarray
    k_t: np.ndarray
    n_t: np.ndarray
    h_t: np.ndarray


@dataclass(frozen=True, eq=False)
class LeakyBack:
    dh_t: np.ndarray
    da_k: np.ndarray
    da_n: np.ndarray
    dx_t: np.ndarray
    dh_prev: np.ndarray
    dW_x: np.ndarray
    dW_h: np.ndarray
    db: np.ndarray


def init(D, H, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = (D, 2 * H), (H, H), (2 * H,)
    return LeakyParams(*(rng.uniform(-0.5, 0.5, shape).astype(dtype) for shape in shapes))


def step(params, x_t, h_prev):
    """Return the LeakyStep that follows h_prev on x_t.

    Equations
    ---------
        k_t = sigmoid(x_t @ W_xk + h_prev @ W_h + b_k)
        n_t = tanh(x_t @ W_xn + b_n)
        h_t = k_t * h_prev + (1 - k_t) * n_t
    """
    params.check(x_t=x_t, h_prev=h_prev)
    p = params.blocks
    k_t = sigmoid(x_t @ p.W_xk + h_prev @ p.W_h + p.b_k)
    n_t = tanh(x_t @ p.W_xn + p.b_n)
    return LeakyStep(x_t, h_prev, k_t, n_t, k_t * h_prev + (1 - k_t) * n_t)


def step_back(params, step, dh_t):
    """Return the LeakyBack of one timestep.

    Equations
    ---------
        da_k = dh_t * (h_prev - n_t) * k_t * (1 - k_t)
        da_n = dh_t * (1 - k_t) * (1 - n_t ** 2)
        dx_t = da_k @ W_xk.T + da_n @ W_xn.T
        dh_prev = dh_t * k_t + da_k @ W_h.T
    """
    params.check(dh_t=dh_t)
    da_k = dh_t * (step.h_prev - step.n_t) * dsigmoid(step.k_t)
    da_n = dh_t * (1 - step.k_t) * dtanh(step.n_t)
    da = np.concatenate([da_k, da_n], axis=1)
    return LeakyBack(
        dh_t=dh_t, da_k=da_k, da_n=da_n, dx_t=da @ params.W_x.T, dh_prev=dh_t * step.k_t + da_k @ params.W_h.T,
        dW_x=step.x_t.T @ da, dW_h=step.h_prev.T @ da_k, db=da.sum(0),
    )


LEAKY = register(Cell("leaky", "Leaky", LeakyParams, init, step, step_back))
'''


REGISTER = dict(CELLS)


@pytest.fixture
def write_cell(tmp_path):
    """Return a function that writes a cell's file, imports it and returns the module; the register is restored."""
    modules = []

    def write(source, name="leaky_cell"):
        path = tmp_path / f"{name}.py"
        path.write_text(source, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        modules.append(name)
        spec.loader.exec_module(module)
        return module

    yield write
    CELLS.clear()
    CELLS.update(REGISTER)
    for name in modules:
        sys.modules.pop(name, None)


def test_one_file_makes_a_cell(write_cell):
    module = write_cell(LEAKY)
    assert list(CELLS) == [*REGISTER, "leaky"]
    assert get("leaky") is CELLS["leaky"] is module.LEAKY
    assert cell_of(module.init(2, 3)) is module.LEAKY


def test_the_gradient_checks_find_it(write_cell):
    write_cell(LEAKY)
    reports = {report.title: report for report in gradcheck.sweep()}
    assert len(reports) == 3 * sum(len(cell.Params.option_sets()) for cell in CELLS.values())
    own = [report for title, report in reports.items() if title.startswith("Leaky")]
    assert len(own) == 3
    assert all(report.worst <= 1e-7 for report in own)
    assert [row.name for row in own[0].rows] == ["W_x", "W_h", "b", "x", "h0"]


def test_a_wrong_derivative_in_it_is_noticed(write_cell):
    right = "dh_prev=dh_t * step.k_t + da_k @ params.W_h.T"
    assert LEAKY.count(right) == 1
    module = write_cell(LEAKY.replace(right, "dh_prev=da_k @ params.W_h.T"))
    assert not gradcheck.check(module.init(3, 4), T=3).ok


def test_its_equations_are_its_code(write_cell):
    case = Case(write_cell(LEAKY).LEAKY)
    check_forward(case)
    check_backward(case)


def test_it_is_unrolled_and_traced_like_the_others(write_cell):
    params = write_cell(LEAKY).init(3, 4)
    assert sorted(vars(params.blocks)) == ["W_h", "W_xk", "W_xn", "b_k", "b_n"]
    run = unroll.forward(params, np.random.default_rng(0).standard_normal((5, 2, 3)))
    trace = Trace.of(run, unroll.backward(run, dh_last=np.ones((2, 4))))
    assert list(trace.values) == ["x_t", "h_prev", "k_t", "n_t", "h_t"]
    assert {"da_k", "da_n", "dh_prev"} <= set(trace.gradients)
    assert set(trace.weight_gradients) == {"W_x", "W_h", "b"}


def test_a_cell_may_do_without_a_drawing(write_cell):
    assert write_cell(LEAKY).LEAKY.wiring is None


def test_afterwards_the_register_is_as_before():
    assert list(CELLS.items()) == list(REGISTER.items())


WIRED = LEAKY.replace(
    'LEAKY = register(Cell("leaky", "Leaky", LeakyParams, init, step, step_back))',
    """
def wiring(params):
    nodes = (Strip("h_prev", 0, 0, "dh_prev"), Op("keep", 1, 0, "×", "k_t * h_prev", "k_t"), Strip("h_t", 2, 0, "dh_t"))
    return Wiring(nodes, (Wire("h_prev", "keep", "h_prev", "dh_prev"), Wire("keep", "h_t", "h_t", "dh_t")))


LEAKY = register(Cell("leaky", "Leaky", LeakyParams, init, step, step_back, wiring=wiring))
""",
).replace("from rnnedu.functions", "from rnnedu.cells.wiring import Op, Strip, Wire, Wiring\nfrom rnnedu.functions")


def test_it_appears_in_the_player(write_cell):
    write_cell(LEAKY)
    player = StepPlayer(cell="leaky", units=3)
    assert player.choices["cells"]["leaky"] == "Leaky"
    assert player.data["rows"]["forward"] == {"states": ["h_t"], "others": ["k_t", "n_t"]}
    assert player.data["rows"]["backward"] == {"states": ["dh_t"], "others": ["da_k", "da_n"]}
    assert [line["symbol"] for line in player.data["forward"]] == ["k_t", "n_t", "h_t"]
    assert [line["symbol"] for line in player.data["backward"]] == ["dh_t", "da_k", "da_n", "dx_t", "dh_prev"]
    assert np.array_equal(player.data["values"]["k_t"], player.trace["k_t"][:, 0])
    assert player.data["wiring"] is None


def test_its_wiring_appears_as_far_as_it_declares_one(write_cell):
    write_cell(WIRED)
    wiring = StepPlayer(cell="leaky").data["wiring"]
    assert [node["name"] for node in wiring["nodes"]] == ["h_prev", "keep", "h_t"]
    assert wiring["nodes"][1]["factor"] == ("name", "k_t")
    assert [wire["back"] for wire in wiring["wires"]] == [("name", "dh_prev"), ("name", "dh_t")]


def test_it_is_trained_and_saved(write_cell, tmp_path):
    write_cell(LEAKY)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((64, 6, 2)).astype(np.float32)
    y = x[:, 0].sum(1, keepdims=True)  # remember the beginning
    model = Sequential([RNN("leaky", 8), Dense(1)])
    model.compile(Adam(0.02), "mse")
    losses = model.fit(x, y, epochs=30, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]
    model.save(tmp_path / "leaky.rnnedu")
    assert np.array_equal(load_model(tmp_path / "leaky.rnnedu").predict(x), model.predict(x))
