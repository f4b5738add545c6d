"""What the three have in common: asking for the peer, the order of gates, and putting weights into new layers."""

import importlib

import numpy as np

from rnnedu import validate
from rnnedu.layers import GRU, LSTM, Bidirectional, Dense, Dropout, Embedding, SimpleRNN, building
from rnnedu.models import Sequential

SHARED = (Embedding, SimpleRNN, LSTM, GRU, Dense, Dropout)  # what PyTorch and ONNX have too


def need(name, *packages):
    """Return the peer's module. Raises ImportError that says what to install: `packages`."""
    try:
        return importlib.import_module(name)
    except ImportError as error:  # also a peer that lacks something itself, as Keras without a backend
        raise ImportError(f"{error}; to get it: pip install {' '.join(packages)}", name=name) from error


def reorder(array, held, wanted):
    """Return stacked gates (..., G*H) that stand in the order `held` in the order `wanted`, e.g. "zrn" as "rzn"."""
    parts = dict(zip(held, np.split(array, len(held), axis=-1), strict=True))
    return np.concatenate([parts[gate] for gate in wanted], axis=-1)


def built(model):
    """Return the model after checking that it is a Sequential with weights; its input_shape is known then."""
    _ = validate.kind("model", model, Sequential).home
    return model


def halves(layer, params):
    """Return [(recurrent layer, its weights)]: one, or of a Bidirectional two, forward and backward."""
    return list(layer.halves(params)) if isinstance(layer, Bidirectional) else [(layer, params)]


def cell_layer(layer):
    """Return the recurrent layer itself, or the forward one of a Bidirectional."""
    return layer.forward_layer if isinstance(layer, Bidirectional) else layer


def refuse(layer, peer, reason):
    """Raise the ValueError that says why a peer cannot have this layer."""
    raise ValueError(f"layer {layer.name!r} is {layer!r}; {peer} cannot hold it: {reason}")


def follow_masks(layers, peer):
    """Return, for each layer, whether a mask reaches it.

    Raises ValueError where the mask would have to be turned round: behind a masked layer with go_backwards and
    return_sequences the padding comes first, and the peers, Keras included, do not follow it there.
    """
    found, masked = [], False
    for layer in layers:
        found.append(masked)
        sequences = getattr(cell_layer(layer), "return_sequences", True)
        if masked and sequences and getattr(layer, "go_backwards", False):
            refuse(layer, peer, "go_backwards with return_sequences after mask_zero puts the padding first")
        masked = sequences and (masked or (isinstance(layer, Embedding) and layer.mask_zero))
    return found


def refuse_unlike(layer, peer):
    """Raise ValueError for what neither PyTorch nor ONNX has: carried states, Lags, Masking, any cell as RNN."""
    if getattr(cell_layer(layer), "stateful", False):
        refuse(layer, peer, "it carries its state from call to call (stateful); accepted is stateful=False")
    if type(cell_layer(layer)) not in SHARED:
        refuse(layer, peer, f"accepted are {', '.join(each.__name__ for each in SHARED)}, Bidirectional of these")


def settle(layers, shape, weights, dtype):
    """Give layers that have no weights yet these, a list in Keras' order, for inputs of this shape; return the Home.

    Nothing is drawn at random, and nothing is allocated before all shapes were compared. Raises ValueError for
    another number of arrays, another shape, NaN or infinity.
    """
    specs, shapes = building.plan(layers, building.full_shape(shape))
    wanted = [
        (f"{layer.name} {name}", spec.shape)
        for layer, each in zip(layers, specs, strict=True)
        for name, spec in each.items()
    ]
    if len(weights) != len(wanted):
        names = ", ".join(f"{name} {shape}" for name, shape in wanted)
        raise ValueError(f"weights has {len(weights)} arrays; accepted are {len(wanted)}: {names}")
    arrays = [validate.shaped(name, each, size, dtype) for (name, size), each in zip(wanted, weights, strict=True)]
    return building.settle(layers, specs, shapes, arrays, dtype)


def assemble(layers, shape, weights, dtype, name):
    """Return a Sequential of these layers with these weights. Raises as `settle` does."""
    model = Sequential(layers, name=name, dtype=dtype)
    model.settle(settle(model.layers, shape, weights, model.dtype), building.full_shape(shape))
    return model
