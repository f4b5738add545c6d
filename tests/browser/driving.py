"""Reading a panel off the screen and using its controls, as a learner does: by keys and by mouse."""

import numpy as np
import pytest
from playwright.sync_api import TimeoutError as NotFound


def value(text):
    """Return the number that a text of the page says."""
    return float(text.replace("\u2212", "-").replace(" %", "e-2").replace(" bits", ""))


def near(number):
    """Return what a number shown with three digits may be."""
    return pytest.approx(number, rel=0.006, abs=6e-4 * abs(number) + 1e-300)


def compare(page, root, blocks):
    """Assert that what stands on the screen is `blocks`, a widget's own as another process computes them."""
    keys = root.locator(".block[data-key]").evaluate_all("els => els.map((el) => el.dataset.key)")
    assert keys == [block["key"] for block in blocks]
    for block in blocks:
        seen = root.locator(f'.block[data-key="{block["key"]}"]')
        if block["kind"] != "download":
            assert seen.locator(".block-title").inner_text() == block["title"]
        READERS[block["kind"]](page, seen, block)


def compare_at_last(page, root, blocks, tries=30):
    """Assert it of what the screen comes to, once the kernel has answered: a busy machine takes its time."""
    for _ in range(tries - 1):
        try:
            return compare(page, root, blocks)
        except AssertionError:
            page.wait_for_timeout(300)
    return compare(page, root, blocks)


def _chart(page, seen, block):
    plot = seen.locator(".plot")
    lines = [line for line in block["lines"] if line["name"] and not line["faint"]]
    stops = sorted({x for line in block["lines"] for x in line["x"] if x is not None})
    for key, x in (("Home", stops[0]), ("End", stops[-1])):
        plot.focus()
        page.keyboard.press(key)
        said = seen.locator(".readout").inner_text()
        for line in lines:
            y = line["y"][line["x"].index(x)] if x in line["x"] else None
            if y is not None:
                assert f"{line['name']} " in said, said
                after = said.split(f"{line['name']} ", 1)[1].split(";")[0]
                assert value(after) == near(y), (said, line["name"], y)
    page.keyboard.press("Tab")


def _bars(_page, seen, block):
    rows = seen.locator("tr:not(.heading)")
    assert rows.locator("th").all_inner_texts() == [label.strip() or label for label in block["labels"]]
    others = (block.get("beside") or (None, None, []))[2]
    shown = [number for pair in zip(block["values"], others or block["values"], strict=True) for number in pair]
    numbers = shown if others else block["values"]
    for text, number in zip(rows.locator(".amount").all_inner_texts(), numbers, strict=True):
        if block["unit"] == "%":
            assert value(text.removeprefix("< ")) == pytest.approx(number, abs=0.006)
        else:
            assert value(text.split(" ")[0]) == near(number)


def _table(_page, seen, block):
    rows = [row.locator("th, td").all_inner_texts() for row in seen.locator("tr").all()]
    assert rows == [block["columns"], *block["rows"]]


def _letters(_page, seen, block):
    found = seen.locator(".letters > span").evaluate_all("els => els.map((el) => el.dataset.value)")
    assert [float(text) if text else None for text in found] == block["values"]


def _heat(page, seen, block):
    seen.locator(".content").focus()
    page.keyboard.press("Home")
    last = seen.locator(".readout").inner_text().split()[-1]
    shown = block["rows"][-1 if len(block["rows"]) <= 16 else 0]  # of a tall map one row is said
    assert value(last) == near(shown[0])


def _tracks(page, seen, block):
    for place, track in enumerate(block["tracks"]):
        surface = seen.locator(".surface").nth(place)
        assert surface.get_attribute("aria-label") == track["name"]
        surface.focus()
        for key in ("Escape", "Home", "PageUp"):  # ten steps on: a map of sound begins behind the first
            page.keyboard.press(key)
        if "rows" in track:
            page.keyboard.press("ArrowDown")  # from the most to the first row
            column = next(n for n in range(track["cols"]) if _covers(block["x"], track, n))
            number = np.frombuffer(track["values"], "<f4").reshape(track["rows"], track["cols"])[0, column]
            said = surface.get_attribute("aria-valuetext").removesuffix(f" {track['unit']}")
            assert f"{track['names'][0]} " in said
            assert value(said.split()[-1]) == near(float(number))
    page.keyboard.press("Tab")


def _covers(along, track, column):
    """Return whether a map's column stands at the cursor's tenth step from the first, or at its last."""
    start, place = track["start"] + column * track["step"], min(10, along["count"] - 1)
    return start <= along["low"] + (place + 0.5) * along["step"] < start + track["step"]


def _intake(_page, seen, block):
    assert seen.locator(".note").text_content() == block["note"]
    assert seen.locator("button, input").count() == 2


def _text(_page, seen, block):
    assert seen.locator(".content").text_content() == block["content"]


def _download(_page, seen, block):
    assert seen.locator("button").inner_text() == block["title"]


READERS = {
    "chart": _chart,
    "bars": _bars,
    "table": _table,
    "letters": _letters,
    "heat": _heat,
    "text": _text,
    "tracks": _tracks,
    "intake": _intake,
    "download": _download,
}


def use_every_control(watched, root):
    """Use every control by keys and by mouse; assert that nothing complains."""
    page = watched.page
    names = root.locator("[data-trait]").evaluate_all("els => els.map((el) => el.dataset.trait)")
    for use in (_by_key, _by_mouse):
        for name in names:
            control = root.locator(f'[data-trait="{name}"]').first
            if control.count():  # a choice may take another control away
                use(page, control)
                page.wait_for_timeout(60)  # the kernel answers; what it says is asserted below
    assert watched.errors == []
    assert not root.locator(".error").is_visible(), root.locator(".error").inner_text()


def _kind(control):
    return control.evaluate("el => el.tagName === 'INPUT' ? el.type : el.tagName.toLowerCase()")


def _by_key(page, control):
    control.focus()
    kind = _kind(control)
    if kind == "checkbox":
        page.keyboard.press("Space"), page.keyboard.press("Space")
    elif kind in ("text", "textarea"):
        page.keyboard.press("Tab")
    elif kind == "number":
        page.keyboard.press("ArrowUp"), page.keyboard.press("Tab")
    else:
        page.keyboard.press("ArrowRight"), page.keyboard.press("ArrowLeft")


def _by_mouse(_page, control):
    kind = _kind(control)
    if kind == "select":
        options = control.locator("option").count()
        before = control.input_value()
        control.select_option(index=options - 1)
        try:
            control.select_option(before, timeout=3000)
        except NotFound:  # a value of the learner's own is offered only as long as it is chosen
            assert control.locator(f'option[value="{before}"]').count() == 0
    elif kind == "checkbox":
        control.click(), control.click()
    elif kind == "range":
        box = control.bounding_box()
        control.click(position={"x": box["width"] * 0.6, "y": box["height"] / 2})
    else:
        control.click()
