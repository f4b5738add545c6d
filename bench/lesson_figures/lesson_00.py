"""Lesson 0: names from ten networks, after 1, 4 and 12 passes, beside tables of counts."""

from functools import cache, partial

from bench.lesson_figures.stated import Stated
from rnnedu.experiments import language
from rnnedu.experiments.ngrams import NGrams
from rnnedu.experiments.sampling import sample

TEN = range(10)
TRAINING, HELD_OUT = language.names_split()
NEW = {0.3: (25, 47), 1.0: (80, 90), 2.0: (96, 98)}  # of 100 names, over ten networks


@cache
def tables():
    """Return the bits per letter on held-out names of tables that look 0 to 4 letters back."""
    return [float(NGrams(back + 1, TRAINING, language.NAMES).bits(HELD_OUT)) for back in range(5)]


@cache
def trained(seed, passes):
    """Return the lesson's network after so many passes."""
    x, y, weights = language.training_set(TRAINING, language.NAMES)
    model = language.network(len(language.NAMES), seed=seed)
    model.fit(x, y, batch_size=64, epochs=passes, sample_weight=weights, verbose=0)
    return language.LanguageModel(model, language.NAMES, texts=TRAINING, held_out=HELD_OUT)


def wins(passes, back, low, high):
    """Return how many of ten networks beat the table that looks so far back, and the span of their bits."""
    scores = [trained(seed, passes).bits(HELD_OUT) for seed in TEN]
    span = f"{min(scores):.2f} to {max(scores):.2f} bits, the table {tables()[back]:.2f}"
    return Stated(int(sum(score < tables()[back] for score in scores)), low, high, span)


@cache
def written(seed, temperature):
    """Return (new, different, real but held out) of 100 names of a network after 12 passes."""
    network = language.load_names_model() if seed is None else trained(seed, 12)
    names = [sample(network, temperature=temperature, seed=number) for number in range(100)]
    known, unseen = set(TRAINING), set(HELD_OUT)
    return sum(name not in known for name in names), len(set(names)), sum(name in unseen for name in names)


def new_names(temperature):
    """Return in how many of ten networks the number of new names lies in the stated span, and all spans."""
    low, high = NEW[temperature]
    counts = [written(seed, temperature) for seed in TEN]
    spans = ", ".join(f"{min(each)} to {max(each)}" for each in zip(*counts, strict=True))
    kept = written(None, temperature)
    return Stated(sum(low <= new <= high for new, _, _ in counts), 9, 10, f"{spans}; the one that is kept {kept}")


FIGURES = {
    "tables 0 to 4 letters back": lambda: ", ".join(f"{each:.2f}" for each in tables()),
    **{
        f"of 10 after {passes} passes beat the table {back} back": partial(wins, passes, back, *interval)
        for passes, back, interval in (
            (1, 0, (10, 10)),
            (1, 2, (0, 0)),
            (4, 1, (10, 10)),
            (4, 2, (10, 10)),
            (4, 3, (0, 0)),
            (12, 3, (9, 10)),
        )
    },
    **{f"new, different, held out of 100 names at {each}": partial(new_names, each) for each in NEW},
}
