"""From sound to text: the trained network that comes with rnnedu, and how often a network is wrong."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from rnnedu import ctc, validate
from rnnedu.datasets import data_path
from rnnedu.models import load_model
from rnnedu.speech import features, scoring, spelling, wav

MODEL = "models/speech_gru.rnnedu"
DECODERS = ("lexicon", "beam", "greedy")
BEAM = 16


@dataclass(frozen=True, eq=False)
class Transcript:
    """What was recognised: text, the sentences about the sound, and the network's output.

    sound : the wav.Sound that was listened to. logits : (T, V), T timesteps of 20 ms.
    """

    text: str
    sound: wav.Sound
    logits: np.ndarray

    def __str__(self):
        return self.text

    @property
    def letters(self):
        """What the network spells when no dictionary helps."""
        return decoded(self.logits, "greedy")


@cache
def load_speech_model():
    """Return the trained bidirectional GRU that comes with rnnedu. Raises ValueError where it is missing or damaged."""
    try:
        return load_model(data_path(MODEL))
    except (OSError, ValueError) as error:
        raise ValueError(f"data file {MODEL}: {error}; reinstalling rnnedu restores it") from error


def transcribe(samples, rate, *, model=None, decoder="lexicon"):
    """Return the Transcript of a sound in which English digits are said.

    samples, rate : as `wav.sound` takes them. model : a Sequential of `learn.network`; None for the one that is here.
    decoder : "lexicon" finds the likeliest string of the ten words, "beam" the likeliest letters, "greedy" the letters
    of the likeliest alignment.

    Raises what `wav.sound` raises, and ValueError for another decoder.
    """
    validate.choice("decoder", decoder, DECODERS)
    sound = wav.sound(samples, rate)
    found = logits(model or load_speech_model(), sound.samples)
    return Transcript(decoded(found, decoder), sound, found)


def logits(model, samples):
    """Return a network's output (T, V) for samples (N,) at 8000 a second."""
    return model.predict(features.features(samples)[None], verbose=0)[0]


def decoded(found, decoder="lexicon"):
    """Return the text of logits (T, V): see `transcribe`."""
    batch = found[:, None]
    if decoder == "greedy":
        return spelling.text(ctc.greedy(batch)[0])
    if decoder == "beam":
        return spelling.text(ctc.beam(batch, BEAM)[0][0].labels)
    return spelling.text(ctc.lexicon(batch, spelling.words(), separator=spelling.SPACE)[0].labels)


@dataclass(frozen=True)
class Errors:
    """Shares: of letters wrong without a dictionary, of digits wrong with one. `count` strings were listened to."""

    letters: float
    digits: float
    count: int


def errors(model, examples):
    """Return the Errors of a network on examples, a list of (samples (N,) at 8000 a second, digits)."""
    outputs = [logits(model, samples) for samples, _ in examples]
    said = [spelling.spelt(digits) for _, digits in examples]
    letters = scoring.error_rate(said, [decoded(each, "greedy") for each in outputs])
    words = scoring.error_rate([each.split() for each in said], [decoded(each).split() for each in outputs])
    return Errors(letters, words, len(examples))
