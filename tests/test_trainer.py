"""Trainer without a browser: buttons, what is shown, and that nothing is lost."""

import json
import signal
import threading

import numpy as np
import pytest

from rnnedu.optim import SGD, ExponentialDecay
from rnnedu.widget import Trainer, training_blocks
from tests.test_training import HELD, X, Y, fitted, model_of, same


@pytest.fixture
def make():
    made = []

    def of(optimizer="sgd", **more):
        made.append(Trainer(model_of(optimizer), X, Y, **({"batch_size": 4, "epochs": 3} | more)))
        return made[-1]

    yield of
    for trainer in made:
        trainer.close()


def block(trainer, key):
    return next(each for each in trainer.shown["blocks"] if each["key"] == key)


def enabled(trainer):
    return [action["name"] for action in trainer.shown["actions"] if action["enabled"]]


def press(trainer, name):
    trainer._asked(trainer, {"do": name}, [])


def asking(trainer, monkeypatch, step, do):
    """Let the thread that trains call `do` when update number `step` is made."""
    add, done = trainer.training.updates.add, []

    def adding(row):
        add(row)
        if trainer.training.updates.count == step and not done:
            done.append(True)
            do()

    monkeypatch.setattr(trainer.training.updates, "add", adding)


def test_weights_of_sequences_are_handed_on(make):
    trainer = make(sample_weight=np.linspace(0, 2, 10))
    trainer.start(), trainer.wait()
    assert not same(trainer.model, fitted(3))


def test_it_trains_and_shows_what_was_measured(make):
    trainer = make(validation_data=HELD)
    assert enabled(trainer) == ["start"]
    press(trainer, "start"), trainer.wait()
    history = trainer.history
    loss = block(trainer, "loss")
    assert loss["lines"][0]["y"] == history["loss"].tolist()
    assert loss["lines"][2]["y"] == history["val_loss"].tolist()
    assert loss["title"].startswith("After 9 updates the training loss is ")
    assert block(trainer, "mae")["lines"][0]["y"] == history["mae"].tolist()
    assert block(trainer, "gradient")["lines"][0]["y"] == history["gradient_norm"].tolist()
    assert block(trainer, "gradient")["y"]["log"]
    assert block(trainer, "progress")["rows"][0][:4] == ["done", "3", "3", "9"]
    assert trainer.shown["values"].startswith("Training done, 3 epochs. Validation loss ")
    assert enabled(trainer) == ["start"]
    assert same(trainer.model, fitted(3))


def test_more_epochs_continue_model_and_history(make):
    trainer = make(epochs=2)
    trainer.start(), trainer.wait()
    trainer.epochs = 1
    assert trainer.shown["actions"][0]["label"] == "Train 1 more"
    trainer.start(), trainer.wait()
    assert trainer.history["step"].tolist() == list(range(1, 10))
    assert same(trainer.model, fitted(3))


@pytest.mark.parametrize("button", ["pause", "stop"])
def test_left_in_the_middle_of_an_epoch_nothing_is_lost(make, monkeypatch, button):
    trainer = make()
    asking(trainer, monkeypatch, 2, lambda: press(trainer, button))
    trainer.start(), trainer.wait()
    assert trainer.model.steps_taken == trainer.training.updates.count == 2
    assert trainer.model.predict(X).shape == Y.shape
    assert enabled(trainer) == {"pause": ["resume", "stop"], "stop": ["start", "resume"]}[button]
    assert block(trainer, "loss")["title"].startswith({"pause": "Paused: ", "stop": "Stopped: "}[button])
    press(trainer, "resume"), trainer.wait()
    assert (trainer.state, trainer.history["step"].tolist()) == ("done", list(range(1, 10)))
    assert same(trainer.model, fitted(3))


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="this system cannot interrupt one thread")
def test_an_interrupt_of_the_cell_pauses_and_run_goes_on(make, monkeypatch, capsys):
    trainer = make()
    asking(trainer, monkeypatch, 4, lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        trainer.run()
    assert "Trainer" in capsys.readouterr().out
    assert trainer.state in ("paused", "done")
    trainer._repr_mimebundle_()
    while trainer.training.open:
        trainer.run()
    assert capsys.readouterr().out == ""
    assert same(trainer.model, fitted(3))


def test_the_rate_moves_while_it_trains(make, monkeypatch):
    trainer = make(epochs=1)
    asking(trainer, monkeypatch, 1, lambda: setattr(trainer, "rate", 0.5))
    trainer.start(), trainer.wait()
    assert trainer.history["learning_rate"].tolist() == [0.01, 0.5, 0.5]
    assert trainer.shown["controls"][1]["value"] == 0.5


def test_a_schedule_has_no_slider_and_a_limit_has_a_line(make):
    trainer = make(SGD(ExponentialDecay(0.1, 1, 0.5), global_clipnorm=1e-3), epochs=1)
    assert [each["trait"] for each in trainer.shown["controls"]] == ["epochs"]
    trainer.start(), trainer.wait()
    assert block(trainer, "rate")["lines"][0]["y"] == [0.1, 0.05, 0.025]
    gradient = block(trainer, "gradient")
    assert gradient["rules"] == [{"y": 1e-3, "name": "clipped at 0.001"}]
    assert gradient["title"].endswith("3 of 3 updates were clipped")


def test_a_divergence_is_a_sentence_and_lower_rate_goes_on(make):
    trainer = make(rate=1e30)
    trainer.start(), trainer.wait()
    assert block(trainer, "loss")["title"].startswith("Diverged: ")
    assert "at step" in trainer.shown["values"] or "(step" in trainer.shown["values"]
    assert block(trainer, "progress")["rows"][0][0] == "diverged"
    assert all(np.isfinite(each).all() for each in trainer.model.get_weights())
    assert enabled(trainer) == ["start"]


def test_a_sample_follows_every_epoch_and_the_button(make):
    taken = []
    trainer = make(sample=lambda model: taken.append(model.steps_taken) or f"<b>{model.steps_taken}</b>")
    trainer.start(), trainer.wait()
    assert taken == [3, 6, 9]
    assert block(trainer, "sample")["content"] == "<b>9</b>"
    press(trainer, "draw")
    assert taken == [3, 6, 9, 9]


def test_a_sample_that_fails_is_shown_and_raised_and_training_goes_on(make):
    trainer = make(sample=lambda _: 5)
    trainer.start()
    with pytest.raises(TypeError, match="sample is a int; accepted is a str"):
        trainer.wait()
    assert trainer.error == "sample is a int; accepted is a str"
    assert (trainer.state, enabled(trainer)) == ("failed", ["start", "resume", "draw"])
    trainer.sample = lambda _: "well"
    press(trainer, "resume"), trainer.wait()
    assert trainer.error == ""
    assert same(trainer.model, fitted(3))


def test_a_failing_picture_is_shown_and_raised(make, monkeypatch):
    trainer, real = make(), training_blocks.progress
    failing = lambda *seen: real(*seen) if threading.current_thread() is threading.main_thread() else 1 / 0  # noqa: E731
    monkeypatch.setattr(training_blocks, "progress", failing)
    trainer.start()
    with pytest.raises(ZeroDivisionError):
        trainer.wait()
    assert (trainer.state, trainer.error) == ("failed", "division by zero")


@pytest.mark.parametrize(
    ("trait", "value", "words"), [("epochs", 0, "epochs is 0"), ("rate", -1.0, r"rate is -1.0"), ("rate", None, "rate")]
)
def test_a_wrong_setting_is_shown_and_raised_and_changes_nothing(make, trait, value, words):
    trainer = make()
    shown = trainer.shown
    with pytest.raises((ValueError, TypeError), match=words) as failure:
        setattr(trainer, trait, value)
    assert trainer.error == str(failure.value)
    assert trainer.shown is shown
    assert trainer.model.optimizer.learning_rate == 0.01


def test_wrong_arguments_are_refused_before_anything_changes():
    model = model_of()
    for wrong in ({"epochs": 0}, {"rate": 0.0}, {"sample": 3}, {"epoch": 3}, {"batch_size": 0}):
        with pytest.raises((ValueError, TypeError), match=f"{next(iter(wrong))} is"):
            Trainer(model, X, Y, **wrong)
    with pytest.raises(ValueError, match="y has 9 rows"):
        Trainer(model, X, Y[:9])
    assert not model.built


def test_buttons_that_do_not_fit_are_refused(make):
    trainer = make()
    with pytest.raises(ValueError, match="no training to go on with"):
        trainer.resume()
    trainer.pause(), trainer.stop(), trainer.wait()
    trainer.training.plan(1)
    trainer.resume(), trainer.wait()
    assert trainer.state == "done"


@pytest.mark.parametrize("metrics", [(), ("mae", "mse", "categorical_accuracy")])
def test_a_long_training_is_a_small_message(metrics):
    trainer = Trainer(model_of(metrics=metrics), X, Y, validation_data=HELD)
    rng, names = np.random.default_rng(0), len(trainer.training.updates.names)
    for n in range(20_000):
        trainer.training.updates.add([n + 1, n // 10, *rng.random(names - 2)])
        if n % 10 == 0:
            trainer.training.epochs.add([n + 1, *rng.random(len(metrics) + 1)])
    trainer.show()
    assert 20_000 < len(json.dumps(trainer.shown, allow_nan=False)) < 100_000
    assert block(trainer, "loss")["lines"][0]["x"][-1] == 20_000
    trainer.close()


def test_an_interrupt_before_the_wait_pauses_too(make, monkeypatch):
    trainer, asked = make(), []
    monkeypatch.setattr(trainer, "wait", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    monkeypatch.setattr(trainer, "pause", lambda: asked.append("pause"))
    with pytest.raises(KeyboardInterrupt):
        trainer.run()
    assert asked == ["pause"]


def test_closing_stops():
    trainer = Trainer(model_of(), X, Y, epochs=100_000)
    trainer.start(), trainer.close(), trainer.wait()
    assert (trainer.state, trainer.comm) == ("stopped", None)
