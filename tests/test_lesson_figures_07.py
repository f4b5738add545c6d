"""What lesson 7 says of its figures, counted again; its race is counted in the lesson's own check cell."""

import numpy as np
import pytest

from rnnedu import cells, unroll
from rnnedu.trace import Trace
from rnnedu.widget import StepPlayer


def player(*edits, **options):
    return StepPlayer(cell="gru", units=4, series="sunspots", length=30, edits=list(edits), options=options).trace


def weights(name, D, H):
    return sum(array.size for array in cells.get(name).init(D, H).arrays().values())


def test_the_weights_as_counted():
    assert [weights(name, 8, 64) for name in ("rnn", "gru", "lstm")] == [4672, 14080, 18688]
    assert weights("gru", 10, 20) == 1880
    assert abs(weights("gru", 6, 37) / weights("lstm", 6, 32) - 1) < 0.02


def test_the_gru_by_hand():
    trace = player()
    assert trace["h_t"][[0, 1, 11], 0, 0] == pytest.approx([-0.230, -0.338, -0.547], abs=6e-4)
    assert (trace["z_t"][1, 0, 0], trace["n_t"][1, 0, 0]) == pytest.approx((0.464, -0.431), abs=5e-4)
    z_t = trace["z_t"][:, 0]
    assert (z_t.argmin(), z_t.argmax()) == (27 * 4 + 3, 27 * 4 + 1)
    assert (z_t.min(), z_t.max()) == pytest.approx((0.335, 0.731), abs=5e-4)


def test_what_is_kept_more_is_written_less():
    trace = player({"shift": "b_z", "by": 4.0})
    assert trace["z_t"][:, 0, 0] == pytest.approx(0.98, abs=0.01)
    assert trace["h_t"][0, 0, 0] == pytest.approx(-0.009, abs=5e-4)


def test_with_z_shut_and_r_open_it_is_a_simple_rnn():
    trace = player({"shift": "b_z", "by": -10.0}, {"shift": "b_r", "by": 10.0})
    p = trace.params.blocks
    simple = unroll.forward(cells.rnn.RNNParams(p.W_xn, p.W_hn, p.b_n), trace["x_t"])
    assert np.abs(Trace.of(simple)["h_t"] - trace["h_t"]).max() < 1e-4


def test_the_reset_before_the_product_is_another_network():
    assert player(reset_after=False)["h_t"][11, 0, 0] == pytest.approx(-0.534, abs=5e-4)


def test_turned_signs_turn_z_that_keeps_into_z_that_writes():
    turned = player(*({"scale": block, "by": -1.0} for block in ("W_xz", "W_hz", "b_z")))
    assert turned["z_t"][0] == pytest.approx(1 - player()["z_t"][0])
