"""What lesson 11 says of its forecasters, counted again where that is quick."""

import numpy as np
import pytest

from bench.lesson_figures import lesson_11
from rnnedu.experiments import forecast
from rnnedu.experiments.forecast_models import load_forecaster
from rnnedu.experiments.forecast_study import Company, Study
from rnnedu.experiments.forecast_tasks import TASKS


@pytest.mark.parametrize(
    ("task", "persistence", "line"),
    [
        ("laser", 1.078, 0.4525),
        ("mackey_glass_1", 0.147, 0.0005),
        ("co2", 0.149, 0.0407),
        ("passengers", 0.889, 0.2735),
        ("sunspots_monthly", 1.043, 0.7245),
    ],
)
def test_what_costs_nothing(task, persistence, line):
    assert lesson_11.score(task, forecast.persistence) == pytest.approx(persistence, abs=5e-4)
    assert lesson_11.line(task) == pytest.approx(line, abs=2e-4)


def test_on_passengers_the_network_loses_on_levels_and_ties_on_differences():
    levels, differences = (lesson_11.errors("passengers", lag, range(1)) for lag in (0, 12))
    assert 1.3 < levels[0] < 2.2
    assert 0.24 < differences[0] < 0.31


def test_a_band_on_passengers_holds_less_than_it_promises():
    passengers = TASKS["passengers"]
    assert 0.5 < passengers.score(passengers.linear()).covered < 0.7


def test_sunspots_a_year_ahead_are_a_tie():
    sunspots = TASKS["sunspots_monthly"]
    error = sunspots.score(sunspots.trained("LSTM", lag=1)).error
    assert 0.95 < error / lesson_11.line("sunspots_monthly") < 1.1


def test_windows_drawn_at_random_flatter():
    assert 0.05 < lesson_11.at_random(0) < 0.12


def test_84_steps_of_mackey_glass():
    assert lesson_11.worst_place().holds
    glass = TASKS["mackey_glass"]
    echo = glass.score(glass.echo_state(horizon=1)).error
    assert 0.003 < echo < 0.02


def test_the_answers_about_the_widget():
    split, model = TASKS["mackey_glass"].split, load_forecaster("mackey_glass")
    study = Study(split, Company.of(model, "LSTM", 40, season=50), 84, 0.8)
    assert study.covered == pytest.approx(0.78, abs=0.02)
    assert Study(split, Company.of(model, "LSTM", 40), 115).errors["LSTM"][1] == pytest.approx(0.04, abs=0.004)
    ahead = [Study(split, Company.of(season=50), horizon).errors for horizon in range(9, 13)]
    better = [each["seasonal naive"][1] < each["persistence"][1] for each in ahead]
    assert better == [False, False, True, True]


def test_the_weights_of_the_leaky_line_differ():
    laser, values = TASKS["laser"], TASKS["laser"].series.values
    z = (values - values.mean()) / values.std()
    x, y = forecast.windows(z, 40)
    leaky, *_ = np.linalg.lstsq(np.column_stack([np.ones(len(x)), x[:, :, 0]]), y[:, 0], rcond=None)
    assert np.abs(leaky - laser.autoregression().weights[:, 0]).max() == pytest.approx(0.052, abs=0.002)
