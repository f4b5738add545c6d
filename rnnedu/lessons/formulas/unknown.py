"""What can be said of a wrong answer that no known mistake makes: which array, where, and what switches it off."""

import numpy as np

from rnnedu.lessons.checks import Found, entry, first_difference, result_of, same, yours_and_expected
from rnnedu.lessons.formulas.answer import all_same, arrays_of
from rnnedu.lessons.formulas.mutants import listed
from rnnedu.lessons.formulas.program import Run, cut

ROUNDING = 1e-2  # a wrong term makes larger differences than this


def unknown(fn, value, run, order, one_row):
    """Return the first difference in words, and what can be found out about its reason.

    order : the outputs in the order in which they are computed. one_row : the arguments once more, with B = 1.
    """
    right = run.outputs()
    wrong = [name for name in order if not same(value[name], right[name])]
    fine = [name for name in order if name not in wrong]
    name = wrong[0]
    index = first_difference(value[name], right[name])
    text = f"First difference at {entry(index, name)}{_gate(index, name, run)}: "
    text += f"{yours_and_expected(value[name], right[name], index)}. "
    text += f"Right {_be(fine)} {listed(fine)}. " if fine else ""
    empty = [each for each in wrong if not value[each].any()]
    if empty:
        return text + f"Still all 0: {listed(empty)}."
    reason = scaled(name, value[name], right[name]) or rounded(name, value[name], right[name])
    return text + (reason or _after_the_sums(fn, one_row) + _probed(fn, run))


def _be(names):
    return "is" if len(names) == 1 else "are"


def _gate(index, name, run):
    """Return " (gate f)" for an entry of an array that is stacked by gate, else ""."""
    gates = run.program.gates
    if not gates or run.program.defined(name) == (name,):
        return ""
    return f" (gate {gates[index[-1] // run.arguments['h_prev'].shape[1]]})"


def scaled(name, value, right):
    """Return by which number all of an array is multiplied, if it is, or ""."""
    times = float((value * right).sum() / (right * right).sum())
    if abs(times - 1) < ROUNDING or abs(times) < ROUNDING or not same(value, times * right):
        return ""
    return f"All of {name} is {times:.4g} times the right one."


def rounded(name, value, right):
    """Return to how many digits all entries of an array are right, if they nearly are, or ""."""
    worst = np.abs(value - right).max()
    if worst > ROUNDING:
        return ""
    digits = int(-np.log10(2 * worst))
    return f"All of {name} is right to {digits} digit{'s' * (digits > 1)}: is something rounded, or float32?"


def _after_the_sums(fn, run):
    """Return that only the gradients at the sums are wrong, and which, or "".

    With one row db is da itself, so what follows can be made from the learner's own da.
    """
    sums = [f"da_{gate}" for gate in run.program.gates or "t"]
    if "db" not in run.program.outputs:
        return ""
    value = _called(fn, run.arguments, run.outputs())
    if value is None or value["db"].shape != run.outputs()["db"].shape:
        return ""
    yours = dict(zip(sums, np.split(value["db"][None], len(sums), axis=1), strict=True))
    wrong = [name for name in sums if not same(yours[name], run.values[name])]
    follows = run.outputs(names=yours)
    if not wrong or not all(same(value[name], follows[name]) for name in follows if name != "dc_prev"):
        return ""
    return f"What you make from {listed(sums)} is right, but {listed(wrong)} {_be(wrong)} not. "


def _probed(fn, run):
    """Return what must be 0 for the function to be right."""
    cured = [label for label, arguments in _probes(run) if _agrees(fn, run, arguments)]
    if not cured:
        return "It stays wrong whichever argument is 0: look at how the terms are joined, and at what is done last."
    return f"It is right when {' or when '.join(f'{label} is 0' for label in cured)}: look at the terms with that."


def _probes(run):
    """Yield (label, arguments) with one argument, or one gate of the weights, at 0."""
    for name, value in run.arguments.items():
        yield name, run.arguments | {name: 0 * value}
    H = run.arguments["h_prev"].shape[1]
    for n, gate in enumerate(run.program.gates):
        zero = {stem: run.arguments[stem].copy() for stem in ("W_x", "W_h", "b") if stem in run.arguments}
        for array in zero.values():
            array[..., n * H : (n + 1) * H] = 0
        yield f"each of {listed([part for stem in zero for part in cut(stem, gate)])}", run.arguments | zero


def _agrees(fn, run, arguments):
    """Return whether `fn` is right on other arguments, where the right answer is not all 0."""
    right = Run(run.program, arguments).outputs()
    if not any(array.any() for array in right.values()):
        return False  # nothing is left that could be right
    value = _called(fn, arguments, right)
    return value is not None and all_same(value, right)


def _called(fn, arguments, right):
    """Return what `fn` makes, name -> array, or None where that cannot be compared."""
    try:
        return arrays_of(result_of(fn, arguments), right)
    except Found:
        return None
