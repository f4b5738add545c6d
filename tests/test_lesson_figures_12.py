"""What lesson 12 says of its figures, counted again; its errors are those of `python -m bench.lesson_figures 12`."""

import numpy as np
import pytest

from rnnedu import ctc
from rnnedu.datasets.speech import load_digits
from rnnedu.experiments import alignments, hearing
from rnnedu.experiments.alignments import count
from rnnedu.speech import compose, learn, recognise, spelling
from rnnedu.widget import CTCLattice, SpeechLab


@pytest.fixture(scope="module")
def see():
    return CTCLattice("see")


def test_how_many_paths_read_a_word():
    assert [count(word, 8) for word in ("so", "set", "see")] == [210, 462, 210]


def test_the_numbers_of_the_lattice(see):
    lattice = see.lattice
    assert np.isinf(lattice.log_alpha[0, 2:]).all()
    assert np.isfinite(lattice.log_alpha[0, :2]).all()
    assert np.isfinite(lattice.log_beta[7]).tolist() == [False] * 5 + [True] * 2
    assert [lattice.log_alpha[3, 3], lattice.log_beta[3, 3]] == pytest.approx([-0.472, -0.869], abs=5e-4)
    assert see.p == pytest.approx(0.286, abs=5e-4)
    assert np.exp(lattice.log_alpha[3, 3] + lattice.log_beta[3, 3]) == pytest.approx(0.262, abs=5e-4)
    assert lattice.posterior[3, 3] == pytest.approx(0.913, abs=5e-4)
    np.testing.assert_allclose(np.exp(lattice.log_alpha + lattice.log_beta).sum(axis=1), see.p)
    assert lattice.skip[3]
    assert not lattice.skip[5]


def test_the_best_path_has_a_tenth_of_the_probability(see):
    best = np.array([see.symbols.index(symbol) for symbol in see.best])
    log_y = see.logits - np.logaddexp.reduce(see.logits, axis=1, keepdims=True)
    assert np.exp(log_y[np.arange(8), best].sum()) / see.p == pytest.approx(0.09, abs=0.005)


def test_a_network_that_has_learned_nothing():
    see = CTCLattice("see", confidence=0.0)
    blanks = see.lattice.posterior[:, ::2].sum() / 8
    assert blanks == pytest.approx(0.36, abs=0.02)
    assert see.lattice.posterior.max() < 0.75


def test_four_frames_have_one_path_and_three_none():
    assert (count("see", 4), count("see", 3)) == (1, 0)
    assert CTCLattice("see", frames=4).best == "se-e"
    assert CTCLattice("see", frames=3).p == 0


def test_what_is_lost_without_the_blank(see):
    assert alignments.without_blank(see.logits, see.target) == -np.inf
    assert "reads “se”" in see.shown["blocks"][-1]["content"]
    other = CTCLattice("set")
    assert np.exp(alignments.without_blank(other.logits, other.target)) == pytest.approx(0.144, abs=5e-4)


def test_the_loss_is_the_sum_over_the_paths_listed():
    logits = alignments.spoken([1, 2, 2], V=4, T=8)
    value = ctc.loss(logits[:, None], [[1, 2, 2]])[0][0]
    assert value == pytest.approx(-alignments.brute_force(logits, [1, 2, 2]))


def test_the_slope_of_the_loss_is_y_less_gamma(see):
    _, slope = ctc.loss(see.logits[:, None], [see.target])
    y = np.exp(see.logits - np.logaddexp.reduce(see.logits, axis=1, keepdims=True))
    np.testing.assert_allclose(slope[:, 0], y - alignments.by_symbol(see.lattice, 4), atol=1e-12)


def test_the_corpus_is_what_the_lesson_says():
    digits = load_digits()
    voices = {part: len(set(digits.of(part=part).voices)) for part in ("training", "held out")}
    assert voices == {"training": 342, "held out": 30}
    assert len([symbol for symbol in spelling.SYMBOLS if symbol.isalpha()]) == 15
    assert digits.of(voice="slt-us-1").digits.tolist() == list(range(10))


def test_training_begins_with_blanks():
    """A few updates, as few as a test can afford: the loss has fallen by a third, and blanks are most of it."""
    digits = load_digits().of(part="training").of(group="flite-slt")
    model = learn.network(16, updates=200)
    losses = [step.loss for step in learn.steps(model, compose.Bank(digits), 40)]
    assert np.mean(losses[-8:]) < 0.67 * np.mean(losses[:3])
    ((samples, _),) = compose.examples(digits, 1, seed=4)
    assert hearing.hear(model, samples).blank_share > 0.6


def test_where_noise_and_speed_break_it():
    lab = SpeechLab(said="427")
    assert lab.right
    assert 0.15 < lab.heard.analysis.steps[lab.heard.spikes[0][0]] < 0.25
    for trait, easy, hard, clean in (("noise", 20.0, 0.0, 60.0), ("speed", 1.25, 1.8, 1.0), ("speed", 0.8, 0.5, 1.0)):
        setattr(lab, trait, easy)
        assert lab.right, (trait, easy)
        setattr(lab, trait, hard)
        assert not lab.right, (trait, hard)
        setattr(lab, trait, clean)
    lab.confuse()
    assert 86 <= np.trace(lab.counts) <= 97
    lab.noise = 0.0
    lab.confuse()
    assert 50 <= np.trace(lab.counts) <= 72
    assert lab.counts[:, 2].sum() - lab.counts[2, 2] >= 10  # taken for "two"


def test_letters_are_spikes_and_the_shipped_network_reads_them():
    digits = load_digits()
    model, strings = recognise.load_speech_model(), compose.examples(digits.of(part="training"), 20, seed=7)
    heard = [hearing.hear(model, samples) for samples, _ in strings]
    quiet = np.zeros(1600, np.float32)
    six = hearing.hear(model, np.concatenate([quiet, digits.of(voice="slt-us-1").samples[6], quiet]))
    assert [symbol for *_, symbol in six.spikes] == ["s", "i", "x"]
    assert 0.55 < np.mean([each.blank_share for each in heard]) < 0.9
    lengths = [stop - start for each in heard for start, stop, _ in each.spikes]
    assert np.mean(lengths) < 2.5  # of 20 ms
    right = [each.digits == tuple(said) for each, (_, said) in zip(heard, strings, strict=True)]
    assert np.mean(right) >= 0.8
