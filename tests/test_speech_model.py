"""The network that comes with rnnedu: its file, and its errors, measured again."""

import hashlib

import numpy as np
import pytest

from rnnedu.datasets import _files, data_path
from rnnedu.datasets.speech import WORDS, load_digits
from rnnedu.speech import compose, learn, recognise


@pytest.fixture(scope="module")
def model():
    return recognise.load_speech_model()


def test_its_checksum_is_the_readmes():
    raw = data_path(recognise.MODEL).read_bytes()
    assert hashlib.sha256(raw).hexdigest() in data_path("README.md").read_text("utf-8")
    assert len(raw) < 1e6


def test_it_is_a_network_of_learn(model):
    assert [type(each) for each in model.layers] == [type(each) for each in learn.network(2).layers]
    assert model.count_params() == learn.network().count_params()


def test_strings_of_known_voices(model):
    found = recognise.errors(model, compose.examples(load_digits().of(part="training"), 60, seed=11))
    assert found.letters <= 0.05
    assert found.digits <= 0.03


def test_voices_it_never_heard(model):
    held_out = load_digits().of(part="held out")
    groups = tuple(dict.fromkeys(held_out.groups))
    found = [recognise.errors(model, compose.examples(held_out.of(group=group), 15, seed=12)) for group in groups]
    assert np.mean([each.digits for each in found]) <= 0.15


@pytest.mark.parametrize("silence", [0.0, 1.5])
def test_silence_around_a_word_changes_nothing(model, silence):
    one = load_digits().of(voice="slt-us-1")
    said = [recognise.transcribe(compose.together([each], edge=0.1 + silence), 8000).text for each in one.samples]
    assert sum(text == word for text, word in zip(said, WORDS, strict=True)) >= 9


def test_silence_is_nothing_said():
    for samples in (np.zeros(8000), 1e-3 * np.random.default_rng(0).standard_normal(16000)):
        assert recognise.transcribe(samples, 8000).letters == ""


def test_at_other_rates_and_loudness_it_reads_the_same():
    one = load_digits().of(voice="slt-us-1")
    samples = compose.together([one.samples[k] for k in (4, 7, 1)])
    plain = recognise.transcribe(samples, 8000)
    assert recognise.transcribe(0.01 * samples, 8000).text == plain.text == "four seven one"


def test_a_missing_file_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(_files, "DATA_FOLDERS", (tmp_path,))
    recognise.load_speech_model.cache_clear()
    with pytest.raises(ValueError, match=r"data file models/speech_gru\.rnnedu: .*; reinstalling rnnedu restores it"):
        recognise.load_speech_model()
