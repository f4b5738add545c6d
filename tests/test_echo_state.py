"""The echo-state network: the ridge's exact solution, the loop by hand, and nothing of the future."""

import numpy as np
import pytest

from rnnedu.experiments import echo_state, forecast
from rnnedu.experiments.echo_state import EchoState, Reservoir, choose

SMALL = Reservoir(units=7, radius=0.8, scale=0.4, seed=3)
WAVE = np.sin(np.arange(80) * 0.7) + 0.3 * np.sin(np.arange(80) * 1.9)


def test_the_weights_have_their_radius_and_scale():
    w_x, W_h, b = SMALL.weights()
    assert np.abs(np.linalg.eigvals(W_h)).max() == pytest.approx(0.8)
    assert 0 < np.abs(w_x).max() <= 0.4
    assert not np.array_equal(w_x, b)
    assert not np.array_equal(w_x, Reservoir(7, 0.8, 0.4, seed=4).weights()[0])


def test_the_states_by_hand():
    w_x, W_h, b = SMALL.weights()
    h = np.zeros(7)
    for t, seen in enumerate(SMALL.read(WAVE[:5])):
        h = np.tanh(WAVE[t] * w_x + h @ W_h + b)
        assert np.allclose(seen, [1, WAVE[t], *h])


def test_the_readout_has_a_gradient_of_zero():
    """Of the mean squared error plus ridge times the squared weights, numerically."""
    ridge, first = 1e-3, 21  # a quarter of the 80 values is washed out
    fitted = EchoState.fit(WAVE, 2, SMALL, ridge)
    seen, come = SMALL.read(WAVE)[first - 1 : -2], np.stack([WAVE[first:-1], WAVE[first + 1 :]], axis=1)

    def loss(W_out):
        return np.square(seen @ W_out - come).sum() / len(seen) + ridge * np.square(W_out).sum()

    for place in ((0, 0), (1, 1), (5, 0)):
        nudge = np.zeros_like(fitted.W_out)
        nudge[place] = 1e-5
        slope = (loss(fitted.W_out + nudge) - loss(fitted.W_out - nudge)) / 2e-5
        assert abs(slope) < 1e-9


@pytest.mark.parametrize("K", [1, 2, 3])
def test_beyond_its_steps_it_reads_its_own_output(K):
    fitted, origins = EchoState.fit(WAVE, K, SMALL), np.array([30, 44])
    made = fitted(WAVE, origins, 5)
    for row, origin in enumerate(origins):
        known = list(WAVE[:origin])
        while len(known) < origin + 5:
            known += list(SMALL.read(np.array(known))[-1] @ fitted.W_out)
        assert np.allclose(made[row], known[origin : origin + 5])


def test_nothing_from_the_origin_on_is_looked_at():
    fitted = EchoState.fit(WAVE[:50], 2, SMALL)
    changed = WAVE.copy()
    changed[60:] = np.nan
    assert np.array_equal(fitted(WAVE, np.array([55, 60]), 4), fitted(changed, np.array([55, 60]), 4))


def test_the_ridge_is_chosen_on_validation():
    split = forecast.cut(WAVE)
    chosen = choose(split, 2, SMALL, ridges=(1e-8, 10.0))
    assert np.allclose(chosen.W_out, EchoState.fit(split.values[: split.validation], 2, SMALL, 1e-8).W_out)
    noise = WAVE.copy()
    noise[split.test :] = 9
    assert np.array_equal(choose(forecast.cut(noise), 2, SMALL).W_out, choose(split, 2, SMALL).W_out)


def test_what_is_refused():
    for wrong in ({"units": 0}, {"radius": 0.0}, {"scale": -1.0}, {"seed": -1}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} is "):
            Reservoir(**wrong)
    with pytest.raises(ValueError, match="T of at least 3"):
        EchoState.fit(WAVE[:2], 2, SMALL)
    with pytest.raises(ValueError, match="ridge is 0"):
        EchoState.fit(WAVE, 2, SMALL, 0)
    with pytest.raises(ValueError, match="accepted are places from 1 to 80"):
        EchoState.fit(WAVE, 1, SMALL)(WAVE, np.array([0]), 1)
    assert echo_state.WASHOUT == 100
