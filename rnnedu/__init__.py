"""rnnedu: recurrent neural networks, one timestep at a time, with true numbers.

To read: `rnnedu.cells` (one timestep), `rnnedu.unroll` (the loop over time), `rnnedu.gradcheck`, `rnnedu.trace`.
To train: `rnnedu.layers`, `rnnedu.models`, `rnnedu.losses`, `rnnedu.optim`, `rnnedu.callbacks`, `rnnedu.ctc`; fast
underneath: `rnnedu.kernels`. To and from others: `rnnedu.interop`. To look at: `rnnedu.view`, `rnnedu.widget`.
Data: `rnnedu.datasets`. Each is imported by its name: ``from rnnedu.models import Sequential``.
"""

__version__ = "0.1.0"
