"""Look at an installation and say, for whatever is wrong, the command that mends it."""

import importlib
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from rnnedu.lessonfiles import LessonFilesError, lessons_in, shipped
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
    except metadata.PackageNotFoundError:
        return Check("FAIL", f"{name} is not installed", INSTALL_LAB)
    except Exception as error:  # a broken package may raise anything
        reason = str(error).partition("\n")[0]
        return Check("FAIL", f"{name} cannot be imported: {reason}", REINSTALL.format(name))
    if is_older(version, least):
        return Check("FAIL", f"{name} {version}, rnnedu needs {least}", f'{PIP} "{name}>={least}"')
    return Check("ok", f"{name} {version}")


def check_engine() -> Check:
    """Check that every cell runs on this NumPy and that its written gradient is the slope of its output."""
    try:
        cells = _import("rnnedu.cells").CELLS
        wrong = [name for name, cell in cells.items() if slope_error(cell) > 1e-8]
    except Exception as error:  # whatever it is, the learner reads it here
        return Check("FAIL", f"the engine does not run: {error}", REINSTALL.format("numpy rnnedu"))
    if wrong:
        return Check("FAIL", f"wrong gradients: {', '.join(wrong)}", REINSTALL.format("numpy rnnedu"))
    return Check("ok", f"gradients of {', '.join(cells)} agree with numerical ones")


def slope_error(cell) -> float:
    """Return the largest difference between dx_t as the cell writes it and as differences of h_t give it."""
    np, eps = _import("numpy"), 1e-6
    params, x_t = cell.init(2, 3), np.array([[0.5, -1.0]])
    state = [np.full((1, 3), 0.3) for _ in cell.state]
    gradients = [np.full((1, 3), float(name == "h")) for name in cell.state]
    written = cell.step_back(params, cell.step(params, x_t, *state), *gradients).dx_t
    ends = [[cell.step(params, x_t + e, *state).h_t.sum() for e in (d, -d)] for d in eps * np.eye(2)]
    numerical = [(above - below) / (2 * eps) for above, below in ends]
    return float(abs(written - numerical).max())


def check_lab_extensions() -> Iterator[Check]:
    """Check that JupyterLab will find the browser's half of the widgets."""
    try:
        places = [Path(place) for place in _import("jupyter_core.paths").jupyter_path("labextensions")]
    except ImportError:
        yield Check("FAIL", "Jupyter is not installed", INSTALL_LAB)
        return
    for extension, package in LAB_EXTENSIONS.items():
        if any((place / extension / "package.json").is_file() for place in places):
            yield Check("ok", f"lab extension {extension}")
        else:
            yield Check("FAIL", f"lab extension {extension} is missing", REINSTALL.format(package))


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
    """Check that lessons and data came with the installation."""
    try:
        yield Check("ok", f"{len(lessons_in(shipped('notebooks')))} lessons")
    except LessonFilesError as error:
        yield Check("FAIL", str(error), REINSTALL.format("rnnedu"))
    data = shipped("data")
    if data and any(data.iterdir()):
        yield Check("ok", f"data in {data}")
    else:
        yield Check("FAIL", "the data files are missing", REINSTALL.format("rnnedu"))


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
