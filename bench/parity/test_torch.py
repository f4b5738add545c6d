"""Modules of PyTorch against our layers and models, in float64: outputs, states, gradients' way back after training."""

import itertools

import numpy as np
import pytest

from rnnedu.interop.torch import from_torch, load_state_dict, state_dict, to_torch
from rnnedu.layers import GRU, LSTM, Bidirectional, Dense, Dropout, Embedding, SimpleRNN
from rnnedu.models import Sequential

torch = pytest.importorskip("torch")
torch.set_num_threads(1)
nn = torch.nn

CELLS = {
    "rnn": lambda **o: SimpleRNN(5, **o),
    "relu": lambda **o: SimpleRNN(5, activation="relu", **o),
    "lstm": lambda **o: LSTM(5, **o),
    "gru": lambda **o: GRU(5, **o),
    "unbiased": lambda **o: LSTM(5, use_bias=False, **o),
}
X = np.random.default_rng(0).normal(size=(3, 7, 4))


def shaken(model):
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
    return model


def states(found):
    """Return the last states of a module as [h] or [h, c], each (directions, B, H)."""
    return list(found) if isinstance(found, tuple) else [found]


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_a_layer_as_a_module(cell, both):
    layer = CELLS[cell](return_sequences=True, return_state=not both)
    layer = shaken((Bidirectional(layer) if both else layer).build((None, None, 4), dtype="float64"))
    y, last = to_torch(layer)(torch.tensor(X))
    ours = layer(X)
    if not both:
        ours, *carried = ours
        for one, other in zip(carried, states(last), strict=True):
            np.testing.assert_allclose(one, other.detach().numpy()[0], atol=1e-14)
    np.testing.assert_allclose(ours, y.detach().numpy(), atol=1e-14)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("kind", ["RNN", "relu", "LSTM", "GRU"])
def test_a_module_as_a_layer(kind, first, both, bias):
    torch.manual_seed(3)
    options = {"nonlinearity": "relu"} if kind == "relu" else {}
    kind = "RNN" if kind == "relu" else kind
    module = getattr(nn, kind)(4, 5, bias=bias, batch_first=first, bidirectional=both, dtype=torch.float64, **options)
    y = module(torch.tensor(X if first else X.swapaxes(0, 1)))[0].detach().numpy()
    layer = from_torch(module)
    assert layer.dtype == np.float64
    np.testing.assert_allclose(layer(X), y if first else y.swapaxes(0, 1), atol=1e-14)
    again = to_torch(layer)  # two biases became one where only their sum matters
    np.testing.assert_allclose(again(torch.tensor(X))[0].detach().numpy(), layer(X), atol=1e-14)


def test_the_other_modules():
    table, head = nn.Embedding(9, 4, padding_idx=0), nn.Linear(4, 3)
    symbols = np.array([[1, 0, 8]])
    embedding, dense = from_torch(table), from_torch(head)
    assert embedding.mask_zero
    assert not from_torch(nn.Embedding(9, 4)).mask_zero
    np.testing.assert_array_equal(embedding(symbols), table(torch.tensor(symbols)).detach().numpy())
    np.testing.assert_allclose(dense(X[:, 0]), head(torch.tensor(X[:, 0]).float()).detach().numpy(), atol=1e-6)
    assert from_torch(nn.Dropout(0.3)).rate == 0.3
    assert to_torch(embedding).padding_idx == 0


MASKED = np.array([[1, 2, 3, 4, 5, 6], [7, 8, 0, 0, 0, 0], [0, 0, 3, 0, 5, 0], [0, 0, 0, 0, 0, 0]])


FORMS = ["forward", "backward", "concat", "sum", "mul", "ave"]
MODELS = list(itertools.product(FORMS, [False, True], [False, True]))
MODELS.remove(("backward", True, True))  # is refused: the padding would come first


@pytest.mark.parametrize(("form", "sequences", "mask"), MODELS)
@pytest.mark.parametrize("cell", CELLS)
def test_a_model(cell, form, sequences, mask):
    """With padding anywhere, and a row of nothing but padding."""
    layer = CELLS[cell](return_sequences=sequences, go_backwards=form == "backward", dropout=0.2)
    if form not in ("forward", "backward"):
        layer = Bidirectional(layer, merge_mode=form)
    between = CELLS[cell](return_sequences=True)
    model = Sequential(
        [Embedding(9, 4, mask_zero=mask), between, layer, Dropout(0.5), Dense(3, "softmax")], dtype="float64"
    )
    model.build((None, None))
    module = to_torch(shaken(model))
    assert set(module.state_dict()) == set(state_dict(model))
    found = module(torch.tensor(MASKED)).detach().numpy()
    np.testing.assert_allclose(found, model.predict(MASKED), atol=1e-14)


def test_trained_in_torch_and_back():
    model = Sequential([Embedding(9, 4, mask_zero=True), Bidirectional(GRU(5)), Dense(1)], dtype="float64")
    model.build((None, None))
    module = to_torch(shaken(model)).train()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    module(torch.tensor(MASKED)).square().sum().backward()
    optimizer.step()
    before = model.predict(MASKED)
    load_state_dict(model, dict(module.named_parameters()))  # tensors that need a gradient
    assert np.abs(model.predict(MASKED) - before).max() > 1e-3
    np.testing.assert_allclose(model.predict(MASKED), module.eval()(torch.tensor(MASKED)).detach().numpy(), atol=1e-14)


@pytest.mark.parametrize(
    ("module", "named"),
    [
        (lambda: nn.LSTM(4, 5, num_layers=2), "num_layers"),
        (lambda: nn.LSTM(4, 5, proj_size=2), "proj_size"),
        (lambda: nn.Embedding(9, 4, padding_idx=3), "padding_idx"),
        (lambda: nn.Embedding(9, 4, max_norm=1.0), "max_norm"),
        (lambda: nn.Conv1d(4, 5, 1), "Conv1d"),
        (lambda: nn.GRU(4, 5, dtype=torch.float16), "float16"),
    ],
)
def test_what_a_layer_cannot_be_is_refused(module, named):
    with pytest.raises((ValueError, TypeError), match=named):
        from_torch(module())
