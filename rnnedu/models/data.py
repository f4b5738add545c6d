"""Checks of what `fit` and its kin are given; everything is refused before anything changes."""

import contextlib
from dataclasses import replace

import numpy as np

from rnnedu import validate
from rnnedu.train import Data


@contextlib.contextmanager
def all_or_nothing(model):
    """Leave a model that was not built as it was when its data are refused: other shapes may follow."""
    built = model.built
    try:
        yield
    except BaseException:
        if not built:
            model.unbuild()
        raise


def listed(name, value):
    """Return a list or tuple as a tuple, None as (); TypeError for anything else, also for a str."""
    if not isinstance(value, (list, tuple, type(None))):
        raise TypeError(f"{name} is a {type(value).__name__}; accepted is a list")
    return tuple(value or ())


def inputs(model, x):
    """Return x as the model's first layer takes it, after checking rank, sizes and values."""
    x = model.layers[0].prepare(x)
    shape = model.input_shape
    fits = len(shape) == x.ndim and all(want in (None, size) for want, size in zip(shape[1:], x.shape[1:], strict=True))
    if not fits:
        sizes = ", ".join(str(size or "any") for size in shape[1:])
        raise ValueError(f"x has shape {x.shape}; accepted is (N, {sizes}), as the model was built")
    return x


def checked(model, x, y, sample_weight):
    """Return a Data. The model is built from the shape of x if it is not yet."""
    if model.optimizer is None:
        raise ValueError("the model is not compiled; call compile(optimizer, loss) first")
    _refuse_no_probabilities(model)
    if not model.built:
        _build(model, x)
    _ = model.home
    x = inputs(model, x)
    shape = model.shape_after(x.shape)
    y = model.loss.prepare(y, shape)
    if len(y) != len(x):
        raise ValueError(f"y has {len(y)} rows; accepted are {len(x)}, one for each of x")
    return Data(x, y, _weights(model, sample_weight, y, shape))


def _refuse_no_probabilities(model):
    """Raise ValueError where a loss of probabilities would get numbers that are none: it would learn nonsense."""
    link, last = model.loss.link, getattr(model.layers[-1], "activation", None) if model.layers else None
    if link is not None and last in ("linear", "tanh", "relu"):
        raise ValueError(
            f"loss is {model.loss.name} and the last layer's activation is {last!r}; accepted is "
            f"activation={link!r}, or a loss with from_logits=True"
        )


def refuse_empty(model):
    """Raise ValueError unless there are layers."""
    if not model.layers:
        raise ValueError("the model has no layers; add one first")


def _build(model, x):
    """Build the model for data like this, once it has passed the first layer's check. Other lengths may follow."""
    refuse_empty(model)
    first = model.layers[0]
    _, *sizes = first.prepare(x).shape
    if len(sizes) == first.sequence_rank:
        sizes[0] = None
    model.build((None, *sizes))


def _weights(model, sample_weight, y, shape):
    """Return the weight of each sequence (N,), or of each of its timesteps (N, T), or None."""
    if sample_weight is None:
        return None
    T = shape[1:2] if len(shape) == 3 and model.loss.per_step and np.ndim(sample_weight) == 2 else ()
    weights = validate.shaped("sample_weight", sample_weight, (len(y), *T), model.dtype)
    if weights.min() < 0:
        raise ValueError(f"sample_weight holds {weights.min()}; accepted are numbers >= 0")
    return weights


def by_class(model, training, class_weight):
    """Return the Data with each sequence weighted by its class too; classes that are not named weigh 1."""
    if class_weight is None:
        return training
    validate.kind("class_weight", class_weight, dict)
    y, weights = training.y, training.weights
    if len(model.output_shape) == 3:
        raise ValueError("class_weight is given for sequences of labels; accepted is one label for each sequence")
    labels = y if y.ndim == 1 else y.argmax(-1) if y.shape[1] > 1 else y[:, 0]
    table = {
        validate.integer("class_weight key", k, 0): validate.number("class_weight", v, 0)
        for k, v in class_weight.items()
    }
    each = np.array([table.get(int(label), 1.0) for label in labels], model.dtype)
    return replace(training, weights=each if weights is None else (weights.T * each).T)


def divided(model, training, fraction, given):
    """Return (training, validation or None): validation data as given, or the last `fraction` of the training data."""
    if given is not None:
        if not isinstance(given, (tuple, list)) or len(given) not in (2, 3):
            raise TypeError("validation_data is no pair; accepted is (x, y) or (x, y, sample_weight)")
        x, y, *weight = given
        try:
            return training, checked(model, x, y, weight[0] if weight else None)
        except (ValueError, TypeError) as error:  # the caller gave two of each
            raise type(error)(f"validation_data: {error}") from None
    fraction = validate.number("validation_split", fraction, 0, 1, high_included=False)
    kept = int(len(training) * (1 - fraction))  # as Keras rounds
    if fraction == 0 or kept == len(training):
        return training, None
    if kept == 0:
        raise ValueError(f"validation_split is {fraction}; accepted is one that leaves data to train on")
    return training.take(slice(0, kept)), training.take(slice(kept, None))


def check_batches(model, batch_size, *parts):
    """Raise ValueError if a stateful layer would get batches of several sizes; `parts` are Data, arrays or None."""
    if not any(getattr(layer, "stateful", False) for layer in model.layers):
        return
    starts = [(len(part), start) for part in parts if part is not None for start in range(0, len(part), batch_size)]
    sizes = {min(batch_size, N - start) for N, start in starts}
    if len(sizes) > 1:
        raise ValueError(
            f"batch_size is {batch_size}, which leaves batches of {' and '.join(map(str, sorted(sizes)))} sequences; "
            "accepted with a stateful layer is one that makes all batches equal"
        )
    model.home.state.refuse_other_batch(sizes.pop())
