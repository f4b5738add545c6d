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
OPEN = """async (name) => {
    const app = window.jupyterapp;
    await app.restored;
    const panel = await app.commands.execute('docmanager:open', {path: name, factory: 'Notebook'});
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""
RUN = "async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
THEME = "async (name) => { await window.jupyterapp.commands.execute('apputils:change-theme', {theme: name}); }"


def chromium():
    """Return the path of Chromium or Chrome, or None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


@contextlib.contextmanager
def jupyterlab(folder):
    """Serve JupyterLab on the lessons, put into `folder`, as `rnnedu lab` does; yield (address, token)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "rnnedu", "lab", str(folder / "lessons"), "--port", str(port), "--no-browser"]
    log = (folder / "server.log").open("w")
    server = subprocess.Popen(
        [*command, "--", "--expose-app-in-browser"], env=_private(folder, token), stdout=log, stderr=log
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/api/status?token={token}", server, folder / "server.log")
        yield address, token
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _private(folder, token):
    """Return an environment in which Jupyter touches nothing of the user's, and looks for no news."""
    names = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR", "LAB_SETTINGS_DIR", "LAB_WORKSPACES_DIR")
    private = {f"JUPYTER{'' if name.startswith('LAB') else '_'}{name}": str(folder / name.lower()) for name in names}
    settings = folder / "lab_settings_dir" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    news = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(news))
    own = {"IPYTHONDIR": str(folder / "ipython"), "MPLCONFIGDIR": str(folder / "matplotlib"), "JUPYTER_TOKEN": token}
    return os.environ | private | own


def _wait_for(address, server, log, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(address, timeout=5).close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{pathlib.Path(log).read_text()}")


@contextlib.contextmanager
def browser(*flags):
    """Yield a headless Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *flags])
        yield running
        running.close()


class LabPage:
    """A page in which JupyterLab runs; it notes console errors and requests that leave this computer."""

    def __init__(self, browser, address, token, width=1280, height=900):
        self.errors, self.strangers = [], []
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.page.set_default_timeout(15_000)
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._note)
        self.home = address
        self.page.goto(f"{address}/lab?reset&token={token}")
        self.page.wait_for_function("window.jupyterapp !== undefined", timeout=60_000)

    def _note(self, request):
        if not request.url.startswith((self.home, self.home.replace("http", "ws"), "data:", "blob:")):
            self.strangers.append(request.url)

    def run(self, notebook):
        """Open a notebook and run all its cells; raises if a cell fails."""
        self.page.evaluate(OPEN, notebook)
        self.page.evaluate(RUN)
        failed = self.page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']")
        texts = [text for text in failed.all_inner_texts() if "Traceback" in text or "Error" in text]
        if texts:
            raise AssertionError("\n".join(texts))

    def theme(self, name):
        """Switch to "JupyterLab Light" or "JupyterLab Dark"."""
        self.page.evaluate(THEME, name)

    def player(self, number=0):
        """Return the locator of a step player, scrolled into view."""
        found = self.page.locator(".rnnedu-player").nth(number)
        found.scroll_into_view_if_needed()
        return found
