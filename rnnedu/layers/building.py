"""From layers to weights: shapes handed on from layer to layer, weights drawn, settled and replaced."""

from dataclasses import replace

import numpy as np

from rnnedu import validate
from rnnedu.layers.weights import Home, Layout


def sample_shape(shape, name="input_shape"):
    """Return the shape of one sample as a tuple of sizes, None where any size is accepted."""
    if not isinstance(shape, (tuple, list)):
        raise TypeError(f"{name} is {shape!r}; accepted is a tuple such as (T, D), None where any size will do")
    return tuple(None if size is None else validate.integer(f"{name}[{i}]", size, 1) for i, size in enumerate(shape))


def full_shape(shape, name="input_shape"):
    """Return the shape of a batch, (B, ...)."""
    shape = sample_shape(shape, name)
    if not shape:
        raise ValueError(f"{name} is (); accepted is (B, ...), the shape of a batch, None for B")
    return shape


def build(layers, shape, seed, dtype):
    """Draw the weights of layers that follow one another, for inputs of this shape, and return their Home."""
    specs, shapes = plan(layers, shape)
    drawn = []
    for index, variables in enumerate(specs):
        rng = np.random.default_rng([seed, index])  # a layer's weights do not depend on the layers before it
        drawn += [spec.initializer(rng, spec.shape, dtype) for spec in variables.values()]
    return settle(layers, specs, shapes, drawn, dtype)


def plan(layers, shape):
    """Return each layer's specs and each layer's input shape. Raises ValueError if one cannot follow the other."""
    specs, shapes = [], []
    for layer in layers:
        after = layer.output_shape(shape)
        specs.append(layer.specs(shape))
        shapes.append(shape)
        shape = after
    return specs, shapes


def settle(layers, specs, shapes, arrays, dtype):
    """Move layers into a new Home with these arrays as weights."""
    layout = Layout({name: spec.shape for name, spec in variables.items()} for variables in specs)
    home = Home(layout, layout.gather(arrays, dtype))
    for index, (layer, shape) in enumerate(zip(layers, shapes, strict=True)):
        layer.home, layer.index, layer.built_shape = home, index, shape
    return home


def replace_weights(layers, weights):
    """Replace the weights of layers that share a Home, all at once, after checking every shape."""
    for layer in layers:
        _ = layer.params  # raises unless built
    home = layers[0].home
    if not isinstance(weights, (list, tuple)):
        raise TypeError(f"weights is a {type(weights).__name__}; accepted is a list of arrays")
    wanted = [(layer, name, view) for layer in layers for name, view in layer.params.items()]
    if len(weights) != len(wanted):
        raise ValueError(f"weights has {len(weights)} arrays; accepted are {len(wanted)}: {_listed(wanted)}")
    fresh = home.layout.bind(home.state.weights.flat.copy())
    for (layer, name, view), array in zip(wanted, weights, strict=True):
        label = f"weights of {layer.name}, {name},"
        fresh.views[layer.index][name][...] = validate.shaped(label, array, view.shape, view.dtype)
    home.state = replace(home.state, weights=fresh)


def _listed(wanted):
    return ", ".join(f"{layer.name} {name} {view.shape}" for layer, name, view in wanted)
