"""What the lessons call: the two widgets by their traits, and the checks by learners' functions, right and wrong."""

import json
import linecache
import math
import re
import shutil
import subprocess
from itertools import accumulate

import numpy as np
import pytest
from traitlets import TraitError

from rnnedu.cells import rnn
from rnnedu.functions import sigmoid
from rnnedu.lessons import Option, Prediction, Quiz, Verdict, check_rnn_step, check_unroll
from rnnedu.lessons.step_mistakes import ENDS, SUMS, WHOLE, everything
from rnnedu.lessons.unroll_checks import SIZES, _Run
from rnnedu.lessons.unroll_mistakes import MISTAKES

MARKUP = "<script>alert(1)</script> & <b>bold</b>"


def says(*parts):
    return "(?s)" + ".*".join(re.escape(part) for part in parts)


# ---- Prediction


def prediction(reveal=lambda: np.array([0.5, -0.5]), **scale):
    return Prediction("What is h_t?", ["t = 0", "t = 1"], reveal, **scale)


def test_reveal_waits_for_run():
    asked = []
    widget = prediction(lambda: asked.append(1) or [0.5, -0.5])
    widget.guess = [0.1, 0.2]
    assert (asked, widget.result) == ([], [])
    widget.submitted = True
    assert (asked, widget.result, widget.error) == ([1], [0.5, -0.5], "")
    assert widget.guess == [0.1, 0.2]


def test_reset_clears_the_result_and_the_next_run_asks_again():
    answers = iter([[1.0, 2.0], [3.0, 4.0]])
    widget = prediction(lambda: next(answers))
    widget.submitted = True
    widget.submitted = False
    assert widget.result == []
    widget.submitted = True
    assert widget.result == [3.0, 4.0]


def test_a_reveal_that_raises_shows_its_error_and_raises():
    broken = True

    def reveal():
        if broken:
            raise KeyError(MARKUP)
        return [1.0, 2.0]

    widget = prediction(reveal)
    widget.guess = [0.1, 0.2]
    with pytest.raises(KeyError, match="alert"):
        widget.submitted = True
    assert widget.error == f"KeyError: {MARKUP!r}"
    assert (widget.result, widget.submitted, widget.guess) == ([], False, [0.1, 0.2])  # Run works again
    broken = False
    widget.submitted = True
    assert (widget.error, widget.result) == ("", [1.0, 2.0])


def test_a_message_from_the_browser_runs_reveal_and_lets_its_error_through():
    widget = prediction()
    widget.set_state({"guess": [0.1, 0.2], "submitted": True})
    assert widget.result == [0.5, -0.5]
    broken = prediction(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        broken.set_state({"submitted": True})
    assert broken.error == "ZeroDivisionError: division by zero"


def test_an_interrupt_is_told_and_run_works_again():
    def interrupted():
        raise KeyboardInterrupt

    widget = prediction(interrupted)
    widget.guess = [0.1, 0.2]
    with pytest.raises(KeyboardInterrupt):
        widget.submitted = True
    assert (widget.error, widget.submitted, widget.guess) == ("KeyboardInterrupt", False, [0.1, 0.2])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0], "reveal returned shape (1,); accepted is (2,)"),
        (np.zeros((2, 1)), "reveal returned shape (2, 1); accepted is (2,)"),
        ([1.0, np.nan], "reveal returned [1.0, nan]; accepted are finite numbers"),
    ],
)
def test_what_reveal_returns_is_checked(values, message):
    widget = prediction(lambda: values)
    with pytest.raises(ValueError, match=re.escape(message)):
        widget.submitted = True
    assert message in widget.error


def test_the_guess_has_one_value_for_each_label():
    widget = prediction()
    assert widget.guess == [None, None]
    with pytest.raises(TraitError, match="guess holds 1 values; accepted is 2"):
        widget.guess = [0.5]


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (("", ["a"], list), ValueError, "question is empty"),
        ((3, ["a"], list), TypeError, "question is int; accepted is a text"),
        (("?", "abc", list), TypeError, "labels is 'abc'; accepted is a sequence of texts"),
        (("?", [], list), ValueError, "labels is []; accepted is at least one text"),
        (("?", ["a", "a"], list), ValueError, "accepted is at least one text, all of them different"),
        (("?", ["a", 2], list), TypeError, "labels[1] is int; accepted is a text"),
        (("?", ["a"], [1.0]), TypeError, "reveal is list; accepted is a function"),
        (("?", ["a"], list, 1, 1), ValueError, "low is 1 and high is 1; accepted is low < high"),
        (("?", ["a"], list, 0, np.inf), ValueError, "high is inf; accepted is a finite number"),
        (("?", ["a"], list, "0"), TypeError, "low is '0'; accepted is a number"),
        (("?", ["a"], list, 0, 1, 0), ValueError, "step is 0; accepted is a number above 0, at most high - low = 1"),
        (("?", ["a"], list, 0, 1, 2), ValueError, "step is 2; accepted"),
    ],
)
def test_a_wrong_argument_of_a_prediction_is_named(arguments, kind, message):
    with pytest.raises(kind, match=re.escape(message)):
        Prediction(*arguments)


@pytest.mark.skipif(not shutil.which("node"), reason="the chart's numbers are formatted in JavaScript")
def test_counts_are_shown_without_digits_after_the_point():
    asked = [[18, 1], [0, 1], [-3, 5], [1200, 100], [2.5, 1], [0.3, 1], [18, 0.5], [0.125, 0.001]]
    code = Prediction._esm.read_text() if hasattr(Prediction._esm, "read_text") else str(Prediction._esm)
    code = code.partition("export default")[0] + f"console.log({json.dumps(asked)}.map((a) => format(...a)).join(' '));"
    shown = subprocess.run([shutil.which("node"), "-"], input=code, capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["18", "0", "\u22123", "1200", "2.50", "0.30", "18.00", "0.125"]


# ---- Quiz

OPTIONS = [Option("a", "Yes: a.", right=True), ("b", "No: b is late."), ("c", "No: c is early.")]


def test_the_feedback_is_that_of_the_option_that_was_checked():
    quiz = Quiz("Which?", OPTIONS)
    assert quiz.answer is None
    quiz.chosen = 1
    assert quiz.answer is None  # chosen, not yet checked
    quiz.checked = True
    assert quiz.answer == Option("b", "No: b is late.")
    quiz.chosen = 0
    assert not quiz.checked
    quiz.checked = True
    assert quiz.answer.right


def test_a_quiz_sends_every_feedback_to_the_page_and_needs_no_kernel():
    quiz = Quiz("Which?", OPTIONS)
    assert [option["feedback"] for option in quiz.options] == ["Yes: a.", "No: b is late.", "No: c is early."]
    quiz.set_state({"chosen": 2, "checked": False})
    quiz.set_state({"checked": True})
    assert quiz.answer.text == "c"


def test_check_with_nothing_chosen_is_no_answer():
    quiz = Quiz("Which?", OPTIONS)
    quiz.checked = True
    assert quiz.answer is None


@pytest.mark.parametrize("chosen", [-2, 3])
def test_only_an_option_there_is_can_be_chosen(chosen):
    with pytest.raises(TraitError, match=f"chosen is {chosen}; accepted is -1 to 2"):
        Quiz("Which?", OPTIONS).chosen = chosen


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ([("a", "f")], ValueError, "options holds the texts ['a']; accepted are at least two"),
        ([("a", "f"), ("a", "g")], ValueError, "accepted are at least two, all different"),
        ([("a", "f"), ("b", "")], ValueError, "feedback is empty; accepted is a text"),
        ([("a", "f"), ("", "g")], ValueError, "text is empty; accepted is a text"),
        ([("a", "f"), "b"], TypeError, "options[1] is 'b'; accepted is an Option or a tuple (text, feedback)"),
        ([("a", "f", True), ("b", "g", True)], ValueError, "options calls ['a', 'b'] right; accepted is one"),
        ([("a", "f", 1), ("b", "g")], TypeError, "right is 1; accepted is True or False"),
    ],
)
def test_a_wrong_option_is_named(options, kind, message):
    with pytest.raises(kind, match=re.escape(message)):
        Quiz("Which?", options)


def test_markup_stays_text():
    quiz = Quiz(MARKUP, [(MARKUP, MARKUP), ("b", "c")])
    assert quiz.question == quiz.options[0]["text"] == quiz.options[0]["feedback"] == MARKUP
    widget = Prediction(MARKUP, [MARKUP], lambda: [0.0])
    assert (widget.question, widget.labels) == (MARKUP, [MARKUP])
    for each in (quiz, widget):  # and the page writes it as text
        assert not re.search("innerHTML|outerHTML|insertAdjacentHTML|document.write|DOMParser", each._esm)
        assert "http" not in each._esm.replace("http://www.w3.org/2000/svg", "")  # nothing is fetched


def test_a_widget_shows_no_address_as_text():
    assert repr(Quiz("Which?", OPTIONS)) == "Quiz('Which?')"
    assert repr(prediction()) == "Prediction('What is h_t?', ['t = 0', 't = 1'])"


# ---- check_rnn_step: right solutions


def plain(x_t, h_prev, W_x, W_h, b):
    return np.tanh(x_t @ W_x + h_prev @ W_h + b)


def einsum(x_t, h_prev, W_x, W_h, b):
    return np.tanh(np.einsum("bd,dh->bh", x_t, W_x) + np.einsum("bg,gh->bh", h_prev, W_h) + b)


def one_matrix(x_t, h_prev, W_x, W_h, b):
    return np.tanh(np.concatenate([x_t, h_prev], axis=1) @ np.concatenate([W_x, W_h]) + b)


def by_exp(x_t, h_prev, W_x, W_h, b):
    a = np.dot(x_t, W_x) + np.dot(h_prev, W_h) + b[None, :]
    return 2 / (1 + np.exp(-2 * a)) - 1


def in_place_on_its_own(x_t, h_prev, W_x, W_h, b):
    h_t = x_t @ W_x
    h_t += h_prev @ W_h
    h_t += b
    return np.tanh(h_t, out=h_t)


def by_loops(x_t, h_prev, W_x, W_h, b):
    rows = [[sum(x * W_x[:, j]) + sum(h * W_h[:, j]) + b[j] for j in range(len(b))] for x, h in zip(x_t, h_prev)]  # noqa: B905
    return np.tanh(np.array(rows))


def by_engine(x_t, h_prev, W_x, W_h, b):
    return rnn.step(rnn.RNNParams(W_x, W_h, b), x_t, h_prev).h_t


STYLES = [plain, einsum, one_matrix, by_exp, in_place_on_its_own, by_loops, by_engine]


@pytest.mark.parametrize("fn", STYLES, ids=lambda fn: fn.__name__)
def test_every_right_timestep_passes(fn):
    verdict = check_rnn_step(fn)
    assert verdict.ok, verdict.text
    assert str(verdict) == "Right: h_t = tanh(x_t @ W_x + h_prev @ W_h + b), for every batch and size tried."


# ---- check_rnn_step: every known mistake


def mistaken(sentence):
    """Return the learner's function that makes this mistake."""

    def fn(x_t, h_prev, W_x, W_h, b):
        return dict(everything(x_t, h_prev, W_x, W_h, b))[sentence]

    return fn


@pytest.mark.parametrize("sentence", [*WHOLE, *filter(None, SUMS), *filter(None, ENDS)])
def test_each_known_mistake_of_a_timestep_has_its_own_sentence(sentence):
    verdict = check_rnn_step(mistaken(sentence))
    assert not verdict.ok
    assert any(term in verdict.text for term in ("h_prev", "x_t", "W_x", "W_h", "bias b", "tanh", "product", "batch"))
    assert verdict.text == sentence


def test_no_two_known_mistakes_give_the_same_numbers():
    rng = np.random.default_rng(5)
    shapes = ((3, 4), (3, 5), (4, 5), (5, 5), (5,))
    made = {s: v for s, v in everything(*map(rng.standard_normal, shapes)) if np.isfinite(v).all()}
    singles = [made[s] for s in (*WHOLE, *filter(None, SUMS), *filter(None, ENDS)) if s in made]
    for n, one in enumerate(singles):
        assert not any(one.shape == other.shape and np.allclose(one, other) for other in singles[:n])


def test_two_mistakes_at_once_are_both_named():
    assert check_rnn_step(lambda x, h, W_x, W_h, b: sigmoid(x @ W_x + h @ W_h.T + b)).text == (
        "The term h_prev @ W_h uses W_h transposed (`h_prev @ W_h.T`). sigmoid stands where tanh belongs."
    )


@pytest.mark.parametrize(
    ("fn", "parts"),
    [
        (lambda x, h, W_x, W_h, _: np.tanh(x @ W_x + h @ W_h), ["The bias b is left out."]),
        (lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h.T + b), ["W_h transposed"]),
        (lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h) + b, ["b is added after tanh"]),
        (lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h + W_h + b), ["ValueError", "broadcast", "here 3 meets 5"]),
        (lambda x, h, W_x, W_h, b: np.tanh(x * W_x + h @ W_h + b), ["ValueError", "broadcast", "matrix product `@`"]),
        (lambda x, h, W_x, W_h, b: np.tanh(W_x @ x + h @ W_h + b), ["matmul", "x_t (3, 4)", "W_x (4, 5)"]),
        (lambda x, h, W_x, W_h, b: np.tanh(x[0] @ W_x + h[0] @ W_h + b), ["shape (5,)", "(3, 5)", "one row only"]),
        (lambda x, h, W_x, W_h, b: plain(x, h, W_x, W_h, b).T, ["shape (5, 3)", "(B, H) = (3, 5)", "transpose"]),
        (lambda x, h, W_x, W_h, b: plain(x, h, W_x, W_h, b).sum(), ["float64", "accepted is an array of shape (B, H)"]),
        (lambda x, h, W_x, W_h, b: plain(x, h, W_x, W_h, b).sum(1), ["shape (3,)", "the units were summed away"]),
        (lambda x, h, W_x, W_h, b: plain(x, h, W_x, W_h, b)[None], ["shape (1, 3, 5)", "one row for each sequence"]),
        (lambda *_: None, ["Nothing is written here yet."]),
        (lambda *arguments: plain(*arguments).tolist(), ["a list of 3", "array of shape (B, H) = (3, 5)"]),
        (lambda _, h, *__: (h, h), ["a tuple of 2"]),
        (lambda *_: "h_t", ["returns a str; accepted"]),
        (lambda x, h, W_x, W_h, b: plain(x, h, W_x, W_h, b).astype(np.float32), ["float32", "never changed silently"]),
        (lambda x, h, W_x, W_h, b: plain(x, h, W_x, W_h, b) / 0, ["holds", "inf at h_t[0, 0]", "finite numbers"]),
        (lambda _, h, *__: h * np.nan, ["holds nan at h_t[0, 0]", "usually", "np.empty", "a log, sqrt or arctanh out"]),
        (lambda x, _: x, ["TypeError", "takes 2 positional arguments but 5 were given", "with other arguments"]),
        (rnn.step, ["TypeError"]),
        (np.zeros((3, 5)), ["an array of shape (3, 5), not a function", "pass the function itself"]),
        (None, ["NoneType, not a function"]),
    ],
)
def test_what_is_wrong_with_a_timestep_is_said(fn, parts):
    verdict = check_rnn_step(fn)
    assert not verdict.ok
    assert re.search(says(*parts), verdict.text), verdict.text


def test_an_exception_is_told_with_the_learners_own_line():
    def fn(x_t, h_prev, W_x, W_h, b):
        a = x_t @ W_x
        return np.tanh(a + h_prev @ W_y + b)  # noqa: F821

    line = fn.__code__.co_firstlineno + 2
    start = f"Your function raises NameError: name 'W_y' is not defined (line {line}: `return np.tanh(a + h_prev @ W_y"
    assert check_rnn_step(fn).text.startswith(start)


def test_an_exception_without_source_still_tells_the_line():
    space = {}
    exec("def fn(*arguments):\n    raise ValueError('no')", space)
    assert check_rnn_step(space["fn"]).text == "Your function raises ValueError: no (line 2)."


def test_changing_an_input_in_place_is_told():
    def fn(x_t, h_prev, W_x, W_h, b):
        h_prev[:] = np.tanh(x_t @ W_x + h_prev @ W_h + b)
        return h_prev

    assert "changes h_prev in place" in check_rnn_step(fn).text


def test_a_size_written_as_a_number_is_told():
    verdict = check_rnn_step(lambda x, h, W_x, W_h, b: plain(x[:3, :4], h, W_x[:4], W_h, b))
    assert re.search(says("Right for B = 3, D = 4, H = 5, but for B = 2, D = 6, H = 3", "other numbers"), verdict.text)


@pytest.mark.parametrize(
    ("fn", "part"),
    [
        (lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + 0.3 * h @ W_h + b), "With W_h = 0 it is right, so the term that"),
        (lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h @ W_h + b), "wrong is h_prev @ W_h."),
        (lambda x, h, W_x, W_h, b: np.tanh(x @ W_x * 3 + h @ W_h + b), "With W_x = 0 it is right, so the term that"),
        (lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h + b[::-1]), "so the term that is wrong is b."),
        (lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h + b + 1), "something is there besides the three terms"),
        (lambda x, h, W_x, W_h, b: np.tanh((x @ W_x + h @ W_h + b) / 3), "look at tanh, and at what is done after it."),
        (lambda x, h, W_x, W_h, b: np.tanh(x @ W_x * 3 + h @ W_h * 3 + b), "wrong: x_t @ W_x and h_prev @ W_h."),
        (
            lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h + b + x @ W_x * (h @ W_h) * b),
            "Each of the three terms alone is right",
        ),
    ],
)
def test_an_unknown_mistake_is_traced_to_its_entry_and_its_term(fn, part):
    verdict = check_rnn_step(fn)
    assert re.match(r"First difference at h_t\[\d, \d\]: yours -?[\d.]+, expected -?[\d.]+\. ", verdict.text)
    assert part in verdict.text


def test_a_small_difference_is_shown_with_digits_enough_to_see_it():
    text = check_rnn_step(lambda *arguments: plain(*arguments) + 1e-6).text
    yours, expected = re.search(r"yours (\S+), expected (\S+)\. ", text).groups()
    assert yours != expected


# ---- check_unroll: right solutions


def stacked(x, h0, step):
    h, states = h0, []
    for x_t in x:
        h = step(x_t, h)
        states.append(h)
    return np.stack(states)


def preallocated(x, h0, step):
    h = np.empty((len(x), *h0.shape))
    for t in range(len(x)):
        h[t] = step(x_t=x[t], h_prev=h0 if t == 0 else h[t - 1])
    return h


def accumulated(x, h0, step):
    return np.array([*accumulate(x, lambda h, x_t: step(x_t, h), initial=h0)][1:])


def recursive(x, h0, step):
    h_t = step(x[0], h0)
    return h_t[None] if len(x) == 1 else np.concatenate([h_t[None], recursive(x[1:], h_t, step)])


def padded(x, h0, step):
    h = np.zeros((len(x) + 1, *h0.shape))
    h[-1] = h0  # h[t - 1] at t = 0
    for t in range(len(x)):
        h[t] = step(x[t], h[t - 1])
    return h[:-1]


@pytest.mark.parametrize("fn", [stacked, preallocated, accumulated, recursive, padded], ids=lambda fn: fn.__name__)
def test_every_right_loop_passes(fn):
    verdict = check_unroll(fn)
    assert verdict.ok, verdict.text
    assert verdict.text.startswith("Right: h[t] = step(x[t], h[t-1]), starting from h0")


# ---- check_unroll: every known mistake


class Handed:
    """The run as a learner's function has it, for the mistakes of the table."""

    def __init__(self, x, h0, step):
        self.x, self.h0, self.pure, self.h = x, h0, step, stacked(x, h0, step)


@pytest.mark.parametrize("sentence", MISTAKES)
def test_each_known_mistake_of_a_loop_has_its_own_sentence(sentence):
    verdict = check_unroll(lambda x, h0, step: MISTAKES[sentence](Handed(x, h0, step)))
    assert verdict == Verdict(False, sentence)


def test_no_two_known_mistakes_of_a_loop_give_the_same_numbers():
    run = _Run(*SIZES[0], seed=0)
    made = [mistake(run) for mistake in MISTAKES.values()]
    for n, one in enumerate(made):
        assert not any(one.shape == other.shape and np.allclose(one, other) for other in [run.h, *made[:n]])


def last_only(x, h0, step):
    h = h0
    for x_t in x:
        h = step(x_t, h)
    return h


def not_carried(x, h0, step):
    return np.stack([step(x_t, h0) for x_t in x])


def one_array(x, h0, step):
    h, states = h0.copy(), []
    for x_t in x:
        h[:] = step(x_t, h)
        states.append(h)
    return np.stack(states)


def into_h0(x, h0, step):
    for x_t in x:
        h0[:] = step(x_t, h0)
    return stacked(x, h0, step)


def early_return(x, h0, step):  # noqa: RET503
    states = []
    for x_t in x:
        states.append(step(x_t, h0))
        return np.stack(states)


def stored_first(x, h0, step):
    h, states = h0, []
    for x_t in x:
        states.append(h)
        h = step(x_t, h)
    return np.stack(states)


def short(x, h0, step):
    h = np.zeros((len(x), *h0.shape))
    h[0] = step(x[0], h0)
    for t in range(1, len(x) - 1):
        h[t] = step(x[t], h[t - 1])
    return h


def as_list(x, h0, step):
    return list(stacked(x, h0, step))


def wrong_list(x, h0, step):
    return list(not_carried(x, h0, step))


def with_last(x, h0, step):
    h = stacked(x, h0, step)
    return h, h[-1]


def no_step(x, h0, step):
    return np.ones((len(x), *h0.shape))


def halved(x, h0, step):
    h, states = h0, []
    for x_t in x:
        h = step(x_t, h)
        states.append(h)
        h = h / 2
    return np.stack(states)


def two_by_two(x, h0, step):
    h, states = h0, []
    for t in range(len(x)):
        h = step(x[t - t % 2], h)
        states.append(h)
    return np.stack(states)


def reset_at_three(x, h0, step):
    h, states = h0, []
    for t, x_t in enumerate(x):
        h = step(x_t, h0 if t == 3 else h)
        states.append(h)
    return np.stack(states)


def shuffled(x, h0, step):
    return stacked(x, h0, step)[[0, 2, 1, 3, 4, 5]] if len(x) == 6 else stacked(x, h0, step)


def gives_up(x, h0, step):
    h = np.ones((len(x), *h0.shape))
    h[:3] = stacked(x[:3], h0, step)
    return h


def batch_first(x, h0, step):
    return stacked(x.swapaxes(0, 1), h0, step)


def six_only(x, h0, step):
    return stacked(x[:6], h0, step)


def tripled(x, h0, step):
    stacked(x, h0, step)
    return stacked(x, h0, step) * 3


def with_nan(x, h0, step):
    return stacked(x, h0, step) * np.nan


def no_return(x, h0, step):
    stacked(x, h0, step)


@pytest.mark.parametrize(
    ("fn", "parts"),
    [
        (last_only, ["Only the last state is returned", "(T, B, H)"]),
        (not_carried, ["The state is not carried: every timestep starts from h0"]),
        (one_array, ["All rows of h are the last state: one array is written in place"]),
        (into_h0, ["changes h0 in place"]),
        (early_return, ["Only the first state", "is `return` inside the loop?"]),
        (stored_first, ["Off by one: h[t] is the state before x[t]"]),
        (short, ["The last timestep is left out: h[-1] is still zero"]),
        (as_list, ["The states are right, but they are in a list of 6", "(T, B, H) = (6, 3, 5)", "`np.stack(states)`"]),
        (wrong_list, ["returns its states in a list of 6", "`np.stack(states)`"]),
        (with_last, ["a tuple of 2; accepted is h alone"]),
        (no_step, ["First difference at h[0][0, 0]: yours 1.0000", "never calls step"]),
        (halved, ["First difference at h[1][0, 0]", "Call 2 of step gets another array as h_prev; accepted is h[0]."]),
        (halved, ["At T = 1 your loop is right: it goes wrong from one timestep to the next."]),
        (two_by_two, ["First difference at h[1][0, 0]", "Call 2 of step gets x[0] as x_t; accepted is x[1]."]),
        (reset_at_three, ["First difference at h[3][0, 0]", "Call 4 of step gets h0 as h_prev; accepted is h[2]."]),
        (
            shuffled,
            ["First difference at h[1][0, 0]", "every call of step is right: what is put into h[1] is not what step"],
        ),
        (tripled, ["Up to there every call of step is right: what is put into h[0] is not what step returned."]),
        (
            gives_up,
            ["First difference at h[3][0, 0]", "step is called 3 times; accepted is once for each of 6 timesteps."],
        ),
        (batch_first, ["ValueError", "x_t has shape (6, 4); accepted is (B, D) = (3, 4)", "(line", "step(x_t, h)`)"]),
        (six_only, ["Right for T = 6, B = 3, D = 4, H = 5, but for T = 9", "(6, 2, 2) instead of (9, 2, 2)"]),
        (with_nan, ["holds nan at h[0][0, 0]", "It usually comes from"]),
        (no_return, ["returns None: did you forget `return`?"]),
        (lambda x, h0, step: stacked(x, h0, step).astype(np.float32), ["float32", "never changed silently"]),
        (lambda x, h0, step: stacked(x, h0, step)[:, :, :2], ["shape (6, 3, 2)", "(T, B, H) = (6, 3, 5)"]),
        (lambda x, h0, step: 2 * stacked(x, h0, step)[-1], ["shape (3, 5)", "that is one state (B, H)"]),
        (lambda x, _: x, ["TypeError", "2 positional arguments but 3 were given"]),
        (np.zeros((6, 3, 5)), ["an array of shape (6, 3, 5), not a function"]),
    ],
)
def test_what_is_wrong_with_a_loop_is_said(fn, parts):
    verdict = check_unroll(fn)
    assert not verdict.ok
    assert re.search(says(*parts), verdict.text), verdict.text


# ---- what a learner reads: the code as it is written in a notebook


def typed(body, names="x_t, h_prev, W_x, W_h, b"):
    """Return the function that a cell with this body defines; its source can be shown, as a notebook's."""
    source = f"def fn({names}):\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    file, space = f"<cell {body}>", {"np": np, "math": math}
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), space)
    return space["fn"]


def loop_typed(body):
    return typed(body, "x, h0, step")


ROWS = "o = np.{}\nfor i in range({}):\n    o[i] = np.tanh(x_t[i] @ W_x + h_prev[i] @ W_h + b)\n{}return o"
FILLED = "h, out = h0, np.{}\nfor t in range({}):\n    h = step(x[t], h)\n    {}\nreturn out"
EMPTY = "empty((len(x), *h0.shape))"
RIGHT_STEP = typed(ROWS.format("empty_like(h_prev)", "len(h_prev)", ""))
RIGHT_BODY = FILLED.format(EMPTY, "len(x)", "out[t] = h")
RIGHT_LOOP = loop_typed(RIGHT_BODY)
SUM = "x_t @ W_x + h_prev @ W_h + b"


@pytest.mark.parametrize(
    ("check", "right", "fn", "where"),
    [
        (check_rnn_step, RIGHT_STEP, typed(ROWS.format("empty_like(h_prev)", "len(h_prev) - 1", "")), "h_t[2, 0]"),
        (check_rnn_step, RIGHT_STEP, typed(ROWS.format("empty_like(h_prev)", "0", "")), "h_t[0, 0]"),
        (check_unroll, RIGHT_LOOP, loop_typed(FILLED.format(EMPTY, "len(x)", "pass")), "h[0][0, 0]"),
        (check_unroll, RIGHT_LOOP, loop_typed(FILLED.format(EMPTY, "len(x) - 1", "out[t] = h")), "h[5][0, 0]"),
    ],
)
def test_memory_that_is_never_filled_holds_no_answer_of_the_call_before(check, right, fn, where):
    for before in (right, fn, right, right, fn, fn):
        check(before)
        assert f"holds nan at {where}" in check(fn).text
        assert "np.empty that was never filled" in check(fn).text
        assert check(right).ok


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("np.tanh(x_t @ W_x - (h_prev @ W_h + b))", "The terms h_prev @ W_h and b are subtracted; they are added."),
        ("np.tanh(h_prev @ W_h - x_t @ W_x - b)", "The terms x_t @ W_x and b are subtracted; they are added."),
        (
            "np.tanh(b - x_t @ W_x - h_prev @ W_h)",
            "The terms x_t @ W_x and h_prev @ W_h are subtracted; they are added.",
        ),
        (
            f"-np.tanh({SUM})",
            "The result has the wrong sign: tanh(...) is negated, or all that is in it.",
        ),
        ("np.tanh(x_t @ W_x)", "Two terms are left out, h_prev @ W_h and b: only x_t @ W_x goes into tanh."),
        ("np.tanh(h_prev @ W_h)", "Two terms are left out, x_t @ W_x and b: only h_prev @ W_h goes into tanh."),
        (
            "np.tanh(x_t @ W_x + h_prev)",
            "W_h and b are left out: h_prev is added as it is, instead of h_prev @ W_h + b.",
        ),
        ("np.tanh(x_t @ W_x + h_prev + b)", "W_h is left out: h_prev is added as it is, instead of h_prev @ W_h."),
    ],
)
def test_the_terms_that_are_wrong_are_named_and_no_other(formula, text):
    assert check_rnn_step(typed(f"return {formula}")).text == text


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (
            ROWS.format("zeros_like(h_prev)", "len(h_prev)", "    return o\n"),
            "Row h_t[0] is right, rows h_t[1] and h_t[2] are not (they are 0): is `return` inside the loop, or does",
        ),
        (
            ROWS.format("zeros_like(h_prev)", "len(h_prev) - 1", ""),
            "Rows h_t[0] and h_t[1] are right, row h_t[2] is not (it is 0): is `return` inside",
        ),
        (ROWS.format("ones_like(h_prev)", "1, len(h_prev)", ""), "row h_t[0] is not (it is 1)"),
        (ROWS.format("copy(h_prev)", "1", ""), "rows h_t[1] and h_t[2] are not (they are still h_prev)"),
        (
            f"h_t = np.tanh({SUM})\nh_t[:, -1:] = 0\nreturn h_t",
            "Units h_t[:, 0], h_t[:, 1], h_t[:, 2] and h_t[:, 3] are right, unit h_t[:, 4] is not (it is 0)",
        ),
        (f"return np.round(np.tanh({SUM}), 3)", "All entries are right to 3 digits: is something rounded, or float32?"),
        (f"return np.tanh({SUM}).astype('f4').astype('f8')", "right to 7 digits: is something rounded, or float32?"),
        (f"return np.tanh({SUM}).reshape(len(b), -1).T", "look at tanh, and at what is done after it."),
        (f"return np.tanh({SUM}) * b", "look at tanh, and at what is done after it."),
    ],
)
def test_tanh_is_not_accused_where_it_is_right(body, part):
    text = check_rnn_step(typed(body)).text
    assert text.startswith("First difference at h_t[")
    assert part in text


@pytest.mark.parametrize(
    ("fn", "part"),
    [
        (
            typed(f"return np.tanh({SUM}.reshape(-1, 1))"),
            "equal, then the ones before: here 3 meets 5. The shapes here",
        ),
        (typed("return np.tanh(W_x.T @ x_t.T + W_h.T @ h_prev.T + b)"), "The last axes of what is added must be equal"),
        (typed("return np.tanh(x_t @ (W_x + h_prev @ W_h + b))"), "here 4 meets 3. The shapes here are x_t (3, 4), h"),
        (typed("return np.tanh(x_t @ W_x**2 + 0.5 * h_prev + W_h)"), "The last axes of what is added must be equal"),
        (typed("b += x_t @ W_x\nreturn b"), "What stands left of `+=` keeps its shape"),
        (
            loop_typed(FILLED.format("zeros_like(x)", "len(x)", "out[t] = h")),
            "The array you write into has rows of 4, what you write has 5.",
        ),
        (
            loop_typed(FILLED.format("zeros((len(x), 1, 5))", "len(x)", "out[t] = h")),
            "The array you write into takes (1, 5) there, what you write has shape (3, 5).",
        ),
        (typed(ROWS.format("zeros((3, 5))", "len(x_t)", "")), "has rows of 5, what you write has 3."),
    ],
)
def test_a_star_is_not_accused_where_there_is_none(fn, part):
    text = (check_unroll if "step" in fn.__code__.co_varnames else check_rnn_step)(fn).text
    assert "`*`" not in text
    assert part in text


@pytest.mark.parametrize("term", ["h_prev * W_h", "h_prev*W_h", "np.multiply(h_prev, W_h)", "(h_prev)\n  * W_h"])
def test_a_star_where_a_matrix_product_belongs_is_told(term):
    text = check_rnn_step(typed(f"return np.tanh(x_t @ W_x + {term} + b)")).text
    assert "Did you use `*` (element by element) where the matrix product `@` belongs? The shapes here are" in text


@pytest.mark.parametrize(
    ("check", "fn", "parts"),
    [
        (
            check_unroll,
            loop_typed(FILLED.format(EMPTY, "6", "out[t] = h")),
            ["Right for T = 6, B = 3, D = 4, H = 5; for T = 1, B = 3, D = 4, H = 5: your function raises IndexError"],
        ),
        (
            check_rnn_step,
            typed(ROWS.format("zeros((3, 5))", "3", "")),
            ["Right for B = 3, D = 4, H = 5; for B = 2, D = 6, H = 3: your function raises ValueError"],
        ),
        (
            check_unroll,
            loop_typed(f"if len(x) < 6:\n    return 0.5\n{RIGHT_BODY}"),
            ["Right for T = 6", "; for T = 1", "your function returns a float; accepted"],
        ),
    ],
)
def test_an_error_at_a_later_size_says_that_the_first_went_right(check, fn, parts):
    assert re.match(says(*parts, "Is a size written as a fixed number?"), check(fn).text), check(fn).text


@pytest.mark.parametrize(
    ("names", "body"),
    [
        ("h_prev, x_t, W_x, W_h, b", f"return np.tanh({SUM})"),
        ("x_t, h_prev, W_h, W_x, b", f"return np.tanh({SUM})"),
        ("x_t, h_prev, W_x, W_h", "return np.tanh(x_t @ W_x + h_prev @ W_h)"),
        ("", "return 0"),
    ],
)
def test_the_order_of_the_arguments_is_told_when_they_are_taken_otherwise(names, body):
    order = "are passed in this order: x_t, h_prev, W_x, W_h, b."
    assert order in check_rnn_step(typed(body, names)).text
    assert order in check_rnn_step(np.tanh).text
    assert order not in check_rnn_step(typed("return W_y")).text
    assert "are passed in this order: x, h0, step." in check_unroll(typed(RIGHT_BODY, "h0, x, step")).text


@pytest.mark.parametrize(
    ("fn", "parts"),
    [
        (
            typed("return np.tanh(np.dot(W_x, x_t) + b)"),
            ["not aligned", "one for each sequence of the batch: x_t @ W_x. The shapes here are x_t (3, 4), h_prev"],
        ),
        (typed("return np.tanh(W_x @ x_t + W_h @ h_prev + b)"), ["A vector is a row here", ": x_t @ W_x. The shapes"]),
        (typed(f"return 1 / (1 + math.exp(-({SUM})))"), ["). math.exp takes one number, np.exp an array."]),
        (typed("return np.tanh(x_t @ W_x + h @ W_h + b)"), ["Known here are x_t, h_prev, W_x, W_h, b, and what you"]),
        (typed("a = a + x_t @ W_x\nreturn a"), ["UnboundLocalError", "a is used before it has a value: it needs one"]),
        (typed(f"return math.tanh({SUM})"), ["TypeError", "). math.tanh takes one number, np.tanh an array."]),
        (typed(f"return np.tanh({SUM}).mean(0)"), ["shape (5,)", "not x_t[0]; or the batch was averaged or summed."]),
        (typed(f"return np.tanh({SUM}).mean(0)[None]"), ["shape (1, 5)", "; or the batch was averaged or summed."]),
        (typed("raise NotImplementedError"), ["Nothing is written here yet."]),
    ],
)
def test_what_a_timestep_raises_or_loses_is_explained(fn, parts):
    assert re.search(says(*parts), check_rnn_step(fn).text), check_rnn_step(fn).text


CALL = "h, out = h0, []\nfor t in range(len(x)):\n    h = {}\n    out.{}\nreturn np.stack(out)"
LAST_ROW = "out = np.{}\nout[0] = h0\nfor t in range(len(x)):\n    out[t] = step(x[t], out[t - 1])\nreturn out"


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        (CALL.format("step(x[t])", "append(h)"), ["TypeError: step() missing", "). step takes x_t and h_prev."]),
        (CALL.format("step(x_t=x[t], h=h)", "append(h)"), ["TypeError: step() got", "step takes x_t and h_prev."]),
        (CALL.format("step(h, x[t])", "append(h)"), ["x_t has shape (3, 5)", "looks like h_prev: step(x_t, h_prev)"]),
        (CALL.format("step(x[t], x[t])", "append(h)"), ["h_prev has shape (3, 4)", "that looks like x_t"]),
        (CALL.format("step(x[:, t], h)", "append(h)"), ["(6, 4)", "that is (T, D); time is the first axis, x[t]"]),
        (CALL.format("step(x.T[t], h)", "append(h)"), ["(3, 6)", "that is (B, T); time is the first axis, x[t]"]),
        (CALL.format("step(x[t, 0], h)", "append(h)"), ["(4,)", "that is one sequence"]),
        (CALL.format("step(x, h)", "append(h)"), ["(6, 3, 4)", "that is the whole of x"]),
        (CALL.format("step(x[t : t + 1], h)", "append(h)"), ["(1, 3, 4)", "x[t] has none"]),
        (CALL.format("step((t, x[t]), h)", "append(h)"), ["x_t is not a rectangular array"]),
        (CALL.format("step(x[t], h[:1])", "append(h)"), ["h_prev has shape (1, 5); accepted is (B, H) = (3, 5)"]),
        (CALL.format("step(x[t], h)", "extend(h)"), ["joined, as (T*B, H), by concatenate, vstack or extend"]),
        (LAST_ROW.format("zeros((len(x), *h0.shape))"), ["starts from zeros", "h[-1], the last row, still zero."]),
        (LAST_ROW.format(EMPTY), ["h_prev holds nan", "a row of np.empty not filled yet? h[t-1] with t = 0 is h[-1]"]),
    ],
)
def test_a_wrong_call_of_step_is_explained(body, parts):
    text = check_unroll(loop_typed(body)).text
    assert "_Run" not in text
    assert re.search(says(*parts), text), text


BY_SEQUENCE = (
    "out = np.empty((len(x), *h0.shape))\nfor i in range(len(h0)):\n    h = h0[i : i + 1]\n"
    "    for t in range(len(x)):\n        h = step(x[t, i : i + 1], h)\n        out[t, i] = {}\nreturn out"
)


def test_a_loop_over_the_batch_is_a_right_loop_too():
    assert check_unroll(loop_typed(BY_SEQUENCE.format("h"))).ok
    text = check_unroll(loop_typed(BY_SEQUENCE.format("2 * h"))).text
    assert "step is given 1 of the 3 sequences at a time; `step(x[t], h)` takes all of them at once." in text


# ---- Verdict


def test_a_verdict_is_shown_as_its_text_and_is_true_when_ok():
    assert repr(Verdict(True, "Right.")) == str(Verdict(True, "Right.")) == "Right."
    assert Verdict(True, "a")
    assert not Verdict(False, "b")


def test_verdicts_are_the_same_at_every_run_and_hold_no_address():
    def fn(x_t, h_prev, W_x, W_h, b):
        raise ValueError(f"cannot use {object()}")

    first, second = check_rnn_step(fn), check_rnn_step(fn)
    assert first == second
    assert "0x" not in first.text
    assert check_unroll(halved) == check_unroll(halved)


def test_an_interrupt_is_not_swallowed():
    def fn(*arguments):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_rnn_step(fn)
