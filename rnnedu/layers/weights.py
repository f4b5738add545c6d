"""Where weights live: all variables of a model in one flat array, with a view for every variable.

One flat array lets an optimiser update everything with a few calls. It is never changed where it is in use: an
update writes into a second array, and then one assignment makes that the current one. An interrupt therefore
finds the state before an update or the state after it, never half of one. The two arrays swap roles: what is held of a
state is valid until the update after next, and not for another thread.
"""

from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True, eq=False)
class Bound:
    """A flat array (N,) and, for each layer, name -> view of it in the variable's shape."""

    flat: np.ndarray
    views: tuple[dict[str, np.ndarray], ...]

    def __reduce__(self):
        """Copy and pickle the flat array alone: copied one by one, the views would no longer be views of it."""
        layout = Layout({name: view.shape for name, view in each.items()} for each in self.views)
        return layout.bind, (self.flat,)


@dataclass(frozen=True, eq=False)
class State:
    """All that training changes.

    weights : the variables.
    slots : name -> (N,), what the optimiser remembers of every weight.
    step : how many updates were made.
    carried : index of a stateful layer -> its state, each (B, H), after the last batch.
    """

    weights: Bound
    slots: dict[str, np.ndarray] = field(default_factory=dict)
    step: int = 0
    carried: dict[int, tuple] = field(default_factory=dict)

    def carrying(self, carried):
        """Return this state with other states carried."""
        return replace(self, carried=carried)

    def refuse_other_batch(self, B):
        """Raise ValueError unless the states that are carried are those of B sequences."""
        for carried in self.carried.values():
            if len(carried[0]) != B:
                raise ValueError(
                    f"x has {B} sequences in a batch, but a stateful layer carries the state of {len(carried[0])}; "
                    "accepted are batches of one size, or reset_state() before"
                )


class Layout:
    """Which part of the flat array is which variable. `shapes`: for each layer, name -> shape."""

    def __init__(self, shapes):
        self.shapes = tuple(shapes)
        self.parts, self.size = [], 0  # one slice for each variable
        for variables in self.shapes:
            for shape in variables.values():
                size = int(np.prod(shape, dtype=object))
                self.parts.append(slice(self.size, self.size + size))
                self.size += size

    def bind(self, flat):
        """Return the Bound of a flat array (N,)."""
        parts = iter(self.parts)
        return Bound(
            flat,
            tuple({name: flat[next(parts)].reshape(shape) for name, shape in each.items()} for each in self.shapes),
        )

    def gather(self, arrays, dtype):
        """Return a new Bound that holds `arrays`, one for each variable in order."""
        bound = self.bind(np.empty(self.size, dtype))
        for part, array in zip(self.parts, arrays, strict=True):
            bound.flat[part] = np.ravel(array)
        return bound


class Home:
    """What a model and its layers share: the layout, and the State that is current."""

    def __init__(self, layout, weights):
        self.layout = layout
        self.state = State(weights)
