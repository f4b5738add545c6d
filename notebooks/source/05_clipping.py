# %% [markdown]
# # 5 · Clipping
#
# Most gradients of a training are alike in length. Now and then one is a hundred times as long, and the step it causes
# throws away what was learned. The remedy is one line: if the gradient is too long, shorten it. In this lesson you see
# the wall that makes such gradients, write the line, and count what it does.
#
# **You will be able to**
#
# - say why a recurrent network's loss has walls, and what a step of plain gradient descent does at one;
# - write `clip_by_norm`, and say what it keeps that clipping entry by entry does not;
# - read a curve of gradient norms beside a curve of accuracy, and name the update that did the damage;
# - compare clipping with a smaller learning rate by counting over seeds, and say what each one costs.
#
# | minutes | what |
# |---|---|
# | 5 | predict the sixth step |
# | 9 | the lab: a wall, two descents |
# | 9 | write it |
# | 5 | one training, looked at closely |
# | 6 | count it |
# | 4 | exit questions |
#
# You need: gradient descent, which replaces a weight $w$ by $w - \text{rate} \cdot \partial L / \partial w$, and that
# the same $w$ is used at every timestep of a recurrent network.

# %% [markdown] tags=["instructor"]
# ## For who teaches
#
# **Goal.** Students see that a long gradient is *right* (the loss is that steep there) and that the step is wrong. They
# write the joint norm, and leave with a count: clipping does not make training possible, it makes a large rate safe.
#
# | 45 minutes | what |
# |---|---|
# | 0-8 | the table of five steps on the projector, each writes down w after the next two; then Run |
# | 8-18 | the lab: questions 1 and 2 together, 3 and 4 in pairs |
# | 18-30 | `clip_by_norm`, each on their own machine; the fast ones try `np.clip` and read what the check says |
# | 30-40 | the two curves, then the count: a vote for each bar before Run (half a minute: talk meanwhile) |
# | 40-45 | exit questions |
#
# **What students usually predict.** That step 6 goes a little further down, for five steps in a row did. In the count:
# without clipping "a few" of 12, and that the small rate fails as well.
#
# | misconception | the question that exposes it |
# |---|---|
# | a gradient that explodes is a bug or an overflow | lab, question 1: the slope of the drawn curve is just that |
# | clipping makes the gradient more correct | second exit question |
# | each weight matrix is clipped by its own norm | the exercise; the check names it |
# | the limit does not matter | lab, question 2; and the count's fold: limit 2 in place of 1, none of 12 |
# | without clipping nothing is learned | the count: a rate of 0.01 does it in 10 of 12 |
#
# **To discuss.** With the limit 1 nearly every gradient of our training is clipped. What is then the length of a step?
# Is this still gradient descent? Adam divides by a running size of the gradient: does it need clipping too?
#
# **On the projector.** The lab's first chart alone, before Run has been pressed anywhere. Let somebody draw the sixth
# step on the board.

# %%
import numpy as np

from rnnedu.experiments.cliff import Unit, descend
from rnnedu.experiments.clipped import learn, solved
from rnnedu.lessons import Option, Prediction, Quiz, check, full_or_short
from rnnedu.view import Picture, axes
from rnnedu.widget import ClippingLab

# %% [markdown]
# ## Predict first (5 minutes)
#
# A network of one unit, without input: $h_t = \tanh(w\, h_{t-1} - 0.05)$ from $h_0 = 0.5$, 50 timesteps. The loss is
# $L = (h_{50} - 0.6)^2$, and only $w$ is learned, from $w = 1.8$ with a learning rate of 0.7. This is how it
# begins, and the first four steps:

# %% tags=["nbval-check-output", "keep_output"]
unit = Unit("tanh", length=50, target=0.6)
path = descend(unit, 1.8, -0.05, learning_rate=0.7, steps=10)
for step in range(5):
    print(f"after step {step}: w {path.w[step]:.2f}, loss {path.loss[step]:.3f}, slope {path.norm[step]:.2f}")

# %% [markdown]
# The loss falls at each step. Step 5 is plain: $1.34 - 0.7 \cdot 0.24$. And then?

# %%
Prediction(
    "What is w after the next two steps?",
    labels=["after step 5", "after step 6"],
    reveal=lambda: path.w[5:7],
    low=0,
    high=2.5,
    step=0.01,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Step 5 ends at 1.17, as expected. There the slope is -52, two hundred times as long as any before, and step 6 jumps to
# 38. Nothing overflowed, and the slope is right: the loss *is* that steep at 1.17.
# </details>

# %% [markdown]
# ## The lab: a wall, two descents (9 minutes)
#
# The first chart is the loss along $w$, with two descents on it: without clipping, and with. **Clipping** shortens a
# gradient that is longer than the **threshold** to just that length. Run the cell again to get back to the beginning.
#
# 1. Find the wall in the first chart, and the two descents' points at its foot. In the chart of norms: how long is the
#    longest gradient that the clipped descent meets? By how much did it move $w$ there?
# 2. Set **threshold** to 1, then to 10, then to 0.01. What happens to the clipped descent each time? In what two ways
#    can a threshold be wrong?
# 3. Run the cell again. Lower **learning rate** to 0.2: is clipping needed? Lower it to 0.05: what is the price?
# 4. Run the cell again. Set **timesteps T** to 5, then 20, then 50: how steep is the loss at its steepest? (The
#    second title says it.)

# %%
ClippingLab()

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. The wall stands at $w = 1.17$. The longest is about 220; it moved $w$ by $0.7 \cdot 0.3 = 0.21$, as every clipped
#    gradient does. Later steps run into the wall again, and come back each time.
# 2. With 1 it still ends low, at 0.0043. With 10 it is thrown out as well: a step of 7 is too long. With 0.01 every one
#    of the 40 steps is clipped, and $w$ is still on its way, at 1.52. Too high does nothing, too low makes all steps
#    crawl.
# 3. With 0.2 the descent without clipping never touches the wall, and ends at a loss next to 0. With 0.05 it does not
#    either, and after 40 steps the loss is still 0.048. A small rate helps, and is slow everywhere for the sake of one
#    place.
# 4. 1.2, 15 and 240. $w$ acts once at every timestep, and the slope is a sum of products of up to $T$ factors: where
#    the factors are above 1, more of them make a steeper wall.
# </details>

# %% [markdown]
# ## Write it (9 minutes)
#
# A real network has several weight arrays, and so several gradients. They are clipped *together*: all entries of all
# arrays form one long vector, with one norm,
#
# $$\text{norm} = \sqrt{\sum_{\text{arrays}} \sum_{\text{entries}} g^2}, \qquad
# g \leftarrow g \cdot \frac{\text{limit}}{\text{norm}} \quad \text{if norm} > \text{limit}$$
#
# One number multiplies everything, so the direction stays. Two entries first: 3 and 4, limit 1.

# %%
Prediction(
    "The gradients are 3 and 4 and the limit of their joint norm is 1. What are they after clipping?",
    labels=["was 3", "was 4"],
    reveal=lambda: [3 / 5, 4 / 5],
    low=0,
    high=4,
    step=0.1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# The norm is $\sqrt{9 + 16} = 5$, so both are multiplied by 1/5. Had you cut each entry at 1, you would have (1, 1):
# another direction.
# </details>

# %% [markdown]
# Now in code. `gradients` is a list of arrays of different shapes, and `limit` is what the lab calls threshold. Return
# a new list; the version below returns what it was given, which is right while the norm is below the limit.


# %% tags=["nbval-check-output", "keep_output"]
def clip_by_norm(gradients, limit):
    """Return gradients of the same shapes, their joint norm at most limit."""
    return gradients  # not finished


check(clip_by_norm)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def clip_by_norm(gradients, limit):
    """Return gradients of the same shapes, their joint norm at most limit."""
    norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients))
    factor = limit / norm if norm > limit else 1.0
    return [gradient * factor for gradient in gradients]


check(clip_by_norm)

# %% [markdown]
# Ours is `rnnedu.optim.clip.clip_by_global_norm`; in Keras it is an optimiser's `global_clipnorm`, in PyTorch
# `torch.nn.utils.clip_grad_norm_`.
#
# ## One training, looked at closely (5 minutes)
#
# The task is the **temporal order problem**: among 30 symbols, 28 mean nothing and two are an X or a Y, one early, one
# in the middle. The network must say at the end which two they were, and in which order. Four answers: guessing is
# right one time in four. A SimpleRNN with 50 units learns it by plain gradient descent, rate 0.05, 20 new sequences an
# update. It ends when ten updates in a row are right to 99 %.
#
# Once without clipping, and once with the limit 1: by your function, as soon as the check is content with it. (About 2
# seconds, up to 10 on a slow machine.)

# %%
updates = full_or_short(600, 150)
without = learn(seed=0, rate=0.05, updates=updates)
yours = {"clip": 1.0, "by": clip_by_norm} if check(clip_by_norm).ok else {}
clipped = learn(seed=0, rate=0.05, updates=updates, **yours)

# %%
top, bottom = axes(rows=2, height=2.2)
for run, name, colour in ((without, "without clipping", "#b34700"), (clipped, "with your function", "#0b62a6")):
    top.plot(10 * np.arange(1, 1 + len(run.lapwise("accuracy"))), run.lapwise("accuracy"), color=colour, label=name)
    bottom.semilogy(np.arange(1, 1 + len(run.norm)), run.norm, color=colour, linewidth=0.7)
bottom.axhline(1, color="black", linestyle="--", linewidth=0.8)
bottom.text(1.01, 1, "limit", va="center", transform=bottom.get_yaxis_transform())
top.set(ylabel="share right", ylim=(0, 1.05))
bottom.set(xlabel="update", ylabel="gradient norm")
top.set_title("Without clipping it begins to learn, then falls back to guessing", loc="left")
top.legend(loc="center right", frameon=False)
Picture([top, bottom], "share right and gradient norm over 600 updates, without clipping and with your function")

# %% [markdown]
# Only one curve to be seen? Then your function does not clip yet, and the two lie on each other. Look: about when does
# the orange curve fall for good? How long were the gradients just then, and how long are they usually?
#
# <details><summary>After you have looked</summary>
#
# Without clipping the share reaches 0.55 after 110 updates. Updates 120, 124 and 125 have gradients 11 to 14 long,
# where 1.6 is usual; after them the network guesses, and goes on guessing. (Update 61 was as long and went well: a long
# step is a gamble.) With clipping there are still longer
# gradients, up to 37, and they do no harm: each is shortened to 1. It is solved after 320 updates. Nearly all its
# gradients are longer than 1, so nearly every step has the same length, rate times limit: 0.05.
# </details>

# %% [markdown]
# ## Count it (6 minutes)
#
# One seed is an anecdote. Four ways, 12 seeds each, at most 1,000 updates. In how many is the task solved?
#
# **Run** trains 48 networks: about 30 seconds, up to 60.

# %%
ways = {
    "0.05, plain": {"rate": 0.05},
    "0.05, clipped": {"rate": 0.05, "clip": 1.0},
    "0.01, plain": {"rate": 0.01},
    "0.2, clipped": {"rate": 0.2, "clip": 1.0},
}
seeds = range(full_or_short(12, 2))

# %%
Prediction(
    "Learning rate, and clipped to 1 or not: in how many of 12 seeds is it solved?",
    labels=list(ways),
    reveal=lambda: [solved(seeds, **options) for options in ways.values()],
    low=0,
    high=12,
    step=1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 0, 11, 10 and 12. Over 36 seeds: 0, 32, 30 and 36. (Expect 0; 9 to 12; 8 to 12; 11 or 12.)
#
# - At one rate, 0.05, clipping makes the difference between none and nearly all.
# - A rate five times smaller does nearly as well *without* clipping. So clipping is not what makes the task learnable.
# - What clipping buys is the large rate: at 0.2 all are solved, most of them within 300 updates; at 0.01 it takes about
#   400, and some seeds are never done.
# - The limit is a setting like the rate. With 0.2 and the limit 2 in place of 1, none of 12 is solved in
#   600 updates.
#
# The task decides as well. With 20 symbols in place of 30, a rate of 0.05 solves it in 12 of 12 without clipping: fewer
# factors, lower walls. With 40, clipped to 1 at rate 0.1, it is 11 of 12 within 2,000 updates.
# </details>

# %% [markdown]
# Two of the 48, checked here:

# %% tags=["nbval-check-output", "keep_output"]
for name in ("0.05, plain", "0.2, clipped"):
    run = learn(seed=0, updates=300, **ways[name])
    print(f"{name}: seed 0 ends as in our count,", run.solved == (name == "0.2, clipped"))

# %% [markdown]
# ## Exit questions (4 minutes)

# %%
Quiz(
    "Gradients of three arrays have the norms 2, 3 and 6, and the limit is 1. By what are they multiplied?",
    [
        Option("1/2, 1/3 and 1/6", "Each by its own norm: then all three get equally long, and the direction turns."),
        Option("All by 1/7", "The joint norm is the root of 4 + 9 + 36, which is 7.", right=True),
        Option("All by 1/11", "Norms do not add up; their squares do, and then one root is taken."),
    ],
)

# %%
Quiz(
    "At the wall the gradient is 220 long. Why is it shortened?",
    [
        Option("It is wrong: numbers overflowed", "It is the true slope; the drawn curve is that steep there."),
        Option("A step that long leaves the region where the slope holds", "The direction is good, the length not.",
               right=True),
        Option("So that it does not vanish", "Clipping only shortens. It does nothing for gradients that are short."),
    ],
)  # fmt: skip

# %%
Quiz(
    "Accuracy rises, then one update throws it back to guessing, and it stays there. What do you try first?",
    [
        Option("More updates", "In the count 1,000 updates without clipping brought none of 12 back."),
        Option("Look at the gradient norms, then clip", "The norms show the update, and the usual size.", right=True),
        Option("A longer sequence", "More timesteps make the walls steeper: 1.2, 15, 240 for 5, 20, 50 of them."),
    ],
)

# %% [markdown]
# ## In this lesson you have
#
# - seen a wall in a loss, and a descent thrown from 1.17 to 38 by a gradient that was right;
# - written `clip_by_norm`: one joint norm, one factor, the direction kept;
# - found, in the curve of norms, the updates that undid a training;
# - counted: at rate 0.05 none of 12 seeds without clipping and 11 with it; and that a smaller rate is a rival.
#
# **Further reading.** R. Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural networks*
# (2013): the wall is their figure 6, the line you wrote their algorithm 1, the task one of theirs. S. Hochreiter and
# J. Schmidhuber, *Long short-term memory* (1997): where the temporal order problem is from.
#
# Next: **6 · LSTM**, a cell built so that gradients need not vanish in the first place.
