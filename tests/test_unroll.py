"""The time loops: what must hold for every cell, length and size, whatever the weights."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnedu import gradcheck, unroll
from rnnedu.cells import CELLS

KINDS = [(name, options) for name, cell in CELLS.items() for options in cell.Params.option_sets()]
sizes = st.integers(1, 4)
seeds = st.integers(0, 10**6)
steady = settings(max_examples=40, deadline=None, derandomize=True, database=None)


class Case:
    """A cell with random weights, input, initial states and gradients of the loss."""

    def __init__(self, kind, T=4, B=2, D=3, H=4, seed=0, dtype=np.float64):
        (name, options), rng = kind, np.random.default_rng(seed)
        self.cell = CELLS[name]
        params = gradcheck.randomised(self.cell.init(D, H, seed=seed, **options), seed)
        self.params = params.replace(**{key: value.astype(dtype) for key, value in params.arrays().items()})
        self.x = rng.standard_normal((T, B, D)).astype(dtype)
        state = self.cell.state
        self.initial = {f"{n}0": rng.standard_normal((B, H)).astype(dtype) for n in state}
        self.loss = {f"d{n}": rng.standard_normal((T, B, H)).astype(dtype) for n in state}
        self.last = {f"d{n}_last": rng.standard_normal((B, H)).astype(dtype) for n in state}

    def run(self):
        forward = unroll.forward(self.params, self.x, **self.initial)
        return forward, unroll.backward(forward, **self.loss, **self.last)


def arrays_of(forward, backward):
    """Return every array of a run by a name that says where it stands."""
    found = {}
    for kind, records in (("step", forward.steps), ("back", backward.backs)):
        found |= {f"{kind} {t} {f.name}": getattr(r, f.name) for t, r in enumerate(records) for f in fields(r)}
    for kind in ("loss", "later", "grads", "initial"):
        found |= {f"{kind} {name}": value for name, value in getattr(backward, kind).items()}
    return found | {"dx": backward.dx} | {f"last {i}": value for i, value in enumerate(forward.last)}


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


kinds = st.sampled_from(KINDS)
every_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


@steady
@given(kinds, st.integers(2, 7), st.data(), sizes, sizes, sizes, seeds)
def test_a_sequence_is_its_two_halves(kind, T, data, B, D, H, seed):
    """The state is carried forward, the gradient of the second half's initial state is carried back."""
    cut = data.draw(st.integers(1, T - 1))
    case = Case(kind, T, B, D, H, seed)
    whole, back = case.run()
    names = case.cell.state
    first = unroll.forward(case.params, case.x[:cut], **case.initial)
    second = unroll.forward(case.params, case.x[cut:], **dict(zip(case.initial, first.last, strict=True)))
    for t, step in enumerate(first.steps + second.steps):
        for f in fields(step):
            close(getattr(step, f.name), getattr(whole.steps[t], f.name))
    back2 = unroll.backward(second, **{key: value[cut:] for key, value in case.loss.items()}, **case.last)
    carried = {f"d{n}_last": back2.initial[f"{n}0"] for n in names}
    back1 = unroll.backward(first, **{key: value[:cut] for key, value in case.loss.items()}, **carried)
    close(np.concatenate([back1.dx, back2.dx]), back.dx)
    for name, gradient in back.grads.items():
        close(back1.grads[name] + back2.grads[name], gradient)
    for name, gradient in back.initial.items():
        close(back1.initial[name], gradient)
    for name, later in back.later.items():
        close(np.concatenate([back1.later[name], back2.later[name]]), later)


@steady
@given(kinds, st.integers(1, 5), sizes, sizes, sizes, seeds)
def test_a_run_changes_nothing_and_repeats(kind, T, B, D, H, seed):
    case = Case(kind, T, B, D, H, seed)
    given_arrays = case.params.arrays() | {"x": case.x} | case.initial | case.loss | case.last
    before = {name: value.tobytes() for name, value in given_arrays.items()}
    first = arrays_of(*case.run())
    bytes_of_first = {name: value.tobytes() for name, value in first.items()}
    second = arrays_of(*case.run())
    assert {name: value.tobytes() for name, value in given_arrays.items()} == before
    assert {name: value.tobytes() for name, value in second.items()} == bytes_of_first
    assert {name: value.tobytes() for name, value in first.items()} == bytes_of_first


@steady
@given(kinds, st.integers(1, 5), st.integers(2, 4), sizes, sizes, seeds)
def test_the_rows_of_a_batch_do_not_meet(kind, T, B, D, H, seed):
    """Each row alone gives the same states and gradients; the weights' gradients are the sum over the rows."""
    case = Case(kind, T, B, D, H, seed)
    whole, back = case.run()
    total = dict.fromkeys(back.grads, 0)
    for row in range(B):
        own = slice(row, row + 1)
        run = unroll.forward(case.params, case.x[:, own], **{k: v[own] for k, v in case.initial.items()})
        alone = unroll.backward(
            run, **{k: v[:, own] for k, v in case.loss.items()}, **{k: v[own] for k, v in case.last.items()}
        )
        close(np.stack([s.h_t for s in run.steps]), np.stack([s.h_t for s in whole.steps])[:, own])
        close(alone.dx, back.dx[:, own])
        for name, gradient in back.initial.items():
            close(alone.initial[name], gradient[own])
        total = {name: total[name] + gradient for name, gradient in alone.grads.items()}
    for name, gradient in back.grads.items():
        close(total[name], gradient)


@steady
@given(kinds, st.integers(1, 5), sizes, sizes, sizes, seeds)
def test_float32_stays_float32_and_near_float64(kind, T, B, D, H, seed):
    small = Case(kind, T, B, D, H, seed, np.float32)
    if kind[1].get("activation") == "relu":
        kind = ("rnn", {"activation": "tanh"})  # at relu's kink the two precisions may take different sides
        small = Case(kind, T, B, D, H, seed, np.float32)
    large = arrays_of(*Case(kind, T, B, D, H, seed).run())
    for name, value in arrays_of(*small.run()).items():
        assert value.dtype == np.float32, name
        np.testing.assert_allclose(value, large[name], rtol=1e-3, atol=1e-4, err_msg=name)


@every_kind
def test_float32_stays_float32_for_every_option(kind):
    case = Case(kind, dtype=np.float32)
    assert {value.dtype for value in arrays_of(*case.run()).values()} == {np.dtype(np.float32)}


@every_kind
def test_shapes_are_time_major(kind):
    T, B, D, H = 5, 2, 3, 4
    case = Case(kind, T, B, D, H)
    forward, back = case.run()
    assert (len(forward.steps), len(back.backs), back.dx.shape) == (T, T, (T, B, D))
    assert [value.shape for value in forward.last] == [(B, H)] * len(case.cell.state)
    for t, (step, record) in enumerate(zip(forward.steps, back.backs, strict=True)):
        np.testing.assert_array_equal(step.x_t, case.x[t])
        assert {getattr(step, f.name).shape for f in fields(step) if f.name != "x_t"} == {(B, H)}
        assert record.dx_t.shape == (B, D)
    shapes = {name: value.shape for name, value in case.params.arrays().items()}
    assert {name: value.shape for name, value in back.grads.items()} == shapes
    for name in case.cell.state:
        assert back.loss[name].shape == back.later[name].shape == (T, B, H)
        assert back.initial[f"{name}0"].shape == (B, H)


@every_kind
def test_the_loop_is_the_step_repeated(kind):
    case = Case(kind, T=3)
    forward, back = case.run()
    state = list(case.initial.values())
    for x_t, recorded in zip(case.x, forward.steps, strict=True):
        step = case.cell.step(case.params, x_t, *state)
        np.testing.assert_array_equal(step.h_t, recorded.h_t)
        state = [getattr(step, f"{name}_t") for name in case.cell.state]
    for name in case.cell.state:
        np.testing.assert_array_equal(back.later[name][-1], case.last[f"d{name}_last"])
        np.testing.assert_array_equal(back.later[name][0], getattr(back.backs[1], f"d{name}_prev"))
        np.testing.assert_array_equal(back.loss[name], case.loss[f"d{name}"])
    np.testing.assert_array_equal(back.backs[1].dh_t, back.loss["h"][1] + back.later["h"][1])


@every_kind
def test_what_is_not_given_is_zero(kind):
    case = Case(kind)
    zeros = {name: np.zeros_like(value) for name, value in case.initial.items()}
    plain = unroll.forward(case.params, case.x)
    given_zeros = unroll.forward(case.params, case.x, **zeros)
    np.testing.assert_array_equal(plain.last[0], given_zeros.last[0])
    nothing = unroll.backward(plain)
    assert not nothing.dx.any()
    assert not any(gradient.any() for gradient in nothing.grads.values())
    full = unroll.backward(plain, dh_last=case.last["dh_last"])
    explicit = {f"d{n}": np.zeros_like(case.loss["dh"]) for n in case.cell.state}
    np.testing.assert_array_equal(full.dx, unroll.backward(plain, **explicit, dh_last=case.last["dh_last"]).dx)


@every_kind
def test_gradients_are_linear_in_the_loss(kind):
    case = Case(kind)
    forward, back = case.run()
    doubled = unroll.backward(forward, **{k: 2 * v for k, v in (case.loss | case.last).items()})
    for name, gradient in back.grads.items():
        close(doubled.grads[name], 2 * gradient)
    close(doubled.dx, 2 * back.dx)


def test_records_are_frozen():
    forward, back = Case(KINDS[0]).run()
    for record, name in ((forward.steps[0], "h_t"), (back.backs[0], "dh_t"), (forward, "steps"), (back, "dx")):
        with pytest.raises(AttributeError):
            setattr(record, name, None)
