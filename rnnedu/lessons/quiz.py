"""A question with one answer to choose, and feedback for every choice. What is chosen stays on this machine."""

from dataclasses import asdict, dataclass

import anywidget
import traitlets

from rnnedu.lessons.prediction import text
from rnnedu.widget import assets


@dataclass(frozen=True)
class Option:
    """One answer: its text, the feedback for who chooses it, and whether it is the right one."""

    text: str
    feedback: str
    right: bool = False

    def __post_init__(self):
        text("text", self.text)
        text("feedback", self.feedback)
        if not isinstance(self.right, bool):
            raise TypeError(f"right is {self.right!r}; accepted is True or False")


class Quiz(anywidget.AnyWidget):
    """A question, its options as radio buttons, and a Check button that shows the feedback of the chosen one.

    Parameters
    ----------
    question : str, shown as text.
    options : sequence of at least two, each an Option or a tuple (text, feedback) or (text, feedback, right).
        The texts differ, and at most one option is right; with none the feedback alone speaks.

    Attributes
    ----------
    chosen : int, which option is chosen, -1 while none is.
    checked : bool, whether Check was pressed since it was chosen.

    Raises TypeError or ValueError for an argument that is not as above.
    """

    _esm = assets.module("quiz")
    _css = assets.styles("card", "quiz")

    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)
    checked = traitlets.Bool(False).tag(sync=True)

    def __init__(self, question, options):
        options = [_option(n, option) for n, option in enumerate(options)]
        texts = [option.text for option in options]
        if len(set(texts)) < max(2, len(texts)):
            raise ValueError(f"options holds the texts {texts}; accepted are at least two, all different")
        right = [option.text for option in options if option.right]
        if len(right) > 1:
            raise ValueError(f"options calls {right} right; accepted is one right option at most")
        self._given = tuple(options)
        super().__init__(question=text("question", question), options=[asdict(option) for option in options])

    def __repr__(self):
        return f"Quiz({self.question!r})"

    @property
    def answer(self):
        """The Option that was checked; None before."""
        return self._given[self.chosen] if self.checked and self.chosen >= 0 else None

    @traitlets.validate("chosen")
    def _valid_chosen(self, proposal):
        if not -1 <= proposal["value"] < len(self._given):
            raise traitlets.TraitError(f"chosen is {proposal['value']}; accepted is -1 to {len(self._given) - 1}")
        return proposal["value"]

    @traitlets.observe("chosen")
    def _unchecked(self, _):
        self.checked = False  # the feedback belongs to the option that was checked


def _option(n, option):
    if isinstance(option, Option):
        return option
    if isinstance(option, (tuple, list)) and len(option) in (2, 3):
        return Option(*option)
    raise TypeError(f"options[{n}] is {option!r}; accepted is an Option or a tuple (text, feedback)")
