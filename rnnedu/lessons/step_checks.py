"""The check of a learner's timestep, h_t = tanh(x_t @ W_x + h_prev @ W_h + b), against the engine's.

A known mistake is recognised by its numbers; one that is not known is found by switching terms off.
"""

import numpy as np

from rnnedu.cells import rnn
from rnnedu.lessons.checks import (
    TOLERANCE,
    Found,
    after_the_first,
    entry,
    finite,
    first_difference,
    floats,
    result_of,
    same,
    sized,
    verdict_of,
    yours_and_expected,
)
from rnnedu.lessons.exercises import Exercise, register
from rnnedu.lessons.step_mistakes import everything

SIZES = ((3, 4, 5), (2, 6, 3), (1, 2, 4), (1, 1, 1))  # (B, D, H): the first, all different, names the mistakes
ROUNDING = 1e-2  # a wrong term makes larger differences than this
TERMS = {"x_t @ W_x": "W_x", "h_prev @ W_h": "W_h", "b": "b"}


def check_rnn_step(fn):
    """Check fn(x_t, h_prev, W_x, W_h, b) -> h_t, one timestep of a tanh RNN, and return a Verdict.

    It is called with float64 arrays x_t (B, D), h_prev (B, H), W_x (D, H), W_h (H, H), b (H,) of several
    sizes. Raises nothing: what `fn` raises is told in the Verdict.
    """
    return verdict_of(_check, fn, "Right: h_t = tanh(x_t @ W_x + h_prev @ W_h + b), for every batch and size tried.")


def _check(fn):
    for case, sizes in enumerate(SIZES):
        inputs = _inputs(*sizes, seed=case)
        expected = _expected(inputs)
        with after_the_first("BDH", SIZES[0], sizes):
            value = floats(result_of(fn, inputs), f"an array of shape (B, H) = {expected.shape}")
        if case:
            _same_as_before(value, expected, sizes)
        elif not same(value, expected):
            _refuse_shape(value, sizes)
            finite(value)
            raise Found(_known(value, inputs) or _unknown(fn, value, expected, inputs))


def _inputs(B, D, H, seed):
    rng = np.random.default_rng(seed)
    shapes = {"x_t": (B, D), "h_prev": (B, H), "W_x": (D, H), "W_h": (H, H), "b": (H,)}
    return {name: 0.7 * rng.standard_normal(shape) for name, shape in shapes.items()}


def _expected(inputs):
    x_t, h_prev, W_x, W_h, b = inputs.values()
    return rnn.step(rnn.RNNParams(W_x, W_h, b), x_t, h_prev).h_t


def _same_as_before(value, expected, sizes):
    if same(value, expected):
        return
    first, now = sized("BDH", SIZES[0]), sized("BDH", sizes)
    seen = f"shape {value.shape} instead of {expected.shape}" if value.shape != expected.shape else "other numbers"
    raise Found(f"Right for {first}, but for {now} it gives {seen}: is a size or an axis written as a fixed number?")


def _refuse_shape(value, sizes):
    B, D, H = sizes
    reasons = {
        (H, B): "that is (H, B): a transpose too many",
        (H,): "that is (H,): one row only. Keep the batch axis: x_t and h_prev are used whole, not x_t[0]; "
        "or the batch was averaged or summed",
        (B,): "that is (B,): the units were summed away",
        (): "one single number: everything was summed or averaged",
        (B, D): "that is (B, D), the shape of x_t: what is returned must have gone through W_x, (D, H)",
        (H, H): "that is (H, H), the shape of W_h: h_prev must be multiplied with it, `h_prev @ W_h`",
        (D, H): "that is (D, H), the shape of W_x: x_t must be multiplied with it, `x_t @ W_x`",
        (1, H): "that is (1, H): one row only. Keep the whole batch; or the batch was averaged or summed",
        (B, 2 * H): "that is (B, 2H): the two products were put side by side; they are added",
    }
    if value.shape != (B, H):
        reason = reasons.get(value.shape, "h_t has one row for each sequence and one column for each unit")
        raise Found(f"Your h_t has shape {value.shape}; accepted is (B, H) = {(B, H)}: {reason}.")


def _known(value, inputs):
    """Return the sentence of the known mistake that gives `value`, or None."""
    return next((sentence for sentence, mistake in everything(**inputs) if same(value, mistake)), None)


def _unknown(fn, value, expected, inputs):
    """Return where the first difference is, and what can be told of a mistake that is not a known one."""
    index = first_difference(value, expected)
    text = f"First difference at {entry(index)}: {yours_and_expected(value, expected, index)}. "
    untouched = _untouched(value, expected, inputs["h_prev"])
    return text + (untouched or _rounded(value, expected) or _probed(fn, inputs))


def _untouched(value, expected, h_prev):
    """Return which rows (or units) are right, if the others hold one number only, or are still h_prev."""
    right = np.isclose(value, expected, rtol=TOLERANCE, atol=TOLERANCE)
    for kind, name, done, axis in (("row", "h_t[{}]", right.all(1), 0), ("unit", "h_t[:, {}]", right.all(0), 1)):
        left, before = (np.compress(~done, each, axis=axis) for each in (value, h_prev))
        constant = np.ptp(left) == 0
        if done.any() and (constant or same(left, before)):
            filled = f"{left.flat[0]:g}" if constant else "still h_prev"
            (rights, _, verb), (wrongs, they, be) = (_listed(kind, name, np.flatnonzero(m)) for m in (done, ~done))
            return (
                f"{rights.capitalize()} {verb} right, {wrongs} {be} not ({they} {be} {filled}): "
                "is `return` inside the loop, or does a range stop too early?"
            )
    return ""


def _listed(kind, name, numbers):
    """Return ("rows h_t[0] and h_t[1]", "they", "are"), or ("row h_t[0]", "it", "is") for one number."""
    names = [name.format(number) for number in numbers]
    if len(names) == 1:
        return f"{kind} {names[0]}", "it", "is"
    return f"{kind}s {', '.join(names[:-1])} and {names[-1]}", "they", "are"


def _rounded(value, expected):
    """Return to how many digits all entries are right, if they nearly are."""
    worst = np.abs(value - expected).max()
    if worst > ROUNDING:
        return ""
    digits = int(-np.log10(2 * worst))
    return f"All entries are right to {digits} digit{'s' * (digits > 1)}: is something rounded, or float32?"


def _probed(fn, inputs):
    """Return which term disagrees when the others are switched off."""
    if not _agrees(fn, inputs, TERMS.values()):
        return "With W_x, W_h and b all 0 it is wrong too: something is there besides the three terms and tanh."
    cured = [term for term, name in TERMS.items() if _agrees(fn, inputs, [name])]
    if len(cured) == 1:
        return f"With {TERMS[cured[0]]} = 0 it is right, so the term that is wrong is {cured[0]}."
    alone = [t for t, n in TERMS.items() if not _agrees(fn, inputs, [o for o in TERMS.values() if o != n])]
    if len(alone) == len(TERMS):
        return "Each of the three terms alone is wrong: look at tanh, and at what is done after it."
    if alone:
        return f"With the other terms switched off, these are wrong: {' and '.join(alone)}."
    return "Each of the three terms alone is right: look at how they are put together before tanh."


def _agrees(fn, inputs, names):
    """Return whether `fn` is right when the parameters of these names are 0."""
    probe = {name: np.zeros_like(value) if name in names else value for name, value in inputs.items()}
    try:
        return same(result_of(fn, probe), _expected(probe))
    except Found:
        return False


register(
    Exercise(
        "rnn_step",
        check_rnn_step,
        (
            "h_t is tanh of a sum of three terms: what comes from the input, what comes from the memory, a constant.",
            "x_t is (B, D) and must become (B, H): which weight has the shape (D, H)? The same question for h_prev.",
            "Inside tanh stand x_t @ W_x, h_prev @ W_h and b, added. b (H,) is added to every row by itself.",
        ),
        """
def rnn_step(x_t, h_prev, W_x, W_h, b):
    return np.tanh(x_t @ W_x + h_prev @ W_h + b)
""",
    )
)
