"""Peak memory of ten training steps, one process a side: after the imports, and at the end."""

import sys

from bench import children, layers, machine, snippet, table

TITLE = "Peak memory of a process, MB: the article's snippet, and a layer alone (T=100, B=64, D=128, H=256)"
COLUMNS = {
    "what": ("what", ""),
    "cell": ("cell", ""),
    "side": ("side", ""),
    "imports": ("after imports", ".0f"),
    "peak": ("at the end", ".0f"),
    "steps": ("for the steps", ".0f"),
}
LAYER = (100, 64, 128, 256)


def rows(quick):
    """Yield a row for each cell and side."""
    for cell in snippet.CELLS[:1] if quick else snippet.CELLS:
        yield from one("article", cell, "rnnedu", side="ours")
        for backend in snippet.BACKENDS:
            yield from one("article", cell, f"Keras on {backend}", ("keras", backend), side="keras")
    for cell in ("lstm",) if quick else layers.CELLS:
        yield from one("layer", cell, "rnnedu", side="kernelside")
        yield from one("layer", cell, "PyTorch", ("torch",), side="torchside")


def one(what, cell, name, needs=(), **arguments):
    """Return the rows of one child."""
    labels = {"what": what, "cell": cell, "side": name}
    variables = {"KERAS_BACKEND": needs[-1]} if "keras" in needs else {}
    rows = machine.skipped(f"{name}, {cell}", *needs)
    return rows or children.rows(f"memory:{what}", labels, variables=variables, cell=cell, **arguments)


def article(cell, side):
    """The child: the snippet, ten batches."""
    exec(snippet.IMPORTS[side].format(cell=cell), {})
    imports = peak()
    train = snippet.step(**snippet.run(side, cell))
    for _ in range(10):
        train()
    return summary(imports)


def layer(cell, side):
    """The child: a layer forward and backward, ten times."""
    from importlib import import_module

    from bench import kernelside

    module = import_module(f"bench.{side}")
    imports = peak()
    T, B, D, H = LAYER
    run = module.forward_backward(cell, kernelside.weights(cell, D, H), *kernelside.sequence(T, B, D, H))
    for _ in range(10):
        run()
    return summary(imports)


def summary(imports):
    """Return the row: the peak after the imports, at the end, and the difference."""
    end = peak()
    return [{"imports": imports, "peak": end, "steps": end - imports}]


def peak():
    """Return this process' peak resident memory in MB."""
    import resource  # POSIX only: elsewhere the row names what is missing

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def show(found):
    """Print the rows."""
    table.show(TITLE, found, COLUMNS)
