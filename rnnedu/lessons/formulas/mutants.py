"""The typical wrong versions of any equation, each with what is to be said of it.

They are made from the equation's tree: a term or a factor dropped, another sign, another function, a transpose, a
derivative left out, another symbol of the same shape. What is wrong in the same way for several gates is one mistake.
"""

import functools
import re
from dataclasses import dataclass, field, replace

from rnnedu.lessons.formulas import terms
from rnnedu.lessons.formulas.program import Run
from rnnedu.lessons.formulas.terms import call, one_minus, product, square, turned, written

FUNCTIONS = ("sigmoid", "tanh", "relu")


@dataclass(frozen=True)
class Mutant:
    """A sentence, and what makes the mistake.

    changed : symbol -> tree, instead of its line. gates : another order of them, "" for the right one.
    arguments : name -> array, instead of what is given. common : whether it is tried together with others.
    """

    sentence: str
    changed: dict = field(default_factory=dict)
    gates: str = ""
    arguments: dict = field(default_factory=dict)
    common: bool = False

    def outputs(self, run):
        """Return what a Run gives with this mistake, name -> array. Raises ValueError where shapes do not fit."""
        return self.applied(run).outputs() if self.gates or self.arguments else run.outputs(self.changed)

    def applied(self, run):
        """Return the Run that has this mistake."""
        lines = [replace(line, tree=self.changed.get(line.symbol, line.tree)) for line in run.program.lines]
        program = replace(run.program, lines=tuple(lines), gates=self.gates or run.program.gates)
        return Run(program, run.arguments | self.arguments)


def mutants(run):
    """Return the Mutants of every equation of a Run, those of several gates at once first."""
    shapes = tuple((name, value.shape) for name, value in run.values.items() if name != "B")
    found = [(line.symbol, tree, what) for line in run.program.lines for tree, what in _of_line(line, shapes)]
    return [*_of_gates(found, run.program.gates), *(Mutant(_sentence([s], w), {s: tree}) for s, tree, w in found)]


def _of_gates(found, gates):
    """Return a Mutant for each mistake that can be made in several gates alike."""
    alike = {}
    for symbol, tree, what in found:
        alike.setdefault(_without_gate(what, gates), {}).setdefault(symbol, tree)
    return [
        Mutant(_sentence(trees, what), trees, common=True) for what, trees in alike.items() if what and len(trees) > 1
    ]


@functools.cache
def _without_gate(what, gates):
    """Return a description without the gate's letter, "" where too little is left to tell or there are no gates."""
    if not gates:
        return ""
    text = re.sub(rf"\b(d?W_[xh]|d?b|da)_?[{gates}]\b", r"\1", what)
    text = re.sub(rf"\b[{gates}]_t\b", "y", text)
    old_new = re.fullmatch(r"(.*) stands where (.*) belongs", text)
    empty = old_new and old_new[1] == old_new[2]
    return "" if empty or (re.search(r"\by\b", text) and "derivative" not in text) else text


def _sentence(symbols, what):
    return f"In your {listed(list(symbols))}, {what}."


def listed(names):
    """Return "a, b and c"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


@functools.cache
def _of_line(line, shapes):
    """Return (tree, what) for every mistake in one equation; shapes : (symbol, shape) of all there is, in order."""
    rules = (_sum, _difference, _product, _matrix_product, _function, _slope, _over_batch)
    rules = (*rules, functools.partial(_other_symbol, line=line, shapes=shapes))
    places = [(path, rule(part)) for path, part in terms.places(line.tree) for rule in rules]
    return [(terms.put(line.tree, path, new), what) for path, made in places for new, what in made]


def _instead(new, old):
    return new, f"{written(new)} stands where {written(old)} belongs"


def _sum(tree):
    if tree[0] != "add":
        return
    _, left, right = tree
    yield left, f"the term {written(right)} is left out"
    yield right, f"{_terms(left)} left out"
    yield ("sub", left, right), f"the term {written(right)} is subtracted; it is added"
    if left[0] not in ("add", "sub"):
        yield ("sub", right, left), f"the term {written(left)} is subtracted; it is added"
        yield ("mul", left, right), f"{written(left)} and {written(right)} are multiplied; they are added"


def _terms(tree):
    chain = tree[0] in ("add", "sub")
    return f"the term{'s' * chain} {written(tree)} {'are' if chain else 'is'}"


def _difference(tree):
    if tree[0] != "sub":
        return
    _, left, right = tree
    yield left, f"the term {written(right)} is left out"
    yield ("neg", right), f"the term {written(left)} is left out"
    yield right, f"{written(right)} stands where {written(tree)} belongs"
    yield ("add", left, right), f"the term {written(right)} is added; it is subtracted"
    yield _instead(("sub", right, left), tree)


def _product(tree):
    if tree[0] != "mul":
        return
    _, left, right = tree
    yield left, _factor(right)
    if left[0] != "mul":
        yield right, _factor(left)
        yield ("add", left, right), f"{written(left)} and {written(right)} are added; they are multiplied"


def _factor(tree):
    slope = " (the derivative of tanh)" if _tanh_slope(tree) else ""
    return f"the factor {written(tree)}{slope} is left out"


def _matrix_product(tree):
    if tree[0] != "matmul":
        return
    _, left, right = tree
    yield left, f"the product with {written(right)} is left out"
    if right[0] in ("T", "name"):
        yield _instead(("matmul", left, turned(right)), tree)
    if left[0] == "T":
        yield ("matmul", ("T", right), left[1]), f"the result of {written(tree)} is transposed"


def _function(tree):
    if tree[0] != "call":
        return
    _, function, argument = tree
    yield argument, f"{function} is left out"
    for other in FUNCTIONS:
        if other != function:
            yield call(other, argument), f"{other} stands where {function} belongs"


def _tanh_slope(tree):
    """Return y if the tree is tanh's derivative, 1 - y ** 2."""
    return tree[2][1] if tree[:2] == ("sub", ("number", 1)) and tree[2][0] == "pow" else None


def _slope(tree):
    """Yield what is put where a derivative belongs."""
    y = _tanh_slope(tree)
    if y:
        yield one_minus(y), f"the square is missing in {written(tree)}"
        yield product(y, one_minus(y)), f"the derivative of sigmoid stands where that of tanh belongs, {written(tree)}"
        again = one_minus(square(call("tanh", y)))
        yield again, f"tanh is taken once more: the derivative takes its output, {written(tree)}"
    match tree:
        case ("mul", ("mul", rest, y), ("sub", ("number", 1), z)) if y == z:
            right = written(product(y, one_minus(y)))
            again = call("sigmoid", y)
            yield rest, f"the derivative of sigmoid, {right}, is left out"
            other = product(rest, one_minus(square(y)))
            yield other, f"the derivative of tanh stands where that of sigmoid belongs, {right}"
            twice = product(rest, again, one_minus(again))
            yield twice, f"sigmoid is taken once more: the derivative takes its output, {right}"
            yield product(rest, again), f"{written(again)} stands where the derivative {right} belongs"


def _over_batch(tree):
    if tree[0] == "sum":
        yield ("div", tree, ("name", "B")), "the sum over the batch is divided by B; it is a sum, not an average"
        yield tree[1], f"the sum over the batch is left out: {written(tree)}"


def _other_symbol(tree, line, shapes):
    """Yield what comes of taking another array of the same shape that is known before this line."""
    if tree[0] != "name":
        return
    own = dict(shapes).get(tree[1])
    for other, shape in shapes:
        if other == line.symbol:
            return  # what follows is made later
        if other != tree[1] and shape == own:
            yield _instead(terms.name(other), tree)
