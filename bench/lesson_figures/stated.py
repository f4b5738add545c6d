"""A count beside the interval that the lesson's text states."""

from typing import NamedTuple


class Stated(NamedTuple):
    """What was found, the interval that the text states, and what else to print."""

    found: float
    low: float
    high: float
    more: str = ""

    @property
    def holds(self):
        """Whether what was found lies in the interval."""
        return self.low <= self.found <= self.high

    def __str__(self):
        verdict = "" if self.holds else " OUTSIDE"
        return f"{self.found:.4g} in [{self.low:g}, {self.high:g}]{verdict}" + (self.more and f"; {self.more}")
