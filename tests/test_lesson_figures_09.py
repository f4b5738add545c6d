"""What lesson 9 says of the trained network on sentences of its own; they are the same in every version of Python."""

import numpy as np
import pytest

from rnnedu.experiments.characters import load_character_model
from rnnedu.widget import HiddenStateExplorer, SurpriseView

MISSPELT = "If the first argument is a string, the retrun value is a new object."
TEXT = "   The class has a method (see below)\n   that returns the value of\n   the argument, if there is one.\n" * 2


@pytest.fixture(scope="module")
def known():
    return load_character_model()


def test_the_misspelt_word(known):
    view = SurpriseView(known, text=MISSPELT)
    assert "most surprising is v at 47, 7.2 bits; likeliest there was a, 24 %" in view.sentence()
    start = MISSPELT.index("argument")
    assert view.bits[start] == pytest.approx(3.3, abs=0.1)
    assert view.bits[start + 1 : start + 8].sum() == pytest.approx(4, abs=0.3)
    wrong, view.text = view.bits, MISSPELT.replace("retrun", "return")
    assert (wrong.mean(), view.bits.mean()) == pytest.approx((1.62, 1.35), abs=0.005)
    dearer = (wrong - view.bits)[42:]
    assert dearer[:4].sum() == pytest.approx(15, abs=1)
    assert dearer[4] == pytest.approx(3, abs=0.3)
    assert np.abs(dearer[5:]).max() < 0.5


def test_another_language(known):
    german = known.surprisal("Wenn das erste Argument fehlt, ist der Wert ein neues Objekt.")
    assert 5 < german.mean() < np.log2(97)


def test_the_blanks_that_begin_a_line(known):
    explorer = HiddenStateExplorer(known, text=TEXT, span=[39, 42])
    assert explorer.chosen + 1 == 85
    assert "2.2 sd lower" in explorer.sentence()
    assert len(explorer.places) == 10
