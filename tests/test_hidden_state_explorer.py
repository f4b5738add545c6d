"""The explorer of hidden states without a browser: over texts, series and one's own numbers, with every cell."""

import json

import numpy as np
import pytest

from rnnedu import layers
from rnnedu.cells import CELLS, get
from rnnedu.datasets import Vocabulary, load_nile, make_grammar
from rnnedu.experiments import hidden, spans
from rnnedu.experiments.language import load_names_model
from rnnedu.models import Sequential
from rnnedu.widget import HiddenStateExplorer, recordings
from tests.test_language import HOSTILE, toy, toy_words
from tests.test_sampling_panel import block, press


@pytest.fixture
def explorer():
    return HiddenStateExplorer(text="anna\nhannah")


def over_series(**more):
    return HiddenStateExplorer(params=get("gru").init(1, 5, seed=2), series="nile", length=40, **more)


def test_the_map_is_the_models_states(explorer):
    symbols, values = hidden.over_text(load_names_model(), "anna\nhannah")
    assert block(explorer, "along")["symbols"] == symbols
    assert np.allclose(block(explorer, "map")["rows"], values["h_t"].T, atol=5e-5)
    explorer.symbol = "f_t"
    assert np.allclose(block(explorer, "map")["rows"], values["f_t"].T, atol=5e-5)
    assert block(explorer, "map")["limit"] == 1.0


def test_a_span_ranks_the_units(explorer):
    assert block(explorer, "units") is None
    explorer.span = [2, 4]
    scores = spans.contrast(explorer.values, 2, 4)
    order = np.argsort(-np.abs(scores), kind="stable")
    bars = block(explorer, "units")
    assert np.allclose(bars["values"], scores[order[:10]])
    assert bars["labels"][0] == f"unit {order[0] + 1}, {'higher' if scores[order[0]] > 0 else 'lower'}"
    assert explorer.chosen == order[0]
    assert bars["marked"] == [0]
    assert "“nn”" in bars["title"]


def test_the_other_places_are_marked(explorer):
    explorer.span = [0, 1]
    along = block(explorer, "along")
    unit = explorer.values[:, explorer.chosen]
    assert along["marked"] == spans.as_active(unit, 0, 1).tolist() != []
    assert f"at {len(along['marked'])} other place" in along["title"]
    assert np.allclose(along["values"], unit)
    assert all(f" at {place + 1}" in explorer.shown["values"] for place in along["marked"])


def test_a_unit_can_be_chosen(explorer):
    explorer.unit = 7
    assert np.allclose(block(explorer, "along")["values"], explorer.values[:, 6])
    explorer.span = [1, 3]
    assert explorer.chosen == 6
    assert "unit 7 is" in block(explorer, "along")["title"]


def test_without_a_span_the_unit_that_varies_most_is_shown(explorer):
    assert explorer.chosen == explorer.values.std(0).argmax()
    assert "varies most" in block(explorer, "along")["title"]


def test_the_strongest_on_top(explorer):
    explorer.span, explorer.ordered = [2, 4], True
    found = block(explorer, "map")
    assert found["names"][:2] == [f"unit {unit + 1}" for unit in explorer.ranks[:2]]
    assert np.allclose(found["rows"][0], explorer.values[:, explorer.chosen], atol=5e-5)


def test_the_button_selects_nothing(explorer):
    assert explorer.shown["actions"][0]["enabled"] is False
    explorer.span = [2, 4]
    press(explorer, "deselect")
    assert (explorer.span, explorer.part, block(explorer, "units")) == ([], None, None)


def test_another_text_selects_nothing(explorer):
    explorer.span = [3, 9]
    explorer.text = "jo"
    assert (explorer.span, explorer.part, explorer.error) == ([], None, "")
    assert explorer.values.shape == (3, 64)


def test_a_layer_without_the_gate_shows_the_state():
    explorer = HiddenStateExplorer(toy(), text="abba", layer=2, symbol="o_t", unit=5, span=[0, 2])
    assert explorer.part == (0, 2)
    explorer.layer = 1
    assert (explorer.symbol, explorer.unit, explorer.span) == ("h_t", 0, [])
    assert explorer.values.shape == (5, 4)
    traits = [control["trait"] for control in explorer.shown["controls"]]
    assert traits == ["text", "layer", "symbol", "unit", "ordered"]


@pytest.mark.parametrize("cell", list(CELLS))
def test_every_cell_over_letters_and_numbers(cell):
    letters = HiddenStateExplorer(params=get(cell).init(4, 3), vocabulary=Vocabulary("abc "), text="a cab", span=[0, 1])
    assert block(letters, "along")["kind"] == "letters"
    assert letters.values.shape == (5, 3)
    numbers = HiddenStateExplorer(params=get(cell).init(1, 3), series="co2", length=30, span=[4, 8])
    assert block(numbers, "along")["kind"] == "chart"
    assert block(numbers, "units")["values"][0] == numbers.scores[numbers.chosen]


def test_a_series_is_drawn_with_the_unit_and_the_places():
    explorer = over_series(span=[10, 16])
    lines = {line["name"]: line for line in block(explorer, "along")["lines"]}
    series = load_nile()
    assert lines["input"]["x"] == series.time[:40].tolist()
    assert np.allclose(lines["input"]["y"], series.standardised()[:40])
    unit = explorer.values[:, explorer.chosen]
    assert np.allclose(lines[f"h_t of unit {explorer.chosen + 1}"]["y"], unit)
    shown = [n for n, y in enumerate(lines["about as active"]["y"]) if y is not None]
    assert shown == spans.as_active(unit, 10, 16).tolist()
    assert [n for n, y in enumerate(lines["selected"]["y"]) if y is not None] == list(range(10, 16))
    assert "in 1881 to 1886" in block(explorer, "units")["title"]
    explorer.span = [10, 11]
    assert "in 1881: mean there" in block(explorer, "units")["title"]
    explorer.series = "sunspots"
    assert block(explorer, "along")["lines"][0]["x"][0] == 1700


def test_a_model_over_numbers_of_ones_own():
    model = Sequential([layers.Input((None, 2)), layers.LSTM(3, return_sequences=True), layers.Dense(1)])
    x = np.random.default_rng(0).standard_normal((20, 2))
    explorer = HiddenStateExplorer(model, x=x)
    assert block(explorer, "along")["lines"][0]["y"] == x[:, 0].tolist()
    assert np.array_equal(explorer.values, hidden.over_numbers(model, x)["h_t"])
    assert [control["trait"] for control in explorer.shown["controls"]] == ["symbol", "unit", "ordered"]


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("text", HOSTILE, "character '<' at position 0"),
        ("text", "", "text is empty"),
        ("text", "a" * 600, "at most 599"),
        ("layer", 2, "layer is 2"),
        ("symbol", "q_t", "symbol is 'q_t'"),
        ("unit", 65, "unit is 65"),
        ("span", [0, 12], "all there is"),
        ("span", [3, 40], "span[1] is 40"),
    ],
)
def test_a_wrong_value_is_said_and_changes_nothing(explorer, trait, value, message):
    before, good = explorer.shown["blocks"], getattr(explorer, trait)
    with pytest.raises(ValueError, match="accepted"):
        setattr(explorer, trait, value)
    assert message in explorer.error
    assert explorer.shown["blocks"] == before
    setattr(explorer, trait, good)
    assert explorer.error == ""


@pytest.mark.parametrize(("trait", "value"), [("length", 1), ("length", 101), ("series", "nil")])
def test_a_wrong_series_is_said(trait, value):
    explorer = over_series()
    with pytest.raises(ValueError, match=f"{trait} is {value!r}"):
        setattr(explorer, trait, value)


def test_what_would_freeze_the_page_is_refused_before_it_runs(monkeypatch):
    def never(*_):
        raise AssertionError

    monkeypatch.setattr(recordings.hidden, "over_numbers", never)
    large = get("rnn").init(1, 510)
    with pytest.raises(ValueError, match="61200 values; accepted are at most 60000"):
        HiddenStateExplorer(params=large, series="co2", length=120)
    with pytest.raises(ValueError, match="length is 601"):
        HiddenStateExplorer(params=get("rnn").init(1, 2), x=np.zeros((601, 1)))
    with pytest.raises(ValueError, match="at most 600"):
        HiddenStateExplorer(params=get("rnn").init(1, 2), vocabulary=Vocabulary("a"), text="a" * 601)


def test_sources_that_do_not_fit():
    params = get("rnn").init(1, 2)
    for given, message in [
        ({"model": toy(), "params": params}, "given both"),
        ({"vocabulary": Vocabulary("ab")}, "without params"),
        ({"model": toy(), "x": np.ones((4, 1))}, "what reads letters"),
        ({"params": params, "x": np.ones(4)}, "x has shape"),
        ({"params": params, "vocabulary": Vocabulary("ab"), "text": "ab"}, "shape"),
    ]:
        with pytest.raises(ValueError, match=message):
            HiddenStateExplorer(**given)
    with pytest.raises(TypeError, match="params is a str"):
        HiddenStateExplorer(params="rnn")
    with pytest.raises(TypeError, match="model is a str"):
        HiddenStateExplorer("rnn")


def test_text_stays_text():
    model = toy("".join(sorted(set("\n" + HOSTILE))))
    explorer = HiddenStateExplorer(model, text=HOSTILE, span=[1, 5])
    assert "".join(block(explorer, "along")["symbols"]) == "\n" + HOSTILE
    assert "“<img”" in block(explorer, "units")["title"]
    assert json.loads(json.dumps(explorer.shown)) == explorer.shown


def test_words_are_places():
    grammar = make_grammar()
    text = "the fox near the hens sings"
    explorer = HiddenStateExplorer(toy_words(grammar), text=text, span=[5, 7])
    assert explorer.recording.labels == (".", *text.split())
    assert explorer.values.shape == (7, 4)
    along, units, map_ = (block(explorer, key) for key in ("along", "units", "map"))
    assert along["symbols"] == [".", *text.split()]
    assert "in “hens sings” than elsewhere" in along["title"]
    assert "“hens sings”" in units["title"]
    assert (map_["x"]["label"], map_["ticks"][1]) == ("words", "the")
    with pytest.raises(ValueError, match="text is empty"):
        explorer.text = "  "
    with pytest.raises(ValueError, match="word 'cat' at position 1"):
        explorer.text = "the cat"
