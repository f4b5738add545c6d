"""Read a cell's equations from its docstring, so that the text, the picture and the check are one.

An equation is an indented line ``symbol = expression`` in Python's notation. A trailing ``# option=value``
keeps it for that option only::

        n_t = tanh(x_t @ W_xn + b_n + r_t * u_t)    # reset_after=True

The expression becomes a tree of nested tuples, for whoever shows or evaluates it: ("name", "x_t"),
("number", 1), ("add" | "sub" | "mul" | "div" | "matmul" | "pow" | "gt", left, right), ("call", "tanh", argument),
("neg" | "T" | "sum", operand).
"""

import ast
import inspect
import re
from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.functions import ACTIVATIONS, sigmoid

LINE = re.compile(r"    \s*(\w+)\s*=(?!=)\s*([^#]+?)\s*(?:#\s*(.*?)\s*)?")
OPERATORS = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.MatMult: "matmul",
    ast.Pow: "pow",
}
BINARY = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "matmul": np.matmul,
    "pow": np.power,
    "gt": np.greater,
}
FUNCTIONS = {name: both[0] for name, both in ACTIVATIONS.items()} | {"sigmoid": sigmoid}


@dataclass(frozen=True)
class Equation:
    """One line of a cell's maths: the symbol it defines, its text, and its right-hand side as a tree."""

    symbol: str
    text: str
    tree: tuple


def read(docstring, params):
    """Return the equations in `docstring` that hold under the options of `params`.

    Raises ValueError where Python runs without docstrings (-OO) and for a line that is not understood.
    """
    if docstring is None:
        raise ValueError("docstring is None; the equations are read from it, so run Python without -OO")
    lines = (LINE.fullmatch(line) for line in inspect.cleandoc(docstring).splitlines())
    found = [match.groups() for match in lines if match]
    if not found:
        raise ValueError('docstring holds no equation; accepted are "symbol = expression" indented below a heading')
    return tuple(
        Equation(symbol, f"{symbol} = {text}", parse(text))
        for symbol, text, condition in found
        if condition is None or _holds(condition, params)
    )


def _holds(condition, params):
    """Return whether ``option=value`` is so in `params`."""
    name, _, value = condition.partition("=")
    accepted = {f.name: [str(v) for v in f.metadata["accepted"]] for f in params.declared("accepted")}
    if value not in accepted.get(name, ()):
        raise ValueError(f"docstring says {condition!r} behind an equation; accepted is option=value out of {accepted}")
    return str(getattr(params, name)) == value


def parse(text):
    """Return the tree of one expression."""
    try:
        return _tree(ast.parse(text, mode="eval").body, text)
    except SyntaxError:
        raise ValueError(f"{text!r} is not an expression; see rnnedu/cells/equations.py") from None


def evaluate(tree, names):
    """Return the value of a tree over `names`, symbol -> array; (B, H), or (T, B, H) for a whole run at once.

    Raises ValueError for a symbol or a function that is not known.
    """
    match tree:
        case ("name", name):
            return validate.named("symbol", name, names)
        case ("number", value):
            return value
        case ("call", function, argument):
            return validate.named("function", function, FUNCTIONS)(evaluate(argument, names))
        case ("neg", operand):
            return -evaluate(operand, names)
        case ("T", operand):
            return np.swapaxes(evaluate(operand, names), -1, -2)
        case ("sum", operand):
            return evaluate(operand, names).sum(-2)
    operator, left, right = tree
    return BINARY[operator](evaluate(left, names), evaluate(right, names))


def inside(tree):
    """Return what a function of the tree is taken of, if that is an expression: x_t @ W_x + b in tanh(x_t @ W_x + b).

    None where there is none, as in o_t * tanh(c_t).
    """
    if tree[0] == "call" and tree[2][0] != "name":
        return tree[2]
    return next(filter(None, (inside(part) for part in tree[1:] if isinstance(part, tuple))), None)


def _tree(node, text):
    match node:
        case ast.Name(id=name):
            return ("name", name)
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return ("number", value)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return (OPERATORS[type(op)], _tree(left, text), _tree(right, text))
        case ast.Compare(left=left, ops=[ast.Gt()], comparators=[right]):
            return ("gt", _tree(left, text), _tree(right, text))
        case ast.Call(func=ast.Name(id=function), args=[argument], keywords=[]):
            return ("call", function, _tree(argument, text))
    return _unary(node, text)


def _unary(node, text):
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return ("neg", _tree(operand, text))
        case ast.Attribute(value=operand, attr="T"):
            return ("T", _tree(operand, text))
        case ast.Call(func=ast.Attribute(value=operand, attr="sum"), args=[ast.Constant(value=0)], keywords=[]):
            return ("sum", _tree(operand, text))
    raise ValueError(f"{text!r}: {ast.unparse(node)!r} is not understood; see rnnedu/cells/equations.py")
