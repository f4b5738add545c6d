"""Characters: first names, and running text from every installation."""

from dataclasses import replace

from bench import characters_model, names_model
from bench.figures.quiet import Quiet
from bench.figures.rows import row
from rnnedu.datasets import load_topics
from rnnedu.experiments import characters, language
from rnnedu.experiments.ngrams import NGrams

BITS = "bits per character"


def names(seeds):
    """Lesson 0: the best table of counts, and LSTM-64 after its 15 passes."""
    training, held_out = language.names_split()
    tables = [NGrams(n, training, language.NAMES).bits(held_out) for n in range(1, 7)]
    found = [row("names", f"best table of counts, n = {1 + tables.index(min(tables))}", [min(tables)], BITS)]
    scores, seconds = [], []
    for seed in range(seeds):
        with Quiet() as quiet:
            made = names_model.train(seed)
        scores.append(made.bits(held_out))
        seconds.append(quiet.seconds)
    return [*found, row("names", "LSTM-64", scores, BITS, seconds, "<= 2.95 in 15 s")]


def topics(seeds):
    """Lesson 9: Python's help topics, with and without dropout, and the other layers."""
    ways = {
        "LSTM-128, dropout 0.2": ({}, "<= 1.90 in 120 s, below the table"),
        "LSTM-128, no dropout": ({"dropout": 0.0}, ""),
        "GRU-128, dropout 0.2": ({"layer": "GRU"}, ""),
        "SimpleRNN-128, dropout 0.2": ({"layer": "SimpleRNN", "rate": 0.002}, ""),
    }
    return running("topics", ways, seeds)


def library(seeds):
    """Lesson 9: source of the standard library."""
    return running("library", {"LSTM-128, dropout 0.1": ({}, "<= 2.35 in 180 s, below the table")}, seeds)


def letters(seeds):
    """Lesson 9: the words of the help topics without anything between them."""
    return running("letters", {"LSTM-64, dropout 0.1": ({}, "")}, seeds)


def running(name, ways, seeds):
    """Return rows of a corpus: its best table of counts, then each way, (changes to its Recipe, aim)."""
    corpus = characters.corpus_of(name)
    n, bits = corpus.tables()
    found = [row(name, f"best table of counts, n = {n[bits.argmin()]}", [bits.min()], BITS)]
    for what, (changes, aim) in ways.items():
        runs = [one(name, corpus, changes | {"seed": seed}) for seed in range(seeds)]
        scores, seconds = zip(*runs, strict=True)
        found.append(row(name, what, scores, BITS, seconds, aim))
    return found


def one(name, corpus, changes):
    """Return (bits per character held out, quiet seconds) of one training."""
    made, seconds, _ = characters_model.train(corpus, replace(characters.RECIPES[name], **changes))
    return made.surprisal(corpus.held_out).mean(), seconds


def by_heart(seeds):
    """Lesson 9: 20,000 characters read 20 times; the best reading and the last, by validation, and held out."""
    small, found = characters.Corpus.of(load_topics()[:20_000], characters.ASCII), []
    for dropout in (0.0, 0.5):
        runs = [characters.by_heart(small, dropout, seed) for seed in range(seeds)]
        rows = {
            "best reading, validation": [validated.min() for _, validated, _ in runs],
            "last reading, validation": [validated[-1] for _, validated, _ in runs],
            "last reading, what is learned": [learned[-1] for learned, _, _ in runs],
            "best reading, held out": [held_out for _, _, held_out in runs],
        }
        found += [row("by heart", f"dropout {dropout}, {what}", values, BITS) for what, values in rows.items()]
    return found
