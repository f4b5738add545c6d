"""The player in JupyterLab, driven by real keys and clicks; what it shows is what the engine computed."""

import json

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from rnnedu.widget import StepPlayer
from tests.browser.lab import LabPage
from tests.test_new_cell import LEAKY, WIRED

LESSON = "01_one_timestep.ipynb"
PLAYERS = {"rnn": 0, "lstm": 1, "gru": 2}


@pytest.fixture(scope="module")
def lesson(jupyter, chromium):
    page = LabPage(chromium, *jupyter)
    page.run(LESSON)
    page.page.locator(".rnnedu-player .wiring svg").nth(2).wait_for()
    yield page
    assert page.errors == []
    assert page.strangers == []
    page.page.close()


def shown(player):
    """Return symbol -> the numbers in the wiring, in full precision, and the numbers as they read."""
    texts = player.locator("text.value").all()
    read = [(t.get_attribute("data-symbol"), float(t.get_attribute("data-value")), t.text_content()) for t in texts]
    return {symbol: [(v, text) for name, v, text in read if name == symbol] for symbol, _, _ in read}


def compare(player, trace, t):
    """Assert that what stands on the screen at timestep t (from 1) is the trace."""
    found = shown(player)
    assert found
    for symbol, numbers in found.items():
        true = trace[symbol][t - 1, 0]
        assert np.array_equal([value for value, _ in numbers], true), symbol
        for value, text in numbers:
            tolerance = 0.5 if abs(value) < 1e-3 else 0.06  # one digit is shown of the smallest
            assert float(text.replace("\u2212", "-")) == pytest.approx(value, rel=tolerance, abs=6e-4)


def wait_for_units(lesson, player, number):
    ready = f"el => el.querySelectorAll('text[data-symbol=h_t]').length === {number}"
    lesson.page.wait_for_function(ready, arg=player.element_handle())


def readout(player):
    return player.locator("output").inner_text()


@pytest.mark.parametrize("cell", list(PLAYERS))
def test_keys_move_the_cursor_and_the_numbers_are_the_engines(lesson, cell):
    player, keys = lesson.player(PLAYERS[cell]), lesson.page.keyboard
    trace = StepPlayer(cell=cell).trace
    player.locator("input[type=range]").focus()
    for press, t in [("Home", 1), *[("ArrowRight", t) for t in range(2, 12)], ("ArrowLeft", 10), ("End", 30)]:
        keys.press(press)
        assert readout(player).startswith(f"t = {t} of 30")
        compare(player, trace, t)
    keys.press("Home")


def test_the_notebook_keeps_its_keys_to_itself(lesson):
    player = lesson.player(0)
    player.locator("input[type=range]").focus()
    for key in ("ArrowDown", "ArrowUp", "a", "b", "d", "d", "x"):
        lesson.page.keyboard.press(key)
    assert player.locator("input[type=range]").evaluate("el => el === document.activeElement")
    assert lesson.page.locator(".rnnedu-player").count() == 3


def test_up_and_down_choose_the_unit_and_the_equation_is_true(lesson):
    player, keys = lesson.player(1), lesson.page.keyboard
    trace = StepPlayer(cell="lstm").trace
    player.locator("input[type=range]").focus()
    for press in ("Home", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown"):
        keys.press(press)
    assert player.locator(".panel .title").inner_text() == "Unit 3 at t = 3"
    for result in player.locator("b[data-result]").all():
        value = trace[result.get_attribute("data-result")][2, 0, 2]
        assert float(result.get_attribute("data-value")) == value
        assert float(result.inner_text().strip("= ").replace("\u2212", "-")) == pytest.approx(value, rel=0.06, abs=6e-4)
    keys.press("ArrowUp"), keys.press("ArrowUp"), keys.press("Home")


NUMBERS = str.maketrans({"·": "*", "−": "-", "²": "**2", "σ": "s"})
FUNCTIONS = {"s": lambda a: 1 / (1 + np.exp(-a)), "tanh": np.tanh, "relu": lambda a: max(a, 0.0)}


@pytest.mark.parametrize("mode", ["forward", "backward"])
@pytest.mark.parametrize("cell", list(PLAYERS))
def test_what_an_equation_spells_out_comes_out_at_its_result(lesson, cell, mode):
    player = lesson.player(PLAYERS[cell])
    player.get_by_role("button", name=mode).click()
    player.locator("input[type=range]").focus()
    lesson.page.keyboard.press("Home")
    for _ in range(4):
        for press in ("ArrowRight",) * 7 + ("ArrowDown",):
            lesson.page.keyboard.press(press)
        for line in player.locator(".numeric").all_text_contents():
            *steps, result = line.translate(NUMBERS).split("=")[1:]
            for text in steps:
                value = eval(text, {"__builtins__": {}}, FUNCTIONS)
                assert value == pytest.approx(float(result), rel=0.06, abs=2e-3 * abs(float(result))), line
    player.get_by_role("button", name="forward").click()


def test_backward_shows_the_gradients(lesson):
    player, keys = lesson.player(1), lesson.page.keyboard
    trace = StepPlayer(cell="lstm").trace
    player.get_by_role("button", name="backward").click()
    player.locator("[data-symbol=dc_t]").first.wait_for()
    player.locator("input[type=range]").focus()
    for press, t in (("End", 30), ("ArrowLeft", 29), ("Home", 1)):
        keys.press(press)
        compare(player, trace, t)
    player.get_by_role("button", name="forward").click()
    player.locator("[data-symbol=c_t]").first.wait_for()


def test_space_plays_and_pauses(lesson):
    player = lesson.player(2)
    player.locator("input[type=range]").focus()
    lesson.page.keyboard.press("Home")
    lesson.page.keyboard.press("Space")
    player.get_by_role("button", name="Pause").wait_for()
    player.locator("output", has_text="t = 2 of 30").wait_for(timeout=5000)
    lesson.page.keyboard.press("Space")
    player.get_by_role("button", name="Play").wait_for()


def test_another_cell_seed_and_size_are_computed_by_the_kernel(lesson):
    player = lesson.player(2)
    player.locator("input[type=range]").focus()
    lesson.page.keyboard.press("Home")
    player.locator("select[data-trait=cell]").select_option("lstm")
    player.locator("[data-symbol=c_t]").first.wait_for()
    player.locator("input[data-trait=units]").fill("3")
    player.locator("input[data-trait=units]").press("Enter")
    player.locator(".values", has_text="h_t").wait_for()
    wait_for_units(lesson, player, 3)
    compare(player, StepPlayer(cell="lstm", units=3).trace, 1)


def test_what_is_being_typed_outlives_the_kernels_answer(lesson):
    player, keys = lesson.player(0), lesson.page.keyboard
    units, seed = (player.locator(f"input[data-trait={name}]") for name in ("units", "seed"))
    units.fill("5")
    keys.press("Tab")  # the kernel begins
    keys.press("Tab"), keys.press("Shift+Tab")
    seed.focus()
    keys.press("Control+A")
    keys.type("12", delay=120)
    keys.press("Enter")
    wait_for_units(lesson, player, 5)
    assert seed.input_value() == "12"
    units.fill("4"), units.press("Enter"), seed.fill("7"), seed.press("Enter")
    wait_for_units(lesson, player, 4)


def test_a_change_by_keyboard_keeps_the_focus(lesson):
    player = lesson.player(0)
    select = player.locator("select[data-trait=activation]")
    select.focus()
    lesson.page.keyboard.press("ArrowDown")
    player.locator(".sign.word", has_text="relu").wait_for()
    assert player.locator("select[data-trait=activation]").evaluate("el => el === document.activeElement")
    lesson.page.keyboard.press("ArrowUp")
    player.locator(".sign.word", has_text="tanh").wait_for()


def test_ctrl_s_is_the_notebooks(lesson):
    lesson.page.evaluate("window.ran = []")
    lesson.page.evaluate("() => { jupyterapp.commands.commandExecuted.connect((_, c) => ran.push(c.id)); }")
    lesson.player(0).locator("input[type=range]").focus()
    lesson.page.keyboard.press("Control+S")
    lesson.page.wait_for_function("window.ran.includes('docmanager:save')")


def test_each_quiz_keeps_its_own_answer(lesson):
    quizzes = lesson.page.locator("fieldset")
    for number in range(3):
        quizzes.nth(number).locator("input[type=radio]").nth(1).check()
        quizzes.nth(number).get_by_role("button", name="Check").click()
    answers = [[radio.is_checked() for radio in quizzes.nth(n).locator("input").all()] for n in range(3)]
    assert answers == [[False, True, False]] * 3


def test_a_click_on_the_map_moves_the_cursor(lesson):
    player = lesson.player(0)
    canvas = player.locator("canvas").nth(1)
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] * 14.5 / 30, "y": box["height"] * 0.9})
    assert readout(player).startswith("t = 15 of 30")
    assert player.locator(".panel .title").inner_text() == "Unit 4 at t = 15"
    lesson.page.keyboard.press("ArrowRight")
    assert readout(player).startswith("t = 16 of 30")


def test_a_click_keeps_its_unit_after_the_kernel_has_heard_of_it(lesson):
    player = lesson.player(1)
    player.locator("text[data-symbol=c_t][data-unit='3']").locator("xpath=..").locator("rect.cell").nth(2).click()
    assert player.locator(".panel .title").inner_text().startswith("Unit 3 at")
    lesson.page.wait_for_timeout(400)  # the kernel is told 150 ms after the last move
    assert player.locator(".panel .title").inner_text().startswith("Unit 3 at")
    player.locator(".values").click()
    before = readout(player)
    lesson.page.keyboard.press("ArrowRight")
    assert readout(player) != before


def test_a_theme_that_changes_out_of_sight_leaves_the_maps_whole(lesson):
    lesson.page.locator("fieldset").last.scroll_into_view_if_needed()
    lesson.theme("JupyterLab Dark")  # once: JupyterLab itself stumbles over a third change
    whole = """() => [...document.querySelectorAll('.rnnedu-player canvas')].every((canvas) =>
        canvas.clientWidth > 0 && canvas.width === Math.round(canvas.clientWidth * devicePixelRatio))"""
    lesson.page.wait_for_function(whole)


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_no_violation(lesson, theme):
    assert_accessible(lesson, theme, players=3)


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_no_violation_in_lesson_2(jupyter, chromium, theme):
    page = LabPage(chromium, *jupyter)
    page.run("02_through_time.ipynb")
    assert_accessible(page, theme, players=1)
    assert page.errors == []
    assert page.strangers == []
    page.page.close()


def assert_accessible(lesson, theme, players):
    lesson.theme(theme)
    for kind, number in ((".rnnedu-player", players), ("fieldset", 3), (".rnnedu-prediction-chart", 2)):
        lesson.page.locator(kind).nth(number - 1).wait_for()
    results = Axe().run(lesson.page, context=".jp-OutputArea-output")
    assert results.violations_count == 0, results.generate_report()


def test_a_failing_change_is_shown_where_the_learner_looks(jupyter, chromium):
    page = open_cells(jupyter, chromium, "failing", "from rnnedu.widget import StepPlayer\nStepPlayer()")
    player = page.player()
    too_many = "el => { el.max = 99; el.value = 99; el.dispatchEvent(new Event('change')) }"
    player.locator("input[data-trait=units]").evaluate(too_many)
    player.locator(".error:not([hidden])").wait_for()
    assert "units is 99; accepted is an integer from 1 to 16" in player.locator(".error").inner_text()
    page.page.close()


@pytest.mark.parametrize("source", [LEAKY, WIRED], ids=["without wiring", "with wiring"])
def test_a_new_cell_appears(jupyter, chromium, source):
    cell = f"source = {source!r}\nimport pathlib\npathlib.Path('leaky_cell.py').write_text(source)"
    show = "import leaky_cell\nfrom rnnedu.widget import StepPlayer\nStepPlayer(cell='leaky', units=3, t=5)"
    name = "wired" if source == WIRED else "bare"
    page = open_cells(jupyter, chromium, name, cell, show)
    player = page.player()
    player.locator(".wiring svg").wait_for()
    symbols = set(shown(player))
    assert {"h_prev", "h_t"} <= symbols
    assert source == WIRED or {"k_t", "n_t"} <= symbols
    assert [b.get_attribute("data-result") for b in player.locator("b[data-result]").all()] == ["k_t", "n_t", "h_t"]
    assert page.errors == []
    page.page.close()


def open_cells(jupyter, chromium, name, *cells):
    """Open a notebook of these cells in the running JupyterLab and run it."""
    page = LabPage(chromium, *jupyter)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = json.loads(nbformat.writes(book))
    page.page.evaluate(
        "async ([path, content]) => { await window.jupyterapp.serviceManager.contents.save(path,"
        " {type: 'notebook', format: 'json', content}); }",
        [f"{name}.ipynb", content],
    )
    page.run(f"{name}.ipynb")
    return page
