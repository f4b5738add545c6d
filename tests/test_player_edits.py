"""Edits of weights: what they do to the parameters, what is refused, and the player that runs anew."""

import numpy as np
import pytest

from rnnedu import unroll
from rnnedu.cells import CELLS, gru, lstm, peephole, rnn
from rnnedu.widget import StepPlayer, edits
from tests.test_new_cell import LEAKY, write_cell  # noqa: F401 (a fixture)

KINDS = [(name, options) for name, cell in CELLS.items() for options in cell.Params.option_sets()]


@pytest.mark.parametrize(("name", "options"), KINDS, ids=str)
def test_an_edit_changes_its_entry_and_no_other(name, options):
    params = CELLS[name].init(3, 4, seed=1, **options)
    for block, before in vars(params.blocks).items():
        at = [2, 3] if before.ndim == 2 else [3]
        after = vars(edits.applied(params, [{"set": block, "at": at, "to": 0.25}]).blocks)
        where = tuple(place - 1 for place in at)
        assert after[block][where] == 0.25
        for other, value in vars(params.blocks).items():
            changed = after[other] != value
            assert changed.sum() == (other == block and before[where] != 0.25)


def test_edits_are_done_in_order_on_blocks_and_whole_parameters():
    params = peephole.init(2, 3, seed=4)
    done = [
        {"scale": "W_h", "by": 2},
        {"shift": "b_f", "by": -1.5},
        {"set": "p_o", "at": [2], "to": 0.5},
        {"scale": "p", "by": 4.0},
        {"shift": "b_f", "by": 0.25},
    ]
    after = edits.applied(params, done)
    assert np.array_equal(after.W_h, 2 * params.W_h)
    assert np.array_equal(after.blocks.b_f, np.full(3, -0.25))
    assert np.array_equal(after.p, [0, 0, 0, 0, 0, 0, 0, 2, 0])
    assert np.array_equal(after.W_x, params.W_x)


def test_the_parameters_that_were_given_stay_as_they_are():
    params = lstm.init(1, 2)
    kept = params.W_h.copy()
    after = edits.applied(params, [{"scale": "W_h", "by": 0.0}])
    assert np.array_equal(params.W_h, kept)
    assert not after.W_h.flags.writeable
    assert edits.applied(lstm.init(1, 2, dtype=np.float32), [{"scale": "W_h", "by": 2}]).dtype == np.float32


@pytest.mark.parametrize(
    ("edit", "error", "words"),
    [
        ("W_h", TypeError, "edits[0] is a str; accepted is a dict"),
        ({}, ValueError, "edits[0] has the keys none; accepted are set, at, to; shift, by; scale, by"),
        ({"set": "W_h", "to": 1.0}, ValueError, "edits[0] has the keys 'set', 'to'; accepted are"),
        ({"scale": "W_q", "by": 1.0}, ValueError, "edits[0]['scale'] is 'W_q'; accepted is one of 'W_xi'"),
        ({"scale": 3, "by": 1.0}, TypeError, "edits[0]['scale'] is a int"),
        ({"scale": "W_h", "by": "2"}, TypeError, "edits[0]['by'] is '2'"),
        ({"shift": "b", "by": np.nan}, ValueError, "edits[0]['by'] is nan"),
        ({"shift": "b", "by": np.inf}, ValueError, "edits[0]['by'] is inf"),
        ({"set": "W_hf", "at": [1], "to": 1.0}, ValueError, "edits[0]['at'] is [1]; accepted is a list of 2 places"),
        ({"set": "W_hf", "at": 1, "to": 1.0}, ValueError, "edits[0]['at'] is 1; accepted is a list of 2 places"),
        ({"set": "W_hf", "at": [0, 1], "to": 1.0}, ValueError, "edits[0]['at'][0] is 0; accepted is an integer"),
        ({"set": "W_hf", "at": [1, 5], "to": 1.0}, ValueError, "edits[0]['at'][1] is 5; accepted is an integer from 1"),
        ({"set": "W_hf", "at": [1, 1.5], "to": 1.0}, TypeError, "edits[0]['at'][1] is 1.5"),
        ({"set": "b_f", "at": [1], "to": True}, TypeError, "edits[0]['to'] is True"),
        ({"scale": "b_f", "by": 1e308, "at": [1]}, ValueError, "edits[0] has the keys"),
    ],
)
def test_a_wrong_edit_is_shown_and_raises_and_changes_nothing(edit, error, words):
    player = StepPlayer(cell="lstm")
    data = player.data
    with pytest.raises(error) as failure:
        player.edits = [edit]
    assert words in str(failure.value)
    assert player.error == str(failure.value)
    assert player.data is data
    player.edits = []
    assert player.error == ""


def test_too_many_edits_and_weights_beyond_the_floats_are_refused():
    params = rnn.init(1, 2)
    with pytest.raises(ValueError, match="the number of edits is 201; accepted is an integer from 0 to 200"):
        edits.applied(params, [{"scale": "W_h", "by": 1.0}] * 201)
    with pytest.raises(ValueError, match="W_h holds"):
        edits.applied(params, [{"scale": "W_h", "by": 1e200}] * 2)


def test_the_player_runs_with_the_edited_weights_and_back_again():
    player = StepPlayer(cell="gru", series="nile")
    before = player.data
    player.edits = [{"shift": "b_z", "by": 3.0}, {"set": "b_hn", "at": [2], "to": 0.5}]
    params = gru.init(1, 4, seed=7)
    b = params.b + np.repeat([3, 0, 0], 4)
    ahead = unroll.forward(params.replace(b=b, b_hn=np.array([0, 0.5, 0, 0])), player.trace["x_t"])
    assert np.array_equal(player.trace["h_t"][-1], ahead.last[0])
    assert player.data["blocks"]["b_z"] == [3.0, 3.0, 3.0, 3.0]
    player.edits = []
    assert player.data == before


def test_parameters_that_were_given_are_edited_too():
    params = rnn.RNNParams(W_x=[[1.0]], W_h=[[0.9]], b=[0.0])
    player = StepPlayer(params=params, series="pulse", length=6, edits=[{"scale": "W_x", "by": 0.5}])
    assert player.trace["h_t"][0, 0, 0] == np.tanh(0.5)
    assert player.params is params


@pytest.mark.parametrize(
    ("change", "kept"),
    [({"cell": "rnn"}, [0]), ({"units": 2}, [0, 1]), ({"seed": 1}, [0, 1, 2]), ({"cell": "gru", "units": 1}, [0])],
)
def test_edits_without_a_place_are_dropped_with_the_change(change, kept):
    mine = [{"scale": "W_h", "by": 1.5}, {"shift": "b_f", "by": 1.0}, {"set": "W_hf", "at": [1, 4], "to": 0.1}]
    player = StepPlayer(cell="lstm", edits=mine)
    with player.hold_trait_notifications():
        for name, value in change.items():
            setattr(player, name, value)
    assert player.edits == [mine[place] for place in kept]
    assert player.error == ""


def test_a_new_cell_is_edited(write_cell):  # noqa: F811 (the fixture)
    write_cell(LEAKY)
    player = StepPlayer(cell="leaky", edits=[{"shift": "b_k", "by": 1.0}, {"set": "W_h", "at": [1, 2], "to": 0.0}])
    begun = CELLS["leaky"].init(1, 4, seed=7)
    assert np.array_equal(player.trace.params.blocks.b_k, begun.blocks.b_k + 1)
    assert player.trace.params.W_h[0, 1] == 0
