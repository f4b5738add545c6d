"""Build the lessons: notebooks/source/NN_name.py (percent format) -> notebooks/NN_name.ipynb.

    python notebooks/build.py            build every lesson
    python notebooks/build.py --check    build none; fail and name the lessons that are not up to date

A lesson is executed from top to bottom, then outputs are stripped but for the check cells (tag "keep_output"),
which nbval compares. Everything else that differs from machine to machine is removed. The code of quizzes and
predictions, which holds their answers, is folded away.
"""

import argparse
import pathlib
import re
import sys

import jupytext
import nbformat
from nbclient import NotebookClient
from nbstripout import strip_output

HERE = pathlib.Path(__file__).parent
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
SECONDS = 120  # a cell that takes longer is not a lesson's cell


def build(source):
    """Return the text of the notebook that `source`, a path in percent format, becomes."""
    notebook = jupytext.read(source)
    notebook.metadata = nbformat.from_dict(KERNEL)
    NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(HERE)}}).execute()
    strip_output(notebook, keep_output=False, keep_count=True, keep_id=True)
    notebook.metadata = nbformat.from_dict(KERNEL)
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"{source.stem}-{number:02}".replace("_", "-")
        cell.metadata = metadata(cell)
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def metadata(cell):
    """Return what a cell keeps: its tags; a quiz or a prediction is shown without the code that holds its answers."""
    kept = {"tags": cell.metadata.tags} if "tags" in cell.metadata else {}
    hidden = cell.cell_type == "code" and re.search(r"^(Quiz|Prediction)\(", cell.source, re.MULTILINE)
    return kept | ({"jupyter": {"source_hidden": True}} if hidden else {})


def target(source):
    """Return the notebook's path for a source's path."""
    return HERE / f"{source.stem}.ipynb"


def outdated(source):
    """Return whether the committed notebook differs from what its source builds."""
    path = target(source)
    return not path.exists() or path.read_text(encoding="utf-8") != build(source)


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
        late = [target(path).name for path in sources if outdated(path)]
        late += [path.name for path in HERE.glob("*.ipynb") if path.stem not in {source.stem for source in every}]
        sys.stdout.write("".join(f"{name} is not what its source builds; run: make lessons\n" for name in late))
        return 1 if late else 0
    for path in sources:
        target(path).write_text(build(path), encoding="utf-8", newline="\n")
        sys.stdout.write(f"built {target(path).name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
