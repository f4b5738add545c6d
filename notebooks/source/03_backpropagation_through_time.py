# %% [markdown]
# # 3 · Backpropagation through time
#
# A recurrent network runs one step again and again: $h_t = \tanh(x_t W_x + h_{t-1} W_h + b)$. To train it one must know
# how its loss $L$, one number, changes with each weight. The way there is the same loop, walked from the last step to
# the first: **backpropagation through time**, BPTT. In this lesson you walk it, write it, and find out how far you can
# trust a check of it.
#
# **You will be able to**
#
# - say of what two parts the gradient at $h_t$ consists, and compute it by hand for one unit;
# - write `rnn_step_back` and `bptt`, and tell from a wrong result what was forgotten;
# - choose the step of a gradient check, and say why a smaller one is not better;
# - show why a check over a single timestep proves nothing.
#
# | minutes | what |
# |---|---|
# | 5 | predict a gradient |
# | 8 | step backward |
# | 6 | write one step back |
# | 8 | write the loop |
# | 9 | check it, and count |
# | 4 | exit questions |
#
# You need: what a derivative and the chain rule are. A gradient is written with a d in code and with $\partial$ in the
# player: `dh_t`, $\partial h_t$, is how much $L$ changes for each unit of change of $h_t$, and it has the shape of
# `h_t`.

# %% [markdown] tags=["instructor"]
# ## For who teaches
#
# **Goal.** BPTT is a loop of five lines, and each of its mistakes is silent. Students leave able to write it, to name
# the two parts of a gradient at a state, and to check it where checking counts.
#
# | 45 minutes | what |
# |---|---|
# | 0-7 | the prediction on paper: the first factor together, the rest alone; then Run |
# | 7-17 | the player, backward: questions 1 and 2 together, 3 and 4 in pairs |
# | 17-24 | `rnn_step_back`, each on their own machine |
# | 24-33 | `bptt`; the fast ones break it on purpose and read the check |
# | 33-41 | the two predictions on checking, votes on the board before Run |
# | 41-45 | exit questions |
#
# **What students usually predict.** 0.9 each time: 1, 0.9, 0.81 ... The truth falls faster, for each step multiplies by
# $1 - h_t^2$ too. At the step of the check: "the smaller the better". It is best at 1e-5, and 1e-11 is as bad as 1e-2.
#
# | misconception | the question that exposes it |
# |---|---|
# | the gradient at h_t is what the loss says at t | the player, question 2 |
# | a saturated unit learns most, because it is strongest | the player, question 3: times 0.081 |
# | each timestep has its own W_h | question 4, and the check's "= stands where += belongs" |
# | a smaller step is a better derivative | the second prediction |
# | a loop that passes its check at T = 1 is right | the count: found in 0 of 10 |
#
# **To discuss.** What would have to be kept in memory for a sequence of a million steps? What does one lose by going
# back only 20 of them? Why does nobody train with numerical gradients?
#
# **On the projector.** The player in backward mode, from **End** leftward; say aloud "from L, and from t+1" at each
# step. Then open the weights and let the sum grow.

# %%
import numpy as np

from rnnedu import cells, datasets, gradcheck, unroll
from rnnedu.experiments.differences import error, noticed
from rnnedu.lessons import Option, Prediction, Quiz, check
from rnnedu.trace import Trace
from rnnedu.view import Picture, axes
from rnnedu.widget import StepPlayer

# %% [markdown]
# ## Predict first (5 minutes)
#
# One unit, $h_t = \tanh(x_t + 0.9\, h_{t-1})$, is given a single 1 and then nothing. Its states are
#
# | t | 1 | 2 | 3 | 4 | 5 | 6 |
# |---|---|---|---|---|---|---|
# | $h_t$ | 0.76 | 0.60 | 0.49 | 0.41 | 0.36 | 0.31 |
#
# Let the loss be the last state, $L = h_6$. Then $\partial h_6 = 1$. One step earlier: $h_5$ acts on $L$ through $h_6$
# alone, and the slope of $\tanh$ at a result $h$ is $1 - h^2$. How large is the gradient at each state? Work from the
# last to the first.

# %%
one_unit = cells.rnn.RNNParams(W_x=[[1.0]], W_h=[[0.9]], b=[0.0])
run = unroll.forward(one_unit, datasets.make_pulse(6, dtype=np.float64))
back = unroll.backward(run, dh_last=np.ones((1, 1)))

# %%
Prediction(
    "How much does the last state change for each unit of change of h_t?",
    labels=["dh_6", "dh_5", "dh_4", "dh_3", "dh_2", "dh_1"],
    reveal=lambda: Trace.of(run, back)["dh_t"].ravel()[::-1],
    low=0,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# $\partial h_5 = 0.9\,(1 - 0.31^2) = 0.81$, then $0.81 \cdot 0.9\,(1 - 0.36^2) = 0.64$, and so on down to 0.19. Was
# your answer $0.9^5 = 0.59$ at the end? Each step back multiplies by $w_h$ *and* by the slope of $\tanh$ at the state
# it comes from. Where the state was large, the slope was small.
# </details>

# %% [markdown]
# ## Step backward (8 minutes)
#
# Three units read eight years of sunspots. Here the loss is the sum of *all* states, so each $h_t$ acts on $L$ in two
# ways: directly, and through $h_{t+1}$. The gradient at $h_t$ is the sum of both:
#
# $$\partial h_t = \partial h_t^{\text{from } L} + \partial h_t^{\text{from } t+1}$$
#
# The player is in backward mode and stands at the last step. **←** goes on, back in time.
#
# 1. At $t = 8$: what arrives from $t+1$, and why?
# 2. Press **←**. At $t = 7$, unit 1, what comes from $L$, what from $t+1$, and what is the sum? If this state were a
#    little larger, would $L$ grow or fall? Go back to $t = 8$: which three products made the number that arrived?
# 3. Go to $t = 3$ and choose unit 2 (**↓**). The number beside $\tanh$ is the slope. How much of the gradient gets
#    through? What is $h_3$ of that unit? (Switch to **forward** and back.)
# 4. Open **show the weights** and look at $W_h$ with its two gradients: the share of this timestep, and the sum from
#    the last timestep back to this one. Walk from $t = 8$ to $t = 1$. What is the share at $t = 1$, and why? Which
#    entry of the sum is largest in the end? (Click an entry for its numbers.)

# %%
StepPlayer(cell="rnn", units=3, series="sunspots", length=8, loss="every", mode="backward", t=8)

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. 0: after the last step there is nothing.
# 2. 1 from $L$ and -1.378 from $t+1$, in sum -0.378: $L$ would *fall*, for the later states fall more than this one
#    rises. The three products are those of $\partial a_8$ with the row of $W_h$ that leaves unit 1:
#    $0.97 \cdot (-0.82) + 0.31 \cdot (-0.21) + 0.97 \cdot (-0.53)$.
# 3. 0.081: of -0.129 there remains -0.010. The unit stands at -0.959, where $\tanh$ is flat: what is saturated hardly
#    learns.
# 4. 0, for $h_0 = 0$: no weight of $W_h$ did anything there. In the end the entry from unit 2 to unit 3, -10.7. $W_h$
#    is the same at each timestep, so its gradient is the sum of eight shares.
# </details>

# %% [markdown]
# ## Write one step back (6 minutes)
#
# Given is `dh_t`, all that reaches $h_t$. With $a_t = x_t W_x + h_{t-1} W_h + b$ the step was $h_t = \tanh(a_t)$. Go
# back through $\tanh$ first, to `da_t`; then through the products. In a product, each factor's gradient is `da_t` times
# the other factor, transposed so that shapes fit. $B$ sequences, $D$ inputs, $H$ units:
#
# | `dh_t`, `h_prev`, `h_t` | `x_t` | `W_x` | `W_h` | `b` |
# |---|---|---|---|---|
# | (B, H) | (B, D) | (D, H) | (H, H) | (H,) |
#
# Each gradient has the shape of what it belongs to. The version below runs; two of the five are not even begun,
# and something is left out before.


# %% tags=["nbval-check-output", "keep_output"]
def rnn_step_back(dh_t, x_t, h_prev, h_t, W_x, W_h):
    """Return dx_t, dh_prev, dW_x, dW_h, db."""
    da_t = dh_t  # not finished
    dx_t, dh_prev = da_t @ W_x.T, np.zeros_like(h_prev)  # not finished
    dW_x, dW_h, db = x_t.T @ da_t, np.zeros_like(W_h), da_t.sum(0)  # not finished
    return dx_t, dh_prev, dW_x, dW_h, db


check(rnn_step_back)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def rnn_step_back(dh_t, x_t, h_prev, h_t, W_x, W_h):
    """Return dx_t, dh_prev, dW_x, dW_h, db."""
    da_t = dh_t * (1 - h_t**2)
    dx_t, dh_prev = da_t @ W_x.T, da_t @ W_h.T
    dW_x, dW_h, db = x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(0)
    return dx_t, dh_prev, dW_x, dW_h, db


check(rnn_step_back)

# %% [markdown]
# ## Write the loop (8 minutes)
#
# You are given `step_back(dh_t, x_t, h_prev, h_t)`, which returns the five gradients of one timestep, the states `h`
# $(T, B, H)$, and `dh_loss` $(T, B, H)$: what the loss itself adds at each state. Python counts from 0: before `h[0]`
# comes `h0`. Return `dx` for every timestep, `dh0`, and the gradients of the weights. The version below has the right
# shapes, and forgets two things.


# %% tags=["nbval-check-output", "keep_output"]
def bptt(dh_loss, x, h, h0, step_back):
    """Return dx (T, B, D), dh0 (B, H), dW_x, dW_h, db."""
    dx = np.zeros_like(x)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        dx[t], dh_prev, dW_x, dW_h, db = step_back(dh_loss[t], x[t], h_prev, h[t])  # not finished
    return dx, dh_prev, dW_x, dW_h, db


check(bptt)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def bptt(dh_loss, x, h, h0, step_back):
    """Return dx (T, B, D), dh0 (B, H), dW_x, dW_h, db."""
    dx, dh_later, sums = np.zeros_like(x), np.zeros_like(h0), [0, 0, 0]
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        dx[t], dh_later, *shares = step_back(dh_loss[t] + dh_later, x[t], h_prev, h[t])
        sums = [total + share for total, share in zip(sums, shares, strict=True)]
    return dx, dh_later, *sums


check(bptt)

# %% [markdown]
# Ours is `unroll.backward??`, the same loop for any cell.
#
# ## Check it, and count (9 minutes)
#
# How does one know that a gradient is right? By moving a weight and looking. Move one entry $w$ up by $\epsilon$ and
# down by $\epsilon$; the *central difference* $(L(w + \epsilon) - L(w - \epsilon)) / 2\epsilon$ must be the gradient of
# that entry. It takes two whole runs for each weight, so it is for checking, not for training:

# %% tags=["nbval-check-output", "keep_output"]
fresh = gradcheck.randomised(cells.rnn.init(D=3, H=4, seed=0))  # biases that are not zero
report = gradcheck.check(fresh, T=7)
print(", ".join(row.name for row in report.rows))
print("all right to seven digits:", report.ok)

# %% [markdown]
# Which $\epsilon$? The smaller, the closer to a derivative. Predict: how many digits of the gradient of $W_h$ are right
# with each of these, in float64 (numbers of 16 digits), over 7 timesteps?


# %%
Prediction(
    "How many digits of a central difference are right with these steps?",
    labels=["1e-2", "1e-5", "1e-8", "1e-11"],
    reveal=lambda: [-np.log10(error(step)) for step in (1e-2, 1e-5, 1e-8, 1e-11)],
    low=0,
    high=16,
    step=0.5,
)

# %%
ax, steps = axes(height=3.6), 10.0 ** -np.arange(1, 13)
for dtype, style in {"float64": "o-", "float32": "s--"}.items():
    ax.loglog(steps, [error(step, dtype) for step in steps], style, label=dtype)
ax.set(title="A smaller step is better only down to a point", xlabel="step eps", ylabel="relative error of dW_h")
ax.legend(loc="lower left", frameon=False)
Picture(
    ax, "error against step: float64 is lowest, 1e-10, at 1e-5; float32 is lowest, 1e-4, at 1e-2; both rise leftward"
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# About 4, 10, 7.5 and 4.5. Two errors pull against each other. What the formula leaves out falls with $\epsilon^2$: the
# right arm, two digits for each power of ten. Rounding cuts $L$ after 16 digits, and the difference of two nearly equal
# numbers divided by $2\epsilon$ makes that larger as $\epsilon$ gets smaller: the left arm, one digit for each power of
# ten. In between 1e-5 is best, in 9 or 10 of 10 seeds, with an error between 3e-11 and 2e-10. In float32, with 7
# digits, rounding wins almost everywhere: at 1e-5 one or two digits are right, at 1e-7 none. Gradients are checked in
# float64.
# </details>
#
# And over how many timesteps? Here is a loop with one mistake: what comes back from $t+1$ is not carried to $t$.


# %%
def forgetful(dh_loss, x, h, h0, step_back):
    before = [h0, *h[:-1]]
    backs = [step_back(*each) for each in zip(dh_loss, x, before, h, strict=True)]
    dx, dh_prev, dW_x, dW_h, db = zip(*backs, strict=True)
    return np.stack(dx), dh_prev[0], sum(dW_x), sum(dW_h), sum(db)


# %% [markdown]
# The check draws a network of 4 units, an input and a loss at random, from a seed. Predict: of 10 seeds, in how many
# does the check find this loop wrong, over $T$ = 1, 2 and 7 timesteps? (It takes a few seconds.)

# %%
Prediction(
    "In how many of 10 seeds does a gradient check find the loop that does not carry dh?",
    labels=["T = 1", "T = 2", "T = 7"],
    reveal=lambda: [sum(noticed(forgetful, T, seed) for seed in range(10)) for T in (1, 2, 7)],
    low=0,
    high=10,
    step=1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 0, 10 and 10. With a single timestep nothing has to be carried, nothing has to be summed, and `h_prev` is `h0`: most
# mistakes of BPTT cannot show. So check over several timesteps, with an `h0` that is not zero, biases that are not
# zero, all sizes different, and a loss at every step. That is what `check(bptt)` did with yours. Your own numerical
# gradient can be checked too: write `gradient_check(f, x, eps)` and give it to `check`.
# </details>

# %% [markdown]
# ## Exit questions (4 minutes)

# %%
Quiz(
    "The loss is made from the last state alone, L = sum of h_T. What is the gradient at h_1?",
    [
        Option("0, for L does not contain h_1", "Not directly. But h_1 acts on h_2, that on h_3, and so on to h_T."),
        Option("What comes back through all later steps", "From L comes 0, from t+1 comes all of it.", right=True),
        Option("1, as at every state", "1 is what L adds at h_T. To h_1 it comes through T - 1 steps, each a factor."),
    ],
)

# %%
Quiz(
    "Your gradient of W_h is right at T = 1 and wrong at T = 7; dx is right at every timestep. What is wrong?",
    [
        Option("dh is not carried back", "Then dx would be wrong at all timesteps but the last."),
        Option("The shares of the timesteps are not summed", "`=` stands where `+=` belongs.", right=True),
        Option("The derivative of tanh is missing", "Then it would be wrong at T = 1 as well, and dx with it."),
    ],
)

# %%
Quiz(
    "A gradient check with a step of 1e-11 finds an error of 3e-5, everywhere. What do you do first?",
    [
        Option("Look for the mistake in the gradient", "Perhaps there is one, but this step could not show otherwise."),
        Option(
            "Take a step of 1e-5", "At 1e-11 rounding alone makes about that error, also of a right one.", right=True
        ),
        Option("Take a step of 1e-13", "Rounding is what makes the error; a smaller step makes more of it."),
    ],
)

# %% [markdown]
# ## In this lesson you have
#
# - computed a gradient from the last state to the first, and seen $\tanh$ take its share of it;
# - read $\partial h_t$ as what comes from the loss and what comes from $t+1$, and the gradient of a weight as a sum;
# - written `rnn_step_back` and `bptt`;
# - found the step at which a gradient check is best, and counted that one timestep hides a forgotten carry.
#
# Next: **4 · Vanishing and exploding**, where this loop runs over a hundred steps.
#
# **Further reading.** P. J. Werbos, *Backpropagation through time: what it does and how to do it* (1990).
# D. E. Rumelhart, G. E. Hinton and R. J. Williams, *Learning representations by back-propagating errors* (1986).
