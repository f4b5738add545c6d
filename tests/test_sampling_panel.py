"""The sampling panel without a browser: press a button, read the blocks."""

import json

import numpy as np
import pytest

from rnnedu.datasets import make_grammar
from rnnedu.experiments.language import load_names_model
from rnnedu.experiments.sampling import Sampler, entropy, tempered
from rnnedu.widget import SamplingPanel
from rnnedu.widget.places import quoted
from tests.test_language import HOSTILE, toy, toy_words


@pytest.fixture
def panel():
    return SamplingPanel(prefix="mar", temperature=0.7, seed=3)


def block(widget, key):
    return next((each for each in widget.shown["blocks"] if each["key"] == key), None)


def press(widget, name):
    """As the browser does it."""
    widget._handle_custom_msg({"do": name}, [])


def test_the_bars_are_the_models_probabilities(panel):
    model = panel.language
    natural = np.exp(model.log_probabilities("mar")[-1])
    p = tempered(np.log(natural), 0.7)
    bars = block(panel, "next")
    order = np.argsort(-p)[:12]
    assert bars["labels"][0] == model.vocabulary.symbols[order[0]]
    assert np.allclose(bars["values"], p[order])
    assert np.allclose(bars["beside"][2], natural[order])
    assert bars["beside"][0] == "at temperature 0.7"
    assert f"{entropy(p):.2f} bits open" in bars["title"]
    assert f"{entropy(p):.2f} bits open" in panel.shown["values"]


def test_the_alphabet_keeps_places(panel):
    likeliest = block(panel, "next")["labels"]
    panel.order = "alphabet"
    assert block(panel, "next")["labels"] == sorted(likeliest, key=lambda label: "" if label == "end" else label)
    before = block(panel, "next")["labels"]
    panel.temperature = 3.0
    assert block(panel, "next")["labels"] == before


def test_heat_opens_the_choice(panel):
    def open_bits():
        return entropy(tempered(panel.sampler.log_p, panel.temperature))

    panel.temperature = 0.1
    cold, cold_top = open_bits(), max(block(panel, "next")["values"])
    panel.temperature = 5.0
    assert open_bits() > cold + 2
    assert max(block(panel, "next")["values"]) < cold_top


def test_one_more_letter_is_the_samplers(panel):
    own = Sampler(panel.language, "mar", rng=3)
    for _ in range(2):
        draw = own.draw(0.7)
        press(panel, "one_more")
        assert panel.sampler.drawn[-1] == draw
    letters = block(panel, "text")
    assert "".join(letters["symbols"]) == own.text
    assert letters["values"][:3] == [None] * 3
    assert letters["values"][3:] == [draw.bits for draw in own.drawn]
    assert block(panel, "drawn")["columns"][0] == "letter"  # an empty heading says nothing to a screen reader
    assert block(panel, "drawn")["rows"][0] == ["drawn with probability", *(f"{draw.p:.3f}" for draw in own.drawn)]


def test_a_new_text_follows_a_finished_one(panel):
    assert "finished" not in block(panel, "text")["title"]
    press(panel, "whole")
    assert panel.sampler.ended
    assert "finished" in block(panel, "text")["title"]
    (first,) = panel.texts
    press(panel, "one_more")
    assert len(panel.sampler.drawn) == 1
    press(panel, "whole")
    assert len(panel.texts) == 2
    assert panel.texts[0] == first
    assert block(panel, "texts")["rows"][-1][0] == f"“{first}”"


def test_it_counts_what_is_new():
    panel, model = SamplingPanel(temperature=0.6, seed=1), load_names_model()
    press(panel, "ten")
    new = sum(text not in model.texts for text in panel.texts)
    assert block(panel, "texts")["title"] == f"{new} of 10 names are not in the training data"
    panel.texts = [*model.texts[:2], "xqxq"]
    panel.show()
    assert block(panel, "texts")["title"] == "1 of 3 names are not in the training data"
    assert "1 of 3 names" in panel.shown["values"]
    assert panel._status(model.texts[0]) == "in the training data"
    assert panel._status(model.held_out[0]).startswith("held out")
    assert panel._status("xqxq") == "new"


def test_the_seed_says_all_and_clear_begins_again(panel):
    press(panel, "ten")
    texts = list(panel.texts)
    press(panel, "clear")
    assert (panel.texts, panel.sampler.drawn) == ([], [])
    assert block(panel, "texts") is None
    assert next(action for action in panel.shown["actions"] if action["name"] == "clear")["enabled"] is False
    press(panel, "ten")
    assert panel.texts == texts
    panel.seed = 4
    assert panel.sampler.drawn == []
    press(panel, "ten")
    assert panel.texts[10:] != texts


def test_the_temperature_leaves_the_text(panel):
    press(panel, "one_more")
    text = panel.sampler.text
    panel.temperature = 2.0
    assert panel.sampler.text == text
    panel.prefix = "jo"
    assert panel.sampler.text == "jo"


def test_a_text_without_an_end_has_a_limit():
    panel = SamplingPanel(toy(end=""), most=5)
    press(panel, "whole")
    assert [len(text) for text in panel.texts] == [5]
    press(panel, "one_more")
    assert len(panel.sampler.drawn) == 1
    assert "5" not in panel.shown["actions"][1]["label"]
    assert panel.shown["actions"][1]["label"] == "whole text"


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("prefix", HOSTILE, "character '<' at position 0"),
        ("prefix", "Anna", "character 'A'"),
        ("prefix", "a\nb", "which has ended"),
        ("prefix", "a" * 41, "at most 40"),
        ("temperature", 0.0, "temperature is 0"),
        ("temperature", 11.0, "temperature is 11"),
        ("seed", -1, "seed is -1"),
        ("order", "size", "order is 'size'"),
        ("most", 0, "most is 0"),
    ],
)
def test_a_wrong_value_is_said_and_changes_nothing(panel, trait, value, message):
    press(panel, "one_more")
    before, good = panel.shown["blocks"], getattr(panel, trait)
    with pytest.raises(ValueError, match=message):
        setattr(panel, trait, value)
    assert message in panel.error
    assert panel.shown["blocks"] == before
    setattr(panel, trait, good)
    assert panel.error == ""


def test_other_models_are_refused():
    with pytest.raises(TypeError, match="model is a str"):
        SamplingPanel("names")
    with pytest.raises(TypeError, match="Did you mean 'prefix'"):
        SamplingPanel(prefx="a")


def test_text_stays_text():
    panel = SamplingPanel(toy("".join(sorted(set("\n" + HOSTILE)))), prefix=HOSTILE)
    assert "".join(block(panel, "text")["symbols"]) == HOSTILE
    assert json.loads(json.dumps(panel.shown)) == panel.shown


# ---- words, judged by a grammar


def test_words_and_a_grammar_that_judges():
    grammar = make_grammar(relative=0.1)
    panel = SamplingPanel(toy_words(grammar), grammar, prefix="the fox", most=6)
    assert block(panel, "text")["symbols"] == ["the", "fox"]
    assert panel.shown["actions"][0]["label"] == "one more word"
    panel.one_more()
    assert block(panel, "text")["symbols"][:2] == ["the", "fox"]
    assert block(panel, "drawn")["columns"][0] == "word"
    panel.ten()
    said = {row[0]: row[1] for row in block(panel, "texts")["rows"]}
    for text in panel.texts:
        right = "grammatical" if grammar.accepts(text) else "not grammatical"
        assert said[quoted(text, noun="word")] == right
    assert block(panel, "texts")["title"].startswith(f"{sum(map(grammar.accepts, panel.texts))} of 10 texts are gramm")
    with pytest.raises(TypeError, match="grammar is a str"):
        SamplingPanel(panel.language, "grammar")


def test_words_stand_in_the_order_of_the_alphabet():
    panel = SamplingPanel(toy_words(make_grammar()), order="alphabet")
    labels = block(panel, "next")["labels"]
    assert [label for label in labels if label != "end"] == sorted(label for label in labels if label != "end")


def test_of_running_text_a_piece_is_known_too():
    panel = SamplingPanel(toy(end="", texts=["abba<>"], held_out=["<<"]), most=3)
    assert [panel._status(text) for text in ("bba", "<<", "<a")] == [
        "in the training data", "held out: real, never seen in training", "new",
    ]  # fmt: skip
    press(panel, "ten")
    assert {len(text) for text in panel.texts} == {3}  # it ends, although no end is ever drawn
