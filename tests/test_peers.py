"""Lesson 15's company: libraries that are there or not, and what misread weights cost."""

import types

import numpy as np
import pytest

from rnnedu.interop import common
from rnnedu.lessons import misread, with_peers
from rnnedu.lessons.misread import MISREADINGS, gru_of_names, harm, names_read_in, noticed, orders


def without(monkeypatch, *missing, cause=None):
    """Let every import succeed with an empty module but these."""

    def imported(name):
        if name in missing:
            raise cause or ModuleNotFoundError(f"No module named {name!r}", name=name)
        return types.SimpleNamespace(name=name)

    monkeypatch.setattr(common, "importlib", types.SimpleNamespace(import_module=imported))


def test_what_is_there_is_passed_in_order(monkeypatch):
    without(monkeypatch)
    assert with_peers(lambda onnx, torch: (onnx.name, torch.name), "onnx", "torch") == ("onnx", "torch")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("torch", "PyTorch is not installed; skipped. To get it, run %pip install torch in a cell."),
        ("keras", "Keras is not installed; skipped. To get it, run %pip install keras tensorflow in a cell."),
        ("onnx", "ONNX is not installed; skipped. To get it, run %pip install onnx onnxruntime in a cell."),
    ],
)
def test_what_is_missing_is_said_in_one_line(monkeypatch, name, line):
    without(monkeypatch, name)
    assert with_peers(lambda *_: pytest.fail("it was called"), "onnxruntime", name) == line


def test_what_is_there_and_lacks_something_says_so(monkeypatch):
    without(monkeypatch, "keras", cause=ModuleNotFoundError("No module named 'tensorflow'", name="tensorflow"))
    assert with_peers(print, "keras").startswith("Keras does not start (No module named 'tensorflow'); skip")


def test_a_name_that_is_none_of_the_peers_is_refused(monkeypatch):
    with pytest.raises(ValueError, match="name is 'torhc'; accepted is one of 'torch', 'keras'"):
        with_peers(print, "torhc")


def test_errors_of_the_function_go_on(monkeypatch):
    without(monkeypatch)
    with pytest.raises(ZeroDivisionError):
        with_peers(lambda _: 1 / 0, "torch")


# -- misread weights -----------------------------------------------------------------------------------------------


def test_a_name_model_read_in_its_own_order_is_the_same_and_in_another_is_not():
    mine, other = names_read_in("ifgo"), names_read_in("ofgi")
    assert harm(mine, names_read_in("ifgo"), mine.held_out) == misread.Harm(0.0, 0.0)
    ours, theirs = (each.model.layers[1].get_weights() for each in (mine, other))
    for one, two in zip(ours, theirs, strict=True):
        i, f, g, o = np.split(one, 4, axis=-1)
        np.testing.assert_array_equal(np.concatenate([o, f, g, i], axis=-1), two)


def test_the_other_orders_of_gates():
    found = orders()
    assert len(found) == 24
    assert found.pop("ifgo") == misread.Harm(0.0, 0.0)
    assert min(each.largest for each in found.values()) > 0.9
    assert next(iter(found)) == "ofgi"
    assert [order[2] == "g" for order in found] == 5 * [True] + 18 * [False]  # the mildest leave g in its place
    assert found["ofgi"].bits == pytest.approx(0.29, abs=0.01)


@pytest.mark.parametrize("order", ["ifg", "ifgoo", "zrn", ""])
def test_an_order_of_other_letters_is_refused(order):
    with pytest.raises(ValueError, match=f"order is '{order}'; accepted are the letters i, f, g and o"):
        names_read_in(order)


def test_a_misreading_leaves_the_model_as_it_was_and_changes_what_it_says(monkeypatch):
    monkeypatch.setattr(misread, "PASSES", 1)
    language = gru_of_names(0)
    before = [array.copy() for array in language.model.get_weights()]
    texts = language.held_out[:50]
    assert all(harm(language, misread.misread(language, name), texts).largest > 1e-3 for name in MISREADINGS)
    for one, two in zip(before, language.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    with pytest.raises(ValueError, match="name is 'reset'; accepted is one of 'z and r"):
        misread.misread(language, "reset")


def test_without_a_bias_the_sum_of_two_is_no_misreading(monkeypatch):
    """What is added is b_hn alone: at 0, as before training, both GRUs are the same."""
    monkeypatch.setattr(misread, "PASSES", 1)
    language = gru_of_names(1)
    gru = language.model.layers[1]
    kernel, recurrent, bias = gru.get_weights()
    bias[1, 2 * gru.units :] = 0
    gru.set_weights([kernel, recurrent, bias])
    assert harm(language, misread.misread(language, "two biases added"), language.held_out[:50]).largest < 1e-5


def test_the_score_overlooks_what_the_numbers_show():
    assert noticed(range(2)) == {
        "z and r swapped": (2, 2), "reset before the product": (2, 2), "two biases added": (0, 2),
    }  # fmt: skip
