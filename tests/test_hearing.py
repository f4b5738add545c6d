"""What a network hears: collapse and words against rnnedu.ctc, places in time, noise of the loudness that is said."""

import numpy as np
import pytest

from rnnedu import ctc
from rnnedu.datasets.speech import SpokenDigits
from rnnedu.experiments import hearing
from rnnedu.layers import GRU, Bidirectional, Dense
from rnnedu.models import Sequential
from rnnedu.speech import features, spelling

V = len(spelling.SYMBOLS)


def untrained(units=4, seed=0):
    """A network that has learned nothing."""
    model = Sequential([Bidirectional(GRU(units, return_sequences=True)), Dense(V)], seed=seed)
    model.build((None, None, 48))
    return model


def tones(voices=("low", "high"), parts=("training", "held out")):
    """Ten sounds for each voice, in place of recordings; the digit is the pitch."""
    seconds = np.arange(2000) / 8000
    made = [
        (np.sin(2 * np.pi * (200 + 150 * digit) * (1 + k) * seconds).astype(np.float32) / 2, digit, voice, part)
        for k, (voice, part) in enumerate(zip(voices, parts, strict=True))
        for digit in range(10)
    ]
    samples, digits, names, held = zip(*made, strict=True)
    return SpokenDigits(samples, np.array(digits), names, tuple(f"group-{name}" for name in names), held)


def spelled(*symbols, sure=9.0):
    """Logits that say one symbol a timestep, "" for the blank."""
    logits = np.zeros((len(symbols), V))
    logits[np.arange(len(symbols)), [spelling.SYMBOLS.index(symbol) for symbol in symbols]] = sure
    return logits


def heard(logits):
    return hearing.Heard(features.analyse(np.zeros(160 * len(logits) + 200)), logits)


TWO_SIX = ["", "t", "", "w", "o", "o", "", " ", "s", "", "i", "i", "x", "", ""]


def test_letters_words_and_where_they_stand():
    made = heard(spelled(*TWO_SIX))
    assert made.letters == "two six"
    assert made.digits == (2, 6)
    assert made.spans == [(1, 6, 2), (8, 13, 6)]
    assert made.spikes == [
        (1, 2, "t"),
        (3, 4, "w"),
        (4, 6, "o"),
        (7, 8, " "),
        (8, 9, "s"),
        (10, 12, "i"),
        (12, 13, "x"),
    ]
    assert made.blank_share == pytest.approx(6 / 15)
    np.testing.assert_allclose(made.posteriors.sum(axis=1), 1)


def test_a_wrong_letter_is_mended_by_the_words():
    made = heard(spelled("s", "i", "n", sure=5.0))
    assert made.letters == "sin"
    assert len(made.digits) == 1


def test_silence_is_no_word():
    made = heard(spelled("", "", ""))
    assert (made.letters, made.digits, made.spans, made.spikes) == ("", (), [], [])


def test_hear_is_the_models_output_on_the_features():
    model, samples = untrained(), tones().samples[3]
    made = hearing.hear(model, samples)
    logits = model.predict(features.features(samples)[None], verbose=0)[0]
    np.testing.assert_array_equal(made.logits, logits)
    assert made.letters == spelling.text(ctc.greedy(logits[:, None])[0])
    assert made.digits == ctc.lexicon(logits[:, None], spelling.words(), separator=spelling.SPACE)[0].words
    assert len(made.analysis.log_mel) // 2 == len(logits)


@pytest.mark.parametrize("speed", [0.4, 1.0, 2.0, 2.5])
def test_faster_is_shorter_and_higher(speed):
    tone = np.sin(2 * np.pi * 500 * np.arange(8000) / 8000).astype(np.float32)
    found = hearing.faster(tone, speed)
    assert len(found) == pytest.approx(8000 / speed, abs=1)
    assert found.dtype == np.float32
    peak = np.abs(np.fft.rfft(found[100:-100])).argmax() * 8000 / len(found[100:-100])
    assert peak == pytest.approx(500 * speed, rel=0.01)


def test_noise_is_as_loud_as_it_says():
    voice = tones().samples[0]
    assert hearing.noisy(voice, 60.0) is voice
    for above in (-20.0, 10.0, 30.0):
        noise = hearing.noisy(voice, above) - voice
        assert 10 * np.log10(np.mean(voice**2) / np.mean(noise**2)) == pytest.approx(above, abs=0.3)
    assert (hearing.noisy(voice, 10, seed=1) != hearing.noisy(voice, 10, seed=2)).any()


def test_confusion_counts_every_word_once():
    recordings, model = tones(), untrained()
    counts = hearing.confusion(model, recordings, above=20.0)
    assert counts.shape == (10, 10)
    assert (counts.sum(axis=1) == 2).all()
    quiet = np.zeros(1200, np.float32)
    whole = np.concatenate([quiet, recordings.samples[4], quiet])
    logits = model.predict(features.features(hearing.spoilt(whole, 1.0, 20.0, seed=4))[None], verbose=0)[0]
    best = int(ctc.word(logits[:, None], spelling.words())[0][0])
    alone = hearing.confusion(model, recordings.take([4]), above=20.0, seed=4)
    assert alone[4, best] == alone.sum() == 1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: hearing.check("model"), TypeError, "model is a str"),
        (
            lambda: hearing.check(Sequential([Dense(V)])),
            ValueError,
            r"accepted is a built model that reads \(B, T, 48\)",
        ),
        (lambda: hearing.faster(np.ones(100), 0.3), ValueError, "speed is 0.3"),
        (lambda: hearing.noisy(np.ones(100), 61), ValueError, "above is 61"),
        (lambda: hearing.hear(untrained(), np.zeros(0)), ValueError, "samples has shape"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_model_of_other_outputs_is_refused():
    model = Sequential([GRU(3, return_sequences=True), Dense(V + 1)])
    model.build((None, None, 48))
    with pytest.raises(ValueError, match="accepted is"):
        hearing.check(model)
