"""The check of a learner's bias for a gate that shall keep for `tau` timesteps."""

import numpy as np

from rnnedu.functions import sigmoid
from rnnedu.lessons.checks import Found, described, finite, first_difference, result_of, same, verdict_of
from rnnedu.lessons.exercises import Exercise, register

TAUS = (100.0, 3.5, np.array([2.0, 11.0, 400.0]), np.array([[5.0, 1.25], [60.0, 7.0]]))
RIGHT = "Right: sigmoid(b) is 1 - 1/tau, for every tau tried, a number or an array."

MISTAKES = {
    "That is the gate, 1 - 1/tau; asked is the number inside its sigmoid. Undo the sigmoid.": lambda t: 1 - 1 / t,
    "That is 1/tau, what the gate loses at a timestep. It keeps 1 - 1/tau, and that is sigmoid(b).": lambda t: 1 / t,
    "sigmoid is taken of the gate once more; it has to be undone: b = log(f / (1 - f)).": lambda t: sigmoid(1 - 1 / t),
    "The sign is wrong: this gate forgets as much as it should keep. f is above 1 - f, so b is above 0.": (
        lambda t: -np.log(t - 1)
    ),
    "The logarithm is missing: f / (1 - f) is e to the power b, not b.": lambda t: t - 1,
    "The logarithm is to base 10; sigmoid is made from e: np.log.": lambda t: np.log10(t - 1),
    "The logarithm is to base 2; sigmoid is made from e: np.log.": lambda t: np.log2(t - 1),
    "That is log(tau), which keeps for tau + 1 timesteps: f / (1 - f) with f = 1 - 1/tau is not quite tau.": np.log,
    "That is log(tau + 1): f / (1 - f) with f = 1 - 1/tau is tau - 1 (is it log1p of tau?).": np.log1p,
    "That is the log of the gate, log(1 - 1/tau). To undo a sigmoid takes log(f / (1 - f)).": (
        lambda t: np.log(1 - 1 / t)
    ),
    "That is log(1/tau): is it the gate that is 1 - 1/tau, and has its sigmoid been undone with log(f / (1 - f))?": (
        lambda t: -np.log(t)
    ),
    "tanh is undone, but a gate is a sigmoid: b = log(f / (1 - f)).": lambda t: np.arctanh(1 - 1 / t),
    "The gate that is undone is exp(-1/tau), whose power tau is 1/e. Asked is the exact 1 / (1 - f) = tau.": (
        lambda t: np.log(np.exp(-1 / t) / (1 - np.exp(-1 / t)))
    ),
    "The gate that is undone keeps one half after tau timesteps. Asked is 1 / (1 - f) = tau.": (
        lambda t: np.log(0.5 ** (1 / t) / (1 - 0.5 ** (1 / t)))
    ),
    "That is the bias an LSTM begins with, whatever tau is.": lambda t: np.ones_like(t),
    "The bias is 0 for every tau: a gate of one half, which keeps for 2 timesteps.": np.zeros_like,
    "What comes back is tau itself.": lambda t: t,
}


def check_bias_for_memory(fn):
    """Check fn(tau) -> b with 1 / (1 - sigmoid(b)) = tau, and return a Verdict.

    tau is a float above 1, or a float64 array of such; b has its shape. Raises nothing.
    """
    return verdict_of(_check, fn, RIGHT)


def _check(fn):
    for case, tau in enumerate(TAUS):
        value = _numbers(_called(fn, tau), tau)
        right = np.log(np.asarray(tau) - 1)
        if not same(value, right):
            raise Found(_known(value, tau) or _later(case, tau) + _kept(value, right, np.asarray(tau)))


def _called(fn, tau):
    try:
        return result_of(fn, {"tau": tau})
    except Found as found:
        if np.ndim(tau) == 0 or str(found).startswith("Your function changes"):
            raise
        raise Found(f"Right for a number; tau may be an array too (np.log takes both). {found}") from None


def _numbers(value, tau):
    """Return what came back as a float64 array of tau's shape; raise Found if it is none."""
    shape = np.shape(tau)
    if not isinstance(value, (float, int, np.ndarray, np.number)) or isinstance(value, bool):
        accepted = f"an array of shape {shape}" if shape else "a float"
        raise Found(f"Your function returns {described(value)} for tau of shape {shape}; accepted is {accepted}.")
    value = np.asarray(value, np.float64)
    if value.shape != shape:
        raise Found(f"For tau of shape {shape} your b has shape {value.shape}; accepted is one number for each tau.")
    finite(value, "b")
    return value


def _known(value, tau):
    with np.errstate(all="ignore"):
        return next((text for text, wrong in MISTAKES.items() if same(value, wrong(np.float64(tau)))), "")


def _later(case, tau):
    return f"Right for tau = {TAUS[0]:g}, but not for {tau}. " * bool(case)


def _kept(value, right, tau):
    """Return the first wrong number, and for how long a gate with it would keep."""
    at = first_difference(value, right)
    text = f"For tau = {tau[at]:g}: yours {value[at]:.5g}, expected {right[at]:.5g}. Your gate sigmoid(b) is "
    lost = sigmoid(-value[at])  # 1 - sigmoid(b), also where that would round to 0
    kept = f"it keeps for 1 / (1 - gate) = {1 / lost:.4g} timesteps" if lost else "it never forgets"
    return f"{text}{1 - lost:.5g}: {kept}; asked is {tau[at]:g}."


register(
    Exercise(
        "bias_for_memory",
        check_bias_for_memory,
        (
            "Two steps: which gate f keeps for tau timesteps, and which number b has the sigmoid f?",
            "From tau = 1 / (1 - f) comes f = 1 - 1/tau. From f = 1 / (1 + exp(-b)) comes b = log(f / (1 - f)).",
            "Put the one into the other: f / (1 - f) = (1 - 1/tau) * tau. What is left inside the log is short.",
        ),
        """
def bias_for_memory(tau):
    return np.log(tau - 1)
""",
    )
)
