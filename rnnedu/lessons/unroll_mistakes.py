"""The mistakes that loops over time are known for: the sentence for each, and how it comes about.

r is the run to compare with: r.x (T, B, D), r.h0 (B, H), r.h (T, B, H) the right states, r.pure the timestep.
"""

import numpy as np


def loop(r, x=None, h0=None, change=None):
    """Return the states stacked, (T, B, H); `change` is done to each state before it is carried on."""
    h, states = (r.h0 if h0 is None else h0), []
    for x_t in r.x if x is None else x:
        h = r.pure(x_t, change(h) if change else h)
        states.append(h)
    return np.stack(states)


def lagged(r):
    """Return the states when each is made from h[t-2]."""
    states = [r.h0, r.h0]
    for x_t in r.x:
        states.append(r.pure(x_t, states[-2]))
    return np.stack(states[2:])


def summed(r):
    """Return the states when each new one is added to the old one."""
    states = [r.h0]
    for x_t in r.x:
        states.append(states[-1] + r.pure(x_t, states[-1]))
    return np.stack(states[1:])


def joined(*parts):
    """Return states under each other in time; a single state (B, H) counts as one timestep."""
    return np.concatenate([part[None] if part.ndim == 2 else part for part in parts])


MISTAKES = {
    "Only the last state is returned; accepted are the states of all timesteps, stacked: (T, B, H).": lambda r: r.h[-1],
    "Only the last state is kept, as (1, B, H): collect every state inside the loop.": lambda r: r.h[-1:],
    "Only the first state is returned: is `return` inside the loop?": lambda r: r.h[0],
    "Only the first state is returned, as (1, B, H): is `return` inside the loop?": lambda r: r.h[:1],
    "The state is not carried: every timestep starts from h0. Hand each h_t to the next call of step.": (
        lambda r: np.stack([r.pure(x_t, r.h0) for x_t in r.x])
    ),
    "The state is not carried: every timestep starts from zeros. Hand each h_t to the next call of step.": (
        lambda r: np.stack([r.pure(x_t, 0 * r.h0) for x_t in r.x])
    ),
    "h0 is included: h has T + 1 rows. h[0] is the state after x[0], not before it.": lambda r: joined(r.h0, r.h),
    "Off by one: h[t] is the state before x[t] (h_prev), not the one after it. Call step first, then store.": (
        lambda r: joined(r.h0, r.h[:-1])
    ),
    "The loop goes backward in time, from the last x_t to the first.": lambda r: loop(r, r.x[::-1]),
    "The loop goes backward in time: h[t] is made from h[t+1], not from h[t-1].": lambda r: loop(r, r.x[::-1])[::-1],
    "The states are stored in reversed order: h[0] is the state of the last timestep.": lambda r: r.h[::-1],
    "The loop starts from zeros instead of h0. Is it h[t-1] with t = 0? That is h[-1], the last row, still zero.": (
        lambda r: loop(r, h0=0 * r.h0)
    ),
    "The last timestep is left out: h has T - 1 rows. Does the range stop one too early?": lambda r: r.h[:-1],
    "The first timestep is left out: h has T - 1 rows. x[0] is never given to step.": lambda r: loop(r, r.x[1:]),
    "The last timestep is left out: h[-1] is still zero. Does the range stop one too early?": (
        lambda r: joined(r.h[:-1], 0 * r.h0)
    ),
    "The first timestep is left out: h[0] is h0, and x[0] is never given to step.": (
        lambda r: joined(r.h0, loop(r, r.x[1:]))
    ),
    "The first timestep is left out: h[0] is still zero, and x[0] is never given to step.": (
        lambda r: joined(0 * r.h0, loop(r, r.x[1:], 0 * r.h0))
    ),
    "All rows of h are the last state: one array is written in place and stored T times. Store a new one each time.": (
        lambda r: np.repeat(r.h[-1:], len(r.h), axis=0)
    ),
    "All rows of h are the first state: step gets the same x[0] and h0 each time.": (
        lambda r: np.repeat(r.h[:1], len(r.h), axis=0)
    ),
    "h is h0, T times: what step returns is not kept.": lambda r: np.repeat(r.h0[None], len(r.h), axis=0),
    "h is zero everywhere: what step returns is not stored.": lambda r: 0 * r.h,
    "The carried state is that of the first sequence, for the whole batch; every sequence has its own.": (
        lambda r: loop(r, change=lambda h: np.repeat(h[:1], len(h), axis=0))
    ),
    "The carried state comes from another sequence of the batch: its rows are reversed.": (
        lambda r: loop(r, change=lambda h: h[::-1])
    ),
    "The carried state comes from another sequence of the batch: its rows are shifted by one.": (
        lambda r: loop(r, change=lambda h: np.roll(h, 1, axis=0))
    ),
    "The carried state comes from another sequence of the batch: its rows are shifted back by one.": (
        lambda r: loop(r, change=lambda h: np.roll(h, -1, axis=0))
    ),
    "The carried state is averaged over the batch; every sequence has its own.": (
        lambda r: loop(r, change=lambda h: np.tile(h.mean(0), (len(h), 1)))
    ),
    "Every timestep reads x[0]: the input does not move on.": lambda r: loop(r, np.repeat(r.x[:1], len(r.x), axis=0)),
    "The input is one timestep late: h[t] reads x[t-1].": lambda r: loop(r, np.roll(r.x, 1, axis=0)),
    "The input is one timestep early: h[t] reads x[t+1].": lambda r: loop(r, np.roll(r.x, -1, axis=0)),
    "The state is carried from two timesteps before: h[t] is made from h[t-2], not from h[t-1].": lagged,
    "step is called twice at every timestep.": lambda r: loop(r, np.repeat(r.x, 2, axis=0))[1::2],
    "The new state is added to the old one; h_t is what step returns, alone.": summed,
    "The states are added up over time; h[t] is the state of t alone.": lambda r: r.h.cumsum(0),
    "The states are stacked along axis 1, as (B, T, H); time comes first: `np.stack(states)`.": (
        lambda r: r.h.swapaxes(0, 1)
    ),
    "The states are stacked along the last axis, as (B, H, T); time comes first: `np.stack(states)`.": (
        lambda r: np.moveaxis(r.h, 0, -1)
    ),
    "The states are joined, as (T*B, H), by concatenate, vstack or extend; append and `np.stack` keep time apart.": (
        lambda r: np.concatenate(list(r.h))
    ),
    "The states are joined side by side, as (B, T*H), by hstack; `np.stack` keeps time apart.": (
        lambda r: np.hstack(list(r.h))
    ),
    "The batch axis is lost: only the first sequence is returned.": lambda r: r.h[:, 0],
    "The inputs x are returned, not the states.": lambda r: r.x,
}


def shapes(T, B, H, D):
    """Return shape -> what such a shape usually comes from, for numbers that no known mistake gives."""
    return {
        (B, H): "that is one state (B, H): is it returned without the others?",
        (T + 1, B, H): "one state too many: is h0 stored too, or step called once more?",
        (T - 1, B, H): "one state too few: is the first or the last timestep left out?",
        (B, T, H): "batch first, (B, T, H); here time comes first",
        (T * B, H): "time and batch are joined in one axis; `np.stack` keeps them apart",
        (T, H): "the batch axis is lost",
        (T, B): "the units are lost: were they summed?",
        (T, B, D): "that is the shape of x; what step returns has H units",
        (D, B, H): "is the loop over the last axis of x? `for x_t in x` goes over time",
    }
