"""What the speech lab shows: a sound and what was heard on one time axis, its spelling, and a table of confusions."""

import numpy as np

from rnnedu.datasets.speech import WORDS
from rnnedu.experiments.hearing import CLEAN
from rnnedu.speech import features, spelling
from rnnedu.speech.wav import wav_bytes
from rnnedu.widget import blocks, tracks

BLANK = "-"
SIGNS = {"": BLANK, " ": "␣"}  # how symbols are shown
DARK = 60.0  # dB below the loudest, where the spectrogram is pale
FIRST = (features.FRAME - features.HOP) / 2 / features.RATE  # seconds, where the first frame's column begins
HERTZ = (500, 1000, 2000, 3000)  # named beside the spectrogram
STEP = features.HOP / features.RATE


def tracks_of(heard, title):
    """Return the tracks of a Heard: wave, spectrogram, log-mel, letters, and the words below them."""
    analysis = heard.analysis
    seconds = len(analysis.samples) / features.RATE
    along = tracks.axis("time", 0, max(seconds, STEP), STEP, digits=2, unit="s")
    wave = tracks.wave("wave", analysis.samples, 0, 1 / features.RATE)
    shown = [wave, _spectrogram(analysis.power), _mel(analysis.log_mel), _letters(heard), _spikes(heard), _words(heard)]
    return tracks.block("tracks", title, shown, along, sound=wav_bytes(_fitting(analysis.samples)))


def _fitting(samples):
    """Return samples that a file can hold: softer where noise took them beyond 1."""
    return samples / max(1.0, float(np.abs(samples).max()))


def _spectrogram(power):
    decibels = 10 * np.log10(np.maximum(power, 1e-12))
    top = float(decibels.max())
    at = features.frequencies()
    marks = [len(at) - 1 - int(np.abs(at - hertz).argmin()) for hertz in HERTZ]
    names = [f"{hertz:.0f} Hz" for hertz in at[::-1]]
    values = decibels.T[::-1]
    return tracks.heat("spectrogram", values, names, FIRST, STEP, low=top - DARK, unit="dB", height=150, marks=marks)


def _mel(log_mel):
    centres = features.centres()
    names = [f"{hertz:.0f} Hz" for hertz in centres[::-1]]
    marks = [len(names) - 1 - int(np.abs(centres - hertz).argmin()) for hertz in HERTZ]
    return tracks.heat("log-mel energies, what the network reads", log_mel.T[::-1], names, FIRST, STEP, marks=marks)


def _letters(heard):
    names = [SIGNS.get(symbol, symbol) for symbol in spelling.SYMBOLS]
    name, marks = "letters, each with its probability", range(len(names))
    values, step = heard.posteriors.T, features.SECONDS
    return tracks.heat(name, values, names, FIRST, step, low=0, high=1, height=16 * len(names), marks=marks)


def _spikes(heard):
    spans = [(_time(a), _time(b), SIGNS.get(symbol, symbol)) for a, b, symbol in heard.spikes]
    return tracks.words("likeliest path without its blanks", spans)


def _words(heard):
    return tracks.words("the ten words only", [(_time(a), _time(b), WORDS[digit]) for a, b, digit in heard.spans])


def _time(step):
    return FIRST + step * features.SECONDS


def spelled(heard):
    """Return the collapse of what was heard, as a table."""
    path = "".join(SIGNS.get(spelling.SYMBOLS[label], spelling.SYMBOLS[label]) for label in heard.path)
    rows = [
        ["frame by frame", path],
        ["collapsed", heard.letters],
        ["the ten words only", spelling.spelt(heard.digits)],
    ]
    spiky = ": letters are spikes" if heard.blank_share > 0.5 else ""
    title = f"The blank is likeliest at {heard.blank_share:.0%} of the timesteps{spiky}"
    return blocks.table("spelled", title, ["how it is read", "text"], rows)


def confusion(counts, speed, above):
    """Return counts (10, 10) as a table: what was said down, what was heard across."""
    right, total = int(np.trace(counts)), int(counts.sum())
    most = counts.sum(axis=1, keepdims=True).clip(1)
    shares = np.where(np.eye(10, dtype=bool), -counts / most, counts / most)  # right is blue, wrong is red
    noise = "no noise" if above == CLEAN else f"the voice {above:g} dB above noise"
    title = f"{right} of {total} words right, at {speed:g} times the speed and {noise}; held-out voices, one word each"
    rows = [[word, *(str(count) if count else "·" for count in row)] for word, row in zip(WORDS, counts, strict=True)]
    return blocks.table("confusion", title, ["said, heard →", *WORDS], rows, shares)
