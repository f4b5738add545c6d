"""The player kept: as one line of code, and as one page."""

import json
import re

import numpy as np
import pytest

from rnnedu.cells import CELLS, rnn
from rnnedu.datasets import Vocabulary
from rnnedu.widget import StepPlayer, page

HOSTILE = "</script><!--<b>\u2028&amp;'\"\\"
EDITS = [{"shift": "b_f", "by": 2}, {"set": "W_hf", "at": (np.int64(1), 2), "to": np.float64(0.1)}]


@pytest.mark.parametrize(
    "traits",
    [
        {},
        *({"cell": name} for name in CELLS),
        {"cell": "gru", "options": {"reset_after": False}, "series": "nile", "length": 9, "t": 4, "unit": 2},
        {"text": HOSTILE, "units": 2, "mode": "backward", "loss": "every"},
        {"drawn": [0.1, -2, np.float64(1 / 3)], "beside": "rnn", "t": 3},
        {"edits": EDITS, "seed": 3},
    ],
    ids=str,
)
def test_the_line_of_code_makes_the_player_again(traits):
    player = StepPlayer(**traits)
    again = eval(player.code, {"StepPlayer": StepPlayer})
    assert again.data == player.data
    assert (again.beside_data, again.shares) == (player.beside_data, player.shares)
    assert (again.t, again.unit, again.mode, again.code) == (player.t, player.unit, player.mode, player.code)
    assert len(player.code.splitlines()) == 1


def test_the_line_follows_the_cursor():
    player = StepPlayer(length=10)
    player.t, player.unit, player.mode = 7, 2, "backward"
    assert player.code.endswith("length=10, loss='last', mode='backward', t=7, unit=2)")


def test_parameters_that_were_given_are_named_in_the_line():
    letters = Vocabulary.of(["abcde"])
    params = rnn.init(5, 3)
    player = StepPlayer(params=params, vocabulary=letters, text="bad", edits=[{"scale": "W_h", "by": 0.5}])
    assert player.code.startswith("StepPlayer(params=params, vocabulary=vocabulary, text='bad', loss='last', edits=[{")
    again = eval(player.code, {"StepPlayer": StepPlayer, "params": params, "vocabulary": letters})
    assert again.data == player.data


def state_of(text):
    """Return what a page brings along, as its script reads it."""
    (inside,) = re.findall(r'<script type="application/json" id="state">(.*?)</script>', text, re.DOTALL)
    return json.loads(inside)


def test_a_page_holds_the_run_and_is_written_whole(tmp_path):
    player = StepPlayer(cell="gru", length=5, beside="rnn")
    path = player.save_html(tmp_path / "gru.html")
    assert [each.name for each in tmp_path.iterdir()] == ["gru.html"]
    text = path.read_text(encoding="utf-8")
    state = state_of(text)
    assert state["data"] == json.loads(json.dumps(player.data))
    assert state["beside_data"]["cell"] == "rnn"
    assert state["standalone"] is True
    assert set(state["shares"]["W_hz"]) == {"base64"}
    assert "<title>GRU over sunspots, in sd</title>" in text


def test_a_page_asks_for_nothing(tmp_path):
    text = StepPlayer(length=5).save_html(str(tmp_path / "a.htm")).read_text(encoding="utf-8")
    foreign = set(re.findall(r"https?://[^\s\"'`]+", text)) - {"http://www.w3.org/2000/svg"}
    assert foreign == set()
    assert not re.findall(r"<(?:link|img|iframe)|\bsrc=|\bimport\b.*\bfrom\b|@import|fetch\(", text)


def test_hostile_text_stays_inside_its_element(tmp_path):
    text = StepPlayer(text=HOSTILE, units=2).save_html(tmp_path / "a.html").read_text(encoding="utf-8")
    assert text.count("</script>") == 2
    assert "<!--" not in text
    assert "\u2028" not in text
    assert state_of(text)["data"]["x"]["labels"] == list(HOSTILE)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("player.png", "accepted is a file name that ends in .html"),
        ("player", "accepted is a file name that ends in .html"),
        ("nowhere/player.html", "whose folder is not there"),
        ("folder.html", "a folder; accepted"),
    ],
)
def test_a_path_that_cannot_be_is_refused(tmp_path, name, words):
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(ValueError, match=re.escape(words)) as failure:
        StepPlayer(length=5).save_html(tmp_path / name)
    assert str(tmp_path / name) in str(failure.value)
    assert [each.name for each in tmp_path.iterdir()] == ["folder.html"]


def test_a_path_of_another_kind_is_refused():
    with pytest.raises(TypeError, match="path is a int; accepted is a file name"):
        page.target(3)


def test_a_failed_write_leaves_the_old_file_alone(tmp_path):
    path = tmp_path / "a.html"
    page.write(path, "old")
    with pytest.raises(UnicodeEncodeError):
        page.write(path, "new \ud800")  # cannot be encoded
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.html"]
    page.write(path, "new")
    assert path.read_text() == "new"


def test_only_bytes_are_written_beside_json():
    with pytest.raises(TypeError, match="state is a set; accepted is a bytes"):
        page._bytes({1})
