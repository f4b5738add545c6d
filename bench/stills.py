"""Take the pictures of every widget in its main states: `python -m bench.stills [name ...]`."""

import pathlib
import sys

from bench.still import shoot
from rnnedu import datasets, widget
from rnnedu.layers import LSTM, Dense
from rnnedu.lessons import Option, Prediction, Quiz, check
from rnnedu.models import Sequential
from rnnedu.optim import Adam

PICTURES = pathlib.Path(__file__).parents[1] / ".github" / "pictures" / "widgets"


def kept_bench():
    """Return a bench with two runs kept beside a third."""
    made = widget.GradientBench(preset="SimpleRNN, ρ 1.25, no input")
    made.keep()
    made.preset = "SimpleRNN, ρ 1.25, input"
    made.keep()
    made.preset = "LSTM, forget bias 3"
    return made


def run_race():
    """Return a race that has been run."""
    made = widget.MemoryRace()
    made.run()
    return made


def trainer(updates_done):
    """Return a trainer of the adding problem before or after training."""
    x, y = datasets.make_adding(30, 2000, seed=0)
    model = Sequential([LSTM(32), Dense(1)])
    model.compile(Adam(0.01, clipnorm=1.0), "mse")
    made = widget.Trainer(model, x.swapaxes(0, 1), y, epochs=12)
    if updates_done:
        made.run()
    return made


def selected_explorer():
    """Return an explorer with a span selected."""
    made = widget.HiddenStateExplorer()
    made.span = [9, 14]
    return made


def sampled():
    """Return a sampling panel with ten names drawn."""
    made = widget.SamplingPanel(temperature=0.7)
    made.ten()
    return made


def tested_lab():
    """Return a speech lab with a held-out voice in noise, tested on every digit."""
    made = widget.SpeechLab(said="4276", voice="rms-us-1", noise=10.0)
    made.confuse()
    return made


def predicted():
    """Return a prediction with the truth laid over it."""
    made = Prediction(
        "One unit with w_h = 0.9 hears a single 1, then silence. What is h after each step?",
        labels=["h_1", "h_2", "h_3", "h_4"],
        reveal=lambda: [0.762, 0.595, 0.49, 0.415],
        low=0,
    )
    made.guess, made.submitted = [0.75, 0.7, 0.6, 0.5], True
    return made


def answered():
    """Return a quiz whose right option is checked."""
    options = [
        Option("It becomes 0", "For that f_t would have to be 0. With f_t = 1 all of the old c stays."),
        Option("It stays as it is", "c_t = 1 · c_prev + 1 · 0. This is how an LSTM remembers.", right=True),
    ]
    made = Quiz("In an LSTM all gates of one unit are 1 and g_t = 0. What happens to its c_t?", options)
    made.chosen, made.checked = 1, True
    return made


def checked():
    """Return the check of a wrong answer, with two hints open."""
    made = check(lambda x_t, h_prev, W_x, W_h, b: x_t @ W_x + h_prev @ W_h.T + b, "rnn_step")
    made.opened = 2
    return made


STILLS = {  # file -> (what makes it, dark)
    "player-forward": (lambda: widget.StepPlayer(t=12), False),
    "player-backward": (lambda: widget.StepPlayer(cell="gru", mode="backward", t=24), True),
    "player-beside": (lambda: widget.StepPlayer(cell="rnn", beside="lstm", text="margaret", units=3, t=5), False),
    "gradient-bench": (lambda: widget.GradientBench(preset="SimpleRNN, ρ 1.25, input"), False),
    "gradient-bench-kept": (kept_bench, True),
    "clipping-lab": (widget.ClippingLab, False),
    "memory-race": (run_race, False),
    "trainer-ready": (lambda: trainer(0), False),
    "trainer-done": (lambda: trainer(1), False),
    "hidden-states": (selected_explorer, False),
    "surprise": (widget.SurpriseView, False),
    "sampling": (sampled, False),
    "forecast": (lambda: widget.ForecastView("sunspots"), False),
    "ctc-lattice": (lambda: widget.CTCLattice("see"), False),
    "speech-lab": (lambda: widget.SpeechLab(said="4276"), False),
    "speech-lab-noise": (tested_lab, True),
    "prediction": (predicted, False),
    "quiz": (answered, False),
    "check": (checked, True),
}


def main():
    """Write the pictures that are asked for, or all."""
    PICTURES.mkdir(exist_ok=True)
    for name in sys.argv[1:] or STILLS:
        make, dark = STILLS[name]
        width = 800 if name in ("prediction", "quiz", "check") else 1280
        complaints = shoot(make(), PICTURES / f"{name}.png", dark=dark, width=width)
        print(name, *complaints)


if __name__ == "__main__":
    main()
