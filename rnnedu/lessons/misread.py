"""Weights that are read by another library's conventions: every shape fits, and the network is another one.

What the libraries do differently stands in `rnnedu.interop`. Here one difference at a time is overlooked. What that
costs a language model is measured twice: by its score, and by the largest change of a probability.
"""

import functools
import itertools
from dataclasses import dataclass

import numpy as np

from rnnedu import layers, validate
from rnnedu.experiments.language import NAMES, LanguageModel, load_names_model, names_split, network
from rnnedu.experiments.texts import training_set
from rnnedu.interop.common import reorder
from rnnedu.models import Sequential

UNITS, PASSES = 32, 3  # of the GRUs, a second of training each


@dataclass(frozen=True)
class Harm:
    """What a misreading costs: `bits` per symbol more than read rightly, `largest` change of any probability."""

    bits: float
    largest: float


def names_read_in(order):
    """Return the LSTM of first names as from a file with the gates in `order`, read as if they stood i, f, g, o.

    Raises ValueError for an `order` of other letters, or of fewer.
    """
    if sorted(order) != sorted("ifgo"):
        raise ValueError(f"order is {order!r}; accepted are the letters i, f, g and o, once each, in any order")
    language = load_names_model()
    lstm = language.model.layers[1]
    lstm.set_weights([reorder(array, lstm.gates, order) for array in lstm.get_weights()])
    return language


@functools.cache
def orders():
    """Return order -> Harm of reading the LSTM of first names from it as i, f, g, o, for all 24, the mildest first."""
    texts = load_names_model().held_out
    read = {order: _read(names_read_in(order), texts) for order in map("".join, itertools.permutations("ifgo"))}
    found = {order: _against(read["ifgo"], each) for order, each in read.items()}
    return dict(sorted(found.items(), key=lambda item: item[1].bits))


def gru_of_names(seed):
    """Return a LanguageModel of first names: a GRU of 32 units, reset after the product, trained for three passes."""
    model, (training, held_out) = network(len(NAMES), "GRU", UNITS, seed=seed), names_split()
    x, y, weights = training_set(training, NAMES)
    model.fit(x, y, sample_weight=weights, batch_size=64, epochs=PASSES, verbose=0)
    return LanguageModel(model, NAMES, texts=training, held_out=held_out)


def swapped(kernel, recurrent, bias):
    """PyTorch's r, z, n read as z, r, n."""
    return [reorder(array, "zrn", "rzn") for array in (kernel, recurrent, bias)]


def summed(kernel, recurrent, bias):
    """The two biases (2, 3H) added into the first, as one may in an LSTM: b_hn leaves the reset's bracket."""
    return [kernel, recurrent, np.stack([bias.sum(0), np.zeros_like(bias[0])])]


def reset_before(kernel, recurrent, bias):
    """The weights of a GRU that resets after the product in one that resets before it, which has one bias (3H,)."""
    return [kernel, recurrent, bias.sum(0)]


MISREADINGS = {"z and r swapped": swapped, "reset before the product": reset_before, "two biases added": summed}


def misread(language, name):
    """Return the LanguageModel that a GRU's weights become by one of `MISREADINGS`; `language` stays as it is.

    Raises ValueError for another name.
    """
    change = validate.named("name", name, MISREADINGS)
    embedding, gru, *rest = language.model.layers
    other = layers.GRU(gru.units, return_sequences=True, reset_after=change is not reset_before)
    others = [type(layer).from_config(layer.get_config()) for layer in (embedding, *rest)]
    model = Sequential([others[0], other, *others[1:]], dtype=language.model.dtype)
    model.build((None, None))
    arrays = [embedding.get_weights(), change(*gru.get_weights()), *(layer.get_weights() for layer in rest)]
    model.set_weights([array for part in arrays for array in part])
    return LanguageModel(model, language.vocabulary, language.begin, language.end)


def harm(language, other, texts):
    """Return the Harm of `other` against `language` on texts that both read."""
    return _against(_read(language, texts), _read(other, texts))


def _read(language, texts):
    """Return (bits per symbol, the probabilities at every symbol (N, V)) of texts."""
    x, y, weights = training_set(texts, language.vocabulary, language.begin, language.end)
    p, came = language.model.predict(x)[weights > 0].astype(np.float64), y[weights > 0]
    return -float(np.log2(p[np.arange(len(came)), came]).mean()), p


def _against(right, other):
    return Harm(other[0] - right[0], float(np.abs(other[1] - right[1]).max()))


@functools.cache
def harms(seed):
    """Return name of a misreading -> Harm, of the GRU of names of this seed on the held-out names."""
    language = gru_of_names(seed)
    return {name: harm(language, misread(language, name), language.held_out) for name in MISREADINGS}


def noticed(seeds, bits=0.03, largest=0.001):
    """Return name -> (by the score, by the numbers): in how many seeds a misreading costs more than that.

    bits : per letter; ten networks that differ in nothing but their seed lie within 0.03. largest : of a probability.
    """
    found = [harms(seed) for seed in seeds]
    return {
        name: (sum(each[name].bits > bits for each in found), sum(each[name].largest > largest for each in found))
        for name in MISREADINGS
    }
