"""The table of the series: a row for every forecaster, with its coverage, over as many seeds as it has."""

from dataclasses import replace

from bench.figures import quiet, series
from rnnedu.experiments.forecast_tasks import TASKS


def rows(monkeypatch, name, seeds, **changes):
    recipe = replace(TASKS[name].recipe, epochs=1, units=2, **changes)
    monkeypatch.setattr(series, "TASKS", {name: replace(TASKS[name], recipe=recipe)})
    monkeypatch.setattr(quiet, "loop", lambda: quiet.QUIET)
    return {each["what"]: each for each in series.series(seeds)}


def test_every_forecaster_has_a_row_for_its_error_and_one_for_its_coverage(monkeypatch):
    found = rows(monkeypatch, "passengers", 2)
    named = [what for what in found if "band" not in what]
    assert named[:4] == ["persistence", "seasonal naive", "AR", "echo state, 400 units"]
    assert [f"{what}: within its band" for what in named] == [what for what in found if "band" in what]
    assert {what: found[what]["n"] for what in ("AR", "GRU, differences", "MLP")} == {
        "AR": 1,
        "GRU, differences": 2,
        "MLP": 2,
    }
    assert found["AR"]["mean"] == TASKS["passengers"].score(TASKS["passengers"].linear()).error
    assert 0 <= found["LSTM: within its band"]["mean"] <= 1


def test_several_steps_are_also_run_freely(monkeypatch):
    found = rows(monkeypatch, "passengers", 1, horizon=3)
    free = [what for what in found if what.endswith("free run")]
    assert free == ["AR, free run", "echo state, 400 units, free run", "LSTM, differences, free run"]
    assert {each["study"] for each in found.values()} == {"passengers, 3 ahead"}
