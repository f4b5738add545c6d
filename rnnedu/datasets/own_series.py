"""A learner's own series, from a CSV file: numbers and dates that are what they seem, and holes that are told."""

import math
import re
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np

from rnnedu.datasets._checks import choice
from rnnedu.datasets.csvfile import excerpt, read_csv
from rnnedu.datasets.series import Series

MISSING = ("", "na", "n/a", "nan", "null", "none", "-", ".", "?")  # cells that say: not measured
HOLES = ("refuse", "last", "interpolate", "skip")
FIGURE = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
YEAR_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
MOST_ROWS = 1_000_000  # a date mistyped by centuries must not fill the memory with months


def read_series(
    path,
    values,
    time=None,
    *,
    missing="refuse",
    decimal=".",
    date_format=None,
    unit="",
    season=0,
    delimiter=None,
    encoding="utf-8",
    max_bytes=10_000_000,
):
    """Return a column of a CSV file as a `Series`, its rows taken as equally spaced steps in time.

    A hole is a cell that is empty or says NA, nan, null or - ; or, with a time column, a place where the time goes on
    by 1.5 of the usual (median) steps or more, so that whole rows are missing.

    Args:
        path: str or pathlib.Path. values: name of the column. time: name of the column of times, whose cells are
            numbers or dates such as 2024-03, 2024-03-31 or 2024-03-31 12:30; None counts rows from 0.
        missing: what becomes of holes. "refuse" raises; "last" repeats the value before, as one who does not know the
            future would; "interpolate" draws a straight line to the value after, which a forecaster must not know;
            "skip" leaves the rows out, and joins what is left.
        decimal: "." or ",". date_format: as `datetime.strptime` takes it, such as "%d.%m.%Y".
        unit, season: of the Series. delimiter, encoding, max_bytes: as `read_csv` takes them.

    Dates become years with a fraction. Raises what `read_csv` raises, and ValueError that names the line for a cell
    that is no number or no date, a time that comes twice or before the one above it, a hole that is refused or has no
    value to begin from.
    """
    choice("missing", missing, HOLES)
    choice("decimal", decimal, (".", ","))
    table = read_csv(path, delimiter, encoding, max_bytes)
    place = table.column("values", values)
    found = [_value(table, line, cells[place], decimal) for line, cells in table.rows]
    clock, times = _times(table, time, date_format, decimal)
    rows = list(zip([line for line, _ in table.rows], times, found, strict=True))
    kept = _filled(table, rows if time is None else _spaced(table, rows, missing), missing)
    _, times, found = zip(*kept, strict=True)
    return Series(table.names[place], times, found, unit or table.names[place], table.path, clock, season)


def _value(table, line, cell, decimal):
    """Return a cell as a float, NaN for a hole."""
    if cell.lower() in MISSING:
        return math.nan
    return _number(table, line, cell, decimal)


def _number(table, line, cell, decimal):
    plain = cell.replace(",", ".") if decimal == "," and "." not in cell else cell
    number = float(plain) if FIGURE.fullmatch(plain) else math.nan
    if not math.isfinite(number):
        hint = ' (or decimal="," where a comma stands for the point)' if decimal == "." and "," in cell else ""
        raise table.wrong(line, f"found {excerpt(cell)}", f"a number such as 12{decimal}5{hint}")
    return number


def _times(table, name, date_format, decimal):
    """Return what the times count, and their list."""
    if name is None:
        return "row, from 0", list(range(len(table.rows)))
    place = table.column("time", name)
    cells = [(line, row[place]) for line, row in table.rows]
    if date_format is None and FIGURE.fullmatch(cells[0][1].replace(decimal, ".")):
        times = [_number(table, line, cell, decimal) for line, cell in cells]
        clock = table.names[place]
    else:
        times, clock = [_year(table, line, cell, date_format) for line, cell in cells], "year"
    for (line, before), (later, after) in pairwise(zip([line for line, _ in cells], times, strict=True)):
        if after <= before:
            what = f"the time of line {line} again" if after == before else f"a time before that of line {line}"
            raise table.wrong(later, f"found {what}", "rows in order of time, each time once")
    return clock, times


def _year(table, line, cell, date_format):
    """Return a date as a year with a fraction: the share of that year's seconds that have passed."""
    try:
        if date_format is not None:
            date = datetime.strptime(cell, date_format)
        else:
            date = datetime.fromisoformat(f"{cell}-01" if YEAR_MONTH.fullmatch(cell) else cell)
        date = date if date.tzinfo is None else date.astimezone(UTC).replace(tzinfo=None)
        begin, end = datetime(date.year, 1, 1), datetime(date.year + 1, 1, 1)
    except (ValueError, OverflowError):  # also the year 9999, which no year follows
        form = f"as {date_format}" if date_format else 'such as 2024-03-31, or its date_format=, such as "%d.%m.%Y"'
        raise table.wrong(line, f"found {excerpt(cell)}", f"a date {form}") from None
    return date.year + (date - begin) / (end - begin)


def _spaced(table, rows, missing):
    """Return rows with a row of NaN at each place where the time goes on by more than the usual step."""
    steps = np.diff([time for _, time, _ in rows])
    usual = float(np.median(steps)) if len(steps) else 1.0
    kept = rows[:1]
    for (line, before, _), row in pairwise(rows):
        absent = round((row[1] - before) / usual) - 1 if (row[1] - before) / usual >= 1.5 else 0
        if absent and missing == "refuse":
            raise table.wrong(
                row[0], f"found about {absent} rows missing since line {line}", f"rows at equal steps, or {_ways()}"
            )
        if len(kept) + absent > MOST_ROWS:
            raise table.wrong(row[0], f"found about {absent} rows missing", f"at most {MOST_ROWS} rows in all")
        if missing != "skip":
            times = before + (row[1] - before) * np.arange(1, absent + 1) / (absent + 1)
            kept += [(row[0], float(time), math.nan) for time in times]
        kept.append(row)
    return kept


def _filled(table, rows, missing):
    """Return rows without NaN."""
    holes = [line for line, _, value in rows if math.isnan(value)]
    if not holes or missing == "skip":
        return _some(table, [row for row in rows if not math.isnan(row[2])])
    if missing == "refuse":
        others = f", and {len(holes) - 1} more below" if len(holes) > 1 else ""
        raise table.wrong(holes[0], f"found no value{others}", f"a number in each row, or {_ways()}")
    if math.isnan(rows[0][2]) or (missing == "interpolate" and math.isnan(rows[-1][2])):
        line = rows[0][0] if math.isnan(rows[0][2]) else rows[-1][0]
        raise table.wrong(line, "found a hole at an end of the series", f'missing="skip", as {missing!r} needs a value')
    lines, times, values = (np.array(each) for each in zip(*rows, strict=True))
    known = ~np.isnan(values)
    if missing == "interpolate":
        values = np.interp(times, times[known], values[known])
    else:
        values = values[np.maximum.accumulate(np.where(known, np.arange(len(values)), 0))]
    return list(zip(lines, times, values, strict=True))


def _some(table, rows):
    if not rows:
        raise ValueError(f"{table.path}: found no number in the column; accepted: at least one")
    return rows


def _ways():
    return 'missing="last", "interpolate" or "skip"'
