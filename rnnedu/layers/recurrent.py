"""What the recurrent layers have in common: Keras' options and weights around the kernels.

The weights are Keras': kernel (D, G*H), recurrent_kernel (H, G*H), bias; gates in Keras' order, which is also ours.
`to_cell` gives the same weights as a cell's parameters, to be stepped through by hand.
"""

from types import MappingProxyType, SimpleNamespace

import numpy as np

from rnnedu import cells, initializers, validate
from rnnedu.kernels import KERNELS, Workspace
from rnnedu.layers.base import Layer, Spec

COMMON = ("use_bias", "kernel_initializer", "recurrent_initializer", "bias_initializer", "dropout")
FLAGS = ("return_sequences", "return_state", "go_backwards", "stateful")


class Recurrent(Layer, offered=False):
    """What the recurrent layers have in common. Subclasses name their cell and say how their biases map to the cell's.

    units : H.
    return_sequences : output h_t of every timestep, (B, T, H), instead of the last, (B, H).
    return_state : calling the layer returns [y, h] or, for the LSTM, [y, h, c].
    go_backwards : run from the last timestep to the first; a sequence that is returned begins with the last timestep,
        and so does its mask (Keras turns the sequence round but not its mask).
    stateful : begin each batch with the state in which the last one ended, until `reset_state`. No gradient flows
        from one batch into the one before: with batches that follow one another in time (shuffle=False) this is
        truncated backpropagation through time.
    dropout : share of the inputs set to 0 in training, the same ones at every timestep.
    """

    cell = ""  # its name in the register of cells
    cell_options = MappingProxyType({})  # of its parameters

    def __init__(
        self,
        units,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        dropout=0.0,
        recurrent_dropout=0.0,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = validate.integer("units", units, 1)
        self.use_bias = validate.kind("use_bias", use_bias, bool)
        self.kernel_initializer = initializers.get("kernel_initializer", kernel_initializer)
        self.recurrent_initializer = initializers.get("recurrent_initializer", recurrent_initializer)
        self.bias_initializer = initializers.get("bias_initializer", bias_initializer)
        self.dropout = validate.number("dropout", dropout, 0, 1, high_included=False)
        if recurrent_dropout != 0:
            raise ValueError(f"recurrent_dropout is {recurrent_dropout!r}; accepted is 0, it is not offered here")
        flags = (return_sequences, return_state, go_backwards, stateful)
        for name, value in zip(FLAGS, flags, strict=True):
            setattr(self, name, validate.kind(name, value, bool))

    @property
    def gates(self):
        """The letters of the gates in the order in which they are stacked."""
        return cells.get(self.cell).Params.gates or "h"

    def specs(self, input_shape):
        width = len(self.gates) * self.units
        found = {
            "kernel": Spec((input_shape[-1], width), self.kernel_initializer),
            "recurrent_kernel": Spec((self.units, width), self.recurrent_initializer),
        }
        return found | ({"bias": Spec(self.bias_shape(width), self.draw_bias)} if self.use_bias else {})

    def bias_shape(self, width):
        """Return the shape in which Keras keeps the bias."""
        return (width,)

    def draw_bias(self, rng, shape, dtype):
        """Return the bias to begin with."""
        if isinstance(self.bias_initializer, initializers.Chrono):
            bias = np.zeros(shape, dtype)
            bias.reshape(-1)[: shape[-1]] = self.bias_initializer.for_gates(rng, self.gates, self.units)
            return bias
        return self.bias_initializer(rng, shape, dtype)

    def output_shape(self, input_shape):
        if len(input_shape) != 3 or input_shape[-1] is None:
            raise ValueError(f"{self.name} gets shape {input_shape}; accepted is (B, T, D), D known")
        if self.built_shape and input_shape[-1] != self.built_shape[-1]:
            raise ValueError(f"{self.name} gets shape {input_shape}; accepted is (B, T, {self.built_shape[-1]})")
        return (*input_shape[:2], self.units) if self.return_sequences else (input_shape[0], self.units)

    def next_mask(self, x, mask):
        if not self.return_sequences or mask is None:
            return None
        return mask[:, ::-1] if self.go_backwards else mask

    # -- the weights as the cell names them ------------------------------------------------------------------------

    def arrays(self, params):
        """Return the live weights under the cell's names, for the kernel."""
        width = params["kernel"].shape[1]
        bias = params["bias"] if self.use_bias else np.zeros(width, params["kernel"].dtype)
        return {"W_x": params["kernel"], "W_h": params["recurrent_kernel"], "b": bias}

    @property
    def kernel(self):
        """The module that runs the cell."""
        return KERNELS[self.cell]

    def weights_for_kernel(self, params):
        """Return what the kernel takes: the live weights and options as attributes."""
        return SimpleNamespace(**self.arrays(params), **self.cell_options)

    def write(self, gradients, grads):
        """Write the kernel's gradients into the layer's."""
        grads["kernel"][...] = gradients["W_x"]
        grads["recurrent_kernel"][...] = gradients["W_h"]
        if self.use_bias:
            grads["bias"][...] = gradients["b"]

    def to_cell(self, params=None):
        """Return a copy of the weights as the cell's parameters, for `unroll`, the player, the gradient check."""
        arrays = self.arrays(self.params if params is None else params)
        return cells.get(self.cell).Params(**arrays, **self.cell_options)

    # -- running ---------------------------------------------------------------------------------------------------

    def forward(self, params, x, call):
        keep = self._keep(x, call)
        mask = None if call.mask is None else call.mask.T
        w = self.weights_for_kernel(params)
        entering = x if keep is None else x * keep
        work = call.work.setdefault(self.index, Workspace())
        run = self.kernel.forward(w, entering.swapaxes(0, 1), call.state, mask, self.go_backwards, work)
        return self._shown(run), (run, keep, call)

    def _keep(self, x, call):
        """Return the scale of each input (B, 1, D), 0 where it is dropped; None without dropout."""
        if not call.training or self.dropout == 0:
            return None
        kept = np.random.default_rng((*call.seed, 1)).random((len(x), 1, x.shape[2]), np.float32) >= self.dropout
        return kept * x.dtype.type(1 / (1 - self.dropout))

    def _shown(self, run):
        if not self.return_sequences:
            return run.last[0]
        h = run.h[::-1] if self.go_backwards else run.h
        return h.swapaxes(0, 1)

    def backward(self, params, cache, dy, grads, need_dx=True):
        run, keep, call = cache
        dh, dlast = None, None
        if self.return_sequences:
            dh = dy.swapaxes(0, 1)
            dh = dh[::-1] if self.go_backwards else dh
        else:
            dlast = (dy, *(None for _ in run.last[1:]))
        back = self.kernel.backward(run, dh, dlast, need_dx)
        self.write(back.grads, grads)
        if call.probe is not None:
            call.probe[self.name] = np.sqrt(np.square(back.dh, dtype=np.float64).sum((1, 2)))
        if not need_dx:
            return None
        dx = back.dx.swapaxes(0, 1)
        return dx if keep is None else dx * keep

    def carry(self, cache):
        return tuple(state.copy() for state in cache[0].last) if self.stateful else None

    def result(self, y, cache):
        last = [state.copy() for state in cache[0].last]
        return [y.copy(), *last] if self.return_state else y.copy()

    def check_state(self, state, B, dtype):
        if state is None:
            return None
        names = [f"{name}0" for name in cells.get(self.cell).state]
        state = list(state) if isinstance(state, (list, tuple)) else [state]
        if len(state) != len(names):
            raise ValueError(f"initial_state has {len(state)} arrays; accepted are {len(names)}: {', '.join(names)}")
        return tuple(
            validate.shaped(f"initial_state {name}", array, (B, self.units), dtype)
            for name, array in zip(names, state, strict=True)
        )

    def reset_state(self):
        """Forget the state carried from the last batch."""
        if self.built:
            carried = self.home.state.carried
            self.home.state = self.home.state.carrying({k: state for k, state in carried.items() if k != self.index})
