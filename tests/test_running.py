"""A long sequence in lanes: pieces follow one another, and the state is carried from one to the next."""

import numpy as np
import pytest

from rnnedu import layers
from rnnedu.datasets import Vocabulary, make_lanes
from rnnedu.experiments.language import LanguageModel
from rnnedu.experiments.training import Training
from rnnedu.models import Sequential


@pytest.mark.parametrize(("N", "lanes", "length"), [(100, 4, 7), (57, 2, 5), (13, 3, 4), (9, 8, 1), (40, 1, 39)])
def test_rows_go_on_where_the_batch_before_ended(N, lanes, length):
    x, y = make_lanes(np.arange(N), lanes, length)
    assert x.shape == y.shape
    assert np.array_equal(y, x + 1)
    pieces = x.reshape(-1, lanes, length)
    for lane in range(lanes):
        read = pieces[:, lane].reshape(-1)
        assert np.array_equal(read, read[0] + np.arange(len(read)))
    assert len(np.unique(x)) == x.size
    assert 0 < N - x.size <= lanes * length + lanes


def test_steps_may_be_rows_of_numbers():
    sequence = np.random.default_rng(0).standard_normal((31, 2))
    x, y = make_lanes(sequence, 3, 4)
    assert x.shape == y.shape == (6, 4, 2)
    assert np.array_equal(x[3 + 1], sequence[14:18])
    assert np.array_equal(y[3 + 1], sequence[15:19])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.arange(12), 3, 4), r"shape \(12,\); accepted: \(N, ...\) with N above lanes \* length = 12"),
        ((3, 3, 4), r"sequence has shape \(\)"),
        ((np.arange(12), 0, 4), "lanes is 0"),
        ((np.arange(12), 3, 1.5), "length is 1.5"),
    ],
)
def test_what_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_lanes(*arguments)


def network(stateful):
    stack = [layers.Input((None,)), layers.Embedding(4, 3), layers.LSTM(5, return_sequences=True, stateful=stateful)]
    model = Sequential([*stack, layers.Dense(4, "softmax")], seed=1)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def test_a_validation_reads_on_and_every_epoch_begins_anew():
    ids = np.random.default_rng(2).integers(0, 4, 60)
    model = network(stateful=True)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.optimizer.learning_rate = 1e-12  # so that all epochs are alike
    cut = make_lanes(ids, 2, 5)
    training = Training(model, *cut, batch_size=2, shuffle=False, validation_data=cut)
    training.plan(2)
    steps = list(training)
    first, second = steps[:5], steps[6:11]
    assert [step.loss for step in first] == pytest.approx([step.loss for step in second], rel=1e-5)
    twin = network(stateful=False)
    whole_x, whole_y = (np.concatenate(np.split(part, 5), axis=1) for part in cut)  # the lanes in one piece
    assert training.epochs.arrays()["val_loss"] == pytest.approx(twin.evaluate(whole_x, whole_y), rel=1e-5)
    assert np.mean([step.loss for step in first]) == pytest.approx(twin.evaluate(whole_x, whole_y), rel=1e-5)


def test_a_language_model_begins_from_zero_whatever_was_carried():
    models = [LanguageModel(network(stateful), Vocabulary("\nabc"), end="") for stateful in (True, False)]
    models[0].model.train_on_batch(np.ones((2, 3), int), np.ones((2, 3), int))
    models[1].model.set_weights(models[0].model.get_weights())
    carried, fresh = (model.log_probabilities("abca") for model in models)
    assert np.array_equal(carried, fresh)
