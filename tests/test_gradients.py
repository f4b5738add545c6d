"""Every derivative of the engine against central differences, and proof that the check would notice a wrong one.

Measured on random values a right derivative is within 3e-10 (relative to the array's largest gradient), a wrong one
above 1e-2. The mutation tests plant one wrong derivative at a time in the source of a cell or of `unroll`.
"""

import types
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import rnnedu
from rnnedu import gradcheck
from rnnedu.cells import CELLS

SOURCE = Path(rnnedu.__file__).parent
SWEEP = list(gradcheck.sweep())
REGISTER = dict(CELLS)


@pytest.mark.parametrize("report", SWEEP, ids=lambda report: report.title)
def test_hand_written_gradients_are_right(report):
    assert report.worst <= 1e-7, str(report)
    assert report.ok
    assert all(row.numerical != 0 for row in report.rows)  # nothing is right because it is zero


def test_the_sweep_covers_every_cell_option_length_and_array(capsys):
    options = sum(len(cell.Params.option_sets()) for cell in CELLS.values())
    assert len(SWEEP) == 3 * options
    assert len({report.title for report in SWEEP}) == len(SWEEP)
    by_title = {report.title: [row.name for row in report.rows] for report in SWEEP}
    assert by_title["LSTM  T=7"] == ["W_x", "W_h", "b", "x", "h0", "c0"]
    assert by_title["GRU {'reset_after': False} T=3"] == ["W_x", "W_h", "b", "b_hn", "x", "h0"]
    assert by_title["SimpleRNN {'activation': 'relu'} T=1"] == ["W_x", "W_h", "b", "x", "h0"]
    arrays, worst = sum(len(report.rows) for report in SWEEP), max(report.worst for report in SWEEP)
    with capsys.disabled():
        print(f"\n  gradient checks: {arrays} arrays in {len(SWEEP)} runs, worst relative error {worst:.1e}")  # noqa: T201


# --- one wrong derivative at a time --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutation:
    """A mistake: `edits` are exact fragments of the file and what replaces them.

    blind : what a check of T = 1 sees of it. "" notices it; "weights" when only the initial state's gradient is
        wrong, so that a check of the weights and the input passes; "all" when the whole check passes.
    """

    title: str
    file: str
    edits: tuple
    blind: str = ""
    options: tuple = ()


def rnn(title, *edits, **others):
    return Mutation(title, "cells/rnn.py", edits, **others)


def lstm(title, *edits, **others):
    return Mutation(title, "cells/lstm.py", edits, **others)


def gru(title, *edits, **others):
    return Mutation(title, "cells/gru.py", edits, **others)


def loop(title, *edits, **others):
    return Mutation(title, "unroll.py", edits, **others)


AFTER, BEFORE = (("reset_after", True),), (("reset_after", False),)
ARRIVING = 'arriving = {name: getattr(backs[t], f"d{name}_prev") for name in cell.state}'
INITIAL = 'initial = {f"{name}0": arriving[name] for name in cell.state}'
FIRST_BACK = 'initial = {f"{name}0": getattr(backs[0], f"d{name}_prev") for name in cell.state}'
SUM = 'sum(getattr(back, f"d{name}") for back in backs)'
GATES = "np.concatenate([da_i, da_f, da_g, da_o], axis=1)"
DH_PREV = "dh_prev=dh_t * z_t + da_z @ p.W_hz.T + da_r @ p.W_hr.T + dh_by_n"

MUTATIONS = [
    rnn("derivative left out", ("da_t = dh_t * derivative(step.h_t)", "da_t = dh_t")),
    rnn("derivative at h_prev", ("derivative(step.h_t)", "derivative(step.h_prev)")),
    rnn("h_t where h_prev belongs in dW_h", ("dW_h=step.h_prev.T", "dW_h=step.h_t.T")),
    rnn("W_h not transposed", ("dh_prev=da_t @ params.W_h.T", "dh_prev=da_t @ params.W_h"), blind="weights"),
    rnn("dh_prev past the activation", ("dh_prev=da_t @", "dh_prev=dh_t @"), blind="weights"),
    rnn("dh_prev zero", ("dh_prev=da_t @ params.W_h.T", "dh_prev=np.zeros_like(dh_t)"), blind="weights"),
    rnn("db past the activation", ("db=da_t.sum(0)", "db=dh_t.sum(0)")),
    rnn("db a mean over the batch", ("db=da_t.sum(0)", "db=da_t.mean(0)")),
    lstm("sigmoid(f) * df instead of its derivative", ("step.c_prev * dsigmoid(f_t)", "step.c_prev * sigmoid(f_t)")),
    lstm("derivative of i left out", ("da_i = dc_t * g_t * dsigmoid(i_t)", "da_i = dc_t * g_t")),
    lstm("derivative of tanh taken at c_t, not at tanh(c_t)", ("dtanh(tanh_c)", "dtanh(step.c_t)")),
    lstm("c_t where c_prev belongs in da_f", ("dc_t * step.c_prev", "dc_t * step.c_t")),
    lstm("dc not carried back", ("dc_prev=dc_t * f_t", "dc_prev=np.zeros_like(dc_t)"), blind="weights"),
    lstm("dc carried past the forget gate", ("dc_prev=dc_t * f_t", "dc_prev=dc_t"), blind="weights"),
    lstm("dc_prev without the path through h_t", ("dc_prev=dc_t * f_t", "dc_prev=dc_next * f_t"), blind="weights"),
    lstm("dc_t overwritten by the path through h_t", ("dc_next + dh_t * o_t * dtanh", "dh_t * o_t * dtanh")),
    lstm("dc += dc", ("da_i = dc_t * g_t * ds", "dc_t += dc_t\n    da_i = dc_t * g_t * ds")),
    lstm("b_o summed from another gate", ("db=da.sum(0)", "db=np.concatenate([da_i, da_f, da_g, da_g], 1).sum(0)")),
    lstm("gates in another order", (f"da = {GATES}", "da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)")),
    lstm("dh_prev overwritten by the last gate", ("dh_prev=da @ params.W_h.T", "dh_prev=da_o @ params.blocks.W_ho.T"),
         blind="weights"),
    lstm("dh not carried back", ("dh_prev=da @ params.W_h.T", "dh_prev=np.zeros_like(dh_t)"), blind="weights"),
    lstm("h_t where h_prev belongs in dW_h", ("dW_h=step.h_prev.T", "dW_h=step.h_t.T")),
    lstm("h_prev where x_t belongs in dx", ("dx_t=da @ params.W_x.T", "dx_t=dh_t @ params.blocks.W_xo.T")),
    gru("z writes the new state (other convention)", ("(h_prev - n_t) * dsigmoid", "(n_t - h_prev) * dsigmoid")),
    gru("1 - z left out of da_n", ("da_n = dh_t * (1 - z_t) * dtanh(n_t)", "da_n = dh_t * dtanh(n_t)")),
    gru("dh_prev overwritten: the direct path lost", ("dh_prev=dh_t * z_t + ", "dh_prev="), blind="weights"),
    gru("dh_prev without the candidate's path", (DH_PREV, DH_PREV.removesuffix(" + dh_by_n")), blind="weights"),
    gru("dh_prev without the reset gate's path", (" + da_r @ p.W_hr.T + dh_by_n", " + dh_by_n"), blind="weights"),
    gru("reset after: the gate left out of du", ("du_t = da_n * r_t if params.reset_after else da_n", "du_t = da_n"),
        options=AFTER),
    gru("reset after: r multiplies dh_prev twice", ("da_n * step.u_t, ds_t", "da_n * step.u_t, ds_t * r_t"),
        blind="weights", options=AFTER),
    gru("reset after: dr through h_prev", ("h_prev, da_n * step.u_t, ds_t", "h_prev, da_n * h_prev, ds_t"),
        options=AFTER),
    gru("reset after: b_hn as if it were b_n", ("db_hn=du_t.sum(0)", "db_hn=da_n.sum(0)"), options=AFTER),
    gru("reset before: the gate left out of dh_prev", ("ds_t * h_prev, ds_t * r_t", "ds_t * h_prev, ds_t"),
        blind="weights", options=BEFORE),
    gru("reset before: h_prev where r * h_prev belongs", ("= r_t * h_prev, ds_t * h_prev", "= h_prev, ds_t * h_prev"),
        options=BEFORE),
    gru("reset before: dr without W_hn", ("* h_prev, ds_t * h_prev", "* h_prev, da_n * h_prev"), options=BEFORE),
    gru("reset before: dr as after the product", ("r_t * h_prev, ds_t * h_prev", "r_t * h_prev, da_n * step.u_t"),
        options=BEFORE),
    loop("last-state gradient forgotten", ('given[f"d{name}_last"] for name', '0 * given[f"d{name}_last"] for name')),
    loop("only the first step's weight gradient", (SUM, 'getattr(backs[0], f"d{name}")'), blind="all"),
    loop("only the last step's weight gradient", (SUM, 'getattr(backs[-1], f"d{name}")'), blind="all"),
    loop("state gradient not carried through time", (ARRIVING, "arriving = {n: 0 * arriving[n] for n in arriving}"),
         (INITIAL, FIRST_BACK), blind="all"),
    loop("last-state gradient added at every step", (ARRIVING, "pass"), (INITIAL, FIRST_BACK), blind="all"),
    loop("carried gradient overwrites the loss's", ("loss[name][t] + arriving[name]", "arriving[name]")),
    loop("carried gradient added to the old one", (ARRIVING, ARRIVING.replace("getattr", "arriving[name] + getattr")),
         blind="weights"),
    loop("loss read in the wrong direction", ("loss[name][t] +", "loss[name][T - 1 - t] +"), blind="all"),
    loop("dx in reversed time", ("for back in backs]), initial", "for back in backs[::-1]]), initial"), blind="all"),
    loop("initial gradient from one step too late", (INITIAL, INITIAL.replace("arriving[name]", "later[name][0]")),
         blind="weights"),
]  # fmt: skip


def mutant(mutation):
    """Return the module that the mutated source makes; nothing of rnnedu is replaced but the register's entry."""
    text = (SOURCE / mutation.file).read_text(encoding="utf-8")
    for old, new in mutation.edits:
        assert text.count(old) == 1, f"{mutation.file} holds {old!r} {text.count(old)} times: mend the mutation"
        text = text.replace(old, new)
    module = types.ModuleType(f"mutant_of_{Path(mutation.file).stem}")
    exec(compile(text, f"mutant of {mutation.file}", "exec"), module.__dict__)
    return module


@pytest.fixture
def reports(monkeypatch):
    """Return a function: mutation -> {T: report} of the gradient check over the mutated engine."""

    def check(mutation):
        module = mutant(mutation)
        if mutation.file == "unroll.py":
            monkeypatch.setattr(gradcheck, "unroll", module)
        name = "lstm" if mutation.file == "unroll.py" else Path(mutation.file).stem
        params = CELLS[name].init(4, 3, seed=1, **dict(mutation.options))
        return {T: gradcheck.check(gradcheck.randomised(params, 1), T, B=2, seed=1) for T in (1, 3, 7)}

    yield check
    CELLS.clear()
    CELLS.update(REGISTER)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: f"{Path(m.file).stem}: {m.title}")
def test_a_wrong_derivative_is_noticed(mutation, reports):
    found = reports(mutation)
    for T in (3, 7):
        assert not found[T].ok, f"T={T} does not notice: {mutation.title}"
        assert found[T].worst > 1e-3
        assert "WRONG at" in str(found[T])
    if mutation.blind == "all":
        assert found[1].ok, f"T=1 was to be blind to: {mutation.title}"
    elif mutation.blind == "weights":  # T = 1 sees it in the initial state only; T = 3 in a weight or in x
        wrong = {T: {row.name for row in report.rows if row.error > report.tolerance} for T, report in found.items()}
        assert wrong[1] <= {"h0", "c0"}
        assert wrong[1]
    else:
        assert not found[1].ok


@pytest.mark.parametrize("name", ["dh not carried back", "dc not carried back", "W_h not transposed"])
def test_at_three_steps_the_same_mistake_reaches_the_weights(name, reports):
    mutation = next(m for m in MUTATIONS if m.title == name)
    found = reports(mutation)
    assert {"W_x", "W_h", "b", "x"} <= {row.name for row in found[3].rows if row.error > 1e-3}
    assert not {"W_x", "W_h", "b", "x"} & {row.name for row in found[1].rows if row.error > 1e-7}


def test_the_mutations_leave_the_engine_as_it_was():
    assert list(CELLS.items()) == list(REGISTER.items())
    assert all(cell.Params.__module__ == f"rnnedu.cells.{name}" for name, cell in CELLS.items())
    assert gradcheck.check(CELLS["lstm"].init(2, 3), T=2).ok


# --- the checker itself --------------------------------------------------------------------------------------------


def test_the_report_names_the_worst_entry():
    x = np.array([[1.0, 2.0], [3.0, -1.0]])
    wrong = 2 * x
    wrong[1, 0] = 0
    report = gradcheck.compare(lambda x: (x**2).sum(), {"x": x}, {"x": wrong}, title="squares")
    row = report.rows[0]
    assert (row.name, row.shape, row.index, row.analytical) == ("x", (2, 2), (1, 0), 0)
    assert row.numerical == pytest.approx(6)
    assert row.error == pytest.approx(1)
    assert not report.ok
    assert str(report).startswith("squares\n")
    assert "WRONG at (1, 0): yours 0, numerical 6" in str(report)


def test_arrays_are_unchanged_by_a_check():
    x = np.array([0.1, 0.2])
    gradcheck.compare(lambda x: (x**2).sum(), {"x": x}, {"x": 2 * x})
    np.testing.assert_array_equal(x, [0.1, 0.2])


@pytest.mark.parametrize("where", ["analytical", "numerical"])
def test_nan_is_never_right(where):
    """Also when the first array of the report is fine."""
    arrays = {"a": np.ones(2), "x": np.ones(2)}
    gradients = {"a": np.ones(2), "x": np.ones(2)}
    if where == "analytical":
        gradients["x"] = np.array([1, np.nan])
    report = gradcheck.compare(
        lambda a, x: a.sum() + (x.sum() if where == "analytical" or x[0] == 1 else np.nan), arrays, gradients
    )
    assert not report.ok
    assert "WRONG" in str(report)


def test_a_gradient_of_one_number_can_be_checked():
    report = gradcheck.compare(lambda x: x**2, {"x": np.array(3.0)}, {"x": np.array(6.0)})
    assert report.ok


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"gradients": {"y": np.ones(2)}}, ValueError, ["'y'", "x"]),
        ({"gradients": {"x": np.ones(3)}}, ValueError, ["x", "(3,)", "(2,)"]),
        ({"arrays": {"x": np.ones(2, np.float32)}}, TypeError, ["x", "float32", "float64"]),
        ({"arrays": {"x": np.ones(2, int)}}, TypeError, ["x", "int64", "float64"]),
    ],
)
def test_the_checker_refuses(change, error, words):
    arguments = {"f": lambda x: x.sum(), "arrays": {"x": np.ones(2)}, "gradients": {"x": np.ones(2)}} | change
    with pytest.raises(error) as caught:
        gradcheck.compare(**arguments)
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize(("T", "error"), [(0, ValueError), (2.0, TypeError), (True, TypeError), (-1, ValueError)])
def test_the_length_is_a_positive_integer(T, error):
    with pytest.raises(error, match=r"T is .*; accepted is an integer >= 1"):
        gradcheck.check(CELLS["rnn"].init(2, 3), T)


def test_float32_parameters_are_refused_by_their_name():
    with pytest.raises(TypeError, match=r"params .*float32.*float64"):
        gradcheck.check(CELLS["rnn"].init(2, 3, dtype=np.float32), 2)


def test_randomised_moves_the_biases_only():
    params = CELLS["gru"].init(3, 4)
    moved = gradcheck.randomised(params)
    np.testing.assert_array_equal(moved.W_x, params.W_x)
    np.testing.assert_array_equal(moved.W_h, params.W_h)
    assert (moved.b != params.b).all()
    assert (moved.b_hn != params.b_hn).all()
