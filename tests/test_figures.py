"""The bench of figures: intervals by hand, seconds that are scaled, studies that exist."""

import importlib
import inspect

import pytest

from bench.figures import quiet, text
from bench.figures.__main__ import COLUMNS, STUDIES
from bench.figures.rows import interval, row
from rnnedu.datasets import load_topics


def test_the_interval_of_a_mean_by_hand():
    assert interval([1.0, 2.0, 3.0]) == pytest.approx(4.303 / 3**0.5)
    assert interval([5.0]) == 0
    assert interval([1.0, 2.0] * 6) == pytest.approx(2.262 * (12 / 4 / 11) ** 0.5 / 12**0.5)  # t of 9, the next below


def test_a_row_has_what_the_table_shows():
    made = row("study", "what", [1.0, 2.0], "bits", [3.0, 5.0], "<= 2")
    assert set(COLUMNS) <= set(made)
    assert (made["mean"], made["best"], made["worst"], made["n"], made["seconds"]) == (1.5, 1, 2, 2, 4)


def test_seconds_of_a_slow_machine_are_scaled(monkeypatch):
    spent = iter([10.0, 16.0])
    monkeypatch.setattr(quiet, "loop", lambda: 3 * quiet.QUIET)
    monkeypatch.setattr(quiet.time, "process_time", lambda: next(spent))
    with quiet.Quiet() as measured:
        pass
    assert measured.seconds == pytest.approx(2)
    assert measured.slower == pytest.approx(3)


@pytest.mark.parametrize("name", list(STUDIES))
def test_every_study_is_a_function_of_the_number_of_seeds(name):
    module, function = STUDIES[name].split(":")
    study = getattr(importlib.import_module(f"bench.figures.{module}"), function)
    assert list(inspect.signature(study).parameters) == ["seeds"]


def test_a_study_of_running_text_has_the_table_and_every_way(monkeypatch):
    small = text.characters.Corpus.of(load_topics()[:4000], text.characters.ASCII)
    monkeypatch.setattr(text.characters, "corpus_of", lambda name: small)
    recipe = text.characters.Recipe(units=4, passes=1, lanes=4, length=20)
    monkeypatch.setattr(text.characters, "RECIPES", {"topics": recipe})
    table, *ways = text.topics(seeds=2)
    assert table["what"].startswith("best table of counts, n = ")
    assert [row["n"] for row in ways] == [2, 2, 2, 2]
    assert len({tuple(row["values"]) for row in ways}) == 4  # each was made as it says
    assert all(2 < row["best"] < row["worst"] < 8 and row["seconds"] > 0 for row in ways)
