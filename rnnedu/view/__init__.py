"""Pictures of a trace: they take Axes, keep their artists and write new data into them. Nothing here computes a run."""

from rnnedu.view.figure import Picture, axes
from rnnedu.view.gradients import GradientNorms
from rnnedu.view.heatmap import HiddenStateMap

__all__ = ["GradientNorms", "HiddenStateMap", "Picture", "axes"]
