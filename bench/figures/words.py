"""Words: the toy grammar, whose entropy is known, in three kinds of cells at equal time."""

import itertools

import numpy as np

from bench.figures.quiet import Quiet
from bench.figures.rows import row
from rnnedu.experiments import grammar
from rnnedu.experiments.ngrams import NGrams

AIMS = {  # layer -> of the excess, of agreement behind three or more attractors
    "LSTM": ("<= 1 % in 45 s", ">= 95 %, above SimpleRNN"),
}
PROBES, WRITTEN = 500, 500


def toy_grammar(seeds):
    """Lesson 10: bits per word over the entropy, agreement by attractors, sentences that the grammar accepts."""
    texts = grammar.held_out()
    exact = row("grammar", "entropy, exact", [grammar.GRAMMAR.bits_per_word], "bits per word")
    found = [_network(layer, seeds, texts) for layer in grammar.UPDATES]
    return [exact, _tables(texts), *itertools.chain.from_iterable(found)]


def _tables(texts):
    """The best table of counts, of 60,000 sentences."""
    training = grammar.training_texts()
    found = {n: NGrams(n, training, grammar.WORDS, grammar.END, grammar.END).bits(texts) for n in range(1, 6)}
    best = min(found, key=found.get)
    over = 100 * (found[best] / grammar.GRAMMAR.bits(texts) - 1)
    return row("grammar", f"best table of counts, n = {best}", [over], "% over entropy")


def _network(layer, seeds, texts):
    asked = grammar.probes(most=3, each=PROBES)
    groups = np.array([min(probe.attractors, 3) for probe in asked])
    over, right, accepted, seconds = [], [], [], []
    for seed in range(seeds):
        with Quiet() as quiet:
            made = grammar.learn(layer, seed=seed)
        seconds.append(quiet.seconds)
        over.append(100 * grammar.excess(made, texts))
        right.append([100 * grammar.agrees(made, asked)[groups == group].mean() for group in range(4)])
        accepted.append(100 * np.mean([*map(grammar.GRAMMAR.accepts, grammar.written(made, WRITTEN))]))
        print(f"{layer}, seed {seed}: {over[-1]:.3f}, {np.round(right[-1], 1)}, {accepted[-1]:.1f}", flush=True)
    return _rows(f"{layer}-64", over, right, accepted, seconds, *AIMS.get(layer, ("", "")))


def _rows(name, over, right, accepted, seconds, little, agree):
    shares = zip(("no", "1", "2", "3 or more"), zip(*right, strict=True), (*[""] * 3, agree), strict=True)
    return [
        row("grammar", name, over, "% over entropy", seconds, little),
        *(row("grammar", f"{name}, {many} attractors", each, "% agree", aim=aim) for many, each, aim in shares),
        row("grammar", f"{name} writes", accepted, "% grammatical"),
    ]
