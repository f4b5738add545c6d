"""GradientBench: what a control changes, what is shown, kept and refused. The numbers are tested in test_flow.py."""

import numpy as np
import pytest

from rnnedu.experiments.flow import Setting, measure
from rnnedu.experiments.presets import PRESETS
from rnnedu.widget import GradientBench, bench_blocks
from tests.test_new_cell import LEAKY, write_cell  # noqa: F401 (a fixture)

SMALL = {"units": 6, "length": 15, "back": 4}


def block(bench, key):
    return next(each for each in bench.shown["blocks"] if each["key"] == key)


def lines(bench, key):
    return {line["name"]: line for line in block(bench, key)["lines"]}


def control(bench, trait, entry=None):
    return next(each for each in bench.shown["controls"] if each["trait"] == trait and each.get("entry") == entry)


def press(bench, name):
    bench._asked(bench, {"do": name}, [])


def test_what_is_shown_is_what_was_measured():
    bench = GradientBench(cell="lstm", rho=1.2, input_scale=0.5, biases={"f": 2.0}, seed=3, **SMALL)
    found = measure(Setting("lstm", units=6, length=15, rho=1.2, input_scale=0.5, biases={"f": 2.0}, seed=3))
    shown, expected = lines(bench, "time"), {
        "exact norm ‖∂h_T/∂h_t‖": found.norm,
        "measured ‖∂L/∂h_t‖": found.gradients["h"],
        "measured ‖∂L/∂c_t‖": found.gradients["c"],
        "bound: product of norms": found.bound,
        "ρᵏ": found.power,
    }  # fmt: skip
    assert set(shown) == set(expected)
    for name, values in expected.items():
        assert np.array_equal(shown[name]["y"], values)
        assert shown[name]["x"] == list(range(15))
    assert block(bench, "time")["y"]["log"]
    spectrum = lines(bench, "spectrum")
    assert np.array_equal(spectrum["largest"]["y"], found.singular_values[:, 0])
    assert np.array_equal(spectrum["middle"]["y"], found.singular_values[:, 2])
    assert np.array_equal(block(bench, "at")["lines"][0]["y"], found.singular_values[4])
    assert [line["name"] for line in block(bench, "values")["lines"]] == ["i_t", "f_t", "o_t"]
    i, f, o = (f"{each.mean:.2f}" for each in found.values)
    assert block(bench, "values")["title"] == f"On average i_t is {i}, f_t is {f}, o_t is {o}"
    assert abs(float(f) - 0.88) < 0.02
    assert bench.error == ""


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("cell", "gru"), ("units", 4), ("length", 9), ("rho", 1.5), ("input_scale", 2.0), ("initializer", "gaussian"),
        ("options", {"activation": "relu"}), ("loss", "every"), ("seed", 1),
    ],
)  # fmt: skip
def test_every_control_runs_anew(trait, value):
    bench = GradientBench(input_scale=1.0, **SMALL)
    before, flow = block(bench, "time"), bench.flow
    setattr(bench, trait, value)
    assert getattr(bench.flow.setting, trait) == value
    assert bench.flow is not flow
    assert block(bench, "time") != before
    assert control(bench, trait, *(["activation"] if trait == "options" else []))["value"] in (value, "relu")


def test_the_place_of_the_singular_values_runs_nothing():
    bench = GradientBench(**SMALL)
    flow = bench.flow
    bench.back = 9
    assert bench.flow is flow
    assert block(bench, "at")["title"].startswith("All 6 at k = 9: from 0.39 to 0.39")
    bench.back = 100  # beyond the run: the first timestep
    assert "at k = 14" in block(bench, "at")["title"]
    assert control(bench, "back")["value"] == 14


def test_gates_and_options_have_controls_of_their_own():
    bench = GradientBench(cell="lstm", **SMALL)
    shown = {each["entry"]: each["value"] for each in bench.shown["controls"] if each["trait"] == "biases"}
    assert shown == {"i": 0.0, "f": 1.0, "o": 0.0}
    bench.biases = {"f": -2.0}
    assert control(bench, "biases", "f")["value"] == -2.0
    bench.cell = "gru"
    assert bench.biases == {}
    assert control(bench, "biases", "z")["value"] == 0.0
    assert control(bench, "options", "reset_after")["options"] == [[True, "True"], [False, "False"]]
    bench.options = {"reset_after": False}
    assert bench.flow.setting.params.reset_after is False
    bench.cell = "rnn"
    assert bench.options == {}
    assert not [each for each in bench.shown["controls"] if each["trait"] == "biases"]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_sets_and_is_recognised(name):
    bench = GradientBench(cell="gru", options={"reset_after": False}, biases={"z": 1.0}, **SMALL)
    assert bench.preset == ""
    bench.preset = name
    assert bench.preset == name
    assert bench.error == ""
    assert bench.units == 6
    assert GradientBench(preset=name, **SMALL).flow.setting == bench.flow.setting
    bench.rho = 0.55
    assert bench.preset == ""
    bench.preset = name
    assert bench.flow.setting.rho != 0.55


def test_titles_say_what_the_numbers_say():
    bench = GradientBench(**SMALL)
    assert block(bench, "time")["title"] == "The norm is 0.9^k but for rounding: 0.23 at k = 14"
    bench.preset = "SimpleRNN, ρ 1.25, input"
    ratio = bench_blocks.said(bench.flow.ratio[14])
    assert block(bench, "time")["title"] == f"14 steps back the gradient is {ratio} times as long; ρᵏ says 23"
    assert "the slope of tanh is 0." in block(bench, "values")["title"]
    assert bench.shown["values"].startswith("SimpleRNN, ρ 1.25, input 1, units 6, length 15. 14 steps back: exact norm")


def test_a_gradient_that_is_zero_and_one_step_are_said():
    bench = GradientBench(units=3, length=2, options={"activation": "relu"})
    assert block(bench, "time")["title"] == "1 step back the gradient is 0 times as long; ρᵏ says 0.9"
    assert block(bench, "at")["title"] == "All 3 at k = 1: all 0"


def test_what_float64_cannot_resolve_is_said():
    bench = GradientBench(cell="gru", units=24, length=60, rho=1.0, input_scale=1.0, back=59)
    assert "; the smallest is lost below 16 digits of the largest after k = " in block(bench, "spectrum")["title"]
    lost = int(np.isnan(bench.flow.singular_values[59]).sum())
    assert block(bench, "at")["title"].endswith(f"; {lost} below 16 digits of the largest")
    assert lines(bench, "spectrum")["smallest"]["y"][59] is None


def test_runs_are_kept_and_cleared():
    bench = GradientBench(**SMALL)
    assert [action["enabled"] for action in bench.shown["actions"]] == [True, False]
    press(bench, "keep")
    press(bench, "keep")  # the same one: not offered again
    assert len(bench.kept) == 1
    assert len(block(bench, "table")["rows"]) == 1
    kept = bench.flow
    bench.cell = "gru"
    faint = [line for line in block(bench, "time")["lines"] if line["faint"]]
    assert [line["name"] for line in faint] == ["SimpleRNN, ρ 0.9, no input, units 6, length 15"]
    assert np.array_equal(faint[0]["y"], kept.gradients["h"])
    assert [row[0][:3] for row in block(bench, "table")["rows"]] == ["GRU", "Sim"]
    assert block(bench, "table")["rows"][1][1:] == ["0.35", "–", "0.23", "0.23", "0.23"]
    for seed in range(9):
        bench.seed = seed
        press(bench, "keep")
    assert len(bench.kept) == 6
    press(bench, "clear")
    assert bench.kept == ()
    assert not [line for line in block(bench, "time")["lines"] if line["faint"]]


def test_a_run_that_explodes_is_said_and_not_a_crash():
    bench = GradientBench(length=240, units=4, rho=50.0, input_scale=1.0, options={"activation": "identity"})
    (said,) = bench.shown["blocks"]
    assert said["kind"] == "text"
    assert "the state overflows at t = " in said["content"]
    assert bench.shown["values"] == said["content"]
    assert bench.flow is None
    assert bench.error == ""
    assert not bench.shown["actions"][0]["enabled"]
    bench.rho = 0.9
    assert block(bench, "time")["title"].endswith("at k = 239")


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"cell": "elman"}, ValueError, "cell is 'elman'"),
        ({"units": 500}, ValueError, "units is 500; accepted is an integer from 1 to 128"),
        ({"length": 5000}, ValueError, "length with 6 units is 5000; accepted is an integer from 2 to 240"),
        ({"biases": {"f": 1.0}}, ValueError, "biases is 'f'"),
        ({"options": {"reset": 1}}, ValueError, "options is 'reset'"),
        ({"preset": "mine"}, ValueError, "preset is 'mine'; accepted is one of"),
        ({"back": -1}, ValueError, "back is -1"),
    ],
)
def test_wrong_values_are_shown_and_raise(change, error, words):
    bench = GradientBench(**SMALL)
    shown = bench.shown
    with pytest.raises(error) as failure:
        bench.set_trait(*next(iter(change.items())))
    assert words in str(failure.value)
    assert bench.error == str(failure.value)
    assert bench.shown is shown


def test_a_new_cell_appears(write_cell):  # noqa: F811 (the fixture)
    write_cell(LEAKY)
    bench = GradientBench(cell="leaky", input_scale=1.0, biases={"k": 3.0}, **SMALL)
    assert ["leaky", "Leaky"] in control(bench, "cell")["options"]
    assert control(bench, "biases", "k")["value"] == 3.0
    assert [line["name"] for line in block(bench, "values")["lines"]] == ["k_t"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (0.3487, "0.35"), (9.31, "9.3"), (16.4, "16"), (234.4, "234"), (5.15e-3, "5.2e−3"),
        (3.9e9, "3.9e9"), (8e-16, "8.0e−16"), (1.0, "1"), (np.inf, "beyond the floats"),
    ],
)  # fmt: skip
def test_numbers_are_short(value, text):
    assert bench_blocks.said(value) == text


def test_a_setting_is_described_by_what_is_special():
    setting = Setting("gru", 8, 30, 1.1, 0, "gaussian", {"z": 2.0}, {"reset_after": False}, "every", 7)
    words = "GRU, reset_after False, ρ 1.1, no input, bias z 2, units 8, length 30, seed 7"
    assert bench_blocks.described(setting) == f"{words}, gaussian, loss at every step"
