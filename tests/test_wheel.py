"""The wheel carries what a learner needs, and nothing else, and works unpacked away from the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", ".gitignore")
FOLDERS = ("rnnedu", "data", "notebooks", "tests")
LITTER = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", ".pytest_cache", "*.pyc")


def run(*words, cwd, **env):
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=cwd, env=os.environ | env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy to build from, with a lesson and things that must stay out."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in SOURCES:
        shutil.copy(ROOT / name, copy)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, copy / name, ignore=LITTER)
    for name in ("notebooks/97_probe.ipynb",):
        (copy / name).write_text("{}")
    for name in (".venv/lib/probe.py", "rnnedu/__pycache__/probe.pyc", "notebooks/.ipynb_checkpoints/98_probe.ipynb"):
        (copy / name).parent.mkdir(parents=True)
        (copy / name).write_text("")
    return copy


@pytest.fixture(scope="module")
def wheel(checkout, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=checkout)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel):
    return set(zipfile.ZipFile(wheel).namelist())


def below(folder, pattern):
    return {path.relative_to(folder).as_posix() for path in folder.rglob(pattern) if path.is_file()}


def test_package_is_there_with_everything_that_is_not_code(checkout, names):
    assert {f"rnnedu/{name}" for name in below(checkout / "rnnedu", "*.*") if "__pycache__" not in name} <= names
    for pattern in ("NOTATION.md", "widget/js/*.js", "widget/css/*.css"):
        assert {path.relative_to(checkout).as_posix() for path in (checkout / "rnnedu").glob(pattern)} <= names


def test_lessons_and_data_are_there(checkout, names):
    assert {f"rnnedu/share/data/{name}" for name in below(checkout / "data", "*")} <= names
    lessons = {f"rnnedu/share/notebooks/{path.name}" for path in (checkout / "notebooks").glob("*.ipynb")}
    assert "rnnedu/share/notebooks/97_probe.ipynb" in lessons
    assert lessons <= names


def test_nothing_else_is_there(names):
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"rnnedu"}
    assert not [name for name in names if "tests/" in name or ".venv" in name or "__pycache__" in name]
    assert not [name for name in names if "checkpoints" in name or "notebooks/source" in name or "build.py" in name]


def test_unpacked_wheel_delivers_its_lessons(wheel, tmp_path):
    site, desk = tmp_path / "site", tmp_path / "desk"
    zipfile.ZipFile(wheel).extractall(site)
    desk.mkdir()
    out = run("-P", "-m", "rnnedu", "lessons", "mine", cwd=desk, PYTHONPATH=str(site))
    shipped = {path.name for path in (site / "rnnedu/share/notebooks").glob("*.ipynb")}
    delivered = {path.name for path in (desk / "mine").glob("*.ipynb")}
    assert "97_probe.ipynb" in delivered
    assert delivered == shipped
    assert str((desk / "mine").resolve()) in out
    where = run("-P", "-c", "import rnnedu; print(rnnedu.__file__)", cwd=desk, PYTHONPATH=str(site))
    assert Path(where.strip()).resolve().is_relative_to(site.resolve())
