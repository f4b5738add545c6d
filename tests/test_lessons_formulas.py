"""Equations and their wrong versions: the trees, the mutants, and what is recognised of them by its numbers."""

import numpy as np
import pytest

from rnnedu.cells import equations, gru, lstm, rnn
from rnnedu.lessons import gru_checks, lstm_checks, rnn_back_checks
from rnnedu.lessons.formulas import Formula, Program, check_formula, lines, weight_lines
from rnnedu.lessons.formulas.mutants import listed, mutants
from rnnedu.lessons.formulas.program import Run, cut
from rnnedu.lessons.formulas.recognise import known
from rnnedu.lessons.formulas.terms import places, put, symbols, turned, written

FORMULAS = {
    "rnn_step_back": rnn_back_checks.FORMULA,
    "lstm_step": lstm_checks.STEP,
    "lstm_step_back": lstm_checks.STEP_BACK,
    "gru_step": gru_checks.STEP,
}
each_formula = pytest.mark.parametrize("formula", FORMULAS.values(), ids=list(FORMULAS))


def run_of(formula, B=3, D=4, H=5):
    return Run(formula.program, formula.arguments(B, D, H, seed=3))


@pytest.mark.parametrize(
    "text",
    [
        "f_t * c_prev + i_t * g_t",
        "(a + b) * c - (d - e)",
        "da_t @ W_h.T",
        "r_t * (h_prev @ W_hn + b_hn)",
        "-a ** 2 / (1 - tanh(c_t) ** 2)",
        "(a * b) ** 2",
        "(a @ b).sum(0)",
        "a - (b + c)",
        "a > -b",
    ],
)
def test_a_tree_is_written_as_it_was_read(text):
    tree = equations.parse(text)
    assert equations.parse(written(tree)) == tree


def test_a_part_of_a_tree_is_found_and_replaced():
    tree = equations.parse("f_t * c_prev + i_t")
    path = next(path for path, part in places(tree) if part == ("name", "c_prev"))
    assert written(put(tree, path, equations.parse("a + b"))) == "f_t * (a + b) + i_t"
    assert symbols(tree) == {"f_t", "c_prev", "i_t"}
    assert written(turned(equations.parse("W.T"))) == "W"
    assert written(turned(equations.parse("W"))) == "W.T"


def test_names_of_parts():
    assert cut("W_x", "if") == ("W_xi", "W_xf")
    assert cut("db", "if") == ("db_i", "db_f")
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"


# ---- the programs are the engine


def test_the_rnns_program_is_the_engine():
    run = run_of(rnn_back_checks.FORMULA)
    a = run.arguments
    step = rnn.RNNStep(a["x_t"], a["h_prev"], a["h_t"])
    back = rnn.step_back(rnn.RNNParams(a["W_x"], a["W_h"], np.zeros(5)), step, a["dh_t"])
    for name, value in run.outputs().items():
        np.testing.assert_allclose(value, getattr(back, name), rtol=0, atol=1e-12)


def test_the_lstms_programs_are_the_engine():
    run = run_of(lstm_checks.STEP)
    a = run.arguments
    params = lstm.LSTMParams(a["W_x"], a["W_h"], a["b"])
    step = lstm.step(params, a["x_t"], a["h_prev"], a["c_prev"])
    for name, value in run.outputs().items():
        np.testing.assert_allclose(value, getattr(step, name), rtol=0, atol=1e-12)
    back_run = run_of(lstm_checks.STEP_BACK)
    b = back_run.arguments
    back = lstm.step_back(params, step, b["dh_t"], b["dc_next"])  # the same seed: the same weights and step
    np.testing.assert_array_equal(b["f_t"], step.f_t)
    for name, value in back_run.outputs().items():
        np.testing.assert_allclose(value, getattr(back, name), rtol=0, atol=1e-12)


def test_the_grus_program_is_the_engine():
    run = run_of(gru_checks.STEP)
    a = run.arguments
    step = gru.step(gru.GRUParams(a["W_x"], a["W_h"], a["b"], a["b_hn"]), a["x_t"], a["h_prev"])
    np.testing.assert_allclose(run.outputs()["h_t"], step.h_t, rtol=0, atol=1e-12)


# ---- mutants


@each_formula
def test_what_no_change_reaches_is_as_it_was_and_the_short_way_is_the_long_one(formula):
    run = run_of(formula)
    for mutant in mutants(run)[::9]:
        try:
            long = mutant.applied(run).outputs()
        except ValueError:
            continue
        for name, value in mutant.outputs(run).items():
            np.testing.assert_array_equal(value, long[name])


@each_formula
def test_no_written_mistake_is_right_and_no_two_give_the_same_numbers(formula):
    run = run_of(formula)
    made = [np.concatenate([v.ravel() for v in run.outputs().values()])]
    for text in formula.mistakes.values():
        outputs = run.outputs({line.symbol: line.tree for line in lines(text)})
        flat = np.concatenate([value.ravel() for value in outputs.values()])
        assert not any(flat.shape == other.shape and np.allclose(flat, other) for other in made), text
        made.append(flat)


SMALL = Program(lines("a_t = x_t * g_t + h_prev\ny_t = tanh(a_t) * (1 - g_t ** 2)"), ("y_t",))


def small(B, D, H, seed):
    rng = np.random.default_rng(seed)
    return {name: rng.standard_normal((B, H)) for name in ("x_t", "g_t", "h_prev")}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("a_t = h_prev", "In your a_t, the term x_t * g_t is left out."),
        ("a_t = x_t * g_t", "In your a_t, the term h_prev is left out."),
        ("a_t = x_t * g_t - h_prev", "In your a_t, the term h_prev is subtracted; it is added."),
        ("a_t = h_prev - x_t * g_t", "In your a_t, the term x_t * g_t is subtracted; it is added."),
        ("a_t = x_t + h_prev", "In your a_t, the factor g_t is left out."),
        ("a_t = (x_t + g_t) + h_prev", "In your a_t, x_t and g_t are added; they are multiplied."),
        ("a_t = (x_t * g_t) * h_prev", "In your a_t, x_t * g_t and h_prev are multiplied; they are added."),
        ("a_t = x_t * h_prev + h_prev", "In your a_t, h_prev stands where g_t belongs."),
        ("y_t = a_t * (1 - g_t ** 2)", "In your y_t, tanh is left out."),
        ("y_t = sigmoid(a_t) * (1 - g_t ** 2)", "In your y_t, sigmoid stands where tanh belongs."),
        ("y_t = tanh(a_t)", "In your y_t, the factor 1 - g_t ** 2 (the derivative of tanh) is left out."),
        ("y_t = tanh(a_t) * (1 - g_t)", "In your y_t, the square is missing in 1 - g_t ** 2."),
        ("y_t = tanh(a_t) * (1 + g_t ** 2)", "In your y_t, the term g_t ** 2 is added; it is subtracted."),
        (
            "y_t = tanh(a_t) * (1 - tanh(g_t) ** 2)",
            "In your y_t, tanh is taken once more: the derivative takes its output, 1 - g_t ** 2.",
        ),
        (
            "a_t = x_t * g_t\ny_t = sigmoid(a_t) * (1 - g_t ** 2)",
            "In your a_t, the term h_prev is left out. In your y_t, sigmoid stands where tanh belongs.",
        ),
    ],
)
def test_a_rule_names_what_it_changed(wrong, sentence):
    run = Run(SMALL, small(3, 4, 5, 0))
    value = run.outputs({line.symbol: line.tree for line in lines(wrong)})
    hand = {
        "In your a_t, the term h_prev is left out.": "a_t = x_t * g_t",
        "In your y_t, sigmoid stands where tanh belongs.": "y_t = sigmoid(a_t) * (1 - g_t ** 2)",
    }
    assert known(value, run, hand) == sentence


def test_numbers_of_no_mistake_are_not_recognised():
    run = Run(SMALL, small(3, 4, 5, 0))
    assert known({"y_t": run.outputs()["y_t"] + 0.1}, run, {}) is None


def test_weight_gradients_are_stacked_by_gate():
    program = Program(weight_lines("if"), ("dW_x", "dW_h", "db"), "if")
    rng = np.random.default_rng(0)
    shapes = {"x_t": (3, 4), "h_prev": (3, 5), "da_i": (3, 5), "da_f": (3, 5)}
    a = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    da = np.hstack([a["da_i"], a["da_f"]])
    outputs = Run(program, a).outputs()
    np.testing.assert_allclose(outputs["dW_x"], a["x_t"].T @ da)
    np.testing.assert_allclose(outputs["dW_h"], a["h_prev"].T @ da)
    np.testing.assert_allclose(outputs["db"], da.sum(0))


def test_a_formula_of_its_own_is_checked():
    formula = Formula(SMALL, small, ("y_t",), {}, "Right.")
    assert check_formula(lambda x, g, h: np.tanh(x * g + h) * (1 - g**2), formula).ok
    assert check_formula(lambda x, g, h: np.tanh(x * g + h), formula).text.startswith("In your y_t, the factor 1 - g_t")
