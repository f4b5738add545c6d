"""A widget as one self-contained page: the same ES module over a minimal model, data inlined, no kernel, no network."""

import base64
import html
import json
import os
import pathlib
import secrets

from rnnedu import validate

MODEL = """
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
const revive = (_, value) => (value?.base64 === undefined ? value : bytes(value.base64));
const state = JSON.parse(document.getElementById("state").textContent, revive);
const listeners = {};
const model = {
  get: (name) => state[name],
  set: (name, value) => {
    if (state[name] === value) return;
    state[name] = value;
    for (const event of [`change:${name}`, "change"]) for (const listener of listeners[event] ?? []) listener();
  },
  on: (event, listener) => { (listeners[event] ??= []).push(listener); },
  off: (event, listener) => { listeners[event] = (listeners[event] ?? []).filter((each) => each !== listener); },
  save_changes: () => {},
  send: () => {},
};
widget.render({ model, el: document.getElementById("widget") });
"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0 auto; padding: 1rem; max-width: 1500px; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #16181b; }} }}
{css}
</style>
</head>
<body{theme}>
<main id="widget"></main>
<script type="application/json" id="state">{state}</script>
<script type="module">
{module}
{model}</script>
</body>
</html>
"""
OURS = ("_esm", "_css", "_anywidget_id", "layout", "tabbable", "tooltip")


def of(widget, title, theme=""):
    """Return the page of an anywidget. theme : "light", "dark" or "" for the reader's own."""
    state = {name: value for name, value in widget.get_state().items() if not name.startswith("_") and name not in OURS}
    module = str(widget._esm).replace("export default", "const widget =", 1)
    return PAGE.format(
        title=html.escape(title),
        css=str(widget._css),
        theme=f' data-theme="{theme}"' if theme else "",
        state=_inside_script(json.dumps(state | {"standalone": True}, allow_nan=False, default=_bytes)),
        module=module,
        model=MODEL,
    )


def _bytes(value):
    """Return what JSON has no form for: the bytes that a notebook sends beside it."""
    return {"base64": base64.b64encode(validate.kind("state", value, bytes)).decode("ascii")}


def _inside_script(text):
    """Return JSON in which nothing can end or comment out the element that it stands in."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def target(path):
    """Return `path` as a pathlib.Path that a page can be written to.

    Raises ValueError where it does not end in .html or .htm, is a folder, or its folder is not there.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"path is a {type(path).__name__}; accepted is a file name that ends in .html")
    path = pathlib.Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"path is {str(path)!r}; accepted is a file name that ends in .html")
    if path.is_dir():
        raise ValueError(f"path is {str(path)!r}, a folder; accepted is a file name that ends in .html")
    if not path.parent.is_dir():
        raise ValueError(f"path is {str(path)!r}, whose folder is not there; accepted is one in a folder that is")
    return path


def write(path, text):
    """Write a text file, whole or not at all."""
    path = pathlib.Path(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with part.open("x", encoding="utf-8") as file:
            file.write(text)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
