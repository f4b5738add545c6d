"""`python -m bench.lesson_figures [0 4 ...]`: count again what the lessons state; without numbers: all lessons.

A module `lesson_NN` has FIGURES, a dict: what is counted -> function without arguments that returns what was found, as
text, or as Stated beside the interval of the lesson's text: the exit code is 1 if one lies outside. Each is printed
with its seconds and with how long a plain loop takes, by which a busy machine is known.
"""

import importlib
import pkgutil
import sys
import time

import bench.lesson_figures as package

LOOPS = 5_000_000


def main(asked):
    """Print the figures of the lessons asked for, by number; return how many lie outside their interval."""
    modules = sorted(each.name for each in pkgutil.iter_modules(package.__path__) if each.name.startswith("lesson_"))
    chosen = [name for name in modules if not asked or name.removeprefix("lesson_") in asked]
    return sum(show(importlib.import_module(f"bench.lesson_figures.{name}")) for name in chosen)


def show(module):
    """Print what is counted, what was found and how long it took; return how many lie outside their interval."""
    outside = 0
    print(f"\n{module.__doc__.splitlines()[0]}")
    for what, figure in module.FIGURES.items():
        found, seconds = timed(figure)
        print(f"- {what}: {found} ({seconds:.1f} s; a loop of {LOOPS:,} takes {timed(loop)[1]:.2f} s)", flush=True)
        outside += not getattr(found, "holds", True)
    return outside


def timed(run):
    """Return what run() returns, and its seconds."""
    start = time.perf_counter()
    found = run()
    return found, time.perf_counter() - start


def loop():
    """Run a plain loop of the top level, where a variable is looked up by its name."""
    exec(f"for i in range({LOOPS}): pass", {})


if __name__ == "__main__":
    sys.exit(1 if main([f"{int(number):02d}" for number in sys.argv[1:]]) else 0)
