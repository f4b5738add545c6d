"""The check of a learner's Jacobian of one timestep, dh_t/dh_(t-1) = diag(1 - h_t**2) @ W_h.T."""

import numpy as np

from rnnedu.lessons.checks import (
    Found,
    after_the_first,
    entry,
    finite,
    first_difference,
    floats,
    result_of,
    same,
    verdict_of,
)
from rnnedu.lessons.checks import yours_and_expected as compared
from rnnedu.lessons.exercises import Exercise, register

SIZES = ((5,), (3,), (1,))  # (H,): the first names the mistakes
RIGHT = "Right: diag(1 - h_t**2) @ W_h.T, row i for unit i of h_t, for every size tried."

SLOPES = {
    "": lambda h: 1 - h**2,  # right: nothing to say
    "The slope of tanh is left out: the Jacobian is W_h.T only where h_t is 0. The slope is 1 - h_t**2.": np.ones_like,
    "The slope takes h_t, which is tanh's output already: 1 - h_t**2, without another tanh.": (
        lambda h: 1 - np.tanh(h) ** 2
    ),
    "The slope of tanh is 1 - h_t**2: the square is missing.": lambda h: 1 - h,
    "The slope of tanh is 1 - h_t**2, not h_t**2.": lambda h: h**2,
    "The slope of tanh is 1 - h_t**2, not 1 + h_t**2.": lambda h: 1 + h**2,
    "The slope of tanh is 1 - h_t**2: the sign is wrong.": lambda h: h**2 - 1,
    "The square is taken of 1 - h_t; it is taken of h_t alone: 1 - h_t**2.": lambda h: (1 - h) ** 2,
    "The slope is taken twice: (1 - h_t**2) stands once.": lambda h: (1 - h**2) ** 2,
    "The slope of sigmoid, h_t * (1 - h_t), stands where that of tanh belongs: 1 - h_t**2.": lambda h: h * (1 - h),
    "h_t itself stands where the slope of tanh belongs: 1 - h_t**2.": lambda h: h,
    "tanh(h_t) stands where the slope of tanh belongs: 1 - h_t**2.": np.tanh,
}
PLACES = {
    "": lambda slope, W: slope[:, None] * W.T,  # right
    "W_h is not transposed: entry [i, j] is what unit j of h_prev does to unit i of h_t, and that is W_h[j, i].": (
        lambda slope, W: slope[:, None] * W
    ),
    "Your Jacobian is transposed: row i belongs to unit i of h_t, column j to unit j of h_prev.": (
        lambda slope, W: slope * W
    ),
    "The slope multiplies columns; it belongs to the new unit i, so it multiplies row i: diag(1 - h_t**2) stands on "
    "the left, or the slope gets an axis, [:, None].": lambda slope, W: slope * W.T,
}
WHOLE = {
    "Only the diagonal is left: `*` goes element by element. diag(...) and W_h.T are multiplied with `@`.": (
        lambda h, W: np.diag((1 - h**2) * np.diag(W))
    ),
    "diag(1 - h_t**2) and W_h.T are added; they are multiplied, with `@`.": lambda h, W: np.diag(1 - h**2) + W.T,
    "That is the slopes alone; W_h.T is missing.": lambda h, _: np.diag(1 - h**2),
    "The slopes' average is taken; every unit has its own.": lambda h, W: (1 - h**2).mean() * W.T,
    "The slope goes on both sides; diag(1 - h_t**2) stands once, on the left.": (
        lambda h, W: (1 - h**2)[:, None] * W.T * (1 - h**2)
    ),
    "h_t is multiplied in besides the slope; W_h.T and 1 - h_t**2 are all.": (
        lambda h, W: ((1 - h**2) * h)[:, None] * W.T
    ),
}


def check_rnn_jacobian(fn):
    """Check fn(h_t, W_h) -> dh_t/dh_(t-1) of one tanh timestep, (H, H), and return a Verdict.

    It is called with float64 arrays h_t (H,), one sequence, and W_h (H, H) of several sizes. Entry [i, j] is the
    derivative of unit i of h_t by unit j of h_(t-1). Raises nothing: what `fn` raises is told in the Verdict.
    """
    return verdict_of(_check, fn, RIGHT)


def mistakes(h_t, W_h):
    """Yield (sentence, Jacobian) for every mistake, single ones first."""
    yield from ((sentence, mistake(h_t, W_h)) for sentence, mistake in WHOLE.items())
    pairs = sorted(((slope, place) for slope in SLOPES for place in PLACES), key=all)  # stable
    for slope, place in pairs:
        if slope or place:
            yield f"{slope} {place}".strip(), PLACES[place](SLOPES[slope](h_t), W_h)


def _check(fn):
    for case, (H,) in enumerate(SIZES):
        inputs = _inputs(H, seed=case)
        expected = _expected(**inputs)
        with after_the_first("H", SIZES[0], (H,)):
            value = floats(result_of(fn, inputs), f"an array of shape (H, H) = {(H, H)}")
            _refuse_shape(value, H)
        if same(value, expected):
            continue
        if case:
            raise Found(f"Right for H = 5, but for H = {H} it gives other numbers: is a size a fixed number?")
        finite(value, "J")
        known = next((sentence for sentence, wrong in mistakes(**inputs) if same(value, wrong)), None)
        raise Found(known or _unknown(fn, value, expected, inputs))


def _inputs(H, seed):
    rng = np.random.default_rng(seed)
    return {"h_t": np.tanh(rng.standard_normal(H)), "W_h": 0.7 * rng.standard_normal((H, H))}


def _expected(h_t, W_h):
    return (1 - h_t**2)[:, None] * W_h.T


def _refuse_shape(value, H):
    reasons = {
        (H,): "that is (H,), one number a unit: a vector @ a matrix sums over units. The slopes go on a diagonal, "
        "np.diag(1 - h_t**2), or get an axis, (1 - h_t**2)[:, None]",
        (): "one single number: everything was summed",
        (1, H): "that is one row; the slopes go on a diagonal, np.diag(1 - h_t**2)",
        (H, 1): "that is one column; the slopes go on a diagonal, np.diag(1 - h_t**2)",
        (H, H, H): "that is an axis too many",
    }
    if value.shape != (H, H):
        reason = reasons.get(value.shape, "a row for each unit of h_t, a column for each unit of h_prev")
        raise Found(f"Your Jacobian has shape {value.shape}; accepted is (H, H) = {(H, H)}: {reason}.")


def _unknown(fn, value, expected, inputs):
    """Return where the first difference is, and which of the two factors is right by itself."""
    index = first_difference(value, expected)
    text = f"First difference at {entry(index, 'J')}: {compared(value, expected, index)}. "
    if same(value, (factor := value[index] / expected[index]) * expected):
        return f"{text}All of it is {factor:.3g} times the right one."
    h_t, W_h = inputs.values()
    weights, slope = _agrees(fn, np.zeros_like(h_t), W_h), _agrees(fn, h_t, np.eye(len(h_t)))
    if weights and not slope:
        return text + "It is right where h_t is 0, so W_h.T is in it as it should be: look at the slope of tanh."
    if slope and not weights:
        return text + "It is right where W_h is the identity, so the slope is: look at W_h."
    where = "Each factor by itself is right" if slope else "It is wrong where h_t is 0, and where W_h is the identity"
    return f"{text}{where}: two factors are multiplied, diag(the slopes of tanh) on the left and W_h.T."


def _agrees(fn, h_t, W_h):
    inputs = {"h_t": h_t, "W_h": W_h}
    try:
        return same(result_of(fn, inputs), _expected(**inputs))
    except Found:
        return False


register(
    Exercise(
        "rnn_jacobian",
        check_rnn_jacobian,
        (
            "h_t = tanh(a_t). If unit j of h_prev moves a little, a_t of unit i moves W_h[j, i] times as much.",
            "Then tanh: unit i passes on the share 1 - h_t[i]**2. So entry [i, j] is (1 - h_t[i]**2) * W_h[j, i].",
            "W_h.T has W_h[j, i] at [i, j]. Multiply its row i by slope i: np.diag(slopes) @ W_h.T.",
        ),
        """
def rnn_jacobian(h_t, W_h):
    return np.diag(1 - h_t**2) @ W_h.T
""",
    )
)
