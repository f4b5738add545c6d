"""The bench that counts a lesson's figures again tells a figure that lies outside what the lesson states."""

import importlib
import pkgutil

import pytest

from bench import lesson_figures
from bench.lesson_figures import __main__ as command
from bench.lesson_figures import lesson_05
from bench.lesson_figures.stated import Stated

MODULES = [each.name for each in pkgutil.iter_modules(lesson_figures.__path__) if each.name.startswith("lesson_")]


def test_it_counts_what_lies_outside(monkeypatch, capsys):
    figures = {"right": lambda: Stated(3, 2, 4), "wrong": lambda: Stated(5, 2, 4, "of 12"), "text": lambda: "some"}
    monkeypatch.setattr(lesson_05, "FIGURES", figures)
    assert command.main(["05"]) == 1
    said = capsys.readouterr().out
    assert "right: 3 in [2, 4] (" in said
    assert "wrong: 5 in [2, 4] OUTSIDE; of 12 (" in said


@pytest.mark.parametrize("name", MODULES)
def test_a_lesson_s_figures_are_functions_by_what_they_count(name):
    module = importlib.import_module(f"bench.lesson_figures.{name}")
    assert module.__doc__.startswith(f"Lesson {int(name[-2:])}: ")
    assert all(callable(figure) for figure in module.FIGURES.values())
