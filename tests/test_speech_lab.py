"""The speech lab without a browser: its tracks are the engine's arrays, sounds from outside are checked."""

import io
import wave

import numpy as np
import pytest

from rnnedu.datasets.speech import WORDS
from rnnedu.experiments import hearing
from rnnedu.speech import features, spelling
from rnnedu.speech.wav import read_wav, wav_bytes
from rnnedu.widget import SpeechLab
from tests.test_hearing import V, tones, untrained


@pytest.fixture
def lab():
    made = SpeechLab(untrained(), tones(), said="42")
    yield made
    made.close()


def block(widget, key):
    return next((each for each in widget.shown["blocks"] if each["key"] == key), None)


def array(track):
    return np.frombuffer(track["values"], "<f4").reshape(track["rows"], track["cols"])


def send(widget, take, data):
    """As the browser does it."""
    widget._handle_custom_msg({"take": take}, [memoryview(data)])


def test_the_tracks_are_the_engines_arrays(lab):
    heard = lab.heard
    wave_, spectrogram, mel, letters, spikes, words = block(lab, "tracks")["tracks"]
    np.testing.assert_array_equal(np.frombuffer(wave_["values"], "<f4"), heard.analysis.samples)
    np.testing.assert_allclose(array(mel)[::-1].T, heard.analysis.log_mel, rtol=1e-6)
    np.testing.assert_allclose(array(letters).T, heard.posteriors, rtol=1e-6)
    loudest = np.unravel_index(array(spectrogram).argmax(), array(spectrogram).shape)
    assert heard.analysis.power[loudest[1], 128 - loudest[0]] == heard.analysis.power.max()
    assert letters["names"][:2] == ["-", "␣"]
    assert len(spikes["spans"]) == len(heard.spikes)
    assert [text for *_, text in words["spans"]] == [WORDS[digit] for digit in heard.digits]


def test_columns_stand_where_their_time_is(lab):
    _, spectrogram, _, letters, *_ = block(lab, "tracks")["tracks"]
    for track, times in ((spectrogram, lab.heard.analysis.times), (letters, lab.heard.analysis.steps)):
        middles = track["start"] + (np.arange(track["cols"]) + 0.5) * track["step"]
        np.testing.assert_allclose(middles, times, atol=1e-9)
    along = block(lab, "tracks")["x"]
    assert along["high"] == pytest.approx(len(lab.heard.analysis.samples) / 8000)


def test_what_is_heard_is_what_is_seen(lab):
    lab.noise = 0.0
    played = read_wav(block(lab, "tracks")["sound"])
    assert played.samples.shape == lab.heard.analysis.samples.shape
    correlation = np.corrcoef(played.samples, lab.heard.analysis.samples)[0, 1]
    assert correlation > 0.9999
    assert np.abs(lab.heard.analysis.samples).max() > 1  # the file holds it all the same


def test_sliders_spoil_the_sound(lab):
    clean = lab.heard.analysis.samples
    lab.speed = 2.0
    np.testing.assert_array_equal(lab.heard.analysis.samples, hearing.faster(clean, 2.0))
    lab.noise = 10.0
    np.testing.assert_array_equal(lab.heard.analysis.samples, hearing.spoilt(clean, 2.0, 10.0))
    assert lab.right == (lab.heard.digits == (4, 2))
    assert "Said “four two”, heard" in lab.shown["values"]


def test_voices_are_offered_by_group(lab):
    voices = next(control for control in lab.shown["controls"] if control["trait"] == "voice")
    assert voices["options"] == [["low", "group-low"], ["high", "group-high (held out)"]]
    before = lab.heard.analysis.samples
    lab.voice = "high"
    assert (lab.heard.analysis.samples != before).any()


def test_the_test_of_every_digit(lab):
    assert block(lab, "confusion") is None
    lab.noise = 20.0
    lab._handle_custom_msg({"do": "confuse"}, [])
    table = block(lab, "confusion")
    counts = hearing.confusion(lab.model, lab.recordings.of(part="held out"), above=20.0)
    np.testing.assert_array_equal(lab.counts, counts)
    assert table["title"].startswith(f"{np.trace(counts)} of 10 words right, at 1 times the speed and the voice 20 dB")
    assert [row[0] for row in table["rows"]] == list(WORDS)
    assert [[int(n.replace("·", "0")) for n in row[1:]] for row in table["rows"]] == counts.tolist()
    shares = np.array(table["shares"])
    assert (np.diag(shares) <= 0).all()
    assert (shares - np.diag(np.diag(shares)) >= 0).all()


# --- sounds from outside ---------------------------------------------------------------------------------------------


def file(samples, rate=8000):
    return wav_bytes(np.asarray(samples, np.float32), rate)


def stereo(rate=44_100):
    with io.BytesIO() as made:
        with wave.open(made, "wb") as out:
            out.setnchannels(2), out.setsampwidth(2), out.setframerate(rate)
            sound = (8000 * np.sin(np.arange(rate) / 20)).astype("<i2")
            out.writeframes(np.stack([sound, sound], axis=1).tobytes())
        return made.getvalue()


def test_a_file_is_loaded_and_can_be_left_again(lab):
    send(lab, {"kind": "file", "name": "<b>mine</b>.wav"}, stereo())
    assert lab.source == "own"
    assert lab.right is None
    assert len(lab.heard.analysis.samples) == 8000
    assert "channels were averaged" in block(lab, "intake")["note"]
    assert "in <b>mine</b>.wav" in lab.shown["values"]  # text, which the page shows as text
    options = next(control for control in lab.shown["controls"] if control["trait"] == "source")["options"]
    assert options[1] == ["own", "<b>mine</b>.wav"]
    lab.source = "digits"
    assert "Said “four two”" in lab.shown["values"]
    assert block(lab, "intake")["note"] == ""


def test_a_recording_is_taken(lab):
    sound = 0.3 * np.sin(np.arange(48_000) / 30, dtype=np.float32)
    send(lab, {"kind": "recording", "rate": 48_000}, sound.tobytes())
    assert len(lab.heard.analysis.samples) == 8000
    assert "in the recording" in lab.shown["values"]
    lab.load(file(np.sin(np.arange(1600) / 9)), name="again")
    assert len(lab.heard.analysis.samples) == 1600
    assert "in again" in lab.shown["values"]


@pytest.mark.parametrize(
    ("take", "data", "message"),
    [
        ({"kind": "file", "name": "a.wav"}, b"this is a text", "no WAV file"),
        ({"kind": "file", "name": "a.wav"}, b"", "empty"),
        ({"kind": "file", "name": "a.wav"}, file([0.1]), "accepted is a sound of 0.1 to"),
        ({"kind": "file", "name": "a.wav"}, file(np.zeros(8000 * 16)), "lasts 16.0 s; accepted are at most 15 s"),
        ({"kind": "file", "name": "a.wav"}, file(np.zeros(8000 * 61)), "accepted is a sound of 0.1 to"),
        ({"kind": "file", "name": "a.wav"}, bytes(8_000_001), "more than 8 MB"),
        ({"kind": "recording", "rate": 48_000}, b"", "empty"),
        ({"kind": "recording", "rate": 10}, bytes(40_000), "rate is 10"),
        ({"kind": "recording", "rate": 8000}, np.full(8000, np.nan, "<f4").tobytes(), "NaN"),
        ({"kind": "tape"}, b"", "kind is 'tape'"),
        ("file", b"", "kind is None"),
    ],
    ids=["text", "nothing", "one sample", "16 s", "61 s", "8 MB", "no recording", "rate", "nan", "tape", "no kind"],
)
def test_what_is_not_accepted_is_said_and_changes_nothing(lab, take, data, message):
    before = lab.shown["blocks"]
    send(lab, take, data)  # ipywidgets logs what is raised
    assert message in lab.error
    assert lab.shown["blocks"] == before
    assert lab.own is None
    lab.load(file(np.sin(np.arange(1600) / 9)))
    assert lab.error == ""


def test_silence_is_heard_and_said(lab):
    send(lab, {"kind": "file", "name": "still.wav"}, file(np.zeros(8000)))
    assert "It is silent" in block(lab, "intake")["note"]


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("said", "", "said has 0 digits; accepted are 1 to 8"),
        ("said", "123456789", "said has 9 digits"),
        ("said", "4<2", "said holds '<'"),
        ("said", "٣", "said holds '٣'"),
        ("voice", "nobody", "nobody"),
        ("speed", 0.1, "speed is 0.1"),
        ("noise", 61.0, "above is 61"),
        ("source", "own", "source is 'own'"),
    ],
)
def test_a_wrong_value_is_said_and_changes_nothing(lab, trait, value, message):
    before, good = lab.shown["blocks"], getattr(lab, trait)
    with pytest.raises(ValueError, match=message):
        setattr(lab, trait, value)
    assert message in lab.error
    assert lab.shown["blocks"] == before
    setattr(lab, trait, good)
    assert lab.error == ""


def test_another_model_is_refused():
    with pytest.raises(TypeError, match="model is a int"):
        SpeechLab(3, tones())
    assert features.BANDS * features.STACK == 48
    assert len(spelling.SYMBOLS) == V
