"""The losses: slopes against differences, Keras and PyTorch, logits against probabilities, extremes, bad input."""

import json
from pathlib import Path

import numpy as np
import pytest

from rnnedu import gradcheck, losses
from rnnedu.functions import dsigmoid, dsoftmax, sigmoid, softmax
from rnnedu.losses import (
    CTC,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)

GOLDEN = np.load(Path(__file__).parent / "golden" / "losses.npz")
CASES = [key.removesuffix("|slopes") for key in GOLDEN.files if key.endswith("|slopes")]
TOLERANCE = {"torch": 1e-12, "keras": 1e-5}  # Keras takes means in float32, also of float64
SHAPES = [(3, 5), (2, 3, 5)]
FLOATS = [np.float32, np.float64]
REGRESSIONS = [MeanSquaredError(), MeanAbsoluteError()]
SOFTMAX = [
    (SparseCategoricalCrossentropy(), "labels"),
    *((CategoricalCrossentropy(label_smoothing=s), y) for s in (0, 0.1) for y in ("labels", "onehot", "soft", "loose")),
]
SIGMOID = [(BinaryCrossentropy(label_smoothing=s), y) for s in (0, 0.1) for y in ("binary", "loose")]


def with_logits(loss):
    return losses.get(loss.get_config() | {"from_logits": True})


def target(kind, shape, rng):
    labels = rng.integers(0, shape[-1], shape[:-1])
    return {
        "labels": labels,
        "onehot": np.eye(shape[-1])[labels],
        "soft": softmax(rng.standard_normal(shape)),
        "loose": rng.uniform(0, 1, shape),
        "binary": rng.integers(0, 2, shape),
        "numbers": rng.standard_normal(shape),
    }[kind]


def checked(loss, y, y_pred, **options):
    """Return the report on the slopes, with a random weight for every value."""
    weights = np.random.default_rng(1).standard_normal(loss.values(y, y_pred, **options)[0].shape)
    slopes = loss.values(y, y_pred, **options)[1]
    rows = weights.reshape(weights.shape + (1,) * (slopes.ndim - weights.ndim))
    return gradcheck.compare(
        lambda y_pred: (weights * loss.values(y, y_pred, **options)[0]).sum(),
        {"y_pred": y_pred},
        {"y_pred": rows * slopes},
    )


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(("loss", "kind"), [*SOFTMAX, *SIGMOID], ids=str)
def test_slopes_of_a_cross_entropy(loss, kind, shape):
    rng = np.random.default_rng(0)
    a, y = rng.standard_normal(shape), loss.prepare(target(kind, shape, rng), shape)
    p = rng.uniform(0.1, 0.9, shape)  # rows that do not sum to 1: their slopes differ too
    reports = checked(loss, y, p), checked(loss, y, a, logits=True), checked(with_logits(loss), y, a)
    assert all(report.ok for report in reports), "\n".join(map(str, reports))


@pytest.mark.parametrize("kind", ["onehot", "loose"])
@pytest.mark.parametrize("loss", [CategoricalCrossentropy(), CategoricalCrossentropy(label_smoothing=0.3)], ids=str)
def test_slopes_for_rows_that_were_not_prepared(loss, kind):
    rng = np.random.default_rng(2)
    y, a = target(kind, (3, 5), rng), rng.standard_normal((3, 5))
    assert checked(loss, y, a, logits=True).ok
    assert checked(loss, y, rng.uniform(0.1, 0.9, a.shape)).ok


@pytest.mark.parametrize("shape", [*SHAPES, (4, 1)], ids=str)
@pytest.mark.parametrize("loss", REGRESSIONS, ids=str)
def test_slopes_of_a_regression(loss, shape):
    rng = np.random.default_rng(0)
    report = checked(loss, rng.standard_normal(shape), rng.standard_normal(shape))
    assert report.ok, str(report)


def test_slopes_of_clipped_probabilities_are_zero():
    """The differences of the clipped function are exactly 0 there; beside it, in the same batch, they are not."""
    y, p = np.array([1, 0]), np.array([[0.0, 1.0], [0.25, 0.75]])
    values, slopes = SparseCategoricalCrossentropy().values(y, p)
    np.testing.assert_allclose(values, [-np.log1p(-1e-7), -np.log(0.25)], rtol=1e-8)
    np.testing.assert_allclose(slopes, [[0, 0], [1 - 4, 1]])
    values, slopes = BinaryCrossentropy().values(np.array([[1.0], [1.0]]), np.array([[0.0], [0.5]]))
    np.testing.assert_allclose(values, [-np.log(1e-7), np.log(2)])
    np.testing.assert_allclose(slopes, [[0], [-2]])


@pytest.mark.parametrize("case", CASES)
def test_golden(case):
    found = json.loads(case)
    loss, y_pred, peer = losses.get(found["loss"]), GOLDEN[found["y_pred"]], found["peer"]
    mask = GOLDEN["ctc_mask"] if isinstance(loss, CTC) else None
    values, slopes = loss.values(loss.prepare(GOLDEN[found["y"]], y_pred.shape), y_pred, mask=mask)
    np.testing.assert_allclose(values, GOLDEN[f"{case}|values"], rtol=TOLERANCE[peer], atol=TOLERANCE[peer])
    np.testing.assert_allclose(slopes, GOLDEN[f"{case}|slopes"], rtol=TOLERANCE[peer], atol=TOLERANCE[peer])


def test_the_golden_arrays_cover_every_loss():
    assert {json.loads(case)["loss"]["name"] for case in CASES} == set(losses.LOSSES)
    assert [version.split()[0] for version in GOLDEN["versions"]] == ["keras", "torch", "numpy"]


@pytest.mark.parametrize("axes", "23")
def test_a_weighted_mean_is_that_of_keras(axes):
    y, y_pred, weights = (GOLDEN[name + axes] for name in ("numbers", "logits", "weights"))
    mean = MeanSquaredError()(y, y_pred, weights)
    assert isinstance(mean, float)
    np.testing.assert_allclose(mean, GOLDEN[f"weighted{axes}"], rtol=1e-5)


def test_the_mean():
    y, y_pred = np.zeros((2, 3, 1)), np.arange(6.0).reshape(2, 3, 1)
    loss = MeanAbsoluteError()
    assert loss(y, y_pred) == 2.5
    assert loss(y, y_pred, [0, 1]) == loss(y, y_pred, [[0, 0, 0], [1, 1, 1]]) == 2.0  # divided by 6, not by 3
    assert loss(y[..., 0], y_pred) == 2.5
    assert MeanSquaredError()([[0.0], [0.0]], np.array([[1e200], [2.0]]), [0, 1]) == 2.0  # inf of weight 0


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_logits_give_what_probabilities_give(shape, dtype):
    rng, accuracy = np.random.default_rng(3), 1e-4 if dtype == np.float32 else 1e-11
    a = (2 * rng.standard_normal(shape)).astype(dtype)
    for loss, kind in SOFTMAX + SIGMOID:
        y = loss.prepare(target(kind, shape, rng), shape)
        p = softmax(a) if loss.link == "softmax" else sigmoid(a)
        values, slopes = loss.values(y, p)
        slopes = dsoftmax(p, slopes) if loss.link == "softmax" else dsigmoid(p) * slopes
        for result in (loss.values(y, a, logits=True), with_logits(loss).values(y, a)):
            np.testing.assert_allclose(result[0], values, rtol=accuracy)
            np.testing.assert_allclose(result[1], slopes, atol=accuracy)


@pytest.mark.parametrize("logits", [False, True])
@pytest.mark.parametrize("smoothing", [0, 0.2])
def test_labels_give_what_one_hot_rows_give(smoothing, logits):
    loss, rng = CategoricalCrossentropy(label_smoothing=smoothing), np.random.default_rng(4)
    labels, p = rng.integers(0, 5, (2, 3)), rng.uniform(0.1, 0.9, (2, 3, 5))
    prepared = loss.prepare(np.eye(5, dtype=int)[labels], p.shape)
    np.testing.assert_array_equal(prepared, labels)
    assert prepared.dtype == np.intp
    for one, other in zip(
        loss.values(labels, p, logits=logits), loss.values(np.eye(5)[labels], p, logits=logits), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    "rows", [[[1, 1, 0], [0, 0, 0]], [[2, 0, 0], [0, 1, 0]], [[-1, 1, 1], [1, 0, 0]], [[0.5, 0.5, 0]] * 2]
)
def test_rows_that_are_not_one_hot_stay_rows(rows):
    prepared = CategoricalCrossentropy().prepare(rows, (2, 3))
    assert prepared.dtype.kind == "f"
    np.testing.assert_array_equal(prepared, rows)


EVERY = [*SOFTMAX, *SIGMOID, *((loss, "numbers") for loss in REGRESSIONS)]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(("loss", "kind"), EVERY, ids=str)
def test_shapes_dtypes_and_arguments_are_kept(loss, kind, shape, dtype):
    rng = np.random.default_rng(5)
    y, y_pred = loss.prepare(target(kind, shape, rng), shape), rng.uniform(0.1, 0.9, shape).astype(dtype)
    before = y.tobytes(), y_pred.tobytes()
    for logits in (False, True) if loss.link else (False,):
        values, slopes = loss.values(y, y_pred, logits=logits)
        assert (values.shape, slopes.shape) == (shape[:-1], shape)
        assert (values.dtype, slopes.dtype) == (dtype, dtype)
    assert (y.tobytes(), y_pred.tobytes()) == before


@pytest.mark.parametrize(("loss", "kind"), EVERY, ids=str)
def test_strides_do_not_matter(loss, kind):
    rng, shape = np.random.default_rng(6), (2, 3, 5)
    y, y_pred = loss.prepare(target(kind, shape, rng), shape), rng.uniform(0.1, 0.9, (5, 3, 2)).T
    for logits in (False, True) if loss.link else (False,):
        one, other = loss.values(y, y_pred, logits=logits), loss.values(y, y_pred.copy("C"), logits=logits)
        assert [each.tobytes() for each in one] == [each.tobytes() for each in other]


@pytest.mark.parametrize(("loss", "kind"), EVERY, ids=str)
def test_a_mask_takes_out_values_and_slopes(loss, kind):
    rng, shape = np.random.default_rng(7), (2, 3, 5)
    y, y_pred = loss.prepare(target(kind, shape, rng), shape), rng.uniform(0.1, 0.9, shape)
    mask = np.array([[True, False, True], [False, False, True]])
    values, slopes = loss.values(y, y_pred)
    masked, masked_slopes = loss.values(y, y_pred, mask=mask)
    np.testing.assert_array_equal(masked, values * mask)
    np.testing.assert_array_equal(masked_slopes, slopes * mask[..., None])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("loss", "kind"), [*SOFTMAX, *SIGMOID], ids=str)
def test_extremes_stay_finite(loss, kind, dtype):
    """Warnings are errors here. Every sign and certainty meets every target."""
    rng, shape = np.random.default_rng(8), (40, 5)
    y = loss.prepare(target(kind, shape, rng), shape)
    logits = rng.choice([-1500, 0, 1500], shape).astype(dtype)
    certain = rng.choice([0, 1], shape).astype(dtype)
    certain[:3] = np.array([[0], [np.finfo(dtype).smallest_subnormal], [1e-30]])
    for result in (loss.values(y, logits, logits=True), loss.values(y, certain), loss.values(y, logits)):
        assert all(np.isfinite(each).all() for each in result)


@pytest.mark.parametrize("dtype", FLOATS)
def test_large_logits_keep_their_loss(dtype):
    values, slopes = SparseCategoricalCrossentropy().values(
        np.array([1, 0]), np.array([[1500, -1500, 0]] * 2, dtype), logits=True
    )
    np.testing.assert_array_equal(values, [3000, 0])
    np.testing.assert_array_equal(slopes, [[1, -1, 0], [0, 0, 0]])
    values, slopes = BinaryCrossentropy().values(np.array([[1], [0]]), np.array([[-1500], [-1500]], dtype), logits=True)
    np.testing.assert_array_equal(values, [1500, 0])
    np.testing.assert_array_equal(slopes, [[-1], [0]])


@pytest.mark.parametrize("loss", REGRESSIONS, ids=str)
def test_a_value_beyond_the_range_is_infinite_without_a_warning(loss):
    values, slopes = loss.values(np.array([[-3e38]]), np.array([[3e38]], np.float32))
    assert values == np.inf
    assert not np.isnan(slopes).any()


def test_ctc_slopes_mask_and_padding():
    loss, rng = CTC(blank=2), np.random.default_rng(9)
    a, mask = rng.standard_normal((3, 6, 4)), np.arange(6) < np.array([[6], [4], [5]])
    y = loss.prepare([[1, 1, 3], [0, -1, -1], [-1, -1, -1]], a.shape)
    report = checked(loss, y, a, mask=mask)
    assert report.ok, str(report)
    values, slopes = loss.values(y, a, mask=mask)
    assert not slopes[~mask].any()
    np.testing.assert_allclose(values[1], loss.values(y[1:2, :1], a[1:2, :4])[0][0])
    np.testing.assert_allclose(values[2], -np.log(softmax(a[2, :5])[:, 2]).sum())  # no label: all blanks
    np.testing.assert_allclose(loss(y, a, [1, 0, 0]), loss.values(y, a)[0][0] / 3)


def test_ctc_with_too_few_timesteps():
    a = np.zeros((1, 2, 3))
    for loss, value in ((CTC(), np.inf), (CTC(zero_infinity=True), 0)):
        values, slopes = loss.values(loss.prepare([[1, 1]], a.shape), a)
        assert values == value
        assert not slopes.any()


V5, BTV, ONE = (2, 5), (2, 3, 5), np.array([[1]])
SPARSE, CATEGORICAL, BINARY, MSE = (
    SparseCategoricalCrossentropy(), CategoricalCrossentropy(), BinaryCrossentropy(), MeanSquaredError(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("loss", "y", "shape", "error", "words"),
    [
        (SPARSE, [0, 5], V5, ValueError, ["y holds 5 at index (1,)", "labels from 0 to 4"]),
        (SPARSE, [-1, 0], V5, ValueError, ["y holds -1 at index (0,)", "0 to 4"]),
        (SPARSE, [[0, 1, 9]], BTV, ValueError, ["y holds 9 at index (0, 2)"]),
        (SPARSE, [0.0, 1.0], V5, TypeError, ["y holds floats", "integer labels", "astype(int)"]),
        (SPARSE, [0.5, 1.0], V5, TypeError, ["y holds floats", "integer labels"]),
        (SPARSE, [0.0, np.nan], V5, ValueError, ["y holds nan", "(1,)"]),
        (SPARSE, np.eye(5)[:2], V5, ValueError, ["y looks one-hot", "(2, 5)", "argmax", "categorical_crossentropy"]),
        (SPARSE, np.eye(5, dtype=int)[[[0, 1, 2]]], BTV, ValueError, ["y looks one-hot", "(1, 3, 5)"]),
        (SPARSE, [0, 1], BTV, ValueError, ["y has shape (2,)", "(N, T)"]),
        (SPARSE, [[0, 1]], BTV, ValueError, ["y has shape (1, 2)", "(N, T) = (1, 3)"]),
        (SPARSE, [[0, 1]], V5, ValueError, ["y has shape (1, 2)", "(N,)"]),
        (SPARSE, [], V5, ValueError, ["y has shape (0,)", "at least 1"]),
        (SPARSE, 3, V5, ValueError, ["y has shape ()", "(N,)"]),
        (SPARSE, ["a", "b"], V5, TypeError, ["y has dtype <U1", "numbers"]),
        (SPARSE, None, V5, TypeError, ["y has dtype object", "numbers"]),
        (SPARSE, np.ma.array([0, 1], mask=[0, 1]), V5, ValueError, ["y has masked entries"]),
        (CATEGORICAL, [0, 7], V5, ValueError, ["y holds 7 at index (1,)", "0 to 4"]),
        (CATEGORICAL, [0.0, 1.0], V5, TypeError, ["y holds floats", "integer labels"]),
        (CATEGORICAL, np.eye(4)[:2], V5, ValueError, ["y has shape (2, 4)", "(N, V) = (2, 5)"]),
        (CATEGORICAL, np.full((2, 5), np.inf), V5, ValueError, ["y holds inf", "(0, 0)"]),
        (CATEGORICAL, [[1, 0], [1]], V5, ValueError, ["y is not a rectangular array"]),
        (BINARY, [[0, 2]], (4, 2), ValueError, ["y holds 2 at index (0, 1)", "from 0 to 1"]),
        (BINARY, [0, -1], (4, 1), ValueError, ["y holds -1 at index (1, 0)", "from 0 to 1"]),
        (BINARY, [0, 1], (4, 2), ValueError, ["y has shape (2,)", "(N, V)"]),
        (MSE, [[1.0, np.nan]], (4, 2), ValueError, ["y holds nan", "(0, 1)"]),
        (MSE, [[1.0, 2.0]], (4, 1), ValueError, ["y has shape (1, 2)", "(N, V) = (1, 1)"]),
        (MSE, [[1j]], (4, 1), TypeError, ["y has dtype complex128"]),
        (MSE, np.zeros((2, 0, 1)), BTV, ValueError, ["y has shape (2, 0, 1)"]),
        (CTC(), [[1, 2]], V5, ValueError, ["y_pred has shape (2, 5)", "(B, T, V)"]),
        (CTC(), [1, 2], BTV, ValueError, ["y has shape (2,)", "(N, L)"]),
        (CTC(), [[1.0]], BTV, TypeError, ["y holds floats", "integer labels"]),
        (CTC(), [[1, 5]], BTV, ValueError, ["y holds 5 at index (0, 1)", "0 to 4", "-1 behind"]),
        (CTC(), [[1, -2]], BTV, ValueError, ["y holds -2 at index (0, 1)"]),
        (CTC(), [[1, 0]], BTV, ValueError, ["y holds 0 at index (0, 1)", "blank"]),
        (CTC(), [[1, -1, 2]], BTV, ValueError, ["y holds 2 at index (0, 2)", "before the first -1"]),
        (CTC(blank=5), [[1]], BTV, ValueError, ["blank is 5", "0 to 4"]),
    ],
    ids=lambda v: v[0] if isinstance(v, list) and v and isinstance(v[0], str) else "",
)  # fmt: skip
def test_bad_targets(loss, y, shape, error, words):
    with pytest.raises(error) as caught:
        loss.prepare(y, shape)
    assert type(caught.value) is error
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_what_is_accepted_as_in_keras():
    np.testing.assert_array_equal(SPARSE.prepare([[3], [0]], V5), [3, 0])  # (N, 1)
    np.testing.assert_array_equal(SPARSE.prepare(np.array([True, False]), V5), [1, 0])
    np.testing.assert_array_equal(CATEGORICAL.prepare([[3], [0]], V5), [3, 0])
    np.testing.assert_array_equal(SPARSE.prepare([0, 0], (2, 1)), [0, 0])
    assert BINARY.prepare([0, 1, 1], (2, 1)).shape == (3, 1)
    assert MSE.prepare(np.zeros((7, 3)), (2, 3, 1)).shape == (7, 3, 1)
    assert MSE.prepare(np.zeros((7, 5), np.float16), V5).dtype == np.float64


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: MSE([[1.0]], np.ones((2, 1))), ValueError, ["y has 1 rows", "accepted is 2"]),
        (lambda: MSE([1.0], np.ones(1)), ValueError, ["y_pred has shape (1,)", "(B, V)"]),
        (lambda: MSE([[1.0]], [[np.nan]]), ValueError, ["y_pred holds nan"]),
        (lambda: MSE([[1.0]], [[1.0], [1.0, 2.0]]), ValueError, ["y_pred is not a rectangular array"]),
        (lambda: MSE([[1.0]], [[1]]), TypeError, ["y_pred has dtype int64", "float32 or float64"]),
        (lambda: MSE([[1.0]], [[1.0]], [1, 2]), ValueError, ["sample_weight has shape (2,)", "(1,)"]),
        (lambda: MSE([[1.0]], [[1.0]], [np.inf]), ValueError, ["sample_weight holds inf"]),
        (lambda: MSE([[1.0]], [[1.0]], ["a"]), TypeError, ["sample_weight has dtype <U1"]),
        (lambda: MSE.values(np.ones((1, 1)), np.ones((1, 1)), logits=True), ValueError, ["logits", "mean_squared"]),
        (lambda: CTC().values(np.ones((1, 1)), np.ones((1, 1, 3)), logits=True), ValueError, ["logits", "ctc"]),
        (lambda: CTC().values(ONE, np.ones((1, 2, 3)), mask=np.array([[False, True]])), ValueError, ["mask has"]),
        (lambda: CategoricalCrossentropy(from_logits=1), ValueError, ["from_logits is 1", "True"]),
        (lambda: CategoricalCrossentropy(label_smoothing=1.5), ValueError, ["label_smoothing is 1.5", "[0, 1]"]),
        (lambda: BinaryCrossentropy(label_smoothing="a"), TypeError, ["label_smoothing is 'a'"]),
        (lambda: CTC(blank=-1), ValueError, ["blank is -1"]),
        (lambda: CTC(zero_infinity=0), ValueError, ["zero_infinity is 0"]),
        (lambda: losses.get("binary_crossentropi"), ValueError, ["loss is", "Did you mean 'binary_crossentropy'?"]),
        (lambda: losses.get("CategoricalCrossEntropy"), ValueError, ["Did you mean 'categorical_crossentropy'?"]),
        (lambda: losses.get("mean_square_error"), ValueError, ["Did you mean 'mean_squared_error'?"]),
        (lambda: losses.get(None), TypeError, ["loss is a NoneType", "'mse'"]),
        (lambda: losses.get(MeanSquaredError), TypeError, ["loss is a type", "'mse'"]),
        (lambda: losses.get({}), TypeError, ["loss is a NoneType"]),
    ],
)  # fmt: skip
def test_bad_arguments(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_names():
    for name, loss in losses.LOSSES.items():
        assert losses.get(name) == losses.get(loss.__name__) == loss()
        assert losses.get(name.upper()) == loss()
    assert losses.get("mse") == losses.get("MSE") == MeanSquaredError()
    assert losses.get("mae") == MeanAbsoluteError()
    assert losses.get("BCE") == BinaryCrossentropy()
    loss = CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    assert losses.get(loss) is loss
    assert losses.get(loss.get_config()) == loss == CategoricalCrossentropy(True, 0.1)


def test_links():
    assert [losses.get(name).link for name in losses.LOSSES] == ["softmax", "softmax", "sigmoid", None, None, None]
    assert with_logits(SPARSE).link is None  # the output are logits already: nothing is left to fuse
