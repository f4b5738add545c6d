"""CTC against brute force over all alignments, numerical gradients and PyTorch; decoding against exhaustive search."""

import itertools
import types
from pathlib import Path

import numpy as np
import pytest

from rnnedu import ctc, gradcheck

GOLDEN = np.load(Path(__file__).parent / "golden" / "ctc.npz")
SOURCE = Path(ctc.__file__).with_name("loss.py").read_text(encoding="utf-8")
TINY = [(4, 3, 0), (5, 3, 1), (4, 4, 3), (1, 3, 0), (3, 2, 1), (2, 1, 0)]  # T, V, blank


def random_logits(*shape, scale=2.0, seed=0):
    return scale * np.random.default_rng(seed).standard_normal(shape)


def all_alignments(logits, blank):
    """Return labelling -> log probability, and labelling -> log probability of its best alignment, for (T, V)."""
    T, V = logits.shape
    log_y = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    total, best = {}, {}
    for path in itertools.product(range(V), repeat=T):
        labels = tuple(k for k, _ in itertools.groupby(path) if k != blank)
        log_p = log_y[np.arange(T), path].sum()
        total[labels] = np.logaddexp(total.get(labels, -np.inf), log_p)
        best[labels] = max(best.get(labels, -np.inf), log_p)
    return total, best


# --- the loss ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("T", "V", "blank"), TINY)
def test_the_loss_is_the_sum_over_all_alignments(T, V, blank):
    logits = random_logits(T, V)
    total, _ = all_alignments(logits, blank)
    targets = list(total)
    batch = np.repeat(logits[:, None], len(targets), axis=1)
    values, _ = ctc.loss(batch, targets, blank=blank)
    np.testing.assert_allclose(values, [-total[labels] for labels in targets], atol=1e-12)
    assert np.exp(-values).sum() == pytest.approx(1)  # every alignment belongs to exactly one labelling


BATCH = {
    "targets": [[0, 0], [3, 1, 3], [], [1], [0, 1, 1]],
    "input_lengths": [6, 5, 4, 1, 4],
    "blank": 2,
}


def gradient_report(loss):
    logits = random_logits(6, 5, 4)
    weights = random_logits(5, seed=1)
    _, gradient = loss(logits, **BATCH)
    scalar = lambda logits: (weights * loss(logits, **BATCH)[0]).sum()  # noqa: E731
    return gradcheck.compare(scalar, {"logits": logits}, {"logits": gradient * weights[:, None]})


def test_the_gradient_is_the_numerical_one():
    report = gradient_report(ctc.loss)
    assert report.ok, str(report)


@pytest.mark.parametrize("name", ["mixed", "last", "sharp", "long"])
@pytest.mark.parametrize("as_list", [False, True])
def test_values_and_gradients_are_those_of_pytorch(name, as_list):
    case = {key.removeprefix(f"{name}_"): GOLDEN[key] for key in GOLDEN.files if key.startswith(f"{name}_")}
    values, gradient, blank = case.pop("values"), case.pop("gradient"), int(case.pop("blank"))
    if as_list:
        sizes = case.pop("target_lengths")
        case["targets"] = [row[:size].tolist() for row, size in zip(case["targets"], sizes, strict=True)]
    ours, slopes = ctc.loss(**case, blank=blank)
    np.testing.assert_allclose(ours, values, rtol=1e-13, atol=1e-10)  # inf where PyTorch has inf
    np.testing.assert_allclose(slopes, gradient, atol=1e-10)
    zeroed, same = ctc.loss(**case, blank=blank, zero_infinity=True)
    assert (zeroed == np.where(np.isinf(values), 0, ours)).all()
    assert (same == slopes).all()


def test_the_golden_arrays_hold_what_they_are_for():
    assert np.isinf(GOLDEN["mixed_values"]).tolist() == [False, False, False, True, True, False]
    assert 0 in GOLDEN["mixed_target_lengths"]
    assert len(set(GOLDEN["mixed_input_lengths"])) > 3
    assert GOLDEN["versions"][0].startswith("torch ")


def test_a_target_that_does_not_fit_is_infinite_and_moves_nothing():
    logits = random_logits(3, 2, 3)
    values, gradient = ctc.loss(logits, [[1, 1], [1, 1, 2]])  # 1 1 2 needs a blank between the ones: 4 frames
    assert np.isfinite(values[0])
    assert values[1] == np.inf
    assert (gradient[:, 1] == 0).all()
    assert gradient[:, 0].any()


def test_float32_stays_and_is_as_good_as_float64():
    logits = random_logits(50, 3, 6).astype(np.float32)
    targets = [[1, 2, 2], [], [5, 4, 3, 2, 1]]
    values, gradient = ctc.loss(logits, targets)
    wide, slopes = ctc.loss(logits.astype(np.float64), targets)
    assert values.dtype == gradient.dtype == np.float32
    np.testing.assert_array_equal(values, wide.astype(np.float32))
    np.testing.assert_array_equal(gradient, slopes.astype(np.float32))


def test_batch_first_memory_and_arrays_that_may_not_be_written():
    logits = random_logits(2, 7, 4).transpose(1, 0, 2)
    logits.flags.writeable = False
    values, gradient = ctc.loss(logits, [[1], [2, 2]])
    packed, slopes = ctc.loss(logits.copy(order="C"), np.array([[1, -1], [2, 2]]), target_lengths=[1, 2])
    np.testing.assert_array_equal(values, packed)
    np.testing.assert_array_equal(gradient, slopes)


def test_frames_behind_the_length_do_not_count():
    logits = random_logits(7, 2, 4)
    values, gradient = ctc.loss(logits, [[1], [2, 2]], input_lengths=[4, 7])
    alone, slopes = ctc.loss(logits[:4, :1], [[1]])
    assert values[0] == alone[0]
    np.testing.assert_array_equal(gradient[:4, 0], slopes[:, 0])
    assert (gradient[4:, 0] == 0).all()


@pytest.mark.parametrize("top", [1500.0, 1e6, 1e300, np.finfo(np.float64).max])
def test_saturated_logits_give_finite_numbers(top):
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (40, 3, 5))
    with np.errstate(all="raise"):
        values, gradient = ctc.loss(signs * top, [[1, 2, 2, 3], [], [4] * 20])
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert np.isfinite(gradient).all()
    assert np.abs(gradient).max() <= 1
    np.testing.assert_allclose(gradient.sum(axis=2), 0, atol=1e-12)


def test_a_wrong_frame_at_1500_costs_what_it_says():
    logits = np.full((3, 1, 2), -1500.0)
    logits[:, :, 0] = 1500  # the blank; the label must be said at one of three frames
    values, gradient = ctc.loss(logits, [[1]])
    assert values[0] == pytest.approx(3000 - np.log(3), rel=1e-12)
    np.testing.assert_allclose(gradient[:, 0], [[1 / 3, -1 / 3]] * 3, atol=1e-9)


def test_saturated_float32():
    logits = np.full((2, 1, 3), np.finfo(np.float32).max)
    logits[:, :, 1] *= -1
    with np.errstate(all="raise"):
        values, gradient = ctc.loss(logits, [[1, 2]])
    assert not np.isnan(values).any()
    assert np.isfinite(gradient).all()


def test_ten_thousand_frames():
    values, gradient = ctc.loss(random_logits(10_000, 1, 4, scale=1.0), [[1, 2, 3]])
    assert np.isfinite(values).all()
    assert np.isfinite(gradient).all()


# --- injected mistakes ---------------------------------------------------------------------------------------------

TO_SYMBOLS = "gradient -= np.matmul(paths.posterior().transpose(1, 0, 2), symbol).transpose(1, 0, 2)"
NOT_ADDED = (
    "gradient[np.arange(len(log_y))[:, None, None], np.arange(len(symbol))[:, None], paths.labels] -= paths.posterior()"
)
MISTAKES = {
    "repeated labels may skip the blank": ("labels[:, 1:] != labels[:, :-1]  #", "True  #"),
    "no label may skip the blank": ("labels[:, 1:] != labels[:, :-1]  #", "False  #"),
    "the blank is always 0": ("np.full((B, 2 * L + 1), blank)", "np.full((B, 2 * L + 1), 0)"),
    "must begin with a blank": ("alpha[0, :, 2:4] = log_y[0, :, :2]", "alpha[0, :, 2:3] = log_y[0, :, :1]"),
    "must end with a blank": ("(behind == 0) | (behind == 1)", "behind == 0"),
    "an end per batch, not per sequence": ("behind = 2 * sizes[:, None]", "behind = 2 * sizes.max()"),
    "forward: lengths forgotten": ("alpha[lengths - 1,", "alpha[-1 - 0 * lengths,"),
    "backward: lengths forgotten": ("t + 1 < lengths[:, None]", "t + 1 < T"),
    "gradient: lengths forgotten": ("[:, None] < self.lengths) &", "[:, None] < len(self.alpha)) &"),
    "backward: the frame itself": ("np.add(beta[t + 1], log_y[t + 1]", "np.add(beta[t + 1], log_y[t]"),
    "backward: skips from the wrong state": ("leaving[:, :-2] = skip[:, 2:]", "leaving[:] = skip"),
    "gradient: the sign": (TO_SYMBOLS, TO_SYMBOLS.replace("-=", "+=")),
    "gradient: states of one symbol not added": (TO_SYMBOLS, NOT_ADDED),
    "gradient: alpha alone": ("joint = self.alpha + self.beta", "joint = self.alpha.copy()"),
    "an impossible target has a value": ("np.where(paths.possible, -paths.log_p,", "np.where(True, -paths.log_p,"),
}


def is_right(loss):
    """Return whether the batch has the right values, by brute force, and the right gradient."""
    logits = random_logits(6, 5, 4)
    values, _ = loss(logits, **BATCH)
    right = [all_alignments(logits[:n, b], 2)[0][tuple(BATCH["targets"][b])] for b, n in enumerate([6, 5, 4, 1, 4])]
    impossible, _ = loss(logits, [[0] * 4] * 5, blank=2)
    return np.allclose(values, -np.array(right)) and np.isinf(impossible).all() and gradient_report(loss).ok


def loss_of(source):
    module = types.ModuleType("mutant")
    exec(compile(source, "mutant", "exec"), vars(module))
    return module.loss


def test_the_check_passes_what_is_right():
    assert is_right(loss_of(SOURCE))


@pytest.mark.parametrize("title", MISTAKES)
def test_a_mistake_is_noticed(title):
    right, wrong = MISTAKES[title]
    assert SOURCE.count(right) == 1
    assert not is_right(loss_of(SOURCE.replace(right, wrong)))


# --- the lattice ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [[1, 1, 2], [2], []])
def test_the_lattice_holds_at_every_frame(target):
    logits = random_logits(6, 4)
    lattice = ctc.lattice(logits, target)
    values, gradient = ctc.loss(logits[:, None], [target])
    assert lattice.log_p == -values[0]
    through = np.logaddexp.reduce(lattice.log_alpha + lattice.log_beta, axis=1)
    np.testing.assert_allclose(through, lattice.log_p, atol=1e-12)
    np.testing.assert_allclose(lattice.posterior.sum(axis=1), 1)
    np.testing.assert_allclose(lattice.posterior, np.exp(lattice.log_alpha + lattice.log_beta - lattice.log_p))
    read = np.zeros_like(logits)
    np.add.at(read, (slice(None), lattice.labels), lattice.posterior)
    y = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    np.testing.assert_allclose(y - read, gradient[:, 0], atol=1e-12)


def test_the_lattice_shows_where_no_way_leads():
    lattice = ctc.lattice(random_logits(5, 4), [1, 1, 2], blank=3)
    assert lattice.labels.tolist() == [3, 1, 3, 1, 3, 2, 3]
    assert lattice.skip.tolist() == [False, False, False, False, False, True, False]
    assert np.isfinite(lattice.log_alpha[0]).tolist() == [True, True] + [False] * 5
    assert np.isfinite(lattice.log_beta[-1]).tolist() == [False] * 5 + [True, True]
    assert (lattice.posterior[~np.isfinite(lattice.log_alpha + lattice.log_beta)] == 0).all()
    assert lattice.log_y.shape == lattice.posterior.shape == (5, 7)


def test_the_lattice_of_an_impossible_target():
    lattice = ctc.lattice(random_logits(2, 3), [1, 1])
    assert lattice.log_p == -np.inf
    assert (lattice.posterior == 0).all()


# --- decoding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "blank", "labels"),
    [
        ([0, 1, 1, 0, 1, 2, 2, 0], 0, (1, 1, 2)),
        ([1, 1, 1], 0, (1,)),
        ([0, 0], 0, ()),
        ([], 0, ()),
        ([2, 0, 0, 2, 0], 2, (0, 0)),
        (np.array([3, 3, 1]), 7, (3, 1)),
    ],
)
def test_collapse(path, blank, labels):
    assert ctc.collapse(path, blank) == labels


def test_greedy_reads_the_best_path_up_to_the_length():
    logits = np.full((6, 2, 3), -1.0)
    for t, symbols in enumerate([(1, 2), (1, 2), (0, 1), (1, 1), (2, 0), (2, 2)]):
        logits[t, [0, 1], symbols] = 5
    assert ctc.greedy(logits) == [(1, 1, 2), (2, 1, 2)]
    assert ctc.greedy(logits, input_lengths=[6, 4]) == [(1, 1, 2), (2, 1)]
    assert ctc.greedy(logits, blank=2)[1] == (1, 0)


@pytest.mark.parametrize(("T", "V", "blank"), TINY)
def test_a_wide_beam_is_exact(T, V, blank):
    logits = random_logits(T, V)
    total, _ = all_alignments(logits, blank)
    found = ctc.beam(logits[:, None], width=10_000, blank=blank)[0]
    assert [h.labels for h in found] == sorted(total, key=total.get, reverse=True)
    np.testing.assert_allclose([h.log_p for h in found], [total[h.labels] for h in found], atol=1e-12)
    assert all(h.score == h.log_p for h in found)


def test_the_beam_finds_what_the_best_path_misses():
    """The textbook case: blank blank is the best path (.36), but the three alignments of the label add up to .64."""
    logits = np.log([[[0.6, 0.4]], [[0.6, 0.4]]])
    assert ctc.greedy(logits) == [()]
    best, second = ctc.beam(logits)[0]
    assert best.labels == (1,)
    assert np.exp([best.log_p, second.log_p]) == pytest.approx([0.64, 0.36])


def test_a_narrow_beam_is_a_lower_bound_and_keeps_its_width():
    logits = random_logits(8, 3, 4, scale=1.0)
    for b, found in enumerate(ctc.beam(logits, width=3, input_lengths=[8, 5, 1])):
        length = [8, 5, 1][b]
        exact, _ = ctc.loss(logits[:length, [b] * len(found)], [h.labels for h in found])
        assert len(found) == 3
        assert all(h.log_p <= -value + 1e-12 for h, value in zip(found, exact, strict=True))
        assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)


def test_a_bonus_ranks_and_forbids():
    logits = random_logits(5, 3)
    total, _ = all_alignments(logits, 0)
    bonus = lambda prefix: -np.inf if prefix[:1] == (2,) else 1.5 * len(prefix)  # noqa: E731
    found = ctc.beam(logits[:, None], width=10_000, bonus=bonus)[0]
    scores = {labels: log_p + bonus(labels) for labels, log_p in total.items() if labels[:1] != (2,)}
    assert [h.labels for h in found] == sorted(scores, key=scores.get, reverse=True)
    np.testing.assert_allclose([h.score for h in found], [scores[h.labels] for h in found], atol=1e-12)
    np.testing.assert_allclose([h.log_p for h in found], [total[h.labels] for h in found], atol=1e-12)


def test_a_bonus_is_asked_once_a_prefix():
    asked = []
    ctc.beam(random_logits(6, 1, 3), width=4, bonus=lambda prefix: asked.append(prefix) or 0)
    assert len(asked) == len(set(asked)) > 4


WORDS = [(1,), (2, 1), (1, 1), (2, 2, 1)]


@pytest.mark.parametrize("T", [1, 2, 5])
def test_the_best_word_is_that_of_brute_force(T):
    logits = random_logits(T, 3, seed=T)
    total, _ = all_alignments(logits, 0)
    best, scores = ctc.word(logits[:, None], WORDS)
    right = [total.get(word, -np.inf) for word in WORDS]
    np.testing.assert_allclose(scores, [right], atol=1e-12)
    assert best.tolist() == [np.argmax(right)]


def test_words_of_a_batch_with_lengths():
    logits = random_logits(6, 2, 3)
    best, scores = ctc.word(logits, [(1, 1, 2), (2, 2)], input_lengths=[6, 2])
    assert (best[1], scores[1].tolist()) == (-1, [-np.inf, -np.inf])  # both need three frames or more
    alone, _ = ctc.loss(logits[:, :1], [(1, 1, 2)])
    assert scores[0, 0] == pytest.approx(-alone[0])


def strings(T, separator):
    """Yield the labels of every string of at most T words, with the indices of the words."""
    for n in range(T + 1):
        for words in itertools.product(range(len(WORDS)), repeat=n):
            parts = [(separator,) * (separator is not None and i > 0) + WORDS[w] for i, w in enumerate(words)]
            yield tuple(itertools.chain(*parts)), words


@pytest.mark.parametrize("separator", [None, 3])
@pytest.mark.parametrize("seed", range(6))
def test_the_best_string_of_words_is_that_of_brute_force(separator, seed):
    T = 6
    logits = random_logits(T, 4, seed=seed, scale=3.0)
    _, best = all_alignments(logits, 0)
    right = max(best.get(labels, -np.inf) for labels, _ in strings(T, separator))
    found = ctc.lexicon(logits[:, None], WORDS, separator=separator)[0]
    assert found.log_p == pytest.approx(right, abs=1e-12)
    assert best[found.labels] == pytest.approx(right, abs=1e-12)
    assert (found.labels, found.words) in list(strings(T, separator))


def said(*symbols, V=4):
    logits = np.zeros((len(symbols), 1, V))
    logits[np.arange(len(symbols)), 0, symbols] = 9
    return logits


@pytest.mark.parametrize(
    ("symbols", "separator", "words"),
    [
        ((0, 0), None, ()),
        ((0, 0), 3, ()),
        ((2, 1, 2, 2, 1), None, (1, 1)),
        ((2, 1, 0, 1), None, (1, 0)),
        ((2, 0, 2, 1, 1), None, (3,)),
        ((1, 3, 1), 3, (0, 0)),
        ((0, 1, 0, 3, 0, 2, 1, 0), 3, (0, 1)),
        ((3, 0, 1, 3), 3, (0,)),  # neither a leading nor a trailing separator can be said
    ],
)
def test_strings_of_words(symbols, separator, words):
    assert ctc.lexicon(said(*symbols), WORDS, separator=separator)[0].words == words


def test_strings_of_a_batch_with_lengths():
    logits = np.concatenate([said(2, 1, 0, 1), said(1, 0, 2, 1)], axis=1)
    found = ctc.lexicon(logits, WORDS, input_lengths=[4, 1])
    assert [string.words for string in found] == [(1, 0), (0,)]


@pytest.mark.parametrize("top", [1500.0, np.finfo(np.float64).max])
def test_decoding_saturated_logits(top):
    logits = np.random.default_rng(0).choice([-top, top], (12, 2, 4))
    assert len(ctc.greedy(logits)) == 2
    assert all(np.isfinite(h.log_p) for found in ctc.beam(logits, width=5) for h in found)
    assert np.isfinite(ctc.word(logits, WORDS)[1]).all()
    assert all(np.isfinite(found.log_p) for found in ctc.lexicon(logits, WORDS, separator=3))


# --- what comes in wrong -------------------------------------------------------------------------------------------

X = random_logits(5, 2, 4)
OK = [[1], [2]]
BAD = [
    (ctc.loss, (X[0], OK), {}, ValueError, "logits has shape (2, 4); accepted is (T, B, V)"),
    (ctc.loss, (X[:0], OK), {}, ValueError, "logits has shape (0, 2, 4)"),
    (ctc.loss, (X.astype(int), OK), {}, TypeError, "logits has dtype int64"),
    (ctc.loss, (np.full_like(X, np.nan), OK), {}, ValueError, "logits holds nan at index (0, 0, 0)"),
    (ctc.loss, (X, OK[:1]), {}, ValueError, "targets has 1 sequences; accepted is one for each of the batch, B = 2"),
    (ctc.loss, (X, "ab"), {}, TypeError, "targets is a str; accepted is a list of label sequences"),
    (ctc.loss, (X, [[1], [4]]), {}, ValueError, "targets[1] holds 4 at index 0; accepted is 0..3 without blank = 0"),
    (ctc.loss, (X, [[1], [2, -1]]), {}, ValueError, "targets[1] holds -1 at index 1"),
    (ctc.loss, (X, [[1, 0], []]), {}, ValueError, "targets[0] holds 0 at index 1"),
    (ctc.loss, (X, [[1], [3]]), {"blank": 3}, ValueError, "without blank = 3"),
    (ctc.loss, (X, [[1], [2.0]]), {}, TypeError, "targets[1] has dtype float64; accepted are integers"),
    (ctc.loss, (X, [[1], [True]]), {}, TypeError, "targets[1] has dtype bool"),
    (ctc.loss, (X, [[1], 2]), {}, ValueError, "targets[1] has shape ()"),
    (ctc.loss, (X, [[1], [[1], [1, 2]]]), {}, ValueError, "targets[1] is not a rectangular array"),
    (ctc.loss, (X, np.array([1, 2])), {}, ValueError, "targets has shape (2,)"),
    (ctc.loss, (X, np.array([[1.0], [2.0]])), {}, TypeError, "targets has dtype float64"),
    (ctc.loss, (X, OK), {"target_lengths": [1, 1]}, TypeError, "target_lengths is given with a list"),
    (ctc.loss, (X, np.array(OK)), {"target_lengths": [1, 2]}, ValueError, "target_lengths holds 2 at index 1"),
    (ctc.loss, (X, np.ma.masked_equal([[1], [9]], 9)), {}, ValueError, "targets has masked entries"),
    (ctc.loss, (X, np.array(OK)), {"target_lengths": [1]}, ValueError, "target_lengths has shape (1,)"),
    (ctc.loss, (X, OK), {"input_lengths": [0, 5]}, ValueError, "input_lengths holds 0 at index 0; accepted are"),
    (ctc.loss, (X, OK), {"input_lengths": [5, 6]}, ValueError, "input_lengths holds 6 at index 1"),
    (ctc.loss, (X, OK), {"input_lengths": [5.0, 5.0]}, TypeError, "input_lengths has dtype float64"),
    (ctc.loss, (X, OK), {"input_lengths": 5}, ValueError, "input_lengths has shape ()"),
    (ctc.loss, (X, OK), {"blank": 4}, ValueError, "blank is 4; accepted is an integer from 0 to 3"),
    (ctc.loss, (X, OK), {"blank": True}, TypeError, "blank is True"),
    (ctc.loss, (X, OK), {"zero_infinity": 1}, ValueError, "zero_infinity is 1"),
    (ctc.lattice, (X, [1]), {}, ValueError, "logits has shape (5, 2, 4); accepted is (T, V)"),
    (ctc.lattice, (X[:, 0], [9]), {}, ValueError, "target holds 9 at index 0"),
    (ctc.collapse, ([[1]],), {}, ValueError, "path has shape (1, 1)"),
    (ctc.collapse, ([1.0],), {}, TypeError, "path has dtype float64"),
    (ctc.collapse, ([-1],), {}, ValueError, "path holds -1"),
    (ctc.collapse, ([1], -1), {}, ValueError, "blank is -1"),
    (ctc.greedy, (X[0],), {}, ValueError, "logits has shape (2, 4)"),
    (ctc.beam, (X, 0), {}, ValueError, "width is 0; accepted is an integer >= 1"),
    (ctc.beam, (X, 2.5), {}, TypeError, "width is 2.5"),
    (ctc.beam, (X,), {"bonus": 1}, TypeError, "bonus is a int; accepted is a function"),
    (ctc.beam, (X,), {"bonus": lambda p: np.nan}, ValueError, "bonus of () is nan"),
    (ctc.beam, (X,), {"bonus": lambda p: None}, ValueError, "bonus of () is None"),
    (ctc.beam, (X,), {"bonus": lambda p: np.inf}, ValueError, "bonus of () is inf"),
    (ctc.beam, (X,), {"bonus": lambda p: -np.inf}, ValueError, "bonus is -inf for every prefix at t = 1"),
    (ctc.word, (X, []), {}, ValueError, "words is empty"),
    (ctc.word, (X, [[1], []]), {}, ValueError, "words[1] is empty"),
    (ctc.lexicon, (X, {"one": [1]}), {}, TypeError, "words is a dict; accepted is a list"),
    (ctc.lexicon, (X, [[1, 0]]), {}, ValueError, "words[0] holds 0"),
    (ctc.lexicon, (X, [[1]]), {"separator": 0}, ValueError, "separator is 0, the blank"),
    (ctc.lexicon, (X, [[2], [1, 3]]), {"separator": 3}, ValueError, "separator is 3, which words[1] holds"),
    (ctc.lexicon, (X, [[1]]), {"separator": 4}, ValueError, "separator is 4; accepted is an integer from 0 to 3"),
]


@pytest.mark.parametrize(("function", "args", "options", "error", "words"), BAD, ids=[case[-1] for case in BAD])
def test_bad_input_is_named(function, args, options, error, words):
    with pytest.raises((ValueError, TypeError)) as caught:
        function(*args, **options)
    assert type(caught.value) is error
    assert words in str(caught.value)
