"""The network, its training on strings that are put together as it goes, and transcription."""

import numpy as np
import pytest

from rnnedu import ctc
from rnnedu.datasets.speech import load_digits
from rnnedu.models import Sequential
from rnnedu.speech import compose, features, learn, recognise, spelling


@pytest.fixture(scope="module")
def voice():
    return load_digits().of(voice="slt-us-1")


@pytest.fixture(scope="module")
def bank(voice):
    return compose.Bank(voice)


def test_the_network_reads_features_and_writes_symbols():
    both, forward = learn.network(8), learn.network(8, bidirectional=False)
    assert both.input_shape == (None, None, 48)
    assert both.output_shape == (None, None, len(spelling.SYMBOLS))
    assert forward.count_params() < both.count_params()
    x = np.random.default_rng(0).standard_normal((2, 9, 48)).astype(np.float32)
    later = x.copy()
    later[:, 6:] += 1
    same = [np.allclose(model(x)[:, :6], model(later)[:, :6], atol=1e-6) for model in (both, forward)]
    assert same == [False, True]  # one knows what comes, one does not


def test_the_learning_rate_rises_and_falls():
    model = learn.network(4, updates=300)
    rates = [model.optimizer.rate(step) for step in (1, 100, 101, 300, 500)]
    assert max(rates) == pytest.approx(learn.RATE, rel=0.02)
    assert rates[0] < rates[1]
    assert rates[-1] < 0.05 * learn.RATE


@pytest.mark.parametrize("wrong", [{"units": 0}, {"updates": 0}, {"seed": -1}])
def test_a_network_of_nothing_is_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} is"):
        learn.network(**wrong)


def test_batches_hold_the_features_of_strings_and_their_labels(bank):
    made = learn.batches(bank, batch_size=4, seed=1)
    for _ in range(3 * learn.POOL):
        x, y = next(made)
        assert x.shape[::2] == (4, 48)
        assert x.dtype == np.float32
        assert len(y) == 4
        for row in y:
            words = spelling.text(row[row >= 0]).split()
            assert 1 <= len(words) <= 2  # short ones first
    again, other = next(learn.batches(bank, batch_size=4, seed=1)), next(learn.batches(bank, batch_size=4, seed=2))
    assert (again[0] == next(learn.batches(bank, batch_size=4, seed=1))[0]).all()
    assert again[0].shape != other[0].shape or not np.allclose(again[0], other[0])


def test_strings_become_longer(bank, monkeypatch):
    monkeypatch.setattr(learn, "LONGER", 1)
    made = learn.batches(bank, batch_size=8, seed=1)
    longest = [0, 0, 0, 0, 0]
    for pool in range(5):
        for _ in range(learn.POOL):
            _, y = next(made)
            longest[pool] = max(longest[pool], *(len(spelling.text(row[row >= 0]).split()) for row in y))
    assert longest == [2, 3, 4, 5, 5]


def test_every_string_fits_into_its_timesteps(bank):
    """CTC needs a timestep for each letter, and a blank between two that are the same."""
    for _, (x, y) in zip(range(16), learn.batches(bank, batch_size=8, seed=3), strict=False):
        for row in y:
            labels = row[row >= 0]
            assert len(labels) + (labels[1:] == labels[:-1]).sum() <= x.shape[1]


def test_training_on_one_voice_lowers_the_loss(bank):
    model = learn.network(24, updates=60)
    taken = list(learn.steps(model, bank, 60, batch_size=8))
    assert [step.step for step in taken] == list(range(1, 61))
    losses = [step.loss for step in taken]
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:5])


# ---- transcription


class Perfect(Sequential):
    """A network that spells what it was told, evenly over the timesteps."""

    def __init__(self, text):
        super().__init__()
        self.path = np.repeat([s for label in spelling.labels(text) for s in (label, spelling.BLANK)], 2)

    def predict(self, x, **_):
        T = x.shape[1]
        found = np.full((1, T, len(spelling.SYMBOLS)), -9.0, np.float32)
        path = np.resize(self.path, T)
        path[len(self.path) :] = spelling.BLANK
        found[0, np.arange(T), path] = 9
        return found


def noise(seconds=2.0, rate=8000):
    return 0.1 * np.random.default_rng(0).standard_normal(round(seconds * rate))


@pytest.mark.parametrize("decoder", recognise.DECODERS)
def test_every_decoder_reads_what_is_plain(decoder):
    found = recognise.transcribe(noise(), 8000, model=Perfect("two seven"), decoder=decoder)
    assert found.text == str(found) == found.letters == "two seven"
    assert found.logits.shape == (len(features.features(found.sound.samples)), len(spelling.SYMBOLS))


def test_the_lexicon_mends_spelling():
    found = recognise.transcribe(noise(), 8000, model=Perfect("tw sevven"))
    assert found.text == "two seven"
    assert found.letters == "tw sevven"


def test_a_sound_is_brought_into_form_and_what_was_done_is_said():
    stereo = np.stack([noise(1, 44100)] * 2, axis=1)
    found = recognise.transcribe(stereo, 44100, model=Perfect("one"))
    assert found.text == "one"
    assert found.sound.remarks == ("2 channels were averaged.", "44100 samples a second were brought to 8000.")


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: recognise.transcribe(noise(), 8000, decoder="guess"), "decoder is 'guess'; accepted is one of"),
        (lambda: recognise.transcribe([], 8000), "the sound is empty; accepted is a sound of 0.1 to 60 s"),
        (lambda: recognise.transcribe(np.zeros(9), 8000), "the sound is 9 samples"),
    ],
)
def test_what_cannot_be_transcribed(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_errors_are_counted_over_all_strings():
    examples = [(noise().astype(np.float32), (2, 7)), (noise().astype(np.float32), (2,))]
    found = recognise.errors(Perfect("two seven"), examples)
    assert found == recognise.Errors(letters=6 / 12, digits=1 / 3, count=2)


def test_greedy_is_ctcs_own():
    logits = np.random.default_rng(2).standard_normal((20, len(spelling.SYMBOLS)))
    assert recognise.decoded(logits, "greedy") == spelling.text(ctc.greedy(logits[:, None])[0])
