"""Models: layers stacked, trained, saved and loaded."""

from rnnedu.models.files import ModelFileError
from rnnedu.models.saved import load_model
from rnnedu.models.sequential import Sequential

__all__ = ["ModelFileError", "Sequential", "load_model"]
