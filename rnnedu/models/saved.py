"""A model as a file and back: what stands in the file. How it is written is in `files`."""

from rnnedu import losses, optim, validate
from rnnedu.configured import pack, unpack
from rnnedu.layers import base, building
from rnnedu.layers.weights import State
from rnnedu.models import files
from rnnedu.models.files import ModelFileError
from rnnedu.models.sequential import Sequential

KEYS = {"name", "seed", "dtype", "input_shape", "layers", "compiled", "step"}


def save(model, path):
    """Write a built model: layers and weights and, if it is compiled, the optimiser with what it remembers.

    States that stateful layers carry are not written. Raises as `files.save` does.
    """
    state = model.home.state
    arrays = {
        f"layers/{index}/{name}": view
        for index, views in enumerate(state.weights.views)
        for name, view in views.items()
    }
    arrays |= {f"optimizer/{name}": slot for name, slot in state.slots.items()}
    config = {
        "name": model.name,
        "seed": model.seed,
        "dtype": str(model.dtype),
        "input_shape": list(model.input_shape),
        "layers": [pack(layer) for layer in model.layers],
        "compiled": _compiled(model),
        "step": state.step,
    }
    files.save(path, config, arrays)


def _compiled(model):
    if model.optimizer is None:
        return None
    for each in model.asked:
        if not isinstance(each, str):
            raise TypeError(f"metrics holds {each!r}; accepted in a model that is saved are names")
    return {
        "optimizer": optim.serialize(model.optimizer),
        "loss": model.loss.get_config(),
        "metrics": list(model.asked),
    }


def load_model(path, max_bytes=files.MAX_BYTES):
    """Return the Sequential that `save` wrote, ready to predict and, if it was compiled, to train on.

    Nothing in the file is executed. Raises ModelFileError (a ValueError) for every file that is not a whole model
    of at most `max_bytes`, FileNotFoundError where there is none.
    """
    config, arrays = files.load(path, max_bytes)
    try:
        return _model(config, arrays)
    except (ValueError, TypeError, OverflowError) as error:
        raise ModelFileError(f"{path} holds no model: {error}") from None


def _model(config, arrays):
    if set(config) != KEYS:
        raise ValueError(f"the keys are {sorted(config)}; accepted are {sorted(KEYS)}")
    model = Sequential(name=config["name"], seed=config["seed"], dtype=config["dtype"])
    for number, each in enumerate(validate.kind("layers", config["layers"], list)):
        model.add(unpack(f"layers[{number}]", each, base.LAYERS))
    slots = {name: array for name, array in arrays.items() if name.startswith("optimizer/")}
    weights = {name: array for name, array in arrays.items() if name not in slots}
    _settle(model, building.full_shape(config["input_shape"]), weights)
    if config["compiled"] is not None:
        _compile(model, config["compiled"])
    _restore(model, slots, validate.integer("step", config["step"], 0))
    return model


def _settle(model, shape, weights):
    """Put the weights into the layers, after comparing every shape with what the layers ask for."""
    specs, shapes = building.plan(model.layers, shape)
    wanted = {f"layers/{index}/{name}": spec.shape for index, each in enumerate(specs) for name, spec in each.items()}
    _compare(weights, wanted, model.dtype)
    model.settle(building.settle(model.layers, specs, shapes, [weights[name] for name in wanted], model.dtype), shape)


def _compile(model, compiled):
    if set(validate.kind("compiled", compiled, dict)) != {"optimizer", "loss", "metrics"}:
        raise ValueError(f"compiled has the keys {sorted(compiled)}; accepted are optimizer, loss, metrics")
    names = validate.kind("metrics", compiled["metrics"], list)
    model.compile(optim.get(compiled["optimizer"]), losses.get(compiled["loss"]), names)


def _restore(model, slots, step):
    """Put back what the optimiser remembers."""
    size = model.home.layout.size
    names = model.optimizer.slots if model.optimizer is not None and step else ()
    _compare(slots, {f"optimizer/{name}": (size,) for name in names}, model.dtype)
    kept = {name: slots[f"optimizer/{name}"].copy() for name in names}
    model.home.state = State(model.home.state.weights, kept, step)


def _compare(arrays, wanted, dtype):
    """Raise ValueError unless there are exactly the arrays that are wanted, in their shapes and dtype."""
    if set(arrays) != set(wanted):
        raise ValueError(f"the arrays are {sorted(arrays)}; accepted are {sorted(wanted)}")
    for name, shape in wanted.items():
        if arrays[name].shape != shape or arrays[name].dtype != dtype:
            seen = f"{arrays[name].dtype} of shape {arrays[name].shape}"
            raise ValueError(f"{name} is {seen}; accepted is {dtype} of shape {shape}")
