"""The CTC lattice without a browser: what its tracks and tables hold is what rnnedu.ctc computes."""

import json

import numpy as np
import pytest

from rnnedu import ctc
from rnnedu.experiments import alignments
from rnnedu.functions import softmax
from rnnedu.widget import CTCLattice, tracks
from tests.test_language import HOSTILE


@pytest.fixture
def shown():
    made = CTCLattice("see", frames=6, confidence=3.0, seed=1)
    yield made
    made.close()


def block(widget, key):
    return next((each for each in widget.shown["blocks"] if each["key"] == key), None)


def array(view, *shape):
    return np.frombuffer(view, "<f4").reshape(shape)


def test_the_tracks_are_the_engines_lattice(shown):
    lattice = ctc.lattice(shown.logits, shown.target)
    dots, y, gamma = block(shown, "lattice")["tracks"]
    T, S, V = 6, 7, 4
    np.testing.assert_allclose(array(dots["values"], S, T), lattice.posterior.T, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(array(dots["steps"], T - 1, S, 3), alignments.flows(lattice), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(array(y["values"], V, T), softmax(shown.logits).T, rtol=1e-6)
    np.testing.assert_allclose(array(gamma["values"], V, T).sum(axis=0), 1, rtol=1e-6)
    assert y["names"] == ["-", "e", "s", "t"]
    assert dots["names"][1] == "2 s"
    assert dots["best"] == alignments.best_states(lattice).tolist()


def test_the_columns_at_the_cursor_are_alpha_and_beta(shown):
    lattice, found = shown.lattice, block(shown, "lattice")["columns"]
    values = {name: array(view, 7, 6) for name, view in found["values"]}
    np.testing.assert_allclose(values["log α"], lattice.log_alpha.T, rtol=1e-6)
    np.testing.assert_allclose(values["log β"], lattice.log_beta.T, rtol=1e-6)
    np.testing.assert_allclose(values["γ = αβ / p"], lattice.posterior.T, rtol=1e-6, atol=1e-7)
    with np.errstate(invalid="ignore"):
        ways = np.exp(values["log α"] + values["log β"])
    np.testing.assert_allclose(np.nansum(ways, axis=0), shown.p, rtol=1e-5)


def test_all_paths_one_by_one_give_the_same(shown):
    paths = block(shown, "paths")
    assert paths["title"].startswith(f"Summed one by one, {shown.count} of all 4,096 paths give {shown.p:.3g} too")
    assert paths["rows"][0][0] == shown.best
    assert f"{shown.count:,} paths of 6 frames spell “see”" in block(shown, "lattice")["title"]
    shown.frames = 30
    assert block(shown, "paths") is None
    assert shown.p == pytest.approx(np.exp(-ctc.loss(shown.logits[:, None], [shown.target])[0][0]))


def test_the_collapse_is_shown_in_its_two_steps():
    shown = CTCLattice("see", frames=9, confidence=8.0)
    (_, path, merged, read), best = block(shown, "collapse")["rows"]
    assert read == best[-1] == "see"
    assert merged.replace("-", "") == "see"
    assert len(path) == 9
    assert "without" not in block(shown, "blank")["content"]
    assert "probability of “see” is 0: no path spells it" in block(shown, "blank")["content"]
    assert "reads “se”" in block(shown, "blank")["content"]
    shown.word = "set"
    p = np.exp(alignments.without_blank(shown.logits, shown.target))
    assert f"probability of “set” is {p:.3g}" in block(shown, "blank")["content"]


def test_too_few_frames_are_said():
    shown = CTCLattice("see", frames=3)
    assert "3 frames are too few for “see”: it needs 4" in block(shown, "lattice")["title"]
    assert (shown.count, shown.best, shown.p) == (0, None, 0)
    assert block(shown, "lattice")["tracks"][0]["best"] == []
    shown.size = "alpha"
    assert np.isfinite(array(block(shown, "lattice")["tracks"][0]["values"], 7, 3)).all()


def test_dots_show_what_is_asked_for(shown):
    shown.size = "beta"
    sizes = array(block(shown, "lattice")["tracks"][0]["values"], 7, 6)
    np.testing.assert_allclose(sizes.max(axis=0), 1)
    last = shown.lattice.log_beta[2] - shown.lattice.log_beta[2].max()
    np.testing.assert_allclose(sizes[:, 2], np.exp(last), rtol=1e-6)


def test_a_networks_own_outputs():
    logits = np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32)
    shown = CTCLattice("ba", logits, "_ab")
    np.testing.assert_array_equal(shown.logits, logits)
    assert shown.target == [2, 1]
    assert [control["trait"] for control in shown.shown["controls"]] == ["word", "size"]
    with pytest.raises(ValueError, match="word holds 'c'; accepted are a b"):
        shown.word = "c"
    with pytest.raises(ValueError, match="word holds '_'"):
        shown.word = "_"


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("word", "", "word is empty"),
        ("word", HOSTILE[:12], "word holds '<'"),
        ("word", "a" * 13, "at most 12"),
        ("word", "Anna", "word holds 'A'"),
        ("frames", 0, "frames is 0"),
        ("frames", 61, "frames is 61"),
        ("confidence", 21.0, "confidence is 21"),
        ("seed", -1, "seed is -1"),
        ("size", "gamma", "size is 'gamma'"),
    ],
)
def test_a_wrong_value_is_said_and_changes_nothing(shown, trait, value, message):
    before, good = shown.shown["blocks"], getattr(shown, trait)
    with pytest.raises(ValueError, match=message):
        setattr(shown, trait, value)
    assert message in shown.error
    assert shown.shown["blocks"] == before
    setattr(shown, trait, good)
    assert shown.error == ""


@pytest.mark.parametrize(
    ("logits", "symbols", "message"),
    [
        (np.zeros((4, 3)), None, "belong together"),
        (np.zeros((4, 3)), "_a", "symbols are"),
        (np.zeros((4, 3)), "_aa", "symbols are"),
        (np.zeros((4, 3)), ["_", "a", "bc"], "symbols are"),
        (np.full((4, 3), np.nan), "_ab", "logits holds nan"),
        (np.zeros(3), "_ab", "logits has shape"),
        (np.zeros((61, 3)), "_ab", "frames of logits, is 61"),
    ],
)
def test_outputs_that_do_not_fit_are_refused(logits, symbols, message):
    with pytest.raises(ValueError, match=message):
        CTCLattice("a", logits, symbols)


def test_all_but_the_arrays_is_plain_data(shown):
    plain = json.dumps(shown.shown, default=lambda view: f"{len(view)} bytes")
    assert "bytes" in plain


def test_tracks_along_seconds():
    along = tracks.axis("time", 0, 0.5, 0.01, digits=2, unit="s")
    assert along["count"] == 50
    wave = tracks.wave("sound", np.arange(3.0), 0, 1 / 8000)
    heat = tracks.heat("map", [[1, 2, 3], [4, 5, 6]], ["a", "b"], 0.0, 0.02)
    found = tracks.block("all", "title", [wave, heat, tracks.words("said", [(0, 0.1, "a")])], along, sound=b"RIFF")
    assert [each["kind"] for each in found["tracks"]] == ["wave", "map", "words"]
    assert array(heat["values"], 2, 3)[1, 0] == 4
    assert (heat["low"], heat["high"], heat["rows"], heat["cols"]) == (1, 6, 2, 3)
    assert found["sound"] == b"RIFF"
    assert found["columns"] is None
