"""A character model of running text: in three parts, trained with a carried state, kept where it was best."""

from dataclasses import dataclass

import numpy as np

from rnnedu import initializers, layers, optim, validate
from rnnedu.datasets import Vocabulary, load_library_source, load_topics, make_lanes
from rnnedu.experiments.language import LanguageModel, shipped
from rnnedu.experiments.ngrams import NGrams
from rnnedu.experiments.training import Training
from rnnedu.experiments.word_beginnings import LETTERS, Joined
from rnnedu.models import Sequential

UNKNOWN = "\ufffd"  # Unicode's replacement character
ASCII = Vocabulary("\n" + "".join(map(chr, range(32, 127))) + UNKNOWN, UNKNOWN)
FILES = {"topics": "models/topics_lstm.rnnedu", "letters": "models/letters_lstm.rnnedu"}
LEAST = 5  # times a character must occur to be a symbol of its own
SHORTEST = 2000  # characters that can be cut in three


@dataclass(frozen=True, eq=False)
class Corpus:
    """A running text in three parts that follow one another, and the vocabulary of what is learned.

    validation : the first 5 %, says when to stop. training : what is learned. held_out : the last 10 %, which only the
    final figure looks at. vocabulary : a Vocabulary with the unknown U+FFFD.
    """

    validation: str
    training: str
    held_out: str
    vocabulary: Vocabulary

    @classmethod
    def of(cls, text, vocabulary=None):
        """Cut a text of at least 2,000 characters; without a vocabulary it has those that occur 5 times in training.

        Raises ValueError for a shorter text, TypeError for no str.
        """
        length = len(validate.kind("text", text, str))
        if length < SHORTEST:
            raise ValueError(
                f"text has {length} characters; accepted are {SHORTEST} or more, about a page: it is cut into a part "
                "to learn from, one that says when to stop, and one to measure on"
            )
        first, second = length // 20, length * 9 // 10
        training = text[first:second]
        vocabulary = Vocabulary.of([training, "\n" * LEAST], UNKNOWN, LEAST) if vocabulary is None else vocabulary
        return cls(text[:first], training, text[second:], vocabulary)

    def lanes(self, recipe):
        """Return (x, y, validation (x, y)) for a Training, and the number of lanes: fewer where the text is short."""
        parts = [self.vocabulary.encode(part) for part in (self.training, self.validation)]
        lanes = min(recipe.lanes, max(1, (len(parts[1]) - 1) // recipe.length))
        (x, y), checked = (make_lanes(part, lanes, recipe.length) for part in parts)
        return x, y, checked, lanes

    def tables(self, most=7):
        """Return (n, bits per character on the held-out part) of tables of counts with n = 1 .. most: two arrays."""
        table, n = NGrams(most, [self.training], self.vocabulary, end=""), np.arange(1, most + 1)
        return n, np.array([table.bits([self.held_out], back) for back in n])


@dataclass(frozen=True)
class Recipe:
    """How a character model is made and trained.

    layer : "SimpleRNN", "LSTM" or "GRU", of so many units. dropout : share of the units hidden from the softmax.
    rate : Adam's; with `falling` it goes to 0 along half a cosine over the passes.
    passes : readings of the training part. lanes, length : see `datasets.make_lanes`.
    The gradient's norm is clipped to 1.
    """

    layer: str = "LSTM"
    units: int = 128
    dropout: float = 0.2
    rate: float = 0.006
    falling: bool = True
    passes: int = 8
    lanes: int = 32
    length: int = 64
    seed: int = 0

    def network(self, V, updates):
        """Return a compiled Sequential over V symbols: Embedding(32), a stateful layer, dropout, softmax.

        updates : how many there will be, over which the rate falls. Raises ValueError for another layer.
        """
        made = validate.named("layer", self.layer, {name: getattr(layers, name) for name in LAYERS})
        stack = [
            layers.Input((None,)),
            layers.Embedding(V, 32, initializers.RandomNormal(0.0, 0.5)),  # Keras' 0.05 costs a whole pass here
            made(self.units, return_sequences=True, stateful=True),
            layers.Dropout(self.dropout),
            layers.Dense(V, activation="softmax"),
        ]
        model = Sequential(stack, name="characters", seed=self.seed)
        rate = optim.CosineDecay(self.rate, updates) if self.falling else self.rate
        model.compile(optim.Adam(rate, global_clipnorm=1.0), "sparse_categorical_crossentropy")
        return model


LAYERS = ("SimpleRNN", "LSTM", "GRU")
RECIPES = {
    "topics": Recipe(dropout=0.2, passes=8, lanes=16),
    "library": Recipe(dropout=0.1, passes=7, lanes=16),
    "letters": Recipe(units=64, dropout=0.1, passes=6, lanes=16),
}


def corpus_of(name):
    """Return one of the corpora that every installation has, each with a Recipe of its name in `RECIPES`.

    "topics" : Python's help topics, `datasets.load_topics`. "library" : source of its standard library,
    `datasets.load_library_source`; both in ASCII, so that the symbols are those of every version. "letters" : the
    words of the topics without anything between them, see `word_beginnings`. Raises ValueError for another name.
    """
    validate.named("corpus", name, RECIPES)
    if name == "library":
        return Corpus.of(load_library_source(), ASCII)
    topics = Corpus.of(load_topics(), ASCII)
    if name == "topics":
        return topics
    return Corpus(*(Joined.of(part).text for part in (topics.validation, topics.training, topics.held_out)), LETTERS)


def load_character_model(name="topics"):
    """Return the LanguageModel of "topics" or "letters" that comes with rnnedu, with the texts of this installation.

    `python -m bench.characters_model` made it of the text of one version of Python; of another version it has read
    most too. Raises ValueError where its file is missing or damaged.
    """
    file = validate.named("model", name, FILES)
    corpus = corpus_of(name)
    parts = {"texts": [corpus.training], "held_out": [corpus.held_out]}
    return LanguageModel(shipped(file), corpus.vocabulary, end="", **parts)


class Learning:
    """The training of a Recipe on a Corpus: an iterator over its steps, as those of Training, that stops early.

    training : the Training. language : LanguageModel, usable at any time; at the end it has the weights of the pass
    whose validation was best. patience : passes without a better one after which it stops; None goes to the end.
    """

    def __init__(self, corpus, recipe=None, patience=2):
        recipe = Recipe() if recipe is None else validate.kind("recipe", recipe, Recipe)
        validate.kind("corpus", corpus, Corpus)
        self.patience = None if patience is None else validate.integer("patience", patience, 1)
        x, y, checked, lanes = corpus.lanes(recipe)
        model = recipe.network(len(corpus.vocabulary), recipe.passes * len(x) // lanes)
        self.training = Training(model, x, y, batch_size=lanes, validation_data=checked, shuffle=False)
        self.training.plan(recipe.passes)
        parts = {"texts": [corpus.training], "held_out": [corpus.held_out]}
        self.language = LanguageModel(model, corpus.vocabulary, end="", **parts)
        self._best = None

    @property
    def validated(self):
        """The loss on the validation part after each pass so far, in nats a character, (n,)."""
        return self.training.epochs.arrays()["val_loss"]

    @property
    def learned(self):
        """The mean loss on the training part during each pass so far, in nats a character, (n,)."""
        updates = self.training.updates.arrays()
        return np.array([updates["loss"][updates["epoch"] == n].mean() for n in np.unique(updates["epoch"])])

    @property
    def best(self):
        """The pass, from 1, whose validation was best so far; 0 before the first."""
        return int(self.validated.argmin()) + 1 if len(self.validated) else 0

    def __iter__(self):
        for step in self.training:
            if step is None and self._ended():
                break
            yield step
        if self._best is not None:
            self.language.model.set_weights(self._best)

    def _ended(self):
        """Keep the weights if this pass was the best; return whether that is too long ago."""
        if self.best == len(self.validated):
            self._best = self.language.model.get_weights()
        return self.patience is not None and len(self.validated) - self.best >= self.patience

    def finish(self):
        """Go through all steps and return the LanguageModel."""
        for _ in self:
            pass
        return self.language


def by_heart(corpus, dropout, seed=0, passes=20):
    """Read a short corpus many times at a rate that stays; return (learned, validated, held_out) in bits a character.

    learned, validated : (passes,), the loss on the training part during each pass, and on the validation part after
    it. held_out : float, that of the held-out part with the weights of the best pass. An LSTM of 96 units.
    """
    recipe = Recipe(units=96, dropout=dropout, rate=0.01, falling=False, passes=passes, lanes=8, length=50, seed=seed)
    learning = Learning(corpus, recipe, patience=None)
    held_out = learning.finish().surprisal(corpus.held_out).mean()
    return learning.learned / np.log(2), learning.validated / np.log(2), held_out
