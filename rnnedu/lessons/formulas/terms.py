"""The trees of `rnnedu.cells.equations`, taken apart, changed in one place and written as Python again."""

import functools

SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "matmul": "@", "pow": "**", "gt": ">"}
LEVELS = {"gt": 0, "add": 1, "sub": 1, "mul": 2, "div": 2, "matmul": 2, "neg": 3, "pow": 4}
TIGHT = 5  # binds more than any operator


def places(tree, path=()):
    """Yield (path, subtree) for the tree and all that is in it; a path is what `put` takes."""
    yield path, tree
    for n, part in enumerate(tree):
        if isinstance(part, tuple):
            yield from places(part, (*path, n))


def put(tree, path, new):
    """Return the tree with `new` at `path`."""
    if not path:
        return new
    n, *rest = path
    return (*tree[:n], put(tree[n], tuple(rest), new), *tree[n + 1 :])


@functools.cache
def symbols(tree):
    """Return the names in a tree, a frozenset."""
    return frozenset(part[1] for _, part in places(tree) if part[0] == "name")


def name(symbol):
    """Return the tree of one symbol."""
    return ("name", symbol)


def call(function, tree):
    """Return the tree of function(tree)."""
    return ("call", function, tree)


def product(*factors):
    """Return the tree of the factors, multiplied from left to right."""
    return functools.reduce(lambda left, right: ("mul", left, right), factors)


def one_minus(tree):
    """Return the tree of 1 - tree."""
    return ("sub", ("number", 1), tree)


def square(tree):
    """Return the tree of tree ** 2."""
    return ("pow", tree, ("number", 2))


def turned(tree):
    """Return the tree transposed; what is transposed already is turned back."""
    return tree[1] if tree[0] == "T" else ("T", tree)


def written(tree):
    """Return a tree as Python, with the brackets it needs.

    >>> from rnnedu.cells import equations
    >>> written(equations.parse("dh_t * (1 - h_t ** 2)"))
    'dh_t * (1 - h_t ** 2)'
    """
    match tree:
        case ("name" | "number", value):
            return str(value)
        case ("call", function, argument):
            return f"{function}({written(argument)})"
        case ("T", operand):
            return f"{_within(operand, TIGHT)}.T"
        case ("sum", operand):
            return f"{_within(operand, TIGHT)}.sum(0)"
        case ("neg", operand):
            return f"-{_within(operand, LEVELS['neg'])}"
    operator, left, right = tree
    level = LEVELS[operator]
    return f"{_within(left, level + (operator == 'pow'))} {SIGNS[operator]} {_within(right, level + 1)}"


def _within(tree, level):
    """Return a tree as Python, in brackets if it binds less than `level`."""
    text = written(tree)
    return f"({text})" if LEVELS.get(tree[0], TIGHT) < level else text
