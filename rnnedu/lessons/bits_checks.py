"""The check of a learner's bits per word: the mean of -log2 p over the words that came, padding left out."""

import itertools

import numpy as np

from rnnedu.lessons.checks import Found, described, finite, result_of, same, verdict_of
from rnnedu.lessons.exercises import Exercise, register

CASES = ((3, 4, 5), (2, 6, 3), (4, 1, 7), (1, 5, 2))  # (N, T, V): the first names mistakes
RIGHT = "Right: -log2 of the probability of each word that came, and the mean over the real words alone."

SURPRISALS = {  # (p, y) -> (N, T)
    "": lambda p, y: -np.log2(_came(p, y)),  # right: nothing to say
    "The logarithm is np.log, which counts in nats; bits take np.log2.": lambda p, y: -np.log(_came(p, y)),
    "The logarithm is to base 10; bits take np.log2.": lambda p, y: -np.log10(_came(p, y)),
    "The minus is missing: a probability is below 1, so its logarithm is negative, and a surprisal is not.": (
        lambda p, y: np.log2(_came(p, y))
    ),
    "The minus is missing, and np.log counts in nats; bits take np.log2.": lambda p, y: np.log(_came(p, y)),
    "That is the surprisal of the likeliest word; asked is that of the word that came, y.": (
        lambda p, _: -np.log2(p.max(2))
    ),
    "That is how open the choice was, -sum(p log2 p) over all words; asked is the surprisal of the one that came.": (
        lambda p, _: -(p * np.log2(p)).sum(2)
    ),
    "The logarithm is missing: those are probabilities of the words that came.": lambda p, y: _came(p, y),
    "That counts how often the likeliest word came; asked is -log2 of what the word that came was given.": (
        lambda p, y: (p.argmax(2) == y) * 1.0
    ),
}
MEANS = {  # ((N, T), real) -> number
    "": lambda bits, real: bits[real].mean(),
    "Padding is counted too: take the mean over the places at which real is True.": lambda bits, _: bits.mean(),
    "The sum leaves padding out, but it is divided by all places; divide by the number of real words.": (
        lambda bits, real: (bits * real).mean()
    ),
    "That is the mean of the sentences' means, in which a word of a short sentence counts for more; take one mean over "
    "all real words.": lambda bits, real: ((bits * real).sum(1) / real.sum(1)).mean(),
    "That is the sum over all real words; divide by their number.": lambda bits, real: bits[real].sum(),
    "That is the sum over all places, padding included; take the mean over the real ones.": lambda bits, _: bits.sum(),
    "Those are bits per sentence; divide by the number of real words, not of sentences.": (
        lambda bits, real: (bits * real).sum() / len(bits)
    ),
    "Those are the bits of the first sentence alone; take all.": lambda bits, real: bits[0][real[0]].mean(),
    "Only padding is counted: real is True at the words.": lambda bits, real: bits[~real].mean(),
    "That is the perplexity, 2 to the power of what is asked.": lambda bits, real: 2 ** bits[real].mean(),
}
WHOLE = {
    "The mean is taken before the logarithm: first -log2 of each probability, then the mean.": (
        lambda p, y, real: -np.log2(_came(p, y)[real].mean())
    ),
    "The mean is taken before the logarithm, and over padding: first -log2 of each, then the mean over real words.": (
        lambda p, y, _: -np.log2(_came(p, y).mean())
    ),
    "The word that came is looked up one place too early: row t of p is about y[:, t].": (
        lambda p, y, real: -np.log2(_came(np.roll(p, -1, axis=1), y)[real]).mean()
    ),
    "The word that came is looked up one place too late: row t of p is about y[:, t].": (
        lambda p, y, real: -np.log2(_came(np.roll(p, 1, axis=1), y)[real]).mean()
    ),
    "All the words' shares are summed, not only that of the word that came: pick the entry y of each row.": (
        lambda p, _, real: -np.log2(p)[real].mean()
    ),
    "All V surprisals of each place are added up: pick the one of the word that came, y.": (
        lambda p, _, real: -np.log2(p).sum(2)[real].mean()
    ),
}


def _came(p, y):
    return np.take_along_axis(p, y[..., None], axis=2)[..., 0]


def case_of(number):
    """Return p (N, T, V) float64, y (N, T) int64, real (N, T) bool of a case."""
    (N, T, V), rng = CASES[number], np.random.default_rng(number)
    lengths = rng.integers(1, T + 1, N)
    lengths[0], lengths[-1] = T, max(1, T // 2)
    real = np.arange(T) < lengths[:, None]
    p = rng.dirichlet(np.full(V, 0.8), (N, T))
    return {"p": 0.98 * p + 0.02 / V, "y": rng.integers(0, V, (N, T)), "real": real}


def check_bits_per_word(fn):
    """Check fn(p, y, real) -> the mean of -log2 p[n, t, y[n, t]] over the places at which real, and return a Verdict.

    p is (N, T, V) float64, y (N, T) int64, real (N, T) bool; accepted is one number. Raises nothing.
    """
    return verdict_of(_check, fn, RIGHT)


def _check(fn):
    for number in range(len(CASES)):
        case = case_of(number)
        value = _number(result_of(fn, case), case)
        right = float(MEANS[""](SURPRISALS[""](case["p"], case["y"]), case["real"]))
        if not same(value, np.float64(right)):
            raise Found((number == 0 and _known(value, **case)) or _unknown(number, value, right))


def _number(value, case):
    """Return what came back as a float64 number; raise Found if it is none."""
    shape = np.shape(value) if isinstance(value, (np.ndarray, list, tuple)) else ()
    places = {case["y"].shape: "one for each place", (len(case["y"]),): "one for each sentence"}
    if shape != ():
        what = places.get(shape, "an array")
        raise Found(f"Your function returns {described(value)}, {what}; accepted is one number, the mean over all.")
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number, np.ndarray)):
        raise Found(f"Your function returns {described(value)}; accepted is one number.")
    value = np.asarray(value, np.float64)
    finite(value, "the result")
    return value


def _known(value, p, y, real):
    """Return the sentence of the known mistake that gives `value`, single mistakes first, or nothing."""
    with np.errstate(all="ignore"):
        made = [(text, mistake(p, y, real)) for text, mistake in WHOLE.items()]
        pairs = sorted(itertools.product(SURPRISALS, MEANS), key=all)  # stable: single ones first
        made = [(f"{s} {m}".strip(), MEANS[m](SURPRISALS[s](p, y), real)) for s, m in pairs if not (s and m)] + made
        made += [(f"{s} {m}", MEANS[m](SURPRISALS[s](p, y), real)) for s, m in pairs if s and m]
        return next((text for text, wrong in made if text and same(value, np.float64(wrong))), "")


def _unknown(number, value, right):
    N, T, V = CASES[number]
    before = f"Right for {CASES[0]}, but not here: " * bool(number)
    hint = " Is a size written as a fixed number?" if number else " Try it on one sentence of one word by hand."
    return f"{before}For p of shape (N, T, V) = {(N, T, V)}: yours {value:.6g}, expected {right:.6g}.{hint}"


register(
    Exercise(
        "bits_per_word",
        check_bits_per_word,
        (
            "Three steps: the probability of the word that came, at each place; -log2 of each; the mean where real.",
            "np.take_along_axis(p, y[..., None], axis=2)[..., 0] is the probability of the word that came, (N, T).",
            "With bits of shape (N, T), bits[real] are those that count, one after the other: take their mean.",
        ),
        """
def bits_per_word(p, y, real):
    came = np.take_along_axis(p, y[..., None], axis=2)[..., 0]
    return -np.log2(came[real]).mean()
""",
    )
)
