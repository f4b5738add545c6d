"""The gallery: every widget on one page, in JupyterLab and as the page of `rnnedu demo`, without a network."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import driving, lab
from tests.browser.lab import LabPage, Watched

GALLERY = "gallery.ipynb"
PLAYERS, PANELS, CARDS = 2, 10, 3


def whole(page):
    """Wait until every widget of the gallery is drawn."""
    page.player(PLAYERS - 1).locator(".wiring svg").first.wait_for(timeout=60_000)
    page.page.locator(".rnnedu-panel").nth(PANELS - 1).locator(".block").first.wait_for(timeout=60_000)
    assert page.page.locator(".rnnedu-player").count() == PLAYERS
    assert page.page.locator(".rnnedu-panel").count() == PANELS
    assert page.page.locator(".rnnedu-card").count() == CARDS


@pytest.fixture(scope="module")
def gallery(jupyter, chromium):
    page = LabPage(chromium, *jupyter)
    page.run(GALLERY)
    whole(page)
    yield page
    assert page.errors == []
    assert page.strangers == []
    page.page.close()


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_no_violation(gallery, theme):
    gallery.theme(theme)
    results = Axe().run(gallery.page, context=".jp-OutputArea-output")
    assert results.violations_count == 0, results.generate_report()


def test_at_half_the_width_nothing_is_wider_than_the_page(gallery):
    """Half a laptop's width is what 200 % zoom leaves."""
    gallery.page.set_viewport_size({"width": 640, "height": 800})
    gallery.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    gallery.page.wait_for_timeout(500)
    wide = """() => [...document.querySelectorAll('.rnnedu-widget, .rnnedu-card')]
        .filter((el) => el.getBoundingClientRect().width > el.parentElement.getBoundingClientRect().width + 1
            || el.scrollWidth > el.clientWidth + 1).map((el) => el.className)"""
    assert gallery.page.evaluate(wide) == []
    gallery.page.set_viewport_size({"width": 1280, "height": 900})
    gallery.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")


def read_in_the_middle(page, panel):
    """Return the step back that a chart reads out with the pointer in its middle, on a page zoomed for a projector."""
    plot = panel.locator(".plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    return int(panel.locator(".readout").first.inner_text().removeprefix("steps back k ").split(":")[0])


def test_the_demo_shows_every_widget_and_asks_nobody_else(chromium, tmp_path):
    with lab.demo(tmp_path) as address:
        page = Watched(chromium, address, width=1920, height=1080)
        page.page.goto(address)
        whole(page)
        player = page.player()
        player.locator("input[type=range]").focus()
        page.page.keyboard.press("ArrowRight")
        assert player.locator("output").first.inner_text().startswith("t = 2 of 30")
        bench = page.page.locator(".rnnedu-panel").first
        before = bench.locator(".blocks").inner_text()
        bench.locator("[data-trait=rho]").focus()
        page.page.keyboard.press("ArrowRight")
        changed = "([el, before]) => el.innerText !== before"
        page.page.wait_for_function(changed, arg=[bench.locator(".blocks").element_handle(), before])
        assert read_in_the_middle(page, bench) == 48  # of 0 to 99, the axis standing left of the middle
        trainer = page.page.locator(".rnnedu-panel", has=page.page.locator("[data-action=stop]")).last
        trainer.locator("[data-action=start]").click()
        trainer.locator("[data-action=stop][aria-disabled=false]").click()
        for panel in page.page.locator(".rnnedu-panel").all():
            driving.use_every_control(page, panel)
        assert page.page.get_by_text("from rnnedu").count() == 0
        assert page.errors == []
        assert page.strangers == []
        page.page.close()
