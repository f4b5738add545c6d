"""Plots of kept results: `python -m bench.plots bench/results/*.json` draws them again."""

import json
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FixedLocator, LogLocator, NullLocator

COLOURS = ("#4477aa", "#ee6677", "#228833")  # distinct for colour-blind readers; the hatches say it without colour
HATCHES = ("", "//", "..")
NAMES = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


def draw(path):
    """Draw bench/results/<name>.json as <name>.png beside it, if there is a picture of that kind of result."""
    result = json.loads(path.read_text(encoding="utf-8"))
    rows = [row for row in result["rows"] if "problem" not in row]
    if path.stem not in PICTURES or not rows:
        return
    figure = PICTURES[path.stem](rows)
    figure.text(0.005, 0.005, f"{result['machine']['processor']}, {result['machine']['cores']} cores", fontsize=7)
    figure.savefig(path.with_suffix(".png"), dpi=120)
    plt.close(figure)


def ratios(rows, panel, place, series, label="", ylabel="times as fast"):
    """Return a figure: a panel for each value of `panel`, groups of bars by `place`, a bar for each of `series`."""
    panels = list(dict.fromkeys(row[panel] for row in rows))
    figure, axes = plt.subplots(1, len(panels), figsize=(4.6 * len(panels), 4), sharey=True, squeeze=False)
    for ax, value in zip(axes[0], panels, strict=True):
        bars(ax, [row for row in rows if row[panel] == value], place, series)
        ax.set_title(value)
        ax.set_xlabel(label)
    axes[0, 0].set_ylabel(ylabel)
    axes[0, 0].legend(frameon=False)
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    return figure


def bars(ax, rows, place, series):
    """Draw the ratios with their quartiles, on a logarithmic axis with a line at 1: as fast as the peer."""
    places, kinds = (list(dict.fromkeys(row[key] for row in rows)) for key in (place, series))
    for kind, name in enumerate(kinds):
        shown = [row for row in rows if row[series] == name]
        x = [places.index(row[place]) + (kind - (len(kinds) - 1) / 2) * 0.8 / len(kinds) for row in shown]
        spread = [[row["ratio"] - row["low"] for row in shown], [row["high"] - row["ratio"] for row in shown]]
        style = {"color": COLOURS[kind], "hatch": HATCHES[kind], "edgecolor": "white", "label": NAMES.get(name, name)}
        ax.bar(x, [row["ratio"] - 1 for row in shown], 0.75 / len(kinds), bottom=1, yerr=spread, **style)
    ax.axhline(1, color="black", linewidth=0.8)
    ax.set_yscale("log")
    plain_ticks(ax.yaxis, LogLocator(subs=(1, 2, 5)))
    ax.set_xticks(range(len(places)), places, rotation=30, ha="right", fontsize=8)


def plain_ticks(axis, locator):
    """Write 0.5, 1, 2 on a logarithmic axis, and nothing in between."""
    axis.set_major_locator(locator)
    axis.set_major_formatter("{x:g}")
    axis.set_minor_locator(NullLocator())


def growth(rows):
    """Return a figure: a panel for each dimension, a line of time over size for each cell."""
    dimensions = list(dict.fromkeys(row["of"] for row in rows))
    figure, axes = plt.subplots(1, len(dimensions), figsize=(3.6 * len(dimensions), 3.6), sharey=True, squeeze=False)
    for ax, of in zip(axes[0], dimensions, strict=True):
        shown = [row for row in rows if row["of"] == of]
        for row, marker, colour in zip(shown, "os^", COLOURS, strict=False):
            ax.loglog(
                row["sizes"], row["times"], f"-{marker}", color=colour, label=f"{row['cell']}, {row['slope']:.2f}"
            )
        ax.set_xlabel(of)
        plain_ticks(ax.xaxis, FixedLocator(shown[0]["sizes"]))
        ax.legend(frameon=False, title="slope")
    plain_ticks(axes[0, 0].yaxis, LogLocator(subs=(1, 2, 5)))
    axes[0, 0].set_ylabel("ms")
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    return figure


PICTURES = {
    "layers": lambda rows: ratios(rows, "threads", "size", "cell", "T, B, D, H", "times as fast as PyTorch"),
    "snippet": lambda rows: ratios([r for r in rows if r["threads"] != "1 thread"], "peer", "what", "cell"),
    "charlm": lambda rows: ratios(rows, "threads", "size", "cell"),
    "scaling": growth,
}

if __name__ == "__main__":
    for name in sys.argv[1:]:
        draw(pathlib.Path(name))
