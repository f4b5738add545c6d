"""The learner's own input and own weights, in JupyterLab: typed, drawn and edited, by mouse and by keyboard."""

import numpy as np
import pytest

from rnnedu.widget import StepPlayer
from tests.browser.test_player import compare, open_cells

SHOW = "from rnnedu.widget import StepPlayer\nStepPlayer(units=3, length=12, t=5)"
GIVEN = """from rnnedu.cells import rnn
from rnnedu.datasets import Vocabulary
StepPlayer(params=rnn.init(3, 2), vocabulary=Vocabulary.of(["abc"]), text="abba")"""


@pytest.fixture(scope="module")
def lab_page(jupyter, chromium):
    page = open_cells(jupyter, chromium, "own", SHOW, GIVEN)
    page.page.on("dialog", lambda dialog: page.errors.append(dialog.message))
    page.page.locator(".rnnedu-player .wiring svg").nth(1).wait_for()
    yield page
    assert page.errors == []
    assert page.strangers == []
    page.page.close()


def code(player):
    """Return the player that the page's own line makes."""
    player.get_by_role("button", name="copy as code").click()
    return eval(player.get_by_label("Python that makes").input_value(), {"StepPlayer": StepPlayer})


def choose(player, trait, value, shown):
    """Choose in a select and wait until what is shown says so."""
    player.locator(f"select[data-trait={trait}]").focus()
    player.locator(f"select[data-trait={trait}]").select_option(value)
    player.locator(shown).first.wait_for()


def matches(player):
    """Assert that what is on the screen is what the line of code computes; return that player."""
    again = code(player)
    compare(player, again.trace, again.t)
    return again


def test_text_is_typed(lab_page):
    player = lab_page.player()
    choose(player, "series", "text", "input[data-trait=text]")
    field = player.locator("input[data-trait=text]")
    assert field.input_value() == "hello"
    before = lab_page.page.locator("img").count()
    field.fill("")
    field.press_sequentially("<img src=x onerror=alert(1)>")
    field.press("Enter")
    player.locator("output", has_text="of 28").wait_for()
    assert lab_page.page.locator("img").count() == before
    assert field.evaluate("el => el === document.activeElement")
    assert code(player).text == "<img src=x onerror=alert(1)>"
    choose(player, "series", "nile", ".legend:has-text('nile')")
    assert matches(player).series == "nile"
    choose(player, "series", "text", "input[data-trait=text]")
    assert player.locator("input[data-trait=text]").input_value() == "<img src=x onerror=alert(1)>"
    choose(player, "series", "pulse", ".legend:has-text('pulse')")


def test_a_series_is_drawn_with_the_keyboard(lab_page):
    player, keys = lab_page.player(), lab_page.page.keyboard
    player.get_by_role("button", name="draw").focus()
    keys.press("Enter")
    player.locator("input[type=range]").focus()
    for press in ("Home", "ArrowRight", "PageUp", "PageUp", "PageUp", "ArrowRight", "PageDown"):
        keys.press(press)
    player.locator(".legend", has_text="drawn").wait_for()
    again = matches(player)
    assert again.drawn == [1.0, 0.3, -0.1, *[0.0] * 9]
    assert player.get_by_role("button", name="draw").get_attribute("aria-pressed") == "true"


def test_a_series_is_drawn_with_the_pointer(lab_page):
    player, mouse = lab_page.player(), lab_page.page.mouse
    row = player.locator(".row[data-symbol=x_t] canvas")
    row.scroll_into_view_if_needed()
    box = row.bounding_box()
    high, low = box["y"] + 8, box["y"] + box["height"] - 8
    column = box["width"] / 12
    mouse.move(box["x"] + 0.5 * column, low)
    mouse.down()
    mouse.move(box["x"] + 8.5 * column, high, steps=2)
    mouse.up()
    player.locator("output", has_text="t = 9 of 12").wait_for()
    lab_page.page.wait_for_function(
        "el => el.querySelector('.values').textContent.includes('x_t = 3.0')", arg=player.element_handle()
    )
    drawn = matches(player).drawn
    assert drawn[:9] == pytest.approx(np.linspace(-3, 3, 9), abs=0.2)
    assert drawn[9:] == [0.0] * 3
    player.get_by_role("button", name="draw").click()
    assert player.locator(".hint").is_hidden()


def test_a_weight_is_edited_by_keyboard_and_taken_back(lab_page):
    player, keys = lab_page.player(), lab_page.page.keyboard
    player.locator(".fold[data-keep$=weights]").focus()
    keys.press("Enter")
    player.get_by_label("entry of").select_option("W_hf")
    for label, text in (("row", "2"), ("column", "3"), ("value", "1.5")):
        player.get_by_label(label, exact=True).fill(text)
        keys.press("Tab")
    player.locator(".editor .told", has_text="1 change").wait_for()
    assert matches(player).edits == [{"set": "W_hf", "at": [2, 3], "to": 1.5}]
    assert player.locator(".entry-line").inner_text() == "W_hf[2, 3] = 1.500"
    player.get_by_label("value", exact=True).focus()
    keys.press("ArrowUp")
    lab_page.page.wait_for_function(
        "el => el.textContent.includes('1.600')", arg=player.locator(".entry-line").element_handle()
    )
    assert player.get_by_label("value", exact=True).evaluate("el => el === document.activeElement")
    player.get_by_label("all of").select_option("b_f")
    player.get_by_label("by", exact=True).fill("-2")
    player.get_by_role("button", name="shift").click()
    player.locator(".editor .told", has_text="2 changes").wait_for()
    player.get_by_label("all of").select_option("W_h")
    player.get_by_role("button", name="scale").click()
    player.locator(".editor .told", has_text="3 changes").wait_for()
    kept = [{"set": "W_hf", "at": [2, 3], "to": 1.6}, {"shift": "b_f", "by": -2.0}]
    assert matches(player).edits == [*kept, {"scale": "W_h", "by": -2.0}]
    player.get_by_role("button", name="undo").click()
    player.locator(".editor .told", has_text="2 changes").wait_for()
    assert matches(player).edits == kept
    player.get_by_role("button", name="reset").click()
    player.locator(".editor .told", has_text="change").wait_for(state="detached")
    assert matches(player).edits == []


def test_another_cell_is_put_beside_and_taken_away(lab_page):
    player = lab_page.player()
    choose(player, "beside", "rnn", ".lane-title:has-text('SimpleRNN')")
    assert player.locator(".lane").count() == 2
    assert player.locator("select[data-trait=beside]").evaluate("el => el === document.activeElement")
    other = code(player)
    seen = player.locator(".lane").nth(1).locator("text[data-symbol=h_t]").all()
    assert [float(text.get_attribute("data-value")) for text in seen] == list(other.beside_trace["h_t"][other.t - 1, 0])
    player.locator("select[data-trait=beside]").select_option("")
    player.locator(".lane").nth(1).wait_for(state="detached")


def test_a_drawing_that_cannot_be_run_over_is_refused_and_forgotten(lab_page):
    player, keys = lab_page.player(1), lab_page.page.keyboard
    player.get_by_role("button", name="draw").click()
    player.locator("input[type=range]").focus()
    keys.press("PageUp")
    player.locator(".error", has_text="params read D = 3 numbers; the input has D = 1").wait_for()
    keys.press("PageUp")
    assert player.locator(".values").inner_text() == "x at t = 1: 0.100"
