"""The equations of an exercise as a small program: lines in order, each of which can be replaced by a wrong one."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnedu.cells import equations
from rnnedu.cells.equations import Equation
from rnnedu.lessons.formulas import terms

STACKED = ("W_x", "W_h", "b")


@dataclass(frozen=True)
class Program:
    """Equations in their order, and the names of what is returned.

    lines : tuple of Equation, each using arguments and what stands before it.
    outputs : names, in the order in which a learner returns them.
    gates : their letters in stacked order, "" for the SimpleRNN. W_x, W_h and b are then cut into W_xi, b_i, ...,
        and an output that no line defines, such as dW_x, is stacked from dW_xi, dW_xf, ...
    """

    lines: tuple[Equation, ...]
    outputs: tuple[str, ...]
    gates: str = ""

    def names(self, arguments):
        """Return symbol -> array: the arguments, and what is stacked cut by gate."""
        names = {**arguments, "B": float(len(next(iter(arguments.values()))))}
        for stem in STACKED if self.gates else ():
            if stem in arguments:
                parts = np.split(arguments[stem], len(self.gates), axis=-1)
                names |= dict(zip(cut(stem, self.gates), parts, strict=True))
        return names

    def stacked(self, values, output):
        """Return an output's array out of symbol -> array."""
        parts = [values[part] for part in self.defined(output)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)

    def defined(self, output):
        """Return the symbols of the lines that an output is made of: itself, or one for each gate."""
        return (output,) if any(line.symbol == output for line in self.lines) else cut(output, self.gates)


@dataclass(frozen=True)
class Run:
    """One evaluation of a program, and what comes out if some lines are others."""

    program: Program
    arguments: dict

    @cached_property
    def values(self):
        """Symbol -> array, for the arguments and every line."""
        values = self.program.names(self.arguments)
        for line in self.program.lines:
            values[line.symbol] = equations.evaluate(line.tree, values)
        return values

    def outputs(self, changed=None, names=None):
        """Return output name -> array.

        changed : symbol -> tree that stands instead of its line. names : symbol -> array, put over the values.
        What no change reaches is not computed again.
        """
        changed, names = changed or {}, names or {}
        values, touched = self.values | names, set(names)
        for line in self.program.lines:
            tree = changed.get(line.symbol, line.tree)
            if line.symbol in changed or touched & terms.symbols(tree):
                values[line.symbol] = equations.evaluate(tree, values)
                touched.add(line.symbol)
        return {output: self.program.stacked(values, output) for output in self.program.outputs}


def cut(stem, gates):
    """Return the names of a stacked array's parts: W_xi W_xf W_xg W_xo, b_i ..., dW_xi ..., db_i ..."""
    return tuple(f"{stem}_{gate}" if stem in ("b", "db") else f"{stem}{gate}" for gate in gates)


def lines(text):
    """Return the Equations written in `text`, one a line."""
    texts = [line.strip() for line in text.strip().splitlines()]
    pairs = [line.split(" = ", 1) for line in texts]
    return tuple(Equation(symbol, f"{symbol} = {tree}", equations.parse(tree)) for symbol, tree in pairs)


def weight_lines(gates):
    """Return the equations of dW_x, dW_h and db, gate by gate: what the cells' docstrings say in prose."""
    return lines(
        "\n".join(f"dW_x{g} = x_t.T @ da_{g}\ndW_h{g} = h_prev.T @ da_{g}\ndb_{g} = da_{g}.sum(0)" for g in gates)
    )
