"""Callbacks: what they record, when they stop, save or set the rate, and that they say what they lack."""

import numpy as np
import pytest

from rnnedu import gradcheck, train
from rnnedu.callbacks import (
    Callback,
    EarlyStopping,
    GradientNorms,
    History,
    LearningRateScheduler,
    ModelCheckpoint,
    TerminateOnNaN,
)
from rnnedu.layers import GRU, LSTM, Bidirectional, Dense, SimpleRNN, chain
from rnnedu.layers.weights import State
from rnnedu.models import Sequential, load_model
from rnnedu.models import data as checks
from rnnedu.optim import SGD, ExponentialDecay

N, T, D = 12, 5, 3
RNG = np.random.default_rng(21)
X, Y = RNG.standard_normal((N, T, D)), RNG.standard_normal((N, 2))
QUIET = {"verbose": 0, "batch_size": 4}


def model_of(*layers, optimizer="sgd", **options):
    model = Sequential([*(layers or [SimpleRNN(4)]), Dense(2)], **options)
    model.compile(optimizer, "mse", metrics=["mae"])
    return model


class Scripted(Callback):
    """Put numbers into the logs that the callbacks behind it get."""

    def __init__(self, name, values):
        self.name, self.values = name, values

    def on_epoch_end(self, epoch, logs=None):
        logs[self.name] = self.values[epoch]


class Weights(Callback):
    """Keep the weights after every epoch."""

    def __init__(self):
        self.after = []

    def on_epoch_end(self, *_):
        self.after.append(np.concatenate([w.ravel() for w in self.model.get_weights()]))


def flat(model):
    return np.concatenate([w.ravel() for w in model.get_weights()])


# ---- History


def test_history_has_a_value_for_every_epoch_of_the_last_fit():
    model = model_of()
    first = model.fit(X, Y, epochs=2, validation_split=0.25, **QUIET)
    assert isinstance(first, History)
    assert first is model.history
    assert first.epoch == [0, 1]
    assert {name: len(values) for name, values in first.history.items()} == dict.fromkeys(
        ["loss", "mae", "val_loss", "val_mae"], 2
    )
    second = model.fit(X, Y, initial_epoch=2, epochs=3, **QUIET)
    assert (first.epoch, second.epoch) == ([0, 1], [2])
    assert set(second.history) == {"loss", "mae"}
    assert repr(second) == "History(1 epochs: loss, mae)"


# ---- EarlyStopping


@pytest.mark.parametrize(
    ("options", "values", "stopped", "best"),
    [
        ({"patience": 0}, [3, 2, 2, 1, 0], 2, 1),
        ({"patience": 1}, [3, 2, 2, 1, 1, 0], 2, 1),
        ({"patience": 2}, [3, 2, 2.5, 1, 1.5, 1.2, 0], 5, 3),
        ({"patience": 1, "min_delta": 0.5}, [3, 2.6, 2.5, 2.4], 1, 0),
        ({"patience": 1, "mode": "max"}, [1, 2, 3, 2, 4], 3, 2),
        ({"patience": 1, "monitor": "val_accuracy"}, [0.1, 0.2, 0.3, 0.2, 0.4], 3, 2),
        ({"patience": 1, "monitor": "val_accuracy", "mode": "min"}, [0.3, 0.2, 0.1, 0.2, 0.0], 3, 2),
        ({"patience": 1, "start_from_epoch": 3}, [0, 1, 2, 3, 3.5, 0], 4, 3),
        ({"patience": 2}, [float("nan"), 3, float("nan"), 2, float("nan"), float("nan"), 0], 5, 3),
        ({"patience": 9}, [3, 3, 3], None, 0),
    ],
)
def test_early_stopping_stops_after_the_epochs_without_progress(options, values, stopped, best):
    stopping, model = EarlyStopping(**options), model_of()
    scripted = Scripted(stopping.monitor, values)
    history = model.fit(X, Y, epochs=len(values), callbacks=[scripted, stopping], **QUIET)
    assert (stopping.stopped_epoch, stopping.best_epoch, stopping.best) == (stopped, best, values[best])
    assert len(history.epoch) == (len(values) if stopped is None else stopped + 1)


@pytest.mark.parametrize("restore", [False, True])
def test_early_stopping_goes_back_to_the_best_weights_if_asked(restore):
    values, weights, model = [3, 1, 2, 2, 0], Weights(), model_of()
    stopping = EarlyStopping(patience=2, restore_best_weights=restore)
    model.fit(X, Y, epochs=5, callbacks=[Scripted("val_loss", values), weights, stopping], **QUIET)
    assert stopping.stopped_epoch == 3
    np.testing.assert_array_equal(flat(model), weights.after[1 if restore else 3])


def test_early_stopping_begins_anew_with_every_fit():
    model, stopping = model_of(), EarlyStopping(monitor="loss", patience=1)
    for values in ([1, 1, 1], [5, 4, 4]):
        model.fit(X, Y, epochs=3, callbacks=[Scripted("loss", values), stopping], **QUIET)
    assert (stopping.best, stopping.stopped_epoch) == (4, 2)


def test_a_watched_number_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="monitor is 'val_loss'; accepted here is one of loss, mae"):
        model_of().fit(X, Y, callbacks=[EarlyStopping()], **QUIET)
    checkpoint = ModelCheckpoint("model", monitor="val_mea", save_best_only=True)
    with pytest.raises(ValueError, match="monitor is 'val_mea'; accepted here is one of loss, mae, val_loss"):
        model_of().fit(X, Y, validation_split=0.5, callbacks=[checkpoint], **QUIET)


# ---- ModelCheckpoint


def test_a_checkpoint_after_every_epoch_is_named_by_it(tmp_path):
    model, weights = model_of(), Weights()
    checkpoint = ModelCheckpoint(tmp_path / "at-{epoch:02d}-{val_loss:.3f}")
    history = model.fit(X, Y, epochs=3, validation_split=0.25, callbacks=[weights, checkpoint], **QUIET).history
    wanted = [f"at-{k:02d}-{loss:.3f}" for k, loss in enumerate(history["val_loss"], 1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == wanted
    for name, array in zip(wanted, weights.after, strict=True):
        np.testing.assert_array_equal(flat(load_model(tmp_path / name)), array)


def test_only_the_best_is_kept(tmp_path):
    weights, path = Weights(), tmp_path / "best"
    checkpoint = ModelCheckpoint(str(path), save_best_only=True)
    scripted = Scripted("val_loss", [3, float("nan"), 1, 2, 1])
    model_of().fit(X, Y, epochs=5, callbacks=[scripted, weights, checkpoint], **QUIET)
    np.testing.assert_array_equal(flat(load_model(path)), weights.after[2])
    assert checkpoint.best == 1


def test_a_name_with_a_number_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match="filepath"):
        model_of().fit(X, Y, callbacks=[ModelCheckpoint(tmp_path / "{val_loss}")], **QUIET)


# ---- TerminateOnNaN


def exploding():
    """Return a model and the callback that makes its third epoch too large."""
    model = model_of(SimpleRNN(3, activation="linear"))
    return model, LearningRateScheduler(lambda epoch, _: 0.01 if epoch < 2 else 1e38)


def test_terminate_on_nan_ends_quietly_and_says_what_happened():
    (model, schedule), terminate = exploding(), TerminateOnNaN()
    history = model.fit(X, Y, epochs=9, callbacks=[schedule, terminate], **QUIET)
    assert "step" in terminate.message
    assert np.isfinite(flat(model)).all()
    assert 2 <= len(history.epoch) < 9
    (again, schedule), quiet = exploding(), TerminateOnNaN()
    with pytest.raises(train.Diverged) as caught:
        again.fit(X, Y, epochs=9, callbacks=[schedule], **QUIET)
    assert str(caught.value) == terminate.message
    np.testing.assert_array_equal(flat(again), flat(model))
    model_of().fit(X, Y, callbacks=[quiet], **QUIET)
    assert quiet.message is None


def test_an_epoch_without_a_whole_update_has_no_loss_and_is_nobodys_best(tmp_path):
    model = model_of(SimpleRNN(3, activation="linear"))
    model.build((None, T, D))
    model.set_weights([1e30 * np.ones_like(w) for w in model.get_weights()])
    checkpoint = ModelCheckpoint(tmp_path / "best", monitor="loss", save_best_only=True)
    stopping = EarlyStopping(monitor="loss", restore_best_weights=True)
    history = model.fit(X, Y, callbacks=[TerminateOnNaN(), checkpoint, stopping], **QUIET).history
    assert np.isnan(history["loss"]).all()
    assert (checkpoint.best, stopping.best, list(tmp_path.iterdir())) == (None, None, [])


# ---- LearningRateScheduler


def test_the_schedule_sets_the_rate_of_every_epoch():
    seen, rates = [], []

    class Rates(Callback):
        def on_train_batch_end(self, _, logs=None):
            rates.append(logs["learning_rate"])

    def schedule(epoch, rate):
        seen.append((epoch, rate))
        return rate / 2

    model = model_of(optimizer=SGD(0.4))
    model.fit(X, Y, epochs=3, callbacks=[LearningRateScheduler(schedule), Rates()], **QUIET)
    assert seen == [(0, 0.4), (1, 0.2), (2, 0.1)]
    assert rates == [0.2] * 3 + [0.1] * 3 + [0.05] * 3
    assert model.optimizer.learning_rate == 0.05


@pytest.mark.parametrize(
    ("rate", "kind"), [(0, ValueError), (-1.0, ValueError), (float("nan"), ValueError), ("a", TypeError)]
)
def test_a_schedule_that_returns_no_rate_is_refused(rate, kind):
    model = model_of()
    with pytest.raises(kind, match="learning_rate"):
        model.fit(X, Y, callbacks=[LearningRateScheduler(lambda *_: rate)], **QUIET)
    assert model.steps_taken == 0


def test_a_schedule_of_steps_is_the_optimisers_own_affair():
    rates = [
        step.learning_rate for step in model_of(optimizer=SGD(ExponentialDecay(0.4, 1, 0.5))).steps(X, Y, batch_size=4)
    ]
    assert rates == [0.4, 0.2, 0.1]


# ---- GradientNorms


LAYERS = [LSTM(4, return_sequences=True), Bidirectional(GRU(3, return_sequences=True)), SimpleRNN(2)]


def test_gradient_norms_are_recorded_for_every_recurrent_layer_and_timestep():
    model, norms = model_of(*[type(layer).from_config(layer.get_config()) for layer in LAYERS]), GradientNorms(every=2)
    twin = model_of(*[type(layer).from_config(layer.get_config()) for layer in LAYERS])
    model.fit(X, Y, epochs=2, callbacks=[norms], **QUIET)
    assert norms.steps == [2, 4, 6]
    names = ["lstm", "bidirectional/forward", "bidirectional/backward", "simple_rnn"]
    assert set(norms.norms) == set(names)
    assert all(each.shape == (3, T) and (each > 0).all() for each in norms.norms.values())
    assert model.probe is None
    twin.fit(X, Y, epochs=2, **QUIET)
    np.testing.assert_array_equal(flat(twin), flat(model))  # to look changes nothing


def test_a_gradient_norm_is_that_of_the_mean_loss_by_the_state():
    """Numerically: what a small change of h_t, over all later timesteps, does to the loss."""
    model, norms = model_of(LSTM(3), dtype="float64"), GradientNorms()
    data = checks.checked(model, X, Y, None)
    layer, dense = model.layers
    weights = [array.copy() for array in layer.get_weights()]
    head = {name: array.copy() for name, array in dense.params.items()}
    model.fit(X, Y, epochs=1, batch_size=N, verbose=0, shuffle=False, callbacks=[norms])
    layer.set_weights(weights)

    def loss_after(t, h):
        """Return the loss when the state after timestep t is (h, c_t)."""
        rest = LSTM(3)
        rest.build((N, None, D), dtype="float64")
        rest.set_weights(weights)
        state = [h, cells(t)]
        y = rest(X[:, t + 1 :], initial_state=state) if t + 1 < T else h
        return ((y @ head["kernel"] + head["bias"] - data.y) ** 2).mean()

    def states_until(t):
        run = LSTM(3, return_state=True)
        run.build((N, None, D), dtype="float64")
        run.set_weights(weights)
        return run(X[:, : t + 1])[1:]

    def cells(t):
        return states_until(t)[1]

    for t in (0, 2, T - 1):
        slope = gradcheck.numerical(lambda h, t=t: loss_after(t, h), {"h": states_until(t)[0]}, "h")
        # h_t reaches the loss through c_(t+1) too, but not through c_t: that way is h_t's own past
        assert norms.norms["lstm"][0, t] == pytest.approx(np.linalg.norm(slope), rel=1e-6)


def test_probing_by_hand():
    model = model_of(LSTM(3))
    data = checks.checked(model, X, Y, None)
    probe = {}
    state = State(model.home.state.weights)
    passed = chain.forward(model.layers, state, data.x, linear=model.linked, probe=probe)
    _, slopes = train.judge(model, data, passed)
    chain.backward(model.layers, state, passed, slopes, model.updater().gradients)
    assert probe["lstm"].shape == (T,)


# ---- bad input


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: EarlyStopping(monitor=3), TypeError, "monitor is a int"),
        (lambda: EarlyStopping(patience=-1), ValueError, "patience is -1"),
        (lambda: EarlyStopping(patience=1.5), TypeError, "patience is 1.5"),
        (lambda: EarlyStopping(min_delta=-1), ValueError, "min_delta is -1"),
        (lambda: EarlyStopping(mode="lowest"), ValueError, "mode is 'lowest'"),
        (lambda: EarlyStopping(restore_best_weights=1), TypeError, "restore_best_weights is a int"),
        (lambda: EarlyStopping(start_from_epoch=-2), ValueError, "start_from_epoch is -2"),
        (lambda: ModelCheckpoint(3), TypeError, "filepath is 3"),
        (lambda: ModelCheckpoint("a", save_best_only=1), TypeError, "save_best_only is a int"),
        (lambda: LearningRateScheduler(0.1), TypeError, "schedule is 0.1"),
        (lambda: GradientNorms(every=0), ValueError, "every is 0"),
    ],
)
def test_options_that_are_refused(make, kind, message):
    with pytest.raises(kind, match=message):
        make()
