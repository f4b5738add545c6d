"""From a key press to changed pixels: the player's cursor in JupyterLab in a real browser.

work : what the move costs: from the key event's own time stamp to the end of the player's handler, and from the
    beginning of the next frame to the moment at which it has been handed over (style, layout, paint).
seen : all of it, with the wait for the next frame in between. At 60 Hz that wait alone is anything up to 17 ms,
    whatever the page; the browser is asked to run without a frame limit, and does so most of the time.
"""

import pathlib
import tempfile

import numpy as np

from tests.browser import lab

MOVES = 60
NO_FRAME_LIMIT = ("--disable-frame-rate-limit", "--disable-gpu-vsync")
CELLS = ("rnn", "lstm", "gru")
MEASURE = """() => {
    window.moves = [];
    const time = (event) => {  // a listener of the player's own element, added last: it runs after the player's
        const handled = performance.now();
        requestAnimationFrame(() => {
            const frame = performance.now();
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => {
                const seen = performance.now();
                window.moves.push([handled - event.timeStamp + seen - frame, seen - event.timeStamp]);
            };
            port2.postMessage(0);
        });
    };
    document.querySelectorAll('.rnnedu-player').forEach((player) => player.addEventListener('keydown', time));
}"""


def measure():
    """Yield (cell, mode, milliseconds (MOVES, 2): work, seen) for lesson 1's three players, in both directions."""
    with (
        tempfile.TemporaryDirectory() as folder,
        lab.jupyterlab(pathlib.Path(folder)) as server,
        lab.browser(*NO_FRAME_LIMIT) as chromium,
    ):
        page = lab.LabPage(chromium, *server)
        page.run("01_one_timestep.ipynb")
        page.page.evaluate(MEASURE)
        for number, cell in enumerate(CELLS):
            for mode in ("forward", "backward"):
                yield cell, mode, moves(page, number, mode)


def moves(page, number, mode):
    """Press the arrow keys and return what each press took, (MOVES, 2): work and seen, in milliseconds."""
    player = page.player(number)
    player.get_by_role("button", name=mode).click()
    player.locator("input[type=range]").focus()
    page.page.keyboard.press("Home")
    page.page.wait_for_timeout(300)
    page.page.evaluate("window.moves.length = 0")
    for move in range(MOVES):
        page.page.keyboard.press("ArrowRight" if move % 58 < 29 else "ArrowLeft")
        page.page.wait_for_function(f"window.moves.length > {move}", polling=5)
    return np.array(page.page.evaluate("window.moves"))


def main():
    """Print a table: median and 95th percentile in milliseconds."""
    if lab.chromium() is None:
        print("cursor: no Chromium or Chrome on the PATH, not measured")
        return
    print(f"player, key press to changed pixels, {MOVES} moves, ms (the aim: p95 of the work under 16)")
    print(f"{'':<16}{'work':>16}{'seen':>16}\n{'cell':<6}{'mode':<10}" + f"{'median':>8}{'p95':>8}" * 2)
    for cell, mode, times in measure():
        (work, seen), (work95, seen95) = np.median(times, axis=0), np.percentile(times, 95, axis=0)
        print(f"{cell:<6}{mode:<10}{work:>8.1f}{work95:>8.1f}{seen:>8.1f}{seen95:>8.1f}")
