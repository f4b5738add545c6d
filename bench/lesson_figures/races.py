"""Counting the entries of a memory race."""

from functools import cache

from bench.lesson_figures.stated import Stated
from rnnedu.experiments.counting import solved
from rnnedu.experiments.race import SOLVED, Race
from rnnedu.experiments.rules import Rules
from rnnedu.experiments.standings import runs_of

TEN = tuple(range(10))


@cache
def raced(entry, seeds, rules):
    """Return the runs of one Entry with the seeds; rules : (name, value) pairs of Rules."""
    race = Race([entry], Rules(**dict(rules), seeds=seeds))
    solved(race)
    return runs_of(race, entry)


def count(entry, rules, interval, seeds=TEN):
    """Return how many runs solve the task, after how many updates each, and the seconds of computing."""
    runs = raced(entry, seeds, tuple(rules.items()))
    updates = sorted(run.updates for run in runs if run.state == SOLVED)
    return Stated(len(updates), *interval, f"after {updates}; {sum(run.seconds for run in runs):.0f} s of computing")
