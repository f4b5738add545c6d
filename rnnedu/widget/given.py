"""What every widget does with the values it is given: wrong ones are refused, and the widget says so."""

import contextlib
import math

import numpy as np
import traitlets

LONGEST = 1023  # binary digits: a number beyond is no float


class WrongKind(TypeError, traitlets.TraitError):  # noqa: N818 (what it is, as validate.Overflow)
    """A value of a kind that a trait does not take. Traitlets undoes what was set together with it."""


class Given(traitlets.HasTraits):
    """Base of widgets: the traits named in `taken` are refused, with `error` saying why, before they have changed.

    NumPy's numbers and arrays become Python's own. Raises TypeError, which is a traitlets.TraitError too, for another
    kind of value; ValueError for an integer beyond the floats and for half of a character, which no page can be written
    with. What `_recompute` raises after a change is shown as well, and such a value stays until it is mended; NaN and
    infinity among those go to the browser as null.
    """

    taken = frozenset()
    _inside = False
    error = traitlets.Unicode("").tag(sync=True)

    def __setattr__(self, name, value):
        """Set an attribute; of a trait in `taken`, what is refused is shown too."""
        if name not in self.taken:
            super().__setattr__(name, value)
            return
        with self._taking():
            super().__setattr__(name, self._plain(name, value))

    def set_state(self, sync_data):
        """Take what the browser sends, nothing of it if one is of a wrong kind."""
        with self._taking():
            super().set_state({name: self._plain(name, value) for name, value in sync_data.items()})

    def get_state(self, key=None, drop_defaults=False):
        """Return what is sent to the browser: JSON has no NaN."""
        state = super().get_state(key, drop_defaults)
        return state | {name: _finite(state[name]) for name in self.taken & state.keys()}

    def close(self):
        """Remove the widget from the page, and its layout, which is a widget too, from the kernel."""
        layout = None if self.comm is None else self.layout
        super().close()
        if layout is not None:
            layout.close()

    @contextlib.contextmanager
    def failing_visibly(self):
        """Show what is raised inside, where the learner looks, and let it go on to the caller."""
        try:
            yield
        except Exception as error:
            self.error = str(error) or type(error).__name__
            raise

    def _plain(self, name, value):
        if name not in self.taken or not self.trait_metadata(name, "sync"):
            return value
        found, trait = plain(name, value), getattr(type(self), name)
        if isinstance(found, bool) and isinstance(trait, (traitlets.Int, traitlets.Float)):  # True is no 1
            raise WrongKind(f"{name} is {found}; accepted is {trait.info()}")
        return found

    @contextlib.contextmanager
    def _taking(self):
        """Show what is refused inside. A right value forgets what was refused before, even if it changes nothing."""
        inside, self._inside = self._inside, True
        try:
            with self.failing_visibly(), _kinds():
                yield
                if self.error and not inside and not self._cross_validation_lock:
                    self._recompute()
        finally:
            self._inside = inside


def plain(name, value):
    """Return plain data, NumPy's numbers and arrays as Python's. Raises as `Given` says.

    >>> plain("span", [np.int64(2), np.float32(0.5)])
    [2, 0.5]
    """
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: plain(f"{name}[{key!r}]", each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [v if type(v) is float else plain(f"{name}[{place}]", v) for place, v in enumerate(value)]
    if isinstance(value, str) and not value.isascii():
        _whole(name, value)
    if isinstance(value, int) and value.bit_length() > LONGEST:
        raise ValueError(f"{name} has {value.bit_length()} binary digits; accepted are at most {LONGEST}")
    if not isinstance(value, (str, bool, int, float, type(None))):
        raise WrongKind(f"{name} is a {type(value).__name__}; accepted are numbers, texts, and lists or dicts of them")
    return value


def _whole(name, text):
    try:
        text.encode()
    except UnicodeEncodeError:
        seen = f"{name} holds half of a character (a lone surrogate): {text!r:.60}"
        raise ValueError(f"{seen}; accepted is whole text") from None


def _finite(value):
    """Return plain data with None for what is not finite."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@contextlib.contextmanager
def _kinds():
    """Raise what traitlets says of a kind as a TypeError too, as everywhere else here."""
    try:
        yield
    except WrongKind:
        raise
    except traitlets.TraitError as error:
        raise WrongKind(str(error)) from None
