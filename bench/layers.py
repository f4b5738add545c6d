"""A layer forward and backward, against torch.nn.RNN, LSTM and GRU: same weights, results compared, then timed."""

from bench import children, clock, machine, table

TITLE = "Layer, forward and backward, PyTorch's time over ours"
GRID = (  # T, B, D, H
    (25, 1, 64, 100),
    (50, 32, 1, 32),
    (50, 32, 32, 64),
    (100, 32, 64, 128),
    (100, 64, 128, 256),
    (50, 64, 256, 512),
)
CELLS = ("rnn", "lstm", "gru")
AIMS = {
    ("rnn", "1 thread"): 3.0,
    ("lstm", "1 thread"): 1.0,
    ("gru", "1 thread"): 2.5,
    ("rnn", "default threads"): 3.4,
    ("lstm", "default threads"): 1.6,
    ("gru", "default threads"): 3.1,
}
COLUMNS = {
    "cell": ("cell", ""),
    "threads": ("threads", ""),
    "size": ("T, B, D, H", ""),
    "ours_ms": ("ours ms", ".3f"),
    "peer_ms": ("PyTorch ms", ".3f"),
    "ratio": ("ratio", ".2f"),
    "low": ("25 %", ".2f"),
    "high": ("75 %", ".2f"),
    "ours_cores": ("our cores", ".1f"),
    "peer_cores": ("their cores", ".1f"),
}


def rows(quick):
    """Yield a row for each thread setting, cell and size."""
    if lacking := machine.skipped("PyTorch", "torch"):
        yield from lacking
        return
    options = {"grid": GRID[::2] if quick else GRID, "rounds": 5 if quick else 15}
    for threads, number in children.SETTINGS.items():
        for cell in CELLS:
            yield from children.rows(
                "layers:measure", {"cell": cell, "threads": threads}, threads=number, cell=cell, **options
            )


def measure(cell, grid, rounds):
    """The child: compare the two sides' results and time them, one size after the other."""
    return [{"size": ", ".join(map(str, size)), **one_size(cell, *size, rounds)} for size in grid]


def one_size(cell, T, B, D, H, rounds):
    """Return the row of one size."""
    from bench import kernelside, torchside

    w, (x, dh) = kernelside.weights(cell, D, H), kernelside.sequence(T, B, D, H)
    sides = {side.__name__.split(".")[-1]: side.forward_backward(cell, w, x, dh) for side in (kernelside, torchside)}
    agree(sides["kernelside"](), sides["torchside"]())
    return clock.compare(clock.alternate(sides, rounds), "torchside", "kernelside")


def agree(ours, theirs):
    """Raise AssertionError if the two sides do not do the same work."""
    import numpy as np

    for name, own, other in zip(("h", "dx"), ours, theirs, strict=True):
        np.testing.assert_allclose(own, other, rtol=0, atol=1e-4 * np.abs(other).max(), err_msg=name)


def show(found):
    """Print the rows and their geometric means."""
    table.show(TITLE, found, COLUMNS)
    table.show_means(found, ("cell", "threads"), AIMS)
