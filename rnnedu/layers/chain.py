"""Layers one after the other: forward through all of them, and the chain rule back."""

from dataclasses import dataclass

import numpy as np

from rnnedu.layers.base import Call, finite


@dataclass(frozen=True, eq=False)
class Pass:
    """What a pass forward made.

    y : the output. caches : each layer's. mask : (B, T) that holds for the output, or None.
    carried : index of a stateful layer -> the state it carries to the next batch.
    """

    y: np.ndarray
    caches: list
    mask: np.ndarray | None
    carried: dict


def forward(layers, state, x, *, training=False, seed=(0,), linear=False, work=None, probe=None):
    """Run x (B, ...) through the layers with the weights of a State and return a Pass.

    linear : leave out the last layer's activation. The other options are those of `Call`.

    Raises validate.Overflow if a state or the output leaves the finite numbers.
    """
    caches, carried, mask = [], {}, None
    work = {} if work is None else work
    for index, (layer, params) in enumerate(zip(layers, state.weights.views, strict=True)):
        call = Call(
            training=training,
            mask=mask,
            state=state.carried.get(index),
            seed=(*seed, index),
            linear=linear and index == len(layers) - 1,
            work=work,
            probe=probe,
        )
        mask = layer.next_mask(x, mask)
        with np.errstate(over="ignore", invalid="ignore"):  # seen below
            x, cache = layer.forward(params, x, call)
        caches.append(cache)
        held = layer.carry(cache)
        if held is not None:
            carried[index] = held
    return Pass(finite(x), caches, mask, carried)


def backward(layers, state, passed, dy, gradients):
    """Write the gradient of every weight into `gradients`, a Bound, given the gradient dy of the output."""
    weighted = [index for index, views in enumerate(state.weights.views) if views]
    first = weighted[0] if weighted else len(layers)
    for index in range(len(layers) - 1, first - 1, -1):
        views = state.weights.views[index]
        dy = layers[index].backward(views, passed.caches[index], dy, gradients.views[index], index > first)
