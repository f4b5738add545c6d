"""The check of softmax_with_temperature: typical wrong answers by what is said of them, right styles."""

import numpy as np
import pytest

from rnnedu.lessons import EXERCISES, temperature_checks
from rnnedu.lessons.temperature_checks import check_softmax_with_temperature


def typed(body):
    """Return the function that has this expression, or these lines, as its body."""
    lines = body.splitlines() if "return" in body else [f"return {body}"]
    space = {"np": np}
    exec("def softmax_with_temperature(logits, temperature):\n" + "".join(f"    {line}\n" for line in lines), space)
    return space["softmax_with_temperature"]


@pytest.mark.parametrize(
    "body",
    [
        "np.exp(logits / temperature) / np.exp(logits / temperature).sum()",
        "p = np.exp(logits - logits.max()) ** (1 / temperature)\nreturn p / p.sum()",
        "s = [a / temperature for a in logits]\ne = np.exp(s)\nreturn e / sum(e)",
        "e = np.e ** (logits / temperature)\ne /= e.sum()\nreturn e",
    ],
)
def test_right_in_any_style(body):
    assert check_softmax_with_temperature(typed(body)).ok


def test_an_exp_that_overflows_is_right_and_told():
    naive = typed("np.exp(logits / temperature) / np.exp(logits / temperature).sum()")
    assert "subtract the largest score first" in check_softmax_with_temperature(naive).text
    space = {"np": np}
    exec(EXERCISES["softmax_with_temperature"].solution, space)
    assert check_softmax_with_temperature(space["softmax_with_temperature"]).text == temperature_checks.RIGHT


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("np.exp(logits) / np.exp(logits).sum()", "The temperature has no effect"),
        ("p = np.exp(logits) / temperature\nreturn p / p.sum()", "The temperature has no effect"),
        (
            "np.exp(logits * temperature) / np.exp(logits * temperature).sum()",
            "multiplied by the temperature; they are",
        ),
        ("np.exp(logits / temperature)", "The result does not sum to 1: divide exp(...) by its sum."),
        ("np.exp(logits)", "before exp. (After exp it cancels in the sum.) The result does not sum to 1"),
        ("logits / temperature / (logits / temperature).sum()", "exp is left out: the scores themselves"),
        ("logits / temperature", "The scores are returned as they are"),
        ("np.exp(logits) / np.exp(logits).sum() / temperature", "The temperature divides the probabilities"),
        ("np.exp(logits / temperature) / np.exp(logits).sum()", "The sum is taken without the temperature"),
        ("(np.exp(logits) / np.exp(logits).sum()) ** (1 / temperature)", "raised to 1 / temperature, which is right"),
        ("np.exp(-logits / temperature) / np.exp(-logits / temperature).sum()", "The sign is wrong"),
        ("s = logits / temperature\nreturn s - np.log(np.exp(s).sum())", "Those are log-probabilities"),
        ("1 / (1 + np.exp(-logits / temperature))", "sigmoid stands where softmax belongs"),
        ("int(logits.argmax())", "Your function returns an int, one letter; accepted are the probabilities of all."),
        ("np.exp(logits / temperature) / len(logits)", "Yours sum to "),
        ("s = logits / temperature**3\nreturn np.exp(s) / np.exp(s).sum()", "look at how the temperature comes in"),
        ("s = abs(logits) / temperature\nreturn np.exp(s) / np.exp(s).sum()", "what is likelier must stay likelier"),
        (
            "s = logits / 0.6\nreturn np.exp(s) / np.exp(s).sum()",
            "but not for V = 7 and temperature 2.0: at p[0] yours",
        ),
        ("np.exp(logits / temperature).sum()", "Your function returns a float64; accepted is an array of shape (V,)"),
        (
            "(np.exp(logits) / np.exp(logits).sum())[None]",
            "has shape (1, 7); accepted is (V,) = (7,): an axis too many",
        ),
        ("logits /= temperature\nreturn np.exp(logits)", "Your function changes logits in place"),
        ("np.log(logits) / temperature", "Your result holds nan"),
        ("...", "Nothing is written here yet"),
        ("np.exp(logits / temperature) / ...", "There is still a `...`"),
        ("p = np.exp(logits)\nreturn None", "Your function returns None"),
        ("undefined", "Your function raises NameError"),
    ],
)
def test_what_is_wrong_is_said(body, part):
    verdict = check_softmax_with_temperature(typed(body))
    assert not verdict.ok
    assert part in verdict.text


def test_every_known_mistake_has_numbers_of_its_own():
    """Else a learner would be told of another one."""
    V, temperature = temperature_checks.CASES[0]
    logits = 1.5 * np.random.default_rng(0).standard_normal(V)
    for sentence, mistake in temperature_checks.WHOLE.items():
        value = mistake(logits, temperature)
        assert check_softmax_with_temperature(lambda *_, value=value: value).text == sentence
