"""A zip file of npy arrays, byte for byte: the same pieces serve to write it and to compare what is read.

Members are stored, not compressed, with fixed dates; the zip comment is the SHA-256 of all bytes before it.
Sources: PKWARE's APPNOTE.TXT (zip); NumPy Enhancement Proposal 1 (npy).
"""

import hashlib
import struct
import zlib

import numpy as np

DTYPES = {"float32": "<f4", "float64": "<f8", "int64": "<i8"}
RECORD, SEAL = 30, 64  # bytes of a zip record without its name, and of the digest


def npy_header(spec):
    """Return the header of an npy file, padded so that the numbers start at a multiple of 64 bytes."""
    text = f"{{'descr': '{DTYPES[spec['dtype']]}', 'fortran_order': False, 'shape': {tuple(spec['shape'])}, }}"
    text += " " * (-(10 + len(text) + 1) % 64) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode("ascii")


class Records:
    """All of a zip file but its members' content, made member by member, in writing and in reading alike."""

    def __init__(self):
        self.listed, self.offset = [], 0

    def add(self, name, head, data):
        """Return what stands before the data of the next member; its content is head + data."""
        name, size, crc = name.encode(), len(head) + memoryview(data).nbytes, zlib.crc32(data, zlib.crc32(head))
        # zip 2.0, names in UTF-8, stored, midnight of 1980-01-01, CRC, packed and true size, lengths of name and extra
        fields = struct.pack("<5H3I2H", 20, 0x800, 0, 0, 0x21, crc, size, size, len(name), 0)
        self.listed.append(b"PK\1\2\x14\0" + fields + struct.pack("<3H2I", 0, 0, 0, 0, self.offset) + name)
        self.offset += RECORD + len(name) + size
        return b"PK\3\4" + fields + name + head

    def end(self):
        """Return what stands after the last member: the directory, and where it is."""
        directory, count = b"".join(self.listed), len(self.listed)
        return directory + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), self.offset, SEAL)


def pieces(members):
    """Yield the file piece by piece, and last its digest; members : list of (name, head, data)."""
    records, digest = Records(), hashlib.sha256()
    for name, head, data in members:
        data = np.asarray(data, data.dtype.newbyteorder("<"), order="C") if isinstance(data, np.ndarray) else data
        for piece in (records.add(name, head, data), data):
            digest.update(piece)
            yield piece
    digest.update(records.end())
    yield records.end() + digest.hexdigest().encode("ascii")
