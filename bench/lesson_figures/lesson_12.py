"""Lesson 12: what a small network mistakes after a minute's training, reading both ways and one way, in three seeds."""

from functools import cache, partial

import numpy as np

from bench.lesson_figures.stated import Stated
from rnnedu.datasets.speech import load_digits
from rnnedu.experiments import alignments, hearing
from rnnedu.speech import compose, learn, recognise

SEEDS, UNITS, UPDATES, STRINGS = 3, 64, 1200, 100
STATED = {  # (both ways, held out) -> the intervals of letters and of digits wrong, in percent
    (True, False): ((3, 12), (0, 3)),
    (True, True): ((8, 20), (3, 12)),
    (False, False): ((14, 32), (6, 18)),
    (False, True): ((17, 40), (11, 28)),
}
NAMES = ("left to right", "both ways"), ("known voices", "held-out voices")


@cache
def trained(both_ways, seed):
    """Return a network trained as in the lesson."""
    model = learn.network(UNITS, bidirectional=both_ways, updates=UPDATES, seed=seed)
    bank = compose.Bank(load_digits().of(part="training"))
    for _ in learn.steps(model, bank, UPDATES, seed=seed):
        pass
    return model


@cache
def strings(held_out):
    """Return strings of digits to listen to."""
    part = "held out" if held_out else "training"
    return compose.examples(load_digits().of(part=part), STRINGS, seed=1)


@cache
def errors(both_ways, held_out):
    """Return the errors of every seed, in percent: letters (S,) and digits (S,)."""
    found = [recognise.errors(trained(both_ways, seed), strings(held_out)) for seed in range(SEEDS)]
    return [[100 * getattr(each, name) for each in found] for name in ("letters", "digits")]


def wrong(both_ways, held_out, letters):
    """Return the share that is wrong, the mean of the seeds."""
    place = 0 if letters else 1
    values = errors(both_ways, held_out)[place]
    return Stated(np.mean(values), *STATED[both_ways, held_out][place], ", ".join(f"{value:.1f}" for value in values))


@cache
def shipped(held_out):
    """Return the Errors of the network that comes with rnnedu."""
    return recognise.errors(recognise.load_speech_model(), strings(held_out))


def blank_share():
    """Return the percentage of timesteps at which the blank is likeliest, in the strings of known voices."""
    heard = [hearing.hear(recognise.load_speech_model(), samples) for samples, _ in strings(False)]
    return Stated(100 * np.mean([each.blank_share for each in heard]), 60, 90)


FIGURES = {f"paths of 8 frames that spell {word}": partial(alignments.count, word, 8) for word in ("so", "set", "see")}
FIGURES |= {
    f"{kind} wrong, %, {NAMES[0][both]}, {NAMES[1][held]}": partial(wrong, both, held, kind == "letters")
    for both, held in STATED
    for kind in ("letters", "digits")
}
FIGURES |= {
    "shipped, known voices": lambda: str(shipped(False)),
    "shipped, held-out voices": lambda: str(shipped(True)),
    "blank likeliest, %": blank_share,
}
