"""The Jacobian of every timestep, read from a cell's own equations of the way back.

Going back through a step is linear in the gradients that reach its states. So each line of `step_back` is a linear
form in them, and where a gate only multiplies unit by unit it is a diagonal. Kept as diagonals for as long as they are,
all timesteps of a run are worked out in a few array operations, and a new cell needs no code of its own.
"""

import inspect

import numpy as np

from rnnedu.cells import equations

TOGETHER = 2**17  # numbers in one (T, H, H) block worked out at once: what stays in a processor's cache


def step_jacobians(trace):
    """Return the Jacobians of a run's steps, (T, n H, n H) float64; n is the number of the cell's states.

    trace : a Trace; its first sequence is taken. Entry [t, i, j] is the derivative of unit i of the state after
    timestep t+1 with respect to unit j of the state before it. The states follow one another as in ``cell.state``:
    for the LSTM h_t, then c_t, and ``[t, :H, H:]`` is the block of h_t by c_(t-1).

    Raises ValueError for an equation of the cell that is not linear in the gradients.
    """
    H, state = trace.params.H, trace.cell.state
    found = np.zeros((trace.T, len(state) * H, len(state) * H))
    steps = max(1, TOGETHER // H**2)
    for t in range(0, trace.T, steps):
        reader, some = _Reader(trace, slice(t, t + steps)), found[t : t + steps]
        for column, name in enumerate(state):
            for row, block in enumerate(reader.form(f"d{name}_prev")):
                _add_into(some[:, row * H : (row + 1) * H, column * H : (column + 1) * H], block)
    return found


class _Reader:
    """The equations as linear forms, for a slice of the timesteps.

    A form has a block for each state whose gradient arrives: None where it does not matter, (T, H) for a diagonal,
    (T, H, H) for a matrix with a row for each unit of that state.
    """

    def __init__(self, trace, steps):
        arriving = list(inspect.signature(trace.cell.step_back).parameters)[2:]
        self.values = {name: value[steps, 0] for name, value in trace.values.items()} | vars(trace.params.blocks)
        ones = np.ones_like(self.values["h_t"])
        self.forms = {name: [ones if name == each else None for each in arriving] for name in arriving}
        self.trees = {line.symbol: line.tree for line in trace.cell.backward_equations(trace.params)}

    def form(self, symbol):
        """Return the form of a symbol of the way back, such as "da_f" or "dh_prev"."""
        if symbol not in self.forms:
            self.forms[symbol] = self._read(self.trees[symbol])
        return self.forms[symbol]

    def _is_linear(self, tree):
        if tree[0] == "name":
            return tree[1] in self.forms or tree[1] in self.trees
        return any(self._is_linear(part) for part in tree[1:] if isinstance(part, tuple))

    def _read(self, tree):
        kind, *parts = tree
        linear = [self._is_linear(part) for part in parts if isinstance(part, tuple)]
        match kind, linear:
            case "name", _:
                return self.form(parts[0])
            case "neg", _:
                return _scaled(self._read(parts[0]), -1)
            case "add" | "sub", [True, True]:
                left, right = map(self._read, parts)
                return _sum(left, right if kind == "add" else _scaled(right, -1))
            case "mul", [True, False] | [False, True]:
                form, value = parts if linear[0] else reversed(parts)
                return _scaled(self._read(form), equations.evaluate(value, self.values))
            case "div", [True, False]:
                return _scaled(self._read(parts[0]), 1 / equations.evaluate(parts[1], self.values))
            case "matmul", [True, False]:
                return _times(self._read(parts[0]), equations.evaluate(parts[1], self.values))
        raise ValueError(f"an equation of step_back has {kind!r} of {linear}; accepted is what is linear in gradients")


def _scaled(form, value):
    """Return a form times `value`, a number, (H,) or (T, H), unit by unit."""
    across = value if np.ndim(value) == 0 else np.expand_dims(value, -2)
    return [None if block is None else block * (value if block.ndim == 2 else across) for block in form]


def _times(form, W):
    """Return a form @ W, W (H, H)."""
    return [None if b is None else b[:, :, None] * W if b.ndim == 2 else b @ W for b in form]


def _sum(left, right):
    return [_sum_of_blocks(*pair) for pair in zip(left, right, strict=True)]


def _sum_of_blocks(left, right):
    if left is None or right is None:
        return right if left is None else left
    if left.ndim == right.ndim:
        return left + right
    full, diagonal = (left, right) if left.ndim == 3 else (right, left)
    total = full.copy()
    _add_into(total, diagonal)
    return total


def _add_into(matrices, block):
    """Add a block to (T, H, H) matrices in place."""
    if block is None:
        return
    if block.ndim == 3:
        matrices += block
    else:
        unit = np.arange(block.shape[1])
        matrices[:, unit, unit] += block
