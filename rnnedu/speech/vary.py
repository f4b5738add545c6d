"""Rooms, microphones and noise: what happens to a sound before it is a recording, done to mel energies (B, F, 24).

A network that met only clean recordings fails at the first cheap microphone. `Surroundings` says how far things vary;
`features_of` draws for each string of a batch. The last step, erased bands, is that of Park et al. (2019),
"SpecAugment".
"""

from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.speech import features
from rnnedu.speech.compose import within

KNOTS = 6  # points of a curve over the bands


@dataclass(frozen=True)
class Surroundings:
    """How far the surroundings of strings vary.

    echoes : share of strings in a room that answers; echo : most power of its answer, as a share; fading : seconds in
    which the answer loses 60 dB, least and most. colour : how far the microphone lifts or lowers neighbouring parts of
    the spectrum, standard deviation in dB. noise : dB of the voice above the noise, least and most. erased : share of
    strings in which a few bands are missing; bands : how many at most.

    Raises TypeError or ValueError for shares outside 0..1 and other numbers that make no sense.
    """

    echoes: float = 0.3
    echo: float = 0.4
    fading: tuple = (0.1, 0.6)
    colour: float = 3.0
    noise: tuple = (10.0, 50.0)
    erased: float = 0.3
    bands: int = 3

    def __post_init__(self):
        within("fading", self.fading, 0.01, 10)
        within("noise", self.noise, -60, 300)
        for name, high in (("echoes", 1), ("echo", 1), ("colour", 60), ("erased", 1)):
            validate.number(name, getattr(self, name), 0, high)
        validate.integer("bands", self.bands, 1, features.BANDS)


def features_of(energies, rng, around):
    """Return features (B, T, 48) float32 of strings, each (F, 24) mel energies, in varied Surroundings.

    All are made as long as the longest: silence behind them, then noise over all. rng : a Generator.
    """
    whole = np.zeros((len(energies), max(map(len, energies)), features.BANDS), np.float32)
    for row, each in zip(whole, energies, strict=True):
        row[: len(each)] = each
    whole = whole + echo(whole, rng, around)
    whole *= curves(len(whole), around.colour, rng)[:, None]
    whole += noise(whole, rng, around)
    logs = features.normalised(features.log_mel(whole))
    _erase(logs, rng, around)
    return features.stacked(logs)


def echo(energies, rng, around):
    """Return what a room adds (B, F, 24): all that was before, fading away; nothing in some of the B rooms."""
    B = len(energies)
    share = rng.uniform(0, around.echo, B) * (rng.random(B) < around.echoes)
    kept = 10 ** (-6 / (rng.uniform(*around.fading, B) * features.RATE / features.HOP))  # of the power, a frame later
    share, kept = (each.astype(np.float32)[:, None] for each in (share, kept))
    answer = np.zeros_like(energies)
    for f in range(1, energies.shape[1]):
        answer[:, f] = kept * (answer[:, f - 1] + share * energies[:, f - 1])
    return answer


def curves(B, decibels, rng):
    """Return (B, 24) factors of power that change smoothly from band to band: a random walk over a few knots."""
    knots = np.cumsum(rng.normal(size=(B, KNOTS)) * decibels, axis=1)
    knots -= knots.mean(axis=1, keepdims=True)
    at = np.linspace(0, KNOTS - 1, features.BANDS)
    low = np.minimum(at.astype(int), KNOTS - 2)
    walk = knots[:, low] + (at - low) * (knots[:, low + 1] - knots[:, low])
    return (10 ** (walk / 10)).astype(np.float32)


def noise(energies, rng, around):
    """Return noise (B, F, 24), each of the B of its own loudness and colour; the energies of noise scatter."""
    loud = np.quantile(energies.sum(axis=2), 0.9, axis=1)  # (B,), of the voice
    level = loud * 10 ** (-rng.uniform(*around.noise, len(loud)) / 10) / features.BANDS
    even = level[:, None] * curves(len(level), 3.0, rng)
    return even[:, None].astype(np.float32) * rng.standard_gamma(3.0, energies.shape, np.float32) / 3


def _erase(logs, rng, around):
    """Set a few neighbouring bands of some of the strings (B, F, 24) to their mean, which is 0."""
    for row in logs:
        if rng.random() < around.erased:
            width = rng.integers(1, around.bands + 1)
            start = rng.integers(features.BANDS - width + 1)
            row[:, start : start + width] = 0
