"""Where the speech lab's sounds come from: the recordings' voices, and what the page sends."""

import numpy as np

from rnnedu import validate
from rnnedu.speech.compose import together
from rnnedu.speech.wav import read_wav, sound


def offered(recordings):
    """Return {voice: how it reads}, one voice of every group, those that were held out marked."""
    first = {}
    for voice, group, part in zip(recordings.voices, recordings.groups, recordings.parts, strict=True):
        first.setdefault(group, (voice, f"{group} (held out)" if part == "held out" else group))
    return dict(first.values())


def joined(take, digits):
    """Return the digits in one voice's recordings, with short pauses, as samples (N,) float32."""
    said = dict(zip(take.digits.tolist(), take.samples, strict=True))
    return together([said[digit] for digit in digits])


def to_test(recordings, count):
    """Return all recordings of `count` held-out voices, evenly spread; of all voices where none is held out."""
    part = "held out" if "held out" in recordings.parts else None
    held = recordings.of(part=part)
    voices = list(dict.fromkeys(held.voices))
    chosen = {voices[k] for k in np.linspace(0, len(voices) - 1, min(count, len(voices))).round().astype(int)}
    return held.take([voice in chosen for voice in held.voices])


def received(taken, buffers, most):
    """Return (Sound, name) of what the page has sent.

    taken : {"kind": "file", "name": ...} with a WAV file, or {"kind": "recording", "rate": ...} with float32 samples.
    Raises ValueError for anything else, and for more than `most` bytes.
    """
    kind = taken.get("kind") if isinstance(taken, dict) else None
    validate.choice("kind", kind, ("file", "recording"))
    if len(buffers) != 1 or len(memoryview(buffers[0])) > most:
        raise ValueError(f"no sound came, or one of more than {most / 1e6:g} MB; accepted is one of at most that")
    raw = bytes(buffers[0])
    if kind == "file":
        return read_wav(raw), validate.kind("name", taken.get("name"), str)
    samples = np.frombuffer(raw[: len(raw) // 4 * 4], "<f4")
    return sound(samples, taken.get("rate")), "the recording"
