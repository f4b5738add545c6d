"""ClippingLab: what a control changes, what is shown and refused. The numbers are tested in test_cliff.py."""

import numpy as np
import pytest

from rnnedu.experiments.cliff import Landscape, Unit, descend
from rnnedu.widget import ClippingLab


def block(lab, key):
    return next(each for each in lab.shown["blocks"] if each["key"] == key)


def lines(lab, key):
    return {line["name"]: line for line in block(lab, key)["lines"]}


def test_what_is_shown_is_what_was_walked():
    lab = ClippingLab(length=20, steps=12, b=-0.1)
    unit = Unit(length=20, target=0.6)
    along, walk = Landscape.of(unit, -0.1), (unit, 1.8, -0.1, 0.7, 12)
    plain, clipped = descend(*walk), descend(*walk, clipping="norm", threshold=0.3)
    shown = lines(lab, "loss")
    assert np.array_equal(shown["L at b = −0.1"]["y"], along.loss)
    assert np.array_equal(shown["without clipping"]["x"], plain.w)
    assert np.array_equal(shown["with clipping"]["y"], clipped.loss)
    assert np.array_equal(lines(lab, "slope")["|dL/dw|"]["y"], np.abs(along.slope))
    assert np.array_equal(lines(lab, "norms")["with clipping"]["y"], clipped.norm)
    assert block(lab, "norms")["rules"] == [{"y": 0.3, "name": "threshold"}]
    assert block(lab, "loss")["x"]["range"] == [0.5, 2.5]
    assert lab.error == ""


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("start", 1.5), ("b", -0.1), ("length", 30), ("target", 0.5), ("learning_rate", 0.2), ("steps", 5),
        ("threshold", 0.1), ("both", True), ("activation", "identity"),
    ],
)  # fmt: skip
def test_every_control_walks_anew(trait, value):
    lab = ClippingLab()
    before = lab.shown["blocks"]
    setattr(lab, trait, value)
    assert lab.shown["blocks"] != before
    assert {each["trait"]: each["value"] for each in lab.shown["controls"]}[trait] == value


def test_titles_say_how_it_ends():
    lab = ClippingLab()
    thrown = f"Step {len(lab.plain.w) - 1} without clipping throws w from {lab.plain.w[-2]:.2f} to "
    assert block(lab, "loss")["title"].startswith(thrown)
    assert (
        block(lab, "norms")["title"] == f"Gradient norm before clipping: {lab.clipped.clipped} of 40 steps were clipped"
    )
    flight = lines(lab, "loss")[""]
    assert flight["x"] == lab.plain.w[-2:].tolist()
    assert flight["y"] == [lab.plain.loss[-2]] * 2
    assert lines(lab, "loss")["without clipping"]["y"][-1] is None
    rows = {row[0]: row for row in block(lab, "ends")["rows"]}
    assert rows["without clipping"][4] == f"is thrown out of −5..5 by step {len(lab.plain.w) - 1}"
    assert rows["with clipping"][1] == "40"
    assert lab.shown["values"].startswith("with clipping: ends at loss ")
    lab.learning_rate = 0.01
    assert block(lab, "loss")["title"].startswith("Without clipping the descent ends at loss 0.")
    assert "" not in lines(lab, "loss")


def test_two_parameters_have_a_plane_where_the_ways_to_clip_differ():
    lab = ClippingLab(activation="identity", start=0.95, b=0.0, target=1.0, learning_rate=0.01, threshold=1.0)
    assert not any(each["key"] == "plane" for each in lab.shown["blocks"])
    lab.both = True
    by_norm = lines(lab, "plane")["with clipping"]
    assert block(lab, "plane")["title"].endswith("clipping by norm shortens a step and keeps its direction")
    assert by_norm["y"] == lab.clipped.b.tolist()
    lab.clipping = "value"
    assert lines(lab, "plane")["with clipping"] != by_norm
    assert block(lab, "plane")["title"].endswith("clipping by value shortens a step and may turn it")
    low, high = block(lab, "plane")["x"]["range"]
    assert low < lab.clipped.w.min() < lab.clipped.w.max() < high < 5  # where it was thrown to is not in the picture


def test_another_activation_begins_where_its_wall_is_met():
    lab = ClippingLab()
    lab.activation = "identity"
    assert (lab.start, lab.b, lab.target, lab.learning_rate, lab.threshold) == (0.95, 0, 1, 0.01, 1)
    assert lab.plain.left
    assert not lab.clipped.left
    assert block(lab, "loss")["x"]["range"] == [0.8, 1.2]
    lab.activation = "tanh"
    assert lab.start == 1.8
    assert ClippingLab(activation="identity", start=0.9).start == 0.9  # what one asks for stays


def test_a_descent_that_stands_still_is_drawn_too():
    lab = ClippingLab(start=0.0, b=0.0, target=0.0, both=True, length=3)
    low, high = block(lab, "plane")["x"]["range"]
    assert low < 0 < high
    assert lab.shown["values"].startswith("with clipping: ends at loss 0.")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"activation": "relu"}, "activation is 'relu'"),
        ({"start": 6.0}, "start is 6.0"),
        ({"length": 5000}, "length is 5000; accepted is an integer from 1 to 100"),
        ({"steps": 5000}, "steps is 5000"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0"),
        ({"threshold": -1.0}, "threshold is -1.0"),
        ({"clipping": "global"}, "clipping is 'global'; accepted is one of 'norm', 'value'"),
    ],
)
def test_wrong_values_are_shown_and_raise(change, words):
    lab = ClippingLab()
    shown, paths = lab.shown, (lab.landscape, lab.plain, lab.clipped)
    with pytest.raises(ValueError) as failure:  # noqa: PT011
        lab.set_trait(*next(iter(change.items())))
    assert words in str(failure.value)
    assert lab.error == str(failure.value)
    assert lab.shown is shown
    assert (lab.landscape, lab.plain, lab.clipped) == paths
