"""Bidirectional: one recurrent layer that reads from the left, one that reads from the right."""

from dataclasses import replace

import numpy as np

from rnnedu import validate
from rnnedu.configured import unpack
from rnnedu.layers.base import LAYERS, Layer
from rnnedu.layers.recurrent import Recurrent

# name -> merge of both outputs, and (outputs, dy, which half) -> gradient of that half's output
MERGES = {
    "concat": (lambda ys: np.concatenate(ys, axis=-1), lambda _, dy, half: np.split(dy, 2, axis=-1)[half]),
    "sum": (lambda ys: ys[0] + ys[1], lambda _, dy, __: dy),
    "mul": (lambda ys: ys[0] * ys[1], lambda ys, dy, half: dy * ys[1 - half]),
    "ave": (lambda ys: (ys[0] + ys[1]) / 2, lambda _, dy, __: dy / 2),
}


class Bidirectional(Layer):
    """Run a recurrent layer in both directions and merge the outputs, aligned in time.

    layer : SimpleRNN, LSTM or GRU; the one that runs backwards is made with the same options.
    merge_mode : "concat" (B, T, 2H), or "sum", "mul", "ave" (B, T, H).
    With a mask, the output of a masked timestep is zero, as in Keras. Weights: all of the forward layer, then all of
    the backward layer. Source: Schuster & Paliwal (1997).
    """

    options = ("layer", "merge_mode")

    def __init__(self, layer, merge_mode="concat", **kwargs):
        if isinstance(layer, dict):  # what get_config gave
            layer = unpack("layer", layer, LAYERS)
        if not isinstance(layer, Recurrent):
            raise TypeError(f"layer is a {type(layer).__name__}; accepted is SimpleRNN, LSTM or GRU")
        if layer.built or layer.go_backwards or layer.stateful or layer.return_state:
            raise ValueError("layer is built, go_backwards, stateful or return_state; accepted is a layer that is not")
        super().__init__(**({"input_shape": layer.input_shape} | kwargs))
        self.merge_mode = validate.choice("merge_mode", merge_mode, tuple(MERGES))
        self.forward_layer = layer
        self.backward_layer = type(layer).from_config(layer.get_config() | {"go_backwards": True})
        self.rename(self.name)

    def rename(self, name):
        """Take a name, and give both layers theirs."""
        super().rename(name)
        self.forward_layer.rename(f"{name}/forward")
        self.backward_layer.rename(f"{name}/backward")

    @property
    def layer(self):
        """The forward layer."""
        return self.forward_layer

    def halves(self, arrays):
        """Yield (layer, its part of `arrays`), forward and backward. Variables are called forward_kernel, ..."""
        for prefix, layer in (("forward_", self.forward_layer), ("backward_", self.backward_layer)):
            part = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
            yield layer, part

    def specs(self, input_shape):
        found = {f"forward_{name}": spec for name, spec in self.forward_layer.specs(input_shape).items()}
        return found | {f"backward_{name}": spec for name, spec in self.backward_layer.specs(input_shape).items()}

    def output_shape(self, input_shape):
        if self.built and input_shape[-1] != self.built_shape[-1]:
            raise ValueError(f"{self.name} gets shape {input_shape}; accepted is (B, T, {self.built_shape[-1]})")
        one = self.forward_layer.output_shape(input_shape)
        return (*one[:-1], one[-1] * (2 if self.merge_mode == "concat" else 1))

    def next_mask(self, x, mask):
        return self.forward_layer.next_mask(x, mask)

    def forward(self, params, x, call):
        outputs, caches = [], []
        for number, (layer, part) in enumerate(self.halves(params)):
            y, cache = layer.forward(part, x, self._call(call, number))
            outputs.append(y[:, ::-1] if y.ndim == 3 and number else y)
            caches.append(cache)
        keep = call.mask[..., None] if call.mask is not None and self.layer.return_sequences else None
        if keep is not None:
            outputs = [y * keep for y in outputs]
        return MERGES[self.merge_mode][0](outputs), (outputs, caches, keep)

    def _call(self, call, number):
        """Return the call that one half gets: buffers, randomness and initial state of its own."""
        half = None if call.state is None else call.state[number]
        work = call.work.setdefault((self.index, number), {})
        return replace(call, state=half, work=work, seed=(*call.seed, number))

    def backward(self, params, cache, dy, grads, need_dx=True):
        outputs, caches, keep = cache
        gradients = zip(self.halves(params), self.halves(grads), strict=True)
        dx = 0
        for number, ((layer, part), (_, gradient)) in enumerate(gradients):
            dhalf = MERGES[self.merge_mode][1](outputs, dy, number)
            dhalf = dhalf if keep is None else dhalf * keep
            dhalf = dhalf[:, ::-1] if dhalf.ndim == 3 and number else dhalf
            share = layer.backward(part, caches[number], dhalf, gradient, need_dx)
            dx = dx + share if need_dx else None
        return dx

    def check_state(self, state, B, dtype):
        if state is None:
            return None
        if not isinstance(state, (list, tuple)) or len(state) % 2:
            raise ValueError(
                "initial_state is not a list of both directions' states; accepted is forward's, backward's"
            )
        half = len(state) // 2
        return tuple(self.layer.check_state(part, B, dtype) for part in (state[:half], state[half:]))

    def to_cell(self):
        """Return a copy of the weights as two cells' parameters: forward, backward."""
        return tuple(layer.to_cell(part) for layer, part in self.halves(self.params))
