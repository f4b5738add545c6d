"""Who races: how the weights begin, and what a cell does not have."""

import numpy as np
import pytest

from rnnedu.cells import CELLS
from rnnedu.experiments.entries import Entry, lineup
from rnnedu.experiments.rules import Rules
from rnnedu.experiments.tasks import TASKS
from tests.test_new_cell import LEAKY, write_cell  # noqa: F401 (a fixture)

H = 6
RULES = Rules("adding", length=9, units=H)


def model_of(entry, seed=3, rules=RULES):
    return entry.model(TASKS[rules.task], rules, seed)


def weights(entry, seed=3):
    return {name: array.copy() for name, array in model_of(entry, seed).layers[0].params.items()}


def blocks(W_h):
    return np.split(W_h.astype(np.float64), W_h.shape[1] // H, axis=1)


@pytest.mark.parametrize("cell", list(CELLS))
def test_by_default_a_cell_begins_as_its_own_init_draws_it(cell):
    found = weights(Entry(cell))
    W_h = found["W_h"].astype(np.float64)
    assert np.allclose(W_h @ W_h.T, np.eye(H), atol=1e-5)
    forget = found["b"][H : 2 * H] if cell in ("lstm", "peephole") else found["b"]
    assert (forget == (1 if cell in ("lstm", "peephole") else 0)).all()


@pytest.mark.parametrize("cell", list(CELLS))
def test_orthogonal_is_gate_by_gate(cell):
    for part in blocks(weights(Entry(cell, "orthogonal"))["W_h"]):
        assert np.allclose(part @ part.T, np.eye(H), atol=1e-5)


def test_glorot_is_uniform_gate_by_gate():
    limit = (6 / (2 * H)) ** 0.5
    W_h = weights(Entry("gru", "glorot"))["W_h"]
    assert 0.8 * limit < np.abs(W_h).max() <= limit
    assert not np.allclose(blocks(W_h)[0], blocks(W_h)[1])


def test_identity_is_relu():
    entry = Entry("rnn", "identity")
    layer = model_of(entry).layers[0]
    assert np.array_equal(layer.params["W_h"], np.eye(H))
    assert layer.cell_options == {"activation": "relu"}
    assert entry.title == "SimpleRNN (identity + ReLU)"


@pytest.mark.parametrize(("cell", "gates"), [("lstm", "ifgo"), ("peephole", "ifgo"), ("gru", "zrn")])
def test_chrono_fits_the_length(cell, gates):
    parts = dict(zip(gates, np.split(weights(Entry(cell, "chrono"))["b"], len(gates)), strict=True))
    kept = parts["f" if "f" in parts else "z"]
    assert (kept >= 0).all()
    assert np.log(3) < kept.max() <= np.log(9 - 1)
    if "i" in parts:
        assert np.array_equal(parts["i"], -kept)
    assert not any(parts[gate].any() for gate in gates if gate not in "ifz")


@pytest.mark.parametrize(("cell", "place"), [("lstm", 1), ("gru", 0)])
def test_bias_is_that_of_the_keeping_gate(cell, place):
    b, own = weights(Entry(cell, bias=2.5))["b"], weights(Entry(cell))["b"]
    assert (b[place * H : (place + 1) * H] == 2.5).all()
    b[place * H : (place + 1) * H] = own[place * H : (place + 1) * H]
    assert np.array_equal(b, own)


def test_weights_depend_on_the_seed_alone():
    for entry in lineup(2).values():
        once, again, other = weights(entry), weights(entry), weights(entry, seed=4)
        assert all(np.array_equal(once[name], again[name]) for name in once)
        assert not np.array_equal(once["W_x"], other["W_x"])
    for start, name in {"glorot": "W_h", "orthogonal": "W_h", "chrono": "b"}.items():
        entry = Entry("gru", start)
        assert not np.array_equal(weights(entry)[name], weights(entry, seed=4)[name])


def test_the_model_is_the_tasks_and_the_rules():
    rules = Rules("copy", length=9, units=H, rate=0.02, clip=None)
    model = model_of(Entry("rnn"), rules=rules)
    assert model.output_shape == (None, None, 9)
    assert (model.optimizer.learning_rate, model.optimizer.global_clipnorm) == (0.02, None)
    assert model_of(Entry("rnn")).optimizer.global_clipnorm == 1


def test_titles_say_what_is_special():
    titles = [entry.title for entry in lineup(2.0).values()]
    assert titles[: len(CELLS)] == [cell.title for cell in CELLS.values()]
    assert titles[len(CELLS) :] == [
        "SimpleRNN (Glorot)",
        "SimpleRNN (identity + ReLU)",
        "LSTM (f bias 2)",
        "LSTM (chrono)",
        "GRU (z bias 2)",
        "GRU (chrono)",
    ]
    assert Entry("gru", "orthogonal", 1).title == "GRU (orthogonal, z bias 1)"
    assert Entry("gru", name="mine").title == "mine"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("lstn",), ValueError, "cell is 'lstn'; accepted is one of 'rnn'"),
        (("rnn", "orthogonl"), ValueError, "start is 'orthogonl'; .*Did you mean 'orthogonal'"),
        (("lstm", "identity"), ValueError, "start is 'identity'; accepted for lstm are the others: it has no ReLU"),
        (("rnn", "chrono"), ValueError, "rnn has no gate f or z; accepted is bias None and a start other than"),
        (("rnn", "default", 1.0), ValueError, "rnn has no gate f or z"),
        (("lstm", "chrono", 1.0), ValueError, "bias is 1.0 beside start 'chrono'"),
        (("lstm", "default", 21), ValueError, r"bias is 21.0; accepted is a number in \[-20, 20\]"),
        (("lstm", "default", "1"), TypeError, "bias is '1'"),
        (("lstm", "default", None, 3), TypeError, "name is a int; accepted is a str"),
    ],
)
def test_what_a_cell_does_not_have_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        Entry(*arguments)


def test_a_new_cell_races_like_the_others(write_cell):  # noqa: F811
    write_cell(LEAKY)
    assert lineup(2)["leaky"] == Entry("leaky")
    assert Entry("leaky").keeping == ""
    assert [part.shape for part in blocks(weights(Entry("leaky", "orthogonal"))["W_h"])] == [(H, H)]
