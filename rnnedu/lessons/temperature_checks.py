"""The check of a learner's softmax with a temperature, exp(logits / temperature) divided by its sum."""

import itertools

import numpy as np

from rnnedu.functions import log_softmax, sigmoid, softmax
from rnnedu.lessons.checks import (
    Found,
    Verdict,
    described,
    entry,
    finite,
    first_difference,
    floats,
    result_of,
    same,
    verdict_of,
    yours_and_expected,
)
from rnnedu.lessons.exercises import Exercise, register

CASES = ((7, 0.6), (7, 2.0), (5, 1.0), (27, 0.25), (1, 0.5), (2, 3.0))  # (V, temperature): the first names mistakes
HUGE = 1000.0  # exp of it overflows
RIGHT = "Right: every score divided by the temperature, exp, and all divided by their sum, for every size tried."
OVERFLOWS = " For scores near 1000 your exp overflows: subtract the largest score first, which changes no share."

SCORES = {
    "": lambda a, T: a / T,  # right: nothing to say
    "The temperature has no effect: divide the scores by it before exp. (After exp it cancels in the sum.)": (
        lambda a, _: a
    ),
    "The scores are multiplied by the temperature; they are divided by it, so that a low one sharpens the choice.": (
        lambda a, T: a * T
    ),
    "The sign is wrong: the likeliest letter has become the least likely one.": lambda a, T: -a / T,
    "The scores are divided by the temperature twice.": lambda a, T: a / T**2,
}
ENDS = {
    "": lambda s: softmax(s),  # right: nothing to say
    "The result does not sum to 1: divide exp(...) by its sum.": np.exp,
    "exp is left out: the scores themselves are divided by their sum, and a share may come out negative.": (
        lambda s: s / s.sum()
    ),
    "The scores are returned as they are: exp and the division by the sum are missing.": lambda s: s,
    "exp(...) is divided by its largest entry; probabilities are divided by their sum.": lambda s: np.exp(s - s.max()),
    "exp(...) is divided by its mean; probabilities are divided by their sum.": lambda s: softmax(s) * len(s),
    "exp(...) is divided by its Euclidean norm; probabilities are divided by their sum.": (
        lambda s: np.exp(s) / np.linalg.norm(np.exp(s))
    ),
    "Those are log-probabilities; what is asked for are the probabilities.": log_softmax,
    "sigmoid stands where softmax belongs: the letters share one probability of 1.": sigmoid,
    "2 to the power stands where exp belongs.": lambda s: softmax(s * np.log(2)),
}
WHOLE = {
    "The temperature divides the probabilities, which then do not sum to 1; it divides the scores, before exp.": (
        lambda a, T: softmax(a) / T
    ),
    "The temperature multiplies the probabilities, which then do not sum to 1; it divides the scores, before exp.": (
        lambda a, T: softmax(a) * T
    ),
    "The sum is taken without the temperature: sum the same exp(logits / temperature) that is divided.": (
        lambda a, T: np.exp(a / T) / np.exp(a).sum()
    ),
    "Only the sum has the temperature in it: what is divided is exp(logits / temperature) too.": (
        lambda a, T: np.exp(a) / np.exp(a / T).sum()
    ),
    "The probabilities are raised to 1 / temperature, which is right, but then no longer sum to 1.": (
        lambda a, T: softmax(a) ** (1 / T)
    ),
    "The probabilities are raised to the power temperature; it is 1 / temperature, and then they must sum to 1.": (
        lambda a, T: softmax(a) ** T
    ),
    "All goes to the likeliest letter: that is temperature 0. The others keep a share.": (
        lambda a, _: np.eye(len(a))[a.argmax()]
    ),
    "All letters are alike: that is an endless temperature.": lambda a, _: np.full(len(a), 1 / len(a)),
}


def check_softmax_with_temperature(fn):
    """Check fn(logits, temperature) -> probabilities, softmax(logits / temperature), and return a Verdict.

    It is called with float64 logits (V,) and a float temperature above 0; the probabilities are float64 (V,).
    Raises nothing: what `fn` raises is told in the Verdict. One whose exp overflows for huge scores is right, and told.
    """
    verdict = verdict_of(_check, fn, RIGHT)
    return Verdict(True, RIGHT + OVERFLOWS) if verdict.ok and _overflows(fn) else verdict


def _check(fn):
    for case, (V, temperature) in enumerate(CASES):
        logits = 1.5 * np.random.default_rng(case).standard_normal(V)
        value = result_of(fn, {"logits": logits, "temperature": temperature})
        if case == 0 and isinstance(value, (int, np.integer)):
            raise Found(f"Your function returns {described(value)}, one letter; accepted are the probabilities of all.")
        floats(value, f"an array of shape (V,) = {(V,)}")
        right = softmax(logits / temperature)
        if not same(value, right):
            _refuse_shape(value, V)
            finite(value, "p")
            raise Found(_known(value, logits, temperature) if case == 0 else _later(value, right, V, temperature))


def _refuse_shape(value, V):
    reason = {(): "everything was summed", (1, V): "an axis too many"}.get(value.shape, "one probability a letter")
    if value.shape != (V,):
        raise Found(f"Your result has shape {value.shape}; accepted is (V,) = {(V,)}: {reason}.")


def _known(value, logits, temperature):
    """Return the sentence of the known mistake that gives `value`, single mistakes first, or what can be said."""
    with np.errstate(all="ignore"):
        made = [(text, mistake(logits, temperature)) for text, mistake in WHOLE.items()]
        pairs = sorted(itertools.product(SCORES, ENDS), key=all)  # stable: single ones first
        made += [(f"{s} {e}".strip(), ENDS[e](SCORES[s](logits, temperature))) for s, e in pairs]
        found = next((text for text, wrong in made if same(value, wrong)), None)
    return found or _unknown(value, softmax(logits / temperature))


def _unknown(value, right):
    index = first_difference(value, right)
    text = f"First difference at {entry(index, 'p')}: {yours_and_expected(value, right, index)}. "
    if not np.isclose(value.sum(), 1):
        return text + f"Yours sum to {value.sum():.4g}; probabilities sum to 1."
    if (np.argsort(value) == np.argsort(right)).all():
        return text + "They sum to 1 and are in the right order: look at how the temperature comes in."
    return text + "They sum to 1, but in another order: what is likelier must stay likelier."


def _later(value, right, V, temperature):
    (first, cool), index = CASES[0], first_difference(value, right)
    seen = f"Right for V = {first} and temperature {cool}, but not for V = {V} and temperature {temperature}: "
    return f"{seen}at {entry(index, 'p')} {yours_and_expected(value, right, index)}. Is a number written in by hand?"


def _overflows(fn):
    """Return whether it goes wrong for scores so large that exp of them is infinite."""
    logits = np.array([HUGE, HUGE - 1])
    try:
        return not same(result_of(fn, {"logits": logits, "temperature": 1.0}), softmax(logits))
    except Found:
        return True


register(
    Exercise(
        "softmax_with_temperature",
        check_softmax_with_temperature,
        (
            "Two things are needed: numbers that are all positive, and numbers that sum to 1. exp gives the first.",
            "The temperature acts on the scores, before exp: a small one makes their distances larger.",
            "With s = logits / temperature, every letter's share is its np.exp(s) of the sum of all np.exp(s).",
        ),
        """
def softmax_with_temperature(logits, temperature):
    scaled = logits / temperature
    weights = np.exp(scaled - scaled.max())
    return weights / weights.sum()
""",
    )
)
