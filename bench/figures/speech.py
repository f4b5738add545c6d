"""Spoken digits: what a network with CTC mistakes, in voices it knows and in voices it does not, and how fast it is."""

import time

import numpy as np

from bench import speech_model
from bench.figures.quiet import Quiet
from bench.figures.rows import row
from rnnedu.datasets.speech import load_digits
from rnnedu.speech import compose, recognise

LISTENED = 16000  # samples: two seconds
TIMES = 20
AIMS = {
    "letters wrong, voices known": "<= 4",
    "digits wrong, voices known": "<= 2.5",
    "digits wrong, voices held out": "<= 15",
    "training": "<= 150",
    "until it spells readably": "<= 15",
}


def both_ways(seeds):
    """Lesson 12: a bidirectional GRU, trained from nothing."""
    return [*rows("both ways", runs(seeds, True), AIMS), transcribing()]


def one_way(seeds):
    """The same with a GRU that does not read from the end."""
    return rows("one way", runs(seeds, False))


def runs(seeds, bidirectional):
    """Return what was measured of networks of so many seeds, a list of dicts."""
    return [speech_model.run(seed, bidirectional=bidirectional)[1] for seed in range(seeds)]


def rows(what, found, aims=None):
    """Return the rows of what `speech_model.run` measured, a list of dicts. aims : title -> what it is held against."""
    aims = aims or {}
    groups = [name.removesuffix(" digits") for name in found[0] if name.endswith(" digits")]
    held_out = [name for name in groups if name != "known"]

    def of(title, unit, values):
        seconds = [run["seconds"] for run in found]
        return row("speech", f"{what}: {title}", values, unit, seconds, aims.get(title, ""))

    def errors(kind):
        yield of(f"{kind} wrong, voices known", "%", [run[f"known {kind}"] for run in found])
        means = [sum(run[f"{name} {kind}"] for name in held_out) / len(held_out) for run in found]
        yield of(f"{kind} wrong, voices held out", "%", means)
        for name in held_out:
            yield of(f"{kind} wrong, {name}", "%", [run[f"{name} {kind}"] for run in found])

    readable = [run["readable"] if run["readable"] is not None else float("inf") for run in found]
    return [
        *errors("letters"),
        *errors("digits"),
        of("training", "s", [run["seconds"] for run in found]),
        of("until it spells readably", "s", readable),
    ]


def transcribing():
    """Return the row of the milliseconds that it takes to write down two seconds of sound."""
    ((samples, _),) = compose.examples(load_digits().of(voice="slt-us-1"), 1, seed=3)
    samples, spent = np.resize(samples, LISTENED), []
    recognise.transcribe(samples, 8000)  # reads the file of weights
    with Quiet() as quiet:
        for _ in range(TIMES):
            began = time.process_time()
            recognise.transcribe(samples, 8000)
            spent.append(time.process_time() - began)
    return row("speech", "transcribing 2 s of sound", [1000 * each / quiet.slower for each in spent], "ms", aim="<= 50")
