"""Lesson 9: tables of counts, carried states, texts learned by heart, beginnings of words."""

from functools import cache

from bench.lesson_figures.stated import Stated
from rnnedu.datasets import load_topics
from rnnedu.experiments.characters import ASCII, Corpus, by_heart, corpus_of, load_character_model
from rnnedu.experiments.word_beginnings import Joined, rises

SEEDS = range(5)
TEXT = corpus_of("topics").held_out


@cache
def known():
    return load_character_model("topics")


def best_table():
    n, bits = corpus_of("topics").tables()
    return Stated(bits.min(), 1.85, 1.96, f"n = {n[bits.argmin()]}; {bits.round(2).tolist()}")


def network():
    return Stated(known().surprisal(TEXT).mean(), 1.75, 1.88)


def zero_states():
    text = TEXT[:8000]
    carried, anew = known().bits([text]), known().bits([text[at : at + 64] for at in range(0, len(text), 64)])
    return Stated(anew / carried, 1.05, 1.13, f"{carried:.2f} and {anew:.2f} bits")


def beginnings():
    joined = Joined.of(TEXT[:12_000])
    first, other = rises(joined, load_character_model("letters").surprisal(joined.text))
    return Stated(first, 0.75, 0.95, f"elsewhere {other:.2f}; {joined.starts.sum()} words")


@cache
def curves(dropout):
    small = Corpus.of(load_topics()[:20_000], ASCII)
    return [by_heart(small, dropout, seed) for seed in SEEDS]


def too_long():
    found = [validated for _, validated, _ in curves(0.0)]
    best = [f"{each.min():.2f} at {each.argmin() + 1}, last {each[-1]:.2f}" for each in found]
    return Stated(sum(each[-1] > each.min() + 0.05 for each in found), 4, 5, "; ".join(best))


def dropout_helps():
    pairs = zip(curves(0.0), curves(0.5), strict=True)
    held_out = [round(each, 2) for _, _, each in curves(0.5)]
    return Stated(sum(b.min() < a.min() for (_, a, _), (_, b, _) in pairs), 4, 5, f"held out {held_out}")


FIGURES = {
    "bits of the best table on the held-out help pages": best_table,
    "bits of the LSTM that comes along": network,
    "zero every 64 characters, over carried": zero_states,
    "words whose first letter costs more than the letter before": beginnings,
    "of 5 seeds, without dropout, read too often": too_long,
    "of 5 seeds, better with dropout": dropout_helps,
}
