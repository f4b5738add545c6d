"""Predict first: the learner's values, then the true ones laid over them."""

import math
from numbers import Real

import anywidget
import numpy as np
import traitlets

from rnnedu.widget import assets


class Prediction(anywidget.AnyWidget):
    """A question whose answer is one value for each label; Run waits until the learner has set them all.

    Parameters
    ----------
    question : str, shown as text.
    labels : sequence of n different texts, one column each.
    reveal : function of no arguments that returns the n true values, finite, shape (n,). It is called when
        the learner presses Run, and not before.
    low, high : float, the ends of the scale on which a value is set. A true value may lie outside.
    step : float, the smallest change of a value.

    Attributes
    ----------
    guess : list of n, the learner's values; None where none is set yet.
    submitted : bool, set by Run and cleared by Reset. Setting it calls `reveal`.
    result : list of n floats, the true values, once `reveal` has given them.
    error : str, what `reveal` raised. The exception goes on to the caller as well, and Run can be pressed again.

    Raises TypeError or ValueError for an argument that is not as above.
    """

    _esm = assets.module("prediction")
    _css = assets.styles("card", "prediction")

    question = traitlets.Unicode().tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    low = traitlets.Float().tag(sync=True)
    high = traitlets.Float().tag(sync=True)
    step = traitlets.Float().tag(sync=True)
    guess = traitlets.List(traitlets.Float(allow_none=True)).tag(sync=True)
    submitted = traitlets.Bool(False).tag(sync=True)
    result = traitlets.List(traitlets.Float()).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)

    def __init__(self, question, labels, reveal, low=-1.0, high=1.0, step=0.05):
        if not callable(reveal):
            raise TypeError(f"reveal is {type(reveal).__name__}; accepted is a function that returns the true values")
        labels, scale = _labels(labels), _scale(low, high, step)
        super().__init__(question=text("question", question), labels=labels, guess=[None] * len(labels), **scale)
        self._reveal = reveal

    def __repr__(self):
        return f"Prediction({self.question!r}, {self.labels!r})"

    @traitlets.validate("guess")
    def _valid_guess(self, proposal):
        if len(proposal["value"]) != len(self.labels):
            raise traitlets.TraitError(f"guess holds {len(proposal['value'])} values; accepted is {len(self.labels)}")
        return proposal["value"]

    @traitlets.observe("submitted")
    def _run(self, change):
        self.result = []
        if not change["new"]:
            return
        self.error = ""
        try:
            self.result = _truth(self._reveal(), len(self.labels))
        except (Exception, KeyboardInterrupt) as error:
            self.error = f"{type(error).__name__}: {error}".removesuffix(": ")
            self.submitted = False  # so that Run works again when the learner has mended it
            raise


def text(name, value):
    """Return `value` if it is a text that is not blank; else raise TypeError or ValueError naming it."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {type(value).__name__}; accepted is a text")
    if not value.strip():
        raise ValueError(f"{name} is empty; accepted is a text")
    return value


def _labels(labels):
    if isinstance(labels, str):
        raise TypeError(f"labels is {labels!r}; accepted is a sequence of texts, one for each value")
    labels = [text(f"labels[{n}]", label) for n, label in enumerate(labels)]
    if not labels or len(set(labels)) < len(labels):
        raise ValueError(f"labels is {labels}; accepted is at least one text, all of them different")
    return labels


def _scale(low, high, step):
    scale = {"low": low, "high": high, "step": step}
    for name, value in scale.items():
        if not isinstance(value, Real) or isinstance(value, bool):
            raise TypeError(f"{name} is {value!r}; accepted is a number")
        if not math.isfinite(value):
            raise ValueError(f"{name} is {value}; accepted is a finite number")
    if not low < high:
        raise ValueError(f"low is {low} and high is {high}; accepted is low < high")
    if not 0 < step <= high - low:
        raise ValueError(f"step is {step}; accepted is a number above 0, at most high - low = {high - low:g}")
    return {name: float(value) for name, value in scale.items()}


def _truth(values, n):
    """Return what `reveal` gave as a list of n finite floats."""
    values = np.asarray(values, dtype=np.float64)
    if values.shape != (n,):
        raise ValueError(f"reveal returned shape {values.shape}; accepted is ({n},), one value for each label")
    if not np.isfinite(values).all():
        raise ValueError(f"reveal returned {values.tolist()}; accepted are finite numbers")
    return values.tolist()
