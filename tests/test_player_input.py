"""The learner's own input, and the cell beside."""

import numpy as np
import pytest
import traitlets

from rnnedu import unroll
from rnnedu.cells import gru, lstm, rnn
from rnnedu.widget import StepPlayer, runs


def test_a_drawn_series_is_run_over():
    player = StepPlayer(drawn=[0, 1.5, -2])
    ahead = unroll.forward(lstm.init(1, 4, seed=7), np.array([0, 1.5, -2]).reshape(3, 1, 1))
    assert np.array_equal(player.trace["h_t"][-1], ahead.last[0])
    assert player.data["x"] == {"title": "drawn", "labels": ("", "", ""), "kind": "line", "symbols": ()}
    player.drawn = [1.0, 1.0]
    assert player.trace.T == 2


def test_text_comes_before_what_is_drawn_and_both_before_the_series():
    player = StepPlayer(drawn=[1, 2, 3], text="ab")
    assert player.data["x"]["kind"] == "letters"
    player.text = ""
    assert player.data["x"]["title"] == "drawn"
    player.drawn = []
    assert player.data["x"]["title"].startswith("sunspots")


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ([1.0], ValueError, "the length of drawn is 1; accepted is an integer from 2 to 240"),
        ([0.0] * 241, ValueError, "the length of drawn is 241"),
        ([0.0, np.nan], ValueError, r"drawn\[1\] is nan; accepted is a number in \[-10, 10\]"),
        ([0.0, 11], ValueError, r"drawn\[1\] is 11"),
        ([0.0, "1"], TypeError, r"drawn\[1\] is '1'"),
        ([0.0, True], TypeError, r"drawn\[1\] is True"),
    ],
)
def test_numbers_that_cannot_be_drawn_are_refused(values, error, words):
    player = StepPlayer()
    data = player.data
    with pytest.raises(error, match=words):
        player.drawn = values
    assert player.error
    assert player.data is data


def test_a_cell_beside_reads_the_same_input_in_the_same_size():
    player = StepPlayer(cell="lstm", beside="gru", units=3, seed=5, length=12)
    ahead = unroll.forward(gru.init(1, 3, seed=5), player.trace["x_t"])
    assert np.array_equal(player.beside_trace["h_t"][-1], ahead.last[0])
    assert player.beside_data["sizes"] == player.data["sizes"]
    assert player.beside_data["cell"] == "gru"
    assert set(player.beside_shares) == set(vars(player.beside_trace.params.blocks))
    player.text = "anna"
    assert player.beside_trace.T == 4
    player.beside = ""
    assert (player.beside_trace, player.beside_data, player.beside_shares) == (None, {}, {})


def test_edits_are_the_first_cells_own():
    player = StepPlayer(cell="rnn", beside="rnn", edits=[{"scale": "W_h", "by": 0.0}])
    assert not player.trace.params.W_h.any()
    assert np.array_equal(player.beside_trace.params.W_h, rnn.init(1, 4, seed=7).W_h)


def test_beside_parameters_that_were_given():
    params = rnn.init(1, 2, dtype=np.float32)
    player = StepPlayer(params=params, beside="lstm")
    assert player.beside_trace["h_t"].shape == (30, 1, 2)
    assert player.beside_trace["h_t"].dtype == np.float32


def test_a_cell_that_is_not_known_is_not_put_beside():
    player = StepPlayer()
    with pytest.raises(ValueError, match="beside is 'lstn'; accepted is one of ''"):
        player.beside = "lstn"
    assert "lstn" in player.error


def test_a_value_of_the_wrong_kind_is_shown():
    player = StepPlayer()
    with pytest.raises(traitlets.TraitError):
        player.units = "four"
    assert "units" in player.error
    assert "'four'" in player.error
    player.units = 5
    assert player.error == ""


def test_what_given_parameters_refuse_is_shown():
    player = StepPlayer(params=rnn.init(1, 2))
    with pytest.raises(ValueError, match="params that were given"):
        player.units = 5
    assert "params that were given" in player.error


def test_a_seed_beside_parameters_is_refused():
    with pytest.raises(ValueError, match="seed is 3 beside params; accepted is one of the two"):
        StepPlayer(params=rnn.init(1, 2), seed=3)


def test_several_changes_at_once_are_one_run(monkeypatch):
    player, counted = StepPlayer(text="abba"), []
    monkeypatch.setattr(runs, "run", lambda *args, run=runs.run: counted.append(1) or run(*args))
    with player.hold_trait_notifications():
        player.text, player.drawn, player.series = "", [1.0, 2.0], "nile"
    assert len(counted) == 1
    assert player.trace.T == 2
