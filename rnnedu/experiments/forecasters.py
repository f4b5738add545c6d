"""Networks that forecast a series from a window of its last values, trained by Sequential."""

from dataclasses import dataclass

from rnnedu import layers, optim, validate
from rnnedu.experiments import forecast
from rnnedu.experiments.detrended import Detrended, differences, naive
from rnnedu.models import Sequential
from rnnedu.optim.schedules import CosineDecay

KINDS = ("MLP", "SimpleRNN", "LSTM", "GRU")


@dataclass(frozen=True)
class Recipe:
    """A network and its training. The loss is the squared error; the rate falls to 0 along half a cosine.

    kind : of KINDS; an "MLP" sees the window at once through one tanh layer, the others value by value. window : values
    that it reads. units : H. horizon : K values that it answers directly. lag : 0, or of the differences that it works
    with, see `detrended`; it then reads `lag` values more. epochs, batch, rate : of Adam, gradients clipped to norm 1.
    """

    kind: str
    window: int
    units: int = 32
    horizon: int = 1
    lag: int = 0
    epochs: int = 30
    batch: int = 64
    rate: float = 0.01

    def __post_init__(self):
        validate.choice("kind", self.kind, KINDS)
        for name, low in (("window", 1), ("units", 1), ("horizon", 1), ("lag", 0), ("epochs", 1), ("batch", 1)):
            validate.integer(name, getattr(self, name), low)
        validate.positive("rate", self.rate)

    @property
    def length(self):
        """How many values it reads in all."""
        return self.window + self.lag

    def network(self, updates, seed=0):
        """Return a compiled Sequential from windows (B, window, 1) to (B, horizon), to be trained so many updates."""
        if self.kind == "MLP":
            reading = [layers.Lags(self.window), layers.Dense(self.units, activation="tanh")]
        else:
            reading = [getattr(layers, self.kind)(self.units)]
        stack = [layers.Input((self.window, 1)), *reading, layers.Dense(self.horizon)]
        model = Sequential(stack, name=self.kind, seed=seed)
        model.compile(optim.Adam(CosineDecay(self.rate, max(1, updates)), clipnorm=1.0), "mse")
        return model

    def train(self, split, seed=0):
        """Return a model trained on the training part alone; its `predict` maps windows (B, length, 1) to (B, horizon).

        Raises ValueError for a training part that is shorter than a window and its horizon.
        """
        x, y = forecast.windows(split.values[: split.validation], self.length, self.horizon)
        scale = 1.0
        if self.lag:
            y, x = y - naive(x, self.lag, self.horizon), differences(x, self.lag)
            scale = float(x.std())
        model = self.network(self.epochs * -(-len(x) // self.batch), seed)
        model.fit(x / scale, y / scale, batch_size=self.batch, epochs=self.epochs, verbose=0)
        return Detrended(model, self.lag, scale) if self.lag else model
