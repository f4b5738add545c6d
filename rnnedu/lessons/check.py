"""Check: what is right or wrong with a learner's function, and hints on the learner's wish."""

import anywidget
import traitlets

from rnnedu.lessons.exercises import exercise_of
from rnnedu.widget import assets


class Check(anywidget.AnyWidget):
    """The verdict on a function, and below it a button that opens one hint after the other, then the solution.

    Nothing is sent anywhere, and nothing is counted: what a learner tried stays with the learner. Shown without a
    browser it is its verdict's text.

    Parameters
    ----------
    fn : the learner's function. exercise : name of the exercise, where the function has another name.

    Attributes
    ----------
    ok : bool. text : str, what a learner reads.
    opened : int, how many of the hints are open, 0 to 3; 4 shows the solution too.

    Raises TypeError for what is no function, ValueError for a function that no exercise asks for.

    >>> import numpy as np
    >>> def rnn_step(x_t, h_prev, W_x, W_h, b):
    ...     return np.tanh(x_t @ W_x + h_prev @ W_h)
    >>> Check(rnn_step)
    The bias b is left out.
    """

    _esm = assets.module("check")
    _css = assets.styles("card", "check")

    label = traitlets.Unicode().tag(sync=True)
    ok = traitlets.Bool().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    hints = traitlets.List(traitlets.Unicode()).tag(sync=True)
    opened = traitlets.Int(0).tag(sync=True)

    def __init__(self, fn, exercise=None):
        asked = exercise_of(fn, exercise)
        verdict = asked.check(fn)
        hints = [*asked.hints, asked.solution.strip()]
        super().__init__(label=asked.name, ok=verdict.ok, text=verdict.text, hints=hints)

    def __repr__(self):
        return self.text

    def _repr_mimebundle_(self, **kwargs):
        shown = super()._repr_mimebundle_(**kwargs)
        data = shown[0] if isinstance(shown, tuple) else shown
        data["text/plain"] = self.text  # whole: what a long representation is cut to would lose its end
        return shown

    def __bool__(self):
        return self.ok

    @traitlets.validate("opened")
    def _in_turn(self, proposal):
        return max(0, min(proposal["value"], len(self.hints)))


def check(fn, exercise=None):
    """Return the Check of a learner's function; the exercise is found by the function's name."""
    return Check(fn, exercise)
