"""Trainer: a model learns while the notebook stays usable; to be paused, resumed and stopped, losing nothing."""

import traitlets

from rnnedu import validate
from rnnedu.experiments.training import Training
from rnnedu.widget import blocks, controls, training_blocks
from rnnedu.widget.job import PAUSED, RUNNING, Job
from rnnedu.widget.live import Live

MAX_EPOCHS = 100_000
RATES = (1e-5, 1.0)


class Trainer(Live):
    """Train a model live: loss, metrics, gradient norm, learning rate, and a sample of what it has learned.

    model : a compiled Sequential. x, y, batch_size, sample_weight, validation_data, shuffle : as `model.fit` takes
        them.
    sample : function model -> text, shown after every epoch and by the button "Sample now"; None for none.
    epochs : how many a press of Start adds. rate : the learning rate, which can be moved while it trains; None where
        the optimiser follows a schedule.

    `start`, `pause`, `resume`, `stop` are its buttons; `run` waits in a cell, and an interrupt of the cell pauses.
    Every update is whole, so the model can be used whenever it rests. `history` is a dict of arrays with an entry for
    each update, and those named val_* for each epoch. Where training diverges, the model keeps its last finite weights.

    Raises what `model.fit` raises for bad data, before anything has changed.

    >>> import numpy as np
    >>> from rnnedu.layers import Dense
    >>> from rnnedu.models import Sequential
    >>> model = Sequential([Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> trainer = Trainer(model, np.ones((8, 2)), np.ones((8, 1)), batch_size=4, epochs=3)
    >>> trainer.start()
    >>> trainer.wait()
    >>> trainer.state, len(trainer.history["loss"])
    ('done', 6)
    """

    heading = "Trainer"
    inputs = ("epochs", "rate")

    epochs = traitlets.Int(10).tag(sync=True)
    rate = traitlets.Float(None, allow_none=True).tag(sync=True)

    def __init__(
        self,
        model,
        x,
        y,
        *,
        batch_size=32,
        sample_weight=None,
        validation_data=None,
        shuffle=True,
        sample=None,
        **traits,
    ):
        if sample is not None and not callable(sample):
            raise TypeError(f"sample is a {type(sample).__name__}; accepted is a function of the model, or None")
        validate.refuse_unknown("Trainer", traits, self.inputs)
        validate.integer("epochs", traits.get("epochs", 10), 1, MAX_EPOCHS)
        if traits.get("rate") is not None:
            validate.positive("rate", traits["rate"])
        given = {"sample_weight": sample_weight, "validation_data": validation_data}
        self.training = Training(model, x, y, batch_size=batch_size, shuffle=shuffle, **given)
        self.sample, self.text = sample, "Nothing is learned yet."
        now = model.optimizer.learning_rate
        self._applied = float(now) if isinstance(now, (int, float)) else None
        super().__init__(**(traits | {"rate": traits.get("rate", self._applied)}))

    @property
    def model(self):
        """The model that is trained."""
        return self.training.model

    @property
    def history(self):
        """{name: array (n,) float64}, copies: what was measured; see rnnedu.experiments.training."""
        return {name: values.copy() for name, values in self.training.history.items()}

    @property
    def unfinished(self):
        """Whether there is training to go on with."""
        return self.training.open

    def compute(self):
        """Check the settings; a rate that was moved holds from the next update on."""
        validate.integer("epochs", self.epochs, 1, MAX_EPOCHS)
        if self.rate != self._applied:
            self.model.optimizer.learning_rate = validate.positive("rate", self.rate)
            self._applied = self.rate

    # -- what is seen ----------------------------------------------------------------------------------------------

    def form(self):
        """Return the controls."""
        found = [controls.count("epochs", 1, MAX_EPOCHS, "epochs to add")]
        if self.rate is not None:
            low, high = min(RATES[0], self.rate), max(RATES[1], self.rate)
            found.append(controls.slider("rate", low, high, 0.05, "learning rate", log=True))
        return found

    def doings(self):
        """Return the buttons."""
        state = self.state
        more = "Start" if not self.training.updates.count else f"Train {self.epochs} more"
        resumable = self.job is not None and self.unfinished and state != RUNNING
        found = [
            controls.action("start", more, state not in (RUNNING, PAUSED), primary=not resumable),
            controls.action("pause", "Pause", state == RUNNING),
            controls.action("resume", "Resume", resumable, primary=True),
            controls.action("stop", "Stop", state in (RUNNING, PAUSED)),
        ]
        return found if self.sample is None else [*found, controls.action("draw", "Sample now", state != RUNNING)]

    def blocks(self):
        """Return the curves of loss and metrics, the sample, the curves of updates, and what the training took."""
        seen = self.training, self.state
        sample = [] if self.sample is None else [blocks.text("sample", "A sample of the model", self.text)]
        rest = [*training_blocks.updates(self.training), training_blocks.progress(*seen)]
        return [*training_blocks.measures(*seen), *sample, *rest]

    def sentence(self):
        """Return state and loss as one line; it changes with every epoch, not with every update."""
        state = "diverged" if self.training.problem else self.state
        checked = self.training.epochs.arrays()["val_loss"]
        known = f" Validation loss {checked[-1]:.3g}." if len(checked) else ""
        return f"Training {state}, {self.training.epoch} epochs.{known} {self.training.problem}".rstrip()

    # -- training --------------------------------------------------------------------------------------------------

    def start(self):
        """Train `epochs` more epochs. Raises ValueError while it runs or is paused."""
        if self.state in (RUNNING, PAUSED):
            raise ValueError(f"training is {self.state}; accepted is start() after stop(), or resume()")
        self._settle()
        self._recompute()
        self.training.plan(self.epochs)
        self.job = None
        self.resume()

    def resume(self):
        """Go on where it was paused, stopped, or failed. Raises ValueError if there is nothing to go on with."""
        if not self.unfinished or self.state == RUNNING:
            raise ValueError("there is no training to go on with; accepted is start()")
        if self.state != PAUSED:
            self._settle()
            self.job = Job(self._steps(), self._progress, every=0.25)
        self.error = ""
        self.job.start()
        self.show()

    def draw(self):
        """Take a sample of the model as it is now, once it rests. Raises TypeError for one that is no text."""
        self._settle()
        self.text = validate.kind("sample", self.sample(self.model), str)
        self.show()

    def _steps(self):
        """Go through the training; after every epoch, in the same step, take a sample."""
        for step in self.training:
            if step is None and self.sample is not None:
                self.text = validate.kind("sample", self.sample(self.model), str)
            yield

    def _progress(self):
        if self.job is not None and self.job.error is not None:
            self.error = str(self.job.error) or type(self.job.error).__name__
        self.show()

    def _settle(self):
        """Wait for the step that a stopped job is still making: two threads must not train one model."""
        if self.job is not None and self.job.error is None:
            self.job.wait()
