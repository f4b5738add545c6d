"""The lessons are what their sources build, and keep to the rules of a lesson (nbval runs them)."""

import ast
import importlib.util
import pathlib
import re

import nbformat
import pytest

from rnnedu import widget

NOTEBOOKS = pathlib.Path(__file__).parents[1] / "notebooks"
SOURCES = sorted((NOTEBOOKS / "source").glob("*.py"))
LESSONS = [path for path in SOURCES if path.stem[0].isdigit()]
ALLOWED_IMPORTS = {"numpy", "matplotlib", "rnnedu", "tempfile"}
SECTIONS = (
    "**You will be able to**",
    "| minutes | what |",
    "## Predict first",
    "## Exit questions",
    "## In this lesson you have",
)
PAGE = (
    "**Goal.**",
    "| 45 minutes | what |",
    "**What students usually predict.**",
    "| misconception | the question that exposes it |",
    "**To discuss.**",
    "**On the projector.**",
)
WIDGETS = [name for name in widget.__all__ if name[0].isupper()]


def load_builder():
    spec = importlib.util.spec_from_file_location("build", NOTEBOOKS / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def notebook(path):
    return nbformat.read(NOTEBOOKS / f"{path.stem}.ipynb", as_version=4)


def code(path):
    return [cell for cell in notebook(path).cells if cell.cell_type == "code"]


def named(paths):
    return [pytest.param(path, id=path.stem) for path in paths]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the kernel's client library's own
@pytest.mark.parametrize("source", named(SOURCES))
def test_it_is_what_its_source_builds(source):
    late = [path.relative_to(NOTEBOOKS).as_posix() for path in load_builder().outdated(source)]
    assert not late, "differs from its source; run: make lessons"


def test_every_notebook_has_a_source():
    assert load_builder().strays(SOURCES) == []


def test_what_is_printed_in_pieces_is_one_output():
    pieces = [nbformat.v4.new_output("stream", name=name, text=text) for name, text in ("o1", "o2", "e3", "o4")]
    cell = nbformat.v4.new_code_cell("", outputs=pieces)
    load_builder().join_streams(cell)
    assert [(output.name, output.text) for output in cell.outputs] == [("o", "12"), ("e", "3"), ("o", "4")]


@pytest.mark.parametrize("source", named(SOURCES))
def test_metadata_names_no_machine(source):
    book = notebook(source)
    assert book.metadata == {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    assert all(set(cell.metadata) <= {"tags", "jupyter"} for cell in book.cells)


@pytest.mark.parametrize("source", named(LESSONS))
def test_the_code_of_quizzes_and_predictions_is_folded_away(source):
    for cell in code(source):
        answers = "\nQuiz(" in f"\n{cell.source}" or "\nPrediction(" in f"\n{cell.source}"
        assert answers == ("jupyter" in cell.metadata), cell.source


@pytest.mark.parametrize("source", named(LESSONS))
def test_check_cells_are_compared_and_others_are_bare(source):
    # nbval passes a check cell without a count or without an output in silence
    checks = [cell for cell in code(source) if "nbval-check-output" in cell.metadata.get("tags", [])]
    assert checks
    for cell in code(source):
        assert cell.execution_count, cell.source
        assert bool(cell.outputs) == (cell in checks), cell.source
    assert all("keep_output" in cell.metadata.tags for cell in checks)


@pytest.mark.parametrize("source", named(SOURCES))
def test_cells_are_short_and_define_little(source):
    for cell in code(source):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        data = "Option(" in cell.source  # a quiz is text
        assert len(lines) <= 15 or data, cell.source
        assert len(re.findall(r"^\s*(?:def|class) ", cell.source, re.MULTILINE)) <= 1, cell.source


@pytest.mark.parametrize("source", named(SOURCES))
def test_imports_come_from_the_list(source):
    for cell in code(source):
        for node in ast.walk(ast.parse(cell.source)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= ALLOWED_IMPORTS, cell.source


@pytest.mark.parametrize("source", named(LESSONS))
def test_a_lesson_has_its_parts(source):
    text = "\n".join(cell.source for cell in notebook(source).cells)
    assert [part for part in SECTIONS if part not in text] == []
    assert text.count("\nQuiz(") + text.startswith("Quiz(") == 3
    assert text.count("Prediction(\n") >= 2
    assert re.search(rf"^({'|'.join(WIDGETS)})\(", text, re.MULTILINE)
    assert re.search(r"^check\(\w+", text, re.MULTILINE)
    assert not re.search(r'"(instructor|solution)"', str([cell.metadata for cell in notebook(source).cells]))


@pytest.mark.parametrize("source", named(LESSONS))
def test_the_instructors_notebook_has_the_page_and_the_solutions(source):
    book = nbformat.read(NOTEBOOKS / "instructor" / f"{source.stem}.ipynb", as_version=4)
    page = next(cell.source for cell in book.cells if "instructor" in cell.metadata.get("tags", []))
    assert [part for part in PAGE if part not in page] == []
    solutions = [cell for cell in book.cells if "solution" in cell.metadata.get("tags", [])]
    assert solutions
    for cell in solutions:
        if re.search(r"^check\(", cell.source, re.MULTILINE):
            assert "Right" in str(cell.outputs), cell.source


@pytest.mark.parametrize("source", named(LESSONS))
def test_minutes_stay_under_forty_and_are_those_of_the_readme(source):
    minutes = [int(n) for n in re.findall(r"^\| (\d+) \|", notebook(source).cells[0].source, re.MULTILINE)]
    assert 20 <= sum(minutes) <= 40
    readme = (NOTEBOOKS.parent / "README.md").read_text(encoding="utf-8")
    assert f"(notebooks/{source.stem}.ipynb) | {sum(minutes)} |" in readme


@pytest.mark.parametrize("source", named(LESSONS))
def test_outputs_hold_no_path_and_no_address(source):
    text = str([cell.outputs for cell in code(source)])
    assert not re.search(r"0x[0-9a-f]{6,}|/home/|/tmp/|Traceback", text)
