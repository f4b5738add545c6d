"""Strings of digits put together from recordings of single ones, never twice the same.

What is put together are power spectra, a `Bank` of them, where it costs little: sounds that meet add their powers.
`together` joins recordings as sound instead, to be listened to and to measure with.
"""

from dataclasses import dataclass

import numpy as np

from rnnedu import validate
from rnnedu.datasets.speech import make_digit_strings
from rnnedu.speech import features

A_SECOND = features.RATE / features.HOP  # frames


class Bank:
    """Power spectra of the recordings in a SpokenDigits, and what was said by the same voice in the same way.

    spectra : K arrays (F, 129) float32. takes : group -> list of takes; a take is {digit: row of `spectra`}.
    """

    def __init__(self, recordings):
        if not len(recordings):
            raise ValueError("recordings has none in it; accepted is a SpokenDigits with at least one")
        self.spectra = [features.power(features.windowed(features.frames(each))) for each in recordings.samples]
        self.takes = takes(recordings)
        lacking = [group for group, found in self.takes.items() for take in found if len(take) < 10]
        if lacking:
            raise ValueError(f"recordings lacks digits in {lacking[0]!r}; accepted are voices that say all ten")


def takes(recordings):
    """Return group -> list of {digit: row}, one for each voice of a SpokenDigits."""
    found = {}
    for row, (group, voice) in enumerate(zip(recordings.groups, recordings.voices, strict=True)):
        found.setdefault(group, {}).setdefault(voice, {})[int(recordings.digits[row])] = row
    return {group: list(voices.values()) for group, voices in found.items()}


@dataclass(frozen=True)
class Manner:
    """How the digits of a string are said; each pair is the least and the most, and one in between is drawn.

    tempo : how many times as fast as recorded; uneven : by what share a word's own may differ. throat : how many times
    as high all resonances are (`features.filters`). gap : seconds between two words; below 0 they overlap.
    edge : seconds of silence at either end, where there is any. loudness : standard deviation between words, dB.
    mixed : share of strings whose words are from several takes of a group, as persons do not say a word twice alike.
    people : how many times as often as a group of computed voices one is chosen that comes from recordings of a person.

    Raises TypeError or ValueError for a tempo outside 0.25..4, a throat outside 0.5..2, times that are no seconds.
    """

    tempo: tuple = (0.8, 1.25)
    uneven: float = 0.07
    throat: tuple = (0.87, 1.15)
    gap: tuple = (-0.08, 0.25)
    edge: tuple = (0.0, 0.3)
    loudness: float = 2.0
    mixed: float = 0.3
    people: float = 2.0

    def __post_init__(self):
        for name, low, high in (("tempo", 0.25, 4), ("throat", 0.5, 2), ("gap", -0.2, 10), ("edge", 0, 10)):
            within(name, getattr(self, name), low, high)
        for name, high in (("uneven", 0.5), ("loudness", 60), ("mixed", 1), ("people", 1000)):
            validate.number(name, getattr(self, name), 0, high)


def within(name, pair, low, high):
    """Raise TypeError or ValueError unless `pair` is two numbers within low..high, the first not above the second."""
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError(f"{name} is {pair!r}; accepted is a pair, the least and the most")
    least = validate.number(name, pair[0], low, high)
    validate.number(name, pair[1], least, high)


def string(bank, digits, rng, manner):
    """Return mel energies (F, 24) float32 of digits, said by one voice of a Bank in a Manner. rng : a Generator."""
    said = _voice(bank, rng, manner)
    warp, tempo = round(rng.uniform(*manner.throat), 2), rng.uniform(*manner.tempo)
    at, placed = _edge(rng, manner), []
    for digit in digits:
        energy = features.energies(bank.spectra[said()[digit]], warp) * 10 ** (rng.normal() * manner.loudness / 10)
        energy = _faster(energy, tempo * rng.uniform(1 - manner.uneven, 1 + manner.uneven)).astype(np.float32)
        placed.append((at, energy))
        at = max(at + len(energy) + round(rng.uniform(*manner.gap) * A_SECOND), 0)
    return _sum(placed, _edge(rng, manner))


def _voice(bank, rng, manner):
    """Return a function that returns the take that the next word comes from."""
    groups = list(bank.takes)
    weights = np.array([_weight(group, len(bank.takes[group]), manner) for group in groups])
    found = bank.takes[groups[rng.choice(len(groups), p=weights / weights.sum())]]
    first = found[rng.integers(len(found))]
    return (lambda: found[rng.integers(len(found))]) if rng.random() < manner.mixed else (lambda: first)


def _weight(group, takes, manner):
    """Return how often a group is chosen: less than in proportion to its takes, which resemble each other."""
    return takes**0.5 * (1.0 if group.startswith("espeak") else manner.people)


def _edge(rng, manner):
    """Return the frames of silence at one end: none in three of ten strings, as in recordings that were cut."""
    return round(rng.uniform(*manner.edge) * A_SECOND) if rng.random() < 0.7 else 0


def _faster(energy, tempo):
    """Return (F / tempo, 24): frames left out or repeated, evenly."""
    return energy[np.arange(0, len(energy) - 0.5, tempo).astype(int)]


def _sum(placed, after):
    """Return the energies (start, (F, 24)) added up on one time axis, with `after` frames of silence behind them."""
    whole = np.zeros((max(at + len(energy) for at, energy in placed) + after, features.BANDS), np.float32)
    for at, energy in placed:
        whole[at : at + len(energy)] += energy
    return whole


def examples(recordings, count, seed=0):
    """Return `count` pairs (samples, digits) of strings of one to five digits as sound, each by one voice.

    The voices of a SpokenDigits take turns; pauses last up to a quarter of a second. Nothing else is varied.
    """
    voices = [take for found in takes(recordings).values() for take in found]
    rng = np.random.default_rng(validate.integer("seed", seed, 0))
    order = rng.permutation(np.resize(np.arange(len(voices)), count))
    found = []
    for voice, digits in zip(order, make_digit_strings(count, seed), strict=True):
        said = [recordings.samples[voices[voice][digit]] for digit in digits]
        found.append((together(said, rng.uniform(0, 0.25, len(said) - 1), rng.uniform(0.1, 0.3)), digits))
    return found


def together(samples, gaps=0.1, edge=0.15):
    """Return recordings, a list of (N,) float32, as one sound: silence before, between and behind them.

    gaps : seconds between two of them, one number or one for each pause. edge : seconds at either end.
    """
    parts = [validate.array("samples", each, ("N",), {}, np.float32) for each in samples]
    if not parts:
        raise ValueError("samples is empty; accepted is at least one recording")
    gaps = np.broadcast_to(np.asarray(gaps, float), len(parts) - 1)
    pauses = [edge, *gaps, edge]
    if min(pauses) < 0:
        raise ValueError(f"a pause is {min(pauses)} s; accepted are pauses of 0 s and more")
    quiet = [np.zeros(round(pause * features.RATE), np.float32) for pause in pauses]
    return np.concatenate([quiet[0], *(each for pair in zip(parts, quiet[1:], strict=True) for each in pair)])
