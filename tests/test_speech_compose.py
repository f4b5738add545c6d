"""Strings of digits: those of joined sound where nothing is varied; and variation that does what it says."""

import numpy as np
import pytest

from rnnedu.datasets.speech import SpokenDigits
from rnnedu.speech import compose, features, vary

STILL = compose.Manner((1.0, 1.0), 0.0, (1.0, 1.0), (0.05, 0.05), (0.1, 0.1), 0.0, 0.0)
NOWHERE = vary.Surroundings(echoes=0.0, colour=0.0, noise=(200.0, 200.0), erased=0.0)


def recordings(voices=("a-1", "a-2", "b-1")):
    """Ten digits by each voice: short tones, a frequency each."""
    rng, samples = np.random.default_rng(0), []
    for k in range(10 * len(voices)):
        time = np.arange(rng.integers(1000, 1800)) / features.RATE
        samples.append((0.5 * np.sin(2 * np.pi * (300 + 90 * k) * time)).astype(np.float32))
    names = tuple(voice for voice in voices for _ in range(10))
    digits = np.tile(np.arange(10), len(voices))
    return SpokenDigits(tuple(samples), digits, names, tuple(name[0] for name in names), ("training",) * len(names))


@pytest.fixture(scope="module")
def digits():
    return recordings()


@pytest.fixture(scope="module")
def bank(digits):
    return compose.Bank(digits)


def rng():
    return np.random.default_rng(5)


def test_takes_are_one_voice_saying_all_ten(digits):
    found = compose.takes(digits)
    assert {group: len(each) for group, each in found.items()} == {"a": 2, "b": 1}
    assert found["a"][1] == {digit: 10 + digit for digit in range(10)}


def test_a_bank_needs_voices_that_say_all_ten(digits):
    with pytest.raises(ValueError, match="recordings lacks digits in 'a'; accepted are voices that say all ten"):
        compose.Bank(digits.take(np.arange(29)[:15]))
    with pytest.raises(ValueError, match="recordings has none in it"):
        compose.Bank(digits.take([]))


def test_what_is_said_still_are_the_recordings_own_energies(digits):
    one = digits.of(group="b")
    found = compose.string(compose.Bank(one), (4, 4, 9), rng(), STILL)
    places = [np.flatnonzero(found.sum(axis=1) > 0)]
    four, nine = (features.analyse(one.samples[k]).energies for k in (4, 9))
    F = len(four)
    start = places[0][0]
    assert start in (0, 10)  # the edge is there in seven of ten strings
    assert np.allclose(found[start : start + F], four, rtol=1e-5)
    assert not found[start + F : start + F + 5].any()
    assert np.allclose(found[start + F + 5 : start + 2 * F + 5], four, rtol=1e-5)
    assert np.allclose(found[start + 2 * F + 10 : start + 2 * F + 10 + len(nine)], nine, rtol=1e-5)


def test_words_that_overlap_add_up(digits):
    still = compose.Manner((1.0, 1.0), 0.0, (1.0, 1.0), (-0.05, -0.05), (0.0, 0.0), 0.0, 0.0)
    one = digits.of(group="b")
    found = compose.string(compose.Bank(one), (1, 2), rng(), still)
    first, second = (features.analyse(one.samples[k]).energies for k in (1, 2))
    assert len(found) == len(first) + len(second) - 5
    assert np.allclose(found[len(first) - 5 : len(first)], first[-5:] + second[:5], rtol=1e-5)


def test_tempo_and_throat(bank):
    fast = compose.Manner((2.0, 2.0), 0.0, (1.1, 1.1), (0.0, 0.0), (0.0, 0.0), 0.0, 0.0)
    slow = compose.Manner((1.0, 1.0), 0.0, (1.0, 1.0), (0.0, 0.0), (0.0, 0.0), 0.0, 0.0)
    quick, plain = (compose.string(bank, (3, 5, 8), rng(), manner) for manner in (fast, slow))
    assert len(quick) == pytest.approx(len(plain) / 2, rel=0.1)
    assert plain.sum(axis=0).argmax() > quick.sum(axis=0).argmax()  # bands that are higher hold less high ones


def test_a_string_is_by_one_voice_or_by_one_group(bank):
    said = {tuple(sorted({id(voice()) for _ in range(20)})) for voice in _voices(bank, mixed=0.0)}
    assert {len(each) for each in said} == {1}
    mixed = {len({id(voice()) for _ in range(20)}) for voice in _voices(bank, mixed=1.0)}
    assert mixed == {1, 2}  # group b has one voice only


def _voices(bank, mixed):
    generator = rng()
    return [compose._voice(bank, generator, compose.Manner(mixed=mixed)) for _ in range(30)]


def test_strings_are_never_the_same_but_with_the_same_seed(bank):
    one, other, again = (
        compose.string(bank, (1, 2), np.random.default_rng(seed), compose.Manner()) for seed in (1, 2, 1)
    )
    assert one.dtype == np.float32
    assert one.shape != other.shape or not np.allclose(one, other)
    assert (one == again).all()


# ---- as sound


def test_together_puts_silence_between():
    found = compose.together([np.ones(3, np.float32), np.full(2, 0.5, np.float32)], gaps=0.001, edge=0.0005)
    assert found.tolist() == [0] * 4 + [1] * 3 + [0] * 8 + [0.5] * 2 + [0] * 4
    assert len(compose.together([np.ones(5, np.float32)] * 3, gaps=[0.1, 0.2])) == 15 + 2400 + 2 * 1200
    for wrong, match in (([], "samples is empty"), ([np.ones(3)], "samples has dtype float64; accepted is float32")):
        with pytest.raises((ValueError, TypeError), match=match):
            compose.together(wrong)
    with pytest.raises(ValueError, match=r"a pause is -0\.1 s; accepted are pauses of 0 s and more"):
        compose.together([np.ones(3, np.float32)] * 2, gaps=-0.1)


def test_examples_take_all_voices_in_turn(digits):
    found = compose.examples(digits, 6, seed=3)
    assert len(found) == 6
    again = compose.examples(digits, 6, seed=3)
    for (samples, said), (other, same) in zip(found, again, strict=True):
        assert said == same
        assert (samples == other).all()
        words = sum(np.abs(samples) > 0.4)
        assert words > 0
        assert len(samples) > 1000 * len(said)
    lengths = {len(each) for each, _ in compose.examples(digits, 6, seed=4)}
    assert lengths != {len(each) for each, _ in found}


# ---- surroundings


def energies(B=2, F=30):
    return np.random.default_rng(1).random((B, F, features.BANDS)).astype(np.float32)


def test_where_nothing_is_varied_features_are_those_of_the_sound(digits):
    samples = digits.samples[7]
    seen = features.analyse(samples)
    (found,) = vary.features_of([seen.energies], rng(), NOWHERE)
    assert np.allclose(found, seen.features, atol=1e-3)


def test_strings_become_as_long_as_the_longest():
    found = vary.features_of([energies(1, 21)[0], energies(1, 30)[0]], rng(), vary.Surroundings())
    assert found.shape == (2, 15, 48)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


def test_an_echo_is_a_sum_over_the_past():
    around = vary.Surroundings(echoes=1.0, echo=0.5, fading=(0.3, 0.3))
    E = energies()
    found = vary.echo(E, rng(), around)
    kept = 10 ** (-6 / 30)  # 60 dB in 30 frames
    share = rng().uniform(0, 0.5, 2)
    for f in (0, 1, 7):
        past = sum(kept ** (f - s) * E[:, s] for s in range(f)) if f else np.zeros_like(E[:, 0])
        assert np.allclose(found[:, f], share[:, None] * past, rtol=1e-4)
    assert not vary.echo(E, rng(), vary.Surroundings(echoes=0.0)).any()


def test_curves_are_smooth_and_flat_where_they_should_be():
    found = vary.curves(50, 3.0, rng())
    assert found.shape == (50, 24)
    decibels = 10 * np.log10(found)
    assert 1.5 < np.abs(decibels).mean() < 4
    assert np.abs(np.diff(decibels, axis=1)).max() < 5
    assert (vary.curves(3, 0.0, rng()) == 1).all()


def test_noise_is_as_loud_as_asked_for():
    E = np.ones((400, 60, features.BANDS), np.float32)
    for decibels in (10.0, 30.0):
        found = vary.noise(E, rng(), vary.Surroundings(noise=(decibels, decibels)))
        above = -10 * np.log10(found.mean(axis=(1, 2)))
        assert np.median(above) == pytest.approx(decibels, abs=1)
        assert found.min() >= 0


def test_erased_bands_are_zero_and_few():
    around = vary.Surroundings(erased=1.0, bands=3)
    found = vary.features_of(list(energies(400, 4)), rng(), around)
    empty = (found[:, :, :24] == 0).all(axis=1)
    assert set(empty.sum(axis=1)) == {1, 2, 3}
    assert empty[:, 0].any()
    assert empty[:, -1].any()


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: compose.Manner(tempo=(0, 1)), ValueError, r"tempo is 0\.0; accepted is a number in \[0\.25, 4\]"),
        (lambda: compose.Manner(tempo=1.0), TypeError, "tempo is 1.0; accepted is a pair, the least and the most"),
        (lambda: compose.Manner(throat=(1.2, 0.9)), ValueError, r"throat is 0\.9; accepted is a number in \[1\.2, 2\]"),
        (lambda: compose.Manner(mixed=2), ValueError, "mixed is 2"),
        (lambda: vary.Surroundings(echoes=-1), ValueError, "echoes is -1"),
        (lambda: vary.Surroundings(noise=(20, 10)), ValueError, "noise is 10"),
        (lambda: vary.Surroundings(bands=25), ValueError, "bands is 25; accepted is an integer from 1 to 24"),
    ],
)
def test_what_makes_no_sense_is_refused(make, error, match):
    with pytest.raises(error, match=match):
        make()
