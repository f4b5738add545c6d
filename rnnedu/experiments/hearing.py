"""What a network hears in a sound: letters frame by frame, words, where each stands, and what spoils it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnedu import ctc, validate
from rnnedu.experiments import alignments
from rnnedu.functions import log_softmax, softmax
from rnnedu.models import Sequential
from rnnedu.speech import features, spelling
from rnnedu.speech.resample import resample

SLOWEST, FASTEST = 0.4, 2.5  # times the speed
LOUDEST, CLEAN = -20.0, 60.0  # dB of the voice above the noise; at 60 there is none
QUIET = 0.15  # seconds before and behind a single word


@dataclass(frozen=True, eq=False)
class Heard:
    """A sound, and what a network made of it; T timesteps of 20 ms, V symbols, the first one the blank.

    analysis : the sound and all steps to its features. logits : (T, V), the network's output.
    """

    analysis: features.Analysis
    logits: np.ndarray

    @cached_property
    def posteriors(self):
        """(T, V), the probability of each symbol at each timestep."""
        return softmax(self.logits.astype(np.float64))

    @cached_property
    def path(self):
        """(T,), the likeliest symbol of each timestep."""
        return self.logits.argmax(axis=1)

    @property
    def letters(self):
        """What the likeliest path collapses to, as text: the network's own spelling."""
        return spelling.text(ctc.collapse(self.path, spelling.BLANK))

    @cached_property
    def _string(self):
        return ctc.lexicon(self.logits[:, None], spelling.words(), separator=spelling.SPACE)[0]

    @property
    def digits(self):
        """The likeliest string of digits, a tuple: only the ten words are allowed."""
        return self._string.words

    @property
    def spikes(self):
        """Where the likeliest path has no blank: a list of (first timestep, the one behind the last, symbol)."""
        edges = np.flatnonzero(np.diff(self.path)) + 1
        runs = zip([0, *edges], [*edges, len(self.path)], strict=True)
        return [(int(a), int(b), spelling.SYMBOLS[self.path[a]]) for a, b in runs if self.path[a] != spelling.BLANK]

    @cached_property
    def spans(self):
        """Where the digits stand: a list of (first timestep, the one behind the last, digit)."""
        if not self.digits:
            return []
        states = alignments.best_states(ctc.lattice(self.logits, self._string.labels))
        found, label = [], 0
        for digit in self.digits:
            size = len(spelling.words()[digit])
            there = np.flatnonzero((states % 2 == 1) & (states // 2 >= label) & (states // 2 < label + size))
            found.append((int(there[0]), int(there[-1]) + 1, digit))
            label += size + 1  # a space
        return found

    @property
    def blank_share(self):
        """The share of the timesteps at which the blank is likeliest."""
        return float(np.mean(self.path == spelling.BLANK))


def check(model):
    """Return a Sequential that reads features (B, T, 48) and gives logits (B, T, V); else raise.

    Raises TypeError for another kind, ValueError for a model that reads or gives something else.
    """
    validate.kind("model", model, Sequential)
    reads, V = features.BANDS * features.STACK, len(spelling.SYMBOLS)
    shape = model.input_shape
    if shape is None or len(shape) != 3 or shape[2] != reads:
        raise ValueError(f"model reads {shape}; accepted is a built model that reads (B, T, {reads})")
    if model.output_shape[1:] != (shape[1], V):
        raise ValueError(f"model gives {model.output_shape}; accepted is (B, T, {V}), logits of every timestep")
    return model


def hear(model, samples):
    """Return the Heard of samples (N,) at 8000 a second. Raises as `check` and `features.analyse` do."""
    analysis = features.analyse(np.asarray(samples, np.float32))
    return Heard(analysis, check(model).predict(analysis.features[None], verbose=0)[0])


def faster(samples, speed):
    """Return samples (N,) as a tape played `speed` times as fast has them: shorter, and higher in pitch too.

    speed : 0.4 to 2.5. Raises ValueError or TypeError for another.
    """
    speed = validate.number("speed", speed, SLOWEST, FASTEST)
    return resample(samples, round(features.RATE * speed), features.RATE)


def noisy(samples, above, seed=0):
    """Return samples (N,) in white noise that the voice is `above` dB louder than, on average; 60 or more is clean."""
    above = validate.number("above", above, LOUDEST, CLEAN)
    if above == CLEAN:
        return samples
    level = np.sqrt(np.mean(np.square(samples))) * 10 ** (-above / 20)
    return samples + (level * np.random.default_rng(seed).standard_normal(len(samples))).astype(samples.dtype)


def spoilt(samples, speed=1.0, above=CLEAN, seed=0):
    """Return samples played at a speed, and in noise: see `faster` and `noisy`."""
    return noisy(faster(samples, speed), above, seed)


def confusion(model, recordings, *, speed=1.0, above=CLEAN, seed=0):
    """Return counts (10, 10): how often a digit, its row, was taken for another, its column; one of the ten is forced.

    recordings : a SpokenDigits; each is one word, which gets 0.15 s of silence around it and is then spoilt.
    """
    check(model)
    counts, quiet = np.zeros((10, 10), int), np.zeros(round(QUIET * features.RATE), np.float32)
    for n, (samples, digit) in enumerate(zip(recordings.samples, recordings.digits, strict=True)):
        whole = spoilt(np.concatenate([quiet, samples, quiet]), speed, above, seed + n)
        logits = log_softmax(model.predict(features.features(whole)[None], verbose=0)[0].astype(np.float64))
        best, _ = ctc.word(logits[:, None], spelling.words())
        counts[digit, max(int(best[0]), 0)] += 1
    return counts
