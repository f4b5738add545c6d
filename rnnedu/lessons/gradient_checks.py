"""The check of a learner's numerical gradient by central differences."""

import numpy as np

from rnnedu import gradcheck
from rnnedu.lessons.checks import Found, entry, finite, first_difference, floats, result_of, same, verdict_of
from rnnedu.lessons.checks import yours_and_expected as compared
from rnnedu.lessons.exercises import Exercise, register

SHAPES = ((3, 4), (5,), (2, 3, 2), (1,))
EPS = 0.1  # so large that central, forward and backward differences can be told apart
RIGHT = "Right: central differences, one entry at a time, for arrays of every shape tried."


def _of(f, x, ahead, behind, divisor):
    """Return (f(x + ahead at one entry) - f(x - behind there)) / divisor for every entry of x."""
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        unit = np.zeros_like(x)
        unit[index] = 1
        gradient[index] = (f(x + ahead * unit) - f(x - behind * unit)) / divisor
    return gradient


def _not_restored(f, x, eps, start):
    """Return the differences where every entry stays moved by `start` * eps once it has been visited."""
    moved, gradient = x.copy(), np.empty_like(x)
    for index in np.ndindex(x.shape):
        unit = np.zeros_like(x)
        unit[index] = eps
        gradient[index] = (f(moved + unit) - f(moved - unit)) / (2 * eps)
        moved = moved + start * unit
    return gradient


MISTAKES = {
    "That is the forward difference, (f(x + eps) - f(x)) / eps; the central one looks to both sides.": (
        lambda f, x, e: _of(f, x, e, 0, e)
    ),
    "That is the backward difference, (f(x) - f(x - eps)) / eps; the central one looks to both sides.": (
        lambda f, x, e: _of(f, x, 0, e, e)
    ),
    "Twice too large: from x - eps to x + eps it is 2 * eps.": lambda f, x, e: _of(f, x, e, e, e),
    "It is multiplied by eps where it is divided: watch the brackets, / (2 * eps).": (
        lambda f, x, e: _of(f, x, e, e, 2 / e)
    ),
    "The division by eps is missing: / (2 * eps).": lambda f, x, e: _of(f, x, e, e, 2),
    "The division by 2 * eps is missing.": lambda f, x, e: _of(f, x, e, e, 1),
    "The sign is wrong: f(x + eps) comes first.": lambda f, x, e: _of(f, x, e, e, -2 * e),
    "Half too small: f(x + eps) - f(x) spans eps, not 2 * eps; the other side is x - eps.": (
        lambda f, x, e: _of(f, x, e, 0, 2 * e)
    ),
    "All entries are moved at once, so each gets the sum of all gradients: move one entry at a time.": (
        lambda f, x, e: np.full_like(x, (f(x + e) - f(x - e)) / (2 * e))
    ),
    "An entry stays at x + eps after its turn: put it back, or move a fresh copy each time.": (
        lambda f, x, e: _not_restored(f, x, e, 1)
    ),
    "An entry stays at x - eps after its turn: put it back, or move a fresh copy each time.": (
        lambda f, x, e: _not_restored(f, x, e, -1)
    ),
    "The gradient is all 0: what the loop finds is not stored.": lambda _, x, __: np.zeros_like(x),
    "eps is not used: the differences are those of another, smaller step. Take the eps that is given.": (
        lambda f, x, _: _of(f, x, 1e-5, 1e-5, 2e-5)
    ),
}


def check_gradient_check(fn):
    """Check fn(f, x, eps) -> numerical gradient of the scalar function f at x, in x's shape, and return a Verdict.

    f takes a float64 array of x's shape and returns a float. Entry by entry the gradient is
    (f(x + eps) - f(x - eps)) / (2 eps). x stays unchanged. Raises nothing.
    """
    return verdict_of(_check, fn, RIGHT)


def _check(fn):
    for case, shape in enumerate(SHAPES):
        rng = np.random.default_rng(case)
        x, weights = 1 + 0.5 * rng.standard_normal(shape), rng.standard_normal(shape)
        f = _handed(weights)
        value = result_of(fn, {"f": f, "x": x, "eps": EPS})
        floats(value, f"an array of shape {shape}")
        right = gradcheck.numerical(f, {"x": x}, "x", EPS)
        if not same(value, right):
            raise Found(_wrong(value, right, f, x) if case == 0 else _later(value, right))


def _handed(weights):
    """Return a function of x, neither linear nor quadratic, with the entries of x tied together."""

    def f(x):
        """Return a float, made from all of x."""
        if np.shape(x) != weights.shape:
            raise ValueError(f"f takes an array of shape {weights.shape}, all of x; given is {np.shape(x)}")
        return float((weights * x**3).sum() + np.sin(x.sum()))

    f.__qualname__ = "f"
    return f


def _wrong(value, right, f, x):
    if value.shape != right.shape:
        return (
            f"Your gradient has shape {value.shape}; accepted is that of x, {right.shape}: one number for each entry."
        )
    finite(value, "gradient")
    for sentence, mistake in MISTAKES.items():
        if np.allclose(value, mistake(f, x, EPS), rtol=1e-6, atol=1e-6):
            return sentence
    index = first_difference(value, right)
    wrong = int((~np.isclose(value, right, rtol=1e-9, atol=1e-9)).sum())
    text = f"First difference at {entry(index, 'gradient')}: {compared(value, right, index)}"
    return f"{text}; {wrong} of {right.size} entries are wrong. Is every entry of x moved, once each, alone?"


def _later(value, right):
    seen = f"shape {value.shape} instead of {right.shape}" if value.shape != right.shape else "other numbers"
    return f"Right for x of shape {SHAPES[0]}, but for {right.shape} it gives {seen}: loop with np.ndindex(x.shape)."


register(
    Exercise(
        "gradient_check",
        check_gradient_check,
        (
            "How much does f change when a single entry of x moves a little? That number belongs at the entry's place.",
            "For each index: one copy of x with eps added there, one with eps taken away, and f of both.",
            "Divide the difference of the two by the way between them, and loop with np.ndindex(x.shape).",
        ),
        """
def gradient_check(f, x, eps):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += eps
        below[index] -= eps
        gradient[index] = (f(above) - f(below)) / (2 * eps)
    return gradient
""",
    )
)
