"""ForecastView without a browser: what is shown is what the study holds, and wrong values change nothing."""

import json

import numpy as np
import pytest

from rnnedu.datasets import load_nile, load_series
from rnnedu.layers import GRU, Dense
from rnnedu.models import Sequential
from rnnedu.widget import ForecastView

SERIES = load_series("sunspots")


@pytest.fixture
def view():
    return ForecastView(SERIES, lambda x: x[:, -11, 0], name="<b>eleven</b>", horizon=6)


def block(view, key):
    return next(each for each in view.shown["blocks"] if each["key"] == key)


def line(view, key, name):
    return next(each for each in block(view, key)["lines"] if each["name"] == name)


def test_lines_are_the_forecasts_in_the_unit_of_the_series(view):
    ahead = slice(view.at, view.at + 6)
    mine = line(view, "ahead", "<b>eleven</b>")
    assert np.allclose(mine["y"], SERIES.values[view.at - 11 : view.at - 5])
    assert mine["x"] == SERIES.time[ahead].tolist()
    assert np.allclose(line(view, "ahead", "seasonal naive")["y"], mine["y"])
    assert np.allclose(line(view, "ahead", "persistence")["y"], SERIES.values[view.at - 1])
    assert line(view, "ahead", "what came")["y"][-6:] == SERIES.values[ahead].tolist()
    low, high = np.array(mine["band"])
    assert (low < high).all()
    assert line(view, "ahead", "persistence")["band"] is None


def test_the_whole_series_is_shown_in_its_parts(view):
    a, b = view.split.validation, view.split.test
    assert line(view, "whole", "training")["y"] == SERIES.values[:a].tolist()
    assert line(view, "whole", "validation")["y"] == SERIES.values[a - 1 : b].tolist()
    assert line(view, "whole", "test")["y"] == SERIES.values[b - 1 :].tolist()
    assert np.allclose(line(view, "whole", "<b>eleven</b>, one step")["y"], SERIES.values[b - 11 : -11])


def test_table_titles_and_sentence_say_the_errors(view):
    rows = {name: [float(one), float(many)] for name, one, many in block(view, "errors")["rows"]}
    assert list(rows) == ["<b>eleven</b>", "persistence", "seasonal naive"]
    for name, found in rows.items():
        assert np.allclose(found, view.study.errors[name], atol=5e-4)
    assert f"encloses {view.study.covered:.0%} of" in block(view, "coverage")["title"]
    off = np.sqrt(np.mean((view.runs["persistence"] - view.split.values[view.at : view.at + 6]) ** 2))
    assert f"persistence by {off:.2f}" in block(view, "ahead")["title"]
    assert f"persistence {view.study.errors['persistence'][1]:.2f}" in view.shown["values"]
    assert json.loads(json.dumps(view.shown, allow_nan=False)) == view.shown


def test_the_origin_moves_without_measuring_anew(view):
    study, title = view.study, block(view, "ahead")["title"]
    view.origin = view.at + 1
    assert view.study is study
    assert block(view, "ahead")["title"] != title
    assert line(view, "ahead", "persistence")["y"][0] == pytest.approx(SERIES.values[view.origin - 1])
    view.horizon = 3
    assert view.study is not study
    assert len(line(view, "ahead", "persistence")["y"]) == 3


def test_without_a_model_or_a_band_there_is_company_still():
    view = ForecastView("co2", share=None)
    assert (view.season, list(view.runs)) == (12, ["persistence", "seasonal naive"])
    assert [each["key"] for each in view.shown["blocks"]] == ["ahead", "whole", "errors"]
    view.season = 0
    assert list(view.runs) == ["persistence"]
    assert ForecastView(load_nile(), horizon=2).season == 0


def test_a_sequential_forecasts_plain_numbers():
    model = Sequential([GRU(3), Dense(2)], name="GRU")
    model.build((None, 5, 1))
    view = ForecastView(np.sin(np.arange(60.0)), model, window=5, horizon=5)
    x = view.split.values[view.at - 5 : view.at][None, :, None]
    assert np.allclose(view.runs["GRU"][:2], model.predict(x)[0], atol=1e-6)
    assert block(view, "ahead")["x"]["label"] == "timestep, from 0"


@pytest.mark.parametrize(
    ("trait", "value", "words"),
    [
        ("origin", 5, "origin is 5; accepted is an integer from 247 to 303"),
        ("horizon", 0, "horizon is 0"),
        ("horizon", 201, "horizon is 201"),
        ("horizon", 100, "horizon is 100; accepted is at most 62, the"),
        ("season", -1, "season is -1"),
        ("share", 0.7, "share is 0.7"),
    ],
)
def test_a_wrong_value_is_shown_and_raised_and_changes_nothing(view, trait, value, words):
    shown, study, runs = view.shown, view.study, view.runs
    with pytest.raises(ValueError, match=words) as failure:
        setattr(view, trait, value)
    assert view.error == str(failure.value)
    assert (view.shown is shown, view.study is study, view.runs is runs) == (True, True, True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"series": "sunspot"}, r"series is 'sunspot'.*Did you mean 'sunspots'"),
        ({"series": np.zeros((3, 4))}, "series has shape"),
        ({"series": np.zeros(20_001)}, "at most 20000"),
        ({"model": 3}, "model is a int"),
        ({"window": 0}, "window is 0"),
        ({"horison": 3}, "Did you mean 'horizon'"),
    ],
)
def test_wrong_arguments_are_refused(given, words):
    with pytest.raises((ValueError, TypeError), match=words):
        ForecastView(**given)
