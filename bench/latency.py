"""From a key press on a control to changed pixels: every widget's, in JupyterLab in a real browser.

A press moves a slider (or ticks a box), the kernel works, its answer is drawn. Measured from the key event's own time
stamp to the moment at which the frame that follows the first change in the widget's blocks has been handed over.
The player's cursor asks nothing of the kernel and is measured by `cursor`.
"""

import pathlib
import tempfile

import numpy as np

from tests.browser import lab

MOVES = 60
NO_FRAME_LIMIT = ("--disable-frame-rate-limit", "--disable-gpu-vsync")
CASES = [  # widget, what makes it, the trait that a key moves
    ("GradientBench", "GradientBench(units=64, length=100)", "rho"),
    ("ClippingLab", "ClippingLab()", "threshold"),
    ("ForecastView", "ForecastView('sunspots')", "origin"),
    ("SamplingPanel", "SamplingPanel()", "temperature"),
    ("HiddenStateExplorer", "HiddenStateExplorer()", "unit"),
    ("GradientBench, LSTM", "GradientBench(cell='lstm', units=64, length=100)", "rho"),
]
MEASURE = """([root, trait]) => {
    window.moves = [];
    const control = root.querySelector(`[data-trait="${trait}"]`);
    const watching = new MutationObserver(() => {
        if (window.pressed === null) return;
        const began = window.pressed;
        window.pressed = null;
        requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => window.moves.push(performance.now() - began);
            port2.postMessage(0);
        });
    });
    window.pressed = null;
    control.addEventListener('keydown', (event) => { window.pressed = event.timeStamp; }, true);
    const all = { subtree: true, childList: true, characterData: true, attributes: true };
    watching.observe(root.querySelector('.blocks'), all);
    control.focus();
}"""


def measure(quick=False):
    """Yield (widget, control, milliseconds (MOVES,)) for every case."""
    with (
        tempfile.TemporaryDirectory() as folder,
        lab.jupyterlab(pathlib.Path(folder)) as server,
        lab.browser(*NO_FRAME_LIMIT) as chromium,
    ):
        for name, code, trait in CASES:
            page = lab.LabPage(chromium, *server)
            page.cells(f"latency {name}", "from rnnedu.widget import *", code)
            yield name, trait, moves(page, trait, 10 if quick else MOVES)
            page.page.close()


def moves(page, trait, count):
    """Press keys on one control and return what each press took, in milliseconds."""
    root = page.page.locator(".rnnedu-panel").first
    root.locator(f"[data-trait={trait}]").wait_for()
    page.page.evaluate(MEASURE, [root.element_handle(), trait])
    for move in range(count):
        page.page.keyboard.press("ArrowRight" if move % 20 < 10 else "ArrowLeft")
        page.page.wait_for_function(f"window.moves.length > {move}", polling=5)
        page.page.wait_for_timeout(30)  # the browser's echo of the change is not the next press's
    return np.array(page.page.evaluate("window.moves"))


def main(quick=False):
    """Print a table: median and 95th percentile in milliseconds."""
    if lab.chromium() is None:
        print("latency: no Chromium or Chrome on the PATH, not measured")
        return
    print("\nwidgets, key press on a control to changed pixels, ms (the aim: p95 under 100)")
    print(f"{'widget':<22}{'control':<14}{'median':>8}{'p95':>8}")
    for name, trait, times in measure(quick):
        print(f"{name:<22}{trait:<14}{np.median(times):>8.1f}{np.percentile(times, 95):>8.1f}", flush=True)
