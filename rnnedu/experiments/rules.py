"""What holds for everyone in a memory race."""

from dataclasses import dataclass

from rnnedu import cells, validate
from rnnedu.experiments.tasks import TASKS
from rnnedu.kernels import KERNELS

MAX_UNITS, MAX_BATCH, MAX_LENGTH, MAX_UPDATES, MAX_SEEDS = 128, 64, 400, 20_000, 10
LAP = 10  # updates
CALLS, PRODUCTS, STEPWISE = 5e-5, 1e10, 5  # seconds a timestep; multiplications a second; cells without a kernel


@dataclass(frozen=True)
class Rules:
    """What holds for everyone in a race; checked when made.

    task : name of one of TASKS. length : T. units : H. batch : B. rate : learning rate of Adam. clip : limit of the
    norm of all gradients together, None for no clipping. updates : the budget of each run, a multiple of LAP = 10.
    seconds : a budget beside it, of each run, None for none; with one, what is reached depends on the machine.
    seeds : different ints; each draws a run's weights and its data.

    Raises ValueError or TypeError for anything else, and for sizes that take for ever.
    """

    task: str = "adding"
    length: int = 50
    units: int = 32
    rate: float = 0.01
    clip: float | None = 1.0
    batch: int = 32
    updates: int = 800
    seconds: float | None = None
    seeds: tuple = (0, 1, 2)

    def __post_init__(self):
        shortest = validate.named("task", self.task, TASKS).shortest
        bounds = {"length": (shortest, MAX_LENGTH), "units": (1, MAX_UNITS), "batch": (1, MAX_BATCH)}
        for name, (low, high) in (bounds | {"updates": (LAP, MAX_UPDATES)}).items():
            self._keep(name, validate.integer(name, getattr(self, name), low, high))
        if self.updates % LAP:
            raise ValueError(f"updates is {self.updates}; accepted is a multiple of {LAP}")
        self._keep("rate", validate.number("rate", self.rate, 0, 1, low_included=False))
        for name in ("clip", "seconds"):
            limit = getattr(self, name)
            self._keep(name, None if limit is None else validate.positive(name, limit))
        self._keep("seeds", _different(self.seeds))

    def _keep(self, name, value):
        object.__setattr__(self, name, value)  # a plain int or float, which JSON can carry

    def work(self, entry):
        """Return the seconds that one run of an Entry takes on one core if it uses up its updates, roughly."""
        products = 3 * self.batch * self.units * self.units * max(len(cells.get(entry.cell).Params.gates), 1)
        slower = 1 if entry.cell in KERNELS else STEPWISE
        return self.updates * self.length * (CALLS * slower + products / PRODUCTS)


def _different(seeds):
    """Return the seeds as a tuple of ints, after checking them."""
    if not isinstance(seeds, (list, tuple)):
        raise TypeError(f"seeds is a {type(seeds).__name__}; accepted is a list")
    found = tuple(validate.integer(f"seeds[{k}]", seed, 0, 2**32 - 1) for k, seed in enumerate(seeds))
    if not 1 <= len(found) <= MAX_SEEDS or len(set(found)) < len(found):
        raise ValueError(f"seeds is {found}; accepted are 1 to {MAX_SEEDS} different ones")
    return found
