"""The docstring's equations are the code, and the drawing's numbers are the equations'.

A small evaluator runs the trees that `rnnedu.cells.equations` reads; it knows nothing of the cells.
"""

from dataclasses import fields

import numpy as np
import pytest

from rnnedu import gradcheck
from rnnedu.cells import CELLS, equations
from rnnedu.cells.wiring import Joint, Op, Strip, Wire, Wiring

D, H, B = 5, 4, 3
FUNCTIONS = {"sigmoid": lambda a: 1 / (1 + np.exp(-a)), "tanh": np.tanh, "relu": lambda a: np.where(a > 0, a, 0)}
BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "matmul": np.matmul, "pow": np.power, "gt": np.greater,
    "div": np.divide,
}  # fmt: skip


def evaluate(tree, names):
    """Return the value of a tree over `names`, symbol -> array."""
    match tree:
        case ("name", name):
            return names[name]
        case ("number", value):
            return value
        case ("call", function, argument):
            return FUNCTIONS[function](evaluate(argument, names))
        case ("neg", operand):
            return -evaluate(operand, names)
        case ("T", operand):
            return evaluate(operand, names).T
        case ("sum", operand):
            return evaluate(operand, names).sum(0)
        case (operator, left, right):
            return BINARY[operator](evaluate(left, names), evaluate(right, names))
    raise AssertionError(f"{tree} is no tree")


def run_equations(lines, names):
    """Return symbol -> value, each line using what stands before it (and `names`)."""
    found = {}
    for line in lines:
        assert line.symbol not in found, f"{line.symbol} is defined twice"
        found[line.symbol] = evaluate(line.tree, names | found)
    return found


class Case:
    """One timestep of a cell on random values, with everything an expression may speak of."""

    def __init__(self, cell, seed=0, **options):
        rng = np.random.default_rng(seed)
        self.cell = cell
        self.params = gradcheck.randomised(cell.init(D, H, seed=seed, **options), seed)
        state = [rng.standard_normal((B, H)) for _ in cell.state]
        self.step = cell.step(self.params, rng.standard_normal((B, D)), *state)
        self.back = cell.step_back(self.params, self.step, *(rng.standard_normal((B, H)) for _ in cell.state))
        self.blocks = vars(self.params.blocks)
        self.names = self.blocks | vars(self.step) | vars(self.back)

    def value(self, text):
        return evaluate(equations.parse(text), self.names)


def cases():
    for name, cell in CELLS.items():
        for options in cell.Params.option_sets():
            label = "-".join([name, *(f"{key}={value}" for key, value in options.items())])
            yield pytest.param(Case(cell, **options), id=label)


CASES = list(cases())
each_case = pytest.mark.parametrize("case", CASES)


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def check_forward(case):
    """The forward equations make every field of the step record out of x_t and the previous state."""
    given = {"x_t", *(f"{name}_prev" for name in case.cell.state)}
    lines = case.cell.forward_equations(case.params)
    made = run_equations(lines, case.blocks | {name: getattr(case.step, name) for name in given})
    assert {line.symbol for line in lines} == {f.name for f in fields(case.step)} - given
    for symbol, value in made.items():
        close(value, getattr(case.step, symbol))


def check_backward(case):
    """The backward equations make every gradient of a timestep out of the step and the gradients that arrive."""
    weights = {f"d{name}" for name in case.params.arrays()}
    lines = case.cell.backward_equations(case.params)
    symbols = {line.symbol for line in lines}
    given = {f.name for f in fields(case.back)} - weights - symbols
    assert len(given) == len(case.cell.state)  # dh_t, and for the LSTM dc_next; all else has its equation
    assert symbols <= {f.name for f in fields(case.back)}
    made = run_equations(lines, case.blocks | vars(case.step) | {name: getattr(case.back, name) for name in given})
    for symbol, value in made.items():
        close(value, getattr(case.back, symbol))


@each_case
def test_the_forward_equations_are_the_step(case):
    check_forward(case)


@each_case
def test_the_backward_equations_are_the_step_back(case):
    check_backward(case)


@each_case
def test_the_text_of_an_equation_is_in_the_docstring(case):
    forward, backward = case.cell.forward_equations(case.params), case.cell.backward_equations(case.params)
    for lines, function in ((forward, case.cell.step), (backward, case.cell.step_back)):
        for line in lines:
            assert line.text in function.__doc__
            assert line.text.startswith(f"{line.symbol} = ")
            assert equations.parse(line.text.partition(" = ")[2]) == line.tree


@pytest.mark.parametrize("case", [p for p in CASES if p.values[0].cell.name in ("rnn", "lstm", "gru")])
def test_weight_gradients_are_what_the_docstring_says_in_prose(case):
    """With da = [...]: dW_x = x_t.T @ da, dW_h = h_prev.T @ da, db = da.sum(0), here gate by gate."""
    gates = case.params.gates or "t"
    da = {gate: case.names[f"da_{gate}"] for gate in gates}
    x_t, h_prev = case.step.x_t, case.step.h_prev
    dW_h = {gate: h_prev.T @ value for gate, value in da.items()}
    if case.cell.name == "gru":
        s_t = h_prev if case.params.reset_after else case.step.r_t * h_prev
        dW_h["n"] = s_t.T @ case.back.du_t
        close(case.back.db_hn, case.back.du_t.sum(0))
    close(case.back.dW_x, np.hstack([x_t.T @ da[gate] for gate in gates]))
    close(case.back.dW_h, np.hstack([dW_h[gate] for gate in gates]))
    close(case.back.db, np.hstack([da[gate].sum(0) for gate in gates]))


# --- reading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", ("name", "a")),
        ("1 - z_t", ("sub", ("number", 1), ("name", "z_t"))),
        ("a @ W.T", ("matmul", ("name", "a"), ("T", ("name", "W")))),
        ("a + b * c", ("add", ("name", "a"), ("mul", ("name", "b"), ("name", "c")))),
        ("tanh(c_t) ** 2", ("pow", ("call", "tanh", ("name", "c_t")), ("number", 2))),
        ("(h_t > 0)", ("gt", ("name", "h_t"), ("number", 0))),
        ("da.sum(0)", ("sum", ("name", "da"))),
    ],
)
def test_an_expression_becomes_a_tree(text, tree):
    assert equations.parse(text) == tree


@pytest.mark.parametrize("text", ["a.sum(1)", "a[0]", "f(a, b)", "a.b", "lambda: 0", "a < b", "__import__('os')()"])
def test_what_is_not_understood_is_said(text):
    with pytest.raises(ValueError, match=r"is not understood; see rnnedu/cells/equations\.py"):
        equations.parse(text)


def test_without_docstrings_the_reader_is_told():
    with pytest.raises(ValueError, match=r"docstring is None.*-OO"):
        equations.read(None, None)


def test_only_the_chosen_option_is_read():
    for activation, text in (("tanh", "h_t = tanh("), ("relu", "h_t = relu("), ("identity", "h_t = x_t @")):
        params = CELLS["rnn"].init(2, 3, activation=activation)
        (line,) = CELLS["rnn"].forward_equations(params)
        assert line.text.startswith(text)


# --- the drawing ---------------------------------------------------------------------------------------------------

SLOPES = {"sigmoid": lambda y: y * (1 - y), "tanh": lambda y: 1 - y**2, "relu": lambda y: y > 0, "": np.ones_like}


class Drawing:
    """A case's wiring with the wires that arrive at and leave each node."""

    def __init__(self, case):
        self.case, self.wiring = case, case.cell.wiring(case.params)
        self.nodes = {node.name: node for node in self.wiring.nodes}

    def arriving(self, node):
        return [wire for wire in self.wiring.wires if wire.end == node.name]

    def leaving(self, node):
        return [wire for wire in self.wiring.wires if wire.start == node.name]

    def of(self, kind):
        return [node for node in self.wiring.nodes if isinstance(node, kind)]

    def values(self, wires):
        return [self.case.value(wire.value) for wire in wires]

    def backs(self, wires):
        return [self.case.value(wire.back) for wire in wires]


@pytest.fixture
def drawing(case):
    if case.cell.wiring is None:
        pytest.skip("this cell declares no drawing")
    return Drawing(case)


def title(wire):
    return f"{wire.start} -> {wire.end}: value {wire.value!r}, back {wire.back!r}"


@each_case
def test_names_are_unique_and_every_node_is_joined(drawing):
    assert len(drawing.nodes) == len(drawing.wiring.nodes)
    given = {"x_t", *(f"{name}_prev" for name in drawing.case.cell.state)}
    results = {f"{name}_t" for name in drawing.case.cell.state}
    for node in drawing.wiring.nodes:
        assert drawing.arriving(node) or node.name in given, f"nothing arrives at {node.name}"
        assert drawing.leaving(node) or node.name in results, f"nothing leaves {node.name}"


@each_case
def test_every_strip_shows_the_record(drawing):
    """Every step field that is not an input of another lane has its strip, with a gradient of the same shape."""
    for strip in drawing.of(Strip):
        value = getattr(drawing.case.step, strip.name)
        assert drawing.case.value(strip.back).shape == value.shape
    assert {strip.name for strip in drawing.of(Strip)} == {f.name for f in fields(drawing.case.step)}


@each_case
def test_every_op_makes_and_scales_what_can_be_evaluated(drawing):
    for op in drawing.of(Op):
        assert drawing.case.value(op.value).shape == (B, H), op
        if op.factor:
            assert np.shape(drawing.case.value(op.factor)) in {(), (B, H)}, op


@each_case
def test_every_wire_carries_a_value_and_the_gradient_of_that_value(drawing):
    """Both are of one shape: what passes forward and what passes back belong to the same vector."""
    for wire in drawing.wiring.wires:
        assert bool(wire.value) == bool(wire.back), title(wire)
        if wire.value:
            value, back = drawing.case.value(wire.value), drawing.case.value(wire.back)
            assert value.shape in {(B, H), (B, D)}, title(wire)
            assert value.shape == back.shape, title(wire)


@each_case
def test_wires_leave_an_input_with_its_value_and_bring_its_whole_gradient(drawing):
    for strip in drawing.of(Strip):
        if strip.name.endswith("_prev") or strip.name == "x_t":
            wires = drawing.leaving(strip)
            for wire, value in zip(wires, drawing.values(wires), strict=True):
                assert value.shape == drawing.case.names[strip.name].shape, title(wire)
                close(value, drawing.case.names[strip.name])
            close(sum(drawing.backs(wires)), drawing.case.value(strip.back))


@each_case
def test_where_wires_part_their_gradients_add(drawing):
    for joint in drawing.of(Joint):
        arriving, leaving = drawing.arriving(joint), drawing.leaving(joint)
        same = {wire.value for wire in arriving + leaving}
        if len(arriving) == 1 and len(same) == 1 and "" not in same:
            close(sum(drawing.backs(leaving)), drawing.backs(arriving)[0])


@each_case
def test_a_gate_squashes_what_arrives_and_scales_what_comes_back(drawing):
    """For a gate y = f(a): the wires into its strip sum to a, the wires out of it bring dy, the strip shows da."""
    case = drawing.case
    trees = {line.symbol: line.tree for line in case.cell.forward_equations(case.params)}
    for symbol in trees.keys() - {f"{name}_t" for name in case.cell.state}:
        strip, y = drawing.nodes[symbol], case.names[symbol]
        arriving, leaving = drawing.arriving(strip), drawing.leaving(strip)
        function = trees[symbol][1] if trees[symbol][0] == "call" else ""
        a = sum(drawing.values(arriving))
        close(FUNCTIONS[function](a) if function else a, y)
        close(sum(drawing.backs(leaving)) * SLOPES[function](y), case.value(strip.back))
        for back in drawing.backs(arriving):
            close(back, case.value(strip.back))


@each_case
def test_what_leaves_a_node_is_what_it_made(drawing):
    for node in drawing.of((Strip, Op)):
        for wire in drawing.leaving(node):
            close(drawing.case.value(wire.value), drawing.case.value(node.value if isinstance(node, Op) else node.name))


@each_case
def test_an_op_does_what_its_sign_says_forward_and_backward(drawing):
    case = drawing.case
    for op in drawing.of(Op):
        arriving, leaving = drawing.arriving(op), drawing.leaving(op)
        values, backs = drawing.values(arriving), drawing.backs(arriving)
        made, dy = case.value(op.value), sum(drawing.backs(leaving))
        match op.sign:
            case "+":
                bias = case.params.b if op.value.endswith(" + b") else 0  # SimpleRNN adds it where it adds the products
                close(sum(values) + bias, made)
                for back in backs:
                    close(back, dy)
            case "×":
                (a, b), (da, db) = values, backs
                close(a * b, made)
                close(da, dy * b)
                close(db, dy * a)
            case "1−":
                close(1 - values[0], made)
                close(backs[0], -dy)
            case "tanh" | "relu" | "1":
                function = op.sign.replace("1", "")
                close(FUNCTIONS[function](values[0]) if function else values[0], made)
                close(backs[0], dy * SLOPES[function](made))
            case "Wₓ" | "Wₕ":
                W = case.params.W_x if op.sign == "Wₓ" else case.params.W_h
                close(values[0] @ W, made)
                close(backs[0], dy @ W.T)
            case _:
                raise AssertionError(f"{op.name}: this test does not know the sign {op.sign!r}")


@each_case
def test_a_factor_scales_the_gradient_on_one_of_the_ways_back(drawing):
    for op in drawing.of(Op):
        if op.factor:
            factor, dy = drawing.case.value(op.factor), sum(drawing.backs(drawing.leaving(op)))
            scaled = dy * factor
            backs = drawing.backs(drawing.arriving(op))
            assert any(np.allclose(scaled, back, rtol=1e-12) for back in backs), f"{op.name}: {op.factor}"


def test_the_branches_of_the_lstm():
    """What arrives from t+1 and what comes through h_t together are dc_t; dc_prev leaves on the line of c."""
    drawing = Drawing(Case(CELLS["lstm"]))
    leaving = {wire.end: wire for wire in drawing.leaving(drawing.nodes["branch"])}
    value = drawing.case.value
    close(value(leaving["c_t"].back), drawing.case.back.dc_next)
    close(value(leaving["c_t"].back) + value(leaving["squash"].back), drawing.case.back.dc_t)
    (line,) = drawing.leaving(drawing.nodes["c_prev"])
    close(value(line.back), drawing.case.back.dc_prev)


def test_the_sum_of_the_simple_rnn():
    drawing = Drawing(Case(CELLS["rnn"]))
    case = drawing.case
    close(case.value(drawing.nodes["sum"].value), case.step.x_t @ case.params.W_x + case.step.h_prev @ case.params.W_h
          + case.params.b)  # fmt: skip
    (line,) = drawing.leaving(drawing.nodes["sum"])
    close(case.value(line.back), case.back.da_t)
    close(case.value(drawing.nodes["act"].value), case.step.h_t)


def test_a_wire_to_nowhere_is_refused():
    with pytest.raises(ValueError, match="'b'; accepted are"):
        Wiring((Joint("a", 0, 0),), (Wire("a", "b"),))
