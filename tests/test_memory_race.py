"""MemoryRace without a browser: settings, buttons, what is shown, and that nothing is lost."""

import csv
import io
import json
import signal
import threading

import numpy as np
import pytest

from rnnedu.experiments.entries import Entry
from rnnedu.experiments.laps import Snapshot
from rnnedu.experiments.race import Race, Run
from rnnedu.experiments.rules import Rules
from rnnedu.experiments.tasks import TASKS
from rnnedu.widget import MemoryRace, race_blocks
from tests.test_new_cell import LEAKY, write_cell  # noqa: F401 (a fixture)

TINY = {"length": 5, "units": 3, "batch": 4, "seeds": 2, "updates": 100, "workers": 1, "entries": ["rnn", "gru"]}
EASY = TINY | {"task": "latch", "length": 3, "rate": 0.05, "batch": 16, "updates": 200, "entries": ["rnn"]}


@pytest.fixture
def make():
    """Return a function that makes a small race; it is closed afterwards."""
    made = []

    def of(**settings):
        made.append(MemoryRace(**(TINY | settings)))
        return made[-1]

    yield of
    for race in made:
        race.close()


def curves(widget):
    return [run.curve for run in widget.race.runs]


def alone(**settings):
    """Return the curves of the same race without a widget."""
    settings = TINY | settings
    names = ("length", "units", "batch", "updates")
    rules = Rules(**{name: settings[name] for name in names}, seeds=tuple(range(settings["seeds"])))
    race = Race([Entry(name) for name in settings["entries"]], rules)
    for _ in race.steps():
        pass
    return [run.curve for run in race.runs]


def block(widget, key):
    return next(each for each in widget.shown["blocks"] if each["key"] == key)


def enabled(widget):
    return [action["name"] for action in widget.shown["actions"] if action["enabled"]]


def in_the_cell():
    """Return whether this is the thread in which cells run, rather than the one that trains."""
    return threading.current_thread() is threading.main_thread()


def press(widget, name):
    widget._asked(widget, {"do": name}, [])


# ---- what is shown


def test_before_a_race_the_chance_line_waits(make):
    widget = make()
    chart = block(widget, "curves")
    assert chart["title"] == "The adding problem over 5 timesteps: nobody has started yet"
    assert [rule["name"] for rule in chart["rules"]] == ["chance 0.167", "solved 0.01"]
    assert chart["rules"][0]["y"] == 1 / 6
    assert (chart["x"]["range"], chart["y"]["range"]) == ([0, 100], [0, 0.25])
    assert enabled(widget) == ["start"]
    assert [each["key"] for each in widget.shown["blocks"]] == ["curves", "standings", "about"]
    assert widget.results() == []


def test_by_default_three_cells_race_over_fifty_timesteps():
    widget = MemoryRace()
    assert [entry.title for entry in widget.planned.entries] == ["SimpleRNN", "LSTM", "GRU"]
    assert widget.planned.rules == Rules()
    widget.close()


def test_the_curves_are_the_runs_and_their_median(make):
    widget = make()
    widget.start(), widget.wait()
    assert curves(widget) == alone()
    lines = block(widget, "curves")["lines"]
    faint, bold = [line for line in lines if line["faint"]], [line for line in lines if not line["faint"]]
    assert len(faint) == 4
    assert [line["name"] for line in bold] == ["SimpleRNN", "GRU"]
    by_entry = [widget.race.runs[k].curve for k in (0, 2, 1, 3)]
    assert [list(zip(line["x"], line["y"], strict=True)) for line in faint] == [[*map(tuple, c)] for c in by_entry]
    assert bold[0]["y"][3] == pytest.approx((by_entry[0][3][1] + by_entry[1][3][1]) / 2)
    assert faint[0]["colour"] == faint[1]["colour"] == bold[0]["colour"] != bold[1]["colour"]


def test_outcomes_are_counted_in_title_table_and_text(make):
    widget = make(**EASY, extra=[Entry("rnn", name="{mine}")])
    widget.entries = ["rnn", "{mine}"]
    widget.start(), widget.wait()
    chart, table = block(widget, "curves"), block(widget, "standings")
    ends = sorted(run.updates for run in widget.race.runs if run.entry.name)
    assert chart["title"] == "The latch problem over 3 timesteps is solved by SimpleRNN and {mine} in 2 of 2 seeds"
    assert table["columns"][:3] == ["entry", "solved", "updates to solve"]
    middle = f"{sum(ends) / 2:.0f}"
    assert [row[:3] for row in table["rows"]] == [["SimpleRNN", "2 of 2", middle], ["{mine}", "2 of 2", middle]]
    assert widget.shown["values"].startswith("Race done, 4 of 4 runs ended. Median updates to solve: ")
    assert f"SimpleRNN {middle}, {{mine}} {middle}." in widget.shown["values"]
    assert chart["x"]["range"] == [0, ends[-1]]
    assert (chart["y"]["range"], chart["rules"][0]["y"]) == ([0, 1], 0.5)


def test_the_title_names_the_most_often_solved_first_then_the_quickest():
    cells = [Entry(name) for name in ("rnn", "lstm", "gru", "peephole")]
    race = Race(cells, Rules(seeds=(0, 1)))
    outcomes = {"rnn": [None, None], "lstm": [300, 500], "gru": [100, 200], "peephole": [50, None]}
    race.runs = [
        Run(entry, seed, state="solved" if solved else "racing", snapshot=Snapshot(solved or 20, {}))
        for entry in cells
        for seed, solved in enumerate(outcomes[entry.cell])
    ]
    assert race_blocks.said(race, "running") == (
        "So far: the adding problem over 50 timesteps is solved by GRU and LSTM in 2 of 2 seeds, "
        "by LSTM with peepholes in 1 of 2, by SimpleRNN in 0 of 2"
    )
    assert race_blocks.medians(race, "running").endswith("GRU 150, LSTM 400, LSTM with peepholes 50.")


def test_nobody_who_solves_it_is_said_too(make):
    widget = make()
    widget.start(), widget.wait()
    title = "The adding problem over 5 timesteps is solved by SimpleRNN and GRU in 0 of 2 seeds"
    assert block(widget, "curves")["title"] == title
    assert block(widget, "standings")["rows"][0][1:4] == ["0 of 2", "–", "–"]
    assert "Median updates to solve: none yet." in widget.shown["values"]


def test_a_run_that_diverged_is_said_with_the_reason(make):
    widget = make(entries=["rnn identity"], rate=1.0, clip=None, length=40, units=8, seeds=1, updates=200)
    widget.start(), widget.wait()
    assert block(widget, "standings")["rows"][0][1] == "0 of 1, 1 diverged"
    said = f"SimpleRNN (identity + ReLU), seed 0: {widget.race.runs[0].problem}."
    assert block(widget, "notes")["content"] == said
    assert enabled(widget) == ["start"]


def test_the_rules_are_in_words(make):
    said = block(make(clip=None), "about")["content"]
    assert said.startswith(TASKS["adding"].about)
    for part in ("T = 5, H = 3; Adam 0.01, no clipping", "4 new sequences", "100 updates", "4 runs"):
        assert part in said
    said = block(make(clip=0.5, seconds=2.5), "about")["content"]
    assert "gradient norm clipped at 0.5" in said
    assert "100 updates or 2.5 seconds" in said


def test_long_curves_are_thinned_and_keep_their_end():
    curve = np.stack([np.arange(1, 2001), np.linspace(1, 0, 2000)], axis=1)
    x, y = race_blocks._thinned(curve, 300)
    assert 250 < len(x) <= 300
    assert (x[-1], y[-1]) == (2000, 0)
    assert np.array_equal(race_blocks._thinned(curve[:20], 20), curve[:20].T)
    assert race_blocks._thinned(curve[:0], 20).shape == (2, 0)


def test_what_is_shown_is_plain_data(make):
    widget = make(extra=[Entry("gru", bias=1, name="<b>mine</b>")], entries=["<b>mine</b>"], updates=10)
    widget.start(), widget.wait()
    shown = json.loads(json.dumps(widget.shown, allow_nan=False))
    assert block(widget, "standings")["rows"][0][0] == "<b>mine</b>"
    assert shown["blocks"][0]["lines"][-1]["name"] == "<b>mine</b>"


# ---- settings


def test_controls_offer_every_cell_and_what_is_set(write_cell, make):  # noqa: F811
    write_cell(LEAKY)
    widget = make(bias=3.0, rate=0.02, clip=0.5, updates=50)
    control = {each["trait"]: each for each in widget.shown["controls"]}
    offered = dict(map(tuple, control["entries"]["options"]))
    assert offered["leaky"] == "Leaky"
    assert (offered["lstm bias"], offered["gru bias"]) == ("LSTM (f bias 3)", "GRU (z bias 3)")
    assert [0.02, "0.02"] in control["rate"]["options"]
    assert control["clip"]["options"][0] == [None, "no"]
    assert [0.5, "0.5"] in control["clip"]["options"]
    assert [50, "50"] in control["updates"]["options"]
    assert control["length"]["low"] == 2
    widget.length, widget.task = 12, "order"
    assert next(each for each in widget.shown["controls"] if each["trait"] == "length")["low"] == 10


def test_a_cell_of_the_notebook_races_and_it_is_said_where(write_cell, make):  # noqa: F811
    write_cell(LEAKY)
    widget = make(entries=["leaky", "rnn"], workers=2, updates=10, seeds=1)
    widget.start(), widget.wait()
    assert [row["updates"] for row in widget.results()] == [10, 10]
    assert block(widget, "notes")["content"].startswith("Only this notebook knows Leaky")


@pytest.mark.parametrize(
    ("trait", "value", "words"),
    [
        ("task", "adder", "task is 'adder'"),
        ("length", 1, "length is 1; accepted is an integer from 2 to 400"),
        ("length", 100_000, "length is 100000"),
        ("units", 1000, "units is 1000; accepted is an integer from 1 to 128"),
        ("batch", 1000, "batch is 1000"),
        ("updates", 101, "updates is 101; accepted is a multiple of 10"),
        ("seeds", 0, "seeds is 0; accepted is an integer from 1 to 10"),
        ("seeds", 11, "seeds is 11"),
        ("rate", 0.0, "rate is 0.0"),
        ("clip", -1.0, "clip is -1.0"),
        ("seconds", 0.0, "seconds is 0.0"),
        ("workers", 0, "workers is 0"),
        ("bias", 50.0, "bias is 50.0"),
        ("entries", [], "accepted are 1 to 8"),
        ("entries", ["lstn"], "entries is 'lstn'; .*Did you mean 'lstm'"),
    ],
)
def test_a_wrong_setting_is_shown_and_raises_and_changes_nothing(make, trait, value, words):
    widget = make()
    shown, planned = widget.shown, widget.planned
    with pytest.raises(ValueError, match=words) as failure:
        setattr(widget, trait, value)
    assert widget.error == str(failure.value)
    assert widget.shown is shown
    assert widget.planned is planned
    with pytest.raises(ValueError, match=words):
        widget.start()
    assert widget.race is None


def test_a_race_that_would_take_for_ever_is_refused(make):
    widget = make(seeds=10, units=128, batch=64)
    with pytest.raises(ValueError, match=r"would take about .* hours on one core"), widget.hold_trait_notifications():
        widget.length, widget.updates, widget.entries = 400, 20_000, ["lstm", "gru"]
    assert "hours on one core" in widget.error


def test_an_unknown_argument_is_refused():
    with pytest.raises(TypeError, match=r"lenght is no argument of MemoryRace; .*Did you mean 'length'"):
        MemoryRace(lenght=5)


def test_settings_that_change_later_hold_for_the_next_race(make):
    widget = make()
    widget.start(), widget.wait()
    before = curves(widget)
    widget.length = 7
    assert curves(widget) == before
    assert "they hold for the next one" in block(widget, "notes")["content"]
    assert "5 timesteps" in block(widget, "curves")["title"]
    widget.length = 5
    assert "notes" not in [each["key"] for each in widget.shown["blocks"]]
    widget.length = 7
    widget.start(), widget.wait()
    assert {row["length"] for row in widget.results()} == {7}
    assert "notes" not in [each["key"] for each in widget.shown["blocks"]]


# ---- buttons


def test_pause_stop_and_resume_lose_nothing(make):
    widget = make()
    press(widget, "start")
    for button in ("pause", "stop"):
        press(widget, button)
        widget.wait()
        if not widget.race.open:
            break  # it was quicker
        assert enabled(widget) == {"pause": ["start", "resume", "stop"], "stop": ["start", "resume"]}[button]
        assert sum(run.updates for run in widget.race.runs) == 10 * sum(len(run.curve) for run in widget.race.runs)
        press(widget, "resume")
    widget.wait()
    assert curves(widget) == alone()
    assert widget.state == "done"
    assert enabled(widget) == ["start"]


def test_stopped_before_its_first_lap_a_race_can_be_resumed(make, monkeypatch):
    widget = make()
    monkeypatch.setattr("rnnedu.widget.job.Job.start", lambda job: None)
    widget.start()
    monkeypatch.undo()
    widget.stop()
    assert block(widget, "curves")["title"].startswith("Stopped: the adding problem")
    widget.resume(), widget.wait()
    assert curves(widget) == alone()


def test_two_processes_show_the_same_numbers(make):
    widget = make(workers=2)
    widget.start(), widget.wait()
    assert curves(widget) == alone()
    assert not widget.backend._ending.alive  # the processes ended with the race


def test_a_new_race_may_begin_while_one_is_paused(make):
    widget = make()
    widget.start(), widget.pause(), widget.wait()
    first, job = widget.race, widget.job
    widget.start(), widget.wait()
    assert widget.race is not first
    job.error = RuntimeError("its processes have ended")
    job.show()  # the last words of the one before
    assert widget.error == ""
    assert curves(widget) == alone()


def test_buttons_that_do_not_fit_are_refused(make):
    widget = make()
    with pytest.raises(ValueError, match="no race to go on with"):
        widget.resume()
    widget.pause(), widget.stop(), widget.wait()
    with pytest.raises(ValueError, match="no results"):
        widget.csv()
    widget.start()
    widget.wait()
    with pytest.raises(ValueError, match="no race to go on with"):
        widget.resume()


def test_a_second_start_of_a_running_race_is_refused(make, monkeypatch):
    widget = make(seeds=1)
    refused = []

    def starting(race):
        if not in_the_cell() and not refused:
            with pytest.raises(ValueError, match="a race is running"):
                widget.start()
            refused.append(widget.state)
        return {"kind": "text", "key": "about", "title": "", "content": ""}

    monkeypatch.setattr(race_blocks, "about", starting)
    widget.start(), widget.wait()
    assert refused == ["running"]


def test_run_waits_and_shows_the_widget_once(make, capsys):
    widget = make(updates=10)
    widget.run()
    assert "MemoryRace" in capsys.readouterr().out  # without a notebook, display prints
    assert [row["updates"] for row in widget.results()] == [10] * 4
    widget._repr_mimebundle_()
    widget.run()
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="this system cannot interrupt one thread")
def test_an_interrupt_of_the_cell_pauses_and_run_goes_on(make, monkeypatch):
    widget = make()
    widget._repr_mimebundle_()
    real, interrupted = race_blocks.about, []

    def interrupting(race):
        if not in_the_cell() and not interrupted:
            interrupted.append(True)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        return real(race)

    monkeypatch.setattr(race_blocks, "about", interrupting)
    with pytest.raises(KeyboardInterrupt):
        widget.run()
    assert widget.state in ("paused", "done")
    while widget.race.open:
        widget.run()
    assert curves(widget) == alone()


def test_an_interrupt_before_there_is_something_to_wait_for_pauses_too(make, monkeypatch):
    widget = make(updates=20_000)

    def interrupted(widget):
        raise KeyboardInterrupt

    monkeypatch.setattr(MemoryRace, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        widget.run()
    assert widget.state == "paused"


def test_a_pause_is_shown_at_once_even_within_a_lap(make):
    widget = make(updates=20_000)
    widget.start()
    widget.job.show = lambda: None  # the thread that works says nothing
    widget.pause()
    assert enabled(widget) == ["start", "resume", "stop"]


# ---- failures


def test_a_failing_picture_is_shown_and_raised(make, monkeypatch):
    widget = make()
    real = race_blocks.table
    monkeypatch.setattr(race_blocks, "table", lambda race: real(race) if in_the_cell() else 1 / 0)
    widget.start()
    with pytest.raises(ZeroDivisionError):
        widget.wait()
    assert widget.error == "division by zero"
    assert widget.state == "failed"
    monkeypatch.undo()
    widget.resume(), widget.wait()
    assert widget.error == ""
    assert curves(widget) == alone()


def test_a_failing_backend_is_shown_and_the_race_goes_on(make, monkeypatch):
    widget = make(workers=2)
    monkeypatch.setattr("rnnedu.experiments.workers.START", "1 / 0")
    widget.start()
    with pytest.raises(RuntimeError, match="workers=1 does without"):
        widget.wait()
    assert "workers=1 does without" in widget.error
    assert enabled(widget) == ["start", "resume"]
    monkeypatch.undo()
    widget.workers = 1
    widget.resume(), widget.wait()
    assert curves(widget) == alone()


def test_closing_ends_the_race():
    widget = MemoryRace(**TINY | {"workers": 2})
    widget.start()
    backend = widget.backend
    widget.close()
    assert not backend._ending.alive
    assert widget.comm is None


# ---- results


def test_results_as_rows_and_as_a_file(make):
    widget = make(updates=20)
    widget.start(), widget.wait()
    rows = widget.results()
    assert [(row["cell"], row["seed"], row["updates"]) for row in rows] == [
        ("rnn", 0, 20),
        ("gru", 0, 20),
        ("rnn", 1, 20),
        ("gru", 1, 20),
    ]
    file = block(widget, "file")
    assert (file["filename"], file["content"]) == ("memory_race.csv", widget.csv())
    assert len(list(csv.DictReader(io.StringIO(widget.csv())))) == 4
