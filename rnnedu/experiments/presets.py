"""Settings of the gradient bench that are worth a prediction before a look.

What they share is `flow.Setting`'s default: 64 units, 100 timesteps, the loss at the last one.
"""

PRESETS = {
    "SimpleRNN, ρ 0.9, no input": {"rho": 0.9, "input_scale": 0.0},
    "SimpleRNN, ρ 1, input": {"rho": 1.0},
    "SimpleRNN, ρ 1.25, input": {"rho": 1.25},
    "SimpleRNN, ρ 1.25, no input": {"rho": 1.25, "input_scale": 0.0},
    "SimpleRNN, ρ 1.5, input": {"rho": 1.5},
    "LSTM, forget bias 0": {"cell": "lstm", "biases": {"f": 0.0}},
    "LSTM, forget bias 1": {"cell": "lstm", "biases": {"f": 1.0}},
    "LSTM, forget bias 3": {"cell": "lstm", "biases": {"f": 3.0}},
    "GRU, biases 0": {"cell": "gru"},
    "SimpleRNN, ρ 1, input 0.1": {"rho": 1.0, "input_scale": 0.1},
    "SimpleRNN, ReLU, W_h = identity, input": {"options": {"activation": "relu"}, "initializer": "identity"},
}
COMMON = {"cell": "rnn", "rho": 1.0, "input_scale": 1.0, "initializer": "orthogonal", "biases": {}, "options": {}}


def preset(name):
    """Return the fields of a `flow.Setting` that a preset fixes, as a new dict."""
    return COMMON | PRESETS[name]


def name_of(setting):
    """Return the name of the preset that a `flow.Setting` is, or "" if it is none."""
    found = {name: getattr(setting, name) for name in COMMON}
    return next((name for name in PRESETS if preset(name) == found), "")
