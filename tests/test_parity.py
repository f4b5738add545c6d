"""Layers and whole trainings against Keras and PyTorch: golden arrays, made by golden/make_layers.py, make_training.py.

PyTorch's are in float64 and are met to 1e-10; Keras' in float32, its products are whatever floatx says.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from rnnedu import layers, optim
from rnnedu.kernels import KERNELS
from rnnedu.layers import Call, chain
from rnnedu.models import Sequential

LAYERS, TRAINING = (np.load(Path(__file__).with_name("golden") / f"{name}.npz") for name in ("layers", "training"))
TRAININGS = [json.loads(str(case)) for case in TRAINING["cases"]]
CASES = [json.loads(str(case)) for case in LAYERS["cases"]]
NOTHING = {"peer": "", "mask": None, "initial": 0}
TOLERANCE = {"keras": 1e-5, "torch": 1e-10, "autograd": 1e-10}


def title(case):
    """Return what a case is called in pytest's output."""
    words = [json.dumps(each) for each in case["layers"]]
    return f"{case['peer']} {' '.join(words)} {case['mask']} {case['initial']}".translate(
        str.maketrans("", "", '"[]{}')
    )


def expected(number):
    """Return the results of a case by name."""
    case, found, start = CASES[number], {}, 0
    for name, shape in case["results"].items():
        size = int(np.prod(shape))
        found[name] = LAYERS[f"case_{number}"][start : start + size].reshape(shape)
        start += size
    return found


def array(name):
    """Return an input or a weight; "name:0" is its first row."""
    name, _, row = name.partition(":")
    return LAYERS[name][int(row)] if row else LAYERS[name]


def layer_of(name, config):
    """Return our layer for Keras' (class, config)."""
    if name == "Bidirectional":
        return layers.Bidirectional(layer_of(*config["layer"]), merge_mode=config["merge_mode"])
    return getattr(layers, name)(**config)


def ours(case):
    """Return our results for a case by name."""
    made, x = [layer_of(*each) for each in case["layers"]], array(case["input"])
    weights = [array(name) for name in case["weights"]]
    if len(made) > 1 or isinstance(made[0], layers.Embedding):
        return of_stack(made, x, weights)
    mask = None if case["mask"] is None else LAYERS[case["mask"]]
    return of_layer(made[0], x, weights, mask, [LAYERS[f"initial{k}"] for k in range(case["initial"])])


def cotangent(y):
    """Return the gradient of the output that the golden script used."""
    return LAYERS[f"dy{y.ndim}"][..., : y.shape[-1]]


def of_layer(layer, x, weights, mask, initial):
    """Return what calling a layer gives, and the gradients of its weights, its input and its initial states."""
    layer.build(x.shape, dtype="float64")
    layer.set_weights(weights)
    given = layer(x, mask=mask, initial_state=initial or None)
    y, *last = given if isinstance(given, list) else [given]
    _, cache = layer.forward(
        layer.params, x, Call(mask=mask, state=layer.check_state(initial or None, len(x), x.dtype))
    )
    grads = {name: np.full(array.shape, np.nan) for name, array in layer.params.items()}
    if last:
        gradients = through_states(layer, cache, cotangent(y), grads)
    else:
        gradients = {"dx": layer.backward(layer.params, cache, cotangent(y), grads)}
    gradients |= {f"d{k}": gradient for k, gradient in enumerate(grads.values())}
    return {"y": y} | {f"last{k}": state for k, state in enumerate(last)} | gradients


def through_states(layer, cache, dy, grads):
    """Go back with a gradient on the last states too, which only the kernel takes."""
    dh, dlast = None, [LAYERS[f"dlast{k}"] for k in range(len(cache[0].last))]
    if layer.return_sequences:
        dh = (dy[:, ::-1] if layer.go_backwards else dy).swapaxes(0, 1)
    else:
        dlast[0] = dlast[0] + dy
    back = KERNELS[layer.cell].backward(cache[0], dh, tuple(dlast))
    layer.write(back.grads, grads)
    return {"dx": back.dx.swapaxes(0, 1)} | {f"dinitial{k}": d for k, d in enumerate(back.initial)}


def of_stack(made, x, weights):
    """Return the output and the gradients of the weights of layers one after the other."""
    model = Sequential(made, dtype="float64")
    model.build(x.shape)
    model.set_weights(weights)
    home = model.home
    passed = chain.forward(made, home.state, x, training=True)
    gradients = home.layout.bind(np.full(home.layout.size, np.nan))
    chain.backward(made, home.state, passed, cotangent(passed.y), gradients)
    every = [array for views in gradients.views for array in views.values()]
    return {"y": passed.y} | {f"d{k}": gradient for k, gradient in enumerate(every)}


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: title(CASES[number]))
def test_a_layer_gives_what_the_peers_give(number):
    case, want = CASES[number], expected(number)
    got = ours(case)
    assert set(got) >= set(want)
    for name, array in want.items():
        assert got[name].shape == array.shape
        worst = np.abs(got[name] - array).max()
        assert worst <= TOLERANCE[case["peer"]] * max(1, np.abs(array).max()), f"{name}: {worst}"


# ---- whole trainings


def trained(number, peer):
    """Return a compiled model with the weights that a training begins with, and its (x, y, sample weights)."""
    case = TRAININGS[number]
    x, y, weights = (None if name is None else TRAINING[name] for name in case["data"])
    model = Sequential([layer_of(*each) for each in case["layers"]], dtype="float32" if peer == "keras" else "float64")
    name, settings = case["optimizer"]
    optimizer = optim.get({"class_name": name, "config": settings | {"convention": peer}})
    model.compile(optimizer, case["loss"], metrics=["accuracy"])
    model.build(x.shape)
    sizes = np.cumsum([np.prod(shape) for shape in case["shapes"]])
    begin = np.split(TRAINING[f"case_{number}|begin"], sizes[:-1])
    model.set_weights([w.reshape(shape) for w, shape in zip(begin, case["shapes"], strict=True)])
    return model, x, y, weights


@pytest.mark.parametrize(("peer", "tolerance"), [("keras", 1e-4), ("torch", 1e-8)])
@pytest.mark.parametrize("number", range(len(TRAININGS)), ids=lambda number: title(TRAININGS[number] | NOTHING))
def test_a_training_takes_the_course_it_takes_elsewhere(number, peer, tolerance):
    if f"case_{number}|{peer}" not in TRAINING:
        pytest.skip("Keras' backend for PyTorch cannot train two stateful layers")
    model, x, y, weights = trained(number, peer)
    steps = model.steps(x, y, batch_size=4, epochs=6, shuffle=False, sample_weight=weights)
    losses = np.array([step.loss for step in steps])
    np.testing.assert_allclose(losses, TRAINING[f"case_{number}|{peer}"], rtol=0, atol=tolerance)
    end = np.concatenate([w.ravel() for w in model.get_weights()])
    np.testing.assert_allclose(end, TRAINING[f"case_{number}|{peer}_end"], rtol=0, atol=10 * tolerance)


@pytest.mark.parametrize("number", [k for k in range(len(TRAININGS)) if f"history_{k}" in TRAINING])
def test_fit_writes_down_what_keras_writes_down(number):
    model, x, y, weights = trained(number, "keras")
    want = json.loads(str(TRAINING[f"history_{number}"]))
    held = (x[-8:], y[-8:]) if weights is None else (x[-8:], y[-8:], weights[-8:])
    weights = None if weights is None else weights[:-8]
    options = {"batch_size": 4, "epochs": 6, "shuffle": False, "verbose": 0}
    got = model.fit(x[:-8], y[:-8], sample_weight=weights, validation_data=held, **options).history
    assert set(got) == set(want)
    for name, values in want.items():
        np.testing.assert_allclose(got[name], values, rtol=0, atol=1e-4, err_msg=name)
