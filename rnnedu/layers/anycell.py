"""RNN: any registered cell as a layer."""

from rnnedu import cells, validate
from rnnedu.kernels import KERNELS, stepwise
from rnnedu.layers.base import Spec
from rnnedu.layers.recurrent import COMMON, FLAGS, Recurrent


class RNN(Recurrent):
    """The cell that is registered as `cell`, one of your own too, over whole sequences.

    cell : its name, such as "lstm". cell_options : options of its parameters, such as {"reset_after": False}.
    units, return_sequences and the others : see `layers.recurrent.Recurrent`. Weights have the cell's names, shapes
    and order and begin as its `init` draws them. SimpleRNN, LSTM and GRU are the layers for Keras' weights.
    """

    options = ("cell", "units", "cell_options", "dropout", *FLAGS)

    def __init__(self, cell, units, cell_options=None, **kwargs):
        unused = [name for name in kwargs if name in COMMON and name not in self.options]
        if unused:
            raise TypeError(f"{unused[0]} is given; accepted for RNN are {', '.join(self.options)}")
        super().__init__(units, **kwargs)
        self.cell = cells.get(cell).name
        declared = {f.name: f.metadata["accepted"] for f in cells.get(cell).Params.declared("accepted")}
        given = validate.kind("cell_options", cell_options or {}, dict)
        for name, value in given.items():
            validate.choice(name, value, validate.named("cell_options", name, declared))
        self.cell_options = {name: accepted[0] for name, accepted in declared.items()} | given

    def specs(self, input_shape):
        """Return the cell's arrays; each is drawn by the cell's own `init`."""
        sizes = {"D": input_shape[-1], "H": self.units}
        found = {}
        for f in cells.get(self.cell).Params.declared("dims"):
            shape = tuple(validate.size_of(dim, sizes) for dim in f.metadata["dims"])
            found[f.name] = Spec(shape, self._drawer(f.name, *sizes.values()))
        return found

    def _drawer(self, name, D, H):
        def draw(rng, _, dtype):
            seed = int(rng.integers(2**32))
            return cells.get(self.cell).init(D, H, seed=seed, dtype=dtype, **self.cell_options).arrays()[name]

        return draw

    @property
    def kernel(self):
        """The cell's kernel, or the one that steps through any cell."""
        return KERNELS.get(self.cell, stepwise)

    def arrays(self, params):
        """Return the weights: they have the cell's names already."""
        return params

    def weights_for_kernel(self, params):
        """Return the weights as the cell's parameters where its own `step` runs them."""
        return self.to_cell(params) if self.kernel is stepwise else super().weights_for_kernel(params)

    def write(self, gradients, grads):
        """Write the kernel's gradients into the layer's."""
        for name, gradient in gradients.items():
            grads[name][...] = gradient
