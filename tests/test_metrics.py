"""The metrics: values of Keras, labels as well as rows, names as Keras resolves them, perplexity."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from rnnedu import losses, metrics
from rnnedu.functions import log_softmax, softmax
from rnnedu.metrics import BinaryAccuracy, CategoricalAccuracy, Perplexity

GOLDEN = np.load(Path(__file__).parent / "golden" / "losses.npz")
CASES = [key for key in GOLDEN.files if '"metric"' in key]
LOSS = losses.get("categorical_crossentropy")
LABELS, P = np.array([2, 0, 1]), np.array([[0.2, 0.3, 0.5], [0.1, 0.6, 0.3], [0.4, 0.4, 0.2]])


def resolve(name, loss=LOSS, output_shape=(3, 3)):
    return metrics.resolve(name, loss, output_shape)


@pytest.mark.parametrize("case", CASES)
def test_golden(case):
    found = json.loads(case.removesuffix("|values"))
    y, y_pred = GOLDEN[found["y"]], GOLDEN[found["y_pred"]]
    values = resolve(found["metric"], output_shape=y_pred.shape).values(y, y_pred)
    np.testing.assert_allclose(values, GOLDEN[case], rtol=1e-5)  # Keras takes means in float32


def test_the_golden_arrays_cover_every_metric_of_keras():
    covered = {json.loads(case.removesuffix("|values"))["metric"] for case in CASES}
    assert covered == set(metrics.METRICS) - {"perplexity", "mse", "mae"}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["accuracy", *metrics.METRICS])
def test_labels_give_what_one_hot_rows_give(name, dtype):
    for labels, p in ((LABELS, P.astype(dtype)), (LABELS[None], P[None].astype(dtype))):
        metric = resolve(name, output_shape=p.shape)
        values = metric.values(labels, p)
        assert (values.shape, values.dtype) == (p.shape[:-1], dtype)
        np.testing.assert_allclose(values, metric.values(np.eye(3)[labels], p), rtol=1e-6)


def test_known_values():
    np.testing.assert_array_equal(resolve("accuracy").values(LABELS, P), [1, 0, 0])  # of equal outputs the first
    np.testing.assert_array_equal(BinaryAccuracy().values(np.ones((2, 1)), np.array([[0.5], [0.6]])), [0, 1])
    np.testing.assert_array_equal(BinaryAccuracy(threshold=0.0).values(np.ones((1, 2)), np.array([[0.1, -0.1]])), [0.5])
    np.testing.assert_allclose(resolve("mse").values(LABELS, P)[0], (0.2**2 + 0.3**2 + 0.5**2) / 3)
    np.testing.assert_allclose(resolve("mae").values(LABELS, P)[0], (0.2 + 0.3 + 0.5) / 3)


@pytest.mark.parametrize("name", ["accuracy", "acc"])
@pytest.mark.parametrize(
    ("loss", "output_shape", "kind"),
    [
        ("binary_crossentropy", (4, 1), BinaryAccuracy),
        ("mse", (4, 3, 1), BinaryAccuracy),
        ("sparse_categorical_crossentropy", (4, 5), CategoricalAccuracy),
        ("categorical_crossentropy", (4, 3, 5), CategoricalAccuracy),
        ("binary_crossentropy", (4, 5), CategoricalAccuracy),  # as Keras: its rows are compared by their largest entry
    ],
)
def test_accuracy_is_resolved_as_in_keras(name, loss, output_shape, kind):
    metric = resolve(name, losses.get(loss), output_shape)
    assert type(metric) is kind
    assert metric.name == name  # the key in the history


def test_names_and_own_metrics():
    assert [resolve(name).name for name in metrics.METRICS] == list(metrics.METRICS)
    own = BinaryAccuracy("above", threshold=0.9)
    assert resolve(own) is own


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: resolve("acuracy"), ValueError, ["metrics is 'acuracy'", "Did you mean 'accuracy'?"]),
        (lambda: resolve("sparse_accuracy"), ValueError, ["Did you mean"]),
        (lambda: resolve(None), TypeError, ["metrics is a NoneType", "'accuracy'"]),
        (lambda: BinaryAccuracy(threshold=np.nan), ValueError, ["threshold is nan"]),
        (lambda: BinaryAccuracy(threshold="a"), TypeError, ["threshold is 'a'"]),
    ],
)
def test_bad_arguments(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_only_the_order_counts_for_an_accuracy_of_classes():
    a = 5 * np.random.default_rng(0).standard_normal((20, 4))
    labels = np.arange(20) % 4
    for name in ("accuracy", *metrics.METRICS):
        metric = resolve(name, output_shape=a.shape)
        same = np.array_equal(metric.values(labels, a), metric.values(labels, softmax(a)))
        assert metric.order_only == same, name


def test_perplexity():
    uniform = np.full((6, 8), 1 / 8)
    metric = resolve("perplexity", output_shape=(6, 8))
    assert metric.result(metric.values(np.arange(6), uniform).mean()) == pytest.approx(8)
    values = resolve("perplexity").values(LABELS, P)
    np.testing.assert_allclose(values, -np.log([0.5, 0.1, 0.4]))


def test_perplexity_takes_the_kind_of_output_from_the_loss():
    a = np.random.default_rng(1).standard_normal((3, 4))
    smoothed = losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.5)
    np.testing.assert_allclose(
        resolve("perplexity", smoothed, a.shape).values(LABELS, a), -log_softmax(a)[np.arange(3), LABELS]
    )
    binary = resolve("perplexity", losses.get("bce"), (1, 1))
    np.testing.assert_allclose(binary.values(np.ones((1, 1)), np.array([[0.25]])), math.log(4))


def test_results():
    assert resolve("accuracy").result(0.25) == 0.25
    assert Perplexity().result(1e4) == math.inf
    assert Perplexity().result(0.0) == 1.0


@pytest.mark.parametrize("name", ["mse", "mae"])
def test_a_value_beyond_the_range_is_infinite_without_a_warning(name):
    assert resolve(name).values(np.array([[-3e38]]), np.array([[3e38]], np.float32)) == np.inf
