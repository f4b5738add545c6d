"""What the units of a recurrent layer do over a text or a series: each state and gate, (T, H)."""

import numpy as np

from rnnedu import unroll, validate
from rnnedu.cells import Params
from rnnedu.experiments import causal
from rnnedu.experiments.language import LanguageModel
from rnnedu.trace import Trace


def over_text(language, text, layer=0):
    """Return (symbols, values) of a LanguageModel that reads a text.

    symbols : list of the T symbols that are read: `begin` and the text. An end symbol within the text is not read:
    there the model begins anew, with `begin`. values : "h_t", "c_t", the gates -> (T, H), what each is once that symbol
    is read. layer : which of the recurrent layers, from 0.

    Raises ValueError for symbols that the model does not know and for a layer that is not there.
    """
    validate.kind("language", language, LanguageModel)
    read = [language.vocabulary.split(language.behind_begin(part)) for part in language.parts(text)]
    longest = max(map(len, read))
    # What is read after the last symbol changes nothing before it, so that any symbol pads.
    padded = [part + [language.begin] * (longest - len(part)) for part in read]
    ids = np.stack([language.vocabulary.encode(language.vocabulary.join(part)) for part in padded])
    trace = causal.trace(language.model, language.inputs(ids), layer)
    kept = [(t, b) for b, part in enumerate(read) for t in range(len(part))]
    t, b = np.transpose(kept)
    return [symbol for part in read for symbol in part], {name: array[t, b] for name, array in states(trace).items()}


def over_numbers(source, x, layer=0):
    """Return name -> (T, H), as `over_text`, of a cell's Params or of a Sequential's layer over x (T, D).

    Raises TypeError for another source, ValueError for inputs or a layer that do not fit.
    """
    x = validate.rectangular("x", x)
    if x.ndim != 2:
        raise ValueError(f"x has shape {x.shape}; accepted is (T, D)")
    if isinstance(source, Params):
        trace = Trace.of(unroll.forward(source, validate.real("x", x, source.dtype)[:, None]))
    else:
        trace = causal.trace(source, x[None], layer)
    return {name: array[:, 0] for name, array in states(trace).items()}


def states(trace):
    """Return name -> (T, B, H) of what a step makes of every unit: states first, then gates and the like."""
    made = {name: array for name, array in trace.values.items() if name.endswith("_t") and name != "x_t"}
    first = [f"{name}_t" for name in trace.cell.state]
    return {name: made[name] for name in [*first, *(name for name in made if name not in first)]}
