"""Finding and reading the tables in `data/`."""

import csv
import io
import math
import re
from pathlib import Path

from rnnedu.datasets.reading import read_text

PACKAGE = Path(__file__).resolve().parents[1]
# A wheel carries the data inside the package; a checkout has them beside it.
DATA_FOLDERS = (PACKAGE / "share" / "data", PACKAGE.parent / "data")
# float() also takes "nan", "inf" and "1_000": none of them is a measurement.
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


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
