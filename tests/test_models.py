"""Sequential: training, asking, resuming, interrupting, saving; what is refused, and what is left as it was then."""

import contextlib
import itertools
import sys

import numpy as np
import pytest

from rnnedu import train
from rnnedu.callbacks import Callback, LearningRateScheduler
from rnnedu.layers import GRU, LSTM, Bidirectional, Dense, Dropout, Embedding, Input, Lags, SimpleRNN
from rnnedu.losses import CTC, SparseCategoricalCrossentropy
from rnnedu.metrics import CategoricalAccuracy
from rnnedu.models import ModelFileError, Sequential, files, load_model, threads
from rnnedu.optim import SGD, Adam, ExponentialDecay
from rnnedu.train import Diverged

N, T, D, V = 22, 6, 3, 7
RNG = np.random.default_rng(12)
SYMBOLS = RNG.integers(0, V, (N, T))
LABELS = RNG.integers(0, V, N)
SERIES = RNG.standard_normal((N, T, D)).astype(np.float32)
NUMBERS = RNG.standard_normal((N, 2)).astype(np.float32)
QUIET = {"verbose": 0, "batch_size": 4}


def classifier(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=("accuracy",), seed=0):
    model = Sequential(seed=seed)
    model.add(Embedding(V, 5))
    model.add(LSTM(4, dropout=0.2))
    model.add(Dropout(0.1))
    model.add(Dense(V, activation="softmax"))
    model.compile(optimizer, loss, metrics=list(metrics))
    return model


def regressor(*layers, optimizer="sgd", **options):
    """Return a model of `layers` and a Dense layer, built and compiled."""
    model = Sequential([*(layers or [SimpleRNN(4)]), Dense(2)], **options)
    model.compile(optimizer, "mse")
    model.build((None, T, D))
    return model


def everything(model):
    """Return copies of all that training changes: weights, slots, step, carried states."""
    state = model.home.state
    slots = {name: slot.copy() for name, slot in state.slots.items()}
    return state.weights.flat.copy(), slots, state.step, {k: tuple(map(np.copy, v)) for k, v in state.carried.items()}


def assert_same(got, want):
    """Compare what `everything` gave, bit for bit."""
    np.testing.assert_array_equal(got[0], want[0])
    assert got[2] == want[2]
    assert set(got[3]) == set(want[3])
    for name in want[1]:
        np.testing.assert_array_equal(got[1][name], want[1][name], err_msg=name)
    for k, states in want[3].items():
        np.testing.assert_array_equal(got[3][k], states)


# ---- the snippet


@pytest.mark.parametrize("one_hot", [False, True])
def test_the_snippet_of_the_tutorials_runs(one_hot):
    vocab_size, embedding_dim, max_length = 20, 8, 5
    data = np.random.default_rng(0).integers(0, vocab_size, (200, max_length))
    labels = np.eye(vocab_size)[data[:, 0]] if one_hot else data[:, 0]
    model = Sequential()
    model.add(Embedding(input_dim=vocab_size, output_dim=embedding_dim, input_length=max_length))
    model.add(SimpleRNN(units=50))
    model.add(Dense(vocab_size, activation="softmax"))
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(data, labels, epochs=10, batch_size=32, verbose=0)
    assert history.epoch == list(range(10))
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert history.history["accuracy"][-1] > 0.3
    assert model.steps_taken == 10 * 7


def test_one_hot_and_integer_labels_are_the_same_to_it():
    first, second = (classifier(loss="categorical_crossentropy") for _ in range(2))
    first.fit(SYMBOLS, LABELS, **QUIET)
    second.fit(SYMBOLS, np.eye(V)[LABELS], **QUIET)
    assert_same(everything(first), everything(second))


# ---- one seed


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    first, second, other = (classifier(seed=seed) for seed in (5, 5, 6))
    histories = [model.fit(SYMBOLS, LABELS, epochs=3, **QUIET).history for model in (first, second, other)]
    assert histories[0] == histories[1] != histories[2]
    assert_same(everything(first), everything(second))
    assert (first.get_weights()[0] != other.get_weights()[0]).any()


def test_numpys_global_randomness_is_neither_used_nor_touched():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    classifier().fit(SYMBOLS, LABELS, **QUIET)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_every_epoch_has_an_order_of_its_own_also_in_another_fit():
    model = regressor(optimizer=SGD(1e-12))
    losses = [[step.loss for step in model.steps(SERIES, NUMBERS, batch_size=4, epochs=2)] for _ in range(2)]
    orders = {tuple(np.round(part, 6)) for each in losses for part in (each[:6], each[6:])}
    assert len(orders) == 4


def test_every_update_every_layer_and_every_direction_drops_something_else():
    model = Sequential([Dropout(0.5), Dropout(0.5), Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(SGD(1e-12), "mse")
    ones = np.ones((N, 40))
    assert model.train_on_batch(ones, np.zeros(N)) != model.train_on_batch(ones, np.zeros(N))
    twice = Sequential([Dropout(0.5), Dropout(0.5)])
    twice.build((None, 400))
    assert abs((twice(np.ones((50, 400)), training=True) == 0).mean() - 0.75) < 0.02
    both = Bidirectional(SimpleRNN(4, dropout=0.5))
    both.build((None, 1, D))
    both.set_weights(2 * both.get_weights()[:3])
    forwards, backwards = np.split(both(SERIES[:, :1], training=True), 2, axis=1)
    assert (forwards != backwards).any()


# ---- fit and its options


def test_shuffle_goes_through_everything_once_in_a_new_order_each_epoch():
    class Seen(Callback):
        def __init__(self):
            self.sizes = []

        def on_train_batch_end(self, batch, logs=None):
            self.sizes.append((batch, len(logs)))

    seen, model = Seen(), classifier(metrics=())
    model.fit(SYMBOLS, LABELS, epochs=2, callbacks=[seen], **QUIET)
    assert [batch for batch, _ in seen.sizes] == 2 * [0, 1, 2, 3, 4, 5]
    steps = list(classifier().steps(SYMBOLS, LABELS, batch_size=4, epochs=2))
    assert [step.size for step in steps] == 2 * [4, 4, 4, 4, 4, 2]
    in_order = list(classifier().steps(SYMBOLS, LABELS, batch_size=4, epochs=2, shuffle=False))
    assert steps[0].loss != in_order[0].loss


def test_without_shuffle_fit_is_train_on_batch_after_batch():
    first, second = classifier(), classifier()
    first.fit(SYMBOLS, LABELS, shuffle=False, **QUIET)
    for start in range(0, N, 4):
        second.train_on_batch(SYMBOLS[start : start + 4], LABELS[start : start + 4])
    assert_same(everything(first), everything(second))
    third = classifier()
    for _ in third.steps(SYMBOLS, LABELS, batch_size=4, shuffle=False):
        pass
    assert_same(everything(third), everything(first))


@pytest.mark.parametrize(("fraction", "kept"), [(0.25, 16), (0.5, 11), (0.1, 19), (0.0, 22), (0.9, 2)])
def test_a_split_keeps_the_last_rows_for_validation_as_keras_rounds(fraction, kept):
    first, second = classifier(), classifier()
    history = first.fit(SYMBOLS, LABELS, validation_split=fraction, epochs=2, **QUIET).history
    held = (SYMBOLS[kept:], LABELS[kept:]) if kept < N else None
    want = second.fit(SYMBOLS[:kept], LABELS[:kept], validation_data=held, epochs=2, **QUIET).history
    assert history == want
    assert ("val_loss" in history) == (kept < N)
    if kept < N:
        loss, accuracy = first.evaluate(*held)
        assert history["val_loss"][-1] == pytest.approx(loss, rel=1e-6)
        assert history["val_accuracy"][-1] == pytest.approx(accuracy)


def test_validation_data_may_bring_weights():
    model, weight = classifier(), np.linspace(0, 2, N)
    history = model.fit(SYMBOLS, LABELS, validation_data=(SYMBOLS, LABELS, weight), **QUIET).history
    want = model.evaluate(SYMBOLS, LABELS, batch_size=4, sample_weight=weight, return_dict=True)
    assert history["val_loss"] == [want["loss"]]
    assert history["val_accuracy"] == [want["accuracy"]]


def test_class_weights_are_sample_weights_by_label():
    weights = {0: 0.5, 3: 2.0, 6: 0.0}
    each = np.array([weights.get(label, 1.0) for label in LABELS.tolist()])
    first, second, third = (classifier() for _ in range(3))
    first.fit(SYMBOLS, LABELS, class_weight=weights, **QUIET)
    second.fit(SYMBOLS, LABELS, sample_weight=each, **QUIET)
    third.fit(
        SYMBOLS, LABELS, sample_weight=np.sqrt(each), class_weight={k: v**0.5 for k, v in weights.items()}, **QUIET
    )
    assert_same(everything(first), everything(second))
    np.testing.assert_allclose(everything(third)[0], everything(first)[0], rtol=1e-3, atol=1e-6)
    hot = classifier(loss="categorical_crossentropy")
    hot.fit(SYMBOLS, np.eye(V)[LABELS], class_weight=weights, **QUIET)
    assert_same(everything(hot), everything(first))


def test_class_weights_of_yes_and_no():
    model = Sequential([SimpleRNN(3), Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    yes = (SERIES[:, 0, 0] > 0).astype(int)
    twin = Sequential([SimpleRNN(3), Dense(1, activation="sigmoid")])
    twin.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    model.fit(SERIES, yes, class_weight={1: 3.0}, **QUIET)
    twin.fit(SERIES, yes, sample_weight=1.0 + 2 * yes, **QUIET)
    assert_same(everything(model), everything(twin))


def test_a_weight_of_zero_is_as_if_the_row_had_no_part_in_the_gradient():
    weight = (np.arange(N) % 2).astype(float)
    first, second = classifier(), classifier()
    changed = LABELS.copy()
    changed[::2] = (changed[::2] + 1) % V
    first.fit(SYMBOLS, LABELS, sample_weight=weight, **QUIET)
    second.fit(SYMBOLS, changed, sample_weight=weight, **QUIET)
    np.testing.assert_array_equal(everything(first)[0], everything(second)[0])


def test_weights_of_timesteps():
    model = Sequential([GRU(3, return_sequences=True), Dense(2)])
    model.compile("sgd", "mse")
    y, weight = RNG.standard_normal((N, T, 2)), RNG.uniform(0, 2, (N, T))
    loss = model.train_on_batch(SERIES, y, sample_weight=weight)
    again = Sequential([GRU(3, return_sequences=True), Dense(2)])
    again.compile("sgd", "mse")
    again.build((None, T, D))
    want = (((again.predict(SERIES) - y) ** 2).mean(-1) * weight).mean()
    assert loss == pytest.approx(want, rel=1e-5)


def test_epochs_are_counted_from_initial_epoch():
    seen = []

    class Numbers(Callback):
        def on_epoch_begin(self, epoch, _=None):
            seen.append(epoch)

    history = classifier().fit(SYMBOLS, LABELS, initial_epoch=3, epochs=5, callbacks=Numbers(), **QUIET)
    assert history.epoch == seen == [3, 4]
    assert classifier().fit(SYMBOLS, LABELS, initial_epoch=5, epochs=5, **QUIET).epoch == []


def test_a_callback_hears_every_event_in_order():
    heard = []

    class Listener(Callback):
        def __getattribute__(self, name):
            if name.startswith("on_"):
                return lambda *given: heard.append((name, *given[:1]))
            return super().__getattribute__(name)

    listener, model = Listener(), classifier()
    model.fit(SYMBOLS[:8], LABELS[:8], epochs=2, callbacks=[listener], **QUIET)
    # one that takes any divergence upon itself would also be told of that
    batches = [(f"on_train_batch_{when}", b) for b in (0, 1) for when in ("begin", "end")]
    epoch = [[("on_epoch_begin", k), *batches, ("on_epoch_end", k)] for k in (0, 1)]
    assert heard == [("on_train_begin",), *epoch[0], *epoch[1], ("on_train_end",)]
    assert listener.model is model
    assert listener.params == {"epochs": 2, "steps": 2}


def test_stop_training_ends_after_the_update():
    class Stop(Callback):
        def on_train_batch_end(self, batch, _=None):
            self.model.stop_training = batch == 1

    model = classifier()
    history = model.fit(SYMBOLS, LABELS, epochs=5, callbacks=[Stop()], **QUIET)
    assert (model.steps_taken, history.epoch) == (2, [0])
    model.fit(SYMBOLS, LABELS, **QUIET)
    assert model.steps_taken == 2 + 6


def test_the_batches_of_an_epoch_count_by_their_size():
    model = regressor()
    steps = list(regressor().steps(SERIES, NUMBERS, batch_size=4, shuffle=False))
    history = model.fit(SERIES, NUMBERS, shuffle=False, **QUIET).history
    want = sum(step.loss * step.size for step in steps) / N
    assert history["loss"] == [pytest.approx(want, rel=1e-12)]


def test_truncated_backpropagation_through_time_carries_the_state():
    """A long series cut into pieces: shuffle=False, one piece of every sequence a batch."""
    long = RNG.standard_normal((4, 3 * T, D)).astype(np.float32)
    target = RNG.standard_normal((4, 3 * T, 2)).astype(np.float32)
    cut = [np.concatenate([each[:, k * T : (k + 1) * T] for k in range(3)]) for each in (long, target)]
    model = Sequential([GRU(4, return_sequences=True, stateful=True), Dense(2)])
    model.compile(SGD(1e-12), "mse")
    model.fit(*cut, shuffle=False, **QUIET)
    np.testing.assert_allclose(model.home.state.carried[0][0], carried_after(model, long), rtol=1e-5, atol=1e-6)
    model.reset_state()
    assert model.home.state.carried == {}


def carried_after(model, long):
    whole = Sequential([GRU(4)])
    whole.build((None, None, D))
    whole.set_weights(model.get_weights()[:3])
    return whole.predict(long)


def test_a_stateful_layer_wants_batches_of_one_size():
    model = regressor(LSTM(3, stateful=True))
    before = everything(model)
    with pytest.raises(ValueError, match="batch_size is 4, which leaves batches of 2 and 4"):
        model.fit(SERIES, NUMBERS, **QUIET)
    with pytest.raises(ValueError, match="batch_size is 4"):
        next(model.steps(SERIES, NUMBERS, batch_size=4))
    assert_same(everything(model), before)
    model.fit(SERIES[:20], NUMBERS[:20], shuffle=False, **QUIET)
    for ask in (
        lambda: model.train_on_batch(SERIES[:3], NUMBERS[:3]),
        lambda: model.predict(SERIES[:3]),
        lambda: model.evaluate(SERIES[:3], NUMBERS[:3]),
        lambda: model.fit(SERIES[:3], NUMBERS[:3], **QUIET),
    ):
        with pytest.raises(ValueError, match=r"x has 3 sequences.*reset_state"):
            ask()
    model.reset_state()
    model.train_on_batch(SERIES[:3], NUMBERS[:3])


# ---- asking


def test_predict_is_the_call_batch_by_batch():
    model = classifier()
    model.fit(SYMBOLS, LABELS, **QUIET)
    y = model.predict(SYMBOLS, batch_size=5)
    assert (y.shape, y.dtype) == ((N, V), np.float32)
    np.testing.assert_allclose(y.sum(-1), 1, rtol=1e-5)
    np.testing.assert_allclose(model(SYMBOLS), y, rtol=1e-5)
    assert (model(SYMBOLS, training=True) != y).any()
    np.testing.assert_array_equal(model.predict(SYMBOLS, batch_size=5), y)


def test_asking_changes_nothing():
    model = classifier()
    model.fit(SYMBOLS, LABELS, **QUIET)
    before = everything(model)
    model.predict(SYMBOLS)
    model.evaluate(SYMBOLS, LABELS)
    model(SYMBOLS, training=True)
    model.summary(print_fn=str)
    assert_same(everything(model), before)


def test_evaluate_is_the_mean_whatever_the_batch_size():
    model = classifier()
    model.fit(SYMBOLS, LABELS, **QUIET)
    p = model.predict(SYMBOLS)
    loss, accuracy = model.evaluate(SYMBOLS, LABELS, batch_size=5)
    assert loss == pytest.approx(-np.log(p[np.arange(N), LABELS]).mean(), rel=1e-5)
    assert accuracy == pytest.approx((p.argmax(-1) == LABELS).mean())
    assert model.evaluate(SYMBOLS, LABELS, return_dict=True) == {
        "loss": pytest.approx(loss, rel=1e-6),
        "accuracy": pytest.approx(accuracy),
    }
    model.compile("sgd", "sparse_categorical_crossentropy")
    assert isinstance(model.evaluate(SYMBOLS, LABELS), float)
    assert model.evaluate(SYMBOLS, LABELS) == pytest.approx(loss, rel=1e-6)


def test_train_on_batch_returns_the_loss_before_its_update():
    model = regressor()
    before = model.evaluate(SERIES, NUMBERS)
    assert model.train_on_batch(SERIES, NUMBERS) == pytest.approx(before, rel=1e-6)
    after = model.evaluate(SERIES, NUMBERS)
    assert after < before
    assert model.train_on_batch(SERIES, NUMBERS) == pytest.approx(after, rel=1e-6)
    named = classifier().train_on_batch(SYMBOLS, LABELS, return_dict=True)
    assert set(named) == {"loss", "accuracy"}
    assert len(classifier().train_on_batch(SYMBOLS, LABELS)) == 2


def test_perplexity_is_e_to_the_mean_loss_of_the_whole_epoch():
    model = classifier(metrics=("perplexity",))
    history = model.fit(SYMBOLS, LABELS, **QUIET).history
    assert history["perplexity"] == [pytest.approx(np.exp(history["loss"][0]), rel=1e-5)]


def test_a_step_says_what_it_did():
    model = regressor(optimizer=SGD(ExponentialDecay(0.1, 1, 0.5)))
    first, second = itertools.islice(model.steps(SERIES, NUMBERS, batch_size=20), 2)
    assert (first.epoch, first.batch, first.step, first.size) == (0, 0, 1, 20)
    assert (second.epoch, second.batch, second.step, second.size) == (0, 1, 2, 2)
    assert (first.learning_rate, second.learning_rate) == (0.1, 0.05)
    assert first.gradient_norm > 0


# ---- again, later


def test_training_in_two_parts_is_training_in_one():
    whole, parts = classifier(), classifier()
    want = whole.fit(SYMBOLS, LABELS, epochs=4, **QUIET).history
    first = parts.fit(SYMBOLS, LABELS, epochs=3, **QUIET).history
    second = parts.fit(SYMBOLS, LABELS, initial_epoch=3, epochs=4, **QUIET).history
    assert {name: first[name] + second[name] for name in want} == want
    assert_same(everything(parts), everything(whole))


OPTIMIZERS = [
    Adam(0.01, amsgrad=True),
    SGD(0.1, momentum=0.9, nesterov=True),
    SGD(ExponentialDecay(0.1, 3, 0.9)),
    "rmsprop",
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_a_loaded_model_trains_on_bit_for_bit(tmp_path, optimizer):
    model = classifier(optimizer, metrics=["accuracy", "perplexity"], seed=3)
    model.fit(SYMBOLS, LABELS, epochs=2, **QUIET)
    model.save(tmp_path / "model")
    again = load_model(tmp_path / "model")
    assert_same(everything(again), everything(model))
    np.testing.assert_array_equal(again.predict(SYMBOLS), model.predict(SYMBOLS))
    histories = [m.fit(SYMBOLS, LABELS, initial_epoch=2, epochs=4, **QUIET).history for m in (model, again)]
    assert histories[0] == histories[1]
    assert_same(everything(again), everything(model))


@pytest.mark.parametrize(
    "layers",
    [
        [
            Embedding(V, 4, mask_zero=True),
            Bidirectional(LSTM(3, return_sequences=True), "ave"),
            GRU(2, reset_after=False),
        ],
        [Embedding(V, 4), Lags(3, return_sequences=True), SimpleRNN(3, go_backwards=True, activation="linear")],
        [Embedding(V, 4), LSTM(3, use_peepholes=True, stateful=True), Dropout(0.5)],
    ],
)
def test_every_kind_of_layer_comes_back_from_a_file(tmp_path, layers):
    model = Sequential(layers, name="<mine>", seed=9, dtype="float64")
    model.build((None, None))
    model.save(tmp_path / "model")
    again = load_model(tmp_path / "model")
    assert [layer.get_config() for layer in again.layers] == [layer.get_config() for layer in model.layers]
    assert (again.name, again.seed, again.dtype, again.input_shape) == ("<mine>", 9, np.float64, (None, None))
    assert again.optimizer is None
    np.testing.assert_array_equal(again.predict(SYMBOLS), model.predict(SYMBOLS))


def test_a_metric_that_is_no_name_is_not_saved(tmp_path):
    model = classifier(metrics=[CategoricalAccuracy()])
    model.fit(SYMBOLS, LABELS, **QUIET)
    with pytest.raises(TypeError, match="metrics holds"):
        model.save(tmp_path / "model")
    with pytest.raises(ValueError, match="not built"):
        classifier().save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


ODD = (None, True, -1, 0, 2.5, 10**12, "x", "LSTM", [], {}, [[]], [1], {"class_name": "LSTM", "config": {}})


def mutants(value):
    """Yield copies of JSON data in which one place holds something else, or is left out."""
    yield from ODD
    if isinstance(value, dict):
        for key, each in value.items():
            yield {k: v for k, v in value.items() if k != key}
            yield {**value, "more": each}
            yield from ({**value, key: mutant} for mutant in mutants(each))
    if isinstance(value, list):
        for k, each in enumerate(value):
            yield value[:k] + value[k + 1 :]
            yield from ([*value[:k], mutant, *value[k + 1 :]] for mutant in mutants(each))


def test_a_valid_file_with_another_configuration_gives_its_error_or_a_model(tmp_path, monkeypatch):
    path = tmp_path / "model"
    model = Sequential([Embedding(V, 3), Bidirectional(GRU(2)), Dense(V, activation="softmax")])
    model.compile(Adam(ExponentialDecay(0.1, 3, 0.9)), "categorical_crossentropy", metrics=["accuracy"])
    model.fit(SYMBOLS, LABELS, **QUIET)
    model.save(path)
    config, arrays = files.load(path)
    refused = loaded = 0
    for mutant in mutants(config):
        if not isinstance(mutant, dict):
            continue
        monkeypatch.setattr(files, "load", lambda *_, mutant=mutant: (mutant, arrays))  # as if it stood in the file
        try:
            found = load_model(path)
        except ModelFileError:
            refused += 1
            continue
        loaded += 1
        if found.input_shape[1:] in ((T,), (None,)):
            assert np.isfinite(found.predict(SYMBOLS)).all()
    assert refused > 300
    assert loaded > 5


def test_a_valid_file_with_other_arrays_gives_its_error(tmp_path):
    path, model = tmp_path / "model", classifier()
    model.fit(SYMBOLS, LABELS, **QUIET)
    model.save(path)
    config, arrays = files.load(path)
    name, other = "layers/0/embeddings", np.zeros(3, np.float32)
    for changed in (
        {},
        {k: v for k, v in arrays.items() if k != name},
        {k: v for k, v in arrays.items() if k != "optimizer/m"},
        {k: v for k, v in arrays.items() if not k.startswith("optimizer")},
        arrays | {"more": other},
        arrays | {"optimizer/u": arrays["optimizer/m"]},
        arrays | {name: other},
        arrays | {name: arrays[name].astype(np.float64)},
        arrays | {name: arrays[name].T},
        arrays | {"optimizer/m": other},
    ):
        files.save(path, config, changed)
        with pytest.raises(ModelFileError, match="holds no model"):
            load_model(path)


# ---- leaving the finite numbers


def diverging(**options):
    """Return a model whose third update is too large, and the data."""
    model = regressor(SimpleRNN(3, activation="linear"), optimizer=SGD(0.01, **options))
    return model, LearningRateScheduler(lambda epoch, rate: 0.01 if epoch < 2 else 1e30)


def test_divergence_names_the_step_and_keeps_the_last_finite_weights():
    model, schedule = diverging(momentum=0.5)
    twin, _ = diverging(momentum=0.5)
    twin.fit(SERIES, NUMBERS, epochs=2, batch_size=N, verbose=0)
    with pytest.raises(Diverged, match=r"step [34]\b"):
        model.fit(SERIES, NUMBERS, epochs=9, batch_size=N, verbose=0, callbacks=[schedule])
    assert np.isfinite(everything(model)[0]).all()
    assert model.steps_taken in (2, 3)
    if model.steps_taken == 2:
        assert_same(everything(model), everything(twin))
    assert len(model.history.epoch) == model.steps_taken
    assert np.isfinite(model.history.history["loss"]).all()


@pytest.mark.parametrize("first", [1, 1e-30, 0])
@pytest.mark.parametrize(
    ("length", "dtype", "far"), [(6, "float32", 0), (60, "float64", 0), (60, "float32", 1), (400, "float64", 1)]
)
def test_states_and_gradients_that_overflow_are_divergences(length, dtype, far, first):
    """A linear network that grows tenfold at each timestep. Where it reads nothing (0), only its gradient overflows."""
    x, y = np.full((2, length, 1), 1e-3), np.ones((2, 1))
    model = Sequential([SimpleRNN(2, activation="linear"), Dense(1)], dtype=dtype)
    model.compile(Adam(), "mse")
    model.build((None, None, 1))
    model.set_weights([np.full((1, 2), first), np.full((2, 2), 5.0), np.zeros(2), np.ones((2, 1)), np.zeros(1)])
    before = everything(model)
    if not far:
        assert np.isfinite(model.train_on_batch(x, y))
        return
    with pytest.raises(Diverged, match="step 1"):
        model.train_on_batch(x, y)
    assert_same(everything(model), before)


def test_what_an_optimiser_remembers_is_unharmed_by_a_divergence_after_set_weights():
    """New weights leave the slots where they are: the update after them must not write there."""
    model = regressor(SimpleRNN(3, activation="linear"), optimizer=SGD(0.01, momentum=0.9))
    model.train_on_batch(SERIES, NUMBERS)
    model.set_weights([2 * w for w in model.get_weights()])
    model.optimizer.learning_rate = 1e38
    before = everything(model)
    with pytest.raises(Diverged, match="step 2"):
        model.train_on_batch(SERIES, NUMBERS)
    assert_same(everything(model), before)


# ---- interrupts


class Interrupt:
    """Trace the engine and raise KeyboardInterrupt at the n-th line."""

    def __init__(self, at):
        self.left, self.path = at, "/rnnedu/"

    def __call__(self, frame, event, _):
        if self.path not in frame.f_code.co_filename:
            return None
        self.left -= event == "line"  # while a generator is thrown away, an exception would be swallowed
        if self.left == 0 and event == "line":
            raise KeyboardInterrupt
        return self


def interruptible():
    model = Sequential([GRU(3, stateful=True), Dense(2)], seed=2)
    model.compile(Adam(0.01), "mse")
    model.build((None, T, D))
    return model


class Record(Callback):
    """Keep what training had changed after every update."""

    def __init__(self):
        self.after = []

    def on_train_batch_end(self, *_):
        self.after.append(everything(self.model))


def test_an_interrupt_at_any_moment_leaves_the_state_after_a_whole_update():
    data = (SERIES[:8], NUMBERS[:8])
    model, record = interruptible(), Record()
    wanted = [everything(model)]
    model.fit(*data, epochs=2, callbacks=[record], **QUIET)
    wanted += record.after
    tracer, counted = sys.gettrace(), Interrupt(0)
    steps = set()
    try:
        model = interruptible()
        sys.settrace(counted)
        model.fit(*data, epochs=2, **QUIET)
    finally:
        sys.settrace(tracer)
    total = -counted.left
    assert total > 500
    for at in range(1, total, max(1, total // 250)):
        model = interruptible()
        try:
            sys.settrace(Interrupt(at))
            with pytest.raises(KeyboardInterrupt):
                model.fit(*data, epochs=2, **QUIET)
        finally:
            sys.settrace(tracer)
        step = model.steps_taken
        steps.add(step)
        assert_same(everything(model), wanted[step])
        assert len(model.history.epoch if model.history else []) <= step // 2
        assert np.isfinite(model.fit(*data, **QUIET).history["loss"][0])  # it can be taken up again
    assert steps == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("event", ["on_train_batch_end", "on_epoch_begin", "on_epoch_end"])
@pytest.mark.parametrize("at", [1, 2])
def test_a_callback_that_raises_leaves_a_model_that_trains_on(event, at):
    class Break(Callback):
        calls = 0

        def tick(self, *_):
            self.calls += 1
            if self.calls == at:
                raise KeyboardInterrupt

    breaking = Break()
    setattr(breaking, event, breaking.tick)
    whole, model = interruptible(), interruptible()
    whole.fit(SERIES[:8], NUMBERS[:8], epochs=3, **QUIET)
    with pytest.raises(KeyboardInterrupt):
        model.fit(SERIES[:8], NUMBERS[:8], epochs=3, callbacks=[breaking], **QUIET)
    done = len(model.history.epoch)
    assert (
        model.steps_taken == {"on_train_batch_end": at, "on_epoch_begin": 2 * (at - 1), "on_epoch_end": 2 * at}[event]
    )
    if model.steps_taken == 2 * done:  # between two epochs: taken up as if nothing had been
        model.fit(SERIES[:8], NUMBERS[:8], initial_epoch=done, epochs=3, **QUIET)
        assert_same(everything(model), everything(whole))


# ---- summary


def test_the_summary_is_a_table_of_shapes_and_numbers(capsys):
    model = classifier()
    model.summary()
    assert "unbuilt" in capsys.readouterr().out
    model.build((None, T))
    model.summary()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == 'Model: "sequential"'
    assert [line.split()[0] for line in lines[4:8]] == ["embedding", "lstm", "dropout", "dense"]
    assert "(None, 6, 5)" in lines[4]
    assert [line.split()[-1] for line in lines[4:8]] == ["35", "160", "0", "35"]
    assert lines[-1] == "Total params: 230 (0.9 KB)"
    assert model.count_params() == 230 == sum(w.size for w in model.get_weights())


def test_the_summary_in_a_notebook_is_a_table_whose_names_are_text():
    for build in (False, True):
        model = Sequential([Dense(2, name="<img src=x onerror=alert(1)>")], name="<b>&")
        if build:
            model.build((None, 3))
        page = model._repr_html_()
        assert "<img" not in page
        assert "<b>" not in page
        assert "&lt;img src=x" in page
        assert "&lt;b&gt;&amp;" in page
        assert page.startswith("<table")


# ---- putting together


def test_names_are_numbered_and_found():
    model = Sequential([LSTM(2, return_sequences=True), LSTM(2), Dense(1, name="out"), Dense(1)])
    assert [layer.name for layer in model.layers] == ["lstm", "lstm_1", "out", "dense"]
    assert model.get_layer("out") is model.layers[2]
    with pytest.raises(ValueError, match="Did you mean 'lstm_1'"):
        model.get_layer("lstm_2")


@pytest.mark.parametrize("first", [[Input((T, D)), SimpleRNN(3)], [SimpleRNN(3, input_shape=(T, D))]])
def test_a_known_shape_builds_the_model(first):
    model = Sequential(first)
    assert model.built
    assert [w.shape for w in model.get_weights()] == [(D, 3), (3, 3), (3,)]
    assert model.output_shape == (None, 3)
    assert model.predict(SERIES).shape == (N, 3)


def test_time_may_be_left_open():
    model = Sequential([Input((None, D)), GRU(3, return_sequences=True)])
    assert model.output_shape == (None, None, 3)
    assert model.predict(SERIES).shape == (N, T, 3)
    assert model.predict(SERIES[:, :2]).shape == (N, 2, 3)


def test_weights_of_a_model_go_out_and_in_in_order():
    model, twin = classifier(), classifier(seed=4)
    assert model.get_weights() == []
    for each in (model, twin):
        each.build((None, T))
    assert [w.shape for w in model.get_weights()] == [(V, 5), (5, 16), (4, 16), (16,), (4, V), (V,)]
    twin.set_weights(model.get_weights())
    np.testing.assert_array_equal(twin.predict(SYMBOLS), model.predict(SYMBOLS))
    model.layers[1].set_weights([np.zeros_like(w) for w in model.layers[1].get_weights()])
    assert not any(w.any() for w in model.get_weights()[1:4])


def test_compiling_anew_forgets_what_the_optimiser_remembered():
    model = classifier()
    model.fit(SYMBOLS, LABELS, **QUIET)
    weights = model.get_weights()
    model.compile(SGD(0.1), "sparse_categorical_crossentropy")
    assert model.steps_taken == 0
    assert model.home.state.slots == {}
    for now, then in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(now, then)
    model.fit(SYMBOLS, LABELS, **QUIET)


def test_logits_and_softmax_learn_the_same():
    fused, logits = (
        classifier(metrics=["accuracy", "perplexity"]),
        Sequential([Embedding(V, 5), LSTM(4, dropout=0.2), Dropout(0.1), Dense(V)]),
    )
    logits.compile("adam", SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy", "perplexity"])
    want, got = (model.fit(SYMBOLS, LABELS, **QUIET).history for model in (fused, logits))
    assert {k: pytest.approx(v, rel=1e-5) for k, v in want.items()} == got
    np.testing.assert_allclose(everything(logits)[0], everything(fused)[0], rtol=1e-4, atol=1e-6)


# ---- bad input


BAD = [
    (lambda m: m.fit(SYMBOLS.astype(float), LABELS, **QUIET), TypeError, "x has dtype float64"),
    (lambda m: m.fit(SYMBOLS + 1, LABELS, **QUIET), ValueError, "x has symbols"),
    (lambda m: m.fit(SYMBOLS[0], LABELS, **QUIET), ValueError, "x has shape|shape"),
    (lambda m: m.fit(SYMBOLS[:0], LABELS[:0], **QUIET), ValueError, "x has shape"),
    (lambda m: m.fit(SYMBOLS[:, :0], LABELS, **QUIET), ValueError, "x has shape"),
    (lambda m: m.fit(SYMBOLS, LABELS[:-1], **QUIET), ValueError, "y has 21 rows"),
    (lambda m: m.fit(SYMBOLS, LABELS + 1, **QUIET), ValueError, "y holds 7"),
    (lambda m: m.fit(SYMBOLS, LABELS - 1, **QUIET), ValueError, "y holds -1"),
    (lambda m: m.fit(SYMBOLS, LABELS.astype(float), **QUIET), TypeError, "y holds floats"),
    (lambda m: m.fit(SYMBOLS, np.eye(V)[LABELS], **QUIET), ValueError, "y looks one-hot"),
    (lambda m: m.fit(SYMBOLS, SYMBOLS, **QUIET), ValueError, "y has shape"),
    (lambda m: m.fit(SYMBOLS, LABELS, epochs=0, **QUIET), ValueError, "epochs is 0"),
    (lambda m: m.fit(SYMBOLS, LABELS, epochs=1.5, **QUIET), TypeError, "epochs is 1.5"),
    (lambda m: m.fit(SYMBOLS, LABELS, batch_size=0, verbose=0), ValueError, "batch_size is 0"),
    (lambda m: m.fit(SYMBOLS, LABELS, initial_epoch=-1, **QUIET), ValueError, "initial_epoch is -1"),
    (lambda m: m.fit(SYMBOLS, LABELS, shuffle="batch", **QUIET), TypeError, "shuffle is a str"),
    (lambda m: m.fit(SYMBOLS, LABELS, verbose=3), ValueError, "verbose is 3"),
    (lambda m: m.fit(SYMBOLS, LABELS, callbacks=[3], **QUIET), TypeError, "callbacks is a int"),
    (lambda m: m.fit(SYMBOLS, LABELS, validation_split=1.0, **QUIET), ValueError, "validation_split is 1"),
    (lambda m: m.fit(SYMBOLS, LABELS, validation_split=0.99, **QUIET), ValueError, "validation_split is 0.99"),
    (lambda m: m.fit(SYMBOLS, LABELS, validation_data=3, **QUIET), TypeError, "validation_data"),
    (lambda m: m.fit(SYMBOLS, LABELS, validation_data=(SYMBOLS, LABELS + 1), **QUIET), ValueError, "y holds 7"),
    (lambda m: m.fit(SYMBOLS, LABELS, sample_weight=np.ones(3), **QUIET), ValueError, "sample_weight has shape"),
    (lambda m: m.fit(SYMBOLS, LABELS, sample_weight=-np.ones(N), **QUIET), ValueError, "sample_weight holds -1"),
    (
        lambda m: m.fit(SYMBOLS, LABELS, sample_weight=np.full(N, np.nan), **QUIET),
        ValueError,
        "sample_weight holds nan",
    ),
    (lambda m: m.fit(SYMBOLS, LABELS, class_weight=[1, 2], **QUIET), TypeError, "class_weight is a list"),
    (lambda m: m.fit(SYMBOLS, LABELS, class_weight={0: -1}, **QUIET), ValueError, "class_weight is -1"),
    (lambda m: m.fit(SYMBOLS, LABELS, class_weight={"a": 1}, **QUIET), TypeError, "class_weight key is 'a'"),
    (lambda m: m.evaluate(SYMBOLS, LABELS + 1), ValueError, "y holds 7"),
    (lambda m: m.evaluate(SYMBOLS, LABELS, batch_size=0), ValueError, "batch_size is 0"),
    (lambda m: m.predict(SYMBOLS, batch_size=2.5), TypeError, "batch_size is 2.5"),
    (lambda m: m.predict(SYMBOLS - 1), ValueError, "x has symbols"),
    (lambda m: m.predict(SYMBOLS[None]), ValueError, "x has shape"),
    (lambda m: m.train_on_batch(SYMBOLS, LABELS + 1), ValueError, "y holds 7"),
    (lambda m: next(m.steps(SYMBOLS, LABELS, epochs=0)), ValueError, "epochs is 0"),
    (lambda m: m.set_weights(m.get_weights()[1:]), ValueError, "weights has 5 arrays"),
    (lambda m: m.set_weights([*m.get_weights()[:-1], np.zeros(3)]), ValueError, "weights of dense, bias, has shape"),
    (lambda m: m.build((None, T)), ValueError, "built already"),
    (lambda m: m.add(Dense(3)), ValueError, "layer is added to a model that is built"),
    (lambda m: m.compile("adamm", "mse"), ValueError, "optimizer is 'adamm'.*Did you mean 'adam'"),
    (lambda m: m.compile("adam", "msee"), ValueError, "loss is 'msee'.*Did you mean 'mse'"),
    (lambda m: m.compile("adam"), TypeError, "loss is a NoneType"),
    (
        lambda m: m.compile("adam", "mse", metrics=["acuracy"]),
        ValueError,
        "metrics is 'acuracy'.*Did you mean 'accuracy'",
    ),
    (lambda m: m.compile("adam", "mse", metrics="accuracy"), TypeError, "metrics is a str"),
    (lambda m: m.compile("adam", "mse", metrics=3), TypeError, "metrics is a int"),
]


@pytest.mark.parametrize(("act", "kind", "message"), BAD)
def test_what_is_refused_changes_nothing(act, kind, message):
    model = classifier()
    model.fit(SYMBOLS, LABELS, **QUIET)
    before, optimizer, loss = everything(model), model.optimizer, model.loss
    with pytest.raises(kind, match=message):
        act(model)
    assert_same(everything(model), before)
    assert (model.optimizer, model.loss) == (optimizer, loss)


def test_options_of_a_model_that_are_refused():
    for make, kind, message in [
        (lambda: Sequential(seed=-1), ValueError, "seed is -1"),
        (lambda: Sequential(dtype="int32"), TypeError, "dtype is int32"),
        (lambda: Sequential(name=3), TypeError, "name is a int"),
        (lambda: Sequential([3]), TypeError, "layer is a int"),
        (lambda: Sequential(3), TypeError, "layers is a int"),
        (lambda: Sequential([LSTM(2, name="a"), LSTM(2, name="a")]), ValueError, "name is 'a'"),
        (lambda: Sequential(2 * [Dense(3)]), ValueError, "in use already"),
        (lambda: Sequential([Dense(3), Input((4,))]), ValueError, "Input"),
        (lambda: Sequential([Input((T, D)), Embedding(3, 2)]).get_weights(), ValueError, "shape"),
        (lambda: Sequential([LSTM(2), LSTM(2)]).build((None, T, D)), ValueError, "lstm_1 gets shape"),
    ]:
        with pytest.raises(kind, match=message):
            make()


def test_what_needs_weights_or_a_loss_says_so():
    bare = Sequential([SimpleRNN(3)])
    for act in (
        bare.predict,
        bare,
        lambda x: bare.count_params(),
        lambda x: bare.output_shape,
        lambda x: bare.steps_taken,
    ):
        with pytest.raises(ValueError, match="not built"):
            act(SERIES)
    with pytest.raises(ValueError, match="not built"):
        bare.set_weights([])
    for act in (bare.fit, bare.evaluate, bare.train_on_batch, lambda x, y: next(bare.steps(x, y))):
        with pytest.raises(ValueError, match="not compiled"):
            act(SERIES, NUMBERS)
    empty = Sequential()
    empty.compile("sgd", "mse")
    with pytest.raises(ValueError, match="no layers"):
        empty.fit(SERIES, NUMBERS, verbose=0)


def test_class_weights_of_sequences_of_labels_are_refused():
    model = Sequential([Embedding(V, 3), GRU(4, return_sequences=True), Dense(V, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match="class_weight"):
        model.fit(SYMBOLS, SYMBOLS, class_weight={0: 2.0}, **QUIET)


def test_a_loss_of_probabilities_wants_probabilities():
    for activation in (None, "tanh", "relu"):
        model = Sequential([SimpleRNN(3), Dense(V, activation=activation)])
        model.compile("sgd", "categorical_crossentropy")
        with pytest.raises(ValueError, match=r"activation='softmax'.*from_logits=True"):
            model.fit(SERIES, LABELS, **QUIET)


# --- threads -------------------------------------------------------------------------------------------------------


def test_small_products_keep_blas_to_one_thread(monkeypatch):
    pools = threads._pools()
    seen, update = [], train.chain.forward

    def counting(*arguments, **options):
        seen.extend(pool["num_threads"] for pool in pools.info())
        return update(*arguments, **options)

    monkeypatch.setattr(train.chain, "forward", counting)
    model = Sequential([Dense(2, input_shape=(3,))])
    model.compile("sgd", "mse")
    before = [pool["num_threads"] for pool in pools.info()]
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    model.predict(np.ones((4, 3)))
    assert set(seen) == {1}
    assert [pool["num_threads"] for pool in pools.info()] == before


def test_large_products_are_left_to_blas():
    model = Sequential([Dense(300, input_shape=(300,))])
    assert not isinstance(threads.fitting(model, 32), contextlib.nullcontext)
    assert isinstance(threads.fitting(model, 64), contextlib.nullcontext)


def test_without_threadpoolctl_it_runs_as_it_is(monkeypatch):
    threads._pools.cache_clear()
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    model = Sequential([Dense(2, input_shape=(3,))])
    assert isinstance(threads.fitting(model, 4), contextlib.nullcontext)
    threads._pools.cache_clear()


def test_a_model_says_what_it_is_made_of():
    assert repr(Sequential()) == "Sequential('sequential': no layers)"
    assert repr(Sequential([Embedding(3, 2), GRU(3)], name="mine")) == "Sequential('mine': Embedding, GRU)"


def test_the_advice_fits_what_overflowed():
    """Only an infinite loss can come from labels that do not fit; a gradient that overflows asks for a smaller rate."""
    model = Sequential([Dense(3, input_shape=(2, 2))])
    model.compile("sgd", CTC())
    with pytest.raises(Diverged, match=r"loss is not finite at step 1.*zero_infinity"):
        model.fit(np.ones((1, 2, 2)), [[1, 1]], verbose=0)  # 1 1 needs a blank in between: three timesteps
    with pytest.raises(Diverged, match=r"gradient is not finite.*learning_rate"):
        model.updater()._refuse("gradient", np.inf, 1)
