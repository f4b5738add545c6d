"""A learner's own table: the rows of a CSV file as text, each with its line."""

import csv
import io
from typing import NamedTuple

from rnnedu.datasets._checks import choice
from rnnedu.datasets._files import NUMBER
from rnnedu.datasets.reading import read_text

DELIMITERS = (",", ";", "\t", "|")
EXCERPT = 40  # characters of a cell that a message repeats


class Table(NamedTuple):
    """path, names of the columns, and (line number, cells) for each row that is not blank."""

    path: str
    names: tuple
    rows: list

    def column(self, argument, name):
        """Return the place of a column; `argument` is how the ValueError for a name that is not there calls it."""
        return self.names.index(choice(argument, name.strip() if isinstance(name, str) else name, self.names))

    def wrong(self, line, found, accepted):
        """Return (not raise) the ValueError about a line."""
        return ValueError(f"{self.path}, line {line}: {found}; accepted: {accepted}")


def read_csv(path, delimiter=None, encoding="utf-8", max_bytes=10_000_000):
    """Return the Table of a CSV file whose first line names the columns. Lines that are blank are left out.

    Args:
        path: str or pathlib.Path.
        delimiter: "," or ";" or a tab or "|"; None takes the one that the first line has most of.
        encoding, max_bytes: as `read_text` takes them.

    Raises what `read_text` raises for a file that is missing, empty, too large or no text; ValueError, with the line,
    for a first line of numbers, columns of no name or of one name, a row with too few or too many cells, a quote
    that is not closed.
    """
    text = read_text(path, encoding, max_bytes)
    head = text.lstrip("\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count) if delimiter is None else choice("delimiter", delimiter, DELIMITERS)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True, strict=True)
    table = Table(str(path), (), [])
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise table.wrong(reader.line_num, str(error), 'cells as they are, or in "quotes" that are closed') from None
    table = table._replace(names=_names(table, *lines[0]), rows=lines[1:])
    for line, cells in table.rows:
        if len(cells) != len(table.names):
            raise table.wrong(line, f"found {len(cells)} cells", f"{len(table.names)}, as the first line has names")
    if not table.rows:
        raise table.wrong(lines[0][0] + 1, "found the end of the file", "at least one row below the names")
    return table


def _names(table, line, cells):
    if any(NUMBER.fullmatch(cell) for cell in cells):
        raise table.wrong(line, f"found {excerpt(','.join(cells))}", "a first line that names the columns, in words")
    if "" in cells or len(set(cells)) < len(cells):
        raise table.wrong(line, f"found the names {cells}", "a name for each column, and no name twice")
    return tuple(cells)


def excerpt(cell):
    """Return a cell as a message repeats it: quoted, and cut where it is long."""
    return repr(cell if len(cell) <= EXCERPT else cell[:EXCERPT] + "…")
