"""Look at an installation and say, for whatever is wrong, the command that mends it."""

import importlib
import sys
import tempfile
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from rnnedu.lessonfiles import LessonFilesError, lessons_in, shipped, title
from rnnedu.requirements import is_older, requirements

PIP = "python -m pip install"
INSTALL_LAB = f'{PIP} "rnnedu[lab]"'
REINSTALL = PIP + " --force-reinstall --no-deps {}"
INSTALL_KERNEL = "python -m ipykernel install --sys-prefix"
LAB_EXTENSIONS = {"anywidget": "anywidget", "@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets"}


@dataclass(frozen=True)
class Check:
    """One finding: status is ok, warn or FAIL; `mend` is the command to run when it is not ok."""

    status: str
    seen: str
    mend: str = ""

    def __str__(self) -> str:
        """Return the line that the learner reads."""
        return f"{self.status:<5} {self.seen}" + (f"  ->  {self.mend}" if self.mend else "")


def examine(folder: Path) -> Iterator[Check]:
    """Yield every check, the cheap and fundamental ones first; `folder` is where the learner works."""
    yield check_python()
    yield from check_requirements()
    yield check_engine()
    yield from check_lab_extensions()
    yield check_kernel()
    yield from check_shipped()
    yield check_player()
    yield check_writable(folder)


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> Check:
    """Check that Python is new enough."""
    seen = "Python " + ".".join(map(str, version))
    if version >= (3, 11):
        return Check("ok", f"{seen} ({sys.executable})")
    return Check("FAIL", f"{seen}, rnnedu needs 3.11", "install Python 3.11 or newer, and rnnedu in it")


def check_requirements() -> Iterator[Check]:
    """Check that everything rnnedu needs can be imported and is new enough."""
    try:
        wanted = requirements()
    except metadata.PackageNotFoundError:
        yield Check("FAIL", "rnnedu runs from a folder and is not installed", f'{PIP} -e ".[lab]"')
        return
    for name, least in wanted:
        yield check_package(name, least)


def check_package(name: str, least: str) -> Check:
    """Check one package by importing it: a broken installation has metadata too."""
    try:
        version = metadata.version(name)
        _import(name)
        older = is_older(version, least)
    except metadata.PackageNotFoundError:
        return Check("FAIL", f"{name} is not installed", INSTALL_LAB)
    except Exception as error:  # a broken package may raise anything
        reason = str(error).partition("\n")[0]
        return Check("FAIL", f"{name} cannot be imported: {reason}", REINSTALL.format(name))
    if older:
        return Check("FAIL", f"{name} {version}, rnnedu needs {least}", f'{PIP} "{name}>={least}"')
    return Check("ok", f"{name} {version}")


def check_engine() -> Check:
    """Check that every cell runs on this NumPy and that its gradients are the numerical ones."""
    try:
        cells, check = _import("rnnedu.cells").CELLS, _import("rnnedu.gradcheck").check
        wrong = [name for name, cell in cells.items() if not check(cell.init(2, 3), T=2).ok]
    except Exception as error:  # whatever it is, the learner reads it here
        return Check("FAIL", f"the engine does not run: {error}", REINSTALL.format("numpy rnnedu"))
    if wrong:
        return Check("FAIL", f"wrong gradients: {', '.join(wrong)}", REINSTALL.format("numpy rnnedu"))
    return Check("ok", f"gradients of {', '.join(cells)} agree with numerical ones")


def check_lab_extensions() -> Iterator[Check]:
    """Check that JupyterLab will find the browser's half of the widgets."""
    try:
        places = [Path(place) for place in _import("jupyter_core.paths").jupyter_path("labextensions")]
    except ImportError:
        yield Check("FAIL", "Jupyter is not installed", INSTALL_LAB)
        return
    disabled = _disabled_extensions()
    for extension, package in LAB_EXTENSIONS.items():
        if extension in disabled:
            yield Check("FAIL", f"lab extension {extension} is disabled", f"jupyter labextension enable {extension}")
        elif any((place / extension / "package.json").is_file() for place in places):
            yield Check("ok", f"lab extension {extension}")
        else:
            yield Check("FAIL", f"lab extension {extension} is missing", REINSTALL.format(package))


def _disabled_extensions() -> Collection[str]:
    try:
        return _import("jupyterlab.commands").get_app_info()["disabled"]
    except Exception:  # then JupyterLab itself is broken, which check_requirements says
        return ()


def check_kernel() -> Check:
    """Check that notebooks run in this Python and not in another one."""
    try:
        spec = _import("jupyter_client.kernelspec").KernelSpecManager().get_kernel_spec("python3")
    except Exception as error:  # not installed, or no such kernel
        return Check("FAIL", f"notebooks have no Python kernel: {error}", INSTALL_KERNEL)
    command = Path(spec.argv[0])
    # Jupyter itself puts its own Python where the kernel only says `python`.
    if command.parent == Path() or _same_python(command, Path(sys.executable)):
        return Check("ok", "notebooks run in this Python")
    ours = Path(spec.resource_dir).is_relative_to(sys.prefix)
    mend = INSTALL_KERNEL if ours else "python -m jupyter kernelspec remove python3"
    return Check("FAIL", f"notebooks run in another Python, {command}", mend)


def check_shipped() -> Iterator[Check]:
    """Check that lessons and data came with the installation, whole."""
    try:
        lessons = lessons_in(shipped("notebooks"))
        damaged = [lesson.name for lesson in lessons if not title(lesson)]
    except LessonFilesError as error:
        lessons, damaged = [], [str(error)]
    seen = f"damaged lessons: {', '.join(damaged)}" if damaged else f"{len(lessons)} lessons"
    yield Check("FAIL", seen, REINSTALL.format("rnnedu")) if damaged else Check("ok", seen)
    try:
        datasets = _import("rnnedu.datasets")
        known = [datasets.load_series(name).name for name in datasets.SERIES]
        yield Check("ok", f"data: {', '.join(known)}, {len(datasets.load_names())} names")
    except Exception as error:  # whatever it is, the learner reads it here
        yield Check("FAIL", f"data: {error}", REINSTALL.format("rnnedu"))


def check_player() -> Check:
    """Check that the player runs and that its browser's half is there."""
    try:
        player = _import("rnnedu.widget").StepPlayer(length=2)
        return Check("ok", f"player ({len(str(player._esm)) // 1000} kB for the browser)")
    except Exception as error:  # whatever it is, the learner reads it here
        return Check("FAIL", f"the player does not run: {error}", REINSTALL.format("rnnedu"))


def check_writable(folder: Path) -> Check:
    """Check that lessons can be put here."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Check("ok", f"files can be written in {folder}")
    except OSError as error:
        reason = error.strerror or error
        return Check("FAIL", f"nothing can be written in {folder}: {reason}", "cd to a folder of your own")


def _import(name: str):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # somebody else's deprecations are not the learner's trouble
        return importlib.import_module(name)


def _same_python(one: Path, other: Path) -> bool:
    # Both: a virtual environment's python links to the one it was made from, and one folder may hold several.
    return one.exists() and one.parent.resolve() == other.parent.resolve() and one.samefile(other)
