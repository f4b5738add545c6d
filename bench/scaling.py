"""How the cost of a layer grows with T, B and H: slopes of log(time) over log(size)."""

from bench import children, clock, table

TITLE = (
    "Growth of forward and backward, one thread, around T=50, B=32, D=64, H=128 (slope 1: twice as much, twice as long)"
)
CELLS = ("rnn", "lstm", "gru")
MIDDLE = {"T": 50, "B": 32, "D": 64, "H": 128}
SIZES = {"T": (25, 50, 100, 200, 400), "B": (16, 32, 64, 128, 256), "H": (32, 64, 128, 256, 512)}
COLUMNS = {
    "cell": ("cell", ""),
    "of": ("of", ""),
    "sizes": ("sizes", ""),
    "times": ("ms", ".2f"),
    "slope": ("slope", ".2f"),
}


def rows(quick):
    """Yield a row for each cell and dimension."""
    for cell in CELLS:
        yield from children.rows("scaling:measure", {"cell": cell}, threads=1, cell=cell, rounds=3 if quick else 9)


def measure(cell, rounds):
    """The child: all sizes of a dimension in turn, then the slope of a line through the logarithms of the medians."""
    import statistics

    import numpy as np

    from bench import kernelside

    found = []
    for of, sizes in SIZES.items():
        sides = {}
        for size in sizes:
            at = MIDDLE | {of: size}
            w, sequence = kernelside.weights(cell, at["D"], at["H"]), kernelside.sequence(**at)
            sides[size] = kernelside.forward_backward(cell, w, *sequence)
        times = clock.alternate(sides, rounds)
        ms = [1e3 * statistics.median(wall for wall, _ in times[size]) for size in sizes]
        slope = float(np.polyfit(np.log(sizes), np.log(ms), 1)[0])
        found.append({"of": of, "sizes": sizes, "times": ms, "slope": slope})
    return found


def show(found):
    """Print the rows."""
    table.show(TITLE, found, COLUMNS)
