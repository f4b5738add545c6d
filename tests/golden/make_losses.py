"""Make losses.npz: values and slopes of losses, values of metrics, from Keras (on PyTorch) and PyTorch, in float64.

    KERAS_BACKEND=torch python tests/golden/make_losses.py

Arrays: the inputs under their names, and for every case its results under "<case>|values" and "<case>|slopes", where
the case is JSON: which peer, the loss as get_config() gives it (or the metric's name), which inputs.
"""

import itertools
import json
from pathlib import Path

import keras
import numpy as np
import torch
from torch.nn import functional

RNG = np.random.default_rng(20)


def softmax(a):
    p = np.exp(a - a.max(-1, keepdims=True))
    return p / p.sum(-1, keepdims=True)


def inputs():
    """Return the arrays: 2 in a name is (B, V), 3 is (B, T, V)."""
    arrays = {}
    for axes, shape in {"2": (6, 5), "3": (3, 4, 5)}.items():
        logits = 3 * RNG.standard_normal(shape)
        labels = RNG.integers(0, 5, shape[:-1])
        certain = softmax(logits)
        certain.reshape(-1, 5)[:2] = np.eye(5)[[1, 3]]  # probabilities of exactly 0 and 1
        certain.reshape(-1, 5)[2] *= 0.3  # a row that does not sum to 1
        labels.flat[:2] = [1, 2]  # once certain and right, once certain and wrong
        arrays |= {
            f"logits{axes}": logits,
            f"probabilities{axes}": certain,
            f"labels{axes}": labels,
            f"onehot{axes}": np.eye(5)[labels],
            f"soft{axes}": softmax(RNG.standard_normal(shape)),
            f"loose{axes}": RNG.uniform(0, 1, shape),  # rows that are no distributions
            f"numbers{axes}": RNG.standard_normal(shape),
            f"binary{axes}": RNG.integers(0, 2, shape).astype(float),
            f"weights{axes}": RNG.uniform(0, 2, shape[:-1]),
        }
    return arrays


def cases():
    """Yield (loss config, y, y_pred) by the inputs' names."""
    for axes, smoothing in itertools.product("23", (0.0, 0.1)):
        for pred, from_logits in (("logits", True), ("probabilities", False)):
            options = {"from_logits": from_logits, "label_smoothing": smoothing}
            for y in ("onehot", "soft", "loose"):
                yield {"name": "categorical_crossentropy", **options}, y + axes, pred + axes
            for y in ("binary", "soft"):
                yield {"name": "binary_crossentropy", **options}, y + axes, pred + axes
            if not smoothing:
                sparse = {"name": "sparse_categorical_crossentropy", "from_logits": from_logits}
                yield sparse, "labels" + axes, pred + axes
        if not smoothing:
            for name in ("mean_squared_error", "mean_absolute_error"):
                yield {"name": name}, "numbers" + axes, "logits" + axes


def with_slopes(function, y_pred):
    y_pred = torch.tensor(y_pred, requires_grad=True)
    values = function(y_pred)
    values.sum().backward()
    return {"values": values.detach().numpy(), "slopes": y_pred.grad.numpy()}


def by_keras(config, y, y_pred):
    options = {key: value for key, value in config.items() if key != "name"}
    loss = keras.losses.get({"class_name": CLASSES[config["name"]], "config": options})
    return with_slopes(lambda p: loss.call(torch.tensor(y), p), y_pred)


def by_torch(config, y, y_pred):
    """Return what torch.nn.functional gives, where it has that loss; None elsewhere."""
    y, name, V = torch.tensor(y), config["name"], y_pred.shape[-1]
    smoothing = config.get("label_smoothing", 0.0)
    if "categorical" in name and config["from_logits"]:
        flat = y.reshape(-1) if "sparse" in name else y.reshape(-1, V)
        result = with_slopes(
            lambda a: functional.cross_entropy(a.reshape(-1, V), flat, reduction="none", label_smoothing=smoothing),
            y_pred,
        )
        return result | {"values": result["values"].reshape(y_pred.shape[:-1])}
    each = {"mean_squared_error": functional.mse_loss, "mean_absolute_error": functional.l1_loss}.get(name)
    if name == "binary_crossentropy" and config["from_logits"] and not smoothing:
        each = functional.binary_cross_entropy_with_logits
    return each and with_slopes(lambda a: each(a, y, reduction="none").mean(-1), y_pred)


def ctc():
    """Return inputs and results of torch's CTC: two lengths of input, repeated labels, an empty target."""
    logits = RNG.standard_normal((4, 7, 4))
    labels = np.array([[1, 2, 3], [2, 2, -1], [3, -1, -1], [-1, -1, -1]])
    mask = np.arange(7) < np.array([[7], [5], [7], [4]])
    size, length = torch.tensor((labels >= 0).sum(1)), torch.tensor(mask.sum(1))

    def loss(a):
        log_y = a.log_softmax(-1).transpose(0, 1)
        return functional.ctc_loss(log_y, torch.tensor(labels).clamp(0), length, size, reduction="none")

    case = json.dumps({"peer": "torch", "loss": {"name": "ctc"}, "y": "ctc_labels", "y_pred": "ctc_logits"})
    results = {f"{case}|{key}": array for key, array in with_slopes(loss, logits).items()}
    return {"ctc_logits": logits, "ctc_labels": labels, "ctc_mask": mask} | results


def metrics(arrays):
    """Return the values of Keras' metrics."""
    functions = {
        "categorical_accuracy": ("onehot", "probabilities"),
        "sparse_categorical_accuracy": ("labels", "probabilities"),
        "binary_accuracy": ("binary", "probabilities"),
        "mean_squared_error": ("numbers", "logits"),
        "mean_absolute_error": ("numbers", "logits"),
    }
    results = {}
    for (name, (y, pred)), axes in itertools.product(functions.items(), "23"):
        values = getattr(keras.metrics, name, None) or getattr(keras.losses, name)
        case = {"peer": "keras", "metric": name, "y": y + axes, "y_pred": pred + axes}
        found = values(torch.tensor(arrays[y + axes]), torch.tensor(arrays[pred + axes])).numpy()
        results[f"{json.dumps(case)}|values"] = found.mean(-1) if name == "binary_accuracy" else found
    return results


CLASSES = {
    "categorical_crossentropy": "CategoricalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "binary_crossentropy": "BinaryCrossentropy",
    "mean_squared_error": "MeanSquaredError",
    "mean_absolute_error": "MeanAbsoluteError",
}

if __name__ == "__main__":
    keras.config.set_floatx("float64")
    arrays = inputs()
    found = ctc() | metrics(arrays)
    for config, y, y_pred in cases():
        for peer, run in {"keras": by_keras, "torch": by_torch}.items():
            case = json.dumps({"peer": peer, "loss": config, "y": y, "y_pred": y_pred})
            results = run(config, arrays[y], arrays[y_pred]) or {}
            found |= {f"{case}|{key}": array for key, array in results.items()}
    for axes in "23":
        loss = keras.losses.MeanSquaredError()
        args = (torch.tensor(arrays[key + axes]) for key in ("numbers", "logits", "weights"))
        found[f"weighted{axes}"] = loss(*args).numpy()
    versions = np.array([f"{each.__name__} {each.__version__}" for each in (keras, torch, np)])
    np.savez_compressed(Path(__file__).parent / "losses.npz", versions=versions, **arrays, **found)
