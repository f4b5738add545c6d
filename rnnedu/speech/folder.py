"""Recordings of one's own: a folder of WAV files, and a text file that says what is said in each."""

import re
from dataclasses import dataclass
from pathlib import Path

from rnnedu.datasets import read_text
from rnnedu.datasets.speech import WORDS
from rnnedu.speech import spelling, wav

TRANSCRIPTS = "transcripts.txt"
FORM = "a line such as 'tuesday.wav two seven one' or 'tuesday.wav,271'"
ALSO = {"oh": "zero"}  # what people say for 0


@dataclass(frozen=True, eq=False)
class Recording:
    """name : of the file. sound : a wav.Sound. digits : what is said, a tuple of 0 to 9."""

    name: str
    sound: wav.Sound
    digits: tuple

    @property
    def text(self):
        """What is said, in words."""
        return spelling.spelt(self.digits)


def load_folder(folder, transcripts=TRANSCRIPTS):
    """Return a list of Recordings, in the order of the transcripts.

    folder : path of a folder with WAV files; others in it are not read. transcripts : the name of a text file in it, or
    a path. Each line has the name of a file and the digits in it, as words or figures, with spaces, a comma or a tab
    between. Empty lines and those that begin with # are left out.

    Raises FileNotFoundError for a folder or file that is not there, ValueError, with the line, for a transcript or a
    sound that cannot be used.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}; accepted is one with WAV files and {transcripts}")
    path = folder / transcripts  # an absolute path stays itself
    listed = [_entry(path.name, n, line) for n, line in enumerate(read_text(path).splitlines(), 1) if _said(line)]
    if not listed:
        raise ValueError(f"{path.name} has no line that names a file; accepted is {FORM}")
    return [_recording(folder, path.name, *entry) for entry in listed]


def examples(recordings):
    """Return [(samples, digits), ...] of Recordings, as `recognise.errors` takes them."""
    return [(each.sound.samples, each.digits) for each in recordings]


def _said(line):
    return line.strip() and not line.lstrip().startswith("#")


def _entry(file, n, line):
    """Return (line number, name, digits)."""
    found = re.fullmatch(r"(.+?\.wav)[\s,;]+(.*)", line.strip(), re.IGNORECASE)
    if found is None:
        raise ValueError(f"{file}, line {n}: {line.strip()!r} names no WAV file; accepted is {FORM}")
    words = re.findall(r"\d|[^\s,;\d]+", found[2].lower())  # figures one by one
    return n, found[1], tuple(_digit(file, n, word) for word in words)


def _digit(file, n, word):
    word = ALSO.get(word, word)
    if word.isascii() and word.isdigit():
        return int(word)
    if word not in WORDS:
        raise ValueError(f"{file}, line {n}: found {word!r}; accepted are digits, as figures or as {', '.join(WORDS)}")
    return WORDS.index(word)


def _recording(folder, file, n, name, digits):
    if not digits:
        raise ValueError(f"{file}, line {n}: nothing is said in {name}; accepted is {FORM}")
    try:
        return Recording(name, wav.read_wav(folder / name), digits)
    except (OSError, ValueError, TypeError) as error:
        raise type(error)(f"{file}, line {n}: {error}") from error
