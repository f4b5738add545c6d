# %% [markdown]
# # Gallery
#
# Every control of rnnedu on one page. All numbers are true: they come from the engine that trains.
#
# [Step player](#Step-player) · [Two cells](#Two-cells,-one-cursor) · [Gradient bench](#Gradient-bench) ·
# [Clipping](#Clipping) · [Memory race](#Memory-race) · [Trainer](#Trainer) · [Sampling](#Sampling) ·
# [Surprise](#Surprise) · [Hidden states](#Hidden-states) · [Forecast](#Forecast) ·
# [CTC lattice](#CTC-lattice) · [Speech lab](#Speech-lab) · [Predict first](#Predict-first) ·
# [Questions](#Questions) · [Checks](#Checks)

# %%
import numpy as np

from rnnedu import cells, datasets, unroll
from rnnedu.layers import LSTM, Dense
from rnnedu.lessons import Option, Prediction, Quiz, check
from rnnedu.models import Sequential
from rnnedu.optim import Adam

# %%
from rnnedu.widget import (
    ClippingLab,
    CTCLattice,
    ForecastView,
    GradientBench,
    HiddenStateExplorer,
    MemoryRace,
    SamplingPanel,
    SpeechLab,
    StepPlayer,
    SurpriseView,
    Trainer,
)

# %% [markdown]
# ## Step player
#
# **←** **→** step through time, **↑** **↓** choose a unit, **space** plays. *backward* shows how the gradient
# flows from the last step to the first.

# %%
StepPlayer(cell="lstm", units=4, series="sunspots", length=30)

# %% [markdown]
# ## Two cells, one cursor

# %%
StepPlayer(cell="rnn", beside="gru", text="margaret", units=3)

# %% [markdown]
# ## Gradient bench
#
# Why gradients vanish, found out by hand: the exact product of Jacobians beside what is said of it.

# %%
GradientBench(units=64, length=100)

# %% [markdown]
# ## Clipping
#
# The loss of a single unit has a cliff. What does one step of gradient descent do there?

# %%
ClippingLab()

# %% [markdown]
# ## Memory race
#
# Which cell remembers across the gap? Predict, then press **Start**.

# %%
MemoryRace()

# %% [markdown]
# ## Trainer
#
# An LSTM learns to add two marked numbers out of thirty. Pause it, change the learning rate, go on.

# %%
x, y = datasets.make_adding(30, 2000, seed=0)
adder = Sequential([LSTM(32), Dense(1)])
adder.compile(Adam(0.01, clipnorm=1.0), "mse")
Trainer(adder, x.swapaxes(0, 1), y, epochs=8)

# %% [markdown]
# ## Sampling
#
# A network that has read 5,000 first names proposes the next letter.

# %%
SamplingPanel()

# %% [markdown]
# ## Surprise
#
# How many bits does each letter cost the same network?

# %%
SurpriseView(text="margaret")

# %% [markdown]
# ## Hidden states
#
# Select a span: which units are active there, and where else?

# %%
HiddenStateExplorer()

# %% [markdown]
# ## Forecast

# %%
ForecastView("sunspots")

# %% [markdown]
# ## CTC lattice
#
# All ways to spell a word over eight frames, on one time cursor. **←** **→** move it, **↑** **↓** choose a state.

# %%
CTCLattice("see")

# %% [markdown]
# ## Speech lab
#
# Spoken digits become written words. Play them; **←** **→** move one cursor through all pictures. Where does noise
# break it?

# %%
SpeechLab(said="427")

# %% [markdown]
# ## Predict first
#
# **Run** waits until every value is set; then the truth is laid over the prediction.

# %%
one_unit = cells.rnn.RNNParams(W_x=[[1.0]], W_h=[[0.9]], b=[0.0])
pulse = datasets.make_pulse(4, dtype=np.float64)
Prediction(
    "One unit with w_h = 0.9 hears a single 1, then silence. What is h after each step?",
    labels=["h_1", "h_2", "h_3", "h_4"],
    reveal=lambda: [step.h_t.item() for step in unroll.forward(one_unit, pulse).steps],
    low=0,
)

# %% [markdown]
# ## Questions

# %%
Quiz(
    "In an LSTM all gates of one unit are 1 and g_t = 0. What happens to its c_t?",
    [
        Option("It becomes 0", "For that f_t would have to be 0. With f_t = 1 all of the old c stays."),
        Option("It stays as it is", "c_t = 1 · c_prev + 1 · 0. This is how an LSTM remembers.", right=True),
    ],
)

# %% [markdown]
# ## Checks
#
# The check of a learner's code says which term is wrong. Here the bias has been forgotten.


# %%
def rnn_step(x_t, h_prev, W_x, W_h, b):
    return np.tanh(x_t @ W_x + h_prev @ W_h)


check(rnn_step)
