"""A language model: a trained network over a vocabulary that says how likely every next symbol is.

A text is read behind a begin symbol, and where texts end, an end symbol follows them; one symbol may be both, as the
line end is for names. Surprisal is Shannon's: -log2 p bits for a symbol of probability p (Shannon 1948, "A
mathematical theory of communication"); its mean is the cross-entropy, here in bits per symbol.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rnnedu import layers, optim, validate
from rnnedu.datasets import Vocabulary, data_path, load_names
from rnnedu.experiments import causal
from rnnedu.experiments.texts import split, training_set
from rnnedu.functions import log_softmax
from rnnedu.layers import chain
from rnnedu.models import Sequential, load_model

BATCH = 256  # texts that are scored at once
PIECE = 2000  # symbols of one text that are read at once
NAMES = Vocabulary("\nabcdefghijklmnopqrstuvwxyz")
NAMES_FILE = "models/names_lstm.rnnedu"


@dataclass(frozen=True, eq=False)
class LanguageModel:
    r"""A Sequential over a Vocabulary of V symbols.

    model : built; takes ids (B, T) where it begins with an Embedding, else one-hot rows (B, T, V); its output
        (B, T, V) is what a Dense of V units makes, softmax or linear. The current weights count, also in training.
    vocabulary : its symbols, characters or words. begin : the symbol before every text. end : the one behind it, ""
        where texts only stop.
    texts : what it was trained on, as far as one wants to know; held_out : texts of that kind that it never saw.

    Raises TypeError for other kinds, ValueError for a model that cannot run step by step, another number of outputs,
    and a begin or end that is no symbol of the vocabulary.

    >>> language = load_names_model()
    >>> language.surprisal("anna\n").round(1)
    array([3.6, 2.5, 2.3, 1.8, 3.4])
    """

    model: Sequential = field(repr=False)
    vocabulary: Vocabulary = field(repr=False)
    begin: str = "\n"
    end: str = "\n"
    texts: tuple[str, ...] = field(default=(), repr=False)
    held_out: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self):
        V = len(validate.kind("vocabulary", self.vocabulary, Vocabulary))
        last = causal.check(self.model).layers[-1]
        if not isinstance(last, layers.Dense) or last.activation not in ("softmax", "linear") or last.units != V:
            raise ValueError(f"the model ends with {last!r}; accepted is Dense({V}, 'softmax'), one output a symbol")
        validate.choice("begin", self.begin, self.vocabulary.symbols)
        validate.choice("end", self.end, ("", *self.vocabulary.symbols))
        for name in ("texts", "held_out"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @cached_property
    def _stepping(self):
        return causal.stepping(self.model)

    def read(self, text, carried=None):
        """Go on reading: return (log-probabilities, the states to go on from).

        text : T >= 1 symbols, `begin` included where something begins. carried : what an earlier call returned; None
        is the zero state. Row t of the (T, V) float64 holds the natural log of the probability of every symbol after
        text[t]. Raises ValueError for symbols that are not in the vocabulary.
        """
        ids, read = self.vocabulary.encode(text)[None], []
        for start in range(0, ids.shape[1], PIECE):  # a long text at once would fill the memory
            rows, carried = self._run(ids[:, start : start + PIECE], carried or {})
            read.append(rows[0])
        return np.concatenate(read), carried

    def _run(self, ids, carried):
        """Return (log-probabilities (B, T, V), states) for ids (B, T)."""
        state = self.model.home.state.carrying(carried)
        with self.model.threads(len(ids)):
            passed = chain.forward(self._stepping, state, self.inputs(ids), linear=True)
        return log_softmax(passed.y.astype(np.float64)), passed.carried

    def inputs(self, ids):
        """Return ids (B, T) as what the first layer takes: as they are for an Embedding, else one-hot (B, T, V)."""
        embedded = isinstance(self.model.layers[0], layers.Embedding)
        return ids if embedded else np.eye(len(self.vocabulary), dtype=self.model.dtype)[ids]

    def log_probabilities(self, text):
        """Return (T + 1, V) float64: row t is the natural log of the probability of every symbol after text[:t].

        An end symbol within the text ends what goes before it: what follows is read from the zero state, behind
        `begin`. Raises ValueError for symbols that are not in the vocabulary, TypeError for no str.
        """
        return np.concatenate([self.read(self.behind_begin(part))[0] for part in self.parts(text)])

    def behind_begin(self, text):
        """Return a text with `begin` before it."""
        return self.vocabulary.join([self.begin, text])

    def parts(self, text):
        """Return a text cut at its end symbols, which are left out. Raises as `log_probabilities`."""
        symbols = self.vocabulary.split(validate.kind("text", text, str))
        if symbols:
            self.vocabulary.encode(text)  # now, or the message would count from where a part begins
        cuts = [place for place, symbol in enumerate(symbols) if symbol == self.end]
        ends = zip([0, *(cut + 1 for cut in cuts)], [*cuts, None], strict=True)
        return [self.vocabulary.join(symbols[slice(*each)]) for each in ends]

    def surprisal(self, text):
        """Return (T,) float64: -log2 of the probability of each of the T symbols, in bits. Raises as above."""
        rows = self.log_probabilities(text)[:-1]
        return self._bits(rows, text)

    def unigram_surprisal(self, text):
        """Return (T,) float64 in bits: how surprising each symbol is if one knows only how frequent symbols are.

        Frequencies are those in `texts`, ends included, each counted once more (Laplace); without texts all are alike.
        """
        rows = np.broadcast_to(self._unigram, (len(self.vocabulary.split(text)), len(self.vocabulary)))
        return self._bits(rows, text)

    @cached_property
    def _unigram(self):
        counts = np.ones(len(self.vocabulary))
        for text in self.texts:
            np.add.at(counts, self.vocabulary.encode(self.vocabulary.join([text, self.end])), 1)
        return np.log(counts / counts.sum())

    def _bits(self, rows, text):
        ids = self.vocabulary.encode(text) if len(rows) else np.zeros(0, np.int64)
        return -rows[np.arange(len(ids)), ids] / np.log(2)

    def following(self, texts):
        """Return (N, V) float64: the natural log of the probability of every symbol after each of N texts.

        Raises ValueError for no texts or symbols that are not in the vocabulary.
        """
        x, _, weights = training_set(texts, self.vocabulary, self.begin, self.begin)
        last = np.count_nonzero(weights, axis=1) - 1
        parts = [slice(start, start + BATCH) for start in range(0, len(x), BATCH)]
        rows = [self._run(x[part], {})[0][np.arange(len(x[part])), last[part]] for part in parts]
        return np.concatenate(rows)

    def bits(self, texts):
        """Return the mean surprisal of texts, their ends included, in bits per symbol.

        Raises ValueError for no texts or symbols that are not in the vocabulary.
        """
        x, y, weights = training_set(texts, self.vocabulary, self.begin, self.end)
        parts = [slice(start, start + BATCH) for start in range(0, len(x), BATCH)]
        chosen = [np.take_along_axis(self._run(x[part], {})[0], y[part, :, None], 2)[..., 0] for part in parts]
        return -float(np.average(np.concatenate(chosen), weights=weights)) / np.log(2)


def network(V, layer="LSTM", units=64, seed=0):
    """Return a Sequential over V symbols: Embedding(16), a recurrent layer, dropout 0.2, softmax; Adam, rate 0.01.

    layer : "SimpleRNN", "LSTM" or "GRU", of so many units. The model is compiled; train it on a `training_set`, with
    `fit(x, y, sample_weight=weights)`.
    Raises ValueError or TypeError for other arguments.
    """
    made = validate.named("layer", layer, {name: getattr(layers, name) for name in ("SimpleRNN", "LSTM", "GRU")})
    stack = [
        layers.Input((None,)),
        layers.Embedding(V, 16),
        made(units, return_sequences=True),
        layers.Dropout(0.2),
        layers.Dense(V, activation="softmax"),
    ]
    model = Sequential(stack, name="language", seed=seed)
    model.compile(optim.Adam(0.01), "sparse_categorical_crossentropy")
    return model


def names_split():
    """Return (training, held_out): nine tenths of the first names of `load_names` and the rest, always the same."""
    return split(load_names(), 0.1, seed=0)


def load_names_model():
    """Return the LanguageModel of first names that comes with rnnedu: LSTM-64, letters a-z, the line end around names.

    `python -m bench.names_model` made it. Raises ValueError where its file is missing or damaged.
    """
    training, held_out = names_split()
    return LanguageModel(shipped(NAMES_FILE), NAMES, texts=training, held_out=held_out)


def shipped(file):
    """Return the Sequential in `data/<file>`. Raises ValueError where the file is missing or damaged."""
    try:
        return load_model(data_path(file))
    except (OSError, ValueError) as error:
        raise ValueError(f"data file {file}: {error}; reinstalling rnnedu restores it") from error
