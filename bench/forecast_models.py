"""Make the forecasting models that come with rnnedu, and say how good they are.

    python -m bench.forecast_models [folder] [laser mackey_glass]

Without a folder nothing is written. The models are those of the tasks' recipes with seed 0: `python -m bench.figures
series` says how much the errors vary with the seed.
"""

import argparse
import pathlib
import time

from bench.names_model import write
from rnnedu.experiments import forecast
from rnnedu.experiments.forecast_models import KIND, SHIPPED
from rnnedu.experiments.forecast_tasks import TASKS


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("tasks", nargs="*", metavar="task", help=f"of {', '.join(SHIPPED)}; without: all")
    asked = parser.parse_args()
    for name in asked.tasks or SHIPPED:
        task = TASKS[name]
        began = time.perf_counter()
        model = task.recipe_of(KIND).train(task.split)
        took = time.perf_counter() - began
        score = task.score(forecast.running(model, task.recipe.window))
        print(f"{name}: RMSE {score.error:.4f} training sd, band of 80 % encloses {score.covered:.1%}, {took:.1f} s")
        if asked.folder:
            write(model, asked.folder / pathlib.Path(SHIPPED[name]).name)


if __name__ == "__main__":
    main()
