"""What can be run symbol by symbol: models in which nothing depends on what comes later, and the states inside them."""

import copy

from rnnedu import unroll, validate
from rnnedu.layers import Call, Dense, Dropout, Embedding, TimeDistributed
from rnnedu.layers.recurrent import Recurrent
from rnnedu.models import Sequential
from rnnedu.trace import Trace

ACCEPTED = (Embedding, Recurrent, Dropout, Dense, TimeDistributed)


def check(model):
    """Return a Sequential whose every output depends on the inputs up to it, and on nothing else that is hidden.

    A stateful layer will do: whoever runs the model here says which state it begins from.
    Raises TypeError for no Sequential; ValueError for a layer that reads backwards, returns only its last output before
    the end of the stack, or hides timesteps, and for a model that is not built.
    """
    validate.kind("model", model, Sequential)
    _ = model.home
    for layer in model.layers:
        wrong = _wrong(layer, last=layer is model.layers[-1])
        if wrong:
            raise ValueError(f"the layer {layer.name!r} {wrong}; accepted is a model that reads forward, step by step")
    return model


def _wrong(layer, last):
    """Return what is wrong with a layer, or nothing."""
    if not isinstance(layer, ACCEPTED):
        return f"is a {type(layer).__name__}"
    if getattr(layer, "mask_zero", False):
        return "hides the symbol 0 (mask_zero)"
    if isinstance(layer, Recurrent) and layer.go_backwards:
        return "has go_backwards"
    if isinstance(layer, Recurrent) and not (layer.return_sequences or last):
        return "lacks return_sequences=True"
    return ""


def recurrent(model):
    """Return the recurrent layers of a model, in order. Raises ValueError where there are none."""
    found = [layer for layer in check(model).layers if isinstance(layer, Recurrent)]
    if not found:
        raise ValueError("the model has no recurrent layer; accepted is one with SimpleRNN, LSTM, GRU or RNN")
    return found


def stepping(model):
    """Return the model's layers such that each recurrent one hands on its state, for `layers.chain.forward`."""
    twins = [copy.copy(layer) for layer in model.layers]  # a layer is its options: the weights come in beside it
    for twin in twins:
        if isinstance(twin, Recurrent):
            twin.stateful = True
    return twins


def trace(model, x, layer=0):
    """Return the Trace of a model's recurrent layer number `layer`, from 0, over the batch x: (B, T) or (B, T, D).

    The layers before it run as in `predict`; the layer itself is stepped through by `unroll`.
    Raises as `check` does, ValueError also for a layer that is not there and for inputs that do not fit.
    """
    found = recurrent(model)
    wanted = found[validate.integer("layer", layer, 0, len(found) - 1)]
    x = model.layers[0].prepare(x)
    model.shape_after(x.shape)
    for each in model.layers[: model.layers.index(wanted)]:
        x, _ = each.forward(each.params, x, Call())
    return Trace.of(unroll.forward(wanted.to_cell(), x.swapaxes(0, 1)))
