"""What the widgets beside the player share: controls that set traits, and blocks that show what comes of it.

A widget here is plain data: Python says which controls there are (`controls`), what is to be seen (`blocks`), and one
ES module, js/panel.js, shows both. So a widget is tested in Python by setting a trait and reading its blocks.
"""

import anywidget
import traitlets

from rnnedu import validate
from rnnedu.widget import assets
from rnnedu.widget.given import Given


class Panel(Given, anywidget.AnyWidget):
    """Base: a change of one of `inputs` calls `compute`, then shows `blocks()` and `sentence()`.

    A wrong value raises ValueError or TypeError; the widget says so, keeps what it showed, and computes again once the
    value is mended. Subclasses define

    heading : what a screen reader calls the widget.
    inputs : names of the traits whose change computes anew.
    compute() : check the traits, work, keep the result; raise before anything has changed.
    form() : the controls, from `controls`. doings() : the buttons; a press calls the method of that name.
    blocks() : what is seen, from `blocks`. sentence() : its values as one line of text, which a screen reader hears.

    `shown` holds what these four returned last; it goes to the browser in one message.
    """

    _esm = assets.module("panel")
    _css = assets.styles("kit", "panel", "tracks")

    heading = ""
    inputs = ()

    label = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits):
        own = self.class_own_traits()
        validate.refuse_unknown(type(self).__name__, traits, sorted(own))
        self.taken = frozenset(own)
        super().__init__(label=self.heading, **traits)
        try:
            self._recompute()
        except BaseException:
            self.close()  # a widget that nobody has would stay registered for ever
            raise
        self.observe(self._recompute, list(self.inputs))
        self.on_msg(self._asked)

    def compute(self):
        """Check the traits and work out what is shown."""

    def form(self):
        """Return the controls."""
        return []

    def doings(self):
        """Return the buttons."""
        return []

    def blocks(self):
        """Return what is seen."""
        raise NotImplementedError

    def sentence(self):
        """Return the values as one line of text."""
        return ""

    def show(self):
        """Send what there is to see. One assignment, so that a thread may call it too."""
        self.shown = {
            "controls": [{"value": getattr(self, control["trait"])} | control for control in self.form()],
            "actions": self.doings(),
            "blocks": self.blocks(),
            "values": self.sentence(),
        }

    def _recompute(self, _change=None):
        with self.failing_visibly(), self.hold_sync():
            self.compute()
            self.show()
            self.error = ""

    def _asked(self, _widget, content, _buffers):
        """Do what a button asks for: only what is offered now."""
        offered = [action["name"] for action in self.doings() if action["enabled"]]
        name = content.get("do") if isinstance(content, dict) else None
        if name in offered:
            with self.failing_visibly():
                getattr(self, name)()
