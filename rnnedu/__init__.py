"""rnnedu: recurrent neural networks, one timestep at a time, with true numbers."""

__version__ = "0.1.0"
