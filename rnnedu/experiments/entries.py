"""Who races: a registered cell, and how its weights begin."""

from dataclasses import dataclass

import numpy as np

from rnnedu import cells, initializers, validate
from rnnedu.layers import RNN, Dense
from rnnedu.models import Sequential
from rnnedu.optim import Adam

KEEPING = "fz"  # the gates that keep the old state: f of the LSTM, z of the GRU
OWN = {
    "glorot": initializers.GlorotUniform(),
    "orthogonal": initializers.Orthogonal(),
    "identity": initializers.Identity(),
}
STARTS = {
    "default": "",
    "glorot": "Glorot",
    "orthogonal": "orthogonal",
    "identity": "identity + ReLU",
    "chrono": "chrono",
}


@dataclass(frozen=True)
class Entry:
    """One competitor.

    cell : name of any registered cell.
    start : how W_h and the bias begin.
        "default" : as the cell's own `init` draws them (for rnnedu's cells Keras' way:
            W_h orthogonal, b_f of the LSTM 1).
        "glorot" : W_h uniform, gate by gate (Glorot & Bengio 2010, eq. 16).
        "orthogonal" : W_h orthogonal, gate by gate; what the SimpleRNN does by default.
        "identity" : W_h = I and the activation ReLU (Le, Jaitly & Hinton 2015), for cells with that option; W_x is
            the cell's own, since with Adam their small one does not get away from chance.
        "chrono" : biases of gates for memories of up to T timesteps (Tallec & Ollivier 2018); cells with a gate f or z.
    bias : what the bias of the keeping gate, f or z, begins at; None leaves it as it is.
    name : how it is shown; made from the above where it is empty.

    Raises ValueError or TypeError for what the cell does not have.

    >>> Entry("gru", bias=2).title
    'GRU (z bias 2)'
    """

    cell: str
    start: str = "default"
    bias: float | None = None
    name: str = ""

    def __post_init__(self):
        cells.get(self.cell)
        validate.choice("start", self.start, tuple(STARTS))
        validate.kind("name", self.name, str)
        if self.bias is not None:
            object.__setattr__(self, "bias", validate.number("bias", self.bias, -20, 20))
        if self.start == "identity" and "relu" not in self._activations():
            raise ValueError(f"start is 'identity'; accepted for {self.cell} are the others: it has no ReLU")
        if (self.bias is not None or self.start == "chrono") and not self.keeping:
            raise ValueError(f"{self.cell} has no gate f or z; accepted is bias None and a start other than 'chrono'")
        if self.bias is not None and self.start == "chrono":
            raise ValueError(f"bias is {self.bias} beside start 'chrono', which sets it; accepted is one of them")

    def _activations(self):
        declared = cells.get(self.cell).Params.declared("accepted")
        return next((f.metadata["accepted"] for f in declared if f.name == "activation"), ())

    @property
    def keeping(self):
        """The letter of the gate that keeps the old state and has its part of b, or ""."""
        Params = cells.get(self.cell).Params
        dims = {f.name: f.metadata["dims"] for f in Params.declared("dims")}
        stacked = dims.get("b") == (f"{len(Params.gates)}H",)
        return next((gate for gate in Params.gates if gate in KEEPING), "") if stacked else ""

    @property
    def title(self):
        """The name, or what it is made of."""
        biased = "" if self.bias is None else f"{self.keeping} bias {self.bias:g}"
        special = ", ".join(filter(None, [STARTS[self.start], biased]))
        return self.name or cells.get(self.cell).title + (f" ({special})" if special else "")

    def model(self, task, rules, seed):
        """Return the compiled model, its weights drawn from `seed`, for a Task under the race's Rules."""
        options = {"activation": "relu"} if self.start == "identity" else {}
        layer = RNN(self.cell, rules.units, options, return_sequences=task.sequences)
        model = Sequential([layer, Dense(task.V, task.activation)], seed=seed)
        model.compile(Adam(rules.rate, global_clipnorm=rules.clip), task.loss, ["accuracy"] if task.rising else None)
        model.build((None, None, task.D))
        weights = dict(layer.params)
        layer.set_weights(list((weights | self._begun(weights, rules.length, seed)).values()))
        return model

    def _begun(self, weights, length, seed):
        """Return the arrays that begin in another way than the cell's own."""
        rng, W_h = np.random.default_rng((seed, 1)), weights["W_h"]
        H, dtype = len(W_h), W_h.dtype
        found = {}
        if self.start in OWN:
            parts = [OWN[self.start](rng, (H, H), dtype) for _ in range(W_h.shape[1] // H)]
            found["W_h"] = np.concatenate(parts, axis=1)
        if self.start == "chrono":
            chrono = initializers.Chrono(max(length, 3))
            found["b"] = chrono.for_gates(rng, cells.get(self.cell).Params.gates, H).astype(dtype)
        if self.bias is not None:
            found["b"] = weights["b"].copy()
            place = cells.get(self.cell).Params.gates.index(self.keeping)
            found["b"][place * H : (place + 1) * H] = self.bias
        return found


def lineup(bias):
    """Return name -> Entry of who usually races: every registered cell by its own name, then other ways to begin.

    "rnn glorot", "rnn identity", "lstm chrono", "gru chrono" begin as Entry says; in "lstm bias" and "gru bias" the
    keeping gate's bias begins at `bias`.
    """
    others = {
        "rnn glorot": Entry("rnn", "glorot"),
        "rnn identity": Entry("rnn", "identity"),
        "lstm bias": Entry("lstm", bias=bias),
        "lstm chrono": Entry("lstm", "chrono"),
        "gru bias": Entry("gru", bias=bias),
        "gru chrono": Entry("gru", "chrono"),
    }
    return {name: Entry(name) for name in cells.CELLS} | others
