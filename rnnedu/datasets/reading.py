"""The learner's own text, from a file or an upload, and in words what is wrong with what is none."""

import re
from pathlib import Path

from rnnedu.datasets._checks import whole

PIECE = 1_000_000  # bytes that are read at once
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f]")  # of text: tab, line ends, form feed, escape
NOISE = 0.02  # share of control characters that no text has


def read_text(source, encoding="utf-8", max_bytes=10_000_000, progress=None):
    """Return a text of the learner's own as one str: the content of a file, or bytes.

    Each line end becomes one newline character, and a leading byte order mark is dropped: no model need
    learn them.

    Args:
        source: str or pathlib.Path of a file; or its bytes, as an upload holds them (bytes, bytearray, memoryview).
        encoding: name of a text encoding, such as "utf-8" or "latin-1".
        max_bytes: the largest text accepted, in bytes.
        progress: function (bytes read, bytes in all), called about once a megabyte while a file is read.

    Raises:
        FileNotFoundError: nothing is there.
        IsADirectoryError: the path is a folder.
        OSError: it is no regular file, or the system does not let us read it.
        TypeError: `source` is neither a path nor bytes.
        ValueError: the text is too large, empty or not text in that encoding; the encoding is unknown.
    """
    max_bytes = whole("max_bytes", max_bytes, 1)
    if isinstance(source, (bytes, bytearray, memoryview)):
        name, size, raw = "the upload", memoryview(source).nbytes, source
    elif isinstance(source, (str, Path)):
        name = _existing(Path(source))
        size, raw = name.stat().st_size, None
    else:
        raise TypeError(f"source is of type {type(source).__name__}; accepted: a path, or bytes")
    if size > max_bytes:
        raise ValueError(
            f"{name} is too large; accepted: at most max_bytes={max_bytes} bytes, and it has {size}. A part of it "
            "will do to train on; a larger max_bytes reads it all"
        )
    text = _decoded(bytes(_read(name, size, progress) if raw is None else raw), encoding, name)
    if not text.strip():
        raise ValueError(f"{name} is empty; accepted: a file with at least one visible character")
    return text


def _existing(path):
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; accepted: the path of a text file")
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path} (relative paths start at {Path.cwd()})")
    if not path.is_file():  # reading a pipe or a device might never end
        raise OSError(f"{path} is not a regular file; accepted: the path of a text file")
    return path


def _read(path, size, progress):
    raw = bytearray()
    with path.open("rb") as file:
        while len(raw) < size and (piece := file.read(min(PIECE, size - len(raw)))):
            raw += piece
            if progress is not None:
                progress(len(raw), size)
    return raw


def _decoded(raw, encoding, name):
    try:
        text = raw.decode(encoding)
    except LookupError:
        raise ValueError(f"encoding is {encoding!r}; accepted: a text encoding such as 'utf-8'") from None
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{name} is not {encoding} text: byte {raw[error.start]:#04x} at position {error.start}, "
            f"{_line(raw[: error.start].count(10))}; "
            "accepted: plain text, or the file's own encoding=, such as 'latin-1' or 'utf-16'"
        ) from None
    if "\0" in text:  # legal in UTF-8, yet found in binary files and in UTF-16 only
        raise ValueError(
            f"{name} is not {encoding} text: it holds NUL characters, the first in "
            f"{_line(text.count(chr(10), 0, text.index(chr(0))))}; accepted: plain text"
        )
    _refuse_noise(text, encoding, name)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _refuse_noise(text, encoding, name):
    """Raise ValueError for what an encoding that takes every byte, such as latin-1, makes of a binary file."""
    found = len(CONTROLS.findall(text))
    if found > NOISE * len(text):
        raise ValueError(
            f"{name} is not {encoding} text: {found} of its {len(text)} characters are control characters, the first "
            f"in {_line(text.count(chr(10), 0, CONTROLS.search(text).start()))}; accepted: plain text"
        )


def _line(newlines):
    return f"line {newlines + 1}"
