"""How many seeds of each entry solve the task of a race: the race is gone through to its end, on several cores."""

from rnnedu.experiments.standings import standings
from rnnedu.experiments.workers import backend_for


def solved(race, workers=2):
    """Go on with a Race to its end and return (n,) ints: for each entry, how many of its seeds solve the task.

    workers : processes, 1 to 8; 1 trains in this process. The counts do not depend on it, if the budget is in updates.
    Called again it returns at once. Interrupted it loses nothing: called again it goes on.

    Raises ValueError or TypeError for another number of processes.

    >>> from rnnedu.experiments.entries import Entry
    >>> from rnnedu.experiments.race import Race
    >>> from rnnedu.experiments.rules import Rules
    >>> solved(Race([Entry("rnn")], Rules("latch", length=5, units=4, updates=20, seeds=(0,))), workers=1)
    [0]
    """
    backend, _ = backend_for(workers, race.entries)
    try:
        for _ in race.steps(backend):
            pass
    finally:
        backend.close()
    return [standing.solved for standing in standings(race)]
