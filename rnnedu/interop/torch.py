"""Layers and models to and from PyTorch.

What stands where in PyTorch, for a layer with G gates, and what has to be done to our weights:

- Matrices are stored (out, in) and used transposed: weight_ih_l0 is kernel.T, (G*H, D); weight_hh_l0 is
  recurrent_kernel.T, (G*H, H); Linear's weight is kernel.T. Embedding's table is as ours.
- LSTM gates stand i, f, g, o, as here. GRU gates stand r, z, n, here z, r, n: the first two blocks change places.
- There are two bias vectors (G*H,). In RNN and LSTM only their sum matters:

      a_t = W_ih x_t + b_ih + W_hh h_(t-1) + b_hh

  so b_ih takes our bias and b_hh is 0; on the way back they are added. The GRU's candidate needs both, and they are
  the two rows of our bias (2, 3H):

      n_t = tanh(W_in x_t + b_in + r_t * (W_hn h_(t-1) + b_hn))

  This is `reset_after=True`. With `reset_after=False`, W_hn (r_t * h_(t-1)), r_t stands inside the product: PyTorch
  cannot compute that, and no choice of weights makes the two equal, so it is refused.
- The update gate keeps the old state, as here: h_t = (1 - z_t) * n_t + z_t * h_(t-1).
- `bidirectional=True` holds the backward direction under the same names with `_reverse` behind.

`state_dict` and `load_state_dict` are this page in NumPy; they need no PyTorch. `to_torch` and `from_torch` make
modules and layers. A module returns all h_t, for whoever wants the last one to take; which of them the next layer gets
(return_sequences), Dense's activation, merging other than "concat", and masks are what the module of a whole
model adds.
"""

from collections.abc import Mapping

import numpy as np

from rnnedu import validate
from rnnedu.interop import common, torchmodule
from rnnedu.layers import GRU, LSTM, Bidirectional, Dense, Dropout, Embedding, Layer, SimpleRNN
from rnnedu.models import Sequential

GATES = {"h": "h", "ifgo": "ifgo", "zrn": "rzn"}  # our order -> PyTorch's


# -- weights, without PyTorch --------------------------------------------------------------------------------------


def state_dict(source):
    """Return PyTorch's names -> new arrays, as the state_dict of `to_torch(source)` has them.

    source : a built layer, or a built Sequential, where the names begin with "layers.<number>.".

    Raises TypeError for anything else, ValueError for what is not built or what PyTorch cannot hold.
    """
    if isinstance(source, Sequential):
        layers = enumerate(common.built(source).layers)
        return {f"layers.{i}.{name}": array for i, layer in layers for name, array in state_dict(layer).items()}
    validate.kind("source", source, Layer)
    return {name: np.array(array, order="C") for name, array in _written(source, source.params).items()}


def load_state_dict(target, state):
    """Replace the weights of a built layer or Sequential by those of a PyTorch state_dict; all of them or none.

    state : mapping of PyTorch's names to arrays or tensors, such as `module.state_dict()`.

    Raises TypeError for another target or state, ValueError for what is not built, for missing or unknown names,
    shapes other than the target's, NaN or infinity.
    """
    if not isinstance(target, Sequential):
        validate.kind("target", target, Layer)
    expected = state_dict(target)
    validate.kind("state", state, Mapping)
    if set(state) != set(expected):
        raise ValueError(f"state has the names {sorted(map(str, state))}; accepted are {sorted(expected)}")
    given = {name: _array(name, state[name]) for name in expected}
    found = {name: validate.shaped(name, given[name], like.shape, target.dtype) for name, like in expected.items()}
    if not isinstance(target, Sequential):
        target.set_weights(_read(target, found))
        return
    weights = []
    for i, layer in enumerate(target.layers):
        prefix = f"layers.{i}."
        weights += _read(layer, {k.removeprefix(prefix): v for k, v in found.items() if k.startswith(prefix)})
    target.set_weights(weights)


def _array(name, value):
    """Return a tensor, which may need a gradient and be elsewhere, as an array."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else validate.rectangular(name, value)


def _written(layer, params):
    """Return PyTorch's names -> our weights as PyTorch keeps them."""
    torchmodule.refuse(layer)
    if isinstance(layer, Embedding):
        return {"weight": params["embeddings"]}
    if isinstance(layer, Dense):
        return {"weight": params["kernel"].T} | ({"bias": params["bias"]} if layer.use_bias else {})
    found = {}
    if not isinstance(layer, Dropout):
        for suffix, (cell, part) in zip(("_l0", "_l0_reverse"), common.halves(layer, params), strict=False):
            found |= {name + suffix: array for name, array in _cell_written(cell, part).items()}
    return found


def _cell_written(cell, params):
    turned = {name: common.reorder(array, cell.gates, GATES[cell.gates]) for name, array in params.items()}
    found = {"weight_ih": turned["kernel"].T, "weight_hh": turned["recurrent_kernel"].T}
    if cell.use_bias:
        bias = turned["bias"]
        of_x, of_h = bias if bias.ndim == 2 else (bias, np.zeros_like(bias))
        found |= {"bias_ih": of_x, "bias_hh": of_h}
    return found


def _read(layer, state):
    """Return the weights of a state_dict as a list in our order and shapes: what `_written` did, undone."""
    if isinstance(layer, Embedding):
        return [state["weight"]]
    if isinstance(layer, Dense):
        return [state["weight"].T, *([state["bias"]] if layer.use_bias else [])]
    if isinstance(layer, Dropout):
        return []
    suffixes = ("_l0", "_l0_reverse") if isinstance(layer, Bidirectional) else ("_l0",)
    return [array for suffix in suffixes for array in _cell_read(common.cell_layer(layer), state, suffix)]


def _cell_read(cell, state, suffix):
    found = [state[f"weight_ih{suffix}"].T, state[f"weight_hh{suffix}"].T]
    if cell.use_bias:
        pair = np.stack([state[f"bias_ih{suffix}"], state[f"bias_hh{suffix}"]])
        found.append(pair if isinstance(cell, GRU) else pair.sum(0))
    return [common.reorder(array, GATES[cell.gates], cell.gates) for array in found]


# -- modules -------------------------------------------------------------------------------------------------------


def to_torch(source):
    """Return a torch.nn.Module in eval mode with equal weights and dtype.

    source : a built layer gives nn.RNN, nn.LSTM, nn.GRU (batch_first), nn.Embedding, nn.Linear or nn.Dropout; a
    built Sequential gives one module whose `forward(x)` takes and returns what `model.predict` does, for every
    mask too. In train mode, dropout of a recurrent layer's input is drawn once for both directions.

    Raises ImportError without PyTorch, TypeError for anything else, ValueError for what is not built and for what
    PyTorch cannot hold: a GRU with reset_after=False, peepholes, a linear SimpleRNN, stateful, Lags; alone also Dense
    with an activation, go_backwards, and a Bidirectional that does not concatenate.
    """
    if not isinstance(source, Sequential):
        torchmodule.refuse_alone(validate.kind("source", source, Layer))
    state = state_dict(source)
    torch = common.need("torch", "torch")
    whole = isinstance(source, Sequential)
    module = torchmodule.stack(torch, source) if whole else torchmodule.single(torch, source)
    module.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    return module.eval()


def from_torch(module, return_sequences=True):
    """Return a new built layer with the weights and the dtype of a module, wherever its tensors are.

    module : nn.RNN, nn.LSTM, nn.GRU with one layer, either direction count, batch_first or not (ours is), nn.Embedding,
    nn.Linear, nn.Dropout. return_sequences : of a recurrent layer; PyTorch's modules always return all h_t.
    An Embedding with padding_idx=0 becomes one with mask_zero=True.

    For a whole model write the layers here, `build` it, and use `load_state_dict` on the layers or on the model.

    Raises ImportError without PyTorch, TypeError for another module or dtype, ValueError, with the name, for options
    that are not here: several layers, proj_size, max_norm, another padding_idx.
    """
    nn = common.need("torch", "torch").nn
    validate.kind("return_sequences", return_sequences, bool)
    readers = {
        nn.RNN: _recurrent_from, nn.LSTM: _recurrent_from, nn.GRU: _recurrent_from,
        nn.Embedding: _embedding_from, nn.Linear: _linear_from, nn.Dropout: _dropout_from,
    }  # fmt: skip
    if type(module) not in readers:
        names = ", ".join(f"nn.{kind.__name__}" for kind in readers)
        raise TypeError(f"module is a {type(module).__name__}; accepted are {names}")
    layer, shape = readers[type(module)](module, return_sequences)
    state = {name: _array(name, value) for name, value in module.state_dict().items()}
    dtype = validate.float_dtype("module's dtype", next(iter(state.values())).dtype) if state else np.float32
    common.settle([layer], shape, _read(layer, state), dtype)
    return layer


def _refuse_options(module, **accepted):
    """Raise ValueError for an option of a module that is not the only one we have."""
    for name, only in accepted.items():
        if getattr(module, name) != only:
            raise ValueError(f"module has {name}={getattr(module, name)!r}; accepted is {only!r}")


def _recurrent_from(module, return_sequences):
    _refuse_options(module, num_layers=1, proj_size=0)
    kind = {"RNN": SimpleRNN, "LSTM": LSTM, "GRU": GRU}[type(module).__name__]
    options = {"activation": module.nonlinearity} if kind is SimpleRNN else {}
    layer = kind(module.hidden_size, use_bias=module.bias, return_sequences=return_sequences, **options)
    return Bidirectional(layer) if module.bidirectional else layer, (None, None, module.input_size)


def _embedding_from(module, _):
    _refuse_options(module, max_norm=None)
    padding = validate.choice("padding_idx", module.padding_idx, (None, 0))  # symbol 0 is the only padding here
    return Embedding(module.num_embeddings, module.embedding_dim, mask_zero=padding == 0), (None, None)


def _linear_from(module, _):
    return Dense(module.out_features, use_bias=module.bias is not None), (None, module.in_features)


def _dropout_from(module, _):
    return Dropout(module.p), (None, None)
