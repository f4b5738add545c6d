"""What a race and its worker processes say to each other: a line of JSON, then the bytes of the arrays it names."""

import json
from dataclasses import asdict
from typing import NamedTuple

import numpy as np

from rnnedu.experiments.entries import Entry
from rnnedu.experiments.laps import Errand, Lap, Snapshot
from rnnedu.experiments.rules import Rules


class Message(NamedTuple):
    """What was said, as plain data, and the Snapshot that came with it, or None."""

    head: dict
    snapshot: Snapshot | None


def write_errand(stream, errand):
    """Write an Errand to a binary stream."""
    head = {"entry": asdict(errand.entry), "rules": asdict(errand.rules), "seed": errand.seed}
    _write(stream, Message(head, errand.snapshot))


def errand(message):
    """Return the Errand of a Message. Raises ValueError for one that cannot be done here, such as an unknown cell."""
    head, snapshot = message
    return Errand(Entry(**head["entry"]), Rules(**head["rules"]), head["seed"], snapshot)


def write_lap(stream, lap):
    """Write a Lap to a binary stream."""
    head = {"measure": lap.measure, "seconds": lap.seconds, "problem": lap.problem}
    _write(stream, Message(head, lap.snapshot))


def write_error(stream, error):
    """Write what was raised instead of a Lap."""
    _write(stream, Message({"error": f"{type(error).__name__}: {error}"}, None))


def lap(message):
    """Return the Lap of a Message. Raises ValueError with what was raised instead, EOFError for None."""
    if message is None:
        raise EOFError("it ended")
    if "error" in message.head:
        raise ValueError(message.head["error"])
    return Lap(message.snapshot, **message.head)


def _write(stream, message):
    head, snapshot = message
    arrays = {} if snapshot is None else snapshot.arrays
    sizes = {name: [array.size, str(array.dtype)] for name, array in arrays.items()}
    line = {"head": head, "step": None if snapshot is None else snapshot.step, "arrays": sizes}
    stream.write(json.dumps(line).encode() + b"\n")
    for array in arrays.values():
        stream.write(array.tobytes())
    stream.flush()


def read(stream):
    """Return the next Message of a binary stream, None at its end. Raises EOFError if it ends within one."""
    line = stream.readline()
    if not line:
        return None
    said = json.loads(_whole(line, line.endswith(b"\n")))
    arrays = {name: _array(stream, *shape) for name, shape in said["arrays"].items()}
    return Message(said["head"], None if said["step"] is None else Snapshot(said["step"], arrays))


def _array(stream, size, dtype):
    wanted = size * np.dtype(dtype).itemsize
    data = stream.read(wanted)
    return np.frombuffer(_whole(data, len(data) == wanted), dtype)


def _whole(data, complete):
    if not complete:
        raise EOFError("it ended within a message")
    return data
