"""From samples to log-mel features: each step against what it must give for a sound that one knows."""

import numpy as np
import pytest

from rnnedu.speech import features


def tone(hertz, seconds=0.3, dtype=np.float64):
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * features.RATE)) / features.RATE).astype(dtype)


@pytest.mark.parametrize(("N", "F"), [(1, 1), (199, 1), (200, 1), (279, 1), (280, 2), (1000, 11)])
def test_frames_begin_every_10_ms(N, F):
    samples = np.arange(1.0, N + 1)
    cut = features.frames(samples)
    assert cut.shape == (F, 200)
    for f in range(F):
        part = samples[80 * f : 80 * f + 200]
        assert (cut[f, : len(part)] == part).all()
        assert not cut[f, len(part) :].any()


def test_a_frame_is_faded_in_and_out():
    faded = features.windowed(np.ones((2, 200)))
    assert faded[0, 0] == 0
    assert faded[1, 100] == 1
    assert np.allclose(faded[0, 1:], faded[0, :0:-1])


def test_power_is_that_of_the_fourier_sum():
    frame = np.random.default_rng(0).standard_normal(200)
    k, n = np.arange(129)[:, None], np.arange(200)
    written_out = (frame * np.exp(-2j * np.pi * k * n / 256)).sum(axis=1)
    assert np.allclose(features.power(frame[None])[0], np.abs(written_out) ** 2)


@pytest.mark.parametrize("hertz", [150, 440, 1000, 2500, 3600])
def test_a_tone_is_found_at_its_frequency_and_in_its_band(hertz):
    seen = features.analyse(tone(hertz))
    assert abs(features.frequencies()[seen.power.mean(axis=0).argmax()] - hertz) < features.RATE / features.FFT
    centres = features.centres()
    assert seen.energies.mean(axis=0).argmax() in np.argsort(np.abs(centres - hertz))[:2]


def test_mel_is_undone_and_counts_1000_at_1000_hertz():
    assert np.allclose(features.hertz(features.mel([0.0, 100.0, 3800.0])), [0, 100, 3800])
    assert features.mel(1000) == pytest.approx(1000, abs=0.1)


def test_triangles_meet_at_each_others_centre_and_add_up_to_one_between():
    bank, at, centres = features.filters(), features.frequencies(), features.centres()
    inside = (at > centres[0]) & (at < centres[-1])
    assert bank.shape == (129, 24)
    assert np.allclose(bank[inside].sum(axis=1), 1)
    assert (bank[at < 100] == 0).all()
    assert (bank[at > 3800] == 0).all()


def test_a_warp_moves_the_bands():
    """What a band of the warped filters holds of a tone is what the plain band holds of a tone 1.2 times lower."""
    assert (features.filters(1.0) == features.filters()).all()
    low, high = features.analyse(tone(1000)).power, features.analyse(tone(1200)).power
    plain = features.energies(low).mean(axis=0).argmax()
    assert abs(features.energies(high, 1.2).mean(axis=0).argmax() - plain) <= 1
    assert features.energies(high).mean(axis=0).argmax() > plain
    for warp in (0.5, 0.8, 1.3, 2.0):
        bank = features.filters(warp)
        assert np.isfinite(bank).all()
        assert bank.min() >= 0
        assert bank.max() <= 1
    with pytest.raises(ValueError, match=r"warp is 3\.0; accepted is a number in \[0\.5, 2\]"):
        features.filters(3.0)


def test_energies_sum_the_power_under_each_triangle():
    power = np.random.default_rng(1).random((3, 129))
    bank = features.filters()
    assert np.allclose(features.energies(power), [[(power[f] * bank[:, m]).sum() for m in range(24)] for f in range(3)])


def test_the_logarithm_goes_60_db_down():
    energy = np.array([[1.0, 1e-3], [1e-7, 0.0]])
    assert np.allclose(features.log_mel(energy), np.log([[1, 1e-3], [1e-6, 1e-6]]))


def test_silence_is_one_value_and_features_of_it_are_zero():
    seen = features.analyse(np.zeros(900, np.float32))
    assert np.ptp(seen.log_mel) == 0
    assert not seen.features.any()


def test_loudness_does_not_matter_and_a_filter_half():
    samples = np.random.default_rng(2).standard_normal(1500)
    assert np.allclose(features.analyse(samples).features, features.analyse(1e-3 * samples).features)
    logs = np.random.default_rng(3).standard_normal((7, 24))  # all of them loud
    curve = np.linspace(-0.5, 0.5, 24)
    assert np.allclose(features.normalised(logs + curve + 3), features.normalised(logs) + curve / 2)


def test_only_loud_frames_count_in_the_mean():
    logs = np.random.default_rng(4).standard_normal((2, 9, 24))
    logs[0, 5:] -= 50
    kept = logs[0, :5]
    wanted = logs[0] - (kept.mean(axis=0) + kept.mean()) / 2
    found = features.normalised(logs)
    assert np.allclose(found[0], wanted)
    assert np.allclose(found[1], features.normalised(logs[1]))  # each of a batch by itself


def test_a_pause_changes_nothing_of_what_is_said():
    said = tone(700) * np.hanning(2400)
    alone = features.analyse(said).features
    later = features.analyse(np.concatenate([np.zeros(1600), said, np.zeros(8000)])).features
    assert np.allclose(later[10 : 10 + len(alone)], alone)


def test_two_frames_are_one_timestep():
    logs = np.arange(5 * 24.0).reshape(5, 24)
    two = features.stacked(logs)
    assert two.shape == (2, 48)
    assert (two[1] == np.concatenate([logs[2], logs[3]])).all()
    assert (features.stacked(logs[:1]) == np.tile(logs[0], 2)).all()


def test_the_analysis_holds_every_step_in_the_dtype_given_and_its_times():
    samples = tone(700, 0.123, np.float32)
    seen = features.analyse(samples)
    F = 1 + (len(samples) - 200) // 80
    shapes = {"frames": (F, 200), "windowed": (F, 200), "power": (F, 129), "energies": (F, 24), "log_mel": (F, 24)}
    assert {name: getattr(seen, name).shape for name in shapes} == shapes
    assert seen.features.shape == (F // 2, 48)
    assert {getattr(seen, name).dtype for name in (*shapes, "features")} == {np.dtype(np.float32)}
    assert seen.times[:2] == pytest.approx([0.0125, 0.0225])
    assert seen.steps[:2] == pytest.approx([0.0175, 0.0375])  # the middle of frames 1 and 2, then 3 and 4
    assert (features.features(samples) == seen.features).all()
    assert features.features(samples.astype(np.float64)).dtype == np.float32


@pytest.mark.parametrize(
    ("samples", "error", "match"),
    [
        (np.zeros(0), ValueError, r"samples has shape \(0,\)"),
        (np.zeros((2, 5)), ValueError, r"samples has shape \(2, 5\); accepted is \(N,\)"),
        (np.zeros(5, int), TypeError, "samples has dtype int64; accepted is float32 or float64"),
        (np.array([0.0, np.nan]), ValueError, r"samples holds nan at index \(1,\)"),
    ],
)
def test_other_samples_are_refused(samples, error, match):
    with pytest.raises(error, match=match):
        features.features(samples)
