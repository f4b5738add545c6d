"""Language models of the toy grammar: how they are trained, and what they know of a grammar that is known exactly."""

import itertools
from dataclasses import dataclass

import numpy as np

from rnnedu import layers, optim, validate
from rnnedu.datasets import WordVocabulary, agreements, make_grammar
from rnnedu.datasets.toy_grammar import NUMBER, VERBS
from rnnedu.experiments.language import LanguageModel, shipped
from rnnedu.experiments.sampling import Sampler
from rnnedu.experiments.texts import packed_set
from rnnedu.models import Sequential

GRAMMAR = make_grammar()
WORDS = WordVocabulary(GRAMMAR.words)
END = GRAMMAR.end
UPDATES = {"SimpleRNN": 8800, "LSTM": 4000, "GRU": 4200}  # take equally long on one thread, see bench.figures.grammar
RATES = {"SimpleRNN": 0.005, "LSTM": 0.02, "GRU": 0.02}  # the SimpleRNN diverged at 0.02
LENGTH, BATCH, SENTENCES = 30, 32, 60_000
KNOWN = 2000  # of the sentences it read, that a model remembers for comparison
MOST = 60  # words of a sentence that a model writes
FILES = {"SimpleRNN": "grammar_rnn", "LSTM": "grammar_lstm", "GRU": "grammar_gru"}


def network(layer="LSTM", units=64, updates=4000, seed=0):
    """Return a Sequential over the words: Embedding(16), a recurrent layer, softmax after every word.

    layer : "SimpleRNN", "LSTM" or "GRU". It is compiled with Adam, whose rate falls from RATES to 0 over `updates`
    along half a cosine. There is no dropout: sentences are drawn anew, so there is little to learn by heart.
    Raises ValueError or TypeError for other arguments.
    """
    made = validate.named("layer", layer, {name: getattr(layers, name) for name in UPDATES})
    stack = [
        layers.Input((None,)),
        layers.Embedding(len(WORDS), 16),
        made(units, return_sequences=True),
        layers.Dense(len(WORDS), activation="softmax"),
    ]
    model = Sequential(stack, name="grammar", seed=seed)
    model.compile(optim.Adam(optim.schedules.CosineDecay(RATES[layer], updates)), "sparse_categorical_crossentropy")
    return model


def learn(layer="LSTM", units=64, updates=None, seed=0, sentences=SENTENCES):
    """Return a LanguageModel that has read that many sentences of its own, drawn by `seed`, as often as needed.

    updates : None is as many as take equally long for each layer.
    """
    updates = validate.integer("updates", UPDATES[layer] if updates is None else updates, 1)
    texts = training_texts(seed, sentences)
    model = network(layer, units, updates, seed)
    x, y = packed_set(texts, WORDS, LENGTH, END)
    steps = model.steps(x, y, BATCH, epochs=1 + updates * BATCH // len(x))
    for _ in itertools.islice(steps, updates):
        pass
    return LanguageModel(model, WORDS, END, END, texts[:KNOWN])


def training_texts(seed=0, count=SENTENCES):
    """Return sentences to train on; those of other seeds, and all that is measured with, are drawn apart."""
    return GRAMMAR.sentences(count, seed=1_000_000 + validate.integer("seed", seed, 0))


def held_out(count=3000):
    """Return sentences to measure with."""
    return GRAMMAR.sentences(count, seed=1)


def excess(language, texts):
    """Return by what share a model's bits per word are above those of the grammar itself on the same texts.

    0 is perfect. Its mean over texts is the Kullback-Leibler divergence from grammar to model by the entropy.
    """
    return language.bits(texts) / GRAMMAR.bits(texts) - 1


@dataclass(frozen=True)
class Probe:
    """A sentence up to where a verb comes. number : "sg" or "pl", of its subject. attractors : see `agreements`."""

    prefix: str
    number: str
    attractors: int


def probes(most=3, each=200, seed=2):
    """Return a tuple of Probes, `each` with 0, 1, ... attractors, the last ones with `most` or more.

    Raises ValueError for other numbers.
    """
    left = dict.fromkeys(range(validate.integer("most", most, 0, 5) + 1), validate.integer("each", each, 1))
    found = []
    verbs = _verbs(seed)
    while any(left.values()):
        probe = next(verbs)
        if left[min(probe.attractors, most)]:
            left[min(probe.attractors, most)] -= 1
            found.append(probe)
    return tuple(sorted(found, key=lambda probe: probe.attractors))


def _verbs(seed):
    """Yield a Probe for each verb of sentences that never end."""
    for part in itertools.count():
        for text in GRAMMAR.sentences(500, seed=2_000_000 + 1000 * seed + part):
            words = text.split()
            for subject, verb, attractors in agreements(text):
                yield Probe(" ".join(words[:verb]), NUMBER[words[subject]], attractors)


def agrees(language, given):
    """Return (N,) bool for N Probes: whether the verbs of the right number have the larger share together."""
    p = np.exp(language.following([probe.prefix for probe in given]))
    share = {number: p[:, [WORDS.symbols.index(verb) for verb in verbs]].sum(1) for number, verbs in VERBS.items()}
    plural = np.array([probe.number == "pl" for probe in given])
    return np.where(plural, share["pl"] > share["sg"], share["sg"] > share["pl"])


def written(language, count=200, seed=0, temperature=1.0):
    """Return a tuple of `count` sentences that a model writes; one that does not end is cut after 60 words."""
    rng = np.random.default_rng(validate.integer("seed", seed, 0))
    return tuple(Sampler(language, rng=rng).finish(temperature, most=MOST) for _ in range(count))


def load(layer="LSTM"):
    """Return the LanguageModel with 64 units that comes with rnnedu: `learn(layer, seed=0)`, by `bench.grammar_models`.

    Raises ValueError for another layer, and where the file is missing or damaged.
    """
    model = shipped(f"models/{validate.named('layer', layer, FILES)}.rnnedu")
    return LanguageModel(model, WORDS, END, END, training_texts(0, KNOWN))
