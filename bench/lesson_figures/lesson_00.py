"""Lesson 0: names from ten networks, after 4 and after 12 passes, beside tables of counts."""

from functools import cache

from rnnedu.experiments import language
from rnnedu.experiments.ngrams import NGrams
from rnnedu.experiments.sampling import sample

SEEDS = range(10)
TRAINING, HELD_OUT = language.names_split()


@cache
def tables():
    """Return the bits per letter on held-out names of tables that look 0 to 4 letters back."""
    return [NGrams(back + 1, TRAINING, language.NAMES).bits(HELD_OUT) for back in range(5)]


@cache
def trained(seed, passes):
    """Return the lesson's network after so many passes."""
    x, y, weights = language.training_set(TRAINING, language.NAMES)
    model = language.network(len(language.NAMES), seed=seed)
    model.fit(x, y, batch_size=64, epochs=passes, sample_weight=weights, verbose=0)
    return language.LanguageModel(model, language.NAMES, texts=TRAINING, held_out=HELD_OUT)


def bits(passes):
    """Return the span of ten networks' bits per letter, and how many beat each table."""
    scores = [trained(seed, passes).bits(HELD_OUT) for seed in SEEDS]
    wins = [sum(score < table for score in scores) for table in tables()]
    each = ", ".join(f"{score:.3f}" for score in scores)
    return f"{min(scores):.2f} to {max(scores):.2f}; of {len(scores)} beat the table 0 to 4 back: {wins} ({each})"


def written(network, temperature):
    """Return (new, different, real but held out) of 100 names."""
    names = [sample(network, temperature=temperature, seed=seed) for seed in range(100)]
    known, unseen = set(TRAINING), set(HELD_OUT)
    return sum(name not in known for name in names), len(set(names)), sum(name in unseen for name in names)


def new_names(temperature):
    """Return the spans over ten networks of 12 passes, and what the one that is kept writes."""
    columns = zip(*(written(trained(seed, 12), temperature) for seed in SEEDS), strict=True)
    spans = ", ".join(f"{min(each)} to {max(each)}" for each in columns)
    return f"ten networks {spans}; the one that is kept {written(language.load_names_model(), temperature)}"


FIGURES = {
    "tables 0 to 4 letters back": lambda: ", ".join(f"{each:.2f}" for each in tables()),
    "bits after 1 pass": lambda: bits(1),
    "bits after 4 passes": lambda: bits(4),
    "bits after 12 passes": lambda: bits(12),
    **{
        f"of 100 names at {temperature}: new, different, real but held out": lambda t=temperature: new_names(t)
        for temperature in (0.3, 1.0, 2.0)
    },
}
