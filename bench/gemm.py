"""What share of the machine's rate of matrix products (sgemm, one thread) the kernels reach."""

from bench import children, clock, table

TITLE = "Share of the sgemm rate, forward and backward, T=50, B=64, D=H, one thread (aim: 70 % at H=512)"
CELLS = ("rnn", "lstm", "gru")
HIDDEN = (64, 128, 256, 512)
SQUARE = 1024  # a product of this size runs at the machine's full rate
COLUMNS = {
    "cell": ("cell", ""),
    "H": ("H", ""),
    "ours_ms": ("ours ms", ".2f"),
    "rate": ("our GFLOP/s", ".0f"),
    "peak": ("sgemm GFLOP/s", ".0f"),
    "ratio": ("share", ".0%"),
    "low": ("25 %", ".0%"),
    "high": ("75 %", ".0%"),
}


def rows(quick):
    """Yield a row for each cell and size."""
    for cell in CELLS:
        yield from children.rows("gemm:measure", {"cell": cell}, threads=1, cell=cell, rounds=5 if quick else 11)


def measure(cell, rounds):
    """The child: the kernel and a large product in turn."""
    import numpy as np

    from bench import kernelside

    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, SQUARE, SQUARE), np.float32)
    out = np.empty_like(a)
    found = []
    for H in HIDDEN:
        size = (50, 64, H, H)
        run = kernelside.forward_backward(cell, kernelside.weights(cell, H, H), *kernelside.sequence(*size))
        row = clock.compare(clock.alternate({"ours": run, "gemm": lambda: np.matmul(a, b, out=out)}, rounds), "gemm")
        found.append({"H": H} | share(row, kernelside.flops(cell, *size)))
    return found


def share(row, operations):
    """Return the row with times turned into rates; its ratio is then ours over sgemm's."""
    scale = operations / (2 * SQUARE**3)
    row |= {key: row[key] * scale for key in ("ratio", "low", "high")}
    return row | {"rate": operations / row["ours_ms"] / 1e6, "peak": 2 * SQUARE**3 / row["peer_ms"] / 1e6}


def show(found):
    """Print the rows."""
    table.show(TITLE, found, COLUMNS)
