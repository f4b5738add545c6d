"""Make optim.npz: 30 updates of every optimiser by Keras and PyTorch, their clipping, and Keras' schedules.

Run with a Python that has keras, torch and numpy:  python tests/golden/make_optim.py

The gradients are drawn once and do not depend on the weights, so that every difference is the optimiser's own.
`cases` holds, as JSON, what rnnedu.optim.get() takes; the names of settings are Keras' and are translated for PyTorch.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch

SHAPES = ((4, 3), (3,), (2, 5))
STEPS = 30
KEPT = (1, 2, 3, 10, 30)
JUMP = {"class_name": "PiecewiseConstantDecay", "config": {"boundaries": [4, 11], "values": [0.05, 0.2, 0.01]}}

OPTIONS = {  # what both peers have
    "SGD": [{}, {"learning_rate": 0.1}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"weight_decay": 0.1},
            {"momentum": 0.8, "learning_rate": JUMP}, {"momentum": 0.8, "nesterov": True, "weight_decay": 0.1}],
    "RMSprop": [{}, {"rho": 0.7, "epsilon": 1e-3}, {"momentum": 0.9}, {"centered": True}, {"weight_decay": 0.1},
                {"centered": True, "momentum": 0.7, "learning_rate": JUMP, "weight_decay": 0.02}],
    "Adagrad": [{}, {"initial_accumulator_value": 0.3, "epsilon": 1e-2}, {"weight_decay": 0.1},
                {"learning_rate": JUMP}],
    "Adam": [{}, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-2}, {"amsgrad": True}, {"weight_decay": 0.1},
             {"amsgrad": True, "beta_2": 0.8, "learning_rate": JUMP}, {"beta_1": 0.0, "beta_2": 0.0}],
    "AdamW": [{}, {"weight_decay": 0.3, "learning_rate": JUMP}, {"amsgrad": True, "beta_2": 0.8}],
}  # fmt: skip
CLIPPED = {  # Keras only: PyTorch's optimisers do not clip
    "SGD": [{"clipnorm": 0.7}, {"clipvalue": 0.3}, {"global_clipnorm": 0.9}, {"clipnorm": 0.7, "weight_decay": 0.1}],
    "Adam": [{"clipnorm": 0.7}, {"clipvalue": 0.3}, {"global_clipnorm": 0.9}],
}
TORCH_NAMES = {"learning_rate": "lr", "rho": "alpha", "epsilon": "eps"}
SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5, "staircase": True}),
    ("ExponentialDecay", {"initial_learning_rate": 0.001, "decay_steps": 5, "decay_rate": 1.7}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5, "staircase": True}),
    ("PiecewiseConstantDecay", {"boundaries": [3, 10], "values": [1.0, 0.5, 0.1]}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "alpha": 0.2}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "warmup_steps": 5}),
    ("CosineDecay", {"initial_learning_rate": 0.0, "decay_steps": 20, "alpha": 0.1, "warmup_target": 0.3,
                     "warmup_steps": 6}),
    ("CosineDecay", {"initial_learning_rate": 0.02, "decay_steps": 9, "warmup_target": 0.3, "warmup_steps": 0}),
]  # fmt: skip


def drawn():
    """Return weights (N,) and gradients (STEPS, N): of very different sizes, one always zero, one always the same."""
    rng = np.random.default_rng(3)
    size = sum(int(np.prod(shape)) for shape in SHAPES)
    gradients = rng.standard_normal((STEPS, size)) * 10.0 ** rng.uniform(-3, 1, size)
    gradients[:, 1] = 0
    gradients[:, 2] = 0.25
    return rng.standard_normal(size), gradients


def cut(flat):
    """Return the pieces of `flat` in the shapes of the variables."""
    ends = np.cumsum([np.prod(shape) for shape in SHAPES])
    return [piece.reshape(shape) for piece, shape in zip(np.split(flat, ends[:-1]), SHAPES, strict=True)]


def by_keras(name, settings, dtype, weights, gradients):
    """Return the weights after the updates of KEPT, (len(KEPT), N)."""
    keras.config.set_floatx(dtype)
    rate = settings.get("learning_rate")
    if isinstance(rate, dict):
        rate = getattr(keras.optimizers.schedules, rate["class_name"])(**rate["config"])
        settings = settings | {"learning_rate": rate}
    optimizer = getattr(keras.optimizers, name)(**settings)
    variables = [keras.Variable(w, dtype=dtype) for w in cut(weights)]
    optimizer.build(variables)
    after = []
    for gradient in gradients:
        optimizer.apply([torch.tensor(g, dtype=getattr(torch, dtype)) for g in cut(gradient)])
        after.append(np.concatenate([v.numpy().ravel() for v in variables]))
    return np.stack(after)[np.array(KEPT) - 1]


def by_torch(name, settings, weights, gradients):
    """Return the weights after the updates of KEPT, (len(KEPT), N), in float64."""
    renamed = {TORCH_NAMES.get(k, k): v for k, v in settings.items()}
    jumps = renamed.pop("lr")["config"] if isinstance(renamed.get("lr"), dict) else None
    if {"beta_1", "beta_2"} & renamed.keys():
        renamed["betas"] = (renamed.pop("beta_1", 0.9), renamed.pop("beta_2", 0.999))
    variables = [torch.tensor(w, dtype=torch.float64, requires_grad=True) for w in cut(weights)]
    optimizer = getattr(torch.optim, name)(variables, **renamed)
    after = []
    for step, gradient in enumerate(gradients):
        if jumps:
            optimizer.param_groups[0]["lr"] = jumps["values"][sum(step > b for b in jumps["boundaries"])]
        for variable, g in zip(variables, cut(gradient), strict=True):
            variable.grad = torch.tensor(g)
        optimizer.step()
        after.append(np.concatenate([v.detach().numpy().ravel() for v in variables]))
    return np.stack(after)[np.array(KEPT) - 1]


def clipped_by_torch(gradient):
    """Return one gradient (N,) clipped by PyTorch: by value 0.3, as a whole by norm 0.9, and each part by norm 0.7."""

    def parameters():
        made = [torch.zeros(shape, dtype=torch.float64, requires_grad=True) for shape in SHAPES]
        for parameter, g in zip(made, cut(gradient), strict=True):
            parameter.grad = torch.tensor(g)
        return made

    by_value, together, each = parameters(), parameters(), parameters()
    torch.nn.utils.clip_grad_value_(by_value, 0.3)
    norm = torch.nn.utils.clip_grad_norm_(together, 0.9)
    for parameter in each:
        torch.nn.utils.clip_grad_norm_([parameter], 0.7)
    flat = [np.concatenate([p.grad.numpy().ravel() for p in made]) for made in (by_value, together, each)]
    return dict(zip(("torch_value", "torch_global", "torch_each"), flat, strict=True)) | {"torch_norm": float(norm)}


def trained(weights, gradients):
    """Yield (case, weights after the updates of KEPT) for every optimiser, setting, peer and dtype."""
    settings = [(name, each) for name, many in OPTIONS.items() for each in many]
    clipped = [(name, each) for name, many in CLIPPED.items() for each in many]
    for name, each in settings:
        yield case(name, each, "torch", "float64"), by_torch(name, each, weights, gradients)
    for dtype in ("float32", "float64"):
        for name, each in settings + clipped:
            yield case(name, each, "keras", dtype), by_keras(name, each, dtype, weights, gradients)


def case(name, settings, convention, dtype):
    """Return the JSON of what a test needs to know."""
    config = settings | {"convention": convention}
    return json.dumps({"dtype": dtype, "optimizer": {"class_name": name, "config": config}})


def scheduled():
    """Return Keras' learning rates, (len(SCHEDULES), 40)."""
    keras.config.set_floatx("float64")
    made = [getattr(keras.optimizers.schedules, name)(**config) for name, config in SCHEDULES]
    return np.array([[float(schedule(step)) for step in range(40)] for schedule in made])


def main():
    """Write optim.npz beside this file."""
    weights, gradients = drawn()
    cases, after = zip(*trained(weights, gradients), strict=True)
    np.savez_compressed(
        Path(__file__).with_name("optim.npz"),
        versions=np.array([f"keras {keras.__version__}", f"torch {torch.__version__}", f"numpy {np.__version__}"]),
        weights=weights,
        gradients=gradients,
        kept=np.array(KEPT),
        sizes=np.array([np.prod(shape) for shape in SHAPES]),
        cases=np.array(cases),
        after=np.stack(after),
        schedules=np.array([json.dumps(schedule) for schedule in SCHEDULES]),
        rates=scheduled(),
        **clipped_by_torch(gradients[0]),
    )


if __name__ == "__main__":
    main()
