"""What lesson 10 says of sentences, bits and attractors, measured again."""

import numpy as np
import pytest

from rnnedu.datasets import agreements
from rnnedu.experiments import grammar
from rnnedu.experiments.grammar import GRAMMAR, WORDS
from rnnedu.experiments.ngrams import NGrams
from rnnedu.widget import SamplingPanel, SurpriseView

SENTENCE = "the fox that the hens near the owl see sings"


@pytest.fixture(scope="module")
def known():
    return grammar.load("LSTM")


def test_how_many_of_a_hundred_sentences_are_grammatical_and_how_many_were_read(known):
    written, read = grammar.written(known, 100), set(grammar.training_texts())
    assert 93 <= sum(map(GRAMMAR.accepts, written)) <= 100
    assert 15 <= len(set(written) & read) <= 35
    assert sum(text in read for text in grammar.held_out(1000)) == pytest.approx(300, abs=40)


def test_tables_of_counts_are_a_sixth_above_the_entropy():
    texts, unseen = grammar.training_texts(count=10_000), grammar.held_out(300)
    tables = [NGrams(n, texts, WORDS, grammar.END, grammar.END) for n in range(1, 6)]
    over = [grammar.excess(table, unseen) for table in tables]
    assert np.round(over, 3).tolist() == [0.830, 0.192, 0.175, 0.191, 0.265]
    assert GRAMMAR.bits_per_word == pytest.approx(2.767, abs=5e-4)


def test_what_the_fold_says_of_words(known):
    view = SurpriseView(known, GRAMMAR, text=SENTENCE)
    truth = view.true_bits
    assert truth[[1, 8, 10]] == pytest.approx([4, 3.474, 0], abs=1e-3)
    assert np.abs(view.bits - truth).max() < 0.5
    p = np.exp(known.log_probabilities("the fox that the hens near the owl")[-1])
    shares = {word: p[WORDS.symbols.index(word)] for word in ("see", "sees", "like", "likes")}
    assert min(shares["see"], shares["like"]) > 0.06 > 0.01 > max(shares["sees"], shares["likes"])
    view.text = SENTENCE.replace("sings", "sing")
    assert 8 < view.bits[9] < 16
    assert np.isinf(view.true_bits[9])
    view.text = SENTENCE.replace("sings", "sees this goat")
    assert view.bits[-1] == pytest.approx(1.2, abs=0.1)
    assert known.surprisal("each fox")[1] == pytest.approx(3, abs=0.2)


def test_a_low_temperature_makes_sentences_that_do_not_end(known):
    cold, natural = (SamplingPanel(known, GRAMMAR, most=60, temperature=heat) for heat in (0.3, 1.0))
    for panel in (cold, natural):
        panel.ten()
    words = [np.mean([len(text.split()) for text in panel.texts]) for panel in (cold, natural)]
    assert words[0] > 1.5 * words[1]
    behind = dict(zip(WORDS.symbols, np.exp(GRAMMAR.log_probabilities("the fox")[-1]), strict=True))
    assert max(behind, key=behind.get) == "that"
    assert behind["that"] == pytest.approx(0.35)


def test_one_verb_in_forty_has_three_attractors():
    counts = [each.attractors for text in GRAMMAR.sentences(4000, seed=3) for each in agreements(text)]
    assert np.mean(np.array(counts) >= 3) == pytest.approx(1 / 40, abs=0.004)


def test_behind_three_attractors_the_cells_differ():
    asked, unseen = grammar.probes(most=3, each=200), grammar.held_out(300)
    networks = {layer: grammar.load(layer) for layer in grammar.FILES}
    right = {layer: grammar.agrees(each, asked).reshape(4, 200).sum(1) for layer, each in networks.items()}
    over = [grammar.excess(each, unseen) for each in networks.values()]
    assert max(over) < 0.006
    assert min(counts[0] for counts in right.values()) >= 198
    assert [right[layer][3] for layer in ("SimpleRNN", "LSTM", "GRU")] == pytest.approx([186, 193, 197], abs=2)
