"""The check of a function that is written in equations: against the right numbers, with the mistake named."""

from collections.abc import Callable
from dataclasses import dataclass

from rnnedu.lessons.checks import Found, after_the_first, result_of, sized, verdict_of
from rnnedu.lessons.formulas.answer import all_same, arrays_of, refuse_order, refuse_shapes
from rnnedu.lessons.formulas.program import Program, Run
from rnnedu.lessons.formulas.recognise import known
from rnnedu.lessons.formulas.unknown import unknown

SIZES = ((3, 4, 5), (2, 6, 3), (1, 2, 4), (1, 1, 1))  # (B, D, H): the first, all different, names the mistakes


@dataclass(frozen=True)
class Formula:
    """What a check of a function needs.

    program : its equations. arguments : (B, D, H, seed) -> name -> float64 array, in the order of the call.
    computed : the outputs in the order in which they are computed, where the first wrong one is looked for.
    mistakes : sentence -> the wrong equations as text. right : what is said when all is right.
    """

    program: Program
    arguments: Callable
    computed: tuple[str, ...]
    mistakes: dict
    right: str

    @property
    def dims(self):
        """Output name -> its axes in symbols."""
        wide = f"{len(self.program.gates) or ''}H"
        shapes = {"dx_t": ("B", "D"), "dW_x": ("D", wide), "dW_h": ("H", wide), "db": (wide,)}
        return {name: shapes.get(name, ("B", "H")) for name in self.program.outputs}


def check_formula(fn, formula):
    """Check `fn` against a Formula and return a Verdict. Raises nothing: what `fn` raises is told in it."""
    return verdict_of(lambda fn: _check(fn, formula), fn, formula.right)


def _check(fn, formula):
    for case, sizes in enumerate(SIZES):
        run = Run(formula.program, formula.arguments(*sizes, seed=case))
        right = run.outputs()
        with after_the_first("BDH", SIZES[0], sizes):
            value = arrays_of(result_of(fn, run.arguments), right)
        if all_same(value, right):
            continue
        if case:
            raise Found(_only_first(value, right, sizes))
        refuse_order(value, right)
        if mistake := known(value, run, formula.mistakes):
            raise Found(mistake)
        refuse_shapes(value, right, formula.dims)
        one_row = Run(formula.program, formula.arguments(1, *sizes[1:], seed=case))
        raise Found(unknown(fn, value, run, formula.computed, one_row))


def _only_first(value, right, sizes):
    first, now = sized("BDH", SIZES[0]), sized("BDH", sizes)
    shapes = [n for n in right if value[n].shape != right[n].shape]
    seen = f"{shapes[0]} of shape {value[shapes[0]].shape} instead of {right[shapes[0]].shape}" if shapes else ""
    return f"Right for {first}, but for {now} it gives {seen or 'other numbers'}: is a size or an axis a fixed number?"
