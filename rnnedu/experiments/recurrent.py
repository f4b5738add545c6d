"""Parameters of any cell for an experiment: recurrent weights of a given spectral radius, gates' biases as wished."""

from functools import cache

import numpy as np

from rnnedu import validate
from rnnedu.cells import cell_of, get
from rnnedu.initializers import orthogonal

D = 4  # numbers in one input: with W_x as Glorot draws it, inputs of sd 1 move a sum before a gate by about 0.3


def _gaussian(rng, H):
    return rng.standard_normal((H, H))


def _symmetric(rng, H):
    drawn = rng.standard_normal((H, H))
    return drawn + drawn.T


def _triangular(rng, H):
    return np.eye(H) + np.triu(rng.standard_normal((H, H)), 1) / np.sqrt(H)


INITIALIZERS = {
    "orthogonal": lambda rng, H: orthogonal(rng, (H, H), np.float64),
    "gaussian": _gaussian,
    "symmetric": _symmetric,
    "triangular": _triangular,
    "identity": lambda _, H: np.eye(H),
}
ON_CIRCLE = ("orthogonal", "triangular", "identity")  # every eigenvalue has modulus 1 by construction


@cache
def of_radius_one(initializer, H, seed, place):
    """Return a read-only (H, H) float64 matrix of spectral radius 1, the largest modulus of an eigenvalue.

    initializer : a name in INITIALIZERS. "orthogonal": all gains are 1 too. "gaussian": the gains reach about 2.
    "symmetric": the largest gain is 1, most are smaller. "triangular": all eigenvalues are 1, and still gains reach
    far above it. "identity". place : which block of the cell; each is drawn by itself.
    """
    drawn = INITIALIZERS[initializer](np.random.default_rng([seed, place]), H)
    if initializer not in ON_CIRCLE:
        drawn = drawn / np.abs(np.linalg.eigvals(drawn)).max()
    drawn.flags.writeable = False
    return drawn


def parameters(cell, H, rho, initializer, biases, options, seed):
    """Return Params, float64, with D = 4 inputs.

    Every (H, H) block of the recurrent weights (for the LSTM W_hi, W_hf, W_hg, W_ho) is drawn by itself and scaled to
    the spectral radius `rho`. biases : letter of a sigmoid gate -> its bias, the same for all units; the other
    biases, and W_x, are as the cell's `init` draws them.

    Raises ValueError or TypeError for what the cell does not have.
    """
    begun = get(cell).init(D, H, seed=seed, **_options(get(cell), options))
    changed = gate_biases(begun)
    wanted = {validate.named("biases", gate, changed): value for gate, value in biases.items()}
    for place, name in enumerate(recurrent_blocks(begun)):
        wanted[name] = rho * of_radius_one(initializer, H, seed, place)
    return _with_blocks(begun, wanted)


def _options(cell, options):
    declared = {f.name: f.metadata["accepted"] for f in cell.Params.declared("accepted")}
    for name, value in validate.kind("options", options, dict).items():
        validate.choice(name, value, validate.named("options", name, declared))
    return options


def recurrent_blocks(params):
    """Return the names of the (H, H) blocks that multiply a state, in order: "W_h", or "W_hi" ... "W_ho"."""
    stems = tuple(f.name for f in params.declared("dims") if f.metadata["dims"][0] == "H")
    return [name for name, block in vars(params.blocks).items() if name.startswith(stems) and block.ndim == 2]


def gates(params):
    """Return the letters of the cell's sigmoid gates, in the order of its equations: i, f, o of the LSTM."""
    lines = {line.symbol: line.tree for line in cell_of(params).forward_equations(params)}
    return [symbol.removesuffix("_t") for symbol, tree in lines.items() if tree[:2] == ("call", "sigmoid")]


def gate_biases(params):
    """Return letter of a sigmoid gate -> the name of its bias, "f" -> "b_f", for the gates that have one."""
    return {gate: f"b_{gate}" for gate in gates(params) if hasattr(params.blocks, f"b_{gate}")}


def _with_blocks(params, blocks):
    """Return parameters in which some blocks hold other values."""
    loose = params.replace()  # its arrays are copies of its own
    for array in loose.arrays().values():
        array.flags.writeable = True
    parts = vars(loose.blocks)
    for name, value in blocks.items():
        parts[name][...] = value
    return loose.replace()
