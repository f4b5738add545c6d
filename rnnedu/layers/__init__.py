"""What users stack, with Keras' names, defaults and shapes."""

from rnnedu.layers.anycell import RNN
from rnnedu.layers.base import Call, Layer
from rnnedu.layers.bidirectional import Bidirectional
from rnnedu.layers.dense import Dense
from rnnedu.layers.distributed import TimeDistributed
from rnnedu.layers.embedding import Embedding
from rnnedu.layers.keras_rnns import GRU, LSTM, SimpleRNN
from rnnedu.layers.simple import Dropout, Input, Lags, Masking

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Bidirectional",
    "Call",
    "Dense",
    "Dropout",
    "Embedding",
    "Input",
    "Lags",
    "Layer",
    "Masking",
    "SimpleRNN",
    "TimeDistributed",
]
