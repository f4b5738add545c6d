"""The check of bits_per_word: typical wrong answers by what is said of them, right styles, numbers of their own."""

import itertools

import numpy as np
import pytest

from rnnedu.lessons import EXERCISES, bits_checks, check
from rnnedu.lessons.bits_checks import check_bits_per_word


def typed(body):
    """Return the function that has this expression, or these lines, as its body."""
    lines = body.splitlines() if "return" in body else [f"return {body}"]
    space = {"np": np}
    exec("def bits_per_word(p, y, real):\n" + "".join(f"    {line}\n" for line in lines), space)
    return space["bits_per_word"]


CAME = "np.take_along_axis(p, y[..., None], 2)[..., 0]"
LOOP = """total, count = 0.0, 0
for n in range(len(p)):
    for t in range(p.shape[1]):
        if real[n, t]:
            total, count = total - np.log2(p[n, t, y[n, t]]), count + 1
return total / count"""


@pytest.mark.parametrize(
    "body",
    [
        LOOP,
        f"np.mean(-np.log2({CAME}[real]))",
        f"-(np.log2({CAME}) * real).sum() / real.sum()",
        f"np.average(-np.log2({CAME}), weights=real)",
        "-np.log2(p[real, y[real]]).mean()",
        "N, T = y.shape\nreturn -np.log(p[np.arange(N)[:, None], np.arange(T), y][real]).mean() / np.log(2)",
        "-np.log2((p * np.eye(p.shape[2])[y]).sum(2))[real].mean()",
        f"float(-np.log2({CAME}[real]).mean())",
        f"np.array(-np.log2({CAME}[real]).mean())",
    ],
)
def test_right_in_any_style(body):
    assert check_bits_per_word(typed(body)).text == bits_checks.RIGHT


def test_the_solution_is_right():
    space = {"np": np}
    exec(EXERCISES["bits_per_word"].solution, space)
    assert check(space["bits_per_word"])


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("-np.log2(p.max(axis=2)).mean()", "surprisal of the likeliest word; asked is that of the word that came"),
        ("-np.log2(p.max(axis=2)).mean()", "Padding is counted too"),
        (f"-np.log({CAME})[real].mean()", "which counts in nats"),
        (f"-np.log2({CAME}).mean()", "Padding is counted too"),
        (f"-(np.log2({CAME}) * real).mean()", "divided by all places"),
        (f"np.log2({CAME})[real].mean()", "The minus is missing"),
        (f"-np.log2({CAME})[real].sum()", "That is the sum over all real words"),
        (f"-np.log2({CAME}[real].mean())", "The mean is taken before the logarithm"),
        (f"-(np.log2({CAME}) * real).sum() / len(p)", "bits per sentence"),
        (f"(-(np.log2({CAME}) * real).sum(1) / real.sum(1)).mean()", "mean of the sentences' means"),
        (f"2 ** -np.log2({CAME})[real].mean()", "That is the perplexity"),
        ("-(p * np.log2(p)).sum(2)[real].mean()", "how open the choice was"),
        ("(p.argmax(2) == y)[real].mean()", "how often the likeliest word came"),
        (f"{CAME}[real].mean()", "The logarithm is missing"),
        (f"-np.log({CAME}).mean()", "nats; bits take np.log2. Padding is counted too"),
        ("-np.log2(p)[real].mean()", "not only that of the word that came"),
        (f"-np.log2({CAME})", "returns an array of shape (3, 4), one for each place; accepted is one number"),
        (f"-(np.log2({CAME}) * real).sum(1) / real.sum(1)", "one for each sentence"),
        (f"-np.log2({CAME})[real].mean() + 0.1", "yours 2."),
        (f"-np.log2({CAME})[real].sum() / {bits_checks.case_of(0)['real'].sum()}", "Right for (3, 4, 5), but not here"),
        ("np.log2(p - p)[real].mean()", "Your result holds -inf at the result"),
        ("...", "Nothing is written here yet"),
        ("p.mean()\nreturn None", "Your function returns None"),
        ("'2.5'", "returns a str; accepted is one number"),
        ("p[y]", "Your function raises IndexError"),
        ("p *= 2\nreturn p.mean()", "Your function changes p in place"),
    ],
)
def test_what_is_wrong_is_said(body, part):
    verdict = check_bits_per_word(typed(body))
    assert not verdict.ok
    assert part in verdict.text


def test_every_known_mistake_has_numbers_of_its_own():
    """Else a learner would be told of another one."""
    case = bits_checks.case_of(0)
    p, y, real = case.values()
    made = {text: wrong(p, y, real) for text, wrong in bits_checks.WHOLE.items()}
    for (s, surprisal), (m, mean) in itertools.product(bits_checks.SURPRISALS.items(), bits_checks.MEANS.items()):
        if bool(s) != bool(m):  # one mistake
            made[s or m] = mean(surprisal(p, y), real)
    for sentence, value in made.items():
        assert check_bits_per_word(lambda *_, value=value: value).text == sentence
