"""What all widgets do with wrong values: an error that is documented and shown, and nothing half changed."""

import json

import numpy as np
import pytest
import traitlets
from ipywidgets.widgets.widget import _instances

from rnnedu.widget import ClippingLab, GradientBench, MemoryRace, SamplingPanel, StepPlayer
from rnnedu.widget.given import WrongKind, plain


@pytest.fixture
def bench():
    made = GradientBench(units=4, length=6)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        (GradientBench, "units", "four"),
        (GradientBench, "rho", None),
        (GradientBench, "rho", True),
        (GradientBench, "biases", {"f": object()}),
        (ClippingLab, "both", 2),
        (MemoryRace, "entries", 5),
        (SamplingPanel, "prefix", 3),
        (StepPlayer, "cell", None),
        (StepPlayer, "mode", np.arange(2)),
        (StepPlayer, "t", 2.5),
    ],
)
def test_another_kind_is_a_type_error_that_is_shown_and_changes_nothing(make, name, value):
    widget = make()
    before = getattr(widget, name)
    with pytest.raises(TypeError, match=name):
        setattr(widget, name, value)
    assert name in widget.error
    assert getattr(widget, name) == before
    setattr(widget, name, before)
    assert widget.error == ""
    with pytest.raises(TypeError, match=name):
        make(**{name: value})
    widget.close()


def test_a_wrong_kind_is_a_trait_error_too(bench):
    def several():
        with bench.hold_trait_notifications():
            bench.rho = 1.5
            bench.units = "four"

    with pytest.raises(traitlets.TraitError) as caught:
        several()
    assert isinstance(caught.value, WrongKind)
    assert (bench.rho, bench.setting.rho) == (0.9, 0.9)


def test_what_the_browser_sends_is_taken_whole_or_not_at_all(bench):
    shown = bench.shown
    for state in ({"rho": 1.5, "units": None}, {"units": [1], "rho": 1.5}, {"rho": 1.5, "cell": "\ud800"}):
        with pytest.raises((TypeError, ValueError)):
            bench.set_state(state)
        assert bench.error
        assert (bench.rho, bench.units, bench.cell) == (0.9, 4, "rnn")
        assert bench.shown is shown
    with pytest.raises(ValueError, match="rho is 1000"):
        bench.set_state({"rho": 1000, "units": 5})
    assert bench.setting.units == 4
    bench.set_state({"rho": 1.5})
    assert (bench.error, bench.setting.rho, bench.setting.units) == ("", 1.5, 5)


def test_an_error_goes_with_a_right_value_that_changes_nothing(bench):
    with pytest.raises(ValueError, match="preset is 'no'"):
        bench.preset = "no"
    bench.preset = ""
    assert bench.error == ""
    with pytest.raises(TypeError):
        bench.set_state({"units": None})
    bench.set_state({"units": 4})
    assert bench.error == ""


def test_numbers_of_numpy_are_numbers(bench):
    bench.units, bench.rho, bench.biases = np.int64(5), np.float32(0.5), {}
    assert (type(bench.units), type(bench.rho)) == (int, float)
    assert bench.flow.singular_values.shape == (6, 5)
    player = StepPlayer(drawn=np.array([0.5, 1.0, -1.0]), units=np.int32(2))
    assert player.trace["x_t"][:, 0, 0].tolist() == [0.5, 1.0, -1.0]


def test_what_is_not_finite_does_not_reach_the_browser(bench):
    for name, value in [("rho", np.nan), ("rho", 10**400), ("input_scale", np.inf), ("biases", {"f": np.nan})]:
        good = getattr(bench, name)
        with pytest.raises(ValueError, match=name):
            setattr(bench, name, value)
        sent = {key: each for key, each in bench.get_state().items() if key in bench.taken}
        json.dumps(sent, allow_nan=False)
        setattr(bench, name, good)
    assert bench.error == ""


def test_half_of_a_character_is_refused():
    player = StepPlayer(text="ab")
    with pytest.raises(ValueError, match="text holds half of a character"):
        player.text = "a\ud800"
    assert (player.text, len(player.trace["h_t"])) == ("ab", 2)


def test_a_refused_player_is_not_kept():
    before = set(_instances)
    with pytest.raises(ValueError, match="length is 1"):
        StepPlayer(length=1)
    with pytest.raises(TypeError):
        StepPlayer(length="long")
    StepPlayer().close()
    assert set(_instances) == before


def test_plain_data_stays_as_it_is():
    given = {"a": [1, 0.5, None, True, "b"], "c": {}}
    assert plain("x", given) == given
    assert plain("x", (np.float64(1), np.array([[1, 2]]))) == [1.0, [[1, 2]]]
    with pytest.raises(TypeError, match=r"x\['a'\]\[0\] is a complex"):
        plain("x", {"a": [1j]})
