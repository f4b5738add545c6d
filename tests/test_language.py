"""A language model: what follows, how surprising it is, and the model of names that comes with rnnedu."""

import hashlib

import numpy as np
import pytest

from bench import names_model
from rnnedu import layers, train
from rnnedu.datasets import Vocabulary, WordVocabulary, data_path, load_names
from rnnedu.experiments import language
from rnnedu.experiments.language import LanguageModel
from rnnedu.experiments.texts import training_set
from rnnedu.functions import softmax
from rnnedu.models import Sequential

HOSTILE = "<img src=x onerror=alert(1)>"


def toy(symbols="\nab<>", embedded=True, last="softmax", **more):
    """A small random model, one of two recurrent layers; biases are not zero."""
    V = len(symbols)
    begin = [layers.Input((None,)), layers.Embedding(V, 3)] if embedded else [layers.Input((None, V))]
    model = Sequential(
        [*begin, layers.GRU(4, return_sequences=True), layers.LSTM(5, return_sequences=True), layers.Dense(V, last)],
        seed=2,
    )
    _ = model.home
    rng = np.random.default_rng(3)
    model.set_weights([w + 0.5 * rng.standard_normal(w.shape).astype(w.dtype) for w in model.get_weights()])
    return LanguageModel(model, Vocabulary(symbols), **more)


def toy_words(grammar):
    """A small random model over the words of a grammar."""
    V = len(grammar.words)
    stack = [layers.Input((None,)), layers.Embedding(V, 3), layers.GRU(4, return_sequences=True), layers.Dense(V)]
    return LanguageModel(Sequential(stack, seed=1), WordVocabulary(grammar.words), ".", ".")


@pytest.fixture(scope="module")
def names():
    return language.load_names_model()


@pytest.mark.parametrize("embedded", [True, False])
@pytest.mark.parametrize("last", ["softmax", "linear"])
def test_log_probabilities_are_those_of_predict(embedded, last):
    model = toy(embedded=embedded, last=last)
    ids = model.vocabulary.encode("\nab<a")[None]
    found = model.model.predict(model.inputs(ids))[0]
    expected = found if last == "softmax" else softmax(found)
    assert np.allclose(np.exp(model.log_probabilities("ab<a")), expected, atol=1e-6)


def test_reading_on_is_reading_at_once():
    model = toy()
    whole, _ = model.read("\nabba<")
    first, carried = model.read("\nab")
    then, after = model.read("b", carried)
    last, _ = model.read("a<", after)
    assert np.allclose(np.concatenate([first, then, last]), whole, atol=1e-6)
    again, _ = model.read("b", carried)  # what was carried is not used up
    assert np.array_equal(again, then)


def test_what_follows_an_end_begins_anew():
    model = toy()
    rows = model.log_probabilities("ab\nba")
    assert rows.shape == (6, 5)
    assert np.allclose(rows[:3], model.log_probabilities("ab"))
    assert np.allclose(rows[3:], model.log_probabilities("ba"))
    endless = toy(end="")
    assert not np.allclose(endless.log_probabilities("ab\nba")[3:], endless.log_probabilities("ba"), atol=1e-3)


def test_surprisal_is_minus_log2_of_the_probability():
    model = toy()
    rows = np.exp(model.log_probabilities("ab"))
    ids = model.vocabulary.encode("ab\n")
    assert np.allclose(model.surprisal("ab\n"), [-np.log2(rows[t, ids[t]]) for t in range(3)])
    assert model.surprisal("").shape == (0,)


@pytest.mark.parametrize("end", ["\n", ""])
def test_bits_are_the_mean_surprisal(end, monkeypatch):
    model, texts = toy(end=end), ["ab", "b", "abba<", "<<", "a"]
    monkeypatch.setattr(language, "BATCH", 2)
    each = np.concatenate([model.surprisal(text + end) for text in texts])
    assert model.bits(texts) == pytest.approx(each.mean(), rel=1e-6)


def test_an_improbable_symbol_is_finite():
    model = toy(last="softmax")
    *rest, kernel, _ = model.model.get_weights()
    model.model.set_weights([*rest, kernel, np.array([0, 500, 0, 0, 0], np.float32)])
    assert model.surprisal("b")[0] == pytest.approx(500 / np.log(2), rel=0.05)


def test_unigram_surprisal_counts_the_texts():
    model = toy(texts=["aab", "a"])
    counts = {"a": 4, "b": 2, "\n": 3, "<": 1, ">": 1}
    assert np.allclose(model.unigram_surprisal("ab\n<"), [-np.log2(counts[s] / 11) for s in "ab\n<"])
    assert np.allclose(toy().unigram_surprisal("ab"), np.log2(5))


def test_training_is_seen_at_once():
    model = toy(last="softmax")
    before = model.bits(["ab"])
    model.model.compile("adam", "sparse_categorical_crossentropy")
    x, y, weights = training_set(["ab"], model.vocabulary)
    for _ in train.epoch(model.model, train.Data(x, y, weights), 0, 1, False):
        pass
    assert model.bits(["ab"]) < before


def test_text_stays_text():
    symbols = "".join(sorted(set("\n" + HOSTILE)))
    assert toy(symbols).surprisal(HOSTILE).shape == (len(HOSTILE),)
    with pytest.raises(ValueError, match="character 'i' at position 1"):
        toy().surprisal(HOSTILE)


def test_what_is_refused():
    good = toy()
    with pytest.raises(ValueError, match=r"accepted is Dense\(4, 'softmax'\)"):
        LanguageModel(good.model, Vocabulary("\nabc"))
    with pytest.raises(ValueError, match="begin is 'x'"):
        LanguageModel(good.model, good.vocabulary, begin="x")
    with pytest.raises(ValueError, match="end is 'x'"):
        LanguageModel(good.model, good.vocabulary, end="x")
    with pytest.raises(TypeError, match="vocabulary is a str"):
        LanguageModel(good.model, "\nab<>")
    with pytest.raises(TypeError, match="model is a NoneType"):
        LanguageModel(None, good.vocabulary)
    with pytest.raises(TypeError, match="text is a int"):
        good.log_probabilities(3)


# ---- the model of names


def test_the_model_of_names_is_as_good_as_it_says(names):
    held_out = names.bits(names.held_out)
    assert 2.70 <= held_out <= 2.80
    assert names.bits(names.texts) < held_out
    ends = "\n".join(names.held_out) + "\n"
    assert 4.0 < names.unigram_surprisal(ends).mean() < 4.1


def test_its_texts_are_the_names_each_once(names):
    assert sorted(names.texts + names.held_out) == sorted(load_names())
    assert len(names.held_out) == 516


def test_its_file_is_small_and_the_one_of_the_readme():
    raw = data_path(language.NAMES_FILE).read_bytes()
    assert len(raw) < 200_000
    assert hashlib.sha256(raw).hexdigest() in data_path("README.md").read_text(encoding="utf-8")


def test_a_lost_file_is_said(monkeypatch):
    monkeypatch.setattr(language, "NAMES_FILE", "models/lost.rnnedu")
    with pytest.raises(ValueError, match=r"data file models/lost.rnnedu: .*reinstalling rnnedu restores it"):
        language.load_names_model()


def test_the_script_makes_such_a_model(tmp_path, names):
    made = names_model.train(seed=0, epochs=2)
    assert made.bits(made.held_out) < 3.3  # letters alone: 4.05
    names_model.write(made.model, tmp_path / "model.rnnedu")
    assert (tmp_path / "model.rnnedu").stat().st_size == data_path(language.NAMES_FILE).stat().st_size
    assert [layer.get_config() for layer in made.model.layers] == [layer.get_config() for layer in names.model.layers]


@pytest.mark.parametrize("layer", ["SimpleRNN", "GRU"])
def test_other_layers_make_a_network_too(layer):
    model = language.network(5, layer, units=3)
    assert model.output_shape == (None, None, 5)
    with pytest.raises(ValueError, match="Did you mean 'LSTM'"):
        language.network(5, "lstm")
