"""The runs behind the player: which parameters, over which input, there and back."""

import numpy as np

from rnnedu import unroll, validate
from rnnedu.cells import cell_of, get
from rnnedu.trace import Trace

MAX_UNITS = 16  # beyond it a page shows nothing that can be read


def run(params, x, loss="last"):
    """Return the Trace of `params` over x (T, B, D), there and back, for L = the sum of h_T, or of every h_t."""
    dh = np.ones((len(x), x.shape[1], params.H), params.dtype)
    if validate.choice("loss", loss, ("last", "every")) == "last":
        dh[:-1] = 0  # as `dh`, not `dh_last`: it comes from L, and nothing comes from beyond T
    ahead = unroll.forward(params, x.astype(params.dtype))
    return Trace.of(ahead, unroll.backward(ahead, dh=dh))


def fresh(name, D, units, seed, options):
    """Return parameters of the cell `name` as they begin, for an input of D numbers."""
    units = validate.integer("units", units, 1, MAX_UNITS)
    seed = validate.integer("seed", seed, 0)
    cell = get(name)
    known = accepted_options(cell)
    for option in options:
        if option not in known:
            accepted = ", ".join(known) or f"none, {cell.title} has no options"
            raise ValueError(f"options names {option!r}; accepted: {accepted}")
    return cell.init(D, units, seed=seed, **options)


def accepted_options(cell):
    """Return option name -> its accepted values, the default first."""
    return {field.name: list(field.metadata["accepted"]) for field in cell.Params.declared("accepted")}


def describe(params):
    """Return the player's traits that say which parameters are shown."""
    cell = cell_of(params)
    options = {name: getattr(params, name) for name in accepted_options(cell)}
    return {"cell": cell.name, "units": validate.integer("units", params.H, 1, MAX_UNITS), "options": options}
