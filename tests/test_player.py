"""The step player without a browser: set a trait, read the trace and the message."""

import json

import numpy as np
import pytest

from rnnedu import unroll
from rnnedu.cells import CELLS, lstm, rnn
from rnnedu.datasets import Vocabulary, load_sunspots
from rnnedu.widget import StepPlayer, message, sources
from rnnedu.widget.runs import MAX_UNITS, run


@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize("options", [{}, {"text": "anna"}, {"series": "co2", "units": 6, "length": 12}])
def test_the_message_holds_the_engines_numbers(cell, options):
    player = StepPlayer(cell=cell, **options)
    for symbol, values in (player.data["values"] | player.data["gradients"]).items():
        assert np.array_equal(values, player.trace[symbol][:, 0]), symbol
    assert json.loads(json.dumps(player.data)) is not None  # nothing that JSON cannot carry


def test_the_run_is_unrolls_own():
    player = StepPlayer(cell="lstm", units=3, seed=5, length=20)
    x = load_sunspots().inputs(length=20, dtype=np.float64)
    ahead = unroll.forward(lstm.init(1, 3, seed=5), x)
    back = unroll.backward(ahead, dh_last=np.ones((1, 3)))
    assert np.array_equal(player.trace["h_t"][-1], ahead.last[0])
    assert np.array_equal(player.trace["dh_prev"][0], back.initial["h0"])


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("cell", "gru"),
        ("units", 7),
        ("length", 9),
        ("seed", 1),
        ("series", "nile"),
        ("text", "abba"),
        ("loss", "every"),
    ],
)
def test_a_trait_recomputes_the_run(trait, value):
    player = StepPlayer(cell="lstm")
    before = player.data
    setattr(player, trait, value)
    assert player.data != before
    assert player.error == ""


def test_the_cursor_recomputes_nothing():
    player = StepPlayer()
    before = player.data
    player.t, player.unit, player.mode = 12, 3, "backward"
    assert player.data is before


def test_options_belong_to_the_cell():
    player = StepPlayer(cell="gru", options={"reset_after": False})
    assert player.trace.params.reset_after is False
    player.cell = "rnn"
    assert player.options == {}
    player.options = {"activation": "relu"}
    assert player.trace["h_t"].min() >= 0


def test_given_parameters_are_shown():
    params = rnn.RNNParams(W_x=[[1.0]], W_h=[[0.9]], b=[0.0])
    player = StepPlayer(params=params, series="pulse", length=6)
    assert player.choices["fixed"]
    assert player.trace["h_t"][0, 0, 0] == np.tanh(1)
    assert (player.cell, player.units) == ("rnn", 1)


def test_the_cursor_stays_inside_a_shorter_run():
    player = StepPlayer(length=30, units=8, t=30, unit=8)
    player.length, player.units = 10, 2
    assert (player.t, player.unit) == (10, 2)


@pytest.mark.parametrize(
    ("trait", "value", "words"),
    [
        ("cell", "lstn", ["cell", "'lstn'", "'lstm'"]),
        ("series", "sunspot", ["series", "'sunspot'", "'sunspots'"]),
        ("units", 0, ["units", "0", "from 1 to 16"]),
        ("units", MAX_UNITS + 1, ["units", "17", "from 1 to 16"]),
        ("length", 1, ["length", "1", "from 2 to 240"]),
        ("length", 100_000, ["length", "100000", "240"]),
        ("seed", -1, ["seed", "-1", ">= 0"]),
        ("options", {"reset_after": True}, ["options", "'reset_after'"]),
        ("loss", "first", ["loss", "'first'", "'every'"]),
    ],
)
def test_a_failing_change_is_shown_and_raises_and_changes_nothing(trait, value, words):
    player = StepPlayer(cell="lstm")
    data, trace = player.data, player.trace
    with pytest.raises(ValueError, match=words[0]) as failure:
        setattr(player, trait, value)
    assert all(word in str(failure.value) for word in words)
    assert player.error == str(failure.value)
    assert player.data is data
    assert player.trace is trace


def test_after_an_error_a_right_value_clears_it():
    player = StepPlayer()
    with pytest.raises(ValueError, match="units"):
        player.units = 99
    player.units = 5
    assert player.error == ""
    assert player.trace.params.H == 5


def test_parameters_of_no_cell_are_refused():
    with pytest.raises(TypeError, match="params is a dict; accepted is one of RNNParams, LSTMParams, GRUParams"):
        StepPlayer(params={})


def test_given_parameters_may_be_float32():
    player = StepPlayer(params=lstm.init(1, 3, dtype=np.float32))
    assert player.trace["h_t"].dtype == np.float32


@pytest.mark.parametrize("change", [{"cell": "lstm"}, {"units": 5}, {"options": {"activation": "relu"}}])
def test_beside_given_parameters_nothing_else_is_accepted(change):
    params = rnn.init(1, 2)
    with pytest.raises(ValueError, match="params that were given"):
        StepPlayer(params=params, **change)
    player = StepPlayer(params=params)
    with pytest.raises(ValueError, match="params that were given"):
        player.set_trait(*next(iter(change.items())))


def test_given_parameters_read_letters_by_their_own_vocabulary():
    letters = Vocabulary.of(["abcde"])
    params = rnn.init(len(letters), 3)
    player = StepPlayer(params=params, text="bad", vocabulary=letters)
    assert np.array_equal(player.trace["x_t"][:, 0], letters.one_hot("bad", dtype=np.float64)[:, 0])
    with pytest.raises(ValueError, match="vocabulary is None; accepted"):
        StepPlayer(params=params, text="bad")
    with pytest.raises(ValueError, match="params read D = 5 numbers; the input has D = 1"):
        StepPlayer(params=params)


def test_options_may_come_with_their_cell_in_one_go():
    player = StepPlayer(cell="rnn", options={"activation": "relu"})
    with player.hold_trait_notifications():
        player.cell = "gru"
        player.options = {"reset_after": False}
    assert player.trace.params.reset_after is False


def test_a_wrong_cell_leaves_the_options():
    player = StepPlayer(cell="gru", options={"reset_after": False})
    with pytest.raises(ValueError, match="cell"):
        player.cell = "nope"
    assert player.options == {"reset_after": False}


def test_the_cursor_is_held_inside_the_run():
    player = StepPlayer(length=10, t=0, unit=-3)
    assert (player.t, player.unit) == (1, 1)
    player.t, player.unit = 99, 99
    assert (player.t, player.unit) == (10, 4)


def test_text_that_is_too_long_is_refused():
    with pytest.raises(ValueError, match="the length of text is 300; accepted is an integer from 1 to 240"):
        StepPlayer(text="x" * 300)


def test_an_unknown_argument_is_refused():
    with pytest.raises(TypeError, match="unit_count is no argument of StepPlayer"):
        StepPlayer(unit_count=4)


def test_too_many_units_are_refused_before_anything_is_computed():
    with pytest.raises(ValueError, match="units is 40; accepted is an integer from 1 to 16"):
        StepPlayer(params=rnn.init(1, 40))


def test_rows_and_gates_come_from_the_cell():
    data = StepPlayer(cell="lstm").data
    assert data["rows"]["forward"] == {"states": ["h_t", "c_t"], "others": ["i_t", "f_t", "g_t", "o_t"]}
    assert data["rows"]["backward"] == {"states": ["dh_t", "dc_t"], "others": ["da_o", "da_i", "da_f", "da_g"]}
    assert data["gates"] == ["i_t", "f_t", "o_t"]


def test_text_is_text():
    player = StepPlayer(text="<b>&")
    assert player.data["x"]["labels"] == ("<", "b", ">", "&")


def test_backward_says_where_the_gradient_comes_from():
    trace = run(lstm.init(1, 3), sources.pulse(5).x)
    data = message.of(trace, sources.pulse(5))
    assert data["backward"][0] == {"symbol": "dh_t", "tree": ("add", ("name", "dh_loss"), ("name", "dh_later"))}
    assert np.array_equal(data["gradients"]["dh_loss"], [[0, 0, 0]] * 4 + [[1, 1, 1]])
    assert data["gradients"]["dh_later"][-1] == [0, 0, 0]  # nothing comes from beyond the last timestep
    total = np.add(data["gradients"]["dh_loss"], data["gradients"]["dh_later"])
    assert np.array_equal(total, data["gradients"]["dh_t"])
