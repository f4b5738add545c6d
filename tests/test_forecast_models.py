"""The forecasting models that come with rnnedu reach the figures of the data's README, and begin at once."""

import hashlib
import re

import pytest

from bench import forecast_models as script
from rnnedu.datasets import data_path
from rnnedu.experiments import forecast, forecast_models
from rnnedu.experiments.forecast_models import SHIPPED, load_forecaster
from rnnedu.experiments.forecast_tasks import TASKS

README = data_path("README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHIPPED)
def test_the_file_is_the_one_of_the_readme(name):
    raw = data_path(SHIPPED[name]).read_bytes()
    assert hashlib.sha256(raw).hexdigest() in README
    assert len(raw) < 100_000


@pytest.mark.parametrize("name", SHIPPED)
def test_it_reaches_the_figures_of_the_readme(name):
    task, model = TASKS[name], load_forecaster(name)
    score = task.score(forecast.running(model, task.recipe.window))
    error, share = re.search(rf"- `{SHIPPED[name]}`.*?RMSE (0\.\d+).*?(\d+) % of", README, re.DOTALL).groups()
    assert score.error == pytest.approx(float(error), abs=6e-4)
    assert score.covered == pytest.approx(int(share) / 100, abs=0.006)
    assert score.error < 0.25 * task.score(task.linear()).error


def test_the_script_trains_the_recipe_and_says_how_good_it_is(monkeypatch, capsys, tmp_path):
    tiny = TASKS["laser"].recipe_of("LSTM", epochs=1, units=2)
    monkeypatch.setattr(type(TASKS["laser"]), "recipe_of", lambda *_: tiny)
    monkeypatch.setattr("sys.argv", ["forecast_models", str(tmp_path), "laser"])
    script.main()
    assert re.match(r"laser: RMSE \d\.\d{4} training sd, band of 80 % encloses ", capsys.readouterr().out)
    assert (tmp_path / "laser_lstm.rnnedu").exists()


def test_a_wrong_name_and_a_damaged_file_are_told(monkeypatch, tmp_path):
    with pytest.raises(ValueError, match="Did you mean 'laser'"):
        load_forecaster("lasr")
    (tmp_path / "broken").write_bytes(b"no model")
    monkeypatch.setattr(forecast_models, "data_path", lambda _: tmp_path / "broken")
    with pytest.raises(ValueError, match=r"data file models/laser_lstm.rnnedu: .*; reinstalling rnnedu restores it"):
        load_forecaster("laser")
