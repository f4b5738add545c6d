"""A folder of one's own recordings, and what is said of one that cannot be used."""

import numpy as np
import pytest

from rnnedu.speech import folder, wav

TONE = wav.wav_bytes(np.sin(np.arange(1600) / 3) * 0.5)


@pytest.fixture
def place(tmp_path):
    for name in ("a.wav", "my phone.WAV"):
        (tmp_path / name).write_bytes(TONE)
    return tmp_path


def write(place, text, name="transcripts.txt"):
    (place / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("said", ["two seven one", "271", "2 7 1", "TWO, seven,1", "two\t71"])
@pytest.mark.parametrize("between", [" ", ",", "\t", " , "])
def test_words_and_figures_and_any_separator(place, said, between):
    write(place, f"# who said it\n\na.wav{between}{said}\nmy phone.WAV oh 9\n")
    first, second = folder.load_folder(place)
    assert (first.name, first.digits, first.text) == ("a.wav", (2, 7, 1), "two seven one")
    assert (second.name, second.digits) == ("my phone.WAV", (0, 9))
    assert (first.sound.samples == wav.read_wav(TONE).samples).all()
    assert [digits for _, digits in folder.examples([first, second])] == [(2, 7, 1), (0, 9)]


def test_transcripts_may_have_another_name_or_place(place, tmp_path_factory):
    write(place, "a.wav 5", "said.csv")
    assert folder.load_folder(str(place), "said.csv")[0].digits == (5,)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write(elsewhere, "a.wav 6")
    assert folder.load_folder(place, elsewhere / "transcripts.txt")[0].digits == (6,)


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        ("a.wav 1\nb.wav 2", FileNotFoundError, r"transcripts\.txt, line 2: there is no file .*b\.wav"),
        ("a.mp3 1", ValueError, r"transcripts\.txt, line 1: 'a\.mp3 1' names no WAV file; accepted is a line such as"),
        ("a.wav", ValueError, "line 1: 'a.wav' names no WAV file"),
        ("a.wav ,", ValueError, r"line 1: nothing is said in a\.wav"),
        ("\na.wav two ten", ValueError, "line 2: found 'ten'; accepted are digits, as figures or as zero, one"),
        ("a.wav ³", ValueError, "line 1: found '³'"),
        ("# nothing", ValueError, r"transcripts\.txt has no line that names a file"),
        ("", ValueError, r"transcripts\.txt is empty"),
        ("text.wav 1", ValueError, r"line 1: text\.wav is no WAV file: it begins with b'not sound'"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(place, text, error, match):
    (place / "text.wav").write_text("not sound")
    write(place, text)
    with pytest.raises(error, match=match):
        folder.load_folder(place)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere; accepted is one with WAV files and"):
        folder.load_folder(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=r"there is no file .*transcripts\.txt"):
        folder.load_folder(tmp_path)
