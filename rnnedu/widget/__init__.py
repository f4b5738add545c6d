"""Widgets: each is usable in one line in a notebook, and computes nothing itself."""

from rnnedu.widget.memory_race import MemoryRace
from rnnedu.widget.player import StepPlayer

__all__ = ["MemoryRace", "StepPlayer"]
