# %% [markdown]
# # 1 · One timestep
#
# A recurrent cell reads one number, looks at what it remembers, and writes down what it will remember next. That is
# all. In this lesson you do it by hand, watch three cells do it on 300 years of sunspots, and write one yourself.
#
# **You will be able to**
#
# - compute $h_t$ of a SimpleRNN from $x_t$ and $h_{t-1}$, and say the shape of every array on the way;
# - read an LSTM's and a GRU's gates as valves, and say which number each of them multiplies;
# - write `rnn_step`, and tell from a wrong result which term is wrong;
# - say which of $h_t$ and $c_t$ can grow beyond 1, and why.
#
# | minutes | what |
# |---|---|
# | 5 | predict a memory |
# | 8 | step a SimpleRNN |
# | 8 | write one timestep |
# | 10 | step an LSTM and a GRU |
# | 5 | exit questions |
#
# You need: what a matrix product and $\tanh$ are. Run a cell with Shift-Enter; read before you run.

# %%
import numpy as np

from rnnedu import cells, datasets, unroll
from rnnedu.lessons import Option, Prediction, Quiz, check_rnn_step
from rnnedu.trace import Trace
from rnnedu.widget import StepPlayer

# %% [markdown]
# ## Predict first (5 minutes)
#
# The smallest recurrent network there is: one unit, one input.
#
# $$h_t = \tanh(w_x\, x_t + w_h\, h_{t-1}), \qquad w_x = 1, \quad w_h = 0.9, \quad h_0 = 0$$
#
# It is given a single 1 and then nothing: $x = 1, 0, 0, 0, 0, 0$. What does it still hold after each step?
# Set all six values before you press **Run**: $\tanh(1)$ is about 0.76, and $\tanh$ is nearly a straight line near 0.

# %%
one_unit = cells.rnn.RNNParams(W_x=[[1.0]], W_h=[[0.9]], b=[0.0])
pulse = datasets.make_pulse(6, dtype=np.float64)

# %%
Prediction(
    "One unit with w_h = 0.9 hears a single 1, then silence. What is h after each step?",
    labels=["h_1", "h_2", "h_3", "h_4", "h_5", "h_6"],
    reveal=lambda: Trace.of(unroll.forward(one_unit, pulse))["h_t"].ravel(),
    low=0,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Did you multiply by 0.9 each time? The truth falls faster at first: from 0.76 to 0.60 is a factor of 0.78.
# While $h$ is large, $\tanh$ bends and takes a share of its own; as $h$ gets small the factor comes close to 0.9.
# </details>
#
# ## Step a SimpleRNN (8 minutes)
#
# The same cell with four units, stepped through the yearly number of sunspots from the year 1700 on. Each number on
# the screen is computed by the code that you can read in `rnnedu/cells/rnn.py`. **←** and **→** step through time,
# **↑** and **↓** choose the unit, **space** plays.
#
# 1. Go to $t = 12$, unit 1. The equation shows five products and a bias. Which product pulls hardest? Is it the input,
#    or the memory?
# 2. Step on until the sunspots rise, $t = 28$. Which unit is closest to $\pm 1$? What is the number inside its
#    $\tanh$?
# 3. Stay there and press **→** twice. By how much did that unit move, and by how much the input?

# %%
StepPlayer(cell="rnn", units=4, series="sunspots", length=30)

# %% [markdown]
# Question 1, checked in code: the number inside $\tanh$ and the result at $t = 12$, for all four units. They are the
# numbers on the screen.

# %% tags=["nbval-check-output", "keep_output"]
params = cells.rnn.init(D=1, H=4, seed=7)
x = datasets.load_sunspots().inputs(length=30, dtype=np.float64)
step = unroll.forward(params, x).steps[11]  # Python counts from 0
inside = step.x_t @ params.W_x + step.h_prev @ params.W_h + params.b
print("inside tanh", np.round(inside[0], 3))
print("h_t        ", np.round(step.h_t[0], 3))

# %% [markdown]
# Shapes, because most mistakes are mistakes of shape. A batch has $B$ sequences, an input has $D$ numbers, a cell has
# $H$ units:
#
# | array | shape | here |
# |---|---|---|
# | $x_t$ | $(B, D)$ | (1, 1) |
# | $h_{t-1}$, $h_t$ | $(B, H)$ | (1, 4) |
# | $W_x$ | $(D, H)$ | (1, 4) |
# | $W_h$ | $(H, H)$ | (4, 4) |
# | $b$ | $(H,)$ | (4,) |
#
# ## Write it (8 minutes)
#
# Now you. One line is missing something; the check tells you what. Try a wrong version on purpose: leave the bias out,
# or write `W_h.T`, and see what it says.

# %% tags=["nbval-check-output", "keep_output"]
def rnn_step(x_t, h_prev, W_x, W_h, b):
    """Return h_t, shape (B, H)."""
    return np.tanh(x_t @ W_x + b)  # something is missing here


check_rnn_step(rnn_step)

# %% [markdown]
# When the check is content, compare with ours: run `cells.rnn.step??` in a cell of its own. The record that it
# returns keeps what it read and what it made. That record is all the way back will need (lesson 3).
#
# ## Valves: LSTM and GRU (10 minutes)
#
# An **LSTM** carries a second vector, the cell state $c_t$. Three gates between 0 (shut) and 1 (open) stand on its
# path; each is drawn as a bar that is as long as the valve is open.
#
# 1. Which gate decides how much of $c_{t-1}$ stays? Find a step where it lets less than half of some unit through.
# 2. Choose a unit and hold its $i_t$ and $g_t$ against each other: what is written is their product. At which step is
#    the most written?
# 3. Press **show** under the maps. Which of the four maps has both colours, and why can the other three not?

# %%
StepPlayer(cell="lstm", units=4, series="sunspots", length=30)

# %% [markdown]
# A **GRU** has no $c_t$. Its gate $z_t$ slides between the old state and the new candidate:
# $h_t = z_t \odot h_{t-1} + (1 - z_t) \odot n_t$. Here, as in Keras and PyTorch, $z$ **keeps**; papers write it
# either way.
#
# 1. Where must $z_t$ stand for the cell to copy $h_{t-1}$ unchanged?
# 2. Switch **reset after** to false. In which equation does $r_t$ act now, before or after the product with $W_{hn}$?

# %%
StepPlayer(cell="gru", units=4, series="sunspots", length=30)

# %% [markdown]
# ### Count it
#
# $h_t = o_t \odot \tanh(c_t)$ cannot leave $(-1, 1)$. Can $c_t$? Think of the largest value each of its factors may
# take, then say a number: of 20 LSTMs with fresh random weights, 309 years of sunspots each, in how many does some
# $|c_t|$ exceed 1?

# %%
years = datasets.load_sunspots().inputs(dtype=np.float64)


def largest(seed, symbol):
    run = unroll.forward(cells.lstm.init(D=1, H=4, seed=seed), years)
    return np.abs(Trace.of(run)[symbol]).max()


# %%
Prediction(
    "Of 20 fresh LSTMs, in how many does c (and in how many does h) leave the range from -1 to 1?",
    labels=["c leaves", "h leaves"],
    reveal=lambda: [sum(largest(s, name) > 1 for s in range(20)) for name in ("c_t", "h_t")],
    low=0,
    high=20,
    step=1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# $c_t$ is a sum that goes on: while $f_t$ is near 1 it keeps what it had and adds up to $i_t g_t$ more at each step.
# So it can count. $h_t$ is what the cell shows of it, squeezed by $\tanh$ and weighed by $o_t$, both at most 1.
# </details>
#
# ## Exit questions (5 minutes)

# %%
Quiz(
    "A SimpleRNN has D = 3 inputs, H = 5 units and a batch of B = 2. What is the shape of W_h?",
    [
        Option("(3, 5)", "That is W_x: it turns the 3 inputs into 5 sums. W_h turns the old state into sums."),
        Option("(5, 5)", "Yes. The old state has 5 units and so has the new one.", right=True),
        Option("(2, 5)", "That is h_t. Weights never know the batch: the same W_h serves all sequences."),
    ],
)

# %%
Quiz(
    "In an LSTM all gates of one unit are 1 and g_t = 0. What happens to its c_t?",
    [
        Option("It becomes 0", "For that f_t would have to be 0. With f_t = 1 all of the old c stays."),
        Option("It doubles", "Only if i_t g_t were as large as c; here g_t = 0, so nothing is added."),
        Option("It stays as it is", "Yes: c_t = 1 · c_prev + 1 · 0. This is how an LSTM remembers.", right=True),
    ],
)

# %%
Quiz(
    "Your rnn_step gives the right h_t when h_prev = 0 and a wrong one otherwise. Where do you look first?",
    [
        Option("At the bias", "The bias is added in both cases; it would be wrong for h_prev = 0 too."),
        Option("At the W_h term", "Yes: it is the only term that h_prev = 0 switches off.", right=True),
        Option("At tanh", "tanh acts in both cases. A missing tanh shows for h_prev = 0 as well."),
    ],
)

# %% [markdown]
# ## In this lesson you have
#
# - predicted how a memory of one unit fades, and seen $\tanh$ take its share;
# - read every number of a SimpleRNN, an LSTM and a GRU at a timestep, with the formula that made it;
# - written `rnn_step`;
# - counted in how many fresh LSTMs $c_t$ and $h_t$ leave the range from -1 to 1.
#
# Next: **2 · Through time**, where the same step runs over a whole sequence, and order begins to matter.
