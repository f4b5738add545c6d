"""What the player sends beside the records: the sums, and what each timestep adds to each weight's gradient."""

import numpy as np
import pytest

from rnnedu import gradcheck, unroll
from rnnedu.cells import CELLS, equations, lstm
from rnnedu.functions import ACTIVATIONS, sigmoid
from rnnedu.widget import StepPlayer, message, runs, sources
from tests.test_new_cell import LEAKY, write_cell  # noqa: F401 (a fixture)

KINDS = [(name, options) for name, cell in CELLS.items() for options in cell.Params.option_sets()]
each_kind = pytest.mark.parametrize(("name", "options"), KINDS, ids=str)


def traced(name, options, D=3, H=4, T=5):
    """Return the trace of a cell on random weights and inputs, all sizes different."""
    params = gradcheck.randomised(CELLS[name].init(D, H, **options), 0)
    return runs.run(params, np.random.default_rng(0).standard_normal((T, 1, D)), "every")


def sent(trace):
    return message.of(trace, sources.pulse(trace.T))


@each_kind
def test_a_sum_is_what_its_function_was_taken_of(name, options):
    trace = traced(name, options)
    data = sent(trace)
    lines = trace.cell.forward_equations(trace.params)
    functions = {line.symbol: line.tree[1] for line in lines if line.tree[0] == "call"}
    assert [line["of"] for line in data["sum_lines"]] == list(functions)
    for symbol, owner in ((line["symbol"], line["of"]) for line in data["sum_lines"]):
        function = sigmoid if functions[owner] == "sigmoid" else ACTIVATIONS[functions[owner]][0]
        np.testing.assert_allclose(function(np.array(data["sums"][symbol])), trace[owner][:, 0], rtol=1e-13)
        assert f"d{symbol}" in trace.gradients  # the gradient at the sum bears its name


def test_sums_have_their_names():
    assert list(sent(traced("lstm", {}))["sums"]) == ["a_i", "a_f", "a_g", "a_o"]
    assert list(sent(traced("gru", {}))["sums"]) == ["a_z", "a_r", "a_n"]
    assert list(sent(traced("rnn", {}))["sums"]) == ["a_t"]
    assert list(sent(traced("rnn", {"activation": "identity"}))["sums"]) == []


def test_a_new_cell_has_its_sums(write_cell):  # noqa: F811 (the fixture)
    write_cell(LEAKY)
    trace = traced("leaky", {})
    data = sent(trace)
    line = trace.cell.forward_equations(trace.params)[1]
    assert data["sum_lines"][1] == {"symbol": "a_n", "of": "n_t", "tree": line.tree[2]}
    assert np.allclose(np.tanh(data["sums"]["a_n"]), trace["n_t"][:, 0], rtol=1e-13)


def test_a_function_or_a_symbol_that_is_not_known_leaves_its_sum_out(write_cell):  # noqa: F811 (the fixture)
    write_cell(LEAKY.replace("n_t = tanh(x_t @ W_xn + b_n)\n", "n_t = tanh(sinc(x_t) @ W_xn + b_n)\n", 1))
    assert list(sent(traced("leaky", {}))["sums"]) == ["a_k"]


def test_an_expression_is_worked_out_over_a_whole_run():
    a, W = np.arange(6.0).reshape(3, 1, 2), np.array([[1.0, 2.0], [3.0, 5.0]])
    values = {"a": a, "W": W}
    assert np.array_equal(equations.evaluate(equations.parse("-(a @ W.T) ** 2 / 2"), values), -((a @ W.T) ** 2) / 2)
    assert np.array_equal(equations.evaluate(equations.parse("(a > 2).sum(0)"), values), [[0, 0], [0, 1], [1, 1]])
    with pytest.raises(ValueError, match="symbol is 'q'"):
        equations.evaluate(equations.parse("a + q"), values)
    with pytest.raises(ValueError, match="function is 'sinc'"):
        equations.evaluate(equations.parse("sinc(a)"), values)


@each_kind
def test_the_shares_sum_to_the_engines_gradients(name, options):
    trace = traced(name, options)
    ahead = unroll.forward(trace.params, trace["x_t"])
    grads = unroll.backward(ahead, dh=np.ones((5, 1, 4))).grads
    whole = vars(trace.params.replace(**grads).blocks)
    shares = message.shares(trace)
    assert list(shares) == [block for blocks in sent(trace)["arrays"].values() for block in blocks]
    assert set(shares) == set(whole)
    for block, content in shares.items():
        each = np.frombuffer(content, "<f8").reshape(5, *whole[block].shape)
        np.testing.assert_allclose(each.sum(0), whole[block], rtol=1e-12, atol=1e-14)


def test_a_share_is_one_timesteps_own():
    trace = traced("lstm", {})
    each = np.frombuffer(message.shares(trace)["W_hf"], "<f8").reshape(5, 4, 4)
    for t in range(5):
        np.testing.assert_allclose(each[t], np.outer(trace["h_prev"][t, 0], trace["da_f"][t, 0]), rtol=1e-12)


def test_shares_that_would_be_too_many_are_not_sent(monkeypatch):
    player = StepPlayer(length=5)
    assert player.shares
    monkeypatch.setattr(message, "MAX_SHARES", 5 * (16 + 64 + 16) - 1)
    player.seed = 1
    assert player.shares == {}


def test_the_widest_run_stays_within_a_few_megabytes():
    trace = runs.run(lstm.init(1, runs.MAX_UNITS), sources.series("sunspots", 240).x)
    assert sum(map(len, message.shares(trace).values())) < 3e6


def test_blocks_know_their_parameter():
    arrays = sent(traced("peephole", {}))["arrays"]
    assert arrays["W_h"] == ["W_hi", "W_hf", "W_hg", "W_ho"]
    assert arrays["p"] == ["p_i", "p_f", "p_o"]
