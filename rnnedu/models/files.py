"""Model files: a configuration and its arrays in one file, without pickle, written whole or not at all.

The file is a zip file that anyone can open, with `np.load(path, allow_pickle=False)` too: `model.json`, then
`<name>.npy` for each array, nothing compressed, dates fixed. Its last 64 bytes, the zip comment, are the SHA-256
of all bytes before them, which notices damage but is no signature: whoever writes a file can compute it.

`save` is a function of its arguments to the byte, and `load` accepts exactly what `save` writes: it parses the JSON,
works out what every other byte has to be, and compares. A stranger's zip directory or npy header is never
interpreted, and nothing is larger in memory than in the file.

Sources: PKWARE's APPNOTE.TXT (zip); NumPy Enhancement Proposal 1 (npy).
"""

import contextlib
import glob
import hashlib
import json
import math
import os
import secrets
import shutil
import struct
from pathlib import Path

import numpy as np

from rnnedu import validate
from rnnedu.models import archive
from rnnedu.models.archive import DTYPES

FORMAT, VERSION = "rnnedu model", 1
MAX_BYTES = 256 * 2**20
MAX_JSON = 2**20  # parsed, JSON takes up to thirty times its size
MAX_ARRAYS = 2**32 - 2**28  # a zip file's offsets have four bytes; names and headers need far less than the rest

_JSON = "model.json"  # the first member


class ModelFileError(ValueError):
    """What is at the path is no whole model file that this version reads; the message starts with the path."""


def save(path, config, arrays):
    """Write a model file. Whoever reads, and a crash at any moment, finds the old file or the new one, whole.

    Parameters
    ----------
    path : str or os.PathLike, used as it is; no file object. A link is followed. An old file's permissions are kept.
    config : dict that JSON gives back equal: str keys; dict, list, str, int, finite float, bool, None.
    arrays : dict name -> ndarray of float32, float64 or int64, any shape, finite. A name is like "lstm/W_x":
        printable, at most 255 characters, no colon or backslash, no part that is empty, "." or "..".

    Raises
    ------
    TypeError : for arguments, names or dtypes other than these.
    ValueError : for another config or name, NaN or infinity, more than 1 MiB of JSON, more than 3.75 GiB of numbers.
    ModelFileError : where the path is a folder or a device.
    OSError : as `open`, and when the disk is full. The old file is as it was after any of these.
    """
    path = regular(path)
    validate.kind("config", config, dict), validate.kind("arrays", arrays, dict)
    specs = {name: _spec_of(name, value) for name, value in arrays.items()}
    raw = _head(config, specs)
    for name, found, most in (
        ("config", len(raw), MAX_JSON),
        ("arrays", sum(value.nbytes for value in arrays.values()), MAX_ARRAYS),
    ):
        if found > most:
            raise ValueError(f"{name} has {found} bytes in the file; accepted is at most {most}")
    members = [(_JSON, b"", raw), *((f"{name}.npy", archive.npy_header(specs[name]), arrays[name]) for name in arrays)]
    _replace(Path(os.path.realpath(path)), members)


def load(path, max_bytes=MAX_BYTES):
    """Return (config, arrays), equal to what `save` was given. Nothing in the file is executed.

    path : str or os.PathLike. max_bytes : int, the largest file accepted; memory stays near the size of the file.

    Raises ModelFileError for all that is at the path and is no whole model of finite numbers, of at most max_bytes,
    in this version's format; OSError as `open`, thus FileNotFoundError where nothing is; TypeError or ValueError for
    another max_bytes.
    """
    path, max_bytes = regular(path), validate.integer("max_bytes", max_bytes, 1)
    with path.open("rb") as file:
        try:
            return _read(file, os.fstat(file.fileno()).st_size, max_bytes)
        except (ValueError, RecursionError) as error:
            raise ModelFileError(f"{path}: {error}") from None


def regular(path):
    """Return the Path, of a file if of anything: a pipe never ends, and to replace a device is to remove it."""
    path = Path(path)
    if path.exists() and not path.is_file():
        raise ModelFileError(f"{path}: this is a folder or a device; accepted is the path of a file")
    return path


def _spec_of(name, value):
    """Return what the JSON says of an array, after checking both."""
    validate.kind("a name in arrays", name, str), validate.kind(f"arrays[{name!r}]", value, np.ndarray)
    if value.dtype not in map(np.dtype, DTYPES):
        raise TypeError(f"arrays[{name!r}] has dtype {value.dtype}; accepted is {', '.join(DTYPES)}")
    if np.ma.is_masked(value):  # the file would hold what is behind the mask
        raise ValueError(f"arrays[{name!r}] has masked entries; accepted is an array without any")
    return _checked(name, {"dtype": _finite(name, value).dtype.name, "shape": list(value.shape)})


def _finite(name, array):
    if not np.isfinite(array).all():
        raise ValueError(f"arrays[{name!r}] holds NaN or infinity; accepted are finite numbers only")
    return array


def _checked(name, spec):
    """Return the spec of an array after checking it and the array's name."""
    parts = set(name.split("/"))
    if parts & {"", ".", ".."} or set(name) & {":", "\\"} or not name.isprintable() or len(name) > 255:
        raise ValueError(f"an array is called {name!r:.80}; accepted is a plain name such as 'lstm/W_x'")
    match spec:
        case {"dtype": str(dtype), "shape": list(shape)} if dtype in DTYPES and all(type(n) is int for n in shape):
            # An axis of size 0 makes the array empty and yet no larger for NumPy.
            if len(shape) <= 32 and min(shape, default=0) >= 0 and math.prod(n or 1 for n in shape) < 2**32:
                return {"dtype": dtype, "shape": shape}
    raise ValueError(f"arrays[{name!r}] is {spec!r:.80}; accepted are the dtypes {', '.join(DTYPES)} and a shape")


def _head(config, specs):
    """Return model.json as bytes, the same for equal arguments; ValueError for a config that JSON does not keep."""
    head = {"format": FORMAT, "version": VERSION, "config": config, "arrays": specs}
    try:
        text = json.dumps(head, allow_nan=False)
        kept = json.loads(text) == head
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"config is not JSON: {error}") from None
    if not kept:
        raise ValueError("config holds what JSON changes, such as a tuple or a key 1; accepted are list and str")
    return text.encode("ascii")


def _parse(raw):
    """Return config and specs of a model.json, if it is what `_head` writes of them."""
    match json.loads(raw.decode("ascii")):
        case {"format": "rnnedu model", "version": int(version)} if version > VERSION:
            raise ValueError(f"a newer version of rnnedu made it, in format {version}; accepted is {VERSION}: update")
        case {"config": dict(config), "arrays": dict(listed)}:
            specs = {name: _checked(name, spec) for name, spec in listed.items()}
            if _head(config, specs) == raw:
                return config, specs
    raise ValueError(f"{_JSON} is not written as rnnedu writes it")


def _replace(target, members):
    """Write the members beside the target, then put the new file in its place in one step."""
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    temporary.touch(exist_ok=False)
    try:
        _write(temporary, target, members)
        temporary.replace(target)
    except FileNotFoundError:  # another save to this path was done first and tidied ours away
        _replace(target, members)
    finally:
        temporary.unlink(missing_ok=True)
    _tidy(target)


def _write(temporary, target, members):
    if target.exists():
        shutil.copymode(target, temporary)  # a private file stays private, a protected one is refused
    with temporary.open("r+b") as file:
        file.writelines(archive.pieces(members))
        file.flush()
        os.fsync(file.fileno())


def _tidy(target):
    """Make the new name last through a power cut, and remove what a killed `save` left: both where possible."""
    with contextlib.suppress(OSError):
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    for left in target.parent.glob(f".{glob.escape(target.name)}.{'[0-9a-f]' * 8}.tmp"):
        with contextlib.suppress(OSError):
            left.unlink()


def _read(file, size, max_bytes):
    """Return (config, arrays). Before the digest is found right, nothing is parsed."""
    if size > max_bytes:
        raise ValueError(f"the file has {size} bytes; accepted is at most max_bytes={max_bytes}")
    raw, records = _json_of(file), archive.Records()
    _check_digest(file, size)
    config, specs = _parse(raw)
    file.seek(0)
    _fill(file, records, _JSON, b"", bytearray(len(raw)))
    arrays = {name: _array_of(file, size, records, name, spec) for name, spec in specs.items()}
    if file.read()[: -archive.SEAL] != records.end():
        raise ValueError(f"the zip directory is not that of the members in {_JSON}")
    return config, arrays


def _json_of(file):
    """Return the content of the first member; whether the rest of its record is right is seen later."""
    start = file.read(archive.RECORD + len(_JSON))
    if not start.startswith(b"PK\3\4") or not start.endswith(_JSON.encode()):
        raise ValueError(f"this is no model file; accepted is what rnnedu saved, a zip file that begins with {_JSON}")
    (length,) = struct.unpack_from("<I", start, 22)
    if length > MAX_JSON:
        raise ValueError(f"{_JSON} has {length} bytes; accepted is at most {MAX_JSON}")
    return file.read(length)


def _check_digest(file, size):
    digest, left = hashlib.sha256(), max(size - archive.SEAL, 0)
    file.seek(0)
    while piece := file.read(min(left, 2**20)):
        digest.update(piece)
        left -= len(piece)
    if file.read() != digest.hexdigest().encode("ascii"):
        raise ValueError("the file is damaged or cut short: its last 64 bytes are not the SHA-256 of the others")


def _array_of(file, size, records, name, spec):
    """Return the array that is stored next, after checking that the file has room for it."""
    needed = math.prod(spec["shape"]) * np.dtype(spec["dtype"]).itemsize
    if needed > size - file.tell():
        raise ValueError(f"arrays[{name!r}] needs {needed} bytes, more than the rest of the file")
    array = np.empty(spec["shape"], DTYPES[spec["dtype"]])
    _fill(file, records, f"{name}.npy", archive.npy_header(spec), array)
    return _finite(name, array)


def _fill(file, records, name, head, data):
    """Read the next member's data into `data`; what stands before it has to be what `save` writes."""
    start = file.read(archive.RECORD + len(name.encode()) + len(head))
    file.readinto(data)
    if start != records.add(name, head, data):
        raise ValueError(f"the next member is not {name!r} as {_JSON} describes it, neither packed nor encrypted")
