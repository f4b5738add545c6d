"""The trace holds the numbers of the records, all of them, and cannot be changed."""

from dataclasses import fields

import numpy as np
import pytest

from rnnedu import gradcheck, unroll
from rnnedu.cells import CELLS
from rnnedu.trace import Trace

KINDS = [(name, options) for name, cell in CELLS.items() for options in cell.Params.option_sets()]
T, B, D, H = 4, 2, 3, 5


def run_of(name, options):
    """Return a run forward and back with a loss on every state, also on the LSTM's c."""
    rng, cell = np.random.default_rng(0), CELLS[name]
    run = unroll.forward(gradcheck.randomised(cell.init(D, H, **options)), rng.standard_normal((T, B, D)))
    gradients = {f"d{n}": rng.standard_normal((T, B, H)) for n in cell.state}
    gradients |= {f"d{n}_last": rng.standard_normal((B, H)) for n in cell.state}
    return run, unroll.backward(run, **gradients)


@pytest.fixture(params=KINDS, ids=str)
def runs(request):
    return run_of(*request.param)


def test_values_are_the_step_records(runs):
    run, back = runs
    trace = Trace.of(run, back)
    assert list(trace.values) == [f.name for f in fields(run.steps[0])]
    for name, value in trace.values.items():
        assert value.shape == (T, B, D if name == "x_t" else H)
        for t, step in enumerate(run.steps):
            np.testing.assert_array_equal(value[t], getattr(step, name))
        assert trace[name] is value
    assert (trace.T, trace.cell.Params, trace.params) == (T, type(run.params), run.params)


def test_gradients_are_the_back_records(runs):
    """Whatever the equations call by a name, the trace calls by the same name, also with a loss on c_t."""
    run, back = runs
    trace = Trace.of(run, back)
    for f in fields(back.backs[0]):
        if f.name[1:] in run.params.arrays():
            continue
        np.testing.assert_array_equal(trace[f.name], np.stack([getattr(record, f.name) for record in back.backs]))


def test_what_arrives_at_h_is_told_apart(runs):
    run, back = runs
    trace = Trace.of(run, back)
    for name in trace.cell.state:
        np.testing.assert_array_equal(trace[f"d{name}_loss"], back.loss[name])
        np.testing.assert_array_equal(trace[f"d{name}_later"], back.later[name])
    np.testing.assert_array_equal(trace["dh_loss"] + trace["dh_later"], trace["dh_t"])
    if "c" in trace.cell.state:  # the sum of both is what the equations of the LSTM call dc_next
        np.testing.assert_array_equal(trace["dc_loss"] + trace["dc_later"], trace["dc_next"])


def test_weight_gradients_sum_to_the_gradient(runs):
    run, back = runs
    trace = Trace.of(run, back)
    assert set(trace.weight_gradients) == set(back.grads)
    for name, parts in trace.weight_gradients.items():
        assert parts.shape == (T, *back.grads[name].shape)
        np.testing.assert_allclose(parts.sum(0), back.grads[name], rtol=1e-12, atol=1e-14)


def test_a_trace_is_frozen(runs):
    trace = Trace.of(*runs)
    with pytest.raises(AttributeError):
        trace.values = {}
    for table in (trace.values, trace.gradients, trace.weight_gradients):
        with pytest.raises(TypeError):
            table["new"] = np.zeros(1)
        for value in table.values():
            with pytest.raises(ValueError, match="read-only"):
                value[...] = 0


def test_a_trace_keeps_its_numbers_when_the_input_is_reused():
    x = np.ones((T, B, D))
    run = unroll.forward(CELLS["rnn"].init(D, H), x)
    trace = Trace.of(run)
    x[:] = 7
    assert (trace["x_t"] == 1).all()


def test_without_a_way_back_there_are_no_gradients(runs):
    trace = Trace.of(runs[0])
    assert not trace.gradients
    assert not trace.weight_gradients


def test_an_unknown_symbol_is_answered_with_those_there_are():
    trace = Trace.of(*run_of("rnn", {}))
    with pytest.raises(KeyError) as caught:
        trace["q_t"]
    words = str(caught.value)
    assert all(word in words for word in ("q_t", "x_t", "h_prev", "h_t", "dh_t", "da_t", "dx_t", "dh_loss"))


def test_norms_are_over_the_units():
    trace = Trace.of(*run_of("lstm", {}))
    assert trace.norms("h_t").shape == (T, B)
    np.testing.assert_allclose(trace.norms("c_t")[2, 1], np.sqrt((trace["c_t"][2, 1] ** 2).sum()))


def test_dtype_is_kept():
    run = unroll.forward(CELLS["gru"].init(D, H, dtype=np.float32), np.ones((T, B, D), np.float32))
    trace = Trace.of(run, unroll.backward(run, dh_last=np.ones((B, H), np.float32)))
    tables = (trace.values, trace.gradients, trace.weight_gradients)
    assert {value.dtype for table in tables for value in table.values()} == {np.dtype(np.float32)}
