"""WAV files in every usual form, sound from elsewhere, and everything that is refused, in words."""

import io
import re
import struct
import wave

import numpy as np
import pytest

from rnnedu.speech import wav
from rnnedu.speech.resample import resample


def sine(hertz, rate, seconds=0.25, dtype=np.float64):
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate).astype(dtype)


def riff(kind, bits, data, *, channels=1, rate=8000, before=b"", extensible=False):
    size = channels * bits // 8
    form = struct.pack("<HHIIHH", 0xFFFE if extensible else kind, channels, rate, rate * size, size, bits)
    if extensible:
        form += struct.pack("<HHIH", 22, bits, 0, kind) + bytes(14)
    body = b"WAVE" + before + b"fmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


# ---- resampling


@pytest.mark.parametrize("rate", [8001, 11025, 16000, 22050, 44100, 48000])
def test_a_tone_stays_that_tone(rate):
    for hertz in (300, 1000, 3400):
        found = resample(sine(hertz, rate), rate)
        assert len(found) == pytest.approx(2000, abs=1)
        assert np.allclose(found[100:1900], sine(hertz, 8000)[100:1900], atol=1e-3)


@pytest.mark.parametrize("hertz", [4600, 6000, 7900])
def test_what_fewer_samples_cannot_hold_does_not_come_back_as_another_tone(hertz):
    assert np.abs(resample(sine(hertz, 16000), 16000)[100:1900]).max() < 1e-3


def test_upwards_too_and_with_lengths_that_do_not_divide():
    assert np.allclose(resample(sine(500, 8000), 8000, 11025)[200:2500], sine(500, 11025)[200:2500], atol=1e-3)
    for N in (1, 2, 7, 441, 442):
        for rate in (44100, 8000, 7919, 1000):
            assert len(resample(np.ones(N), rate)) == -(-N * 8000 // rate)
    same = np.arange(5.0)
    assert (resample(same, 8000) == same).all()


def test_a_constant_stays_itself_and_dtypes_are_kept():
    for dtype in (np.float32, np.float64):
        found = resample(np.ones(3000, dtype), 44100)
        assert found.dtype == dtype
        assert np.allclose(found[50:-50], 1, atol=1e-5)


@pytest.mark.parametrize(("rate", "error"), [(44100.0, TypeError), (999, ValueError), (10**6, ValueError)])
def test_other_rates_are_refused(rate, error):
    with pytest.raises(error, match=r"rate is .*; accepted is an integer from 1000 to 400000"):
        resample(np.ones(10), rate)


# ---- files


LEVELS = sine(440, 8000) * 0.5
ENCODED = {
    (1, 8): (lambda x: np.round(x * 128 + 128).astype("u1").tobytes(), 1 / 128),
    (1, 16): (lambda x: np.round(x * 2**15).astype("<i2").tobytes(), 2**-15),
    (1, 24): (lambda x: np.round(x * 2**31).astype("<i4").view("u1").reshape(-1, 4)[:, 1:].tobytes(), 2**-22),
    (1, 32): (lambda x: np.round(x * 2**31).astype("<i4").tobytes(), 2**-22),
    (3, 32): (lambda x: x.astype("<f4").tobytes(), 2**-22),
    (3, 64): (lambda x: x.astype("<f8").tobytes(), 2**-22),
}


@pytest.mark.parametrize(("kind", "bits"), ENCODED)
@pytest.mark.parametrize("extensible", [False, True])
def test_every_encoding_is_read(kind, bits, extensible, tmp_path):
    encode, exact = ENCODED[kind, bits]
    path = tmp_path / "tone.wav"
    path.write_bytes(riff(kind, bits, encode(LEVELS), extensible=extensible, before=b"LIST\x03\x00\x00\x00abc\x00"))
    for source in (path, str(path), path.read_bytes()):
        found = wav.read_wav(source)
        assert np.abs(found.samples - (LEVELS - LEVELS.mean())).max() <= exact + 1e-7
        assert found.samples.dtype == np.float32
        assert found.remarks == ()
        assert found.seconds == 0.25


def test_stereo_at_44100_becomes_one_channel_at_8000():
    left, right = sine(440, 44100) * 0.6, sine(1000, 44100) * 0.3
    data = np.stack([left, right], axis=1)
    raw = riff(1, 16, np.round(data * 2**15).astype("<i2").tobytes(), channels=2, rate=44100)
    found = wav.read_wav(raw)
    wanted = (sine(440, 8000) * 0.6 + sine(1000, 8000) * 0.3) / 2
    assert np.allclose(found.samples[100:1900], wanted[100:1900], atol=1e-3)
    assert found.remarks == ("2 channels were averaged.", "44100 samples a second were brought to 8000.")


def test_what_we_write_is_read_by_us_and_by_pythons_own_reader():
    raw = wav.wav_bytes(LEVELS)
    with wave.open(io.BytesIO(raw)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (1, 2, 8000, 2000)
    assert np.allclose(wav.read_wav(raw).samples, LEVELS, atol=1e-4)
    assert wav.wav_bytes(np.array([2.0, -2.0]))[-4:] == struct.pack("<hh", 32767, -32768)


def test_a_stream_that_was_cut_off_is_read_as_far_as_it_goes():
    raw = bytearray(riff(1, 16, ENCODED[1, 16][0](LEVELS)))
    raw[40:44] = b"\xff\xff\xff\xff"  # as recorders write that never came to the end
    assert np.allclose(wav.read_wav(bytes(raw[:-101])).samples, wav.read_wav(riff(1, 16, raw[44:-102])).samples)


@pytest.mark.parametrize(
    ("raw", "match"),
    [
        (b"", "the file is empty; accepted is a WAV file: PCM of 8, 16, 24 or 32 bits"),
        (b"two seven one\n", "the file is no WAV file: it begins with b'two seven on'; accepted is a WAV file"),
        (b"OggS" + bytes(40), "it begins with b'OggS"),
        (b"RIFF\x04\x00\x00\x00WAVE", "the file is damaged: it has no format or no samples"),
        (riff(1, 16, b""), "the file is empty; accepted is a sound of 0.1 to 60 s"),
        (riff(1, 16, b"\x01\x00"), "the file is 1 samples, 0.000125 s; accepted is a sound of 0.1 to 60 s"),
        (riff(1, 8, bytes(8000 * 600)), "the file is 4800000 samples, 600 s; accepted is a sound of 0.1 to 60 s"),
        (riff(7, 8, bytes(2000)), "the file has format 7, 8 bits, 1 channels, 8000 samples a second; accepted is"),
        (riff(1, 12, bytes(2000)), "the file has format 1, 12 bits"),
        (riff(1, 16, bytes(2000), rate=4000), "4000 samples a second; accepted is"),
        (riff(1, 16, bytes(2000), channels=0), "0 channels"),
        (riff(3, 32, np.full(2000, np.nan, "<f4").tobytes()), "samples holds NaN or infinity"),
    ],
)
def test_other_files_are_refused_in_words(raw, match):
    with pytest.raises(ValueError, match=match):
        wav.read_wav(raw)


def test_paths_that_lead_nowhere(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*nothing.wav; accepted is the path of a WAV file"):
        wav.read_wav(tmp_path / "nothing.wav")
    with pytest.raises(FileNotFoundError):
        wav.read_wav(tmp_path)
    with pytest.raises(TypeError, match="source is a ndarray; accepted is a path"):
        wav.read_wav(LEVELS)
    (tmp_path / "huge.wav").touch()
    with (tmp_path / "huge.wav").open("r+b") as file:
        file.truncate(10**9)  # takes no room on the disk
    with pytest.raises(ValueError, match=r"huge\.wav has 1000000000 bytes; accepted is a sound of at most 60 s"):
        wav.read_wav(tmp_path / "huge.wav")


# ---- sound from elsewhere


def test_integers_and_floats_at_any_rate():
    found = wav.sound((sine(440, 16000) * 20000).astype(np.int16), 16000)
    assert np.allclose(found.samples[100:1900], sine(440, 8000)[100:1900] * 20000 / 2**15, atol=1e-3)
    assert wav.sound(np.stack([LEVELS] * 3, axis=1), 8000).remarks == ("3 channels were averaged.",)


def test_an_offset_is_taken_off():
    assert abs(wav.sound(LEVELS + 0.3, 8000).samples.mean()) < 1e-6


@pytest.mark.parametrize(
    ("samples", "remark"),
    [
        (np.zeros(2000), "It is silent: all samples are the same. Is the microphone on?"),
        (np.clip(LEVELS * 4, -1, 1), r"It is clipped: .*% of the samples are at the limit"),
        (LEVELS * 100, "It goes up to 50; accepted is -1 to 1, and what is beyond was cut off"),
    ],
)
def test_what_is_wrong_with_a_sound_is_said(samples, remark):
    found = wav.sound(samples, 8000)
    assert np.abs(found.samples).max() <= 1
    (said,) = found.remarks
    assert re.match(remark, said)


@pytest.mark.parametrize(
    ("samples", "rate", "error", "match"),
    [
        (LEVELS, 8000.0, TypeError, "rate is 8000.0; accepted is an integer from 8000 to 400000"),
        (LEVELS, 4000, ValueError, "rate is 4000; accepted is an integer from 8000 to 400000"),
        (np.zeros(0), 8000, ValueError, "the sound is empty; accepted is a sound of 0.1 to 60 s"),
        (np.zeros(1), 8000, ValueError, "the sound is 1 samples, 0.000125 s; accepted is"),
        (np.zeros((2, 2, 2)), 8000, ValueError, r"samples has shape \(2, 2, 2\); accepted is \(N,\)"),
        (["a", "b"], 8000, TypeError, "samples has dtype .*; accepted are floats within -1..1"),
        (np.full(2000, np.inf), 8000, ValueError, "samples holds NaN or infinity"),
        (np.zeros((2000, 0)), 8000, ValueError, r"samples has shape \(2000, 0\)"),
    ],
)
def test_what_is_no_sound_is_refused(samples, rate, error, match):
    with pytest.raises(error, match=match):
        wav.sound(samples, rate)
