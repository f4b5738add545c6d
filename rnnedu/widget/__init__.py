"""Widgets: each is usable in one line in a notebook, and computes nothing itself."""

from rnnedu.widget.clipping_lab import ClippingLab
from rnnedu.widget.ctc_lattice import CTCLattice
from rnnedu.widget.forecast_view import ForecastView
from rnnedu.widget.gradient_bench import GradientBench
from rnnedu.widget.hidden_state_explorer import HiddenStateExplorer
from rnnedu.widget.memory_race import MemoryRace
from rnnedu.widget.player import StepPlayer
from rnnedu.widget.sampling_panel import SamplingPanel
from rnnedu.widget.speech_lab import SpeechLab
from rnnedu.widget.surprise_view import SurpriseView
from rnnedu.widget.trainer import Trainer

__all__ = [
    "CTCLattice", "ClippingLab", "ForecastView", "GradientBench", "HiddenStateExplorer", "MemoryRace", "SamplingPanel",
    "SpeechLab", "StepPlayer", "SurpriseView", "Trainer",
]  # fmt: skip
