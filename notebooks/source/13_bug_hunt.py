# %% [markdown]
# # 13 · Bug hunt
#
# Eight functions lead a gradient back through time. Each has one bug, of a kind that stands in public teaching code,
# and passes a gradient check of one timestep. You find them by their traces and repair them.
#
# **You will be able to**
#
# - say what a gradient check of a single timestep cannot see, and why;
# - read a gradient check and the error at each timestep, and say in which part of the code to look;
# - repair a way back through time, and confirm the repair.
#
# | minutes | what |
# |---|---|
# | 5 | predict who notices |
# | 6 | what one timestep cannot show |
# | 6 | one bug together |
# | 18 | seven more |
# | 4 | exit questions |
#
# You need: the way back through one timestep of a SimpleRNN or an LSTM. A *gradient check* moves each number a little,
# sees how the loss changes, and compares: slow, and independent of your derivation.

# %% [markdown] tags=["instructor"]
# ## For who teaches
#
# **Goal.** A wrong gradient is not found by staring. Students leave with an order of looking: which arrays, which
# timesteps, which line. And they never again trust a check at T = 1.
#
# | 45 minutes | what |
# |---|---|
# | 0-7 | both predictions, hands up for "one timestep finds at least half of them" |
# | 7-13 | the player at t = 1, then at t = 6: collect on the board what is zero |
# | 13-19 | bug_3 on the projector; the class says where to look, you type |
# | 19-41 | in pairs, one types and one reads the clues; change at each bug. Three bugs are enough for most pairs |
# | 41-45 | exit questions |
#
# **What students usually predict.** That a check at T = 1 finds most of the eight. It finds none, from zero states.
#
# | misconception | the question that exposes it |
# |---|---|
# | a gradient check that passes proves the code | the prediction: 0 of 80 at T = 1 |
# | the loss falls, so the gradient is right | to discuss, below |
# | dx is wrong everywhere, so everything is wrong | bug_3: the last timestep is right. What does it not need? |
# | a variable's name says what is in it | bug_8: what is in `dh_t` after the line that overwrites it? |
#
# **To discuss.** In 80 runs (eight bugs, ten seeds, six timesteps) we took the cosine between the wrong gradient of the
# weights and the right one: it is above 0 in all 80, and above one half in 79. What does that mean for somebody who
# judges by whether the loss falls? Which of the eight would a test of shapes have found?
#
# **On the projector.** The clues of bug_3 with the function above them. Cover the code, show the clues, and ask for
# the line before you uncover it. Answers: in each bug's solution cell, and in the button of its check.

# %%
import numpy as np

from rnnedu.functions import sigmoid
from rnnedu.lessons import BUGS, Option, Prediction, Quiz, bug_clues, bug_deltas, bug_report, check
from rnnedu.widget import StepPlayer

# %% [markdown]
# ## Predict first (5 minutes)
#
# All eight functions begin with zero states ($h_0 = 0$, $c_0 = 0$), as nearly all code does. A gradient check is run on
# each with ten random draws of weights and input: 80 checks with sequences of one timestep, 80 with two.
#
# In how many of the 80 does the check complain?


# %%
def complaints(T):
    return sum(not bug_report(bug.fn, T, seed=seed).ok for bug in BUGS.values() for seed in range(10))


# %%
Prediction(
    "Eight wrong functions, ten draws each: how many of the 80 gradient checks complain? (About 10 s, at most 60.)",
    labels=["T = 1", "T = 2"],
    reveal=lambda: [complaints(T=1), complaints(T=2)],
    low=0,
    high=80,
    step=1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# None of 80, and 80 of 80. Not one of the eight bugs shows at T = 1, and every one of them at T = 2.
#
# Would nobody notice in training? In 80 runs of six timesteps the wrong gradient pointed to the same side as the right
# one every time (a cosine above 0, in 79 of 80 above one half). Such a loss often falls, only not as it could.
# </details>

# %% [markdown]
# The second clue is `dx`, the gradient of the input at each timestep. Going back, the last timestep comes first. Three
# bugs, six timesteps: in how many of the six is `dx` still **right**?


# %%
def right_steps(name):
    return sum(bug_deltas(BUGS[name].fn, T=6) < 1e-9)


# %%
Prediction(
    "In how many of six timesteps is dx right, if this is wrong?",
    labels=["nothing is carried to the step before", "one gate's derivative", "where db is summed"],
    reveal=lambda: [right_steps(name) for name in ("bug_3", "bug_1", "bug_5")],
    low=0,
    high=6,
    step=1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 1, 0 and 6. If nothing is carried, the last timestep is right: nothing comes to it from later anyway. A gate's
# derivative is used at every timestep, so the last is wrong already. And what is wrong in a sum of `db` alone goes no
# further: `dx` is not made from it.
# </details>
#
# ## What one timestep cannot show (6 minutes)
#
# An LSTM over six years of sunspots, going backward. $L$ is the sum of every $h_t$. The player writes $\partial h_t$
# for what is `dh_t` in code, the gradient of $L$ with respect to $h_t$.
#
# 1. At $t = 1$: which of the four $\partial a$ is 0? Its formula stands below the drawing: which factor makes it 0?
# 2. Press **End**, for $t = 6$. Two boxes say *from t+1*. What is in them, and why?
# 3. With $T = 1$ both are true at the one timestep that there is. Which parts of a way back are then multiplied by 0,
#    or add 0? Write down four.

# %%
StepPlayer(cell="lstm", units=2, series="sunspots", length=6, mode="backward", loss="every")

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. $\partial a_f$, for $c_{t-1} = c_0 = 0$ is a factor of it.
# 2. Zeros: there is no $t = 7$ from which something could come.
# 3. The whole line of $\partial a_f$, and the forget gate's share of every weight; all of $\partial W_h$, which is
#    $h_{t-1}$ times the rest; what comes along $h$ from later; what comes along $c$ from later. Also all that is handed
#    to the step before, $\partial h_{t-1}$ and $\partial c_{t-1}$: it is computed, and nobody uses it.
# </details>
#
# ## One bug together (6 minutes)
#
# An LSTM's loop, and the timestep inside is right: `step_back(step, dh_t, dc_later)` returns a record with `dx_t`,
# `dh_prev`, `dc_prev`, `dW_x`, `dW_h` and `db`. The last cell is the check. It says whether the bug is still there, and
# has three hints and the solution behind a button. In between stand the clues. Read them in this order:
#
# | clue | where to look |
# |---|---|
# | one array is wrong, all others are right | the line that makes that array; nothing else depends on it |
# | `dx` is right at the last timestep, wrong before | what is handed from a timestep to the one before |
# | `dx` is wrong at the last timestep already | inside the timestep: the derivatives |
# | right at T = 1, wrong at T = 3 | whatever was 0 with zero states and no later step |
#
# In the report `x` stands for `dx`, `W_x` for `dW_x`, and so on; each with the entry that is worst. Entries count from
# 0, timesteps from 1. By how much `dx` is wrong is told in shares of its largest entry. These runs have two units, so
# of the eight columns of an LSTM two each belong to $i$, $f$, $g$ and $o$, in this order.


# %%
def bug_3(dh_loss, steps, step_back):
    """Return dx, dW_x, dW_h and db of an LSTM; step_back(step, dh_t, dc_later) is one timestep back."""
    dh_later = dc_later = np.zeros_like(dh_loss[0])
    backs = []
    for dh_t, step in zip(dh_loss[::-1], steps[::-1], strict=True):
        back = step_back(step, dh_t + dh_later, dc_later)
        backs.append(back)
    dx = np.stack([back.dx_t for back in backs[::-1]])
    return dx, *(sum(getattr(back, name) for back in backs) for name in ("dW_x", "dW_h", "db"))


# %%
print(bug_clues(bug_3))

# %% tags=["nbval-check-output", "keep_output"]
check(bug_3)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def bug_3(dh_loss, steps, step_back):
    """Return dx, dW_x, dW_h and db of an LSTM; step_back(step, dh_t, dc_later) is one timestep back."""
    dh_later = dc_later = np.zeros_like(dh_loss[0])
    backs = []
    for dh_t, step in zip(dh_loss[::-1], steps[::-1], strict=True):
        back = step_back(step, dh_t + dh_later, dc_later)
        backs.append(back)
        dh_later, dc_later = back.dh_prev, back.dc_prev
    dx = np.stack([back.dx_t for back in backs[::-1]])
    return dx, *(sum(getattr(back, name) for back in backs) for name in ("dW_x", "dW_h", "db"))


check(bug_3)

# %% [markdown]
# Here `dx` is right at $t = 6$ and wrong from $t = 5$ on, so something is not handed on as it should. Which two
# variables carry it, and where do they change? Repair the function in its cell above, and run the three cells again.
#
# ## Seven more (18 minutes)
#
# As many as you like; three are enough to know how it goes. A function with `s` is one timestep of an LSTM: `s` is the
# record of that step (`s.i_t`, `s.f_t`, `s.g_t`, `s.o_t`, `s.c_t`, `s.c_prev`, `s.x_t`, `s.h_prev`), `dh_t` is all
# that reaches $h_t$, `dc_later` is what comes from $t + 1$ along $c$. The others are the loop of a SimpleRNN. Change
# one line at a time.

# %% [markdown]
# ### bug_1
#
# The gradient check first, at T = 3: which arrays? Then dx, from the last timestep on: where does it begin to be wrong?


# %%
def bug_1(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c = np.tanh(s.c_t)
    dc_t = dc_later + dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * sigmoid(s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return da @ W_x.T, da @ W_h.T, dc_t * s.f_t, s.x_t.T @ da, s.h_prev.T @ da, da.sum(0)


# %%
print(bug_clues(bug_1))

# %% tags=["nbval-check-output", "keep_output"]
check(bug_1)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def bug_1(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c = np.tanh(s.c_t)
    dc_t = dc_later + dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * s.f_t * (1 - s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return da @ W_x.T, da @ W_h.T, dc_t * s.f_t, s.x_t.T @ da, s.h_prev.T @ da, da.sum(0)


check(bug_1)

# %% [markdown]
# ### bug_2
#
# A SimpleRNN, with its loop. `da_t` is the gradient at the sum inside $\tanh$.


# %%
def bug_2(dh_loss, x, h, W_x, W_h):
    """Return dx, dW_x, dW_h and db of a SimpleRNN that began with h0 = 0."""
    dx, dW_x, dW_h = np.zeros_like(x), np.zeros_like(W_x), np.zeros_like(W_h)
    db, dh_later = np.zeros(len(W_h)), np.zeros_like(h[0])
    for t in reversed(range(len(x))):
        dh_t = dh_loss[t] + dh_later
        da_t = dh_t * (1 - h[t] ** 2)
        dx[t] = da_t @ W_x.T
        dW_x += x[t].T @ da_t
        if t > 0:
            dW_h += h[t - 1].T @ da_t
        db += da_t.sum(0)
        dh_later = dh_t @ W_h.T
    return dx, dW_x, dW_h, db


# %%
print(bug_clues(bug_2))

# %% tags=["nbval-check-output", "keep_output"]
check(bug_2)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def bug_2(dh_loss, x, h, W_x, W_h):
    """Return dx, dW_x, dW_h and db of a SimpleRNN that began with h0 = 0."""
    dx, dW_x, dW_h = np.zeros_like(x), np.zeros_like(W_x), np.zeros_like(W_h)
    db, dh_later = np.zeros(len(W_h)), np.zeros_like(h[0])
    for t in reversed(range(len(x))):
        dh_t = dh_loss[t] + dh_later
        da_t = dh_t * (1 - h[t] ** 2)
        dx[t] = da_t @ W_x.T
        dW_x += x[t].T @ da_t
        if t > 0:
            dW_h += h[t - 1].T @ da_t
        db += da_t.sum(0)
        dh_later = da_t @ W_h.T
    return dx, dW_x, dW_h, db


check(bug_2)

# %% [markdown]
# ### bug_4
#
# One timestep of an LSTM again, and this time all four gates are in order.


# %%
def bug_4(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c = np.tanh(s.c_t)
    dc_t = dc_later.copy()
    dc_t += dc_t
    dc_t += dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * s.f_t * (1 - s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return da @ W_x.T, da @ W_h.T, dc_t * s.f_t, s.x_t.T @ da, s.h_prev.T @ da, da.sum(0)


# %%
print(bug_clues(bug_4))

# %% tags=["nbval-check-output", "keep_output"]
check(bug_4)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def bug_4(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c = np.tanh(s.c_t)
    dc_t = dc_later.copy()
    dc_t += dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * s.f_t * (1 - s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return da @ W_x.T, da @ W_h.T, dc_t * s.f_t, s.x_t.T @ da, s.h_prev.T @ da, da.sum(0)


check(bug_4)

# %% [markdown]
# ### bug_5
#
# Here the clues are unusually clear.


# %%
def bug_5(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c, db = np.tanh(s.c_t), np.zeros((4, len(W_h)))
    dc_t = dc_later + dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * s.f_t * (1 - s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    db[0] += da_i.sum(0)
    db[0] += da_f.sum(0)
    db[2] += da_g.sum(0)
    db[3] += da_o.sum(0)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return da @ W_x.T, da @ W_h.T, dc_t * s.f_t, s.x_t.T @ da, s.h_prev.T @ da, db.ravel()


# %%
print(bug_clues(bug_5))

# %% tags=["nbval-check-output", "keep_output"]
check(bug_5)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def bug_5(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c, db = np.tanh(s.c_t), np.zeros((4, len(W_h)))
    dc_t = dc_later + dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * s.f_t * (1 - s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    db[0] += da_i.sum(0)
    db[1] += da_f.sum(0)
    db[2] += da_g.sum(0)
    db[3] += da_o.sum(0)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return da @ W_x.T, da @ W_h.T, dc_t * s.f_t, s.x_t.T @ da, s.h_prev.T @ da, db.ravel()


check(bug_5)

# %% [markdown]
# ### bug_6
#
# The SimpleRNN's loop again. `if t > 0` is right: the state before the first step is zero.


# %%
def bug_6(dh_loss, x, h, W_x, W_h):
    """Return dx, dW_x, dW_h and db of a SimpleRNN that began with h0 = 0."""
    dx, dW_x, dW_h = np.zeros_like(x), np.zeros_like(W_x), np.zeros_like(W_h)
    db, dh_later = np.zeros(len(W_h)), np.zeros_like(h[0])
    for t in reversed(range(len(x))):
        dh_t = dh_loss[t] + dh_later
        da_t = dh_t * (1 - h[t] ** 2)
        dx[t] = da_t @ W_x.T
        dW_x += x[t].T @ da_t
        if t > 0:
            dW_h += h[t].T @ da_t
        db += da_t.sum(0)
        dh_later = da_t @ W_h.T
    return dx, dW_x, dW_h, db


# %%
print(bug_clues(bug_6))

# %% tags=["nbval-check-output", "keep_output"]
check(bug_6)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def bug_6(dh_loss, x, h, W_x, W_h):
    """Return dx, dW_x, dW_h and db of a SimpleRNN that began with h0 = 0."""
    dx, dW_x, dW_h = np.zeros_like(x), np.zeros_like(W_x), np.zeros_like(W_h)
    db, dh_later = np.zeros(len(W_h)), np.zeros_like(h[0])
    for t in reversed(range(len(x))):
        dh_t = dh_loss[t] + dh_later
        da_t = dh_t * (1 - h[t] ** 2)
        dx[t] = da_t @ W_x.T
        dW_x += x[t].T @ da_t
        if t > 0:
            dW_h += h[t - 1].T @ da_t
        db += da_t.sum(0)
        dh_later = da_t @ W_h.T
    return dx, dW_x, dW_h, db


check(bug_6)

# %% [markdown]
# ### bug_7
#
# `dc_later` is copied, so that the caller's array stays what it was. That is right, too.


# %%
def bug_7(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c = np.tanh(s.c_t)
    dc_t = dc_later.copy()
    dc_t = dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * s.f_t * (1 - s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return da @ W_x.T, da @ W_h.T, dc_t * s.f_t, s.x_t.T @ da, s.h_prev.T @ da, da.sum(0)


# %%
print(bug_clues(bug_7))

# %% tags=["nbval-check-output", "keep_output"]
check(bug_7)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def bug_7(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c = np.tanh(s.c_t)
    dc_t = dc_later.copy()
    dc_t += dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * s.f_t * (1 - s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return da @ W_x.T, da @ W_h.T, dc_t * s.f_t, s.x_t.T @ da, s.h_prev.T @ da, da.sum(0)


check(bug_7)

# %% [markdown]
# ### bug_8
#
# A careful writer who saves a name.


# %%
def bug_8(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c = np.tanh(s.c_t)
    dc_t = dc_later + dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * s.f_t * (1 - s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    dh_t = da @ W_h.T
    dc_prev = (dc_later + dh_t * s.o_t * (1 - tanh_c**2)) * s.f_t
    return da @ W_x.T, dh_t, dc_prev, s.x_t.T @ da, s.h_prev.T @ da, da.sum(0)


# %%
print(bug_clues(bug_8))

# %% tags=["nbval-check-output", "keep_output"]
check(bug_8)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def bug_8(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c = np.tanh(s.c_t)
    dc_t = dc_later + dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * s.f_t * (1 - s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    dc_prev = (dc_later + dh_t * s.o_t * (1 - tanh_c**2)) * s.f_t
    dh_t = da @ W_h.T
    return da @ W_x.T, dh_t, dc_prev, s.x_t.T @ da, s.h_prev.T @ da, da.sum(0)


check(bug_8)

# %% [markdown]
# How many have you repaired?

# %%
hunted = [bug_1, bug_2, bug_3, bug_4, bug_5, bug_6, bug_7, bug_8]
print(sum(check(fn).ok for fn in hunted), "of 8")

# %% [markdown]
# ## Exit questions (4 minutes)

# %%
Quiz(
    "The check begins at random states h_0 and c_0 rather than at zero, still with T = 1. What stays unseen?",
    [
        Option("A wrong derivative of the forget gate", "c_0 is not 0 now, so da_f is not 0: the check sees it."),
        Option("h_t where h_(t-1) belongs in dW_h", "h_0 is not 0 now, so dW_h is not 0 and comes out wrong."),
        Option("A dh that is not carried", "With one timestep there is nowhere to carry it to.", right=True),
    ],
)

# %%
Quiz(
    "Everything is right but dW_h. Where do you look?",
    [
        Option(
            "At the line that makes dW_h", "An error anywhere else would have reached dx or db as well.", right=True
        ),
        Option("At what is carried back", "That would make dx wrong at every timestep before the last."),
        Option("At the derivative of tanh", "It is in da_t, and dx, dW_x and db are all made from da_t."),
    ],
)

# %%
Quiz(
    "c_t reaches the loss through h_t and through c_(t+1). What becomes of the two gradients?",
    [
        Option("The later one replaces the other", "That is an `=` where `+=` belongs: one way is lost."),
        Option("They are added", "One number, two ways to the loss: the shares of both ways are added.", right=True),
        Option("They are multiplied", "Along one way factors are multiplied. Two different ways are added."),
    ],
)

# %% [markdown]
# ## In this lesson you have
#
# - counted that a check of one timestep from zero states notices none of eight bugs, and a check of two notices all;
# - read which array and which timestep is wrong, and concluded where to look;
# - repaired ways back through time, and confirmed each repair.
#
# A rule to take along: check gradients with T of at least 2, with all sizes different, with random biases and states.
#
# **Further reading.** P. J. Werbos, *Backpropagation through time: what it does and how to do it*, 1990.
