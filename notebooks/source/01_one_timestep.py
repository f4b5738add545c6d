# %% [markdown]
# # 1 · One timestep
#
# A recurrent cell reads one number, looks at what it remembers, and writes down what it will remember next. That is
# all. In this lesson you do it by hand, watch three cells do it on 30 years of sunspots, and write one yourself.
#
# **You will be able to**
#
# - compute $h_t$ of a SimpleRNN from $x_t$ and $h_{t-1}$, and say the shape of every array on the way;
# - read an LSTM's and a GRU's gates as valves, and say which number each of them multiplies;
# - write `rnn_step`, and tell from a wrong result which term is wrong;
# - say how large $h_t$ and $c_t$ can become, and why.
#
# | minutes | what |
# |---|---|
# | 4 | predict a memory |
# | 7 | step a SimpleRNN |
# | 7 | write one timestep |
# | 12 | step an LSTM and a GRU |
# | 4 | count it |
# | 4 | exit questions |
#
# You need: what a matrix product and $\tanh$ are. Run a cell with Shift-Enter; read before you run. The code of
# predictions and quizzes is folded away, for it holds the answers.

# %% [markdown] tags=["instructor"]
# ## For who teaches
#
# **Goal.** A recurrent cell is one line that is run again and again. Students leave able to compute it by hand, to read
# a gate as a valve, and to say of a wrong result which term is wrong.
#
# | 45 minutes | what |
# |---|---|
# | 0-8 | the prediction, on paper first, hands up for "more than 0.6 at h_2"; then Run |
# | 8-20 | SimpleRNN on the projector: question 1 together, 2 and 3 in pairs |
# | 20-30 | `rnn_step`, each on their own machine; the fast ones break it on purpose |
# | 30-40 | LSTM on the projector, GRU in pairs; a vote on the count, then Run |
# | 40-45 | exit questions |
#
# **What students usually predict.** 0.76 · 0.9 · 0.9 ...: the first state right, then a clean geometric fall. The truth
# falls faster at first, for tanh takes its share while h is large.
#
# | misconception | the question that exposes it |
# |---|---|
# | each unit has its own memory and looks only at that | SimpleRNN, question 1: how many products are in the formula? |
# | a larger input always moves the state more | question 3: by how much did the unit fall while the sum fell by 0.36? |
# | a gate is a number that is added | LSTM, question 3: what stands at the × between i and g? |
# | h can become as large as c | the counted experiment: 18 of 20 with c, none with h |
# | W_h depends on the batch | first exit question |
#
# **To discuss.** Why does every unit see all old units, and what would be lost if W_h were diagonal? What would the
# LSTM be if f were always 1? Always 0? Is a GRU with z = 0 a SimpleRNN?
#
# **On the projector.** The player with 4 units; the reading of one formula aloud, number by number, is worth its two
# minutes. Click a number to see its formula. Keys rather than mouse: the cursor moves at once.

# %%
import numpy as np

from rnnedu import cells, datasets, unroll
from rnnedu.lessons import Option, Prediction, Quiz, check
from rnnedu.trace import Trace
from rnnedu.widget import StepPlayer

# %% [markdown]
# ## Predict first (4 minutes)
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

# %% [markdown]
# ## Step a SimpleRNN (7 minutes)
#
# With more than one unit, $h_t = \tanh(x_t W_x + h_{t-1} W_h + b)$: each unit reads the input and *all* old units.
# Below, four units are stepped through the yearly mean sunspot number, 30 years from 1700 on. The player shows the
# input as a deviation: 0 is the mean (a sunspot number of 50), 1 is one standard deviation (sd, here 40). Red is
# positive, blue is negative. The weights are random; the seed says which. Each number on the screen is computed by the
# code in `rnnedu/cells/rnn.py`.
#
# Click into the player, then: **←** and **→** step through time, **↑** and **↓** choose the unit, **space**
# plays (while no button has the focus).
#
# 1. Go to $t = 12$, unit 1. The formula spells out five products and a bias. Which *single* product pulls hardest? And
#    in sum: which pulls harder, the input or the memory? (The numbers at $W_x$ and $W_h$ in the drawing.)
# 2. Go to the highest peak, $t = 28$. Which unit is closest to $\pm 1$? Choose it: what is the number inside
#    its $\tanh$?
# 3. Stay on that unit and press **→**. By how much did the number inside $\tanh$ fall, and by how much did the unit?
#    Once more **→**. Where is $\tanh$ flat?

# %%
StepPlayer(cell="rnn", units=4, series="sunspots", length=30)

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. The product with $h_{t-1}$ of unit 4, -0.373, is the largest of the five; but the four of the memory add up to
#    -0.225, and the input's -0.338 outweighs that. A unit listens to a sum.
# 2. Unit 3 at 0.918, with 1.579 inside.
# 3. Inside: 1.579, 1.222, 0.066, so it fell by 0.36 and then by 1.16; the unit: 0.918, 0.840, 0.066, by 0.08 and then
#    by 0.77. $\tanh$ is flat near $\pm 1$: a unit that is *saturated* hardly hears what is inside. (On the way back, in
#    lesson 3, that is where gradients get lost.)
# </details>

# %% [markdown]
# Question 1, once more in code. The record of a step keeps what it read and what it made:

# %% tags=["nbval-check-output", "keep_output"]
params = cells.rnn.init(D=1, H=4, seed=7)
x = datasets.load_sunspots().inputs(length=30, dtype=np.float64)
step = unroll.forward(params, x).steps[11]  # Python counts from 0
print("from the input ", np.round(step.x_t[0] * params.W_x[:, 0], 3))
print("from the memory", np.round(step.h_prev[0] * params.W_h[:, 0], 3))

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
# ## Write it (7 minutes)
#
# Now you. The line is not finished; the check tells you what is missing. When it is content, break it on purpose: write
# `W_h.T`, leave $\tanh$ out, and see what the check says.

# %% tags=["nbval-check-output", "keep_output"]
def rnn_step(x_t, h_prev, W_x, W_h, b):
    """Return h_t, shape (B, H)."""
    return np.tanh(x_t @ W_x)  # not finished


check(rnn_step)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def rnn_step(x_t, h_prev, W_x, W_h, b):
    """Return h_t, shape (B, H)."""
    return np.tanh(x_t @ W_x + h_prev @ W_h + b)


check(rnn_step)

# %% [markdown]
# Compare with ours: run `cells.rnn.step??` in a cell of its own. It returns a record of what it read and made, because
# the way back (lesson 3) will read it.
#
# ## Valves: LSTM and GRU (12 minutes)
#
# An **LSTM** carries a second vector, the cell state $c_t$:
#
# $$c_t = f_t \odot c_{t-1} + i_t \odot g_t, \qquad h_t = o_t \odot \tanh(c_t)$$
#
# $\odot$ multiplies unit by unit. $f_t$ says how much of the old $c$ is kept, $i_t$ how much is let in, $o_t$
# how much is shown: three **gates**, each a $\sigma(\ldots)$ with $\sigma(a) = 1 / (1 + e^{-a})$, between 0
# (shut) and 1 (open). What is let in is the **candidate** $g_t$, a $\tanh$. Gates are drawn as bars, as long as
# the valve is open.
#
# 1. Press **show** under the maps: four new ones open. In which of the four do red and blue both occur, and why not in
#    the other three?
# 2. One value of $f_t$ in all these 30 years is below a half. Find the palest cell in its map. Which unit and year?
# 3. What is written is $i_t \odot g_t$, the number at the $\times$ between $i_t$ and $g_t$. At which step is
#    most written to unit 1, in size?

# %%
StepPlayer(cell="lstm", units=4, series="sunspots", length=30)

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. Only in $g_t$: a $\tanh$ has both signs. The gates come out of $\sigma$, which has none; each has its own
#    colour instead.
# 2. Unit 3 in 1727, $t = 28$: 0.483. Everywhere else more than half of $c$ is kept. The bias of $f$ begins at 1
#    for that.
# 3. At $t = 28$, the peak: 0.321.
# </details>

# %% [markdown]
# A **GRU** has no $c_t$. Its gate $z_t$ slides between the old state and a candidate $n_t$; its gate $r_t$ says
# how much of the past the candidate sees:
#
# $$n_t = \tanh(x_t W_{xn} + b_n + r_t \odot u_t), \quad u_t = h_{t-1} W_{hn} + b_{hn}$$
# $$h_t = z_t \odot h_{t-1} + (1 - z_t) \odot n_t$$
#
# Here, as in Keras and PyTorch, $z$ **keeps**; papers write it either way.
#
# 1. Where must $z_t$ stand for the cell to copy $h_{t-1}$ unchanged?
# 2. Switch **reset after** to false. Where does $r_t$ act now: on $h_{t-1}$ before the product with $W_{hn}$,
#    or on the product?

# %%
StepPlayer(cell="gru", units=4, series="sunspots", length=30)

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. At 1: then $h_t = h_{t-1}$, whatever $n_t$ says. Here it moves between 0.34 and 0.73.
# 2. On $h_{t-1}$, before the product: $u_t = (r_t \odot h_{t-1}) W_{hn} + b_{hn}$. That is the GRU of the first
#    paper; on the product, **reset after**, is what Keras and PyTorch compute by default.
# </details>

# %% [markdown]
# ## Count it (4 minutes)
#
# How large can $c_t$ become, and how large $h_t$? Look at the two equations of the LSTM again: what is the
# largest value each factor can take? Then say a number: of 20 LSTMs with fresh random weights, 309 years of
# sunspots each, in how many does some $|c_t|$ exceed 1, and in how many some $|h_t|$? (Run takes a few seconds.)

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
# $h_t = o_t \odot \tanh(c_t)$ is a product of two numbers below 1: it cannot leave the range. $c_t$ is a sum:
# it keeps the share $f_t$ of what it had and adds $i_t g_t$. With $f = 0.73$, where a fresh LSTM begins, many equal
# pieces add up to $1 / (1 - 0.73) = 3.7$ times one piece; with $f$ near 1 the only bound is the number of steps,
# $|c_t| < t$. That is how an LSTM can count. Here 18 of 20 leave the range with $c$, and none
# with $h$; with 20 other seeds it is 15 to 19, and none.
# </details>

# %% [markdown]
# ## Exit questions (4 minutes)

# %%
Quiz(
    "A SimpleRNN has D = 3 inputs, H = 5 units and a batch of B = 2. What is the shape of W_h?",
    [
        Option("(3, 5)", "That is W_x: it turns the 3 inputs into 5 sums. W_h turns the old state into sums."),
        Option("(5, 5)", "The old state has 5 units and so has the new one.", right=True),
        Option("(2, 5)", "That is h_t. Weights never know the batch: the same W_h serves all sequences."),
    ],
)

# %%
Quiz(
    "In an LSTM all gates of one unit are 1 and g_t = 0. What happens to its c_t?",
    [
        Option("It becomes 0", "For that f_t would have to be 0. With f_t = 1 all of the old c stays."),
        Option("It doubles", "Only if i_t g_t were as large as c; here g_t = 0, so nothing is added."),
        Option("It stays as it is", "c_t = 1 · c_prev + 1 · 0. This is how an LSTM remembers.", right=True),
    ],
)

# %%
Quiz(
    "Your rnn_step gives the right h_t when h_prev = 0 and a wrong one otherwise. Where do you look first?",
    [
        Option("At the bias", "The bias is added in both cases; it would be wrong for h_prev = 0 too."),
        Option("At the W_h term", "It is the only term that h_prev = 0 switches off.", right=True),
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
#
# **Further reading.** J. L. Elman, *Finding structure in time* (1990). S. Hochreiter and J. Schmidhuber, *Long
# short-term memory* (1997). K. Cho and others, *Learning phrase representations using RNN encoder-decoder for
# statistical machine translation* (2014), the GRU's first paper.
