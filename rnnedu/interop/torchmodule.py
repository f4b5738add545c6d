"""The modules that `to_torch` makes, and what a whole model adds to them: flags, activations, merging, masks.

PyTorch has no masks. It has packed sequences, each with a length; padding has to be at their end. Here, as in Keras, a
masked timestep may be anywhere, is skipped, and repeats the state before it. So the timesteps that count are moved
to the front, run packed, and what came out is read at the place where each timestep went.

The functions below take tensors and use their methods; PyTorch itself comes in as an argument.
"""

from rnnedu.interop import common
from rnnedu.layers import GRU, LSTM, Bidirectional, Dense, Dropout, Embedding, SimpleRNN

MERGES = {
    "concat": lambda y: y.flatten(-2),
    "sum": lambda y: y.sum(-2),
    "mul": lambda y: y.prod(-2),
    "ave": lambda y: y.mean(-2),
}


def refuse(layer):
    """Raise ValueError for a layer that PyTorch cannot hold, with the reason."""
    common.refuse_unlike(layer, "PyTorch")
    match common.cell_layer(layer):
        case GRU(reset_after=False):
            common.refuse(layer, "PyTorch", "its r_t multiplies W_hn h_(t-1) + b_hn, which is reset_after=True")
        case LSTM(use_peepholes=True):
            common.refuse(layer, "PyTorch", "its LSTM has no peepholes")
        case SimpleRNN(activation="linear"):
            common.refuse(layer, "PyTorch", "its RNN has tanh and relu")
        case Dropout(noise_shape=tuple()):
            common.refuse(layer, "PyTorch", "its Dropout has no noise_shape")


def refuse_alone(layer):
    """Raise ValueError for a layer of which a single module would do something else."""
    match layer:
        case Dense(activation=name) if name != "linear":
            common.refuse(layer, "nn.Linear", f"it has no activation {name!r}; to_torch of a whole model applies it")
        case Bidirectional(merge_mode=mode) if mode != "concat":
            common.refuse(layer, "a module", f"it concatenates; to_torch of a whole model can {mode}")
        case SimpleRNN(go_backwards=True) | LSTM(go_backwards=True) | GRU(go_backwards=True):
            common.refuse(layer, "a module", "it runs forwards; to_torch of a whole model turns time round")


def single(torch, layer):
    """Return the module of one layer, its weights still PyTorch's own."""
    nn = torch.nn
    dtype = getattr(torch, layer.dtype.name)
    if isinstance(layer, Embedding):
        padding = 0 if layer.mask_zero else None
        return nn.Embedding(layer.input_dim, layer.output_dim, padding_idx=padding, dtype=dtype)
    if isinstance(layer, Dense):
        return nn.Linear(layer.params["kernel"].shape[0], layer.units, bias=layer.use_bias, dtype=dtype)
    if isinstance(layer, Dropout):
        return nn.Dropout(layer.rate)
    cell = common.cell_layer(layer)
    kind = {SimpleRNN: nn.RNN, LSTM: nn.LSTM, GRU: nn.GRU}[type(cell)]
    options = {"nonlinearity": cell.activation} if isinstance(cell, SimpleRNN) else {}
    return kind(
        layer.built_shape[-1],
        cell.units,
        bias=cell.use_bias,
        batch_first=True,
        bidirectional=isinstance(layer, Bidirectional),
        dtype=dtype,
        **options,
    )


def stack(torch, model):
    """Return the module of a whole model. Its `layers` are the single modules, in the model's order."""
    options = [type(layer).from_config(layer.get_config()) for layer in model.layers]  # without our weights

    class Stack(torch.nn.Module):
        """What `to_torch` made of a Sequential: forward(x) as `model.predict(x)`."""

        def __init__(self):
            super().__init__()
            self.layers = torch.nn.ModuleList(single(torch, layer) for layer in model.layers)

        def forward(self, x):
            mask = None
            for layer, module in zip(options, self.layers, strict=True):
                x, mask = run(torch, layer, module, x, mask)
            return x

    return Stack()


def run(torch, layer, module, x, mask):
    """Return (output, mask for the next layer); mask (B, T) bool or None."""
    if isinstance(layer, Embedding):
        return module(x), x != 0 if layer.mask_zero else mask
    if isinstance(layer, Dense):
        return _activated(torch, layer.activation, module(x)), mask
    if isinstance(layer, Dropout):
        return module(x), mask
    return _recurrent(torch, layer, module, x, mask)


def _activated(torch, name, a):
    if name == "softmax":
        return a.softmax(-1)
    return a if name == "linear" else getattr(torch, name)(a)


def _recurrent(torch, layer, module, x, mask):
    cell, both = common.cell_layer(layer), isinstance(layer, Bidirectional)
    if cell.dropout:
        x = torch.nn.functional.dropout1d(x.mT, cell.dropout, module.training).mT  # one draw for all timesteps
    if not both and layer.go_backwards:
        x, mask = x.flip(1), None if mask is None else mask.flip(1)
    y, last = _whole(module, x) if mask is None else _masked(torch, module, x, mask, both)
    mask = mask if cell.return_sequences else None
    out = y.unflatten(-1, (1 + both, cell.units)) if cell.return_sequences else last.transpose(0, 1)
    return MERGES[layer.merge_mode if both else "concat"](out), mask


def _whole(module, x):
    """Return all h_t (B, T, directions * H) and the last ones (directions, B, H)."""
    y, last = module(x)
    return y, last[0] if isinstance(last, tuple) else last  # the LSTM's are (h, c)


def _masked(torch, module, x, mask, both):
    """Return what `_whole` does where the mask (B, T) leaves timesteps out; see this module's docstring."""
    rnn = torch.nn.utils.rnn
    lengths, seen = mask.sum(1), mask.cumsum(1)
    order = (~mask).byte().argsort(dim=1, stable=True)
    front = x.take_along_dim(order[..., None], 1)
    packed = rnn.pack_padded_sequence(front, lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False)
    y, last = _whole(module, packed)
    y, _ = rnn.pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])
    y = y.take_along_dim((seen - 1).clamp(min=0)[..., None], 1)
    shown = mask if both else seen > 0  # Keras' Bidirectional shows 0 at a masked timestep
    return y * shown[..., None], last * (lengths > 0)[:, None]  # of padding alone nothing is read
