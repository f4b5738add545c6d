"""The checks of timesteps forward and back: right styles, typical wrong answers by the sentence that is named."""

import re
from collections import namedtuple

import numpy as np
import pytest

from rnnedu.cells import lstm
from rnnedu.functions import sigmoid
from rnnedu.lessons import EXERCISES, gru_checks, lstm_checks, rnn_back_checks
from rnnedu.lessons.formulas import lines
from rnnedu.lessons.formulas.program import Run

FORMULAS = {
    "rnn_step_back": rnn_back_checks.FORMULA,
    "lstm_step": lstm_checks.STEP,
    "lstm_step_back": lstm_checks.STEP_BACK,
    "gru_step": gru_checks.STEP,
}
RNN_BACK = "dh_t, x_t, h_prev, h_t, W_x, W_h"
LSTM = "x_t, h_prev, c_prev, W_x, W_h, b"
LSTM_BACK = "dh_t, dc_next, x_t, h_prev, c_prev, i_t, f_t, g_t, o_t, c_t, W_x, W_h"
GRU = "x_t, h_prev, W_x, W_h, b, b_hn"
ARGUMENTS = {"rnn_step_back": RNN_BACK, "lstm_step": LSTM, "lstm_step_back": LSTM_BACK, "gru_step": GRU}
every = pytest.mark.parametrize("name", FORMULAS)


def typed(name, source):
    """Return the function of a cell with this body."""
    body = "".join(f"    {line}\n" for line in source.strip().splitlines())
    space = {"np": np, "sigmoid": sigmoid, "Pair": namedtuple("Pair", "h_t c_t")}
    exec(f"def {name}({ARGUMENTS[name]}):\n{body}", space)
    return space[name]


def solved(name, *changes):
    """Return the solution with texts replaced, (old, new) each, as a function."""
    source = EXERCISES[name].solution
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    space = {"np": np, "sigmoid": sigmoid}
    exec(source, space)
    return space[name]


def told(name, fn):
    verdict = EXERCISES[name].check(fn)
    assert not verdict.ok
    return verdict.text


# ---- the mistakes that are written by hand

WRITTEN = [(name, sentence) for name, formula in FORMULAS.items() for sentence in formula.mistakes]


@pytest.mark.parametrize(("name", "sentence"), WRITTEN, ids=range(len(WRITTEN)))
def test_each_written_mistake_has_its_own_sentence(name, sentence):
    formula = FORMULAS[name]
    wrong = {line.symbol: line.tree for line in lines(formula.mistakes[sentence])}
    names = [n.strip() for n in ARGUMENTS[name].split(",")]

    def fn(*arguments):
        outputs = Run(formula.program, dict(zip(names, arguments, strict=True))).outputs(wrong)
        return tuple(outputs.values()) if len(outputs) > 1 else outputs["h_t"]

    assert told(name, fn) == sentence


# ---- typical wrong answers, as they are typed


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("dh_t * (1 - h_t**2)", "dh_t"), "The derivative of tanh is left out"),
        (("1 - h_t**2", "1 - np.tanh(h_t) ** 2"), "The derivative of tanh takes h_t, which is tanh's output already"),
        (("h_prev.T @ da_t", "h_t.T @ da_t"), "h_t stands where h_prev belongs in dW_h"),
        (("da_t @ W_h.T", "da_t @ W_h"), "In dh_prev W_h is not transposed"),
        (("da_t.sum(0)", "da_t.mean(0)"), "db is an average over the batch"),
        (("x_t.T @ da_t", "da_t.T @ x_t"), "Your dW_x is transposed"),
        (("da_t.sum(0)", "da_t"), "db keeps the batch, (B, H)"),
        (("return dx_t, dh_prev", "return dh_prev, dx_t"), "dx_t and dh_prev are in each other's place"),
        (("da_t.sum(0)", "da_t.sum(0, keepdims=True)"), "db has shape (1, 5); accepted is (H,) = (5,): one row"),
        (("da_t.sum(0)", "da_t.sum(1)"), "Your db has shape (3,); accepted is (H,) = (5,)"),
        (("da_t.sum(0)", "da_t.sum()"), "For db your function returns a float64; accepted is an array of shape (5,)."),
        (("x_t.T @ da_t", "(x_t.T @ da_t)[None]"), "Your dW_x has shape (1, 4, 5); accepted is (D, H) = (4, 5)"),
        (("x_t.T @ da_t", "np.outer(x_t[0], da_t[0])"), "First difference at dW_x[0, 0]: yours "),
        (("h_prev.T @ da_t", "np.zeros_like(W_h)"), "Right are db, dx_t, dh_prev and dW_x. Still all 0: dW_h."),
        (("return dx_t, dh_prev, dW_x, dW_h, db", "return dx_t"), "an array of shape (3, 4); accepted are 5 arrays"),
        (("return dx_t, dh_prev, dW_x, dW_h, db", "return dx_t, dh_prev"), "a tuple of 2; accepted are 5 arrays"),
    ],
)
def test_what_is_wrong_with_the_way_back_through_an_rnn_is_said(change, part):
    assert part in told("rnn_step_back", solved("rnn_step_back", change))


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ([("f_t * c_prev + i_t", "i_t")], "Your c_t forgets the old memory: is f_t * c_prev in it?"),
        ([("a_i, a_f, a_g, a_o =", "a_i, a_f, a_o, a_g =")], "Your gates are in the order i, f, o, g; they are"),
        ([("a_i, a_f, a_g, a_o =", "a_f, a_i, a_g, a_o =")], "i_t and f_t are in each other's place"),
        ([("np.tanh(a_g)", "sigmoid(a_g)")], "sigmoid stands where tanh belongs in g_t"),
        ([("1 / (1 + np.exp(-a))", "np.tanh(a)")], "All four are tanh; the gates i, f and o are sigmoids"),
        ([("o_t * np.tanh(c_t)", "o_t * c_t")], "Your h_t shows c_t without tanh"),
        ([("f_t * c_prev", "f_t * h_prev")], "the memory that is kept is c_prev"),
        ([("np.exp(-a)", "np.exp(-np.tanh(a))")], "tanh is taken of the sums, then sigmoid of i, f and o once more"),
        ([("np.tanh(a_g)", "np.tanh(sigmoid(a_g))")], "sigmoid is taken of all four sums, then tanh of g once more"),
        ([(", 4, axis=1", ", 4")], "np.split cuts the rows of the batch, unless it is told axis=1."),
        ([("f_t * c_prev", "f_t @ c_prev")], "needs the last of a to be the first of b, `a * b` goes entry by entry."),
        ([("W_h + b", "W_h")], "In your i_t, f_t, g_t and o_t, the term b is left out."),
        ([(" + h_prev @ W_h", "")], "In your i_t, f_t, g_t and o_t, the term h_prev @ W_h is left out."),
        ([("np.exp(-a)", "np.exp(a)")], "First difference at c_t[0, 0]"),
        ([("return h_t, c_t", "return c_t, h_t")], "h_t and c_t are in each other's place: `return h_t, c_t`."),
        ([("return h_t, c_t", "return h_t")], "an array of shape (3, 5); accepted are 2 arrays: `return h_t, c_t`."),
        (
            [("return h_t, c_t", "return h_t[0], c_t[0]")],
            "one row only; keep the batch axis, or was the batch summed or averaged?",
        ),
        ([("return h_t, c_t", "return h_t, c_t.astype('f4')")], "For c_t your function returns dtype float32"),
        ([("return h_t, c_t", "return {'h': h_t}")], "a dict; accepted are 2 arrays"),
        (
            [("np.tanh(a_g)", "sigmoid(a_g)"), ("o_t * np.tanh(c_t)", "o_t * c_t")],
            "sigmoid stands where tanh belongs in g_t: the candidate has both signs. Your h_t shows c_t without tanh",
        ),
        (
            [("np.tanh(a_g)", "sigmoid(a_g)"), ("a_i, a_f, a_g, a_o =", "a_i, a_f, a_o, a_g =")],
            "Your gates are in the order i, f, o, g",
        ),
        ([("W_h + b", "W_h"), (" + h_prev @ W_h", "")], "the term b is left out. In your i_t, f_t, g_t and o_t, the"),
    ],
)
def test_what_is_wrong_with_an_lstms_timestep_is_said(changes, part):
    assert part in told("lstm_step", solved("lstm_step", *changes))


def test_gates_cut_by_columns_are_told():
    fn = typed(
        "lstm_step",
        """
a = (x_t @ W_x + h_prev @ W_h + b).reshape(len(x_t), -1, 4)
i_t, f_t, o_t = sigmoid(a[..., 0]), sigmoid(a[..., 1]), sigmoid(a[..., 3])
c_t = f_t * c_prev + i_t * np.tanh(a[..., 2])
return o_t * np.tanh(c_t), c_t
""",
    )
    assert told("lstm_step", fn).startswith("A gate is every 4th column in yours; it is a block of H columns")


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("dc_next + dh_t", "dh_t"), "is dc_next, the gradient from t+1 along c, in it?"),
        ((" + dh_t * o_t * (1 - tanh_c**2)", ""), "Your dc_t takes only dc_next"),
        (("f_t * (1 - f_t)", "sigmoid(f_t)"), "In your da_f, sigmoid(f_t) stands where the derivative f_t * (1 - f_t)"),
        (("i_t * (1 - i_t)", "1"), "In your da_i, the derivative of sigmoid, i_t * (1 - i_t), is left out."),
        ((" * (1 - g_t**2)", ""), "In your da_g, the factor 1 - g_t ** 2 (the derivative of tanh) is left out."),
        (("dc_t * c_prev", "dc_t * c_t"), "c_prev stands in da_f, not c_t"),
        (("dh_t * tanh_c", "dh_t * c_t"), "tanh is missing in da_o"),
        (("[da_i, da_f, da_g, da_o]", "[da_i, da_f, da_o, da_g]"), "Your gates are in the order i, f, o, g;"),
        (("dc_t * f_t", "dc_next * f_t"), "dc_prev is made from dc_next; it takes dc_t"),
        (("tanh_c = np.tanh(c_t)", "tanh_c = c_t"), "tanh"),
        (("da.sum(0)", "da.sum()"), "For db your function returns a float64; accepted is an array of shape (20,)."),
        (("da.sum(0)", "da"), "the sum over the batch is left out"),
        (("da.sum(0)", "da_i.sum(0)"), "Your db has shape (5,); accepted is (4H,) = (20,): that is the part of one"),
        (("h_prev.T @ da", "da.T @ h_prev"), "Your dW_h has shape (20, 5); accepted is (H, 4H) = (5, 20): that is a"),
        (("da @ W_h.T, dc_t * f_t", "dc_t * f_t, da @ W_h.T"), "dh_prev and dc_prev are in each other's place"),
    ],
)
def test_what_is_wrong_with_the_way_back_through_an_lstm_is_said(change, part):
    assert part in told("lstm_step_back", solved("lstm_step_back", change))


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ([("z_t * h_prev + (1 - z_t) * n_t", "(1 - z_t) * h_prev + z_t * n_t")], "That is the GRU where z writes"),
        (
            [("h_z, h_r, h_n =", "Z, R, N = np.split(W_h, 3, axis=1)\n    h_z, h_r, h_n ="),
             ("r_t * (h_n + b_hn)", "(r_t * h_prev) @ N + b_hn")],
            "That is the GRU with the reset before the product",
        ),
        ([("_z, x_r", "_r, x_z"), ("h_z, h_r", "h_r, h_z")], "Your gates are in the order r, z, n; they are"),
        ([("r_t * (h_n + b_hn)", "r_t * h_n + b_hn")], "b_hn stands outside the reset"),
        ([(" + b_hn", "")], "b_hn is left out"),
        ([("r_t * (h_n", "(h_n")], "r_t is not used"),
        ([("np.tanh(", "sigmoid(")], "sigmoid stands where tanh belongs in n_t"),
        ([("z_t * h_prev + ", "")], "Your h_t forgets the old state: is z_t * h_prev in it?"),
        ([(" + b, 3", ", 3")], "In your z_t, r_t and n_t, the term b is left out."),
        ([("np.tanh(", "sigmoid("), (" + b_hn", "")], "sigmoid stands where tanh belongs in n_t"),
        ([("return ", "return 0.5 * ("), ("* n_t", "* n_t)")], "All of h_t is 0.5 times the right one."),
        ([("return ", "return 0.1 + ")], "look at how the terms are joined, and at what is done last."),
        ([("r_t * (h_n", "r_t**2 * (h_n")], "First difference at h_t[0, 0]: yours "),
        ([("return ", "return np.round("), ("* n_t", "* n_t, 3)")], "right to 3 digits: is something rounded"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_grus_timestep_is_said(changes, part):
    assert part in told("gru_step", solved("gru_step", *changes))


# ---- never seen before


def test_an_unknown_mistake_is_traced_to_its_array_its_gate_and_its_argument():
    text = told("lstm_step_back", solved("lstm_step_back", ("f_t * (1 - f_t)", "np.sin(f_t)")))
    assert re.match(
        r"First difference at db\[5\] \(gate f\): yours -?[\d.]+, expected -?[\d.]+\. Right is dc_prev\. ", text
    )
    assert "What you make from da_i, da_f, da_g and da_o is right, but da_f is not." in text
    assert "It is right when c_prev is 0 or when f_t is 0: look at the terms with that." in text
    text = told("lstm_step", solved("lstm_step", ("np.tanh(a_g)", "np.sin(a_g)")))
    assert text.startswith("First difference at c_t[0, 0]: yours ")
    assert "It is right when each of W_xg, W_hg and b_g is 0" in text


# ---- right in an unusual style

STYLES = {
    "rnn_step_back": """
da = (1 - h_t * h_t) * dh_t
dW_h = np.einsum('bg,bh->gh', h_prev, da)
return [da @ W_x.T, (W_h @ da.T).T, (da.T @ x_t).T, dW_h, np.ones(len(da)) @ da]
---
da = dh_t.copy()
da *= 1 - h_t**2
db = np.zeros(len(W_h))
for row in da:
    db += row
return da @ W_x.T, da @ W_h.T, np.asfortranarray(x_t.T @ da), h_prev.T @ da, db
""",
    "lstm_step": """
a = np.hstack([x_t, h_prev]) @ np.vstack([W_x, W_h]) + b
H = len(W_h)
i, f, o = (sigmoid(a[:, k * H : (k + 1) * H]) for k in (0, 1, 3))
c = c_prev.copy()
c *= f
c += i * np.tanh(a[:, 2 * H : 3 * H])
return Pair(o * np.tanh(c), c)
---
a = (np.einsum('bd,dk->bk', x_t, W_x) + h_prev.dot(W_h) + b).reshape(len(x_t), 4, -1)
g = np.tanh(a[:, 2])
a = sigmoid(a)
c = a[:, 1] * c_prev + a[:, 0] * g
return [a[:, 3] * np.tanh(c), c]
""",
    "lstm_step_back": """
t = np.tanh(c_t)
dc = dh_t * o_t * (1 - t * t)
dc += dc_next
H = len(W_h)
da = np.empty((len(dh_t), 4 * H))
da[:, :H], da[:, H : 2 * H] = dc * g_t * (i_t - i_t**2), dc * c_prev * (f_t - f_t**2)
da[:, 2 * H : 3 * H], da[:, 3 * H :] = dc * i_t * (1 - g_t) * (1 + g_t), dh_t * t * (o_t - o_t**2)
return [da @ W_x.T, da @ W_h.T, f_t * dc, x_t.T @ da, h_prev.T @ da, np.add.reduce(da)]
""",
    "gru_step": """
H = len(W_h)
z, r = np.split(sigmoid(x_t @ W_x[:, : 2 * H] + h_prev @ W_h[:, : 2 * H] + b[: 2 * H]), 2, 1)
n = np.tanh(x_t @ W_x[:, 2 * H :] + b[2 * H :] + r * (h_prev @ W_h[:, 2 * H :] + b_hn))
return n + z * (h_prev - n)
""",
}


@pytest.mark.parametrize(
    ("name", "body"), [(name, body) for name, text in STYLES.items() for body in text.split("---")]
)
def test_a_right_answer_in_another_style_passes(name, body):
    verdict = EXERCISES[name].check(typed(name, body))
    assert verdict.ok, verdict.text


def test_the_engine_passes():
    def lstm_step(x_t, h_prev, c_prev, W_x, W_h, b):
        step = lstm.step(lstm.LSTMParams(W_x, W_h, b), x_t, h_prev, c_prev)
        return step.h_t, step.c_t

    assert EXERCISES["lstm_step"].check(lstm_step).ok


# ---- not written yet, or not a function that can be called so


@every
@pytest.mark.parametrize(
    "body", ["...", "pass", '"""Return it."""', "raise NotImplementedError", "return ...", "return"]
)
def test_what_is_not_written_yet_gets_a_friendly_sentence(name, body):
    text = told(name, typed(name, body))
    assert (
        text == "Nothing is written here yet. Try a first line; the hints open one after the other when you want them."
    )


@every
def test_a_place_left_open_is_told(name):
    several = len(FORMULAS[name].program.outputs)
    fn = typed(name, "return " + ", ".join(["..."] * several)) if several > 1 else typed(name, "return 2 * ...")
    assert told(name, fn).startswith("There is still a `...` in ")
    assert "There is still a `...` in a line that is computed" in told(name, typed(name, "return x_t @ ..."))


@every
def test_what_is_raised_or_forgotten_is_told(name):
    assert "returns None: did you forget `return`?" in told(name, typed(name, "y = x_t + 1"))
    assert "raises NameError: name 'W_y' is not defined" in told(name, typed(name, "return x_t @ W_y"))
    assert "changes x_t in place" in told(name, typed(name, "x_t += 1\nreturn x_t"))
    assert "The arguments are passed in this order: " in told(name, lambda x: x)
    assert "not a function" in told(name, 3.0)


def test_numbers_that_are_not_finite_are_told():
    text = told("lstm_step", solved("lstm_step", ("return h_t, c_t", "return h_t, c_t / 0")))
    assert "holds -inf at c_t[0, 0]" in text or "holds inf at c_t[0, 0]" in text


@every
def test_a_size_written_as_a_number_is_told(name):
    right = solved(name)

    def fn(*arguments):
        out = right(*arguments)
        wrong = len(arguments[0]) != 3
        return (tuple(each + wrong for each in out)) if isinstance(out, tuple) else out + wrong

    assert told(name, fn).startswith(
        "Right for B = 3, D = 4, H = 5, but for B = 2, D = 6, H = 3 it gives other numbers"
    )
