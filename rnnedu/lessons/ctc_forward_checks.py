"""The check of a learner's forward recursion of CTC: log alpha of every frame and state, and log p of the target."""

import numpy as np

from rnnedu.functions import log_softmax
from rnnedu.lessons.checks import (
    Found,
    described,
    entry,
    first_difference,
    floats,
    result_of,
    same,
    verdict_of,
    yours_and_expected,
)
from rnnedu.lessons.ctc_forward_mistakes import ALPHA, END, RIGHT
from rnnedu.lessons.exercises import Exercise, register

CASES = (  # labels, T, V, blank; the first one names mistakes: equal labels, different ones, all sizes different
    ((2, 2, 1, 3), 7, 11, 0),
    ((1,), 1, 3, 0),
    ((0, 3, 0), 6, 5, 4),
    ((1, 1), 2, 3, 0),
)
NEVER = -1e6  # of this or less is a log probability of 0: -np.inf, or a learner's -1e9
PRAISE = "Right: log alpha at every frame and state, and log p from the last two states, for every target tried."


def check_ctc_forward(fn):
    """Check fn(log_y, states, blank) -> (log_alpha, log_p), and return a Verdict.

    log_y is float64 (T, V), states an integer array (S,), blank, l_1, blank, ..., l_L, blank. log_alpha is (T, S)
    float64, below -1e6 or -np.inf where no path leads; log_p a float. Raises nothing.
    """
    return verdict_of(_check, fn, PRAISE)


def problem(case):
    """Return (log_y, states, blank) of a case."""
    labels, T, V, blank = CASES[case]
    states = np.full(2 * len(labels) + 1, blank)
    states[1::2] = labels
    return log_softmax(1.5 * np.random.default_rng(case).standard_normal((T, V))), states, blank


def _check(fn):
    for case in range(len(CASES)):
        log_y, states, blank = problem(case)
        try:
            _compare(result_of(fn, {"log_y": log_y, "states": states, "blank": blank}), log_y, states, blank)
        except Found as found:
            raise Found(f"{_where(case)}{found}" if case else str(found)) from None


def _where(case):
    labels, T, _, blank = CASES[case]
    return f"Right for the target {list(CASES[0][0])}, but for {list(labels)} over T = {T} with blank = {blank}: "


def _compare(result, log_y, states, blank):
    alpha, log_p = _parts(result, log_y, states)
    right = RIGHT.run(log_y, states, blank)
    if not _alike(alpha, right):
        raise Found(_known(alpha, log_y, states, blank) or _unknown(alpha, right))
    if not _alike(log_p, END[""](right)):
        raise Found(_end(log_p, right))


def _parts(result, log_y, states):
    """Return log_alpha and log_p; raise Found where something else came back."""
    T, S = len(log_y), len(states)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise Found(f"Your function returns {described(result)}; accepted are two values, log_alpha and log_p.")
    alpha, log_p = result
    floats(alpha, f"log_alpha, an array of shape (T, S) = {(T, S)}", "Your log_alpha is")
    if alpha.shape != (T, S):
        reason = {(S, T): "time comes first", (S,): "is the last frame returned alone?", (T, log_y.shape[1]): (
            "a column for each state, not for each symbol"
        )}.get(alpha.shape, "a row for each frame, a column for each state")  # fmt: skip
        raise Found(f"Your log_alpha has shape {alpha.shape}; accepted is (T, S) = {(T, S)}: {reason}.")
    if np.shape(log_p) != () or not isinstance(log_p, (float, int, np.number, np.ndarray)):
        raise Found(f"Your log_p is {described(log_p)}; accepted is one number.")
    return alpha, np.float64(log_p)


def _alike(value, right):
    """Return whether two are equal, all that is below NEVER being the same."""
    return same(_floored(value), _floored(right))


def _floored(value):
    return np.where(value <= NEVER, NEVER, value)


def _known(alpha, log_y, states, blank):
    """Return the sentence of the mistake, or of the two mistakes, that give these numbers."""
    with np.errstate(all="ignore"):
        return next((text for text, wrong in ALPHA.items() if _alike(alpha, wrong.run(log_y, states, blank))), None)


def _unknown(alpha, right):
    if np.isnan(alpha).any():
        at = tuple(int(n) for n in np.argwhere(np.isnan(alpha))[0])
        return f"Your {entry(at, 'log_alpha')} is nan: -inf - -inf has no value, and log of a negative number neither."
    at = first_difference(_floored(alpha), _floored(right))
    seen = f"First difference at frame t = {at[0]}, state s = {at[1]}: {entry(at, 'log_alpha')}, "
    return seen + yours_and_expected(alpha, right, at) + _hint(alpha, right, at)


def _hint(alpha, right, at):
    t, s = at
    if t == 0:
        return ". In the first frame only the first blank and the first label can be read."
    if np.isinf(right[at]) and alpha[at] > NEVER:
        return f". After {t + 1} frames no path has come as far as state {s}."
    ways = ", ".join(f"log_alpha[{t - 1}, {s - k}] = {right[t - 1, s - k]:.4f}" for k in range(min(3, s + 1)))
    return f". What could arrive there: {ways}; which of them count, and what does the frame itself add?"


def _end(log_p, alpha):
    with np.errstate(all="ignore"):
        found = next((text for text, wrong in END.items() if text and _alike(log_p, wrong(alpha))), "")
    seen = yours_and_expected(np.float64(log_p)[None], END[""](alpha)[None], (0,))
    return f"log_alpha is right. {found or f'log_p: {seen}. It is the sum of the last two states of the last frame.'}"


register(
    Exercise(
        "ctc_forward",
        check_ctc_forward,
        (
            (
                "log_alpha[t, s] is the log of a sum: of all that could be in the frame before, times the probability "
                "of reading states[s] now. Sums of probabilities are np.logaddexp of their logs, products are +."
            ),
            (
                "Three ways may lead into s: from s itself, from s - 1, and from s - 2. The last one is closed when "
                "states[s] is the blank, and when states[s] equals states[s - 2]."
            ),
            (
                "Frame 0: log_alpha[0, :2] = log_y[0, states[:2]], -np.inf elsewhere. Behind the last frame: "
                "np.logaddexp(log_alpha[-1, -1], log_alpha[-1, -2])."
            ),
        ),
        """
def ctc_forward(log_y, states, blank):
    T, S = len(log_y), len(states)
    log_alpha = np.full((T, S), -np.inf)
    log_alpha[0, :2] = log_y[0, states[:2]]
    for t in range(1, T):
        for s in range(S):
            ways = [log_alpha[t - 1, s]]
            if s >= 1:
                ways.append(log_alpha[t - 1, s - 1])
            if s >= 2 and states[s] != blank and states[s] != states[s - 2]:
                ways.append(log_alpha[t - 1, s - 2])
            log_alpha[t, s] = np.logaddexp.reduce(ways) + log_y[t, states[s]]
    return log_alpha, np.logaddexp(log_alpha[-1, -1], log_alpha[-1, -2])
""",
    )
)
