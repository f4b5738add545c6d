"""Checks of functions whose right answer is a handful of equations: wrong versions are made from the equations."""

from rnnedu.lessons.formulas.check import Formula, check_formula
from rnnedu.lessons.formulas.program import Program, lines, weight_lines

__all__ = ["Formula", "Program", "check_formula", "lines", "weight_lines"]
