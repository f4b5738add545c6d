"""Connectionist temporal classification: learning from labels whose places in time nobody marked. Time-major (T, B, V).

`loss` is what trains, `lattice` the same numbers for one sequence to look at; `collapse`, `greedy`, `beam`, `word` and
`lexicon` go from the probabilities of frames to labels.
"""

from rnnedu.ctc.decode import Hypothesis, beam, collapse, greedy
from rnnedu.ctc.loss import Lattice, lattice, loss
from rnnedu.ctc.words import WordString, lexicon, word

__all__ = ["Hypothesis", "Lattice", "WordString", "beam", "collapse", "greedy", "lattice", "lexicon", "loss", "word"]
