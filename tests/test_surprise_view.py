"""The surprise view without a browser."""

import json

import numpy as np
import pytest

from rnnedu.datasets import Vocabulary, make_grammar
from rnnedu.experiments.language import LanguageModel
from rnnedu.widget import SurpriseView
from tests.test_language import HOSTILE, toy, toy_words
from tests.test_sampling_panel import block, press


@pytest.fixture
def view():
    return SurpriseView(text="marxie")


def test_the_letters_are_the_surprisal_and_the_end_counts(view):
    letters, bits = block(view, "letters"), view.language.surprisal("marxie\n")
    assert "".join(letters["symbols"]) == "marxie\n"
    assert letters["values"] == bits.tolist()
    assert f"{bits.mean():.2f} bits per letter" in letters["title"]
    assert letters["trait"] == "span"
    assert letters["texts"][3].startswith(f"x, {bits[3]:.2f} bits; likeliest was ")


def test_without_a_selection_the_most_surprising_is_asked_about(view):
    assert view.place == 3
    assert "most surprising is x at 4" in block(view, "letters")["title"]
    assert "most surprising is x at 4" in view.shown["values"]


def test_the_bars_are_what_was_expected_there(view):
    view.span = [1, 2]
    bars, p = block(view, "expected"), np.exp(view.language.log_probabilities("m")[-1])
    assert np.allclose(bars["values"], np.sort(p)[::-1][: len(bars["values"])], atol=1e-6)
    assert bars["labels"][bars["marked"][0]] == "a"
    assert bars["title"].startswith("After “m” the model expected ")
    assert "there came a, " in bars["title"]


def test_what_came_is_there_even_if_it_was_not_expected(view):
    bars = block(view, "expected")
    assert (bars["labels"][-1], bars["marked"]) == ("x", [10])
    view.span = [0, 1]
    assert block(view, "expected")["title"].startswith("At the beginning")


def test_several_letters_have_a_mean(view):
    view.span = [0, 3]
    assert f"selected is “mar”, {view.bits[:3].mean():.1f} bits per letter" in block(view, "letters")["title"]


def test_the_mean_stands_beside_simpler_models(view):
    means, symbols = block(view, "means"), "marxie\n"
    unigram = view.language.unigram_surprisal(symbols).mean()
    assert np.allclose(means["values"], [view.bits.mean(), unigram, np.log2(27)])
    view.text = "maria"
    assert " saves " in block(view, "means")["title"]
    view.text = "xzqqxwv"
    assert " loses " in block(view, "means")["title"]


def test_another_text_selects_nothing(view):
    view.span = [4, 7]
    view.text = "jo"
    assert (view.span, view.chosen, view.error) == ([], None, "")
    assert len(block(view, "letters")["symbols"]) == 3
    view.text = ""
    assert view.bits.shape == (1,)


def test_the_button_selects_nothing(view):
    assert view.shown["actions"][0]["enabled"] is False
    view.span = [0, 1]
    press(view, "deselect")
    assert (view.span, view.place) == ([], 3)


def test_a_selection_given_at_the_start_is_kept():
    assert SurpriseView(text="maria", span=[2, 3]).place == 2


def test_after_an_end_the_text_is_read_anew():
    view = SurpriseView(text="anna\nbob", span=[5, 6])
    assert np.allclose(view.bits[5:], view.language.surprisal("bob\n"))
    assert block(view, "expected")["title"].startswith("At the beginning")


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("text", HOSTILE, "character '<' at position 0"),
        ("text", "a" * 1001, "at most 1000"),
        ("span", [3, 9], r"span[1] is 9"),
        ("span", [3], "span is [3]"),
    ],
)
def test_a_wrong_value_is_said_and_changes_nothing(view, trait, value, message):
    before = view.shown["blocks"]
    with pytest.raises(ValueError, match="accepted"):
        setattr(view, trait, value)
    assert message in view.error
    assert view.shown["blocks"] == before


def test_a_model_without_an_end_needs_a_symbol():
    with pytest.raises(ValueError, match="text is empty"):
        SurpriseView(toy(end=""), text="")
    assert SurpriseView(toy(end=""), text="ab").bits.shape == (2,)
    with pytest.raises(TypeError, match="model is a str"):
        SurpriseView("names")


def test_text_stays_text():
    view = SurpriseView(toy("".join(sorted(set("\n" + HOSTILE)))), text=HOSTILE)
    assert "".join(block(view, "letters")["symbols"]) == HOSTILE + "\n"
    assert json.loads(json.dumps(view.shown)) == view.shown
    assert view.shown["controls"][0]["value"] == HOSTILE


# ---- words, and the grammar beside


def words(**traits):
    grammar = make_grammar()
    return SurpriseView(toy_words(grammar), grammar, text="the fox near the hens sings", **traits)


def test_words_are_places():
    view = words(span=[4, 6])
    letters = block(view, "letters")
    assert letters["symbols"] == ["the", "fox", "near", "the", "hens", "sings", "."]
    assert letters["values"] == view.language.surprisal("the fox near the hens sings .").tolist()
    assert letters["title"].startswith("“the fox near the hens sings”: ")
    assert f"selected is “hens sings”, {view.bits[4:6].mean():.1f} bits per word" in letters["title"]
    assert letters["texts"][6].startswith("end, ")
    assert block(view, "expected")["title"].startswith("After “the fox near the” the model expected ")
    assert "per word" in block(view, "means")["title"]


def test_the_grammar_stands_beside():
    view, grammar = words(span=[5, 6]), make_grammar()
    truth = grammar.surprisal("the fox near the hens sings .")
    assert np.array_equal(view.true_bits, truth)
    assert block(view, "beside")["beside"] == ["this model", "the grammar", truth.tolist()]
    bars, rows = block(view, "expected"), np.exp(grammar.log_probabilities("the fox near the hens"))
    shown = dict(zip(bars["labels"], bars["beside"][2], strict=True))
    assert shown["sings"] == pytest.approx(rows[-1][grammar.words.index("sings")])


def test_what_the_grammar_forbids_is_said_and_is_a_gap():
    view = words()
    view.text = "the fox near the hens sing"
    assert block(view, "beside")["title"] == "By the grammar no sing can stand at 6"
    assert block(view, "beside")["beside"][2][5] is None
    assert json.loads(json.dumps(view.shown)) == view.shown
    with pytest.raises(ValueError, match="word 'cat' at position 1"):
        view.text = "the cat"


def test_a_grammar_of_other_words_is_refused(view):
    with pytest.raises(ValueError, match="grammar has 47 other words"):
        SurpriseView(view.language, make_grammar())
    with pytest.raises(TypeError, match="grammar is a str"):
        SurpriseView(view.language, "grammar")


def test_a_script_that_the_model_does_not_know_is_read_as_unknown_and_told():
    model = toy("\nab<>?")
    model = LanguageModel(model.model, Vocabulary("\nab<>?", unknown="?"), end="")
    view = SurpriseView(model, text="a\u4f60\u597db")
    assert "2 of 4 unknown to it and read as ?" in block(view, "letters")["title"]
    assert np.allclose(view.bits, model.surprisal("a??b"))
    view.span = [1, 2]
    bars = block(view, "expected")
    assert bars["labels"][bars["marked"][0]] == "?"
    assert "there came \u4f60" in bars["title"]
    view.text = "ab"
    assert "unknown" not in block(view, "letters")["title"]
