"""The checks of collapse and ctc_forward: typical wrong answers by what is said of them, right styles."""

import itertools

import numpy as np
import pytest

from rnnedu import ctc
from rnnedu.lessons import EXERCISES, collapse_checks, ctc_forward_checks
from rnnedu.lessons.collapse_checks import check_collapse
from rnnedu.lessons.ctc_forward_checks import check_ctc_forward
from rnnedu.lessons.ctc_forward_mistakes import ALPHA, END, RIGHT


def typed(signature, body):
    """Return the function that has this expression, or these lines, as its body."""
    lines = body.splitlines() if "return" in body else [f"return {body}"]
    space = {"np": np, "itertools": itertools}
    exec(f"def {signature}:\n" + "".join(f"    {line}\n" for line in lines), space)
    return space[signature.split("(")[0]]


def collapse(body):
    return typed("collapse(path, blank)", body)


# --- collapse --------------------------------------------------------------------------------------------------------


def test_the_exercise_is_the_engines_collapse():
    for path, blank in collapse_checks.CASES:
        if path:
            names = blank + "".join(sorted(set(path) - {blank}))
            labels = ctc.collapse([names.index(symbol) for symbol in path])
            assert "".join(names[k] for k in labels) == collapse_checks.right(path, blank)


@pytest.mark.parametrize(
    "body",
    [
        "''.join(s for s, _ in itertools.groupby(path) if s != blank)",
        "''.join(b for a, b in zip(blank + path, path) if a != b and b != blank)",
        (
            "out = []\nfor t in range(len(path)):\n    if path[t] != blank and (t == 0 or path[t] != path[t - 1]):\n"
            "        out.append(path[t])\nreturn ''.join(out)"
        ),
        "parts = path.split(blank)\nreturn ''.join(''.join(s for s, _ in itertools.groupby(p)) for p in parts)",
    ],
)
def test_any_right_collapse_is_right(body):
    assert check_collapse(collapse(body)).text == collapse_checks.RIGHT


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("''.join(s for s, _ in itertools.groupby(path.replace(blank, '')))", "Merge first, then drop the blanks."),
        ("path.replace(blank, '')", "a letter that lasts three frames is one letter"),
        ("''.join(s for s, _ in itertools.groupby(path))", "the blanks are still there"),
        ("''.join(dict.fromkeys(path)).replace(blank, '')", "A letter that has come before is left out for good"),
        ("''.join(b for a, b in zip(path, path[1:]) if a != b and b != blank)", "The first frame is lost"),
        ("''.join(a for a, b in zip(path, path[1:]) if a != b and a != blank)", "The last frame is lost"),
        ("''.join(b for a, b in zip(path, path[1:]) if a == b and b != blank)", "Only the repeats are returned"),
        ("''.join(s for s, _ in itertools.groupby(path)).replace(blank, ' ')", "A blank becomes a space"),
        ("''.join(s for s, _ in itertools.groupby(path) if s != blank)[::-1]", "come out backwards"),
        (
            "out = ''\nfor s in path:\n    if s != blank and not out.endswith(s):\n        out += s\nreturn out",
            "Merge first, then drop the blanks.",
        ),
        ("path", "comes back as it is"),
        ("''", "empty for every path"),
        ("[s for s, _ in itertools.groupby(path) if s != blank]", "accepted is a str: join the letters"),
        ("''.join(s for s, _ in itertools.groupby(path) if s != '-')", "Is the blank written in by hand?"),
        (
            (
                "out = path[0].replace(blank, '')\nfor a, b in zip(path, path[1:]):\n    if b not in (a, blank):\n"
                "        out += b\nreturn out"
            ),
            "For the path '' with the blank '-': Your function raises IndexError",
        ),
        ("len(path)", "returns an int for 'hh-e-ll-llo'; accepted is a str"),
        ("''.join(s for s in path if s != 'l').replace(blank, '')", "yours 'hheo', expected 'hello'"),
        ("...", "Nothing is written here yet"),
        ("undefined", "Your function raises NameError"),
        ("path.replace(blank, '')\nreturn None", "Your function returns None"),
    ],
)
def test_what_is_wrong_with_a_collapse_is_said(body, part):
    verdict = check_collapse(collapse(body))
    assert not verdict.ok
    assert part in verdict.text


@pytest.mark.parametrize("sentence", collapse_checks.MISTAKES)
def test_every_known_collapse_mistake_is_told_from_the_others(sentence):
    verdict = check_collapse(collapse_checks.MISTAKES[sentence])
    assert verdict.text.startswith(sentence)


# --- the forward recursion -------------------------------------------------------------------------------------------

LOOP = """T, S = len(log_y), len(states)
a = np.full((T, S), -np.inf)
{start}
for t in range(1, T):
    for s in range(S):
        ways = {ways}
        if s >= 1: ways.append({before})
        if s >= 2{skip}: ways.append(a[t - 1, s - 2])
        a[t, s] = {total} + {reads}
return {end}"""
PARTS = {
    "start": "a[0, :2] = log_y[0, states[:2]]",
    "ways": "[a[t - 1, s]]",
    "before": "a[t - 1, s - 1]",
    "skip": " and states[s] != blank and states[s] != states[s - 2]",
    "total": "np.logaddexp.reduce(ways)",
    "reads": "log_y[t, states[s]]",
    "end": "a, np.logaddexp(a[-1, -1], a[-1, -2])",
}


def forward(**wrong):
    return typed("ctc_forward(log_y, states, blank)", LOOP.format(**(PARTS | wrong)))


def test_the_exercise_is_the_engines_lattice():
    for case, (labels, _, _, blank) in enumerate(ctc_forward_checks.CASES):
        log_y, states, _ = ctc_forward_checks.problem(case)
        lattice = ctc.lattice(log_y, labels, blank=blank)
        alpha = RIGHT.run(log_y, states, blank)
        np.testing.assert_allclose(alpha, lattice.log_alpha, rtol=1e-12)
        assert END[""](alpha) == pytest.approx(lattice.log_p)


VECTORS = """y = log_y[:, states]
open_ = (states[2:] != blank) & (states[2:] != states[:-2])
alpha = [np.where(np.arange(len(states)) < 2, y[0], -1e30)]
for now in y[1:]:
    a = alpha[-1]
    one = np.append(-1e30, a[:-1])
    two = np.concatenate([[-1e30] * 2, np.where(open_, a[:-2], -1e30)])
    alpha.append(np.logaddexp(np.logaddexp(a, one), two) + now)
return np.array(alpha), np.logaddexp(*alpha[-1][-2:])"""
LINEAR = """y = np.exp(log_y[:, states])
a = np.zeros_like(y)
a[0, :2] = y[0, :2]
for t in range(1, len(y)):
    for s in range(len(states)):
        a[t, s] = a[t - 1, s] + (a[t - 1, s - 1] if s else 0)
        if s > 1 and states[s] not in (blank, states[s - 2]):
            a[t, s] += a[t - 1, s - 2]
    a[t] *= y[t]
return np.log(a), np.log(a[-1, -2:].sum())"""


@pytest.mark.parametrize("body", [LOOP.format(**PARTS), VECTORS, LINEAR], ids=["loops", "vectors", "linear"])
def test_any_right_recursion_is_right(body):
    assert check_ctc_forward(typed("ctc_forward(log_y, states, blank)", body)).text == ctc_forward_checks.PRAISE


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"start": "a[0, 0] = log_y[0, blank]"}, "yours in the blank only"),
        ({"start": "a[0] = log_y[0, states]"}, "Your first frame is open to every state"),
        ({"skip": " and False"}, "The skip is missing"),
        ({"skip": " and states[s] != blank"}, "Your skip jumps over the blank between two equal labels too"),
        ({"skip": ""}, "Your skip is open everywhere"),
        ({"skip": " and (states[s] == blank or states[s] != states[s - 2])"}, "Your skip is open to blanks"),
        ({"skip": " and states[s] != blank and states[s] == states[s - 2]"}, "Your skip leads between equal labels"),
        ({"ways": "[]"}, "A state may also stay"),
        ({"before": "-np.inf"}, "The step from the state before is missing"),
        ({"before": "a[t, s - 1]"}, "must be read in the frame before"),
        ({"reads": "0"}, "The frame's own probability is missing"),
        ({"reads": "log_y[t, s]"}, "it is states[s] that says which symbol is read"),
        ({"reads": "log_y[t - 1, states[s]]"}, "The output is that of the frame before"),
        ({"total": "sum(ways)"}, "which multiplies their probabilities"),
        ({"total": "max(ways)"}, "You take the likeliest way alone"),
        ({"end": "np.exp(a), np.logaddexp(a[-1, -1], a[-1, -2])"}, "Those are probabilities"),
        ({"end": "a, a[-1, -1]"}, "log_alpha is right. log p takes the last blank only"),
        ({"end": "a, a[-1, -2]"}, "log p takes the last label only"),
        ({"end": "a, np.logaddexp.reduce(a[-1])"}, "log p sums all states of the last frame"),
        ({"end": "a, -np.logaddexp(a[-1, -1], a[-1, -2])"}, "That is the loss, -log p"),
        ({"end": "a, np.exp(np.logaddexp(a[-1, -1], a[-1, -2]))"}, "That is p; asked is log p"),
        ({"end": "a, a[-1, -1] + a[-1, -2]"}, "log p adds the two logarithms"),
        ({"end": "a, a[-1].mean()"}, "It is the sum of the last two states"),
        ({"end": "a"}, "returns an array of shape (7, 9); accepted are two values"),
        ({"end": "a.T, 0.0"}, "has shape (9, 7); accepted is (T, S) = (7, 9): time comes first"),
        ({"end": "a[-1], 0.0"}, "is the last frame returned alone?"),
        ({"end": "a.tolist(), 0.0"}, "Your log_alpha is a list of 7"),
        ({"end": "a, a[-1, -2:]"}, "Your log_p is an array of shape (2,); accepted is one number"),
        ({"reads": "1.1 * log_y[t, states[s]]"}, "First difference at frame t = 1, state s = 0: log_alpha[1, 0]"),
        ({"reads": "log_y[t, states[s]] * np.nan"}, "log_alpha[1, 0] is nan"),
        ({"skip": " and states[s] != 0 and states[s] != states[s - 2]"}, "but for [0, 3, 0] over T = 6 with blank = 4"),
        ({"start": "a[0, :2] = log_y[1, states[:2]]"}, "In the first frame only the first blank"),
        ({"start": "..."}, "First difference at frame t = 0, state s = 0"),
        ({"total": "undefined"}, "Your function raises NameError"),
    ],
)
def test_what_is_wrong_with_a_recursion_is_said(wrong, part):
    verdict = check_ctc_forward(forward(**wrong))
    assert not verdict.ok
    assert part in verdict.text


@pytest.mark.parametrize(("table", "first"), [(ALPHA, True), (END, False)], ids=["alpha", "end"])
def test_every_known_mistake_has_numbers_of_its_own(table, first):
    log_y, states, blank = ctc_forward_checks.problem(0)
    right = RIGHT.run(log_y, states, blank)
    for sentence, wrong in table.items():
        with np.errstate(all="ignore"):
            made = (wrong.run(log_y, states, blank), 0.0) if first else (right, wrong(right))
        text = check_ctc_forward(lambda *_, made=made: (np.array(made[0]), made[1])).text
        assert (sentence in text) if sentence else text.startswith("Right for the target")


@pytest.mark.parametrize("name", ["collapse", "ctc_forward"])
def test_solutions_are_right_and_empty_ones_are_welcome(name):
    exercise = EXERCISES[name]
    space = {"np": np}
    exec(exercise.solution, space)
    assert exercise.check(space[name]).ok
    assert len(exercise.hints) == 3
    assert "Nothing is written here yet" in exercise.check(lambda *_: None).text
    assert "without brackets" in exercise.check("text").text
