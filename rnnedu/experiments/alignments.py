"""CTC seen whole: the alignments of a word one by one, the lattice that holds them all, and what the blank is for.

Source: Graves, Fernandez, Gomez & Schmidhuber (2006), "Connectionist temporal classification". What is summed here
path by path, `rnnedu.ctc` sums in one sweep; on tiny cases the two agree to rounding.
"""

import numpy as np

from rnnedu import ctc, validate
from rnnedu.functions import log_softmax

MAX_PATHS = 300_000  # of the list of all; the lattice has no such limit
WAYS = 3  # a state is reached from itself, from the one before, and from two before


def all_paths(V, T):
    """Return all V ** T paths of T frames over V symbols, (V ** T, T) integers, the last frame changing fastest.

    Raises ValueError where they are more than MAX_PATHS.
    """
    V, T = validate.integer("V", V, 1), validate.integer("T", T, 1)
    if V**T > MAX_PATHS:
        raise ValueError(f"V ** T is {V} ** {T} = {V**T}; accepted are at most {MAX_PATHS} paths")
    return np.stack(np.unravel_index(np.arange(V**T), (V,) * T), axis=1)


def alignments(target, V, T, blank=0):
    """Return the paths (N, T) that collapse to `target`, found by collapsing every one of all V ** T.

    target : a sequence of labels in 0..V-1 without the blank. Raises as `all_paths` does.

    >>> alignments([1, 2], V=3, T=3).tolist()
    [[0, 1, 2], [1, 0, 2], [1, 1, 2], [1, 2, 0], [1, 2, 2]]
    """
    paths, target = all_paths(V, T), np.asarray(target, dtype=int)
    first = np.pad(paths[:, 1:] != paths[:, :-1], ((0, 0), (1, 0)), constant_values=True)
    kept = first & (paths != blank)  # what the collapse leaves of each
    fits = kept.sum(axis=1) == len(target)
    paths, kept = paths[fits], kept[fits]
    return paths[(paths[kept].reshape(-1, len(target)) == target).all(axis=1)] if len(target) else paths


def brute_force(logits, target, blank=0):
    """Return log p(target), the sum over its alignments one by one; -inf where there is none. logits : (T, V)."""
    logits = validate.array("logits", logits, ("T", "V"), {})
    T, V = logits.shape
    log_y = log_softmax(logits.astype(np.float64))
    each = log_y[np.arange(T), alignments(target, V, T, blank)].sum(axis=1)  # (N,)
    return float(np.logaddexp.reduce(each)) if len(each) else -np.inf


def count(target, T):
    """Return how many alignments over T frames collapse to `target`, an exact int: all their weights are 1.

    >>> count([1, 2], 3), count([1, 1], 3), count([1, 2, 1], 20)
    (5, 1, 100947)
    """
    T = validate.integer("T", T, 1)
    states = [None, *(each for label in target for each in (label, None))]
    ways = [1, 1] + [0] * len(states)
    for _ in range(T - 1):
        ways = [_arriving(ways, states, s) for s in range(len(states))]
    return sum(ways[: len(states)][-2:])


def _arriving(ways, states, s):
    skips = s > 1 and states[s] is not None and states[s] != states[s - 2]
    return ways[s] + (ways[s - 1] if s else 0) + (ways[s - 2] if skips else 0)


def flows(lattice):
    """Return the probability of every step of a Lattice given its target, (T-1, S, 3).

    [t, s, k] is that of the step from state s - k at frame t to state s at frame t+1. Those that lead to s sum to its
    posterior at t+1. All are 0 where the frames are too few for the target.
    """
    T, S = lattice.log_y.shape
    found = np.zeros((T - 1, S, WAYS))
    if lattice.log_p == -np.inf:
        return found
    into = lattice.log_y[1:] + lattice.log_beta[1:] - lattice.log_p
    for k in range(min(WAYS, S)):
        step = lattice.log_alpha[:-1, : S - k] + into[:, k:]
        found[:, k:, k] = np.exp(step) * (lattice.skip[k:] if k == 2 else 1)
    return found


def best_states(lattice):
    """Return the state of every frame (T,) on the most probable single alignment, or None where there is none."""
    if lattice.log_p == -np.inf:
        return None
    T, S = lattice.log_y.shape
    score, came = np.where(np.arange(S) < 2, lattice.log_y[0], -np.inf), np.zeros((T, S), int)
    for t in range(1, T):
        padded = np.append([-np.inf, -np.inf], score)
        ways = np.stack([padded[2:], padded[1:-1], np.where(lattice.skip, padded[:-2], -np.inf)])  # (3, S)
        came[t] = ways.argmax(axis=0)
        score = ways.max(axis=0) + lattice.log_y[t]
    return _back(came, S - 2 + int(score[-2:].argmax()) if S > 1 else 0)


def _back(came, state):
    states = [state]
    for ways in came[:0:-1]:
        states.append(states[-1] - ways[states[-1]])
    return np.array(states[::-1])


def by_symbol(lattice, V):
    """Return the posterior of every symbol (T, V): the sum over the states that read it; a frame's sum is 1."""
    return lattice.posterior @ (lattice.labels[:, None] == np.arange(V))


def without_blank(logits, target, blank=0):
    """Return log p(target) for a network that has no blank: its other outputs share what the blank had.

    Without it every frame must read a letter, a path is collapsed by merging repeats only, and a target with two equal
    labels in a row has no alignment at all: -inf. logits : (T, V), of which the column `blank` is left out.
    """
    logits = validate.array("logits", logits, ("T", "V"), {})
    target = np.asarray(target, dtype=int)
    if len(target) == 0 or len(target) > len(logits) or (target[1:] == target[:-1]).any():
        return -np.inf
    rest = np.delete(logits.astype(np.float64), blank, axis=1)
    log_y = log_softmax(rest)[:, target - (target > blank)]  # (T, L)
    alpha = np.where(np.arange(len(target)) == 0, log_y[0], -np.inf)
    for frame in log_y[1:]:
        alpha = np.logaddexp(alpha, np.append(-np.inf, alpha[:-1])) + frame
    return float(alpha[-1])


def merged(path):
    """Return what a path stands for where there is no blank, a tuple: repeats become one, and nothing else is done."""
    return ctc.collapse(path, blank=max(path, default=0) + 1)


def spoken(target, V, T, *, confidence=4.0, noise=0.5, seed=0, blank=0):
    """Return made-up logits (T, V) float64 of a network that has heard `target`: each label is a bump in its turn.

    confidence : height of the bumps above the other labels; the blank is half as high throughout. noise : standard
    deviation of what is added to all. For teaching: a lattice to look at without training anything.
    """
    confidence, noise = validate.number("confidence", confidence, 0), validate.number("noise", noise, 0)
    rng = np.random.default_rng(validate.integer("seed", seed, 0))
    logits = noise * rng.standard_normal((T, V))
    logits[:, blank] += 0.5 * confidence
    room = T / max(len(target), 1)
    for place, label in enumerate(target):
        away = (np.arange(T) + 0.5 - (place + 0.5) * room) / (0.25 * room)
        logits[:, label] += confidence * np.exp(-0.5 * away**2)
    return logits
