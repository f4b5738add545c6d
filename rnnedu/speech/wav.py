"""Sound files: WAV in any of its usual forms, brought to one channel of 8000 samples a second.

Source of the layout: Microsoft & IBM (1991), "Multimedia programming interface and data specifications", and the
WAVE_FORMAT_EXTENSIBLE of 2001.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnedu import validate
from rnnedu.speech.features import RATE
from rnnedu.speech.resample import FASTEST, resample

ACCEPTED = "a WAV file: PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64, at 8000 to 400000 samples a second"
SHORTEST, LONGEST = 0.1, 60.0  # seconds
FULL = 0.999  # of the largest value: samples there were cut off
CLIPPED = 0.001  # of all samples, from which on it is said
PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE


@dataclass(frozen=True, eq=False)
class Sound:
    """Samples (N,) float32 within -1..1 at 8000 a second, and what there is to say about them, a tuple of sentences."""

    samples: np.ndarray
    remarks: tuple[str, ...] = ()

    @property
    def seconds(self):
        """How long it lasts."""
        return len(self.samples) / RATE


def sound(samples, rate):
    """Return the Sound of samples (N,) or (N, channels), floats within -1..1 or integers, taken `rate` times a second.

    Channels are averaged, other rates resampled, and a constant offset is taken off; the remarks say so, and also that
    a sound is silent or clipped.

    Raises TypeError for a dtype that is no real number or a rate that is none, ValueError for another shape, NaN, a
    rate below 8000, less than 0.1 s and more than 60 s; the message says what is accepted.
    """
    rate = validate.integer("rate", rate, RATE, FASTEST)
    levels, remarks = _levels(samples), []
    if levels.ndim == 2:
        if levels.shape[1] > 1:
            remarks.append(f"{levels.shape[1]} channels were averaged.")
        levels = levels.mean(axis=1)
    _check_length("the sound", len(levels), rate)
    remarks += _heard(levels)
    if rate != RATE:
        remarks.append(f"{rate} samples a second were brought to {RATE}.")
    levels = resample((levels - levels.mean()).astype(np.float32), rate, RATE)
    return Sound(np.clip(levels, -1, 1), tuple(remarks))


def read_wav(source):
    """Return the Sound in a WAV file.

    source : path, or the bytes of one (as a browser's upload has them).

    Raises OSError for a path that cannot be read, ValueError for anything that is not accepted: no WAV file, an
    encoding other than PCM and floats, a file that is damaged, empty, too short or too long.
    """
    name, raw = _bytes(source)
    form, data = _chunks(name, raw)
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", form)
    if kind == EXTENSIBLE and len(form) >= 26:
        (kind,) = struct.unpack_from("<H", form, 24)
    if (kind, bits) not in _DECODE or channels < 1 or not RATE <= rate <= FASTEST:
        seen = f"format {kind}, {bits} bits, {channels} channels, {rate} samples a second"
        raise ValueError(f"{name} has {seen}; accepted is {ACCEPTED}")
    size = channels * bits // 8
    _check_length(name, len(data) // size, rate)
    levels = _DECODE[kind, bits](data[: len(data) // size * size]).reshape(-1, channels)
    return sound(levels, rate)


def wav_bytes(samples, rate=RATE):
    """Return samples (N,), floats within -1..1, as the bytes of a WAV file with 16 bits; what is beyond is cut off."""
    samples = validate.array("samples", samples, ("N",), {})
    rate = validate.integer("rate", rate, RATE, FASTEST)
    data = np.clip(np.round(samples * 32767), -32768, 32767).astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", PCM, 1, rate, 2 * rate, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _levels(samples):
    """Return samples as floats within -1..1."""
    samples = validate.rectangular("samples", samples)
    if samples.ndim not in (1, 2) or samples.shape[1:] == (0,):
        raise ValueError(f"samples has shape {samples.shape}; accepted is (N,), or (N, channels)")
    if samples.dtype.kind == "i":
        return samples / (1.0 + np.iinfo(samples.dtype).max)
    if samples.dtype.kind != "f":
        raise TypeError(f"samples has dtype {samples.dtype}; accepted are floats within -1..1, or signed integers")
    if not np.isfinite(samples).all():
        raise ValueError("samples holds NaN or infinity; accepted are finite numbers within -1..1")
    return samples.astype(np.float64)


def _check_length(name, N, rate):
    if not SHORTEST <= N / rate <= LONGEST:
        seen = f"{N} samples, {N / rate:.3g} s" if N else "empty"
        raise ValueError(f"{name} is {seen}; accepted is a sound of {SHORTEST:g} to {LONGEST:g} s")


def _heard(levels):
    """Return what is to be said of samples before they are changed."""
    peak = np.abs(levels).max()
    if np.ptp(levels) == 0:
        return ["It is silent: all samples are the same. Is the microphone on?"]
    if peak > 1:
        return [f"It goes up to {peak:.3g}; accepted is -1 to 1, and what is beyond was cut off."]
    share = np.mean(np.abs(levels) >= FULL)
    if share >= CLIPPED:
        return [f"It is clipped: {share:.1%} of the samples are at the limit. Speak more softly or further away."]
    return []


def _bytes(source):
    if isinstance(source, (bytes, bytearray, memoryview)):
        return "the file", bytes(source)
    if not isinstance(source, (str, Path)):
        raise TypeError(f"source is a {type(source).__name__}; accepted is a path, or the bytes of a WAV file")
    path = Path(source)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; accepted is the path of {ACCEPTED}")
    largest = int(LONGEST * 192_000 * 8)  # a minute of stereo floats at 192 kHz: what is larger is not read at all
    if path.stat().st_size > largest:
        raise ValueError(f"{path.name} has {path.stat().st_size} bytes; accepted is a sound of at most {LONGEST:g} s")
    return path.name, path.read_bytes()


def _chunks(name, raw):
    """Return the format and the samples of a WAV file, as bytes."""
    if not raw:
        raise ValueError(f"{name} is empty; accepted is {ACCEPTED}")
    if raw[:4] != b"RIFF" or raw[8:12] != b"WAVE":
        raise ValueError(f"{name} is no WAV file: it begins with {raw[:12]!r}; accepted is {ACCEPTED}")
    found, at = {}, 12
    while at + 8 <= len(raw):
        kind, size = raw[at : at + 4], int.from_bytes(raw[at + 4 : at + 8], "little")
        found.setdefault(kind, raw[at + 8 : at + 8 + size])  # a stream that was cut off has a size beyond its end
        at += 8 + size + size % 2
    if len(found.get(b"fmt ", b"")) < 16 or b"data" not in found:
        raise ValueError(f"{name} is damaged: it has no format or no samples; accepted is {ACCEPTED}")
    return found[b"fmt "], found[b"data"]


def _integers24(data):
    """Return 3 bytes each, the lowest first, as float64 within -1..1."""
    parts = np.frombuffer(data, np.uint8).reshape(-1, 3).astype(np.int32)
    return ((parts[:, 0] << 8 | parts[:, 1] << 16 | parts[:, 2] << 24) >> 8) / 2.0**23


_DECODE = {
    (PCM, 8): lambda data: (np.frombuffer(data, np.uint8) - 128.0) / 128,  # 8 bits alone are unsigned
    (PCM, 16): lambda data: np.frombuffer(data, "<i2") / 2.0**15,
    (PCM, 24): _integers24,
    (PCM, 32): lambda data: np.frombuffer(data, "<i4") / 2.0**31,
    (FLOAT, 32): lambda data: np.frombuffer(data, "<f4").astype(np.float64),
    (FLOAT, 64): lambda data: np.frombuffer(data, "<f8").copy(),
}
