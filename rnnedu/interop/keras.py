"""Models to and from Keras 3.

Nothing has to be turned round: layers, options and weights here are Keras'. Kernels are (D, G*H) and multiply from
the right; gates stand i, f, g, o in the LSTM (Keras writes c for g) and z, r, n in the GRU (Keras writes h for n); the
GRU has two biases, (2, 3H), with reset_after and one, (3H,), without. So, between models of the same layers,

    ours.set_weights(theirs.get_weights())
    theirs.set_weights(ours.get_weights())

is all there is to it. `to_keras` and `from_keras` make the other model too. Three things are not carried over,
because a trained model's output does not depend on them: how weights begin (initializers), what only training
sees (regularizers, constraints, compile), and the state that a stateful layer holds at the moment.

Keras outside TensorFlow multiplies in float32 even with floatx float64: compare at 1e-5 there.
"""

from rnnedu import validate
from rnnedu.interop import common
from rnnedu.layers import Bidirectional, Embedding
from rnnedu.layers.base import LAYERS

_RECURRENT = ("units", "activation", "use_bias", "dropout", "return_sequences", "go_backwards", "stateful")

# class name, which is the same in both -> the options that both have, under the same name
OPTIONS = {
    "Embedding": ("input_dim", "output_dim", "mask_zero"),
    "SimpleRNN": _RECURRENT,
    "LSTM": (*_RECURRENT, "recurrent_activation", "unit_forget_bias"),
    "GRU": (*_RECURRENT, "recurrent_activation", "reset_after"),
    "Dense": ("units", "activation", "use_bias"),
    "Dropout": ("rate", "noise_shape"),
}


def to_keras(model, batch_size=None):
    """Return a keras.Sequential with equal layers, weights and outputs, in the model's dtype.

    model : a built Sequential. batch_size : int, which Keras wants to know where a layer is stateful.

    Raises ImportError without Keras; ValueError for a model that is not built, for a layer that Keras does not have
    (Lags, an LSTM with peepholes), and for a stateful layer without batch_size.
    """
    common.built(model)
    common.follow_masks(model.layers, "Keras")
    if batch_size is not None:
        validate.integer("batch_size", batch_size, 1)
    for layer in model.layers:
        _refuse_for_keras(layer, batch_size)
    keras = common.need("keras", "keras", "tensorflow")
    dtype = "int32" if isinstance(model.layers[0], Embedding) else model.dtype.name
    made = keras.Sequential([keras.Input(model.input_shape[1:], batch_size, dtype)], name=model.name)
    for layer in model.layers:
        made.add(_layer_for_keras(keras.layers, layer, model.dtype.name))
    made.set_weights(model.get_weights())
    return made


def _refuse_for_keras(layer, batch_size):
    cell = common.cell_layer(layer)
    if type(cell).__name__ not in OPTIONS:
        common.refuse(layer, "Keras", f"accepted are {', '.join(OPTIONS)}, Bidirectional")
    if getattr(cell, "use_peepholes", False):
        common.refuse(layer, "Keras", "its LSTM has no peepholes")
    if getattr(cell, "stateful", False) and batch_size is None:
        raise ValueError(f"batch_size is None; accepted is an integer, layer {layer.name!r} is stateful")


def _layer_for_keras(theirs, layer, dtype):
    if isinstance(layer, Bidirectional):
        inner = _layer_for_keras(theirs, layer.forward_layer, dtype)
        return theirs.Bidirectional(inner, layer.merge_mode, name=layer.name, dtype=dtype)
    kind = type(layer).__name__
    options = {name: getattr(layer, name) for name in OPTIONS[kind]}
    return getattr(theirs, kind)(**options, name=layer.name.replace("/", "_"), dtype=dtype)


def from_keras(keras_model, dtype="float32"):
    """Return our Sequential with the layers, weights and outputs of a keras.Sequential.

    keras_model : a built keras.Sequential. dtype : of our weights.

    Raises ImportError without Keras, TypeError for another kind of model, ValueError for a model that is not built
    and, by its name, for a layer or an option that is not here.
    """
    keras = common.need("keras", "keras", "tensorflow")
    validate.kind("keras_model", keras_model, keras.Sequential)
    if not keras_model.built:
        raise ValueError("keras_model is not built; accepted is one with weights: call it once, or begin with an Input")
    layers = [_layer_from_keras(keras.layers, each) for each in keras_model.layers]
    common.follow_masks(layers, "Keras")
    shape = (None, *keras_model.input_shape[1:])
    return common.assemble(layers, shape, keras_model.get_weights(), dtype, keras_model.name)


def _layer_from_keras(theirs, layer):
    if type(layer) is theirs.Bidirectional:
        return _bidirectional_from_keras(theirs, layer)
    _refuse_option(layer, "zero_output_for_mask", getattr(layer, "zero_output_for_mask", False))
    return _single_from_keras(theirs, layer)


def _single_from_keras(theirs, layer):
    kind = type(layer).__name__
    if kind not in OPTIONS or type(layer) is not getattr(theirs, kind):
        raise ValueError(f"layer {layer.name!r} is a {kind}; accepted are {', '.join(OPTIONS)}, Bidirectional")
    config = layer.get_config()
    _refuse_option(layer, "recurrent_dropout", config.get("recurrent_dropout", 0))
    return LAYERS[kind](**{name: config[name] for name in OPTIONS[kind]}, name=layer.name)


def _refuse_option(layer, name, value):
    if value:
        raise ValueError(f"layer {layer.name!r} has {name}={value!r}; accepted is {type(value)()!r}")


def _bidirectional_from_keras(theirs, layer):
    """Return our Bidirectional, if the two layers of Keras' differ in the direction only."""
    pair = [_single_from_keras(theirs, each) for each in (layer.forward_layer, layer.backward_layer)]
    forward, backward = ({name: getattr(each, name) for name in OPTIONS[type(each).__name__]} for each in pair)
    if type(pair[0]) is not type(pair[1]) or forward | {"go_backwards": True} != backward:
        raise ValueError(f"layer {layer.name!r} has a backward_layer of its own kind; accepted is the mirrored layer")
    return Bidirectional(pair[0], layer.merge_mode, name=layer.name)
