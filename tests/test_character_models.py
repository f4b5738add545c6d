"""The character models that come with rnnedu, on the text of the running version of Python, with room."""

import hashlib

import numpy as np
import pytest

from bench import characters_model
from rnnedu.datasets import data_path, load_topics
from rnnedu.experiments import characters, hidden
from rnnedu.experiments.characters import ASCII, Corpus, Recipe
from rnnedu.experiments.sampling import Sampler, sample
from rnnedu.experiments.word_beginnings import Joined, by_place, rises
from rnnedu.models import load_model

PIECE = 2000  # read side by side, each from a zero state: a little worse than in one go


@pytest.fixture(scope="module")
def corpus():
    return characters.corpus_of("topics")


@pytest.fixture(scope="module")
def known():
    return characters.load_character_model()


def pieces(text):
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


def test_it_is_better_than_every_table_of_counts(corpus, known):
    tables = corpus.tables(6)[1]
    assert tables.argmin() in (3, 4, 5)
    assert 1.5 < known.bits(pieces(corpus.held_out)) < tables.min() - 0.02


def test_from_a_zero_state_it_is_worse(corpus, known):
    text = corpus.held_out[:6400]
    begun_anew = known.bits([text[start : start + 64] for start in range(0, len(text), 64)])
    assert begun_anew > 1.04 * known.bits([text])


def test_beginnings_of_words_surprise_in_at_least_two_of_three():
    joined = Joined.of(characters.corpus_of("topics").held_out[:6000])
    bits = characters.load_character_model("letters").surprisal(joined.text)
    at_beginnings, elsewhere = rises(joined, bits)
    assert at_beginnings > 0.75
    assert elsewhere < 0.45
    mean, half = by_place(joined, bits, most=6)
    assert mean[0] - half[0] > mean[1] + half[1]


def test_what_lesson_9_says_of_its_units(known):
    text = "   The class has a method (see below)\n   that returns the value of\n   the argument, if there is one.\n"
    _, values = hidden.over_text(known, text * 2)
    line = values["c_t"][1:38, 7]  # of unit 8, up to the line's end
    assert np.corrcoef(line, np.arange(37))[0, 1] > 0.97
    assert 15 < line[-1] - line[0] < 25
    assert values["c_t"][38, 7] < 5
    blanks = np.r_[1:4, 39:42, 67:70]
    others = np.setdiff1d(np.arange(5, 100), np.r_[blanks, blanks + 1])
    assert values["h_t"][blanks, 14].min() > np.quantile(values["h_t"][others, 14], 0.95)


def test_what_it_writes_is_text_of_its_symbols_and_ends(known):
    for temperature in (0.0, 1.0, 5.0):
        written = sample(known, "<script>", temperature=temperature, most=60)
        assert len(written) == 68
        assert set(written) <= set(ASCII.symbols)
    with pytest.raises(ValueError, match="most is 100000"):
        Sampler(known).finish(most=100_000)


def test_a_text_in_another_script_costs_more_than_knowing_nothing_would(known):
    assert len(known.vocabulary.strangers("Привет, мир")) == 9
    assert known.surprisal("Привет, мир").mean() > np.log2(len(ASCII))


@pytest.mark.parametrize("name", characters.FILES)
def test_its_file_is_small_and_the_one_of_the_readme(name):
    raw = data_path(characters.FILES[name]).read_bytes()
    assert len(raw) < 400_000
    assert hashlib.sha256(raw).hexdigest() in data_path("README.md").read_text(encoding="utf-8")
    assert not any(getattr(layer, "stateful", False) for layer in characters.load_character_model(name).model.layers)


def test_the_script_makes_such_a_model(tmp_path):
    small = Corpus.of(load_topics()[:20_000], ASCII)
    made, seconds, validated = characters_model.train(small, Recipe(units=16, passes=1, lanes=8))
    assert seconds > 0
    assert len(validated) == 1
    characters_model.write(made.model, tmp_path / "model.rnnedu")
    layers = [type(layer).__name__ for layer in load_model(tmp_path / "model.rnnedu").layers]
    assert layers == [type(layer).__name__ for layer in characters.load_character_model().model.layers]


def test_other_names_are_refused():
    with pytest.raises(ValueError, match=r"corpus is 'topic'.*Did you mean 'topics'"):
        characters.corpus_of("topic")
    with pytest.raises(ValueError, match="model is 'library'; accepted is one of 'topics', 'letters'"):
        characters.load_character_model("library")
