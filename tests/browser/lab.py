"""A real JupyterLab and a real Chromium, for the browser tests and the bench."""

import contextlib
import json
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
from playwright.sync_api import sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# No news from outside; and every cell of a notebook in the page, not only those in sight.
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}
OPEN = """async (name) => {
    const app = window.jupyterapp;
    await app.restored;
    const panel = await app.commands.execute('docmanager:open', {path: name, factory: 'Notebook'});
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""
SAVE = """async ([path, content]) => {
    await window.jupyterapp.serviceManager.contents.save(path, {type: 'notebook', format: 'json', content});
}"""
RUN = "async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
THEME = "async (name) => { await window.jupyterapp.commands.execute('apputils:change-theme', {theme: name}); }"

THEMED = """(name) => document.body.dataset.jpThemeName === name
    && !document.querySelector('#main').classList.contains('lm-mod-hidden')"""


def chromium():
    """Return the path of Chromium or Chrome, or None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


@contextlib.contextmanager
def jupyterlab(folder):
    """Serve JupyterLab on the lessons, put into `folder`, as `rnnedu lab` does; yield (address, token)."""
    token = secrets.token_hex(16)
    lessons = ["lab", str(folder / "lessons")]
    with _served(folder, lessons, f"/api/status?token={token}", token, "--", "--expose-app-in-browser") as address:
        yield address, token


@contextlib.contextmanager
def demo(folder):
    """Serve the demonstration as `rnnedu demo` does; yield its address."""
    with _served(folder, ["demo"], "/no-such-page", secrets.token_hex(16)) as address:
        yield address


@contextlib.contextmanager
def _served(folder, words, ready, token, *extra):
    """Start a command of rnnedu that serves, wait until `ready` answers, and end it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "rnnedu", *words, "--port", str(port), "--no-browser", *extra]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=_private(folder, token), stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}{ready}", server, folder / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _private(folder, token):
    """Return an environment in which Jupyter touches nothing of the user's, and looks for no news."""
    names = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR", "LAB_SETTINGS_DIR", "LAB_WORKSPACES_DIR")
    private = {f"JUPYTER{'' if name.startswith('LAB') else '_'}{name}": str(folder / name.lower()) for name in names}
    for name, values in SETTINGS.items():
        path = folder / "lab_settings_dir" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values))
    own = {"IPYTHONDIR": str(folder / "ipython"), "MPLCONFIGDIR": str(folder / "matplotlib"), "JUPYTER_TOKEN": token}
    return os.environ | private | own


def _wait_for(address, server, log, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return  # an answer, if not a page: the server is there
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the server did not start:\n{pathlib.Path(log).read_text()}")


@contextlib.contextmanager
def browser(*flags):
    """Yield a headless Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *flags])
        yield running
        running.close()


class Watched:
    """A page that notes console errors and requests that leave this computer."""

    def __init__(self, browser, address, width=1280, height=900):
        self.home, self.errors, self.strangers = address, [], []
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.page.set_default_timeout(30_000)
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))
        self.page.on("request", self._note)

    def _note(self, request):
        if not request.url.startswith((self.home, self.home.replace("http", "ws"), "data:", "blob:")):
            self.strangers.append(request.url)

    def player(self, number=0):
        """Return the locator of a step player, scrolled into view."""
        found = self.page.locator(".rnnedu-player").nth(number)
        found.scroll_into_view_if_needed()
        return found


class LabPage(Watched):
    """A page in which JupyterLab runs."""

    def __init__(self, browser, address, token, **size):
        super().__init__(browser, address, **size)
        self.page.goto(f"{address}/lab?reset&token={token}")
        self.page.wait_for_function("window.jupyterapp !== undefined", timeout=60_000)

    def run(self, notebook):
        """Open a notebook and run all its cells; raises if a cell fails."""
        self.page.evaluate(OPEN, notebook)
        self.page.evaluate(RUN)
        failed = self.page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']")
        texts = [text for text in failed.all_inner_texts() if "Traceback" in text or "Error" in text]
        if texts:
            raise AssertionError("\n".join(texts))

    def cells(self, name, *sources):
        """Write a notebook of these code cells, open it and run it."""
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        self.page.evaluate(SAVE, [f"{name}.ipynb", json.loads(nbformat.writes(book))])
        self.run(f"{name}.ipynb")

    def theme(self, name):
        """Switch to "JupyterLab Light" or "JupyterLab Dark"."""
        self.page.evaluate(THEME, name)
        self.page.wait_for_function(THEMED, arg=name)
