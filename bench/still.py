"""A picture of widgets without JupyterLab, in half a second: for looking at a change.

    python -m bench.still 'GradientBench(units=32)' picture.png [--dark] [--width 1280]

The expression sees the names that rnnedu.widget and rnnedu.lessons export.
"""

import argparse
import pathlib
import tempfile

from rnnedu import lessons
from rnnedu import widget as widgets
from rnnedu.widget import page
from tests.browser import lab


def shoot(widget, path, *, dark=False, width=1280, controls=True):
    """Write a picture of a widget; return what the page complained of."""
    text = page.of(widget, "still", "dark" if dark else "light")
    if controls:  # as in a notebook, where there is a kernel
        text = text.replace('"standalone": true', '"standalone": false')
    with tempfile.TemporaryDirectory() as folder, lab.browser() as chromium:
        file = pathlib.Path(folder) / "still.html"
        file.write_text(text, encoding="utf-8")
        shown, errors = chromium.new_page(viewport={"width": width, "height": 800}), []
        shown.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        shown.on("pageerror", lambda error: errors.append(error.stack or str(error)))
        shown.goto(file.as_uri())
        shown.wait_for_timeout(300)
        shown.screenshot(path=path, full_page=True)
    return errors


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("expression")
    parser.add_argument("path")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--width", type=int, default=1280)
    asked = parser.parse_args()
    names = {name: getattr(package, name) for package in (widgets, lessons) for name in package.__all__}
    widget = eval(asked.expression, names)
    print("\n".join(shoot(widget, asked.path, dark=asked.dark, width=asked.width)) or "no console error")


if __name__ == "__main__":
    main()
