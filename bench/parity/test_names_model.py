"""The names LSTM that ships, out and back: what lesson 15 states of its differences, in float32."""

import numpy as np
import pytest

from rnnedu import interop
from rnnedu.experiments.language import NAMES, load_names_model, network
from rnnedu.experiments.texts import training_set

ROUNDING = 1e-5  # the lesson says 1e-7 to 1e-5


@pytest.fixture(scope="module")
def names():
    """Return (the model, letters (N, T), its probabilities)."""
    language = load_names_model()
    letters, _, _ = training_set(language.held_out, NAMES)
    return language.model, letters, language.model.predict(letters)


def test_pytorch(names):
    torch = pytest.importorskip("torch")
    model, letters, ours = names
    module, back = interop.torch.to_torch(model), network(len(NAMES), seed=1)
    np.testing.assert_allclose(module(torch.from_numpy(letters)).detach().numpy(), ours, rtol=0, atol=ROUNDING)
    interop.torch.load_state_dict(back, module.state_dict())
    np.testing.assert_array_equal(back.predict(letters), ours)


def test_keras(names):
    pytest.importorskip("keras")
    model, letters, ours = names
    there = interop.keras.to_keras(model)
    np.testing.assert_allclose(np.asarray(there(letters)), ours, rtol=0, atol=ROUNDING)
    np.testing.assert_array_equal(interop.keras.from_keras(there).predict(letters), ours)


def test_an_onnx_file(names, tmp_path):
    pytest.importorskip("onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    model, letters, ours = names
    interop.onnx.export(model, tmp_path / "names.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "names.onnx", providers=["CPUExecutionProvider"])
    np.testing.assert_allclose(session.run(None, {"x": letters})[0], ours, rtol=0, atol=ROUNDING)
    np.testing.assert_array_equal(interop.onnx.load(tmp_path / "names.onnx").predict(letters), ours)


@pytest.mark.parametrize("seed", range(10))
def test_a_gru_from_keras_to_pytorch(seed):
    torch, keras = pytest.importorskip("torch"), pytest.importorskip("keras")
    x = np.random.default_rng(seed).standard_normal((8, 20, 5)).astype("float32")
    begun = keras.Sequential([keras.Input((None, 5)), keras.layers.GRU(16, return_sequences=True)])
    random = np.random.default_rng(seed)
    begun.set_weights([random.normal(0, 0.5, each.shape) for each in begun.get_weights()])
    arrived = interop.torch.to_torch(interop.keras.from_keras(begun))
    found = arrived(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(found, np.asarray(begun(x)), rtol=0, atol=ROUNDING)
