"""What every widget beside the player inherits: refusals, failures that are seen, buttons, plain data, no leaks."""

import gc
import json
import weakref

import numpy as np
import pytest
import traitlets
from ipywidgets.widgets.widget import _instances

from rnnedu.view import colours
from rnnedu.widget import blocks, controls
from rnnedu.widget.panel import Panel


class Halves(Panel):
    """A panel that shows half of an even number."""

    heading = "Halves"
    inputs = ("number",)

    number = traitlets.Int(2).tag(sync=True)
    half, pressed = None, 0

    def compute(self):
        if self.number % 2:
            raise ValueError(f"number is {self.number}; accepted is an even one")
        self.half = self.number // 2

    def form(self):
        return [controls.count("number", 0, 10)]

    def doings(self):
        return [controls.action("press", "Press", self.half > 1), controls.action("fail", "Fail")]

    def press(self):
        self.pressed += 1

    def fail(self):
        raise RuntimeError

    def blocks(self):
        return [blocks.text("half", "Half", self.half)]

    def sentence(self):
        return f"Half is {self.half}."


@pytest.fixture
def panel():
    made = Halves()
    yield made
    made.close()


def test_what_is_shown_is_what_the_four_methods_return(panel):
    assert panel.label == "Halves"
    assert panel.shown == {
        "controls": [
            {"kind": "count", "trait": "number", "label": "number", "low": 0, "high": 10, "value": 2},
        ],
        "actions": [
            {"name": "press", "label": "Press", "enabled": False, "primary": False},
            {"name": "fail", "label": "Fail", "enabled": True, "primary": False},
        ],
        "blocks": [{"kind": "text", "key": "half", "title": "Half", "content": "1", "code": False}],
        "values": "Half is 1.",
    }
    panel.number = 8
    assert panel.shown["values"] == "Half is 4."
    assert panel.shown["controls"][0]["value"] == 8


def test_an_unknown_trait_is_refused():
    with pytest.raises(TypeError, match=r"nunber is no argument of Halves; accepted are number\. Did you mean"):
        Halves(nunber=3)


def test_a_wrong_value_is_shown_and_raised_and_what_was_shown_stays(panel):
    shown = panel.shown
    with pytest.raises(ValueError, match="number is 3; accepted is an even one"):
        panel.number = 3
    assert panel.error == "number is 3; accepted is an even one"
    assert panel.shown is shown
    panel.number = 4
    assert (panel.error, panel.half) == ("", 2)


def test_a_picture_that_fails_is_shown_and_raised(panel, monkeypatch):
    shown = panel.shown
    monkeypatch.setattr(blocks, "text", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        panel.number = 6
    assert panel.error == "division by zero"
    assert panel.shown is shown


def test_a_panel_needs_blocks():
    with pytest.raises(NotImplementedError):
        Panel()


def test_only_a_button_that_is_offered_does_something(panel):
    for content in ({"do": "press"}, {"do": "close"}, {"do": ["press"]}, {"do": None}, {}, "press", None):
        panel._asked(panel, content, [])
    assert (panel.pressed, panel.error) == (0, "")
    assert panel.comm is not None
    panel.number = 4
    panel._asked(panel, {"do": "press"}, [])
    assert panel.pressed == 1


def test_a_button_that_fails_is_shown_and_raised(panel):
    with pytest.raises(RuntimeError):
        panel._asked(panel, {"do": "fail"}, [])
    assert panel.error == "RuntimeError"  # an error without words has a name


def test_fifty_that_were_closed_leave_nothing():
    before, alive = len(_instances), []
    for number in range(0, 100, 2):
        made = Halves(number=number)
        alive.append(weakref.ref(made))
        made.close()
    del made
    gc.collect()
    assert [each() for each in alive] == [None] * 50
    assert len(_instances) == before


def test_observers_do_not_grow_with_use(panel):
    def count():
        return sum(len(calls) for kinds in panel._trait_notifiers.values() for calls in kinds.values())

    before = count()
    for number in range(0, 100, 2):
        panel.number = number
    assert count() == before


def test_one_that_could_not_be_made_is_not_kept():
    before = set(_instances)
    with pytest.raises(ValueError, match="number is 3"):
        Halves(number=3)
    assert set(_instances) == before


# ---- plain data


def test_what_is_not_finite_or_masked_is_none():
    values = np.ma.masked_array([[1.5, np.nan], [-np.inf, 2]], [[False, False], [False, True]])
    assert blocks.numbers(values) == [[1.5, None], [None, None]]
    assert blocks.numbers(np.float32([0.5])) == [0.5]
    assert blocks.numbers(np.arange(2)) == [0.0, 1.0]


def test_blocks_are_json_whatever_the_numbers():
    bad = np.array([np.nan, np.inf, 1.0])
    line = blocks.line("a", bad, bad, band=(bad, bad))
    made = [
        blocks.chart("c", "t", [line], "x", "y", x_range=(0, 1), rules=[blocks.rule(np.float32(0.5), "r")]),
        blocks.bars("b", "t", ["p", "q", "r"], bad, beside=("these", "those", bad)),
        blocks.letters("l", "t", "abc", bad, "def", marked=np.array([1])),
        blocks.heat("h", "t", [bad, bad], "x", "y"),
        blocks.table("t", "t", ["c"], [[np.nan]]),
        blocks.download("d", "save", "f.csv", "a,b"),
    ]
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    assert line["y"] == [None, None, 1.0]
    assert line["band"] == [[None, None, 1.0]] * 2
    assert made[0]["y"]["range"] is None


def test_lines_differ_in_colour_and_dash_and_go_round():
    first, second = (blocks.line("", [0], [0], place) for place in (0, 1))
    assert first["colour"] != second["colour"]
    assert first["dash"] != second["dash"]
    assert blocks.pair(len(colours.SERIES)) == blocks.pair(0)
    own = blocks.line("", [0], [0], 1, colour=("#000", "#fff"), dash=0)
    assert (own["colour"], own["dash"]) == (["#000", "#fff"], 0)


def test_controls_are_plain_data():
    made = [
        controls.select("cell", ["rnn", "gru"]),
        controls.several("cells", {"rnn": "SimpleRNN"}),
        controls.slider("learning_rate", 1e-4, 1, 0.05, log=True),
        controls.toggle("on", "shown"),
        controls.field("text", 10),
        controls.entry(controls.toggle("options"), "reset_after", True),
    ]
    assert json.loads(json.dumps(made)) == made
    assert made[0]["options"] == [["rnn", "rnn"], ["gru", "gru"]]
    assert (made[1]["kind"], made[1]["options"]) == ("several", [["rnn", "SimpleRNN"]])
    assert made[2]["label"] == "learning rate"
    assert (made[5]["entry"], made[5]["value"]) == ("reset_after", True)
