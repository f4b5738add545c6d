"""What lesson 15 says of the names LSTM read in other orders of gates, measured again."""

import numpy as np
import pytest

from rnnedu.experiments.sampling import Sampler
from rnnedu.lessons.misread import names_read_in, orders
from rnnedu.widget import SamplingPanel


def test_bits_of_the_orders_that_are_predicted():
    found = []
    for order in ("ifgo", "ofgi", "iofg", "igfo"):
        language = names_read_in(order)
        found.append(language.bits(language.held_out))
    assert found == pytest.approx([2.74, 3.03, 4.35, 4.96], abs=0.01)
    costs = [found[0] + harm.bits for harm in orders().values()]
    assert costs[1] == pytest.approx(found[1], abs=1e-4)
    assert sum(bits < 4.05 for bits in costs) == 6  # the right one and the five that leave g in its place
    texts = [name + "\n" for name in language.held_out]
    letters = np.concatenate([language.unigram_surprisal(text) for text in texts])
    assert letters.mean() == pytest.approx(4.05, abs=0.01)


@pytest.mark.parametrize(
    ("order", "likeliest"),
    [("ofgi", {"g": 0.16, "i": 0.13}), ("ifgo", {"i": 0.24, "g": 0.21}), ("iofg", {"a": 0.37})],
)
def test_what_is_likeliest_after_mar(order, likeliest):
    language = names_read_in(order)
    shares = np.exp(Sampler(language, "mar").log_p)
    best = np.argsort(-shares)[: len(likeliest)]
    assert [language.vocabulary.symbols[place] for place in best] == list(likeliest)
    assert shares[best] == pytest.approx(list(likeliest.values()), abs=0.006)


def test_the_ten_texts():
    mild, onnx = (SamplingPanel(names_read_in(order)) for order in ("ofgi", "iofg"))
    mild.ten()
    onnx.ten()
    assert {"sanale", "zunila", "emelma", "jackie"} <= set(mild.texts)
    assert sum(len(text) == 40 for text in onnx.texts) == 3
