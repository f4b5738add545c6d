"""Sequential: layers one after the other, with Keras' way of building, training, asking and saving."""

import itertools
from dataclasses import replace

import numpy as np

from rnnedu import losses, optim, validate
from rnnedu.layers import Input, Layer, base, building, chain
from rnnedu.metrics import resolve
from rnnedu.models import data, fitting, threads
from rnnedu.models.summary import Summary
from rnnedu.train import Updater, epoch


class Sequential:
    """A stack of layers.

    layers : list of layers to begin with; more with `add`. The first may be an `Input`.
    seed : all randomness comes from it: weights, shuffling, dropout. The same seed gives the same result bit for bit.
    dtype : of the weights and of all that is computed: float32, or float64 to check gradients.

    The model is built, its weights drawn, as soon as the shape of its input is known: from `Input`, from the first
    layer's `input_shape`, by `build`, or from the data given to `fit`.
    """

    def __init__(self, layers=None, name="sequential", seed=0, dtype="float32"):
        self.name = validate.kind("name", name, str)
        self.seed = validate.integer("seed", seed, 0)
        self.dtype = validate.float_dtype("dtype", dtype)
        self.layers, self.input_shape, self._home = [], None, None
        self.optimizer = self.loss = self.history = self.probe = None
        self.stop_training, self.asked = False, ()
        self._updater = self._metrics = None  # made when first needed
        for layer in data.listed("layers", layers):
            self.add(layer)

    # -- putting it together ---------------------------------------------------------------------------------------

    def add(self, layer):
        """Put a layer behind the others."""
        if self._home is not None:
            raise ValueError("layer is added to a model that is built; accepted is adding it before")
        if isinstance(layer, Input):
            self._begin(layer)
            return
        if not isinstance(layer, Layer):
            raise TypeError(f"layer is a {type(layer).__name__}; accepted is a layer of rnnedu.layers")
        if layer.home is not None or layer.model is not None:
            raise ValueError(f"layer {layer.name!r} is in use already; accepted is a new one")
        if layer.input_shape is not None and not self.layers:
            self.input_shape = (None, *layer.input_shape)
        self._name(layer)
        layer.model = self
        self.layers.append(layer)

    def _begin(self, given):
        if self.layers:
            raise ValueError("layer is an Input behind other layers; accepted is an Input before them")
        self.input_shape = (None, *given.shape)

    def _name(self, layer):
        """Give the layer a name that no other has: lstm, lstm_1, ..."""
        taken = {other.name for other in self.layers}
        if layer.name in taken and layer.named:
            raise ValueError(f"name is {layer.name!r}, which another layer has; accepted is a name of its own")
        count = sum(type(other) is type(layer) for other in self.layers)
        while layer.name in taken:
            layer.rename(f"{base.snake(type(layer).__name__)}_{count}")
            count += 1

    def build(self, input_shape):
        """Draw the weights for inputs of shape (B, ...), None for a size that may vary."""
        if self._home is not None:
            raise ValueError(f"the model is built already, for inputs of shape {self.input_shape}")
        data.refuse_empty(self)
        shape = building.full_shape(input_shape)
        self.settle(building.build(self.layers, shape, self.seed, self.dtype), shape)

    def settle(self, home, shape):
        """Take a Home, in which the layers live, as the model's."""
        self._home, self.input_shape = home, (None, *shape[1:])

    def unbuild(self):
        """Forget the weights and the input's shape, as before `build`."""
        for layer in self.layers:
            layer.home, layer.index, layer.built_shape = None, 0, None
        self._home = self.input_shape = self._metrics = None

    @property
    def home(self):
        """Where the weights live. Raises ValueError before the model is built."""
        if self._home is None and self.input_shape is None:
            raise ValueError("the model is not built; call build((None, ...)) or fit first, or begin with an Input")
        if self._home is None:
            self.build(self.input_shape)
        return self._home

    @property
    def built(self):
        """Whether there are weights, or the input's shape is known, so that they will be drawn when asked for."""
        return self._home is not None or self.input_shape is not None

    @property
    def output_shape(self):
        """Shape of the output, None for a size that may vary."""
        if self.input_shape is None:
            _ = self.home  # raises: the model is not built
        return self.shape_after(self.input_shape)

    def shape_after(self, shape):
        """Return the output's shape for inputs of this shape. Raises ValueError where a layer cannot take it."""
        for layer in self.layers:
            shape = layer.output_shape(shape)
        return shape

    def compile(self, optimizer="rmsprop", loss=None, metrics=None):  # noqa: A003, RUF100
        """Say how to train.

        optimizer : name or Optimizer. loss : name or Loss. metrics : list of names, such as ["accuracy"].
        """
        found, wanted = optim.get(optimizer), losses.get(loss)
        asked = data.listed("metrics", metrics)
        if asked and not wanted.per_step:
            raise ValueError(f"metrics is {list(asked)}; accepted with the loss {wanted.name!r} are none")
        for each in asked:
            resolve(each, wanted, (None, 1))  # unknown names are refused here
        if self._home is not None:  # first: an interrupt must not leave a new rule with an old one's memory
            self._home.state = replace(self._home.state, slots={}, step=0)
        self.optimizer, self.loss, self.asked = found, wanted, asked
        self._updater = self._metrics = None

    @property
    def metrics(self):
        """Name -> Metric, as asked for in `compile`."""
        if self._metrics is None:
            found = [resolve(each, self.loss, self.output_shape) for each in self.asked]
            self._metrics = {metric.name: metric for metric in found}
        return self._metrics

    @property
    def linked(self):
        """Whether the loss takes in the last layer's activation: softmax and cross-entropy are one stable formula."""
        link = None if self.loss is None else self.loss.link
        return link is not None and getattr(self.layers[-1], "activation", None) == link

    # -- training --------------------------------------------------------------------------------------------------

    def fit(
        self,
        x,
        y,
        batch_size=32,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
        class_weight=None,
        sample_weight=None,
        initial_epoch=0,
    ):
        """Train and return the History; options as in Keras.

        verbose : 0 is silent; "auto" or 1 shows a progress bar. Training can be interrupted at any moment: the model
        keeps all whole updates and `model.history` the whole epochs.

        Raises ValueError or TypeError for bad data before anything changes, `train.Diverged` where training leaves
        the finite numbers.
        """
        with data.all_or_nothing(self):
            training = data.checked(self, x, y, sample_weight)
            training, validation = data.divided(self, training, validation_split, validation_data)
            training = data.by_class(self, training, class_weight)  # which says nothing of validation, as in Keras
            plan = fitting.Plan(batch_size, epochs, initial_epoch, shuffle)
            data.check_batches(self, plan.batch_size, training, validation)
            listeners = fitting.listeners(self, callbacks, verbose)
        return fitting.fit(self, training, validation, plan, listeners)

    def steps(self, x, y, batch_size=32, epochs=1, shuffle=True, sample_weight=None):
        """Train step by step: an iterator of `train.TrainStep`. Leave it whenever you like; what is learned stays."""
        plan = fitting.Plan(batch_size, epochs, 0, shuffle)
        with data.all_or_nothing(self):
            training = data.checked(self, x, y, sample_weight)
            data.check_batches(self, plan.batch_size, training)
        epochs = (epoch(self, training, k, plan.batch_size, plan.shuffle) for k in range(plan.epochs))
        return itertools.chain.from_iterable(epochs)

    def train_on_batch(self, x, y, sample_weight=None, class_weight=None, return_dict=False):
        """Make one update and return the batch's loss, or [loss, *metrics], as they were before it."""
        validate.kind("return_dict", return_dict, bool)
        with data.all_or_nothing(self):
            batch = data.checked(self, x, y, sample_weight)  # builds the model, if need be
            batch = data.by_class(self, batch, class_weight)
        self.home.state.refuse_other_batch(len(batch))
        loss, measured, _, _ = self.updater().update(batch, self.probe)
        return fitting.report(self, {"loss": loss} | fitting.means(self, measured), return_dict)

    def evaluate(self, x, y, batch_size=32, verbose=0, sample_weight=None, return_dict=False):
        """Return the loss, or [loss, *metrics], over all of x, without dropout."""
        validate.integer("batch_size", batch_size, 1), fitting.check_verbose(verbose)
        validate.kind("return_dict", return_dict, bool)
        with data.all_or_nothing(self):
            given = data.checked(self, x, y, sample_weight)
            data.check_batches(self, batch_size, given)
        logs = fitting.evaluate(self, given, batch_size)
        return fitting.report(self, logs, return_dict)

    def predict(self, x, batch_size=32, verbose=0):
        """Return the output for all of x (N, ...), batch by batch. The model must be built."""
        validate.integer("batch_size", batch_size, 1), fitting.check_verbose(verbose)
        _ = self.home
        x = data.inputs(self, x)
        data.check_batches(self, batch_size, x)
        work = {}
        parts = [self._run(x[start : start + batch_size], False, work) for start in range(0, len(x), batch_size)]
        return np.concatenate(parts)

    def __call__(self, x, training=False):
        """Return the output for one batch; training=True applies dropout."""
        _ = self.home
        return self._run(data.inputs(self, x), validate.kind("training", training, bool), {})

    def _run(self, x, training, work):
        """Return the output for one batch, in an array of its own; `work` holds the buffers."""
        state = self.home.state
        state.refuse_other_batch(len(x))
        seed = (self.seed, 0, state.step)
        with self.threads(len(x)):
            passed = chain.forward(self.layers, state, x, training=training, seed=seed, work=work)
        if passed.carried:
            self.home.state = state.carrying(passed.carried)
        return np.array(passed.y)

    def threads(self, B):
        """Return a context in which BLAS has as many threads as batches of B sequences can use; see `threads`."""
        return threads.fitting(self, B)

    def updater(self):
        """Return the Updater, which keeps the buffers of training."""
        if self.optimizer is None:
            raise ValueError("the model is not compiled; call compile(optimizer, loss) first")
        if self._updater is None:
            self._updater = Updater(self)
        return self._updater

    def reset_state(self):
        """Forget the states that stateful layers carried from the last batch."""
        self.home.state = self.home.state.carrying({})

    # -- weights ---------------------------------------------------------------------------------------------------

    @property
    def steps_taken(self):
        """How many updates were made since `compile`."""
        return self.home.state.step

    def get_weights(self):
        """Return copies of all weights as a list, layer by layer, in Keras' order and shapes; [] before it is built."""
        return [array for layer in self.layers for array in layer.get_weights()] if self.built and self.home else []

    def set_weights(self, weights):
        """Replace all weights by a list of arrays in Keras' order and shapes, all or none."""
        _ = self.home
        building.replace_weights(self.layers, weights)

    def count_params(self):
        """Return the number of weights."""
        return self.home.layout.size

    def get_layer(self, name=None, index=None):
        """Return the layer called `name`, or the one at `index`."""
        if name is None:
            return self.layers[validate.integer("index", index, -len(self.layers), len(self.layers) - 1)]
        return validate.named("name", name, {layer.name: layer for layer in self.layers})

    def summary(self, print_fn=print):
        """Print a table of layers, output shapes and numbers of weights. In a notebook, `model` alone shows it too."""
        print_fn(str(Summary.of(self)))

    def __repr__(self):
        return f"Sequential({self.name!r}: {', '.join(type(layer).__name__ for layer in self.layers) or 'no layers'})"

    def _repr_html_(self):
        return Summary.of(self).html()

    def save(self, path):
        """Write layers, weights and the state of training to one file, without pickle, all or nothing."""
        from rnnedu.models.saved import save  # which needs this class

        save(self, path)
