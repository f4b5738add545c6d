"""The check of a learner's clipping by the joint norm of all gradients."""

import numpy as np

from rnnedu.lessons.checks import Found, described, entry, first_difference, floats, result_of, same, verdict_of
from rnnedu.lessons.checks import yours_and_expected as compared
from rnnedu.lessons.exercises import Exercise, register
from rnnedu.optim.clip import clip_by_global_norm

SHAPES = ((4, 5), (5, 5), (5,))  # as W_x, W_h and b have them
NEAR = 1e-5  # PyTorch adds 1e-6 to the norm: accepted
RIGHT = "Right: one joint norm, scaled only above the limit, the direction kept, zero gradients safe."


def norm(arrays):
    """Return the joint Euclidean norm of all entries, a float."""
    return float(np.sqrt(sum((array**2).sum() for array in arrays)))


def _each(factor):
    return lambda gradients, limit: [g * factor(g, limit) for g in gradients]


def _joint(factor):
    return lambda gradients, limit: [g * factor(gradients, limit) for g in gradients]


MISTAKES = {
    "Above the limit nothing is clipped: the gradients come back as they were.": lambda gradients, _: gradients,
    "Each array is clipped by its own norm: the direction changes. One norm is taken over all arrays together.": (
        _each(lambda g, limit: min(1, limit / norm([g])))
    ),
    "Entries are cut one by one, as np.clip does: the direction changes. Multiply all by one number.": (
        lambda gradients, limit: [np.clip(g, -limit, limit) for g in gradients]
    ),
    "The root is missing: the norm is the square root of the sum of squares.": (
        _joint(lambda gs, limit: limit / norm(gs) ** 2)
    ),
    "The norms of the arrays are added; squares are added, over all arrays, before one root.": (
        _joint(lambda gs, limit: limit / sum(norm([g]) for g in gs))
    ),
    "Absolute values are added; the norm is the root of the sum of squares.": (
        _joint(lambda gs, limit: limit / sum(np.abs(g).sum() for g in gs))
    ),
    "The largest entry is taken as the norm; the norm is the root of the sum of squares.": (
        _joint(lambda gs, limit: limit / max(np.abs(g).max() for g in gs))
    ),
    "The root of the mean of squares is taken; the norm is the root of their sum.": (
        _joint(lambda gs, limit: limit * np.sqrt(sum(g.size for g in gs)) / norm(gs))
    ),
    "The factor is upside down: it is limit / norm, below 1.": _joint(lambda gs, limit: norm(gs) / limit),
    "The gradients are scaled to norm 1; is limit in the factor? It is limit / norm.": _joint(
        lambda gs, _: 1 / norm(gs)
    ),
    "The gradients are multiplied by limit, without dividing by the norm.": _joint(lambda _, limit: limit),
    "Only the first array is scaled; all of them are multiplied by the same number.": (
        lambda gs, limit: [gs[0] * limit / norm(gs), *gs[1:]]
    ),
    "The norm is that of the first array alone; it is taken over all arrays.": (
        _joint(lambda gs, limit: limit / norm(gs[:1]))
    ),
    "The norm is that of the last array alone: is the sum begun anew for each array?": (
        _joint(lambda gs, limit: limit / norm(gs[-1:]))
    ),
    "limit is subtracted; all are multiplied by limit / norm.": lambda gs, limit: [g - limit for g in gs],
}


def check_clip_by_norm(fn):
    """Check fn(gradients, limit) -> list of clipped arrays, and return a Verdict.

    gradients is a list of float64 arrays of several shapes, limit a float above 0. All arrays are multiplied by
    limit / norm where their joint norm is above the limit; else they come back as they are. Raises nothing.
    """
    return verdict_of(_check, fn, RIGHT)


def _check(fn):
    rng = np.random.default_rng(0)
    gradients = [rng.standard_normal(shape) for shape in SHAPES]
    whole = norm(gradients)
    _same(fn, gradients, 0.05 * whole, "Above the limit", MISTAKES)
    below = "Below the limit the gradients are changed too: they are scaled only when the norm is above the limit."
    _same(fn, gradients, 2.5 * whole, "Below the limit", {below: _joint(lambda gs, limit: limit / norm(gs))})
    _same(fn, [1e-3 * g for g in gradients], whole, "For small gradients", {})
    _same(fn, gradients[:1], 0.5, "For a list of one array", MISTAKES)
    _same(fn, [*gradients, gradients[0][:2]], 7.0, "For four arrays and limit 7", MISTAKES)
    _same(fn, [0 * g for g in gradients], 1.0, "For gradients that are all 0 (a division by the norm, 0?)", {})


def _same(fn, gradients, limit, when, mistakes):
    """Raise Found if fn(gradients, limit) is not right; the text begins with `when`."""
    right, _ = clip_by_global_norm(gradients, limit)
    value = _arrays(_called(fn, gradients, limit, when), right)
    if all(
        mine.shape == r.shape and np.allclose(mine, r, rtol=NEAR, atol=0) for mine, r in zip(value, right, strict=True)
    ):
        return
    for sentence, mistake in mistakes.items():
        wrong = mistake(gradients, limit)
        if all(same(mine, w) for mine, w in zip(value, wrong, strict=True)):
            raise Found(sentence)
    raise Found(f"{when}: {_difference(value, right, limit)}")


def _called(fn, gradients, limit, when):
    """Return fn(gradients, limit); that nothing comes back is said with `when`: one way through may lack a return."""
    try:
        return result_of(fn, {"gradients": gradients, "limit": limit})
    except Found as found:
        raise Found(str(found).replace("Your function returns None", f"{when} your function returns None")) from None


def _arrays(value, right):
    if not isinstance(value, (list, tuple)) or len(value) != len(right):
        raise Found(f"Your function returns {described(value)}; accepted is a list of {len(right)} arrays.")
    for n, (mine, array) in enumerate(zip(value, right, strict=True)):
        floats(mine, f"an array of shape {array.shape}", f"For gradients[{n}] your function returns")
    return value


def _difference(value, right, limit):
    for n, (mine, array) in enumerate(zip(value, right, strict=True)):
        if mine.shape != array.shape:
            return f"gradients[{n}] has shape {mine.shape}; accepted is {array.shape}, as it came."
        if not np.isfinite(mine).all():
            return f"gradients[{n}] holds numbers that are not finite."
        if not same(mine, array):
            index = first_difference(mine, array)
            text = f"first difference at {entry(index, f'gradients[{n}]')}: {compared(mine, array, index)}."
            return f"{text} The joint norm of yours is {norm(value):.4g}, with limit {limit:.4g}."
    return ""


register(
    Exercise(
        "clip_by_norm",
        check_clip_by_norm,
        (
            "All arrays together are one long vector. How long is it? Only if it is longer than limit it is shortened.",
            "Add the squares of all entries of all arrays and take one root: that is the norm.",
            "If the norm is above limit, multiply each array by limit / norm, into new arrays; else return them as is.",
        ),
        """
def clip_by_norm(gradients, limit):
    norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients))
    factor = limit / norm if norm > limit else 1.0
    return [gradient * factor for gradient in gradients]
""",
    )
)
