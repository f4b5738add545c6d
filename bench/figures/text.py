"""Characters: first names, and running text from every installation."""

from bench import names_model
from bench.figures.quiet import Quiet
from bench.figures.rows import row
from rnnedu.experiments import language
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
