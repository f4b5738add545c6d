"""Alignments one by one against the CTC loss, its lattice against enumeration, and what is lost without the blank."""

import itertools
import math

import numpy as np
import pytest

from rnnedu import ctc
from rnnedu.experiments import alignments as al

TINY = [(4, 3, 0), (5, 3, 1), (4, 4, 3), (1, 3, 0), (6, 3, 2)]  # T, V, blank


def logits_of(T, V, seed=0):
    return 2.0 * np.random.default_rng(seed).standard_normal((T, V))


def targets(V, blank, longest=3):
    labels = [label for label in range(V) if label != blank]
    return [list(t) for n in range(longest + 1) for t in itertools.product(labels, repeat=n)]


@pytest.mark.parametrize(("T", "V", "blank"), TINY)
def test_the_sum_over_all_alignments_is_the_loss(T, V, blank):
    logits = logits_of(T, V)
    for target in targets(V, blank):
        value = ctc.loss(logits[:, None], [target], blank=blank)[0][0]
        assert -al.brute_force(logits, target, blank) == pytest.approx(value, abs=1e-12), target


@pytest.mark.parametrize(("T", "V", "blank"), TINY)
def test_the_count_is_that_of_the_list(T, V, blank):
    for target in targets(V, blank):
        found = al.alignments(target, V, T, blank)
        assert len(found) == al.count(target, T), target
        assert all(ctc.collapse(path, blank) == tuple(target) for path in found)


def test_the_count_has_a_closed_form_and_no_limit():
    assert al.count(range(1, 6), 200) == math.comb(205, 10)  # L different labels: C(T + L, 2 L)
    assert al.count([1, 1, 1], 5) == 1


@pytest.mark.parametrize("target", [[1, 2], [1, 1], [2, 1, 2], [1], []])
def test_the_lattice_is_what_the_listed_paths_say(target):
    T, V = 5, 3
    logits = logits_of(T, V, seed=1)
    lattice = ctc.lattice(logits, target)
    paths = al.alignments(target, V, T)
    log_y = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    weight = np.exp(log_y[np.arange(T), paths].sum(axis=1))
    share = weight / weight.sum()
    listed = (share[:, None, None] * (paths[:, :, None] == np.arange(V))).sum(axis=0)
    np.testing.assert_allclose(al.by_symbol(lattice, V), listed, atol=1e-12)
    best = al.best_states(lattice)
    assert lattice.labels[best].tolist() == paths[weight.argmax()].tolist()


@pytest.mark.parametrize("target", [[1, 2], [1, 1], [2, 1, 2], []])
def test_steps_flow_from_posterior_to_posterior(target):
    lattice = ctc.lattice(logits_of(6, 4), target)
    flows = al.flows(lattice)
    S = len(lattice.labels)
    np.testing.assert_allclose(flows.sum(axis=2), lattice.posterior[1:], atol=1e-12)
    leaving = sum(np.pad(flows[:, k:, k], ((0, 0), (0, k)))[:, :S] for k in range(min(3, S)))
    np.testing.assert_allclose(leaving, lattice.posterior[:-1], atol=1e-12)


def test_too_few_frames_have_no_alignment():
    logits = logits_of(2, 3)
    lattice = ctc.lattice(logits, [1, 1])
    assert al.brute_force(logits, [1, 1]) == -np.inf
    assert al.count([1, 1], 2) == 0
    assert al.best_states(lattice) is None
    assert not al.flows(lattice).any()
    assert al.count([], 3) == 1


@pytest.mark.parametrize(("T", "V", "blank"), [(5, 4, 0), (4, 3, 2), (4, 4, 1)])
def test_without_the_blank_paths_only_merge(T, V, blank):
    logits = logits_of(T, V)
    rest = np.delete(logits, blank, axis=1)
    names = [label for label in range(V) if label != blank]
    log_y = rest - np.logaddexp.reduce(rest, axis=1, keepdims=True)
    total = {}
    for path in al.all_paths(V - 1, T):
        read = al.merged([names[k] for k in path])
        total[read] = np.logaddexp(total.get(read, -np.inf), log_y[np.arange(T), path].sum())
    for target in targets(V, blank):
        assert al.without_blank(logits, target, blank) == pytest.approx(total.get(tuple(target), -np.inf)), target
    assert al.without_blank(logits, [names[0]] * 2, blank) == -np.inf


def test_merging_alone_loses_what_is_said_twice():
    path = [3, 3, 0, 1, 0, 1, 1]
    assert ctc.collapse(path) == (3, 1, 1)
    assert al.merged([label for label in path if label]) == (3, 1)
    assert al.merged([]) == ()


def test_what_was_spoken_is_read():
    target = [2, 1, 1, 3]
    logits = al.spoken(target, 5, 16, confidence=8.0)
    assert ctc.greedy(logits[:, None])[0] == tuple(target)
    assert (al.spoken(target, 5, 16, seed=1) != al.spoken(target, 5, 16, seed=2)).all()
    assert not al.spoken([], 3, 4, confidence=0, noise=0).any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: al.all_paths(10, 6), r"V \*\* T is 10 \*\* 6 = 1000000; accepted are at most 300000 paths"),
        (lambda: al.all_paths(0, 6), "V is 0"),
        (lambda: al.count([1], 0), "T is 0"),
        (lambda: al.brute_force(np.zeros(3), [1]), r"logits has shape \(3,\)"),
        (lambda: al.without_blank(np.zeros((2, 2)) * np.nan, [1]), "logits holds nan"),
        (lambda: al.spoken([1], 2, 3, confidence=-1), "confidence is -1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
