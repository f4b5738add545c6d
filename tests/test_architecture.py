"""Who may import whom. datasets -> engine -> trace -> view -> widget -> lessons, each only from its left.

Checked twice: by reading every import of every module, and by importing in a fresh process.
"""

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "rnnedu"


@dataclass(frozen=True)
class Layer:
    """The parts of rnnedu that belong to a layer, the other layers and the third parties that it may import."""

    parts: tuple[str, ...]
    may: tuple[str, ...] = ()
    third: tuple[str, ...] = ()
    inside: bool = False  # whether a function may import any third party, and do without it at import


ENGINE = (
    "functions", "initializers", "cells", "unroll", "kernels", "layers", "ctc", "optim", "train", "gradcheck",
    "losses", "metrics", "callbacks", "configured",
)  # fmt: skip
LAYERS = {
    "datasets": Layer(("datasets",), third=("numpy",), inside=True),  # soundfile, where recordings are read
    "validate": Layer(("validate",), third=("numpy",)),
    "engine": Layer(ENGINE, ("validate",), ("numpy",)),
    "models": Layer(("models", "progress"), ("engine", "validate"), ("numpy",), inside=True),  # tqdm, if it is there
    "interop": Layer(("interop",), ("models", "engine", "validate"), ("numpy",), inside=True),  # the peer's library
    "trace": Layer(("trace",), ("engine", "validate"), ("numpy",)),
    "experiments": Layer(
        ("experiments", "speech"), ("trace", "models", "engine", "validate", "datasets"), ("numpy",)
    ),
    "view": Layer(("view",), ("trace", "validate"), ("numpy", "matplotlib")),
    "widget": Layer(
        ("widget",),
        ("view", "experiments", "trace", "models", "engine", "validate", "datasets"),  # a new value is a new run
        ("numpy", "ipywidgets", "anywidget", "traitlets", "IPython.display"),
    ),
    "lessons": Layer(
        ("lessons",),
        ("widget", "view", "experiments", "trace", "interop", "models", "engine", "validate", "datasets"),
        ("numpy", "matplotlib", "ipywidgets", "anywidget", "traitlets", "IPython.display"),
    ),
    "server": Layer(("promptly",), (), ("jupyter_server",)),  # named to Jupyter, imported by Jupyter alone
    "outer": Layer(
        ("cli", "__main__", "lessonfiles", "doctor", "requirements", "servers"),
        ("lessons", "widget", "view", "experiments", "trace", "interop", "models", "engine", "validate", "datasets"),
        inside=True,
    ),
}
LAYER_OF = {part: name for name, layer in LAYERS.items() for part in layer.parts}
MODULES = sorted(PACKAGE.rglob("*.py"))


def dotted(path):
    """Return the module's name: rnnedu/cells/__init__.py is rnnedu.cells."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(name):
    """Return the part of rnnedu that a module's name lies in: rnnedu.cells.lstm lies in cells, rnnedu in ""."""
    return [*name.split("."), ""][1]


def exists(name):
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


def imports(source, module, package=False):
    """Yield (name, whether it stands inside a function) for all that is imported, in dotted absolute names."""
    tree = ast.parse(source)
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) in inside
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.split(".")[: len(module.split(".")) - node.level + package]
                base = ".".join([*parents, *([node.module] if node.module else [])])
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield (whole if base.split(".")[0] != "rnnedu" or exists(whole) else base), id(node) in inside


def violations(source, module, package=False):
    """Return what a module imports and may not, as sentences."""
    part = part_of(module)
    layer = LAYERS[LAYER_OF[part]] if part else Layer(())
    wrong = []
    for name, in_function in imports(source, module, package):
        top = name.split(".")[0]
        if top == "rnnedu":
            other = part_of(name)
            if other and LAYER_OF.get(other) not in (LAYER_OF.get(part), *layer.may):
                wrong.append(f"{module} imports {name}: accepted are {', '.join(layer.may) or 'none'}")
        elif top not in sys.stdlib_module_names:
            free = layer.inside and in_function
            if not free and not any(f"{name}.".startswith(f"{third}.") for third in layer.third):
                wrong.append(f"{module} imports {name}: accepted are {', '.join(layer.third) or 'none'}")
    return wrong


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_module_imports_from_its_left_only(path):
    name = dotted(path)
    assert part_of(name) in {"", *LAYER_OF}, f"{name} belongs to no layer: give it one in {Path(__file__).name}"
    assert not violations(path.read_text(encoding="utf-8"), name, path.name == "__init__.py")


def test_the_layers_are_in_order():
    """No two layers may import each other, and no part is in two layers."""
    order = list(LAYERS)
    for name, layer in LAYERS.items():
        assert all(order.index(other) < order.index(name) for other in layer.may)
    assert len(LAYER_OF) == sum(len(layer.parts) for layer in LAYERS.values())


@pytest.mark.parametrize(
    ("module", "source", "wrong"),
    [
        ("rnnedu.cells.lstm", "import matplotlib.pyplot as plt", True),
        ("rnnedu.cells.lstm", "def f():\n    import scipy", True),
        ("rnnedu.cells.lstm", "from rnnedu.trace import Trace", True),
        ("rnnedu.cells.lstm", "from rnnedu import trace", True),
        ("rnnedu.cells.lstm", "from ..trace import Trace", True),
        ("rnnedu.cells.lstm", "from rnnedu import validate, __version__\nfrom . import base", False),
        ("rnnedu.datasets.text", "from rnnedu import functions", True),
        ("rnnedu.trace", "from rnnedu.cells import cell_of\nimport numpy", False),
        ("rnnedu.trace", "import rnnedu.view", True),
        ("rnnedu.view.player", "from rnnedu.cells import cell_of", True),
        ("rnnedu.view.player", "from matplotlib.patches import Circle\nfrom rnnedu.trace import Trace", False),
        ("rnnedu.view.player", "from rnnedu import validate", False),
        ("rnnedu.view.player", "import ipywidgets", True),
        ("rnnedu.widget.player", "import anywidget\nfrom IPython.display import HTML\nimport rnnedu.unroll", False),
        ("rnnedu.widget.player", "from IPython import get_ipython", True),
        ("rnnedu.widget.player", "import matplotlib", True),
        ("rnnedu.interop.torch", "def load():\n    import torch", False),
        ("rnnedu.interop.torch", "import torch", True),
        ("rnnedu.lessons.quiz", "from rnnedu import widget, datasets", False),
        ("rnnedu.lessons.quiz", "from rnnedu import cli", True),
        ("rnnedu", "import numpy", True),
        ("rnnedu", "from rnnedu import cells", True),
        ("rnnedu.cli", "import numpy", True),
    ],
)  # fmt: skip
def test_the_reader_of_imports_sees(module, source, wrong):
    assert bool(violations(source, module)) is wrong


def fresh(names, forbidden):
    """Import modules in a new process and return which of the forbidden packages came along."""
    code = (
        "import importlib, json, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        f"print(json.dumps([name for name in {forbidden!r} if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def modules_of(*layers):
    return [dotted(path) for path in MODULES if LAYER_OF.get(part_of(dotted(path))) in layers]


def test_the_engine_loads_nothing_that_draws():
    names = ["rnnedu", *modules_of("datasets", "validate", "engine", "models", "trace", "interop")]
    assert {"rnnedu.cells.lstm", "rnnedu.unroll", "rnnedu.gradcheck", "rnnedu.trace", "rnnedu.datasets"} <= set(names)
    others = ["matplotlib", "ipywidgets", "anywidget", "traitlets", "IPython", "scipy", "pandas", "tqdm"]
    assert fresh(names, others) == "[]"


def test_the_views_load_no_widget():
    names = modules_of("view")
    assert names
    assert fresh(names, ["ipywidgets", "anywidget", "traitlets", "IPython"]) == "[]"


def test_the_command_line_starts_without_numpy():
    assert fresh(["rnnedu.cli"], ["numpy", "matplotlib", "ipywidgets"]) == "[]"
