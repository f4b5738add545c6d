"""Make training.npz: loss curves of whole trainings, from Keras (on PyTorch, float32) and PyTorch (float64).

    KERAS_BACKEND=torch python tests/golden/make_training.py

`cases` holds, as JSON: the layers as Keras' (class, config), the loss, the optimiser with its settings, the names of x,
y and the sample weights. Each is trained for EPOCHS over the data in order, BATCH sequences at a time. Results:

    case_<k>|begin          the weights, one after the other, as both peers begin
    case_<k>|<peer>         the loss of every batch, before its update (30,)
    case_<k>|<peer>_end     the weights after the last update
    history_<k>             JSON of what Keras' fit wrote down for the same model and options
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch
from make_layers import gru_step, keras_layer, parameters, run
from torch.nn import functional

N, BATCH, EPOCHS, T, D, V = 20, 4, 6, 7, 3, 9
LENGTHS = np.random.default_rng(1).integers(1, T + 1, N)

EMBEDDING = ["Embedding", {"input_dim": V, "output_dim": 5}]
MASKED = ["Embedding", {"input_dim": V, "output_dim": 5, "mask_zero": True}]
SOFTMAX = ["Dense", {"units": V, "activation": "softmax"}]
CASES = [
    {
        "layers": [EMBEDDING, ["SimpleRNN", {"units": 6}], SOFTMAX],
        "loss": "categorical_crossentropy",
        "optimizer": ["Adam", {"learning_rate": 0.02}],
        "data": ["symbols", "onehot", None],
    },
    {
        "layers": [MASKED, ["LSTM", {"units": 6}], SOFTMAX],
        "loss": "sparse_categorical_crossentropy",
        "optimizer": ["Adam", {"learning_rate": 0.02, "global_clipnorm": 0.5}],
        "data": ["symbols", "labels", "weights"],
    },
    {
        "layers": [MASKED, ["GRU", {"units": 6, "return_sequences": True}], SOFTMAX],
        "loss": "sparse_categorical_crossentropy",
        "optimizer": ["RMSprop", {"learning_rate": 0.01, "rho": 0.9, "momentum": 0.5}],
        "data": ["symbols", "next", "weights"],
    },
    {
        "layers": [["Bidirectional", {"layer": ["LSTM", {"units": 4, "return_sequences": True}], "merge_mode": "ave"}],
                   ["Bidirectional", {"layer": ["GRU", {"units": 3}], "merge_mode": "concat"}],
                   ["Dense", {"units": 2}]],
        "loss": "mean_squared_error",
        "optimizer": ["SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}],
        "data": ["x", "numbers", "weights"],
    },
    {
        "layers": [["LSTM", {"units": 4, "return_sequences": True, "stateful": True}],
                   ["LSTM", {"units": 3, "stateful": True}], ["Dense", {"units": 2, "activation": "tanh"}]],
        "loss": "mean_absolute_error",
        "optimizer": ["AdamW", {"learning_rate": 0.01, "weight_decay": 0.02}],
        "data": ["x", "numbers", None],
    },
    {
        "layers": [["GRU", {"units": 5, "reset_after": False, "go_backwards": True}],
                   ["Dense", {"units": 2, "activation": "sigmoid"}]],
        "loss": "binary_crossentropy",
        "optimizer": ["Adagrad", {"learning_rate": 0.1}],
        "data": ["x", "binary", None],
    },
]  # fmt: skip
HISTORIES = [0, 1, 2, 5]  # trained once more by fit, with accuracy and validation data
TORCH_NAMES = {"learning_rate": "lr", "rho": "alpha"}


def inputs():
    """Return the data: right-padded symbols, their successors, one label a sequence; and series of numbers."""
    rng = np.random.default_rng(2)
    symbols = rng.integers(1, V, (N, T + 1)) * (np.arange(T + 1) <= LENGTHS[:, None])
    labels = symbols[np.arange(N), LENGTHS - 1]
    return {
        "symbols": np.where(np.arange(T) < LENGTHS[:, None], symbols[:, :-1], 0),
        "next": symbols[:, 1:],
        "labels": labels,
        "onehot": np.eye(V)[labels],
        "weights": rng.uniform(0, 2, N).round(2),
        "x": rng.standard_normal((N, T, D)).round(3),
        "numbers": rng.standard_normal((N, 2)).round(3),
        "binary": rng.integers(0, 2, (N, 2)).astype(float),
    }


def by_keras(case, x, y, weights, begin):
    model = compiled(case, x, begin)
    losses = []
    for rows in batches():
        model.reset_metrics()  # Keras' train_on_batch returns the mean since the last reset
        weight = None if weights is None else of_rows(weights, y)[rows]
        losses.append(float(np.ravel(model.train_on_batch(x[rows], y[rows], sample_weight=weight))[0]))
    return losses, [w.numpy() for w in model.trainable_variables]


def of_rows(weights, y):
    """Return the weights as Keras wants them where there is a mask: (N, T) for an output (N, T, V)."""
    return np.repeat(weights[:, None], T, axis=1) if y.shape[1:] == (T,) else weights


def compiled(case, x, begin, metrics=None):
    model = keras.Sequential([keras_layer(*each) for each in case["layers"]])
    name, settings = case["optimizer"]
    optimizer = getattr(keras.optimizers, name)(**settings)
    model.compile(optimizer=optimizer, loss=case["loss"], metrics=metrics, jit_compile=False)
    model.build((BATCH, *x.shape[1:]))
    for variable, array in zip(model.trainable_variables, begin, strict=True):
        variable.assign(array)
    return model


def batches():
    """Yield the rows of every batch of every epoch."""
    for _ in range(EPOCHS):
        yield from (slice(start, start + BATCH) for start in range(0, N, BATCH))


def history(case, x, y, weights, begin):
    """Return what Keras' fit writes down, with the last two batches kept for validation."""
    model = compiled(case, x, begin, metrics=["accuracy"])
    kept = 2 * BATCH
    weights = None if weights is None else of_rows(weights, y)
    held = (x[-kept:], y[-kept:]) + (() if weights is None else (weights[-kept:],))
    weights = None if weights is None else weights[:-kept]
    options = {"batch_size": BATCH, "epochs": EPOCHS, "shuffle": False, "verbose": 0}
    return model.fit(x[:-kept], y[:-kept], sample_weight=weights, validation_data=held, **options).history


def by_torch(case, x, y, weights, begin):
    params = [torch.tensor(w, dtype=torch.float64, requires_grad=True) for w in begin]
    name, settings = case["optimizer"]
    clip = settings.get("global_clipnorm")
    settings = {TORCH_NAMES.get(k, k): v for k, v in settings.items() if k != "global_clipnorm"}
    optimizer = getattr(torch.optim, name)(params, **settings)
    losses, states = [], [None] * len(case["layers"])
    for rows in batches():
        mask = torch.tensor(x[rows] != 0) if case["layers"][0] == MASKED else None
        out, states = network(case["layers"], list(params), torch.tensor(x[rows]), mask, states)
        weight = torch.ones(BATCH) if weights is None else torch.tensor(weights[rows])
        loss = mean(values(case["loss"], out, torch.tensor(y[rows])), weight, mask)
        optimizer.zero_grad()
        loss.backward()
        if clip:
            clip_as_keras(params, clip)
        optimizer.step()
        losses.append(loss.item())
    return losses, [p.detach().numpy() for p in params]


def clip_as_keras(params, clip):
    """Clip by the norm of all gradients; torch's own function adds 1e-6 to the norm."""
    norm = torch.sqrt(sum((p.grad**2).sum() for p in params))
    for p in params:
        p.grad *= torch.clamp(clip / norm, max=1)


def network(layers, params, x, mask, states):
    """Return the output, logits where a softmax or a sigmoid comes last, and the states that are carried."""
    lengths, carried = None if mask is None else mask.sum(1).tolist(), []
    for (name, config), state in zip(layers, states, strict=True):
        new = None
        if name == "Embedding":
            x = functional.embedding(x, params.pop(0))
        elif name == "Dense":
            x = x @ params.pop(0) + params.pop(0)
            x = x.tanh() if config.get("activation") == "tanh" else x
        elif name == "Bidirectional":
            x = both(config, x, params)
        elif not config.get("reset_after", True):
            x = reset_before(config, x, [params.pop(0) for _ in range(3)])
        else:
            flat = parameters(name, [params.pop(0) for _ in range(3)])
            h, last = run(name, config, x, flat, lengths, state)
            x = h if config.get("return_sequences") else last[0][0]
            new = [s.detach() for s in last] if config.get("stateful") else None
        carried.append(new)
    return x, carried


def both(config, x, params):
    name, inner = config["layer"]
    flat = [p for _ in range(2) for p in parameters(name, [params.pop(0) for _ in range(3)])]
    h, last = run(name, inner, x, flat)
    one, two = h.chunk(2, -1) if inner.get("return_sequences") else last[0]
    return torch.cat([one, two], -1) if config["merge_mode"] == "concat" else (one + two) / 2


def reset_before(config, x, weights):
    h = torch.zeros(len(x), len(weights[1]), dtype=torch.float64)
    for t in reversed(range(T)):  # the case has go_backwards
        (h,) = gru_step(config, x[:, t], [h], *weights)
    return h


def values(loss, out, y):
    """Return the loss of every row."""
    if loss == "categorical_crossentropy":
        return -(y * out.log_softmax(-1)).sum(-1)
    if loss == "sparse_categorical_crossentropy":
        return -out.log_softmax(-1).gather(-1, y[..., None])[..., 0]
    each = {
        "mean_squared_error": functional.mse_loss,
        "mean_absolute_error": functional.l1_loss,
        "binary_crossentropy": functional.binary_cross_entropy_with_logits,
    }
    return each[loss](out, y, reduction="none").mean(-1)


def mean(rows, weight, mask):
    """Return the weighted mean of values (B,), or (B, T) of which only the unmasked ones count."""
    if rows.ndim == 1:
        return (rows * weight).mean()
    return (rows * weight[:, None] * mask).sum() / mask.sum()


def begin_of(case, x, rng):
    """Return the weights to begin with, in the shapes that Keras gives them."""
    model = keras.Sequential([keras_layer(*each) for each in case["layers"]])
    model.build((BATCH, *x.shape[1:]))
    return [rng.normal(0, 0.4, v.shape).astype(np.float32) for v in model.trainable_variables]


def flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


def main():
    """Write training.npz beside this file."""
    rng, arrays, found = np.random.default_rng(5), inputs(), {}
    for k, case in enumerate(CASES):
        data = [None if name is None else arrays[name] for name in case["data"]]
        begin = begin_of(case, data[0], rng)
        case["shapes"] = [w.shape for w in begin]
        found[f"case_{k}|begin"] = flat(begin)
        for peer, train in {"keras": by_keras, "torch": by_torch}.items():
            if peer == "keras" and '"stateful": true' in json.dumps(case):
                continue  # Keras' backend for PyTorch overwrites the state that the gradient needs
            losses, end = train(case, *data, begin)
            found |= {f"case_{k}|{peer}": np.array(losses), f"case_{k}|{peer}_end": flat(end)}
        if k in HISTORIES:
            found[f"history_{k}"] = np.array(json.dumps(history(case, *data, begin)))
    np.savez_compressed(
        Path(__file__).with_name("training.npz"),
        versions=np.array([f"{each.__name__} {each.__version__}" for each in (keras, torch, np)]),
        cases=np.array([json.dumps(case) for case in CASES]),
        **arrays,
        **found,
    )


if __name__ == "__main__":
    main()
