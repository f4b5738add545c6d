"""The spoken digits as shipped, what is held out of them, and what a damaged file is told."""

import builtins
import csv
import hashlib
import shutil

import numpy as np
import pytest

from rnnedu.datasets import _files, data_path, speech

FOLDER = data_path("speech")


@pytest.fixture(scope="module")
def digits():
    return speech.load_digits()


def test_every_file_has_its_checksum_and_the_list_has_the_readmes():
    listed = dict(reversed(line.split("  ")) for line in (FOLDER / "SHA256SUMS").read_text("utf-8").splitlines())
    others = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.iterdir()}
    assert others.pop("SHA256SUMS") in data_path("README.md").read_text("utf-8")
    assert listed == others


def test_the_corpus_is_small_enough_to_travel():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 6e6


def test_every_voice_says_every_digit_once(digits):
    assert len(digits) == 3720
    said = {}
    for voice, digit in zip(digits.voices, digits.digits.tolist(), strict=True):
        said.setdefault(voice, []).append(digit)
    assert {tuple(sorted(each)) for each in said.values()} == {tuple(range(10))}
    assert 24 * 60 < digits.seconds < 32 * 60


def test_recordings_are_audible_and_cannot_be_written_to(digits):
    for samples in digits.samples:
        assert samples.dtype == np.float32
        assert 0.08 * 8000 < len(samples) < 1.2 * 8000
        assert 0.5 < np.abs(samples).max() < 1
        assert not samples.flags.writeable


def test_words_are_where_the_index_says(digits):
    """Between two words there is silence, and none within a few milliseconds of the loudest part."""
    for group in ("flite-slt", "espeak-hi"):
        whole = speech._decoded(group)
        kept = np.zeros(len(whole), bool)
        with (FOLDER / "index.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["group"] == group:
                    kept[int(row["start"]) : int(row["start"]) + int(row["length"])] = True
        assert np.abs(whole[~kept]).max() < 0.1 * np.abs(whole).max()
        assert np.square(whole[kept]).sum() > 0.999 * np.square(whole).sum()


def test_whole_groups_are_held_out(digits):
    held_out, training = digits.of(part="held out"), digits.of(part="training")
    assert set(held_out.groups) == {"flite-rms", "festival-ked", "espeak-klatt", "espeak-sv"}
    assert not set(held_out.groups) & set(training.groups)
    assert not set(held_out.voices) & set(training.voices)
    assert len(held_out) + len(training) == len(digits)


def test_parts_of_it(digits):
    slt = digits.of(group="flite-slt")
    assert len(slt) == 300
    one = slt.of(voice="slt-us-1")
    assert one.digits.tolist() == list(range(10))
    assert one.take([3, -1]).digits.tolist() == [3, 9]
    assert one.take(one.digits == 7).samples[0] is one.samples[7]
    assert len(one.take([])) == 0
    with pytest.raises(ValueError, match=r"group is 'flite-slk' \(did you mean 'flite-slt'"):
        digits.of(group="flite-slk")
    with pytest.raises(ValueError, match=r"voice is 'slt-us-1' .*accepted:"):
        digits.of(group="flite-awb").of(voice="slt-us-1")


def test_strings_of_digits():
    found = speech.make_digit_strings(600, seed=3)
    assert found == speech.make_digit_strings(600, seed=3)
    assert found != speech.make_digit_strings(600, seed=4)
    assert {len(each) for each in found} == {1, 2, 3, 4, 5}
    assert {digit for each in found for digit in each} == set(range(10))
    assert {len(each) for each in speech.make_digit_strings(9, longest=1)} == {1}
    for wrong in ({"count": 0}, {"count": 5, "longest": 0}, {"count": 5, "seed": -1}):
        with pytest.raises(ValueError, match="accepted: a whole number of"):
            speech.make_digit_strings(**wrong)


# ---- damage


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """One group in a folder of its own."""
    (tmp_path / "speech").mkdir()
    with (FOLDER / "index.csv").open(encoding="utf-8") as file:
        rows = [line for line in file if line.startswith(("group,", "festival-ked,"))]
    (tmp_path / "speech" / "index.csv").write_text("".join(rows), encoding="utf-8")
    shutil.copy(FOLDER / "festival-ked.ogg", tmp_path / "speech")
    monkeypatch.setattr(_files, "DATA_FOLDERS", (tmp_path,))
    speech.load_digits.cache_clear()
    yield tmp_path / "speech"
    speech.load_digits.cache_clear()


def replaced(path, line, old, new):
    lines = path.read_text("utf-8").splitlines(keepends=True)
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new)
    path.write_text("".join(lines), "utf-8")


def test_a_folder_of_ones_own(copy):
    assert copy.is_dir()
    assert len(speech.load_digits()) == 80


@pytest.mark.parametrize(
    ("line", "old", "new", "match"),
    [
        (3, "one", "eleven", "speech/index.csv, line 3: found 'eleven', 'held out'; accepted: one of zero, one"),
        (2, "held out", "tested", "line 2: found 'zero', 'tested'"),
        (2, ",0,", ",-1,", "line 2: found '-1', .*; accepted: a start and a length in samples"),
        (81, ",2", ",9000002", "speech/festival-ked.ogg is cut short; reinstalling rnnedu restores it"),
    ],
)
def test_a_damaged_index(copy, line, old, new, match):
    replaced(copy / "index.csv", line, old, new)
    with pytest.raises(ValueError, match=match):
        speech.load_digits()


def test_a_damaged_or_missing_recording(copy):
    (copy / "festival-ked.ogg").write_bytes(b"no sound")
    with pytest.raises(ValueError, match=r"data file speech/festival-ked\.ogg: .*; reinstalling rnnedu restores it"):
        speech.load_digits()
    (copy / "festival-ked.ogg").unlink()
    with pytest.raises(ValueError, match=r"data file speech/festival-ked\.ogg: "):
        speech.load_digits()


def test_without_soundfile_one_is_told_how_to_get_it(copy, monkeypatch):
    def refuse(name, *rest, real=builtins.__import__, **named):
        if name == "soundfile":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ImportError, match="the spoken digits need the soundfile package: pip install soundfile"):
        speech.load_digits()
    assert copy.is_dir()
