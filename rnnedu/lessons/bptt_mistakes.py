"""The mistakes that loops back over time are known for: the sentence for each, and how it comes about.

r is the run to compare with: r.dh_loss (T, B, H), r.x (T, B, D), r.h (T, B, H), r.h0 (B, H), and r.pure, the way back
through one timestep. A mistake gives the five gradients in the order dx, dh0, dW_x, dW_h, db.
"""

import numpy as np


def back(r, times=None, dh_t=None, x_t=None, h_prev=None, later=None, weights=None):
    """Return the five gradients of a loop over `times`, the last first; a function stands for what is done otherwise.

    dh_t(t, dh_later) : what is given to the step. x_t(t), h_prev(t) : likewise. later(dh_later, back, dh_t) : what is
    carried. weights(list of the steps' gradients of one weight, the last timestep first) : how they are put together.
    """
    T, carried, dx, shares = len(r.x), np.zeros_like(r.h0), np.zeros_like(r.x), []
    for t in reversed(range(T)) if times is None else times:
        given = dh_t(t, carried) if dh_t else r.dh_loss[t] + carried
        before = h_prev(t) if h_prev else previous(r, t)
        dx[t], dh_prev, *share = r.pure(given, x_t(t) if x_t else r.x[t], before, r.h[t])
        carried = later(carried, dh_prev, given) if later else dh_prev
        shares.append(share)
    return (dx, carried, *((weights or sum)(list(each)) for each in zip(*shares, strict=True)))


def previous(r, t):
    """Return h_(t-1) of timestep t, counted from 0."""
    return r.h[t - 1] if t else r.h0


def _only(*positions):
    """Return a mistake: of the weights at these positions only the last share is kept."""

    def mistake(r):
        right, last = back(r), back(r, weights=lambda shares: shares[-1])
        return tuple(last[n] if n in positions else right[n] for n in range(5))

    return mistake


def _instead(position, value):
    """Return a mistake: one of the five is value(r, right)."""

    def mistake(r):
        right = back(r)
        return tuple(value(r, right) if n == position else right[n] for n in range(5))

    return mistake


def _before_first(r):
    return back(r, h_prev=lambda t: r.h[t - 1])


MISTAKES = {
    "Your gradients are right at the last step and wrong before: is dh carried back? Each step gets dh_loss[t] plus "
    "the dh_prev that step t+1 gave.": lambda r: back(r, dh_t=lambda t, _: r.dh_loss[t]),
    "Two things are forgotten: what the step at t+1 gave back is not used at t, and of each weight's gradient only one "
    "timestep's share is left.": (
        lambda r: back(r, dh_t=lambda t, _: r.dh_loss[t], weights=lambda shares: shares[-1])
    ),
    "Only the loss of the last timestep is sent back: each step adds its own, dh_loss[t], to what is carried.": (
        lambda r: back(r, dh_t=lambda t, later: r.dh_loss[t] if t == len(r.x) - 1 else later)
    ),
    "The loss's own gradient is never read: each step adds dh_loss[t] to what is carried.": (
        lambda r: back(r, dh_t=lambda _, later: later)
    ),
    "dh_loss[-1] is counted twice: what is carried begins with zeros, and the last step adds its own.": (
        lambda r: back(r, dh_t=lambda t, later: r.dh_loss[t] + (later if t < len(r.x) - 1 else r.dh_loss[t]))
    ),
    "The loop goes forward in time; a gradient goes from the last timestep to the first, reversed(range(T)).": (
        lambda r: back(r, times=range(len(r.x)))
    ),
    "dW_x, dW_h and db are those of the first timestep alone: = stands where += belongs.": _only(2, 3, 4),
    "dW_x is that of the first timestep alone: = stands where += belongs.": _only(2),
    "dW_h is that of the first timestep alone: = stands where += belongs.": _only(3),
    "db is that of the first timestep alone: = stands where += belongs.": _only(4),
    "dW_x, dW_h and db are those of the last timestep alone: add the share of every timestep.": (
        lambda r: back(r, weights=lambda shares: shares[0])
    ),
    "dW_x, dW_h and db are averages over time; they are sums: every timestep uses the same weights.": (
        lambda r: back(r, weights=lambda shares: sum(shares) / len(shares))
    ),
    "h_t stands where h_(t-1) belongs: step_back gets h[t-1] as h_prev, and h0 at t = 0.": (
        lambda r: back(r, h_prev=lambda t: r.h[t])
    ),
    "At t = 0 step_back gets h[-1], which is the last state; before the first timestep comes h0.": _before_first,
    "At t = 0 step_back gets zeros as h_prev; before the first timestep comes h0.": (
        lambda r: back(r, h_prev=lambda t: previous(r, t) if t else 0 * r.h0)
    ),
    "Every step gets h0 as h_prev; it is h[t-1].": lambda r: back(r, h_prev=lambda _: r.h0),
    "The inputs are one timestep late: step t reads x[t], not x[t-1].": lambda r: back(r, x_t=lambda t: r.x[t - 1]),
    "The gradients of the loss are one timestep late: step t gets dh_loss[t], not dh_loss[t-1].": (
        lambda r: back(r, dh_t=lambda t, later: r.dh_loss[t - 1] + later)
    ),
    "The gradients of the loss are in the other order: step t gets dh_loss[t].": (
        lambda r: back(r, dh_t=lambda t, later: r.dh_loss[-1 - t] + later)
    ),
    "What is carried is summed up: the next step back gets the last dh_prev alone (= for dh, += for the weights).": (
        lambda r: back(r, later=lambda carried, dh_prev, _: carried + dh_prev)
    ),
    "dh_t is carried as it is: what goes to the step before is dh_prev, behind tanh and W_h.": (
        lambda r: back(r, later=lambda _, __, dh_t: dh_t)
    ),
    "dx is in reversed order: it was collected on the way back, so turn it round, dx[::-1].": (
        _instead(0, lambda _, right: right[0][::-1])
    ),
    "dx is the gradient of the first input alone; accepted are those of all timesteps, (T, B, D).": (
        _instead(0, lambda _, right: right[0][0])
    ),
    "dx is added up over time; each timestep has its own, (T, B, D).": _instead(0, lambda _, right: right[0].sum(0)),
    "dh0 is zero: it is the dh_prev of the first timestep.": _instead(1, lambda r, _: 0 * r.h0),
    "dh0 is the gradient at h[0], before the first step; go one further: it is that step's dh_prev.": (
        _instead(1, lambda r, _: r.dh_loss[0] + back(r, times=reversed(range(1, len(r.x))))[1])
    ),
    "The first timestep is left out: the loop must reach t = 0.": (
        lambda r: back(r, times=reversed(range(1, len(r.x))))
    ),
    "The last timestep is left out: the loop must begin at T - 1.": lambda r: back(
        r, times=reversed(range(len(r.x) - 1))
    ),
}
