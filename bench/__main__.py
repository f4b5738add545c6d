"""`python -m bench [layers snippet ...] [--quick] [--results FOLDER]`: measure, print tables, keep JSON and plots."""

import argparse
import importlib
import json
import pathlib
import sys

from bench import charlm, gemm, layers, machine, memory, scaling, snippet

MEASURES = {
    "layers": layers,
    "snippet": snippet,
    "charlm": charlm,
    "gemm": gemm,
    "scaling": scaling,
    "memory": memory,
}
BROWSER = ("cursor", "latency")  # in a real browser
NAMES = [*MEASURES, *BROWSER]


def main():
    """Run what was asked for; exit with 1 if a child process failed."""
    asked = arguments()
    about = machine.describe()
    print("\n".join(machine.lines(about)))
    failed, kept = [], []
    for name in asked.what or NAMES:
        if name in BROWSER:
            in_browser(name)
            continue
        rows = list(MEASURES[name].rows(asked.quick))
        MEASURES[name].show(rows)
        failed += [row["name"] for row in rows if row.get("failed")]
        kept.append(keep(asked.results, name, {"machine": about, "quick": asked.quick, "rows": rows}))
    draw(kept)
    sys.exit(f"failed: {'; '.join(failed)}" if failed else 0)


def arguments():
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", nargs="*", metavar="what", help=f"of {', '.join(NAMES)}; without: all")
    parser.add_argument("--quick", action="store_true", help="fewer sizes and rounds: a first look")
    parser.add_argument("--results", type=pathlib.Path, default=pathlib.Path(__file__).parent / "results")
    asked = parser.parse_args()
    if unknown := [name for name in asked.what if name not in NAMES]:
        parser.error(f"what is {', '.join(unknown)}; accepted is {', '.join(NAMES)}")
    return asked


def keep(folder, name, result):
    """Write the rows as JSON and return the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return path


def draw(paths):
    """Draw the kept results."""
    from bench import plots  # Matplotlib is loaded after all measurements: a child's peak starts at its parent's

    for path in paths:
        plots.draw(path)


def in_browser(name):
    """Measure widgets in a browser, where the tests' tools are installed."""
    try:
        measure = importlib.import_module(f"bench.{name}")
    except ImportError as error:
        print(f"\n{name}: skipped, {error.name} not installed")
        return
    print()
    measure.main()


if __name__ == "__main__":
    main()
