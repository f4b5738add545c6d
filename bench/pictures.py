"""Take the README's pictures: `python -m bench.pictures`. The player is drawn in a real JupyterLab."""

import pathlib
import tempfile

from tests.browser import lab

PICTURES = pathlib.Path(__file__).parents[1] / ".github" / "pictures"
SHOTS = [  # file, player of lesson 1, direction, key presses
    ("player-rnn.png", 0, "forward", ["Home", *["ArrowRight"] * 11]),
    ("player-lstm.png", 1, "forward", ["Home", *["ArrowRight"] * 11]),
    ("player-lstm-backward.png", 1, "backward", ["End", *["ArrowLeft"] * 6]),
    ("player-gru.png", 2, "forward", ["Home", *["ArrowRight"] * 11]),
]
COLLAPSE = "async () => { await window.jupyterapp.commands.execute('application:toggle-left-area'); }"


def main():
    """Write every picture."""
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        lab.jupyterlab(pathlib.Path(folder)) as server,
        lab.browser() as chromium,
    ):
        page = lab.LabPage(chromium, *server, width=1280, height=2000)
        page.run("01_one_timestep.ipynb")
        page.page.evaluate(COLLAPSE)
        for file, number, mode, keys in SHOTS:
            shoot(page, PICTURES / file, number, mode, keys)


def shoot(page, path, number, mode, keys):
    """Set one player and photograph it, without the focus ring."""
    player = page.player(number)
    player.get_by_role("button", name=mode).click()
    player.locator("input[type=range]").focus()
    for key in keys:
        page.page.keyboard.press(key)
    page.page.evaluate("document.activeElement.blur()")
    page.page.wait_for_timeout(300)
    player.screenshot(path=path)


if __name__ == "__main__":
    main()
