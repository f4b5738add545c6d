"""The check of lstm_for_onnx: each mistake by its sentence, other styles, what was never seen, what ONNX computes."""

import itertools

import numpy as np
import pytest

from rnnedu.interop.onnx import run_node
from rnnedu.layers import LSTM
from rnnedu.lessons import EXERCISES, check, check_lstm_for_onnx
from rnnedu.lessons.onnx_checks import RIGHT
from rnnedu.lessons.onnx_mistakes import BIAS, MATRIX


def ordered(array, order="iofg"):
    parts = dict(zip("ifgo", np.split(array, 4, axis=-1), strict=True))
    return np.concatenate([parts[gate] for gate in order], axis=-1)


def matrix(array, order="iofg"):
    return ordered(array, order).T[None]


def two(array, order="iofg"):
    return np.concatenate([ordered(array, order), np.zeros_like(array)])[None]


def lstm_for_onnx(kernel, recurrent_kernel, bias):
    return matrix(kernel), matrix(recurrent_kernel), two(bias)


def told(fn):
    verdict = check_lstm_for_onnx(fn)
    assert not verdict.ok
    return verdict.text


def test_what_is_called_right_is_what_onnx_computes():
    layer = LSTM(4, return_sequences=True)
    layer.build((None, None, 3), dtype="float64")
    x, rng = np.random.default_rng(0).normal(size=(2, 5, 3)), np.random.default_rng(1)
    layer.set_weights([rng.normal(size=each.shape) for each in layer.get_weights()])
    Y, *_ = run_node("LSTM", [x.swapaxes(0, 1), *lstm_for_onnx(*layer.get_weights())], {"hidden_size": 4})
    np.testing.assert_allclose(Y[:, 0].swapaxes(0, 1), layer(x), atol=1e-14)
    assert check_lstm_for_onnx(lstm_for_onnx).text == RIGHT


@pytest.mark.parametrize("sentence", MATRIX)
@pytest.mark.parametrize("name", "WR")
def test_each_mistake_in_a_matrix_has_its_own_sentence(name, sentence):
    def fn(kernel, recurrent_kernel, bias):
        given = {"W": kernel, "R": recurrent_kernel}
        W, R = (MATRIX[sentence](given[n]) if n == name else matrix(given[n]) for n in "WR")
        return W, R, two(bias)

    assert told(fn) == f"{name} {sentence}"


@pytest.mark.parametrize("sentence", MATRIX)
def test_the_same_mistake_in_both_is_told_once(sentence):
    wrong = MATRIX[sentence]
    assert told(lambda k, r, b: (wrong(k), wrong(r), two(b))) == f"W {sentence} So it is with R."


@pytest.mark.parametrize("sentence", BIAS)
def test_each_mistake_in_the_bias_has_its_own_sentence(sentence):
    assert told(lambda k, r, b: (matrix(k), matrix(r), BIAS[sentence](b))) == sentence


@pytest.mark.parametrize("order", ["".join(each) for each in itertools.permutations("ifgo") if each != tuple("iofg")])
def test_every_other_order_of_gates_is_named(order):
    text = told(lambda k, r, b: (matrix(k, order), matrix(r, order), two(b, order)))
    for name in "WB":
        assert f"{name}'s gates stand {', '.join(order)}; ONNX' order is i, o, f, c, and its c is our g" in text
    assert "So it is with R." in text
    assert ("yours is the way back" in text) == (order == "igof")


def test_of_three_arrays_each_gets_its_own_sentence():
    text = told(lambda k, r, b: (k.T[None], ordered(r)[None], ordered(b)[None]))
    assert text.startswith("W's gates stand i, f, g, o; ")
    assert " R is not transposed: " in text
    assert " B holds one bias, " in text


@pytest.mark.parametrize(
    "fn",
    [
        lambda k, r, b: [matrix(k), matrix(r), two(b)],
        lambda k, r, b: {"W": matrix(k), "R": matrix(r), "B": two(b)},
        lambda k, r, b: (matrix(k), matrix(r), np.tile(ordered(b), 2)[None] / 2),  # only the sum of the halves matters
        lambda k, r, b: (matrix(k), matrix(r), np.concatenate([0 * b, ordered(b)])[None]),
        lambda k, r, b: (
            np.concatenate([each.T for each in np.array_split(k, 4, axis=1)])[
                [n * len(r) + i for n in (0, 3, 1, 2) for i in range(len(r))]
            ][None],
            r.reshape(len(r), 4, len(r))[:, [0, 3, 1, 2]].reshape(len(r), -1).swapaxes(0, 1)[np.newaxis],
            np.pad(b.reshape(4, -1)[[0, 3, 1, 2]].ravel(), (0, b.size))[None],
        ),
    ],
)
def test_other_styles_pass(fn):
    assert check_lstm_for_onnx(fn).text == RIGHT


def noisy(array):
    array = array.copy()
    array[0, 1, 0] += 1
    return array


@pytest.mark.parametrize(
    ("fn", "part"),
    [
        (lambda k, r, b: ..., "Nothing is written here yet."),
        (lambda k, r, b: matrix(k), "returns an array of shape (1, 8, 3); accepted are 3 arrays: `return W, R, B`."),
        (lambda k, r, b: (matrix(k), matrix(r)), "returns a tuple of 2; accepted are 3 arrays"),
        (lambda k, r, b: (matrix(r), matrix(k), two(b)), "W and R are in each other's place: W is made from kernel"),
        (lambda k, r, b: (matrix(k).tolist(), matrix(r), two(b)), "For W your function returns a list of 1"),
        (lambda k, r, b: (matrix(k), matrix(r).astype("float32"), two(b)), "For R your function returns dtype float32"),
        (lambda k, r, b: (matrix(k)[:, :4], matrix(r), two(b)), "W has shape (1, 4, 3); accepted is (1, 4H, D) = (1,"),
        (lambda k, r, b: (matrix(k), matrix(r), two(b)[..., None]), "B has shape (1, 16, 1); accepted is (1, 8H) ="),
        (lambda k, r, b: (noisy(matrix(k)), matrix(r), two(b)), "W[0, 1, 0]: yours"),
        (lambda k, r, b: (matrix(k) * np.nan, matrix(r), two(b)), "nan at W[0, 0, 0]"),
        (lambda k, r, b: (matrix(k), matrix(r), 3 * two(b)), "the sum of B's halves[0, 0]: yours"),
        (lambda k, r, b: (matrix(k)[:, :, :3], matrix(r), two(b)), "Right for D = 3, H = 2; for D = 4, H = 4: W has s"),
        (lambda k, r, b: (matrix(k), matrix(r), np.append(two(b)[:, :8], np.zeros((1, 8)), 1)), "D = 2, H = 4: B "),
        (lambda k, r, b: (matrix(kernel), matrix(r), two(b)), "NameError: name 'kernel' is not defined"),  # noqa: F821
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(fn, part):
    assert part in told(fn)


def test_a_block_that_is_moved_in_place_is_told():
    def wrong(kernel, recurrent_kernel, bias):
        H = len(recurrent_kernel)
        kernel[:, H : 2 * H] = kernel[:, 3 * H :]
        return lstm_for_onnx(kernel, recurrent_kernel, bias)

    assert told(wrong).startswith("Your function changes kernel in place")


def test_the_solution_is_right():
    space = {"np": np}
    exec(EXERCISES["lstm_for_onnx"].solution, space)
    assert check(space["lstm_for_onnx"])
