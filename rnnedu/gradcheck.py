"""Numerical gradients, to check derivatives that were written by hand. Used by the tests and by learners.

>>> import numpy as np
>>> from rnnedu import gradcheck
>>> x = np.array([1.0, 2.0])
>>> print(gradcheck.compare(lambda x: (x**3).sum(), {"x": x}, {"x": 3 * x}))
array   shape       relative error
x       (2,)        5.0e-01         WRONG at (1,): yours 6, numerical 12
"""

from dataclasses import dataclass

import numpy as np

from rnnedu import unroll, validate
from rnnedu.cells import CELLS, cell_of

EPS = 1e-5  # in float64 rounding (1e-16 / eps) and truncation (eps**2) are both near 1e-10 here
TOLERANCE = 1e-7
SMALLEST = 1e-3  # differences are sure to about 1e-10: of a gradient that is 0 they leave that much


@dataclass(frozen=True)
class Row:
    """One array's comparison: its worst entry, and the error there relative to the array's largest gradient."""

    name: str
    shape: tuple
    index: tuple
    analytical: float
    numerical: float
    error: float


@dataclass(frozen=True)
class Report:
    """The outcome for several arrays; print it to read it."""

    title: str
    rows: tuple[Row, ...]
    tolerance: float = TOLERANCE

    @property
    def worst(self):
        """The largest relative error of all arrays."""
        return max(row.error for row in self.rows)

    @property
    def ok(self):
        """Whether every array is within the tolerance."""
        return self.worst <= self.tolerance

    def __str__(self):
        lines = [self.title] * bool(self.title) + [f"{'array':<8}{'shape':<12}relative error"]
        lines += [self._line(row) for row in self.rows]
        return "\n".join(lines)

    def _line(self, row):
        text = f"{row.name:<8}{row.shape!s:<12}{row.error:<16.1e}"
        if row.error <= self.tolerance:
            return text + "right"
        return text + f"WRONG at {row.index}: yours {row.analytical:.6g}, numerical {row.numerical:.6g}"


def numerical(f, arrays, name, eps=EPS):
    """Return the gradient of f(**arrays), a scalar, with respect to arrays[name], by central differences.

    Each entry is (f(x + eps) - f(x - eps)) / (2 eps). `arrays` stay unchanged. Only float64 has the digits
    for this: in float32 the difference drowns in rounding. eps is absolute: entries should be about 1.
    Raises TypeError for another dtype, ValueError for an unknown name or an f that returns no single number.
    """
    if name not in arrays:
        raise ValueError(f"name is {name!r}; accepted is one of {', '.join(arrays)}")
    x = np.asarray(arrays[name])
    if x.dtype != np.float64:
        raise TypeError(f"{name} has dtype {x.dtype}; accepted is float64, float32 is too coarse for differences")
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        above, below = (_moved(f, arrays, name, index, by) for by in (eps, -eps))
        gradient[index] = (above - below) / (2 * eps)
    return gradient


def _moved(f, arrays, name, index, by):
    """Return f where one entry is moved, as a float. f gets copies: what it changes in place harms no other call."""
    copies = {key: np.array(array) for key, array in arrays.items()}
    copies[name][index] += by
    value = f(**copies)
    if np.ndim(value) != 0 or not np.isrealobj(value):
        raise ValueError(f"f returns shape {np.shape(value)}; accepted is one real number, such as .sum() gives")
    return float(value)


def compare(f, arrays, gradients, eps=EPS, tolerance=TOLERANCE, title=""):
    """Compare `gradients` of the scalar f(**arrays) with numerical ones and return a Report.

    arrays : name -> float64 array, all that f takes. gradients : name -> array, for those to check.
    The error is the largest difference divided by the largest gradient of the array, on either side.
    Raises ValueError for a gradient of another shape than its array or under an unknown name.
    """
    if not gradients:
        raise ValueError("gradients is empty; accepted is at least one array to check")
    rows = []
    for name, gradient in gradients.items():
        if name not in arrays:
            raise ValueError(f"gradients names {name!r}; accepted are {', '.join(arrays)}")
        if np.shape(gradient) != np.shape(arrays[name]):
            raise ValueError(f"gradient of {name} has shape {np.shape(gradient)}; accepted is {np.shape(arrays[name])}")
        rows.append(_row(name, np.asarray(gradient), numerical(f, arrays, name, eps)))
    return Report(title, tuple(rows), tolerance)


def _row(name, analytical, measured):
    difference = np.asarray(np.abs(analytical - measured))  # an array also where both are one number
    difference[~np.isfinite(difference)] = np.inf
    index = np.unravel_index(difference.argmax(), difference.shape)
    scale = max(np.abs(analytical).max(), np.abs(measured).max(), SMALLEST)
    error = float(difference[index] / scale) if np.isfinite(scale) else np.inf
    return Row(name, difference.shape, tuple(map(int, index)), float(analytical[index]), float(measured[index]), error)


def check(params, T, B=2, seed=0):
    """Check BPTT of a cell for every parameter, the input and the initial states, and return a Report.

    The loss is a random weighting of every h_t (and c_t) and of the last state; input and initial states
    are random too. T = 1 is blind to the usual mistakes, so use several.
    """
    validate.integer("T", T, 1), validate.integer("B", B, 1)
    cell, rng = cell_of(params), np.random.default_rng(validate.integer("seed", seed, 0))
    if params.dtype != np.float64:
        raise TypeError(f"params has dtype {params.dtype}; accepted is float64, float32 is too coarse for differences")
    arrays = params.arrays() | {"x": rng.standard_normal((T, B, params.D))}
    arrays |= {f"{name}0": rng.standard_normal((B, params.H)) for name in cell.state}
    weights = {f"d{name}": rng.standard_normal((T, B, params.H)) for name in cell.state}
    weights |= {f"d{name}_last": rng.standard_normal((B, params.H)) for name in cell.state}

    def run(x, **others):
        initial = {name: others.pop(name) for name in list(others) if name not in params.arrays()}
        return unroll.forward(params.replace(**others), x, **initial)

    def loss(**arrays):
        steps = run(**arrays).steps
        every = sum((weights[f"d{n}"][t] * getattr(s, f"{n}_t")).sum() for n in cell.state for t, s in enumerate(steps))
        return every + sum((weights[f"d{n}_last"] * getattr(steps[-1], f"{n}_t")).sum() for n in cell.state)

    back = unroll.backward(run(**arrays), **weights)
    gradients = back.grads | {"x": back.dx} | back.initial
    options = {f.name: getattr(params, f.name) for f in params.declared("accepted")}
    return compare(loss, arrays, gradients, title=f"{cell.title} {options or ''} T={T}")


def sweep(cells=None, lengths=(1, 3, 7), D=5, H=4, B=2, seed=0):
    """Yield a Report for every registered cell, every option and every length, with random biases."""
    for cell in CELLS.values() if cells is None else cells:
        for options in cell.Params.option_sets():
            params = randomised(cell.init(D, H, seed=seed, **options), seed)
            yield from (check(params, T, B, seed) for T in lengths)


def randomised(params, seed=0):
    """Return `params` with random biases added: a gradient that forgets a bias must not pass because it is zero."""
    rng = np.random.default_rng(seed)
    moved = {n: a + 0.5 * rng.standard_normal(a.shape) for n, a in params.arrays().items() if a.ndim == 1}
    biases = {n: a.astype(params.dtype) for n, a in moved.items()}
    return params.replace(**biases)
