"""A saved player in a real browser, without a kernel: all that happens in the page itself."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from rnnedu.widget import StepPlayer, page
from tests.browser.lab import Watched
from tests.test_new_cell import LEAKY, WIRED, write_cell  # noqa: F401 (a fixture)

HOSTILE = "</script><img src=x onerror=alert(1)><!-- \u2028\"'&"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def opened(chromium, player, folder, theme=""):
    """Save a player, open its page and return it, Watched."""
    path = folder / "player.html"
    page.write(path, page.of(player, "player", theme))
    watched = Watched(chromium, folder.as_uri())
    watched.dialogs = []
    watched.page.on("dialog", lambda dialog: (watched.dialogs.append(dialog.message), dialog.dismiss()))
    watched.page.goto(path.as_uri())
    watched.page.locator(".wiring svg").first.wait_for()
    return watched


def close(watched):
    assert watched.errors == []
    assert watched.strangers == []
    assert watched.dialogs == []
    watched.page.close()


def numbers(text):
    return [float(found) for found in NUMBER.findall(text.replace("\u2212", "-"))]


def unfold(player, name):
    player.locator(f".fold[data-keep$='{name}']").first.click()


def near(seen, true):
    """Whether a number reads as it should: three digits, or two where there is little room."""
    return seen == pytest.approx(true, rel=0.06, abs=6e-4)


@pytest.fixture
def saved(chromium, tmp_path):
    """Open saved players; at the end nothing has complained, asked anybody or said anything."""
    pages = []

    def save(player, theme=""):
        pages.append(opened(chromium, player, tmp_path, theme))
        return pages[-1], pages[-1].page.locator(".rnnedu-player")

    yield save
    for each in pages:
        close(each)


def test_a_saved_player_is_scrubbed_and_turned_without_a_kernel(saved):
    original = StepPlayer(cell="gru", units=3, length=12)
    watched, player = saved(original)
    player.locator("input[type=range]").focus()
    for press in ("End", "ArrowLeft", "ArrowDown"):
        watched.page.keyboard.press(press)
    assert player.locator("output").inner_text().startswith("t = 11 of 12")
    player.get_by_role("button", name="backward").click()
    cells = player.locator("text.value[data-symbol=dh_t]").all()
    assert [float(cell.get_attribute("data-value")) for cell in cells] == list(original.trace["dh_t"][10, 0])
    for hidden in ("select[data-trait=cell]", "input[data-trait=seed]", "button.draw", ".changes"):
        assert player.locator(hidden).count() == 0 or not player.locator(hidden).is_visible()


def test_a_saved_player_follows_the_readers_theme(saved):
    watched, _ = saved(StepPlayer(length=5))
    for scheme in ("dark", "light"):
        watched.page.emulate_media(color_scheme=scheme)
        watched.page.locator(".rnnedu-player.dark").wait_for(state="attached" if scheme == "dark" else "detached")


def test_hostile_text_stays_text_in_a_saved_player(saved):
    watched, player = saved(StepPlayer(text=HOSTILE, units=2))
    assert watched.page.locator("img, b:not([data-result]):not([data-norm]), script").count() == 2  # the page's own
    player.locator("input[type=range]").focus()
    letters = []
    for _ in HOSTILE:
        letters.append(player.locator("text[data-symbol=x_t]").text_content())
        watched.page.keyboard.press("ArrowRight")
    assert "".join(letters) == HOSTILE.replace(" ", "\u2423").replace("\u2028", "U+2028")


def test_a_click_on_a_number_marks_its_equation_and_says_where_it_comes_from(saved):
    original = StepPlayer(cell="lstm", length=12, t=5)
    _, player = saved(original)
    player.locator("text[data-symbol=f_t][data-unit='3']").locator("xpath=..").locator("rect.cell").nth(2).click()
    assert player.locator(".equation.picked").get_attribute("data-symbol") == "f_t"
    assert player.locator(".panel .title").inner_text() == "Unit 3 at t = 5"
    told = player.locator(".panel .told").inner_text()
    assert told.startswith("f_t, unit 3 = ")
    assert near(numbers(told.partition(" = ")[2])[0], original.trace["f_t"][4, 0, 2])
    assert re.search(r": \u03c3\(.*\) = \u03c3\(.*\)$", told)
    player.locator("text[data-symbol=h_prev]").first.locator("xpath=..").locator("rect.cell").first.click()
    assert player.locator(".equation.picked").count() == 0
    assert "it was made at t = 4" in player.locator(".panel .told").inner_text()


@pytest.mark.parametrize("mode", ["forward", "backward"])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "peephole"])
def test_every_number_that_can_be_asked_about_is_the_engines(saved, cell, mode):
    original = StepPlayer(cell=cell, length=12, t=5, unit=2, mode=mode)
    _, player = saved(original)
    choice = player.get_by_label("explain")
    names = [option.get_attribute("value") for option in choice.locator("option").all()][1:]
    known = dict(original.trace.values) | dict(original.trace.gradients)
    known |= {name: np.array(values)[:, None] for name, values in original.data["sums"].items()}
    assert {"h_t"} <= set(names) if mode == "forward" else {"dh_t", "dh_later", "dh_prev"} <= set(names)
    for name in names:
        choice.select_option(name)
        true = known[name][4, 0]
        told = player.locator(".panel .told").inner_text()
        assert near(numbers(told.partition(" = ")[2])[0], true[min(1, len(true) - 1)]), told
    choice.select_option("")
    assert player.locator(".panel .told").is_hidden()


def test_what_flows_into_a_unit_adds_up_to_its_sum(saved):
    original = StepPlayer(cell="lstm", length=12, t=5, unit=2)
    _, player = saved(original)
    player.get_by_label("explain").select_option("a_o")
    assert player.locator(".equation.picked").get_attribute("data-symbol") == "o_t"
    assert player.locator(".incoming path").count() == 5  # x and four units
    line = player.locator(".incoming-line").inner_text().replace("\u2212", "-")
    flows = [float(found) for found in re.findall(r"= (-?[\d.e-]+)", line)]
    bias = original.trace.params.blocks.b_o[1]
    assert sum(flows) + bias == pytest.approx(original.data["sums"]["a_o"][4][1], rel=0.02)


def test_pointing_at_a_unit_shows_its_wiring_while_the_pointer_is_there(saved):
    watched, player = saved(StepPlayer(cell="gru", length=12, t=5))
    assert player.locator(".incoming path").count() == 0
    player.locator("rect.cell").first.scroll_into_view_if_needed()
    cell = player.locator("text[data-symbol=r_t][data-unit='2']").locator("xpath=..").locator("rect.cell").nth(1)
    cell.hover()
    assert player.locator(".incoming path").count() == 5
    assert "into r_t, unit 2" in player.locator(".incoming-line").inner_text()
    watched.page.mouse.move(2, 2)
    assert player.locator(".incoming path").count() == 0


def test_folds_open_by_keyboard_and_keep_the_focus(saved):
    watched, player = saved(StepPlayer(cell="lstm", length=12))
    rows = player.locator(".row").count()
    for name, more in (("others", 4), ("sums", 4)):
        fold = player.locator(f".fold[data-keep$='{name}']")
        fold.focus()
        watched.page.keyboard.press("Enter")
        rows += more
        assert player.locator(".row").count() == rows
        again = player.locator(f".fold[data-keep$='{name}']")
        assert again.evaluate("el => el === document.activeElement")
        assert again.get_attribute("aria-expanded") == "true"
    values = player.locator(".values").inner_text()
    assert [name for name in ("x_t", "h_t", "c_t", "i_t", "o_t", "a_i", "a_o") if f"{name} = " not in values] == []


def test_weights_show_share_and_running_sum_of_their_gradient(saved):
    original = StepPlayer(cell="lstm", length=12, t=12, mode="backward", loss="every")
    watched, player = saved(original)
    unfold(player, "weights")
    player.get_by_label("entry of").select_option("W_hf")
    for name, place in (("row", 2), ("column", 3)):
        player.get_by_label(name, exact=True).fill(str(place))
        watched.page.keyboard.press("Tab")
    each = np.frombuffer(original.shares["W_hf"], "<f8").reshape(12, 4, 4)
    player.locator("input[type=range]").focus()
    for t in (12, 11, 10):
        line = player.locator(".entry-line").inner_text()
        weight, _, share, *_, later, total = numbers(line.partition(" = ")[2].replace("[2]", "").replace("[3]", ""))
        assert near(weight, original.trace.params.blocks.W_hf[1, 2])
        assert near(share, each[t - 1, 1, 2])
        assert near(later, each[t:, 1, 2].sum())
        assert near(total, each[t - 1 :, 1, 2].sum())
        assert "h_t\u22121[2]\u00b7\u2202a_f[3]" in line
        watched.page.keyboard.press("ArrowLeft")
    norms = [numbers(norm.inner_text())[0] for norm in player.locator(".norm").all()]
    assert len(norms) == 9
    whole = np.frombuffer(original.shares["b_i"], "<f8").reshape(12, 4)
    others = [np.frombuffer(original.shares[f"b_{gate}"], "<f8").reshape(12, 4) for gate in "fgo"]
    assert near(norms[-1], np.linalg.norm([values[8:].sum(0) for values in (whole, *others)]))


def test_a_click_in_a_map_picks_the_entry(saved):
    _, player = saved(StepPlayer(cell="rnn", units=3, length=12))
    unfold(player, "weights")
    canvas = player.locator("canvas[aria-label='weight: W_h']")
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] * 0.9, "y": box["height"] * 0.5})
    assert player.locator(".entry-line").inner_text().startswith("W_h[2, 3] = ")


def test_gradients_that_were_not_sent_are_said_to_be_missing(saved):
    original = StepPlayer(cell="rnn", length=12, mode="backward")
    original.shares = {}
    _, player = saved(original)
    unfold(player, "weights")
    assert "are not sent" in player.locator(".entry-line").inner_text()


def test_two_cells_share_one_cursor(saved):
    original = StepPlayer(cell="lstm", beside="rnn", length=12, units=3)
    watched, player = saved(original)
    assert player.locator(".lane").count() == 2
    player.locator("input[type=range]").focus()
    for press in ("ArrowRight", "ArrowRight", "ArrowDown"):
        watched.page.keyboard.press(press)
    for lane, trace in zip(player.locator(".lane").all(), (original.trace, original.beside_trace), strict=True):
        seen = [float(text.get_attribute("data-value")) for text in lane.locator("text[data-symbol=h_t]").all()]
        assert seen == list(trace["h_t"][2, 0])
        assert lane.locator(".panel .title").inner_text() == "Unit 2 at t = 3"
    assert {"LSTM: x_t", "SimpleRNN: x_t"} <= set(re.findall(r"\w+: x_t", player.locator(".values").inner_text()))


def test_the_line_of_code_is_pythons_own(saved):
    original = StepPlayer(cell="lstm", text="it's </b>", units=2)
    watched, player = saved(original)
    player.locator("input[type=range]").focus()
    watched.page.keyboard.press("ArrowRight"), watched.page.keyboard.press("ArrowDown")
    player.get_by_role("button", name="copy as code").click()
    player.locator(".keep .told", has_text="cop").wait_for()
    original.t, original.unit = 2, 2
    assert player.get_by_label("Python that makes").input_value() == original.code


@pytest.mark.parametrize("source", [LEAKY, WIRED], ids=["without wiring", "with wiring"])
@pytest.mark.parametrize("mode", ["forward", "backward"])
def test_a_new_cell_has_all_of_it(saved, write_cell, source, mode):  # noqa: F811 (the fixture)
    write_cell(source)
    original = StepPlayer(cell="leaky", beside="leaky", units=3, length=12, t=5, mode=mode, loss="every")
    _, player = saved(original)
    lane = player.locator(".lane").first
    for name in ("others", "sums" if mode == "forward" else "parts", "weights"):
        unfold(lane, name)
    lane.get_by_label("explain").select_option("a_k" if mode == "forward" else "dh_prev")
    assert lane.locator(".equation.picked").get_attribute("data-symbol") == ("k_t" if mode == "forward" else "dh_prev")
    assert lane.locator(".entry-line").inner_text().startswith("W_xk[1, 1] = ")
    assert lane.locator(".norm").count() == (3 if mode == "forward" else 9)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violation_with_everything_open(saved, theme):
    original = StepPlayer(cell="lstm", beside="gru", length=12, mode="backward", t=7)
    watched, player = saved(original, theme)
    for lane in player.locator(".lane").all():
        for name in ("others", "parts", "weights"):
            unfold(lane, name)
        lane.get_by_label("explain").select_option("dh_prev")
    player.get_by_role("button", name="copy as code").click()
    results = Axe().run(watched.page, context=".rnnedu-player")
    assert results.violations_count == 0, results.generate_report()
