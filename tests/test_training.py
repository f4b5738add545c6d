"""A training step by step equals `fit`, whatever it is interrupted by."""

import numpy as np
import pytest

from rnnedu.experiments.training import Record, Training, thinned, trailing_mean
from rnnedu.layers import GRU, Dense
from rnnedu.models import Sequential

rng = np.random.default_rng(3)
X, Y = rng.normal(size=(10, 5, 2)), rng.normal(size=(10, 3))
HELD = X[:4] + 1, Y[:4]


def model_of(optimizer="sgd", metrics=("mae",)):
    model = Sequential([GRU(4), Dense(3)], seed=1)
    model.compile(optimizer, "mse", list(metrics))
    return model


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


def test_it_learns_what_fit_learns():
    model, other = model_of(), model_of()
    training = Training(model, X, Y, batch_size=4, validation_data=HELD)
    assert list(training) == []
    training.plan(3)
    steps = list(training)
    history = other.fit(X, Y, batch_size=4, epochs=3, verbose=0, validation_data=HELD).history
    assert same(model, other)
    assert [step is None for step in steps] == [False, False, False, True] * 3
    found = training.history
    assert np.allclose(found["val_loss"], history["val_loss"])
    assert np.allclose(found["val_mae"], history["val_mae"])
    assert found["val_step"].tolist() == [3, 6, 9]
    assert found["step"].tolist() == list(range(1, 10))
    assert found["epoch"].tolist() == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    sizes = np.array([4, 4, 2])
    assert np.allclose((found["loss"].reshape(3, 3) * sizes).sum(1) / 10, history["loss"])
    assert (np.diff(found["seconds"]) > 0).all()
    assert training.seconds >= found["seconds"][-1]


def test_weights_of_sequences_count_as_in_fit():
    model, other, weights = model_of(), model_of(), np.linspace(0, 2, 10)
    training = Training(model, X, Y, batch_size=4, sample_weight=weights)
    training.plan(2)
    list(training)
    other.fit(X, Y, batch_size=4, epochs=2, verbose=0, sample_weight=weights)
    assert same(model, other)
    assert not same(model, fitted(2))


def fitted(epochs):
    model = model_of()
    model.fit(X, Y, batch_size=4, epochs=epochs, verbose=0)
    return model


def test_left_and_taken_up_it_goes_on_where_it_was():
    model = model_of()
    training = Training(model, X, Y, batch_size=4)
    training.plan(2)
    next(training), next(training)
    assert model.predict(X).shape == (10, 3)
    assert list(training)
    assert not training.open
    assert same(model, fitted(2))
    training.plan(1)
    assert len(list(training)) == 4
    assert training.epoch == 3


def test_a_new_plan_drops_the_rest_of_an_epoch():
    training = Training(model_of(), X, Y, batch_size=4)
    training.plan(5)
    next(training)
    training.plan(1)
    assert (len(list(training)), training.epoch, training.updates.count) == (4, 1, 4)


def test_after_a_divergence_the_last_finite_weights_stay_and_it_can_go_on():
    model = model_of()
    training = Training(model, X, Y, batch_size=4)
    training.plan(1)
    list(training)
    model.optimizer.learning_rate = 1e30
    training.plan(4)
    list(training)
    assert "is not finite at step" in training.problem
    assert all(np.isfinite(each).all() for each in model.get_weights())
    assert f"after step {model.steps_taken}" in training.problem
    assert not training.open
    assert np.isfinite(training.history["loss"]).all()


def test_an_exception_in_a_step_leaves_a_training_that_goes_on(monkeypatch):
    model = model_of()
    training = Training(model, X, Y, batch_size=4)
    training.plan(1)
    next(training)
    monkeypatch.setattr("rnnedu.train.Updater.update", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        next(training)
    monkeypatch.undo()
    assert (training.open, training.epoch) == (True, 0)
    assert len(list(training)) == 4
    assert training.updates.count == model.steps_taken == 4


def test_bad_data_is_refused_with_fit_s_words_and_the_model_is_as_it_was():
    model = model_of()
    with pytest.raises(ValueError, match=r"y has 9 rows; accepted are 10"):
        Training(model, X, Y[:9])
    with pytest.raises(ValueError, match=r"validation_data: x has shape \(10, 5, 1\)"):
        Training(model, X, Y, validation_data=(X[:, :, :1], Y))
    with pytest.raises(ValueError, match="batch_size is 0"):
        Training(model, X, Y, batch_size=0)
    assert not model.built
    with pytest.raises(ValueError, match="epochs is 0"):
        Training(model, X, Y).plan(0)


def test_a_record_grows():
    record = Record(["a", "b"])
    for n in range(1000):
        record.add([n, -n])
    assert np.array_equal(record.arrays()["a"], np.arange(1000))
    found = record.arrays()["b"]
    assert np.array_equal(found, -np.arange(1000))
    record.add([1, 1])
    assert len(found) == 1000
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 5


def test_a_thinned_curve_keeps_its_end_its_mean_and_its_extremes():
    x, y = np.arange(1.0, 8), np.array([1.0, 3, 5, 7, 9, 11, 2])
    assert [each.tolist() for each in thinned(x, y, 4)] == [[2, 4, 6, 7], [2, 6, 10, 2], [1, 5, 9, 2], [3, 7, 11, 2]]
    assert [each.tolist() for each in thinned(x, y, 7)] == [x.tolist(), *[y.tolist()] * 3]
    assert [len(each) for each in thinned(x[:0], y[:0], 4)] == [0] * 4
    assert len(thinned(np.arange(1e5), np.arange(1e5), 150)[0]) <= 150


def test_a_trailing_mean_by_hand():
    assert trailing_mean(np.array([2.0, 4, 6, 8]), 2).tolist() == [2, 3, 5, 7]
    assert trailing_mean(np.array([2.0, 4]), 9).tolist() == [2, 3]
