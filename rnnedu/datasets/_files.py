"""Finding and reading files: the learner's own text, and the tables in `data/`."""

import csv
import io
import math
import re
from pathlib import Path

from rnnedu.datasets._checks import whole

PACKAGE = Path(__file__).resolve().parents[1]
# A wheel carries the data inside the package; a checkout has them beside it.
DATA_FOLDERS = (PACKAGE / "share" / "data", PACKAGE.parent / "data")
# float() also takes "nan", "inf" and "1_000": none of them is a measurement.
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def read_text(path, encoding="utf-8", max_bytes=10_000_000):
    """Return the text of a file of the learner's own as one str.

    Each line end becomes one newline character, and a leading byte order mark is dropped: no model need
    learn them.

    Args:
        path: str or pathlib.Path.
        encoding: name of a text encoding, such as "utf-8" or "latin-1".
        max_bytes: the largest file accepted, in bytes.

    Raises:
        FileNotFoundError: nothing is there.
        IsADirectoryError: the path is a folder.
        OSError: it is no regular file, or the system does not let us read it.
        ValueError: the file is too large, empty or not text in that encoding; the encoding is unknown.
    """
    max_bytes = whole("max_bytes", max_bytes, 1)
    path = _existing(Path(path))
    if path.stat().st_size > max_bytes:
        raise ValueError(f"{path} is too large; accepted: at most max_bytes={max_bytes} bytes")
    raw = path.read_bytes()
    text = _decoded(raw, encoding, path)
    if not text.strip():
        raise ValueError(f"{path} is empty; accepted: a file with at least one visible character")
    return text


def _existing(path):
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; accepted: the path of a text file")
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path} (relative paths start at {Path.cwd()})")
    if not path.is_file():  # reading a pipe or a device might never end
        raise OSError(f"{path} is not a regular file; accepted: the path of a text file")
    return path


def _decoded(raw, encoding, path):
    try:
        text = raw.decode(encoding)
    except LookupError:
        raise ValueError(f"encoding is {encoding!r}; accepted: a text encoding such as 'utf-8'") from None
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise ValueError(
            f"{path} is not {encoding} text: byte {byte:#04x} at position {error.start}; "
            "accepted: plain text, or the file's own encoding=, such as 'latin-1' or 'utf-16'"
        ) from None
    if "\0" in text:  # legal in UTF-8, yet found in binary files and in UTF-16 only
        raise ValueError(f"{path} is not {encoding} text: it holds NUL characters; accepted: plain text")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def read_table(name, header):
    """Yield (line number, cells) for each row of `data/<name>`, whose first line must be `header`.

    Raises ValueError, naming the file and the line, when the file is missing (no line, then) or damaged.
    """
    reader = csv.reader(io.StringIO(_data_text(name)), strict=True)
    columns, rows = ",".join(header), 0
    try:
        for rows, cells in enumerate(reader):
            if rows == 0 and cells != list(header):
                raise damaged(name, reader.line_num, f"found {','.join(cells)!r}", f"the header {columns}")
            if len(cells) != len(header):
                raise damaged(name, reader.line_num, f"found {','.join(cells)!r}", f"the cells {columns}")
            if rows:
                yield reader.line_num, cells
    except csv.Error as error:
        raise damaged(name, reader.line_num, str(error), "comma-separated cells") from None
    if rows == 0:
        raise damaged(name, reader.line_num + 1, "found the end of the file", "at least one row of data")


def data_path(name):
    """Return the pathlib.Path of `data/<name>`, in a checkout and in an installed package. It may be missing."""
    return next((f / name for f in DATA_FOLDERS if (f / name).exists()), DATA_FOLDERS[-1] / name)


def _data_text(name):
    try:
        return read_text(data_path(name))
    except (OSError, ValueError) as error:
        raise ValueError(f"data file {name}: {error}; reinstalling rnnedu restores it") from error


def number(name, line, cell):
    """Return one cell as a finite float; ValueError naming file and line for anything else."""
    value = float(cell) if NUMBER.fullmatch(cell) else math.nan
    if not math.isfinite(value):
        raise damaged(name, line, f"found {cell!r}", "a finite number such as 12.5")
    return value


def damaged(name, line, found, accepted):
    """Return (not raise) the ValueError for a data file that is not what we ship."""
    return ValueError(f"data file {name}, line {line}: {found}; accepted: {accepted}")
