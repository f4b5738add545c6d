"""Networks that forecast, with differences and without, and the tasks they are compared on, at settings of seconds."""

import numpy as np
import pytest

from rnnedu.experiments import forecast
from rnnedu.experiments.detrended import Detrended, differences, naive
from rnnedu.experiments.forecast_tasks import SHARE, TASKS, Task, task
from rnnedu.experiments.forecasters import KINDS, Recipe

SAW = np.tile([0.0, 1, 2, 4], 20) + 0.5 * np.arange(80)  # a season of 4 and a trend
WINDOWS = SAW[None, :9, None]


def test_differences_by_hand():
    assert differences(WINDOWS, 4)[0, :, 0].tolist() == [2, 2, 2, 2, 2]
    assert naive(WINDOWS, 4, 6).tolist() == [[SAW[5], SAW[6], SAW[7], SAW[8], SAW[5], SAW[6]]]
    assert naive(WINDOWS, 1, 2).tolist() == [[SAW[8], SAW[8]]]
    with pytest.raises(ValueError, match="L above the lag, 9"):
        differences(WINDOWS, 9)


def test_a_model_of_differences_forecasts_values():
    grows = Detrended(lambda x: x[:, -1], lag=4, scale=3.0)  # "as much above last season as last time"
    assert grows.predict(WINDOWS).tolist() == [[SAW[9]]]
    for wrong in ({"lag": 0, "scale": 1.0}, {"lag": 1, "scale": 0.0}):
        with pytest.raises(ValueError, match="is 0"):
            Detrended(None, **wrong)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_trains_to_the_shape_asked_for(kind):
    recipe = Recipe(kind, window=5, units=3, horizon=2, epochs=1)
    model = recipe.train(forecast.cut(SAW), seed=1)
    assert (model.name, model.seed, model.output_shape) == (kind, 1, (None, 2))
    assert model.predict(SAW[None, :5, None]).shape == (1, 2)


@pytest.mark.parametrize("lag", [1, 4])
def test_a_level_never_seen_is_no_level_to_differences(lag):
    split = forecast.cut(SAW)
    recipe = Recipe("GRU", window=6, units=8, lag=lag, epochs=30, batch=8)
    shifted = split.values[None, : recipe.length, None] + np.array([0, 50.0])[:, None, None]
    low, high = recipe.train(split).predict(shifted)[:, 0]
    assert high - low == pytest.approx(50, abs=1e-5)


def test_training_sees_the_training_part_alone():
    changed = SAW.copy()
    changed[48:] *= -3
    recipe, x = Recipe("SimpleRNN", window=4, units=3, lag=1, epochs=2), SAW[None, :5, None]
    first, second = (recipe.train(forecast.cut(values)).predict(x) for values in (SAW, changed))
    assert np.array_equal(first, second)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": "RNN"}, "kind is 'RNN'; accepted is one of 'MLP'"),
        ({"window": 0}, "window is 0"),
        ({"lag": -1}, "lag is -1"),
        ({"rate": 0.0}, "rate is 0"),
    ],
)
def test_other_recipes_are_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        Recipe(**({"kind": "LSTM", "window": 5} | wrong))


def test_scores_by_hand():
    """The test part is off by 1 everywhere, the validation part by 0, 1, 2, ..."""
    tiny = Task(lambda: None, Recipe("LSTM", window=3, horizon=2))
    split = forecast.cut(SAW)
    vars(tiny)["split"] = split

    def forecaster(values, origins, horizon):
        off = np.where(origins < split.test, origins - split.validation, 1.0)
        return forecast.truth(values, origins, horizon) - off[:, None]

    score = tiny.score(forecaster)
    assert score.error == pytest.approx(1)
    N = split.test - split.validation - 1
    low, high = np.quantile(np.arange(N), [(1 - SHARE) / 2, (1 + SHARE) / 2])
    assert score.covered == float(low <= 1 <= high)


def test_tasks_by_name():
    assert [task(name) for name in TASKS] == list(TASKS.values())
    with pytest.raises(ValueError, match="Did you mean 'laser'"):
        task("lasers")
    assert list(task("co2").naive()) == ["persistence", "seasonal naive"]
    assert list(task("laser").naive()) == ["persistence"]
    assert (task("laser").recipe_of("MLP").epochs, task("laser").recipe_of("GRU").epochs) == (120, 30)


def test_on_the_laser_a_network_and_an_echo_state_are_far_ahead_of_the_best_line():
    """The table's setting has 30 epochs; 8 do for the interval."""
    laser = task("laser")
    linear = laser.score(laser.linear())
    assert 0.42 < linear.error < 0.48
    trained = laser.score(laser.trained("LSTM", epochs=8, units=16))
    assert trained.error < 0.4 * linear.error
    echo = laser.score(laser.echo_state(units=100))
    assert echo.error < 0.25 * linear.error
    assert 0.7 < echo.covered < 0.9


def test_co2_is_lost_on_levels_and_a_tie_on_differences():
    co2 = task("co2")
    linear = co2.score(co2.linear()).error
    assert 0.035 < linear < 0.045
    errors = {lag: co2.score(co2.trained("GRU", lag=lag, epochs=25)).error for lag in (0, co2.lag)}
    assert errors[0] > 5 * linear
    assert errors[1] < 1.35 * linear


def test_one_step_of_mackey_glass_is_nearly_a_line():
    glass = task("mackey_glass_1")
    assert glass.score(glass.linear()).error < 0.001
