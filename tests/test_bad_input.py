"""What comes in wrong is refused: the message names the argument, what was seen and what is accepted."""

import numpy as np
import pytest

from rnnedu import gradcheck, initializers, kernels, optim, unroll, validate
from rnnedu.cells import CELLS, cell_of, get, gru, lstm, rnn
from rnnedu.layers import GRU, LSTM, SimpleRNN
from rnnedu.layers.base import LAYERS
from rnnedu.trace import Trace

T, B, D, H = 5, 2, 3, 4
RNG = np.random.default_rng(0)
X = RNG.standard_normal((T, B, D))
ZEROS = np.zeros((B, H))
W_X, W_H, BIAS = RNG.standard_normal((D, 4 * H)), RNG.standard_normal((H, 4 * H)), RNG.standard_normal(4 * H)
PARAMS = lstm.LSTMParams(W_X, W_H, BIAS)
RUN = unroll.forward(PARAMS, X)
RAGGED = [[1.0], [1.0, 2.0]]


def with_one(array, value):
    changed = array.copy()
    changed[(-1,) * array.ndim] = value
    return changed


def refused(error, words, function, *args, **kwargs):
    """Assert that the call raises `error`, that its message holds all `words`, and that no array changes."""
    arrays = [a for a in (*args, *kwargs.values()) if isinstance(a, np.ndarray)]
    before = [a.tobytes() for a in arrays]
    with pytest.raises(error) as caught:
        function(*args, **kwargs)
    message = str(caught.value)
    assert type(caught.value) is error
    assert all(word in message for word in words), message
    assert [a.tobytes() for a in arrays] == before


BAD_X = [
    (X[0], ValueError, ["x has shape (2, 3)", "(T, B, D)", "3 axes"]),
    (X[None], ValueError, ["x has shape (1, 5, 2, 3)", "(T, B, D)", "3 axes"]),
    (X[:0], ValueError, ["x has shape (0, 2, 3)", "(T, B, D)", "at least 1"]),
    (X[:, :0], ValueError, ["x has shape (5, 0, 3)", "(T, B, D)", "at least 1"]),
    (X[..., :0], ValueError, ["x has shape (5, 2, 0)", "(T, B, D)", "at least 1"]),
    (X[..., :2], ValueError, ["x has shape (5, 2, 2)", "(T, B, D) = (5, 2, 3)"]),
    (with_one(X, np.nan), ValueError, ["x holds nan", "(4, 1, 2)", "finite"]),
    (with_one(X, -np.inf), ValueError, ["x holds -inf", "(4, 1, 2)", "finite"]),
    (X.astype(int), TypeError, ["x has dtype int64", "float64", "astype"]),
    (X.astype(bool), TypeError, ["x has dtype bool", "float64"]),
    (X.astype(np.float16), TypeError, ["x has dtype float16", "float64"]),
    (X.astype(np.float32), TypeError, ["x has dtype float32", "float64"]),
    (X + 0j, TypeError, ["x has dtype complex128", "float64"]),
    ("text", TypeError, ["x has dtype <U4", "float64"]),
    (None, TypeError, ["x has dtype object", "float64"]),
    ([RAGGED], ValueError, ["x is not a rectangular array"]),
]


@pytest.mark.parametrize(("x", "error", "words"), BAD_X, ids=lambda v: v[0] if isinstance(v, list) else "")
def test_input_of_a_run(x, error, words):
    refused(error, words, unroll.forward, PARAMS, x)


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ({"h0": np.zeros((3, H))}, ValueError, ["h0 has shape (3, 4)", "(B, H) = (2, 4)"]),
        ({"c0": np.zeros((B, H + 1))}, ValueError, ["c0 has shape (2, 5)", "(B, H) = (2, 4)"]),
        ({"h0": np.zeros(H)}, ValueError, ["h0 has shape (4,)", "(B, H)", "2 axes"]),
        ({"h0": with_one(ZEROS, np.nan)}, ValueError, ["h0 holds nan", "(1, 3)"]),
        ({"c0": ZEROS.astype(np.float32)}, TypeError, ["c0 has dtype float32", "float64"]),
        ({"h0": ZEROS.astype(int)}, TypeError, ["h0 has dtype int64", "float64"]),
        ({"h0": RAGGED}, ValueError, ["h0 is not a rectangular array"]),
        ({"h1": ZEROS}, TypeError, ["h1", "h0, c0"]),
        ({"h_0": ZEROS}, TypeError, ["h_0", "h0, c0"]),
    ],
)
def test_initial_states(state, error, words):
    refused(error, words, unroll.forward, PARAMS, X, **state)


def test_a_cell_without_c_takes_no_c0():
    refused(TypeError, ["c0", "h0"], unroll.forward, gru.init(D, H), X, c0=ZEROS)


@pytest.mark.parametrize(
    ("gradients", "error", "words"),
    [
        ({"dh": np.zeros((T - 1, B, H))}, ValueError, ["dh has shape (4, 2, 4)", "(T, B, H) = (5, 2, 4)"]),
        ({"dh": ZEROS}, ValueError, ["dh has shape (2, 4)", "(T, B, H)", "3 axes"]),
        ({"dh_last": np.zeros((T, B, H))}, ValueError, ["dh_last has shape (5, 2, 4)", "(B, H)"]),
        ({"dc_last": np.zeros((1, H))}, ValueError, ["dc_last has shape (1, 4)", "(B, H) = (2, 4)"]),
        ({"dc": np.full((T, B, H), np.inf)}, ValueError, ["dc holds inf", "(0, 0, 0)"]),
        ({"dh_last": ZEROS.astype(np.float32)}, TypeError, ["dh_last has dtype float32", "float64"]),
        ({"dx": X}, TypeError, ["dx", "dh, dc, dh_last, dc_last"]),
    ],
)
def test_gradients_of_the_loss(gradients, error, words):
    refused(error, words, unroll.backward, RUN, **gradients)


def test_a_cell_without_c_takes_no_dc():
    run = unroll.forward(rnn.init(D, H), X)
    refused(TypeError, ["dc", "dh, dh_last"], unroll.backward, run, dc=np.zeros((T, B, H)))


@pytest.mark.parametrize("params", ["lstm", None, {"W_x": W_X}, CELLS["lstm"]], ids=["str", "None", "dict", "Cell"])
def test_parameters_of_another_type(params):
    words = [type(params).__name__, "RNNParams", "LSTMParams", "GRUParams"]
    refused(TypeError, ["params", *words], unroll.forward, params, X)
    refused(TypeError, ["params", *words], cell_of, params)


@pytest.mark.parametrize("run", [None, PARAMS, X], ids=["None", "params", "array"])
def test_the_way_back_needs_a_run(run):
    refused(TypeError, ["run", type(run).__name__, "Forward"], unroll.backward, run)


BAD_PARAMS = [
    ({"W_x": W_X[:, :12]}, ValueError, ["W_x has shape (3, 12)", "(D, 4H) = (3, 16)"]),
    ({"W_h": W_H[:, :12]}, ValueError, ["W_h has shape (4, 12)", "(H, 4H) = (4, 16)"]),
    ({"b": BIAS[:4]}, ValueError, ["b has shape (4,)", "(4H,) = (16,)"]),
    ({"b": BIAS[None]}, ValueError, ["b has shape (1, 16)", "(4H,)", "1 axes"]),
    ({"W_x": W_X[0]}, ValueError, ["W_x has shape (16,)", "(D, 4H)", "2 axes"]),
    ({"W_x": W_X[:0]}, ValueError, ["W_x has shape (0, 16)", "at least 1"]),
    ({"W_h": W_H[None]}, ValueError, ["W_h has shape (1, 4, 16)", "(H, 4H)", "2 axes"]),
    ({"W_h": np.array(1.0)}, ValueError, ["W_h has shape ()", "(H, 4H)", "2 axes"]),
    ({"W_h": None}, TypeError, ["W_h has dtype object", "float64"]),
    ({"W_x": RAGGED}, ValueError, ["W_x is not a rectangular array"]),
    ({"W_h": RAGGED}, ValueError, ["W_h is not a rectangular array"]),
    ({"W_x": W_X.astype(int)}, TypeError, ["W_x has dtype int64", "float32 or float64"]),
    ({"W_x": W_X.astype(np.float16)}, TypeError, ["W_x has dtype float16", "float32 or float64"]),
    ({"W_h": W_H.astype(np.float32)}, TypeError, ["W_h has dtype float32", "float64"]),
    ({"b": with_one(BIAS, np.nan)}, ValueError, ["b holds nan", "(15,)"]),
    ({"W_h": with_one(W_H, np.inf)}, ValueError, ["W_h holds inf", "(3, 15)"]),
]


@pytest.mark.parametrize(("change", "error", "words"), BAD_PARAMS, ids=lambda v: v[0] if isinstance(v, list) else "")
def test_parameters(change, error, words):
    refused(error, words, lstm.LSTMParams, **({"W_x": W_X, "W_h": W_H, "b": BIAS} | change))
    refused(error, words, PARAMS.replace, **change)


def test_a_parameter_that_does_not_exist():
    refused(TypeError, ["U"], PARAMS.replace, U=W_X)


@pytest.mark.parametrize("value", ["yes", 1, 0, None, "True", ["tanh"]])
def test_options(value):
    refused(ValueError, ["reset_after", repr(value), "True, False"], gru.init, D, H, reset_after=value)
    accepted = ["'tanh'", "'relu'", "'identity'"]
    refused(ValueError, ["activation", repr(value), *accepted], rnn.init, D, H, activation=value)


@pytest.mark.parametrize("cell", CELLS.values(), ids=list(CELLS))
@pytest.mark.parametrize("dtype", [np.float16, int])
def test_a_cell_begins_in_float32_or_float64_only(cell, dtype):
    refused(TypeError, ["dtype", str(np.dtype(dtype)), "float32 or float64"], cell.init, D, H, dtype=dtype)


@pytest.mark.parametrize("name", ["LSTM", "", None, 3, ["lstm"]])
def test_a_cell_that_does_not_exist(name):
    refused(ValueError, ["cell", repr(name), "'rnn', 'lstm', 'gru'"], get, name)


STEP = [
    ({"x_t": X}, ValueError, ["x_t has shape (5, 2, 3)", "(B, D)"]),
    ({"x_t": X[0, :, :2]}, ValueError, ["x_t has shape (2, 2)", "(B, D) = (2, 3)"]),
    ({"h_prev": np.zeros((B, 3))}, ValueError, ["h_prev has shape (2, 3)", "(B, H) = (2, 4)"]),
    ({"h_prev": np.zeros((1, H))}, ValueError, ["h_prev has shape (1, 4)", "(B, H) = (2, 4)"]),
    ({"h_prev": with_one(ZEROS, np.inf)}, ValueError, ["h_prev holds inf", "(1, 3)"]),
    ({"h_prev": ZEROS.tolist()}, TypeError, ["h_prev is a list", "array"]),
    ({"h_prev": ZEROS.astype(np.float32)}, TypeError, ["h_prev has dtype float32", "float64"]),
]


@pytest.mark.parametrize("cell", CELLS.values(), ids=list(CELLS))
@pytest.mark.parametrize(("change", "error", "words"), STEP, ids=lambda v: v[0] if isinstance(v, list) else "")
def test_one_step(cell, change, error, words):
    state = {f"{name}_prev": ZEROS for name in cell.state}
    refused(error, words, cell.step, cell.init(D, H), **({"x_t": X[0]} | state | change))


@pytest.mark.parametrize("cell", CELLS.values(), ids=list(CELLS))
@pytest.mark.parametrize(
    ("dh_t", "error", "words"),
    [
        (np.ones((1, H)), ValueError, ["dh_t has shape (1, 4)", "(B, H) = (2, 4)"]),
        (np.ones((B + 1, H)), ValueError, ["dh_t has shape (3, 4)", "(B, H) = (2, 4)"]),
        (np.ones((B, 1)), ValueError, ["dh_t has shape (2, 1)", "(B, H) = (2, 4)"]),
        (np.full((B, H), np.nan), ValueError, ["dh_t holds nan", "(0, 0)"]),
        (np.ones((B, H), np.float32), TypeError, ["dh_t has dtype float32", "float64"]),
    ],
)
def test_one_step_back(cell, dh_t, error, words):
    """Also a batch of one: it would be broadcast over the rows in silence."""
    step = unroll.forward(cell.init(D, H), X).steps[0]
    others = [ZEROS] * (len(cell.state) - 1)
    refused(error, words, cell.step_back, cell.init(D, H), step, dh_t, *others)


def test_a_state_that_leaves_the_finite_numbers():
    params = rnn.RNNParams(np.eye(2), 1e200 * np.eye(2), np.zeros(2), "identity")
    refused(validate.Overflow, ["state overflows", "t = 3"], unroll.forward, params, np.ones((5, 1, 2)))


def test_a_gradient_that_leaves_the_finite_numbers():
    """Exploding gradients are a lesson: the message says where, and no warning of NumPy's comes first."""
    params = rnn.RNNParams(np.eye(2), 1e200 * np.eye(2), np.zeros(2), "identity")
    for T_ in (2, 5):  # with two steps only the initial state's gradient overflows
        run = unroll.forward(params, np.zeros((T_, 1, 2)))
        words = ["gradient overflows", f"t = {T_ - 1}"]
        refused(validate.Overflow, words, unroll.backward, run, dh_last=np.ones((1, 2)))


@pytest.mark.parametrize("value", [2.0, "2", None, True, np.bool_(True)])
def test_an_integer_is_an_integer(value):
    refused(TypeError, ["T", repr(value), "an integer >= 1"], validate.integer, "T", value, 1)


@pytest.mark.parametrize("value", [0, 8, -3])
def test_an_integer_is_within_its_bounds(value):
    refused(ValueError, ["T", str(value), "an integer from 1 to 7"], validate.integer, "T", value, 1, 7)


def test_an_integer_of_numpy_is_accepted():
    assert validate.integer("T", np.int64(3), 1) == 3
    assert type(validate.integer("T", np.int64(3), 1)) is int


def test_masked_entries_do_not_slip_in():
    x = np.ma.masked_invalid(np.array([[[1.0, np.nan]]]))
    refused(ValueError, ["x", "masked"], unroll.forward, rnn.init(2, 3), x)
    mask, lengths = np.ma.array(np.ones((T, B), bool), mask=np.eye(T, B)), np.ma.array([1, 2], mask=[True, False])
    refused(ValueError, ["mask has masked"], kernels.forward, PARAMS, X, mask=mask)
    refused(ValueError, ["lengths has masked"], kernels.forward, PARAMS, X, lengths=lengths)


@pytest.mark.parametrize("size", [np.uint8(200), np.int8(40), np.int64(70)])
def test_small_integer_types_do_not_wrap(size):
    assert lstm.init(np.uint8(1), size).W_x.shape == (1, 4 * int(size))


@pytest.mark.parametrize("dtype", [None, "abc", object, np.float16, int])
def test_parameters_are_float32_or_float64(dtype):
    refused(TypeError, ["dtype", "accepted is float32 or float64"], lstm.init, 1, 2, dtype=dtype)


def test_a_matrix_that_disagrees_with_itself_is_the_one_that_is_blamed():
    refused(ValueError, ["W_h has shape (16, 4)"], lstm.LSTMParams, np.ones((3, 16)), np.ones((16, 4)), np.ones(16))


def test_a_step_is_taken_with_its_own_parameters_and_record():
    x_t, h = np.ones((1, 2)), np.ones((1, 3))
    refused(TypeError, ["params is a GRUParams", "LSTMParams"], lstm.step, gru.init(2, 3), x_t, h, h)
    refused(TypeError, ["step is a NoneType", "RNNStep"], rnn.step_back, rnn.init(2, 3), None, h)
    wide = rnn.step(rnn.init(2, 4), x_t, np.ones((1, 4)))
    refused(ValueError, ["h_prev", "(1, 4)"], rnn.step_back, rnn.init(2, 3), wide, h)


def test_records_keep_what_they_were_given():
    params, h0, dh = rnn.init(1, 2), np.ones((1, 2)), np.ones((3, 1, 2))
    run = unroll.forward(params, np.ones((3, 1, 1)), h0=h0)
    back = unroll.backward(run, dh=dh)
    trace = Trace.of(run, back)
    h0[:], dh[:], back.loss["h"][0] = 9, 9, 9
    assert (run.steps[0].h_prev == 1).all()
    assert (trace["dh_loss"] == 1).all()


def test_the_way_back_belongs_to_its_run():
    params = rnn.init(1, 2)
    one, other = (unroll.forward(params, np.ones((T_, 1, 1))) for T_ in (3, 5))
    refused(ValueError, ["back", "another run"], Trace.of, one, unroll.backward(other))
    refused(TypeError, ["run is a RNNParams", "Forward"], Trace.of, params)
    assert "h_t" in Trace.of(one)
    assert "dh_t" not in Trace.of(one)


def test_a_gradient_check_refuses_what_it_cannot_compare():
    x = {"x": np.array([1.0, 2.0])}
    refused(ValueError, ["gradients is empty"], gradcheck.compare, lambda x: x.sum(), x, {})
    refused(ValueError, ["f returns shape (2,)"], gradcheck.compare, lambda x: x, x, {"x": np.ones(2)})
    refused(ValueError, ["name is 'y'", "x"], gradcheck.numerical, lambda x: x.sum(), x, "y")


def test_a_function_that_works_in_place_and_a_gradient_of_zero_are_checked_fairly():
    def doubled(x):
        x *= 2
        return x.sum()

    x = {"x": np.array([0.3, -0.7, 0.2])}
    assert gradcheck.compare(doubled, x, {"x": np.full(3, 2.0)}).ok
    assert gradcheck.compare(lambda x: (np.exp(x) / np.exp(x).sum()).sum(), x, {"x": np.zeros(3)}).ok
    assert not gradcheck.compare(lambda x: 1e-5 * x.sum(), x, {"x": np.full(3, 1.01e-5)}).ok


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SimpleRNN(unts=3), ["unts is no argument of SimpleRNN", "Did you mean 'units'?"]),
        (lambda: LSTM(3, return_sequence=True), ["of LSTM", "Did you mean 'return_sequences'?"]),
        (lambda: GRU(3, kernel_regularizer="l2"), ["kernel_regularizer is no argument of GRU", "units, activation"]),
        (lambda: SimpleRNN(), ["SimpleRNN.__init__() missing", "'units'"]),
        (lambda: optim.Adam(lr=0.1), ["lr is no argument of Adam", "Did you mean 'learning_rate'?"]),
        (lambda: optim.SGD(eps=0.1), ["eps is no argument of SGD", "learning_rate, momentum, nesterov"]),
        (lambda: optim.ExponentialDecay(0.1, 9, 0.9, stair=1), ["of ExponentialDecay", "Did you mean 'staircase'?"]),
        (lambda: initializers.RandomNormal(std=1), ["std is no argument of RandomNormal", "Did you mean 'stddev'?"]),
    ],
)
def test_an_argument_that_does_not_exist_is_named_with_its_class_and_the_near_match(make, words):
    refused(TypeError, words, make)


def test_a_subclass_may_take_arguments_of_its_own():
    class Loud(SimpleRNN):
        def __init__(self, *args, **kwargs):
            self.loud = kwargs.pop("loud", False)
            super().__init__(*args, **kwargs)

    try:
        assert Loud(3, loud=True).loud
    finally:
        del LAYERS["Loud"]
