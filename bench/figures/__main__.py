"""`python -m bench.figures [names topics ...] [--seeds 5] [--results FOLDER]`: train, measure, print one table.

Each study runs in a process of its own on one thread, and uses the code that the lessons run. Without names all run,
which takes about an hour. Seconds are those of a quiet machine (see `bench.figures.quiet`).
"""

import argparse
import pathlib

from bench import children, machine, table
from bench.__main__ import keep

# study -> "module:function" of bench.figures; the function takes the number of seeds and returns rows.row's
STUDIES = {
    "names": "text:names",
    "topics": "text:topics",
    "library": "text:library",
    "letters": "text:letters",
    "by_heart": "text:by_heart",
    "speech": "speech:both_ways",
    "speech-one-way": "speech:one_way",
    "series": "series:series",
    "grammar": "words:toy_grammar",
}
COLUMNS = {
    "study": ("study", ""),
    "what": ("what", ""),
    "unit": ("unit", ""),
    "mean": ("mean", ".3f"),
    "low": ("95 % from", ".3f"),
    "high": ("to", ".3f"),
    "best": ("lowest", ".3f"),
    "worst": ("highest", ".3f"),
    "n": ("runs", ""),
    "seconds": ("seconds", ".1f"),
    "aim": ("aim", ""),
}


def main():
    """Run what was asked for; print a table after each study and keep its rows as JSON."""
    asked = arguments()
    about = machine.describe()
    print("\n".join(machine.lines(about)), flush=True)
    for name in asked.studies or STUDIES:
        rows = children.call(f"figures.{STUDIES[name]}", threads=1, seeds=asked.seeds)
        table.show(name, rows, COLUMNS)
        keep(asked.results, f"figures-{name}", {"machine": about, "rows": rows})


def arguments():
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.figures", description=__doc__)
    parser.add_argument("studies", nargs="*", metavar="study", help=f"of {', '.join(STUDIES)}; without: all")
    parser.add_argument("--seeds", type=int, default=5, help="runs of each row that is trained")
    parser.add_argument("--results", type=pathlib.Path, default=pathlib.Path(__file__).parents[1] / "results")
    asked = parser.parse_args()
    if unknown := [name for name in asked.studies if name not in STUDIES]:
        parser.error(f"study is {', '.join(unknown)}; accepted is {', '.join(STUDIES)}")
    return asked


if __name__ == "__main__":
    main()
