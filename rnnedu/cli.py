"""The command line: `rnnedu lessons | lab | demo | doctor`. Jupyter is started, never imported, here."""

import argparse
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from rnnedu import __version__, doctor
from rnnedu.lessonfiles import LessonFilesError, deliver, first_lesson, lessons_in, shipped, title
from rnnedu.servers import guarded, lab_command, voila_command, with_templates

Launcher = Callable[[list[str]], int]

DEFAULT_FOLDER = Path("rnnedu-lessons")
DEMO = "gallery.ipynb"


def main(
    argv: Sequence[str] | None = None, *, launch: Launcher | None = None, source: Path | None = None
) -> int:
    """Run one command and return its exit code; `launch` and `source` replace Jupyter and the lessons."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that lacks a letter prints "?"
    words = list(sys.argv[1:] if argv is None else argv)
    own, extra = _split(words)
    parser = _parser()
    args = parser.parse_args(own)
    if extra and args.command != "lab":
        parser.error(f"{args.command} takes nothing after --")
    args.extra, args.launch, args.source = extra, launch or start, source or shipped("notebooks")
    try:
        return args.run(args)
    except LessonFilesError as error:
        return _fail(str(error), 2)
    except OSError as error:
        return _fail(f"{error.filename or args.command}: {error.strerror or error}", 2)


def lessons(args: argparse.Namespace) -> int:
    """List the lessons, or bring the learner's (or the instructor's) folder up to date."""
    if args.instructor and args.source:
        args.source /= "instructor"
    if args.list:
        for lesson in lessons_in(args.source):
            print(f"{lesson.name}  {title(lesson)}".rstrip())
        return 0
    _deliver(args)
    return 0


def lab(args: argparse.Namespace) -> int:
    """Bring the learner's folder up to date and open JupyterLab in it, on the first lesson."""
    if not _importable("jupyterlab"):
        return _fail('JupyterLab is not installed here; run: pip install "rnnedu[lab]"', 1)
    if option := guarded(args.extra):
        return _fail(f"{option} is not passed on: the server's token stays as it is", 2)
    _deliver(args)
    opened = first_lesson(lessons_in(args.source))
    return args.launch(lab_command(args.folder, opened, args.port, args.no_browser, args.extra))


def demo(args: argparse.Namespace) -> int:
    """Show the gallery, every widget, as a page without code."""
    if not _importable("voila"):
        return _fail('Voila is not installed here; run: pip install "rnnedu[demo]"', 1)
    notebook = args.source / DEMO if args.source else None
    if notebook is None or not notebook.is_file():
        return _fail(f"{DEMO} is not in this installation of rnnedu; install it again", 2)
    # A copy, for Jupyter may write beside a notebook; Windows may still hold the folder when we leave.
    with tempfile.TemporaryDirectory(prefix="rnnedu-demo-", ignore_cleanup_errors=True) as folder:
        page = Path(shutil.copy(notebook, folder))
        return args.launch(voila_command(page, args.port, args.no_browser))


def check(_args: argparse.Namespace) -> int:
    """Print what is right and wrong with this installation."""
    failed = False
    for finding in doctor.examine(Path.cwd()):
        print(finding, flush=True)
        failed |= finding.status == "FAIL"
    return int(failed)


def start(command: list[str]) -> int:
    """Run a server until it ends. Ctrl-C reaches it too: we wait while it ends its kernels and itself."""
    process = subprocess.Popen(command, env=with_templates(os.environ))
    before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    interrupted = False
    try:
        while True:
            try:
                code = process.wait()
                return 0 if interrupted else code
            except KeyboardInterrupt:
                interrupted = True
    finally:
        signal.signal(signal.SIGTERM, before)


def _deliver(args: argparse.Namespace) -> None:
    done = deliver(args.folder, args.source)
    for delivery in done:
        if delivery.action != "current":
            print(delivery)
    print(f"{len(done)} lessons are in {args.folder.resolve()}", flush=True)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at + 1 :]


def _importable(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _fail(message: str, code: int) -> int:
    print(f"rnnedu: {message}", file=sys.stderr)
    return code


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 2**16:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a port number")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rnnedu", description="Recurrent networks, one timestep at a time.")
    parser.add_argument("--version", action="version", version=f"rnnedu {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)

    folder = argparse.ArgumentParser(add_help=False)
    folder.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER, help="default: %(default)s")
    server = argparse.ArgumentParser(add_help=False)
    server.add_argument("--port", type=_port)
    server.add_argument("--no-browser", action="store_true", help="only print the address")

    copy = commands.add_parser("lessons", parents=[folder], help="put the lessons into a folder of yours")
    copy.add_argument("--list", action="store_true", help="only list them")
    copy.add_argument("--instructor", action="store_true", help="those for who teaches, with pages and solutions")
    copy.set_defaults(run=lessons)
    both = commands.add_parser("lab", parents=[folder, server], help="the same, and open JupyterLab there")
    both.epilog = "Arguments after -- go to JupyterLab."
    both.set_defaults(run=lab)
    commands.add_parser("demo", parents=[server], help="every widget as a page without code").set_defaults(run=demo)
    commands.add_parser("doctor", help="check the installation").set_defaults(run=check)
    return parser
