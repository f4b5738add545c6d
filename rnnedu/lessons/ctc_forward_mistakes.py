"""The forward recursion of CTC in small pieces, and the mistakes made in them: sentence -> the wrong piece."""

from dataclasses import dataclass, replace

import numpy as np

NEVER = -np.inf


def _may_skip(states, s, blank):
    return states[s] != blank and states[s] != states[s - 2]


@dataclass(frozen=True)
class Recursion:
    """How one learner's recursion works; the default is right.

    start : how many states are open in the first frame. ways : steps back to the states that a state is reached from.
    skip : (states, s, blank) -> whether s - 2 is one of them. sum_ : how their log probabilities are added up.
    reads, by_place, late : whether the frame's output is added, at the state's place, from how many frames before.
    same_row : s - 1 is read in the frame itself. linear : probabilities are returned.
    """

    start: int = 2
    ways: tuple = (0, 1)
    skip: object = staticmethod(_may_skip)
    sum_: object = np.logaddexp.reduce
    reads: bool = True
    by_place: bool = False
    late: int = 0
    same_row: bool = False
    linear: bool = False

    def run(self, log_y, states, blank):
        """Return (T, S) of log_y (T, V) and the list of states (S,)."""
        y = log_y[:, states]  # (T, S)
        alpha = np.full(y.shape, NEVER)
        alpha[0, : self.start] = y[0, : self.start]
        y = log_y[:, np.arange(len(states)) % log_y.shape[1]] if self.by_place else y
        for t in range(1, len(y)):
            for s in range(len(states)):
                ways = self._ways(states, s, blank)
                arriving = [alpha[t - 1 + (self.same_row and k == 1), s - k] for k in ways] or [NEVER]
                alpha[t, s] = self.sum_(arriving) + (y[t - self.late, s] if self.reads else 0)
        return np.exp(alpha) if self.linear else alpha

    def _ways(self, states, s, blank):
        ways = [k for k in self.ways if k <= s]
        return [*ways, 2] if s >= 2 and self.skip(states, s, blank) else ways


def _summed_logs(values):
    return np.sum(values)


RIGHT = Recursion()
ALPHA = {
    text: replace(RIGHT, **wrong)
    for text, wrong in {
        "A path starts in the first blank or in the first label; yours in the blank only: log_alpha[0, :2].": {
            "start": 1
        },
        "Your first frame is open to every state. A path starts in the first blank or the first label, no other.": {
            "start": 10**6
        },
        "The skip is missing: from one label the path may go straight to the next, over the blank between (s - 2).": {
            "skip": lambda *_: False
        },
        "Your skip jumps over the blank between two equal labels too. They would merge into one; there the blank must "
        "stay: skip only where states[s] != states[s - 2].": {"skip": lambda states, s, blank: states[s] != blank},
        "Your skip is open everywhere: between blanks it loses a label, between equal labels it loses the blank that "
        "keeps them apart. Skip only into a label, and only where states[s] != states[s - 2].": {
            "skip": lambda *_: True
        },
        "Your skip is open to blanks: from blank to blank it jumps over a label, which is then not read. Skip "
        "only into a label.": {"skip": lambda states, s, blank: states[s] == blank or _may_skip(states, s, blank)},
        "Your skip leads between equal labels only; it is the other way about: states[s] != states[s - 2].": {
            "skip": lambda states, s, blank: states[s] != blank and states[s] == states[s - 2]
        },
        "A state may also stay: log_alpha[t - 1, s] is missing among what arrives.": {"ways": (1,)},
        "The step from the state before is missing: log_alpha[t - 1, s - 1].": {"ways": (0,)},
        "The frame's own probability is missing: add log_y[t, states[s]] to what arrives.": {"reads": False},
        "The output is taken at the state's place s; it is states[s] that says which symbol is read: "
        "log_y[t, states[s]].": {"by_place": True},
        "The output is that of the frame before: log_y[t, states[s]], not log_y[t - 1, states[s]].": {"late": 1},
        "The ways are added as logarithms, which multiplies their probabilities. Add the probabilities: "
        "np.logaddexp(a, b).": {"sum_": _summed_logs},
        "You take the likeliest way alone (the best path). The forward variable is the sum over all ways: "
        "np.logaddexp, not max.": {"sum_": np.max},
        "The ways are averaged; their probabilities are summed.": {
            "sum_": lambda values: np.logaddexp.reduce(values) - np.log(len(values))
        },
        "A state is reached from frame t itself: s - 1 must be read in the frame before, log_alpha[t - 1, s - 1].": {
            "same_row": True
        },
        "Those are probabilities; what is asked for are their logarithms, which do not underflow on long sounds.": {
            "linear": True
        },
    }.items()
}
END = {  # alpha (T, S) -> log p; the first is right
    "": lambda a: np.logaddexp(a[-1, -1], a[-1, -2]),
    "log p takes the last blank only. A path may end in the last label as well: add log_alpha[-1, -2].": (
        lambda a: a[-1, -1]
    ),
    "log p takes the last label only. A path may end in the blank behind it as well: add log_alpha[-1, -1].": (
        lambda a: a[-1, -2]
    ),
    "log p sums all states of the last frame; only those in the last label or the last blank have read the whole "
    "target.": lambda a: np.logaddexp.reduce(a[-1]),
    "log p adds the two logarithms, which multiplies the probabilities: np.logaddexp(a, b).": (
        lambda a: a[-1, -1] + a[-1, -2]
    ),
    "That is the loss, -log p; asked is log p.": lambda a: -np.logaddexp(a[-1, -1], a[-1, -2]),
    "That is p; asked is log p.": lambda a: np.exp(np.logaddexp(a[-1, -1], a[-1, -2])),
    "log p is taken from the first frame; it stands at the last, log_alpha[-1].": (
        lambda a: np.logaddexp(a[0, -1], a[0, -2])
    ),
    "log p is summed over frames as well; each frame's alpha holds what came before it already: take the last one.": (
        lambda a: np.logaddexp.reduce(a[:, -2:].ravel())
    ),
    "Your second value is the likeliest state of the last frame; it is the sum of the last two states.": (
        lambda a: a[-1].max()
    ),
}
