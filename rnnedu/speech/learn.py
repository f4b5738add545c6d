"""A network that reads features and writes letters, and its training on strings that are put together as it goes.

Source: Graves, Fernandez, Gomez & Schmidhuber (2006), "Connectionist temporal classification": a bidirectional network
whose output at each timestep is a letter or a blank, trained without being told when each letter is said.
"""

import itertools

import numpy as np

from rnnedu import validate
from rnnedu.datasets.speech import make_digit_strings
from rnnedu.layers import GRU, Bidirectional, Dense, Dropout
from rnnedu.losses import CTC
from rnnedu.models import Sequential
from rnnedu.optim import Adam
from rnnedu.optim.schedules import CosineDecay
from rnnedu.speech import features, spelling
from rnnedu.speech.compose import Manner, string
from rnnedu.speech.vary import Surroundings, features_of

UNITS, UPDATES, BATCH = 96, 1800, 16
RATE, WARM_UP = 4e-3, 100  # the highest learning rate, and the updates until it is reached
DROPOUT, CLIP = 0.15, 5.0
POOL = 8  # batches that are composed at once, so that strings of like length come together
LONGEST, LONGER = 5, 25  # digits; pools after which strings may have one more: short ones are learnt first


def network(units=UNITS, *, bidirectional=True, updates=UPDATES, seed=0):
    """Return a compiled Sequential from features (B, T, 48) to logits (B, T, V) of the symbols of `spelling`.

    bidirectional : whether it also reads from the end; else it knows no more of the future than this timestep.
    updates : how many will be made; the learning rate falls until then.
    """
    reader = GRU(validate.integer("units", units, 1), return_sequences=True)
    layers = [Bidirectional(reader) if bidirectional else reader, Dropout(DROPOUT), Dense(len(spelling.SYMBOLS))]
    model = Sequential(layers, name="speech", seed=seed)
    model.build((None, None, features.BANDS * features.STACK))
    updates = validate.integer("updates", updates, 1)
    rate = CosineDecay(RATE / 10, updates, 0.02, warmup_target=RATE, warmup_steps=WARM_UP)
    model.compile(Adam(rate, global_clipnorm=CLIP), CTC(zero_infinity=True))
    return model


def batches(bank, *, batch_size=BATCH, seed=0, manner=None, around=None):
    """Yield (x, y) without end: features (B, T, 48) float32 of strings of one to five digits, and their labels (B, L).

    bank : a Bank. manner, around : how strings are said and where, a Manner and a Surroundings; None for the usual.
    """
    B = validate.integer("batch_size", batch_size, 1)
    manner, around = manner or Manner(), around or Surroundings()
    rng = np.random.default_rng(validate.integer("seed", seed, 0))
    for pool in itertools.count():
        longest = min(2 + pool // LONGER, LONGEST)
        said = make_digit_strings(B * POOL, int(rng.integers(2**32)), longest)
        energies = [string(bank, digits, rng, manner) for digits in said]
        order = sorted(range(len(said)), key=lambda n: len(energies[n]))
        for start in rng.permutation(POOL) * B:
            rows = order[start : start + B]
            x = features_of([energies[n] for n in rows], rng, around)
            yield x, spelling.padded([spelling.spelt(said[n]) for n in rows])


def steps(model, bank, updates=UPDATES, **options):
    """Train step by step: an iterator over `updates` TrainSteps of `Sequential.steps`. Leave it whenever you like.

    options : as for `batches`.
    """
    for x, y in itertools.islice(batches(bank, **options), validate.integer("updates", updates, 1)):
        yield from model.steps(x, y, batch_size=len(x))
