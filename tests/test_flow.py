"""The gradient bench's numbers: backpropagation's own, theory's bounds, and the figures that the lesson states."""

import numpy as np
import pytest

from rnnedu import unroll, validate
from rnnedu.cells import CELLS, gru, rnn
from rnnedu.experiments import flow, presets
from rnnedu.experiments.flow import Setting, measure, there_and_back
from tests.test_new_cell import LEAKY, write_cell  # noqa: F401 (a fixture)

KINDS = [(name, options) for name, cell in CELLS.items() for options in cell.Params.option_sets()]


@pytest.mark.parametrize(("name", "options"), KINDS, ids=str)
def test_the_measured_gradients_are_backpropagations(name, options):
    setting = Setting(name, units=6, length=9, rho=1.1, input_scale=0.7, options=options, loss="every", seed=4)
    rng = np.random.default_rng([4, 1])
    a, x = rng.standard_normal((1, 6)), 0.7 * rng.standard_normal((9, 1, 4))
    run = unroll.forward(setting.params, x)
    back = unroll.backward(run, dh=np.tile(a / np.linalg.norm(a), (9, 1, 1)))
    found = measure(setting)
    assert list(found.gradients) == list(CELLS[name].state)
    for state, gradient in found.gradients.items():
        whole = (back.loss[state] + back.later[state])[::-1, 0]
        np.testing.assert_allclose(gradient, np.linalg.norm(whole, axis=1), rtol=1e-11, atol=0)


@pytest.mark.parametrize(("name", "options"), KINDS, ids=str)
def test_gradient_norm_and_bound_are_in_order(name, options):
    found = measure(Setting(name, units=7, length=30, rho=1.3, input_scale=1.0, options=options, seed=2))
    assert found.gradients["h"][0] == pytest.approx(1)
    slack = 1 + 1e-10
    assert (found.gradients["h"] <= found.norm * slack).all()
    assert (found.norm <= found.bound * slack).all()
    assert np.array_equal(found.norm, found.singular_values[:, 0])
    np.testing.assert_allclose(found.power, 1.3 ** np.arange(30))
    assert found.follows_power == (options.get("activation") == "identity")


def test_a_loss_at_every_step_adds_up():
    last, every = (measure(Setting(units=5, length=4, rho=0.5, loss=loss, seed=1)) for loss in ("last", "every"))
    W_h, rng = last.setting.params.W_h, np.random.default_rng([1, 1])
    a = rng.standard_normal(5)
    a /= np.linalg.norm(a)
    gradient, expected = a, [1.0]
    for _ in range(3):
        gradient = a + gradient @ W_h.T  # h is 0, the slope of tanh is 1
        expected.append(np.linalg.norm(gradient))
    np.testing.assert_allclose(every.gradients["h"], expected, rtol=1e-12)
    np.testing.assert_allclose(last.gradients["h"], 0.5 ** np.arange(4), rtol=1e-12)


def test_without_input_an_orthogonal_one_is_rho_to_the_k_but_for_rounding():
    found = measure(Setting(rho=0.9))
    k = np.arange(100)
    for measured in (found.norm, found.singular_values[:, -1], found.bound, found.ratio):
        np.testing.assert_allclose(measured, 0.9**k, rtol=1e-12)
    assert found.follows_power
    assert not measure(Setting(rho=0.9, input_scale=0.1)).follows_power
    assert not measure(Setting(rho=0.9, initializer="gaussian")).follows_power


# Medians of 5 seeds, as in the lesson, each within these; figures of an independent measurement lie inside too.
FIGURES = {
    "SimpleRNN, ρ 0.9, no input": [(0.3486, 0.3488), (5.15e-3, 5.16e-3), (2.95e-5, 2.96e-5)],
    "SimpleRNN, ρ 1, input": [(0.05, 0.3), (5e-6, 5e-4), (3e-10, 1e-7)],
    "SimpleRNN, ρ 1.25, input": [(0.3, 1), (0.01, 0.3), (3e-4, 0.05)],
    "SimpleRNN, ρ 1.25, no input": [(9.313, 9.314), (7.00e4, 7.01e4), (3.92e9, 3.93e9)],
    "SimpleRNN, ρ 1.5, input": [(0.7, 2), (1, 10), (3, 60)],
    "LSTM, forget bias 0": [(3e-3, 0.02), (3e-9, 3e-7), (5e-16, 1e-13)],
    "LSTM, forget bias 1": [(0.04, 0.2), (2e-3, 0.06), (1e-4, 0.02)],
    "LSTM, forget bias 3": [(0.04, 0.2), (0.03, 0.4), (0.7, 20)],
    "GRU, biases 0": [(0.01, 0.05), (1e-8, 1e-6), (3e-15, 3e-13)],
    "SimpleRNN, ReLU, W_h = identity, input": [(0.8, 1), (0.5, 0.9), (0.03, 0.7)],
    "SimpleRNN, ρ 1, input 0.1": [(0.6, 0.9), (0.2, 0.5), (0.05, 0.3)],
}


@pytest.mark.parametrize("name", presets.PRESETS)
def test_the_lessons_figures(name):
    ratios = [measure(Setting(**presets.preset(name), seed=seed)).ratio[[10, 50, 99]] for seed in range(5)]
    for found, (low, high) in zip(np.median(ratios, axis=0), FIGURES[name], strict=True):
        assert low <= found <= high


def test_gates_and_states_are_counted():
    found = measure(Setting("lstm", units=8, length=20, biases={"f": 3.0}))
    assert [each.symbol for each in found.values] == ["i_t", "f_t", "o_t"]
    i, f, _ = found.values
    assert i.mean == pytest.approx(0.5)
    assert f.mean == pytest.approx(1 / (1 + np.exp(-3)))
    assert f.slope == pytest.approx(f.mean * (1 - f.mean))
    assert f.shares[20] == 1 == i.shares[10]
    assert i.centres[10] == pytest.approx(0.5)
    (h,) = measure(Setting(units=8, length=20, input_scale=3.0, rho=1.5)).values
    assert (h.symbol, h.function) == ("h_t", "tanh")
    assert h.shares.sum() == pytest.approx(1)
    assert h.slope < 0.7
    (on,) = measure(Setting(units=8, length=20, input_scale=1.0, options={"activation": "relu"})).values
    assert (on.function, 0 < on.slope < 1) == ("relu", True)
    (same,) = measure(Setting(units=8, length=20, options={"activation": "identity"})).values
    assert (same.function, same.slope) == ("identity", 1)


def test_small_gradients_do_not_vanish_by_being_squared():
    found = measure(Setting(units=2, length=240, rho=0.1))
    np.testing.assert_allclose(found.gradients["h"][200], 1e-200, rtol=1e-9)


def test_a_new_cell_is_measured(write_cell):  # noqa: F811 (the fixture)
    write_cell(LEAKY)
    found = measure(Setting("leaky", units=5, length=12, rho=0.7, input_scale=1.0, biases={"k": 4.0}))
    assert (found.gradients["h"] <= found.norm * (1 + 1e-10)).all()
    assert found.values[0].symbol == "k_t"
    assert found.ratio[-1] > 0.5  # kept


def test_the_fast_way_and_the_readable_one_are_one():
    params, rng = gru.init(4, 6, seed=2), np.random.default_rng(0)
    x, dh = rng.standard_normal((5, 1, 4)), rng.standard_normal((5, 1, 6))
    run, back = there_and_back(params, x, dh)
    again = unroll.backward(unroll.forward(params, x), dh=dh)
    assert back.run is run
    np.testing.assert_allclose(back.dx, again.dx, rtol=1e-12)


def test_what_leaves_the_floats_is_said():
    with pytest.raises(validate.Overflow, match="overflows at t = "):
        measure(Setting(units=3, length=240, rho=100.0, input_scale=1.0, options={"activation": "identity"}))
    with pytest.raises(validate.Overflow, match="the gradient overflows at t = 85"):  # 100**155 is beyond the floats
        measure(Setting(units=3, length=240, rho=100.0))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"cell": "elman"}, ValueError, "cell is 'elman'; accepted is one of 'rnn'"),
        ({"units": 0}, ValueError, "units is 0; accepted is an integer from 1 to 128"),
        ({"units": 129}, ValueError, "units is 129"),
        ({"length": 1}, ValueError, "length with 64 units is 1; accepted is an integer from 2 to 240"),
        ({"length": 241}, ValueError, "length with 64 units is 241"),
        ({"length": 200, "units": 128, "cell": "lstm"}, ValueError, "length with 128 units is 200; accepted is an"),
        ({"rho": -0.1}, ValueError, "rho is -0.1; accepted is a number in [0, 100]"),
        ({"input_scale": np.nan}, ValueError, "input_scale is nan"),
        ({"initializer": "unit"}, ValueError, "initializer is 'unit'; accepted is one of 'orthogonal'"),
        ({"biases": {"f": 51}}, ValueError, "biases['f'] is 51.0"),
        ({"biases": [1]}, TypeError, "biases is a list"),
        ({"loss": "first"}, ValueError, "loss is 'first'; accepted is one of 'last', 'every'"),
        ({"seed": -1}, ValueError, "seed is -1"),
    ],
)
def test_wrong_settings_are_refused_before_anything_is_run(monkeypatch, change, error, words):
    monkeypatch.setattr(flow, "there_and_back", None)
    with pytest.raises(error) as failure:
        Setting(**change)
    assert words in str(failure.value)


def test_presets_are_found_by_what_is_set():
    for name in presets.PRESETS:
        assert presets.name_of(Setting(**presets.preset(name), units=3, seed=5)) == name
    assert presets.name_of(Setting(rho=0.123)) == ""
    assert presets.preset("GRU, biases 0") is not presets.preset("GRU, biases 0")
    assert isinstance(Setting().params, rnn.RNNParams)
