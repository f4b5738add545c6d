"""The demonstration page, without code and without a network."""

from tests.browser import lab
from tests.browser.lab import Watched


def test_the_demo_shows_the_player_and_asks_nobody_else(chromium, tmp_path):
    with lab.demo(tmp_path) as address:
        page = Watched(chromium, address, width=1920, height=1080)
        page.page.goto(address)
        player = page.player()
        player.locator(".wiring svg").wait_for(timeout=60_000)
        player.locator("input[type=range]").focus()
        page.page.keyboard.press("ArrowRight")
        assert player.locator("output").inner_text().startswith("t = 2 of 30")
        assert page.page.get_by_text("from rnnedu").count() == 0
        assert page.errors == []
        assert page.strangers == []
        page.page.close()
