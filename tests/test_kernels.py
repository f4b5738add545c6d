"""The kernels are `unroll`, only faster: the same numbers for every cell, size, mask and direction, and in the trace.

The reference for a mask drops the timesteps that a sequence skips and runs `unroll` over those that are left. The
mutation tests plant one mistake at a time in the source of a kernel.
"""

import types
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnedu import gradcheck, kernels, unroll
from rnnedu.cells import CELLS
from rnnedu.kernels import Workspace, base, products
from rnnedu.trace import Trace
from tests.test_unroll import KINDS, Case

sizes = st.integers(1, 4)
steady = settings(max_examples=60, deadline=None, derandomize=True, database=None)
every_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


def reference(case, mask, reverse):
    """Return by name what `unroll` makes of each sequence's own timesteps, put together over the batch."""
    T, B, D = case.x.shape
    H, state = case.params.H, case.cell.state
    found = {"h": np.zeros((T, B, H)), "dx": np.zeros((T, B, D))}
    found |= {f"{kind} {n}": np.zeros((B, H)) for kind in ("last", "initial") for n in state}
    found |= {f"grad {name}": np.zeros_like(value) for name, value in case.params.arrays().items()}
    for b in range(B):
        _one_sequence(case, b, mask[:, b], reverse, found)
    return found


def _one_sequence(case, b, kept, reverse, found):
    """Write what `unroll` makes of sequence b, whose timesteps are those where `kept`, into `found`."""
    order = np.arange(len(kept))[:: -1 if reverse else 1]
    own, own_row, state = [t for t in order if kept[t]], slice(b, b + 1), case.cell.state
    past = np.cumsum(kept[order])  # how many of its own timesteps have passed: the state of that one is repeated
    initial = {name: value[own_row] for name, value in case.initial.items()}
    loss = {n: np.zeros((len(own) + 1, 1, case.params.H)) for n in state}  # first what reaches the initial state
    for t, k in zip(order, past, strict=True):
        for n in state:
            loss[n][k, 0] += case.loss[f"d{n}"][t, b]
    if not own:
        found["h"][:, b] = case.initial["h0"][b]
        for n in state:
            found[f"last {n}"][b] = case.initial[f"{n}0"][b]
            found[f"initial {n}"][b] = loss[n][0, 0] + case.last[f"d{n}_last"][b]
        return
    run = unroll.forward(case.params, case.x[own][:, own_row], **initial)
    every = {f"d{n}": loss[n][1:] for n in state}
    back = unroll.backward(run, **every, **{n: value[own_row] for n, value in case.last.items()})
    states = [case.initial["h0"][b], *(step.h_t[0] for step in run.steps)]
    found["h"][order, b] = [states[k] for k in past]
    found["dx"][own, b] = back.dx[:, 0]
    for n, last in zip(state, run.last, strict=True):
        found[f"last {n}"][b] = last[0]
        found[f"initial {n}"][b] = loss[n][0, 0] + back.initial[f"{n}0"][0]
    for name, gradient in back.grads.items():
        found[f"grad {name}"] += gradient


def by_kernels(case, mask, reverse, kernel=None, **options):
    """Return the same by name from a kernel, the registered one or another."""
    kernel, state = kernel or kernels.KERNELS[case.cell.name], case.cell.state
    run = kernel.forward(case.params, case.x, tuple(case.initial.values()), mask, reverse, **options)
    back = kernel.backward(run, dlast=tuple(case.last.values()), **case.loss)
    found = {"h": run.h, "dx": back.dx} | {f"grad {name}": gradient for name, gradient in back.grads.items()}
    found |= {f"last {n}": value for n, value in zip(state, run.last, strict=True)}
    return found | {f"initial {n}": value for n, value in zip(state, back.initial, strict=True)}


def different(found, expected, tolerance=1e-12):
    """Return the names of the arrays that differ by more than the tolerance, relative where they are large."""
    assert found.keys() == expected.keys()
    pairs = {name: (found[name], value) for name, value in expected.items()}
    return [n for n, (a, b) in pairs.items() if not np.allclose(a, b, rtol=tolerance, atol=tolerance)]


def copied(arrays):
    return {name: np.array(value) for name, value in arrays.items()}


def random_mask(case, seed=0):
    return np.random.default_rng(seed).random(case.x.shape[:2]) < 0.6


# --- the same numbers ----------------------------------------------------------------------------------------------


@steady
@given(st.sampled_from(KINDS), st.integers(1, 7), sizes, sizes, sizes, st.booleans(), st.booleans(), st.data())
def test_the_kernels_are_unroll(kind, T, B, D, H, reverse, masked, data):
    case = Case(kind, T, B, D, H, data.draw(st.integers(0, 10**6)))
    rows = st.lists(st.booleans(), min_size=B, max_size=B)
    mask = np.array(data.draw(st.lists(rows, min_size=T, max_size=T))) if masked else np.ones((T, B), bool)
    expected = reference(case, mask, reverse)
    assert different(by_kernels(case, mask if masked else None, reverse), expected) == []


@every_kind
@pytest.mark.parametrize("reverse", [False, True])
def test_the_public_functions_are_unroll(kind, reverse):
    """Also with lengths, for which unroll runs over what is left of each sequence."""
    case, lengths = Case(kind, T=6, B=3), np.array([6, 1, 4])
    mask = np.arange(6)[:, None] < lengths
    for options, own in (({}, np.ones((6, 3), bool)), ({"lengths": lengths}, mask), ({"mask": mask}, mask)):
        run = kernels.forward(case.params, case.x, reverse=reverse, **options, **case.initial)
        back = kernels.backward(run, **case.loss, **case.last)
        expected = reference(case, own, reverse)
        np.testing.assert_allclose(run.h, expected["h"], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(back.dx, expected["dx"], rtol=1e-12, atol=1e-12)
        assert {n: g.shape for n, g in back.grads.items()} == {n: a.shape for n, a in case.params.arrays().items()}


@every_kind
def test_what_is_not_given_is_zero(kind):
    case = Case(kind)
    zeros = {name: np.zeros_like(value) for name, value in (case.initial | case.loss | case.last).items()}
    initial, others = {n: zeros[n] for n in case.initial}, {n: zeros[n] for n in (case.loss | case.last) if n != "dh"}
    plain = kernels.backward(kernels.forward(case.params, case.x), dh=case.loss["dh"])
    full = kernels.backward(kernels.forward(case.params, case.x, **initial), dh=case.loss["dh"], **others)
    np.testing.assert_array_equal(plain.dx, full.dx)
    nothing = kernels.backward(kernels.forward(case.params, case.x))
    assert not nothing.dx.any()
    assert not any(gradient.any() for gradient in nothing.grads.values())


@every_kind
def test_gradients_are_right_by_themselves(kind):
    """Against numerical differences, with a mask and in reverse: no other code of ours stands between."""
    case, kernel = Case(kind), kernels.KERNELS[kind[0]]
    mask, state = random_mask(case), case.cell.state

    def loss(x, **others):
        initial = tuple(others.pop(f"{n}0") for n in state)
        run = kernel.forward(case.params.replace(**others), x, initial, mask, reverse=True)
        return (run.h * case.loss["dh"]).sum() + sum(
            (a * b).sum() for a, b in zip(run.last, case.last.values(), strict=True)
        )

    run = kernel.forward(case.params, case.x, tuple(case.initial.values()), mask, reverse=True)
    back = kernel.backward(run, case.loss["dh"], tuple(case.last.values()))
    arrays = case.params.arrays() | {"x": case.x} | case.initial
    gradients = back.grads | {"x": back.dx} | dict(zip(case.initial, back.initial, strict=True))
    report = gradcheck.compare(loss, arrays, gradients)
    assert report.ok, str(report)


@every_kind
def test_the_trace_is_unrolls(kind):
    case = Case(kind)
    run = kernels.forward(case.params, case.x, **case.initial)
    back = kernels.backward(run, **case.loss, **case.last)
    ours, (forward, backward) = Trace.of(run.unrolled(), back.unrolled()), case.run()
    theirs = Trace.of(forward, backward)
    assert set(ours) == set(theirs)
    for symbol in theirs:
        np.testing.assert_allclose(ours[symbol], theirs[symbol], rtol=1e-11, atol=1e-12, err_msg=symbol)
    for name, gradient in theirs.weight_gradients.items():
        np.testing.assert_allclose(ours.weight_gradients[name], gradient, rtol=1e-11, atol=1e-12, err_msg=name)
    assert run.unrolled() is back.unrolled().run
    assert different(run.unrolled().steps[-1].__dict__, forward.steps[-1].__dict__) == []
    for name, gradient in backward.initial.items():
        np.testing.assert_allclose(back.unrolled().initial[name], gradient, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(back.dh, theirs["dh_t"], rtol=1e-12, atol=1e-12)


@every_kind
def test_a_reversed_runs_trace_stands_in_the_order_of_running(kind):
    case = Case(kind)
    run = kernels.forward(case.params, case.x, reverse=True)
    ours = Trace.of(run.unrolled(), kernels.backward(run, **case.loss).unrolled())
    forward = unroll.forward(case.params, case.x[::-1])
    backward = unroll.backward(forward, **{name: value[::-1] for name, value in case.loss.items()})
    theirs = Trace.of(forward, backward)
    for symbol in theirs:
        np.testing.assert_allclose(ours[symbol], theirs[symbol], rtol=1e-11, atol=1e-12, err_msg=symbol)


# --- memory and speed change no number -----------------------------------------------------------------------------


@every_kind
def test_a_workspace_changes_nothing(kind):
    """However often it is used, for whichever sizes in between, also without the input's gradient."""
    work, kernel = Workspace(), kernels.KERNELS[kind[0]]
    for seed, (T, B, D, H) in enumerate([(5, 3, 2, 4), (5, 2, 2, 4), (5, 3, 2, 4), (1, 1, 3, 2), (7, 1, 3, 2)] * 2):
        case = Case(kind, T, B, D, H, seed)
        mask = random_mask(case) if seed % 2 else None
        expected = copied(by_kernels(case, mask, bool(seed % 3)))
        found = by_kernels(case, mask, bool(seed % 3), work=work)
        for name, value in expected.items():
            np.testing.assert_array_equal(found[name], value, err_msg=name)
        run = kernel.forward(case.params, case.x, tuple(case.initial.values()), mask, bool(seed % 3), work)
        back = kernel.backward(run, dlast=tuple(case.last.values()), need_dx=False, **case.loss)
        assert back.dx is None
        for name, gradient in back.grads.items():
            np.testing.assert_allclose(gradient, expected[f"grad {name}"], rtol=1e-12, atol=1e-12)
        for n, gradient in zip(case.cell.state, back.initial, strict=True):
            np.testing.assert_allclose(gradient, expected[f"initial {n}"], rtol=1e-12, atol=1e-12)


@every_kind
def test_going_back_twice_gives_the_same(kind):
    case, kernel = Case(kind), kernels.KERNELS[kind[0]]
    run = kernel.forward(case.params, case.x)
    first = copied(kernel.backward(run, **case.loss).grads)
    for name, gradient in kernel.backward(run, **case.loss).grads.items():
        np.testing.assert_array_equal(gradient, first[name])


def test_a_workspace_keeps_few_shapes():
    work = Workspace()
    for T in range(1, 20):
        by_kernels(Case(KINDS[0], T), None, False, work=work)
    assert len(work._kept) == Workspace.KEPT


@every_kind
@pytest.mark.parametrize("small", [1, 30, 10**6])
def test_blocks_and_chunks_change_no_number(kind, small, monkeypatch):
    monkeypatch.setattr(products, "BLOCKS", True)
    monkeypatch.setattr(products, "THREADS", 1)
    monkeypatch.setattr(products, "ROWS", 1)
    monkeypatch.setattr(products, "SMALL", small)
    monkeypatch.setattr(products, "COLUMNS", 7)  # T = 5 is no multiple of the two steps that gives
    case = Case(kind, T=5, B=3, D=2, H=4)
    mask = random_mask(case)
    assert different(by_kernels(case, mask, True), reference(case, mask, True)) == []


def test_small_products_come_in_blocks(monkeypatch):
    monkeypatch.setattr(products, "BLOCKS", True)
    monkeypatch.setattr(products, "THREADS", 1)
    product = products.Product(512, 193, 32, np.float32)
    assert product.W.shape == (4, 128, 193)
    assert product.W.base is not None
    assert products.Product(512, 193, 1, np.float32).W.shape == (512, 193)
    assert products.Product(7, 10**6, 32, np.float32).W.shape == (7, 10**6)
    monkeypatch.setattr(products, "BLOCKS", False)
    assert products.Product(512, 193, 32, np.float32).W.shape == (512, 193)


@every_kind
def test_any_strides_are_read_and_nothing_is_changed(kind):
    case, kernel = Case(kind, T=5, B=3), kernels.KERNELS[kind[0]]
    expected = copied(by_kernels(case, None, False))
    case.x = np.asfortranarray(case.x)
    case.loss = {name: np.repeat(value, 2, axis=1)[:, ::2] for name, value in case.loss.items()}
    w = SimpleNamespace(**{name: np.asfortranarray(value) for name, value in case.params.arrays().items()}, **kind[1])
    given_arrays = {"x": case.x} | vars(w) | case.loss | case.initial | case.last
    before = copied(given_arrays)
    run = kernel.forward(w, case.x, tuple(case.initial.values()))
    back = kernel.backward(run, dlast=tuple(case.last.values()), **case.loss)
    np.testing.assert_allclose(back.dx, expected["dx"], rtol=1e-12, atol=1e-12)
    for name, value in given_arrays.items():
        np.testing.assert_array_equal(value, before[name])


@every_kind
def test_float32_stays_float32(kind):
    case = Case(kind, T=5, dtype=np.float32)
    assert {value.dtype for value in by_kernels(case, random_mask(case), False).values()} == {np.dtype(np.float32)}


# --- large numbers and long sequences ------------------------------------------------------------------------------


BOUNDED = [kind for kind in KINDS if kind[1].get("activation") not in ("relu", "identity")]


@pytest.mark.parametrize("kind", BOUNDED, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1e6, 1e30])
def test_saturated_gates_stay_finite(kind, dtype, scale):
    """Warnings are errors here."""
    case = Case(kind, T=8, dtype=dtype)
    params = case.params.replace(**{name: value * dtype(1e3) for name, value in case.params.arrays().items()})
    run = kernels.forward(params, case.x * dtype(scale))
    back = kernels.backward(run, dh=case.loss["dh"])
    assert np.isfinite(run.h).all()
    assert all(np.isfinite(gradient).all() for gradient in (back.dx, *back.grads.values()))


@pytest.mark.parametrize("kind", BOUNDED, ids=str)
def test_ten_thousand_steps_stay_finite(kind):
    case = Case(kind, T=10_000, B=1, D=2, H=3, dtype=np.float32)
    back = kernels.backward(kernels.forward(case.params, case.x), dh=case.loss["dh"])
    assert np.isfinite(back.dx).all()


@pytest.mark.parametrize("activation", ["relu", "identity"])
@pytest.mark.parametrize("reverse", [False, True])
def test_an_overflow_is_named_with_its_timestep(activation, reverse):
    params = CELLS["rnn"].init(2, 2, activation=activation).replace(W_x=np.eye(2), W_h=1e150 * np.eye(2))
    x = np.ones((6, 1, 2))
    with pytest.raises(ValueError, match="x: the state overflows at t = ") as theirs:
        unroll.forward(params, x)
    with pytest.raises(ValueError, match="x: the state overflows at t = ") as ours:
        kernels.forward(params, x, reverse=reverse)
    assert str(ours.value) == (str(theirs.value).replace("t = 4", "t = 3") if reverse else str(theirs.value))


@every_kind
@pytest.mark.parametrize(("reverse", "seen_at"), [(False, 2), (True, 3)])
def test_nan_is_refused_where_it_begins(kind, reverse, seen_at):
    """Where terms overflow with opposite signs BLAS may make NaN; here it comes in with x, which no layer checks."""
    case, kernel = Case(kind), kernels.KERNELS[kind[0]]
    case.x[seen_at - 1, 0, 0] = np.nan
    with pytest.raises(ValueError, match=f"x: the state overflows at t = {seen_at}"):
        kernel.forward(case.params, case.x, None, None, reverse)


@pytest.mark.parametrize("reverse", [False, True])
def test_an_overflow_on_the_way_back_is_named(reverse):
    params = CELLS["rnn"].init(2, 2, activation="identity").replace(W_h=1e100 * np.eye(2))
    run = kernels.forward(params, np.zeros((6, 1, 2)), reverse=reverse)
    at = 5 if reverse else 2  # dh grows by 1e100 a step from the last that ran
    with pytest.raises(ValueError, match=f"run: the gradient overflows at t = {at}"):
        kernels.backward(run, dh_last=np.ones((1, 2)))
    with pytest.raises(ValueError, match="run: the gradient overflows where it is summed"):
        kernels.backward(kernels.forward(params, 1e10 * np.ones((1, 1, 2))), dh_last=np.full((1, 2), 1e300))


# --- bad input -----------------------------------------------------------------------------------------------------


def changed(array, value):
    array = array.copy()
    array.flat[-1] = value
    return array


CASE = Case(("lstm", {}), T=4, B=2, D=3, H=4)
X, H0, DH = CASE.x, CASE.initial["h0"], CASE.loss["dh"]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"params": CASE.params.arrays()}, TypeError, ["params", "dict", "LSTMParams"]),
        ({"x": X[0]}, ValueError, ["x has shape", "(T, B, D)"]),
        ({"x": X[:, :, :2]}, ValueError, ["x has shape", "(4, 2, 3)"]),
        ({"x": X[:0]}, ValueError, ["x has shape", "at least 1"]),
        ({"x": X[:, :0]}, ValueError, ["x has shape", "at least 1"]),
        ({"x": X.astype(np.float32)}, TypeError, ["x", "float32", "float64"]),
        ({"x": changed(X, np.nan)}, ValueError, ["x", "nan", "(3, 1, 2)"]),
        ({"h0": H0[:1]}, ValueError, ["h0", "(1, 4)", "(2, 4)"]),
        ({"c0": changed(H0, np.inf)}, ValueError, ["c0", "inf"]),
        ({"z0": H0}, TypeError, ["z0", "h0, c0"]),
        ({"mask": np.ones((4, 3), bool)}, ValueError, ["mask", "(4, 3)", "(4, 2)"]),
        ({"mask": np.ones((4, 2))}, TypeError, ["mask", "float64", "bool"]),
        ({"lengths": [4, 5]}, ValueError, ["lengths[1] is 5", "1 to 4"]),
        ({"lengths": [0, 4]}, ValueError, ["lengths[0] is 0", "1 to 4"]),
        ({"lengths": [4, 2.5]}, TypeError, ["lengths", "integer"]),
        ({"lengths": [4]}, ValueError, ["lengths", "(1,)", "(2,)"]),
        ({"lengths": [4, 4], "mask": np.ones((4, 2), bool)}, ValueError, ["mask and lengths"]),
        ({"reverse": 1}, TypeError, ["reverse", "int", "bool"]),
    ],
)
def test_forward_refuses(arguments, error, words):
    with pytest.raises(error) as caught:
        kernels.forward(**({"params": CASE.params, "x": X} | arguments))
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"run": CASE.run()[0]}, TypeError, ["run", "Forward", "Run"]),
        ({"dh": DH[:3]}, ValueError, ["dh", "(3, 2, 4)", "(4, 2, 4)"]),
        ({"dc": changed(DH, np.nan)}, ValueError, ["dc", "nan"]),
        ({"dh_last": DH}, ValueError, ["dh_last", "(B, H)"]),
        ({"dz": DH}, TypeError, ["dz", "dh, dc, dh_last, dc_last"]),
        ({"dh": DH.astype(np.float32)}, TypeError, ["dh", "float32", "float64"]),
    ],
)
def test_backward_refuses(arguments, error, words):
    with pytest.raises(error) as caught:
        kernels.backward(**({"run": kernels.forward(CASE.params, X)} | arguments))
    assert all(word in str(caught.value) for word in words), caught.value


def test_a_state_that_the_cell_does_not_have_is_refused():
    params = CELLS["gru"].init(3, 4)
    with pytest.raises(TypeError, match=r"c0 .*accepted are h0"):
        kernels.forward(params, X, c0=H0)
    with pytest.raises(TypeError, match=r"dc .*accepted are dh, dh_last"):
        kernels.backward(kernels.forward(params, X), dc=DH)


def test_a_run_that_unroll_could_not_have_made_is_not_unrolled():
    with pytest.raises(ValueError, match="run has a mask"):
        kernels.forward(CASE.params, X, lengths=[4, 2]).unrolled()
    with pytest.raises(TypeError, match=r"run\.w is a SimpleNamespace; accepted is a Params"):
        kernels.lstm.forward(SimpleNamespace(**CASE.params.arrays()), X).unrolled()


def test_what_the_caller_does_to_x_later_does_not_matter():
    x = X.copy()
    run = kernels.forward(CASE.params, x)
    expected = kernels.backward(run, dh=DH).dx.copy()
    x[:] = 0
    np.testing.assert_array_equal(kernels.backward(run, dh=DH).dx, expected)


# --- one mistake at a time -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutation:
    """A mistake: `edits` are exact fragments of the file and what replaces them; `cell` is one that it harms."""

    title: str
    file: str
    cell: str
    edits: tuple
    options: tuple = ()


def rnn(title, *edits, **options):
    return Mutation(title, "rnn.py", "rnn", edits, tuple(options.items()))


def lstm(title, *edits, cell="lstm"):
    return Mutation(title, "lstm.py", cell, edits)


def peephole(title, *edits):
    return lstm(title, *edits, cell="peephole")


def gru(title, *edits, **options):
    return Mutation(title, "gru.py", "gru", edits, tuple(options.items()))


def shared(title, *edits, cell="lstm", file="base.py"):
    return Mutation(title, file, cell, edits)


MUTATIONS = [
    rnn("slope of tanh without the square", ("np.multiply(h, h, out)", "np.copyto(out, h)")),
    rnn("slope of relu where h is 0", ("out, h > 0", "out, h >= 0"), activation="relu"),
    rnn("state not carried over a masked step", ("np.copyto(h, h_prev, where=skip)", "pass")),
    rnn("masked step not left out on the way back", ("m.da *= mask", "pass")),
    rnn("gradient not carried past a masked step", ("add(earlier, dh_t, earlier, where=skip)", "pass")),
    rnn("dh not carried back", ("add(dh_t, later, dh_t)", "pass")),
    rnn("bias left out", ("w.W_h.T, w.b, w.W_x.T", "w.W_h.T, 0, w.W_x.T")),
    rnn("initial state left out", ("base.place(state and state[0], m.h[0])", "base.place(None, m.h[0])")),
    rnn("last-state gradient left out", ("dlast and dlast[0]", "None")),
    lstm("g halved like a sigmoid", ("W[H:] *= 0.5", "W *= 0.5")),
    lstm("o not halved", ("W[H:] *= 0.5", "W[H : 3 * H] *= 0.5")),
    lstm("gates i and f change places", ("ORDER = (2, 1, 0, 3)", "ORDER = (2, 0, 1, 3)")),
    lstm("slope of the sigmoids left out", ("np.subtract(gated, da_fio, da_fio)", "np.copyto(da_fio, gated)")),
    lstm("slope of g as of a sigmoid", ("np.multiply(written, g, da_g)", "np.multiply(i, g, da_g)")),
    lstm("c_t not reached through h_t", ("multiply(dc, dh, dc)", "dc.fill(0)")),
    lstm("dc not carried back", ("        add(dc, dc_later, dc)\n", "")),
    lstm("dc carried past the forget gate", ("np.copyto(m.dc_prev[:T], f)", "m.dc_prev[:T] = 1")),
    lstm("c not carried over a masked step", ("np.copyto(c, cg[: len(c)], where=skip)", "pass")),
    lstm("dc not carried past a masked step", ("np.copyto(m.dc_prev[: len(m.dh)], 1, where=~mask)", "pass")),
    lstm("dh still reaches c_t where a step is masked", ("m.dc *= mask", "pass")),
    lstm("initial c left out", ("base.place(c0, m.c[0])", "base.place(None, m.c[0])")),
    lstm("last c's gradient left out", ("base.place(dc_last, m.dc_prev[T])", "base.place(None, m.dc_prev[T])")),
    lstm("loss on c read in the wrong direction", ("dc_loss[::-1]", "dc_loss")),
    peephole("gate o sees c_prev", ("o += p_o * c\n", "o += p_o * cg[:H]\n")),
    peephole("peepholes not halved", ("peepholes[:, None] / 2", "peepholes[:, None]")),
    peephole("the way through o's peephole left out", ("m.dc += o * p_o", "pass")),
    peephole("the way through f's peephole left out", ("i * p_i + f * p_f", "i * p_i")),
    peephole("gradient of o's peephole at c_prev", ("(o, run.made.c[1:])", "(o, run.made.c[:-1])")),
    gru("z writes the new state", ("np.subtract(h_prev, n, scratch)", "np.subtract(n, h_prev, scratch)")),
    gru("b_hn left out", ("w.W_h[:, n].T, w.b_hn, 0", "w.W_h[:, n].T, 0, 0")),
    gru("x reaches u", ("w.W_h[:, n].T, w.b_hn, 0", "w.W_h[:, n].T, w.b_hn, 1"), reset_after=True),
    gru("the gate left out of du", ("np.multiply(da_n, r, du)", "np.copyto(du, da_n)"), reset_after=True),
    gru("slope of r without u", ("        da_r *= u\n", ""), reset_after=True),
    gru("slope of r without h_prev", ("da_r *= h_prev", "pass"), reset_after=False),
    gru("the gate left out of dh_prev", ("dh_prev += d_past * r_t", "dh_prev += d_past"), reset_after=False),
    gru("dh not carried past the gates", ("add(dh_prev, kept, dh_prev)", "pass"), reset_after=True),
    gru("dh not carried past a masked step", ("np.copyto(m.kept, 1, where=~mask)", "pass")),
    gru("W_h's gates change places", ("[dW_h[:, :H], du[:, :H]]", "[du[:, :H], dW_h[:, :H]]")),
    shared("mask not turned", ("mask = mask[:: -1 if reverse else 1]", "pass")),
    shared("output or dx not turned", ("(0, 2, 1)[:: -1 if reverse else 1]", "(0, 2, 1)")),
    shared("input or loss not turned", ("value if value is None or not reverse else value[::-1]", "value")),
    shared("only the first timesteps' weight gradient", ("total += term", "pass"), file="products.py"),
    shared("a workspace's memory kept from the run before", ("0 if value is None else value.swapaxes(-1, -2)",
           "out if value is None else value.swapaxes(-1, -2)"), cell="gru"),
]  # fmt: skip


def mutant(mutation):
    """Return the kernel of the cell, made from the mutated source, its own or that of what all kernels share."""
    folder = Path(base.__file__).parent
    text = (folder / mutation.file).read_text(encoding="utf-8")
    for old, new in mutation.edits:
        assert text.count(old) == 1, f"{mutation.file} holds {old!r} {text.count(old)} times: mend the mutation"
        text = text.replace(old, new)
    changed = _module(text, f"mutant_of_{mutation.file}")
    if mutation.file not in ("base.py", "products.py"):
        return changed
    own = Path(kernels.KERNELS[mutation.cell].__file__)
    kernel = _module(own.read_text(encoding="utf-8"), f"kernel_on_{mutation.file}")
    setattr(kernel, mutation.file.removesuffix(".py"), changed)
    return kernel


def _module(text, name):
    module = types.ModuleType(name)
    exec(compile(text, name, "exec"), module.__dict__)
    return module


def seen(kernel, kind):
    """Return the arrays in which a kernel differs from unroll, with a mask, in both directions, and without states."""
    case, found = Case(kind, T=8, B=3, D=2, H=4), set()
    mask, work, dh = random_mask(case, 3), Workspace(), case.loss["dh"]
    for reverse in (False, True):
        expected = reference(case, mask, reverse)
        found |= set(different(by_kernels(case, mask, reverse, kernel, work=work), expected))
    ours = kernel.backward(kernel.forward(case.params, case.x, work=work), dh).dx
    theirs = unroll.backward(unroll.forward(case.params, case.x), dh=dh).dx
    return found | set(different({"dx alone": ours}, {"dx alone": theirs}))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: f"{m.file}: {m.title}")
def test_a_mistake_is_noticed(mutation, monkeypatch):
    kinds = [kind for kind in KINDS if kind[0] == mutation.cell and set(mutation.options) <= set(kind[1].items())]
    kernel = mutant(mutation)
    monkeypatch.setattr(kernel.products, "COLUMNS", 7)
    assert seen(kernel, kinds[0])


@every_kind
def test_the_kernels_as_they_are_differ_in_nothing(kind):
    assert seen(kernels.KERNELS[kind[0]], kind) == set()
