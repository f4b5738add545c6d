"""What a Panel shows, as plain data that js/blocks.js draws: charts, bars, tables, letters, maps, text.

Every block has a key, unique in its widget, and a title that says what is to be seen. Numbers are plain floats; what is
not finite is None, a gap.
"""

import numpy as np

from rnnedu.view import colours


def numbers(values):
    """Return an array of any shape as lists of floats, None where an entry is masked or not finite."""
    values = np.ma.asarray(values, dtype=np.float64)
    found = np.where(np.isfinite(values.filled(np.nan)), values.filled(np.nan), None)
    return found.tolist()


def pair(place):
    """Return the (light, dark) colours of the line at `place`; they differ in dash too, see `line`."""
    return colours.SERIES[place % len(colours.SERIES)]


def line(name, x, y, place=0, *, colour=None, dash=None, faint=False, dots=False, width=2.0, band=None):
    """Return a line of a chart.

    name : in the legend; lines of one name share an entry. x, y : (n,) each.
    place : which of the colours and dashes; `colour`, a (light, dark) pair, and `dash`, 0 to 3, override it.
    faint : thinner and paler, for runs beside the one in question. band : (low, high), (n,) each, shaded.
    """
    return {
        "name": name,
        "x": numbers(x),
        "y": numbers(y),
        "colour": list(colour or pair(place)),
        "dash": (place if dash is None else dash) % 4,
        "faint": faint,
        "dots": dots,
        "width": width,
        "band": None if band is None else [numbers(side) for side in band],
    }


def rule(y, name):
    """Return a level across a chart, named at its end."""
    return {"y": float(y), "name": name}


def chart(key, title, lines, x_label, y_label, *, log_y=False, y_range=None, x_range=None, rules=(), height=280):
    """Return lines over one horizontal axis. ranges : (low, high), None is as the lines need. height : pixels."""
    return _block("chart", key, title) | {
        "lines": list(lines),
        "x": {"label": x_label, "range": None if x_range is None else numbers(x_range)},
        "y": {"label": y_label, "log": log_y, "range": None if y_range is None else numbers(y_range)},
        "rules": list(rules),
        "height": height,
    }


def bars(key, title, labels, values, unit="", *, high=None, colour=None, marked=(), beside=None):
    """Return horizontal bars from 0. unit : "%" shows shares 0..1 as percent. marked : places to emphasise.

    beside : (what the bars are, what the others are, (n,) others): a second value for each, a line across its bar.
    """
    return _block("bars", key, title) | {
        "labels": list(labels),
        "values": numbers(values),
        "unit": unit,
        "high": high,
        "colour": list(colour or pair(0)),
        "marked": list(marked),
        "beside": None if beside is None else [*beside[:2], numbers(beside[2])],
    }


def table(key, title, columns, rows, shares=None):
    """Return a table of texts; the first column names the row. shares : colours of the other cells, -1 to 1 or None."""
    found = _block("table", key, title) | {"columns": list(columns), "rows": [[str(v) for v in row] for row in rows]}
    return found if shares is None else found | {"shares": numbers(shares)}


def letters(key, title, symbols, values, texts, *, diverging=False, limit=None, trait="", marked=()):
    """Return symbols in a row, each coloured by its value.

    symbols : n texts. values : (n,), None is not coloured. texts : n, what is said of each.
    diverging : values are centred on 0; else they run from 0 to `limit` (default: the largest).
    trait : a list trait [start, stop] that follows the span the learner selects. marked : places to underline.
    """
    return _block("letters", key, title) | {
        "symbols": list(symbols),
        "values": numbers(values),
        "texts": list(texts),
        "diverging": diverging,
        "limit": limit,
        "trait": trait,
        "marked": [int(place) for place in marked],
    }


def heat(key, title, values, x_label, y_label, *, limit=None, trait="", ticks=(), names=(), height=200):
    """Return a map of values (rows, columns), columns being time, coloured on a scale centred on 0.

    ticks : a text for each column, said at the cursor. names : one for each row. trait : as for `letters`.
    """
    return _block("heat", key, title) | {
        "rows": numbers(values),
        "x": {"label": x_label},
        "y": {"label": y_label},
        "limit": limit,
        "trait": trait,
        "ticks": list(ticks),
        "names": list(names),
        "height": height,
    }


def text(key, title, content, code=False):
    """Return a text, shown as it is. code : in letters of one width."""
    return _block("text", key, title) | {"content": str(content), "code": code}


def download(key, label, filename, content):
    """Return a button that saves a text as a file; nothing is sent anywhere."""
    return _block("download", key, label) | {"filename": filename, "content": content}


def _block(kind, key, title):
    return {"kind": kind, "key": key, "title": title}
