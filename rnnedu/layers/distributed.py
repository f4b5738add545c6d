"""TimeDistributed: a layer at every timestep."""

from rnnedu.configured import unpack
from rnnedu.layers.base import LAYERS, Layer
from rnnedu.layers.dense import Dense


class TimeDistributed(Layer):
    """Apply a Dense layer at every timestep: (B, T, D) to (B, T, units). Dense alone does so too; Keras has both."""

    options = ("layer",)

    def __init__(self, layer, **kwargs):
        layer = unpack("layer", layer, LAYERS) if isinstance(layer, dict) else layer
        if not isinstance(layer, Dense) or layer.built:
            raise TypeError(f"layer is a {type(layer).__name__}; accepted is a Dense that is not built")
        super().__init__(**kwargs)
        self.layer = layer
        self.activation = layer.activation  # as the last layer's, it may be taken in by the loss

    def specs(self, input_shape):
        return self.layer.specs(input_shape)

    def output_shape(self, input_shape):
        if len(input_shape) != 3:
            raise ValueError(f"{self.name} gets shape {input_shape}; accepted is (B, T, D)")
        if self.built_shape and input_shape[-1] != self.built_shape[-1]:
            raise ValueError(f"{self.name} gets shape {input_shape}; accepted is (B, T, {self.built_shape[-1]})")
        return self.layer.output_shape(input_shape)

    def forward(self, params, x, call):
        return self.layer.forward(params, x, call)

    def backward(self, params, cache, dy, grads, need_dx=True):
        return self.layer.backward(params, cache, dy, grads, need_dx)
