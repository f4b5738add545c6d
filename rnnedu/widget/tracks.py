"""Pictures on one time axis with one cursor, as plain data that js/tracks.js draws: a wave, maps, a lattice, words.

Every track is read at the cursor, by pointer and by keys. Numbers go to the browser as float32 bytes, row by row.
"""

import numpy as np


def block(key, title, tracks, along, *, columns=None, sound=None):
    """Return the tracks as one block. along : from `axis`. sound : bytes of a WAV file to be heard with them, or None.

    columns : None, or (names of R rows, {column -> (R, n)}): a table of what stands at the cursor's n-th step.
    """
    found = {"kind": "tracks", "key": key, "title": title, "tracks": list(tracks), "x": along, "sound": sound}
    names, values = columns or ((), {})
    table = {"names": list(names), "values": [[name, floats(each)] for name, each in values.items()]}
    return found | {"columns": table if columns else None}


def axis(label, low, high, step, *, digits=0, unit=""):
    """Return the time axis from low to high, on which the cursor moves by `step`; digits : said after the point."""
    return {
        "label": label,
        "low": float(low),
        "high": float(high),
        "step": float(step),
        "count": max(1, round((high - low) / step)),
        "digits": digits,
        "unit": unit,
    }


def wave(name, samples, start, step, *, height=64):
    """Return samples (N,) as a wave; the first stands at `start`, the next ones `step` apart."""
    return _track("wave", name, height) | {"values": floats(samples), "start": start, "step": step}


def heat(name, values, names, start, step, *, low=None, high=None, unit="", height=140, marks=()):
    """Return values (R, C) as a map, the first row on top; column c lasts from start + c step to start + (c+1) step.

    names : of the rows. low, high : the values of the palest and the fullest colour. marks : rows named beside it.
    """
    values = np.asarray(values)
    found = {"rows": values.shape[0], "cols": values.shape[1], "names": list(names), "marks": [int(m) for m in marks]}
    low, high = values.min() if low is None else low, values.max() if high is None else high
    place = {"low": float(low), "high": float(high), "start": float(start), "step": float(step), "unit": unit}
    return _track("map", name, height) | found | place | {"values": floats(values)}


def lattice(name, names, posterior, steps, open_, best, *, height):
    """Return states over frames. names : of the S states, the first on top. posterior : (T, S), the size of a dot.

    steps : (T-1, S, 3), how probable the step into a state is from itself, from one and from two above. open_ : bool
    (T, S), whether a path leads there. best : (T,), the state of each frame on the path that is ringed, or None.
    """
    T, S = np.shape(posterior)
    found = {"rows": S, "cols": T, "names": list(names), "marks": list(range(S)), "start": 0.5, "step": 1.0, "unit": ""}
    ringed = [] if best is None else [int(state) for state in best]
    numbers = {"values": floats(np.transpose(posterior)), "steps": floats(steps), "open": floats(np.transpose(open_))}
    return _track("lattice", name, height) | found | numbers | {"best": ringed}


def words(name, spans, *, height=30):
    """Return texts along time; spans : (from, to, text) each."""
    return _track("words", name, height) | {"spans": [[float(a), float(b), str(text)] for a, b, text in spans]}


def floats(values):
    """Return numbers as the bytes of float32, row by row."""
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


def _track(kind, name, height):
    return {"kind": kind, "name": name, "height": height}
