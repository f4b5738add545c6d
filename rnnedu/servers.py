"""The commands that start JupyterLab and Voila. Both answer on this computer only."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

# What widgets need in Voila. JupyterLab's other extensions need not be made for it, and some fail in it.
EXTENSIONS = ("anywidget", "@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8")
PROMPT = "kernel_websocket_connection_class=rnnedu.promptly.PromptConnection"
TEMPLATES = Path(__file__).parent / "templates"

# A server without its token lets any program and web page on this computer run code as the learner.
GUARDS = re.compile(r"token|password|identity|unauthenticated|xsrf", re.IGNORECASE)


def guarded(extra: Sequence[str]) -> str | None:
    """Return the first argument that would take the server's protection away."""
    return next((word for word in extra if GUARDS.search(word)), None)


def lab_command(
    folder: Path,
    lesson: str | None,
    port: int | None = None,
    no_browser: bool = False,
    extra: Sequence[str] = (),
) -> list[str]:
    """Return the command that starts JupyterLab in `folder` and opens `lesson`."""
    return [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={folder.resolve()}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.{PROMPT}",
        "--LabApp.default_url=/lab" + (f"/tree/{quote(lesson)}" if lesson else ""),
        *([f"--ServerApp.port={port}"] if port is not None else []),
        *(["--no-browser"] if no_browser else []),
        *(["--allow-root"] if runs_as_root() else []),
        *extra,
    ]


def runs_as_root() -> bool:
    """Return whether this is the administrator of a Unix machine, as in most containers: Jupyter refuses it unasked."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def voila_command(notebook: Path, port: int | None = None, no_browser: bool = False) -> list[str]:
    """Return the command that starts Voila on one notebook."""
    return [
        *(sys.executable, "-m", "voila", str(notebook)),
        "--Voila.ip=127.0.0.1",
        f"--Voila.{PROMPT}",
        "--template=rnnedu",
        *(f"--VoilaConfiguration.extension_allowlist={name}" for name in EXTENSIONS),
        *([f"--port={port}"] if port is not None else []),
        *(["--no-browser"] if no_browser else []),
    ]


def with_templates(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which Jupyter finds our page template for Voila: its own fetches style sheets."""
    paths = [str(TEMPLATES), *filter(None, [environment.get("JUPYTER_PATH")])]
    return {**environment, "JUPYTER_PATH": os.pathsep.join(paths)}
