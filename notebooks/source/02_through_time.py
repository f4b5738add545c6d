# %% [markdown]
# # 2 · Through time
#
# A recurrent network is one step, repeated. The step is always the same; what differs is the state that it is handed.
# In this lesson you write the loop, see a whole run as one picture, and find out how long three cells remember
# where they began.
#
# **You will be able to**
#
# - write the time loop, and say the shapes of what goes in and comes out;
# - read a heat-map of hidden states, and one of the difference of two runs;
# - show that order matters: the same letters in another order leave another state;
# - say what a carried state and a reset state are, and count how long the difference lasts.
#
# | minutes | what |
# |---|---|
# | 5 | predict what order does |
# | 8 | one run, one picture |
# | 8 | write the loop |
# | 10 | carried or reset |
# | 4 | exit questions |
#
# You need: what a loop in Python is and what $\tanh$ is. The states of the cells are explained in lesson 1; here it is
# enough that a cell makes the next state from an input and the last state.

# %% [markdown] tags=["instructor"]
# ## For who teaches
#
# **Goal.** The loop over time is four lines; its state is the only way in which the past reaches the present. Students
# leave able to write the loop, read a map of states, and say what a reset does and for how long.
#
# | 45 minutes | what |
# |---|---|
# | 0-8 | the prediction: three orders of the same numbers |
# | 8-20 | *margaret* on the projector: the two a's together, the two r's in pairs, then backward |
# | 20-30 | `run_through`, each on their own machine |
# | 30-40 | carried or reset: vote on the count *before* anybody runs it, write the votes on the board |
# | 40-45 | exit questions |
#
# **What students usually predict.** That the three last states are nearly equal (a sum), or that the first order is the
# largest ("it has had the most time"). At the count: LSTM 20, GRU 20, SimpleRNN 0. It is the other way about: 20, about
# 10, 0.
#
# | misconception | the question that exposes it |
# |---|---|
# | the state is a sum of the inputs | the prediction |
# | the same input gives the same state | the two a's |
# | a gated cell remembers long because it has gates | the count of what is left of the lie |
# | a reset only matters at the cut | the map of carried minus reset |
# | training has something to do with it | second exit question: the weights are the same at each step |
#
# **To discuss.** When would you *want* to reset? What does a batch of shuffled pieces do to a carried state? Why does
# the lie fade at all?
#
# **On the projector.** The heat-map first: one column aloud, then one row. Then the player's map of the same run, so
# that both are seen to be one thing.

# %%
import numpy as np

from rnnedu import cells, datasets, unroll
from rnnedu.lessons import Option, Prediction, Quiz, check
from rnnedu.trace import Trace
from rnnedu.view import HiddenStateMap, Picture, axes, colours
from rnnedu.widget import StepPlayer

# %% [markdown]
# ## Predict first (5 minutes)
#
# The unit of lesson 1 again, $h_t = \tanh(x_t + 0.9\, h_{t-1})$ with $h_0 = 0$. It is shown the same four numbers in
# three orders. What is the **last** state, $h_4$, each time?

# %%
one_unit = cells.rnn.RNNParams(W_x=[[1.0]], W_h=[[0.9]], b=[0.0])
orders = np.reshape([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], (3, 4, 1, 1))

# %%
Prediction(
    "The same numbers, three orders. What is h after the last step?",
    labels=["1 0 0 0", "0 0 1 0", "0 0 0 1"],
    reveal=lambda: [unroll.forward(one_unit, x).last[0].item() for x in orders],
    low=0,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# A sum would be the same three times. A recurrent state is not a sum: what came last has been squeezed and
# multiplied by $w_h$ the fewest times.
# </details>

# %% [markdown]
# ## One run, one picture (8 minutes)
#
# Stack the states of all timesteps and colour them: one column is one $h_t$, one row is one unit. Here an LSTM
# with four units reads the name *margaret*, letter by letter. Each letter is a vector with a single 1
# (one-hot), so $x$ has the shape $(T, B, D)$ = (8, 1, 6), with $T$ timesteps: time first, so that a loop over
# `x` is a loop over time.

# %%
letters = datasets.Vocabulary.of(["margaret"])
x = letters.one_hot("margaret", dtype=np.float64)
reader = cells.lstm.init(D=len(letters), H=4, seed=7)
run = unroll.forward(reader, x)
x.shape

# %%
ax = axes(height=3)
HiddenStateMap(ax, Trace.of(run), "h_t").cursor.set_visible(False)
ax.set_xticks(range(1, 9), list("margaret"))
ax.set_xlabel("letter, t = 1 to 8")
ax.set_title("Unit 1 is largest at both r's, unit 4 at the last letter", loc="left")
Picture(ax, "heat-map of h, four units over eight letters: unit 1 is largest at both r's, unit 4 at the last letter")

# %% [markdown]
# The same run in the player, where the map has a cursor and each number its formula.
#
# 1. Find the two *a*'s, $t = 2$ and $t = 5$. The input is the same vector. Is $h_t$ the same? Which term of the
#    equations makes the difference?
# 2. Find the two *r*'s. Is $i_t$ of unit 1 the same at both? Is the product $x_t W_{xi}$?
# 3. Press **End**, then **backward**. Now the maps say how much the end depends on what stood here. The player adds up
#    the four numbers of the last $h$ and calls the sum $L$; $\partial h_t$ is by how much $L$ would change if $h_t$
#    were a little larger, $\partial c_t$ the same for $c_t$. (How that is computed is lesson 3.) Beside each map is
#    the length of the vector, $\Vert\partial h\Vert$ and $\Vert\partial c\Vert$: read both numbers while you walk left.
#    At which $t$ has $\Vert\partial h\Vert$ fallen below a tenth of its largest value? Has $\Vert\partial c\Vert$
#    anywhere? By which of its two paths does an LSTM remember?

# %%
StepPlayer(cell="lstm", units=4, text="margaret")

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. No. $x_t W_x$ is the same; $h_{t-1}$ and $c_{t-1}$ differ, and with them the products $h_{t-1} W_h$ of all
#    gates and $f_t \odot c_{t-1}$.
# 2. $i_t$ is 0.498 and 0.479; the product with the same letter is the same.
# 3. $\Vert\partial h\Vert$ at $t = 7$, after a single step; $\Vert\partial c\Vert$ nowhere, at $t = 1$ it still
#    has 0.11 of its last value. An LSTM remembers by way of $c$; $h$ is what it shows.
# </details>

# %% [markdown]
# Order, once more on letters: *margaret* and *teragram* are the same letters, the one the other backwards. By how much
# do their last states differ, in the unit where they differ most? (The largest $|h|$ in the whole first run is 0.26.)

# %% tags=["nbval-check-output", "keep_output"]
backwards = unroll.forward(reader, letters.one_hot("teragram", dtype=np.float64))
difference = np.abs(run.last[0] - backwards.last[0]).max()
print(f"largest difference of the last h: {difference:.2f}")

# %% [markdown]
# ## Write it (8 minutes)
#
# You are given `step(x_t, h_prev)`, which returns $h_t$ with shape $(B, H)$. Return all of them, stacked:
# $(T, B, H)$. `step` takes the whole batch at once. The version below runs, gives the right shape, and is wrong.

# %% tags=["nbval-check-output", "keep_output"]
def run_through(x, h0, step):
    """Return h_1 ... h_T, shape (T, B, H), for x of shape (T, B, D)."""
    return np.stack([step(x_t, h0) for x_t in x])


check(run_through)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def run_through(x, h0, step):
    """Return h_1 ... h_T, shape (T, B, H), for x of shape (T, B, D)."""
    h, states = h0, []
    for x_t in x:
        h = step(x_t, h)
        states.append(h)
    return np.stack(states)


check(run_through)

# %% [markdown]
# Ours is `unroll.forward??`: the same loop, for any cell, keeping each step's record.
#
# ## Carried or reset (10 minutes)
#
# Long series are cut into pieces. At the start of a piece the state is either **carried** over from the piece before,
# or **reset** to zero. Carried, the pieces add up to the whole exactly:

# %% tags=["nbval-check-output", "keep_output"]
years = datasets.load_sunspots().inputs(length=110, dtype=np.float64)
params = cells.rnn.init(D=1, H=8, seed=0)
whole = unroll.forward(params, years)
first = unroll.forward(params, years[:50])
second = unroll.forward(params, years[50:], h0=first.last[0])
print("carried equals whole:", np.allclose(whole.last[0], second.last[0], rtol=0, atol=1e-12))

# %% [markdown]
# Reset, the second piece begins with a lie: a state of zeros. The map is the difference of the two runs, carried minus
# reset, after the cut. The lie fades as the true input comes in.

# %%
lie = unroll.forward(params, years[50:])
carried = unroll.forward(params, years[50:], h0=first.last[0])
gap = Trace.of(carried)["h_t"] - Trace.of(lie)["h_t"]

# %%
ax, widest = axes(height=3), np.abs(gap).max()
image = ax.imshow(gap[:, 0].T, cmap=colours.DIVERGING, vmin=-widest, vmax=widest, aspect="auto")
image.set_extent((0.5, 60.5, 8.5, 0.5))
ax.set(xlabel="years since the cut", ylabel="unit")
ax.figure.colorbar(image, ax=ax, label="carried minus reset")
ax.set_title("30 years after the cut the reset is forgotten", loc="left")
Picture(ax, "carried minus reset, eight units over 60 years: strong colours at first, none after 30")

# %% [markdown]
# How long does it last? Take three cells with fresh random weights, cut the sunspots at the year 1750, and look
# ten steps later. In how many of 20 seeds is the state still off by more than a tenth of what it was off at
# first?
#
# Predict before you run. You may have heard that LSTM and GRU remember long and SimpleRNN does not.


# %%
def left_of_the_lie(name, seed):
    params = cells.get(name).init(D=1, H=8, seed=seed)
    carried = Trace.of(unroll.forward(params, years))["h_t"][50:]
    reset = Trace.of(unroll.forward(params, years[50:]))["h_t"]
    gap = np.abs(carried - reset).max(axis=(1, 2))
    return gap / gap[0]


# %%
def still_off(name, after):
    return sum(bool(left_of_the_lie(name, seed)[after - 1] > 0.1) for seed in range(20))


# %%
Prediction(
    "Ten steps after the reset: in how many of 20 seeds is more than a tenth of the lie left?",
    labels=["SimpleRNN", "LSTM", "GRU"],
    reveal=lambda: [still_off(name, after=10) for name in ("rnn", "lstm", "gru")],
    low=0,
    high=20,
    step=1,
)

# %% [markdown]
# And earlier, or later? Change `after` in `still_off("lstm", after=5)` in a cell of your own. (Each call takes
# about half a second.)
#
# <details><summary>After you have run it</summary>
#
# 20, 10 and 0; with 20 other seeds 17 to 20, 5 to 17, and 0 to 2. Surprised? Nothing has been trained yet, so this
# counts how the weights *begin*. The SimpleRNN's $W_h$ begins orthogonal: it turns the state and does not shrink it,
# only $\tanh$ does. The LSTM's forget gate begins near $\sigma(1) = 0.73$: nine more steps keep $0.73^9 = 0.06$ of $c$,
# and what goes round through $h$ adds a little. The GRU's $z$ begins near $\sigma(0) = 0.5$, and $0.5^9$ is 0.002. What
# gates give is not a long memory but a memory that **training can lengthen**: a bias moves $f$ or $z$ to 0.99. Lessons
# 6 and 8 do that.
# </details>

# %% [markdown]
# ## Exit questions (4 minutes)

# %%
Quiz(
    "x has the shape (T, B, D) = (7, 2, 3) and a cell has H = 4 units. What is the shape of all its states, stacked?",
    [
        Option("(7, 2, 4)", "One (B, H) for each timestep, time first.", right=True),
        Option("(2, 4)", "That is one state, for example the last. There are seven of them."),
        Option("(7, 2, 3)", "That is the input. A state has H numbers, whatever D is."),
    ],
)

# %%
Quiz(
    "Two runs get the same input from t = 10 on, and before it different ones. Their h_20 differ. Why?",
    [
        Option("The weights differ by then", "The weights are the same at each step; nothing is being trained."),
        Option("Their h_9 differ, and h_10 reads h_9", "And so on: the state is the only way in.", right=True),
        Option("It cannot be: the inputs are equal", "The inputs are; h_9 is not, and every later state reads it."),
    ],
)

# %%
Quiz(
    "You cut a series into pieces of 50 and reset the state at each cut. Where are your states most wrong?",
    [
        Option("Right after each cut", "Then the lie fades, at a pace that is the cell's.", right=True),
        Option("At the end of each piece", "There the state has read 50 true inputs since the reset: it is best."),
        Option("Everywhere equally", "The map says it: strong colours right after the cut, none thirty years later."),
    ],
)

# %% [markdown]
# ## In this lesson you have
#
# - seen that a state is no sum: order counts, and what is recent counts more;
# - read a run as a map of $T$ columns and $H$ rows;
# - written the time loop;
# - counted how long a reset is remembered by three fresh cells, and held the count against what one hears.
#
# Next: **3 · Backpropagation through time**, where you walk the same loop the other way.
#
# **Further reading.** J. L. Elman, *Finding structure in time* (1990), where a network reads letter by letter and word
# by word, and its states are looked at.
