"""Build the lessons: notebooks/source/NN_name.py (percent format) -> notebooks/NN_name.ipynb.

From the same source the instructor's notebook is built, notebooks/instructor/NN_name.ipynb. It has the cells tagged
"instructor", the page for who teaches, and "solution", which the learner's lacks.

    python notebooks/build.py            build every lesson
    python notebooks/build.py --check    build none; fail and name the lessons that are not up to date

A lesson is executed from top to bottom, its trainings in short (RNNEDU_SHORT, see rnnedu/lessons/setting.py), then
outputs are stripped but for the check cells (tag "keep_output"), which nbval compares. Everything else
that differs from machine to machine is removed. The code of quizzes and predictions, which holds their answers, is
folded away.
"""

import argparse
import os
import pathlib
import re
import sys

import jupytext
import nbformat
from nbclient import NotebookClient
from nbstripout import strip_output

HERE = pathlib.Path(__file__).parent
FOR_TEACHERS = {"instructor", "solution"}
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
SECONDS = 120  # a cell that takes longer is not a lesson's cell


def build(source, instructor=False):
    """Return the text of the notebook that `source`, a path in percent format, becomes for learner or instructor."""
    notebook = jupytext.read(source)
    if not instructor:
        notebook.cells = [cell for cell in notebook.cells if not for_teachers(cell)]
    notebook.metadata = nbformat.from_dict(KERNEL)
    os.environ["RNNEDU_SHORT"] = "1"  # the kernel inherits it
    NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(HERE)}}).execute()
    strip_output(notebook, keep_output=False, keep_count=True, keep_id=True)
    notebook.metadata = nbformat.from_dict(KERNEL)
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"{source.stem}-{number:02}".replace("_", "-")
        cell.metadata = metadata(cell)
        drop_views(cell)
        join_streams(cell)
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def for_teachers(cell):
    """Return whether a cell is the instructor's alone."""
    return bool(FOR_TEACHERS & set(cell.metadata.get("tags", [])))


def drop_views(cell):
    """Keep the text of a widget that a check cell shows; its view belongs to a kernel that is gone."""
    for output in cell.get("outputs", []):
        output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)


def metadata(cell):
    """Return what a cell keeps: its tags; a quiz or a prediction is shown without the code that holds its answers."""
    kept = {"tags": cell.metadata.tags} if "tags" in cell.metadata else {}
    hidden = cell.cell_type == "code" and re.search(r"^(Quiz|Prediction)\(", cell.source, re.MULTILINE)
    return kept | ({"jupyter": {"source_hidden": True}} if hidden else {})


def join_streams(cell):
    """Make one output of what is printed: in how many pieces it arrives differs from run to run."""
    kept = []
    for output in cell.get("outputs", []):
        if kept and output.output_type == kept[-1].output_type == "stream" and output.name == kept[-1].name:
            kept[-1].text += output.text
        else:
            kept.append(output)
    if cell.cell_type == "code":
        cell.outputs = kept


def targets(source):
    """Return {path: whether it is the instructor's} of the notebooks that a source becomes."""
    book = HERE / f"{source.stem}.ipynb"
    taught = any(for_teachers(cell) for cell in jupytext.read(source).cells)
    return {book: False} | ({HERE / "instructor" / book.name: True} if taught else {})


def outdated(source):
    """Return the committed notebooks that differ from what their source builds."""
    built = ((path, build(source, instructor)) for path, instructor in targets(source).items())
    return [path for path, text in built if not path.exists() or path.read_text(encoding="utf-8") != text]


def main(arguments=None):
    """Build, or with --check compare; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("lessons", nargs="*", help="their names; all of them when none is given")
    options = parser.parse_args(arguments)
    every = sorted((HERE / "source").glob("*.py"))
    unknown = sorted(set(options.lessons) - {path.stem for path in every})
    if unknown:
        parser.error(f"no such lesson: {', '.join(unknown)}")
    sources = [path for path in every if not options.lessons or path.stem in options.lessons]
    if options.check:
        late = [path for source in sources for path in outdated(source)] + strays(every)
        sys.stdout.write("".join(f"{path.name} is not what its source builds; run: make lessons\n" for path in late))
        return 1 if late else 0
    for source in sources:
        for path, instructor in targets(source).items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(build(source, instructor), encoding="utf-8", newline="\n")
            sys.stdout.write(f"built {path.relative_to(HERE).as_posix()}\n")
    return 0


def strays(sources):
    """Return the notebooks that no source builds."""
    built = {path for source in sources for path in targets(source)}
    return sorted({*HERE.glob("*.ipynb"), *HERE.glob("instructor/*.ipynb")} - built)


if __name__ == "__main__":
    sys.exit(main())
