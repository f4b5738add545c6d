"""The exercises: what a learner is asked to write, how it is checked, three hints of growing strength, a solution."""

from collections.abc import Callable
from dataclasses import dataclass

from rnnedu import validate
from rnnedu.lessons.checks import Verdict, described

EXERCISES = {}


@dataclass(frozen=True)
class Exercise:
    """One function to write.

    name : of the function, by which `check` finds the exercise.
    check : learner's function -> Verdict; it raises nothing.
    hints : three texts, each stronger than the one before.
    solution : Python source that defines the function.
    """

    name: str
    check: Callable[[Callable], Verdict]
    hints: tuple[str, str, str]
    solution: str


def register(exercise):
    """Make an exercise known by its name, and return it."""
    EXERCISES[exercise.name] = exercise
    return exercise


def exercise_of(fn, name=None):
    """Return the Exercise called `name`, or else like the function.

    Raises TypeError for what has no name that could say which, ValueError for a name that no exercise has.
    """
    if name is None:
        if not callable(fn):
            raise TypeError(f"fn is {described(fn)}; accepted is a function: pass it without brackets")
        name = getattr(fn, "__name__", type(fn).__name__)
    return validate.named("exercise", name, EXERCISES)
