# %% [markdown]
# # 8 · Memory race
#
# Which recurrent cell remembers longest? In this lesson you ask the cells themselves: they train side by side, live, on
# tasks that are nothing but memory. You predict the podium first. It changes from task to task, and from bias to bias.
#
# **You will be able to**
#
# - say what four memory tasks ask for, and what guessing scores in each;
# - predict and count which cells learn a task, with the same data and budget for all;
# - compute the bias with which a gate keeps for a given number of timesteps, and write `bias_for_memory`;
# - say of "this cell won" which questions to ask before you believe it.
#
# | minutes | what |
# |---|---|
# | 9 | predict a podium, see the race |
# | 8 | how long a gate keeps |
# | 9 | another task, another podium |
# | 9 | your bias in a race |
# | 4 | exit questions |
#
# You need: that a recurrent cell passes a state from step to step, and that a gate is a number between 0 and 1 by which
# the state is multiplied; it comes out of a sigmoid, $\sigma(a) = 1 / (1 + e^{-a})$.

# %% [markdown] tags=["instructor"]
# ## For who teaches
#
# **Goal.** Memory is not a property of a cell's name. It comes from the equations *and* from where the weights begin.
# Students leave able to turn a number of timesteps into a bias, and to ask of a result: which task, which budget, which
# beginning, how many seeds?
#
# | 45 minutes | what |
# |---|---|
# | 0-10 | the latch: votes on the board *before* Run, one column for each cell; the race on the projector |
# | 10-19 | the arithmetic of keeping; `bias_for_memory`, each on their own machine |
# | 19-29 | adding: vote again, now they expect the latch's podium |
# | 29-40 | temporal order with their own bias; vote on both GRUs |
# | 40-45 | exit questions |
#
# **What students usually predict.** Latch: LSTM 10, GRU 10, SimpleRNN 0. It is the other way about. Adding, after
# that: SimpleRNN first. It is the other way about again.
#
# | misconception | the question that exposes it |
# |---|---|
# | a gated cell remembers by itself | latch, question 2: how far did LSTM and GRU get from the line of chance? |
# | a SimpleRNN cannot remember | latch: 9 of 10 |
# | a SimpleRNN that remembers one bit can add | adding, question 1 |
# | the bias has to fit the task | temporal order with `tau` 3, 8 and 400 |
# | two seeds of three against one of three is a result | the third exit question |
# | 10 of 10 against 0 of 10 says what a cell can do | the copy task with four times the budget |
#
# **To discuss.** A published table says that cell A beats cell B. Which five settings would you ask for? Who chose the
# learning rate, and on which cell? Would 2000 updates give the same podium as 200?
#
# **On the projector.** Each race with its table open. Begin the latch race by its own **Start**; then its **Stop**
# works at once. Press it when LSTM and GRU have run for a while at 0.5: that nothing happens is the result. The races
# take half a minute or so; talk about the line of chance while they run.

# %%
import numpy as np

from rnnedu.experiments.entries import Entry
from rnnedu.experiments.standings import standings
from rnnedu.lessons import Option, Prediction, Quiz, check, full_or_short
from rnnedu.widget import MemoryRace

# %% [markdown]
# ## Predict first (9 minutes)
#
# Four tasks. In each, what matters comes early and is asked for at the end, $T$ timesteps long:
#
# | task | the input | the question | guessing scores |
# |---|---|---|---|
# | latch | 1 or -1, then noise | which was it? | 1/2 right |
# | temporal order | six symbols; an X or Y comes twice, in the first half | which two, in which order? | 1/4 right |
# | adding | random numbers, two of them marked | their sum? | squared error 1/6 |
# | copy | three symbols, a pause, a signal | which three, in order? | cross-entropy $3/T \cdot \log 8$ |
#
# The first race is the **latch** with $T = 100$: one bit, 99 steps of noise, 32 units. SimpleRNN, LSTM and GRU get the
# same data, the same optimiser (Adam, learning rate 0.01, gradient norm clipped at 1) and 200 updates of 32 new
# sequences each. Every cell begins as its layer usually does: $W_h$ orthogonal (it turns a state and keeps its length),
# the LSTM's forget bias 1, all other biases 0. Ten seeds each draw other weights and other data.
#
# A run has **solved** the task when it is right 99 times in 100. In how many of ten seeds does each cell get there?

# %%
latch = MemoryRace(task="latch", length=100, updates=full_or_short(200, 20), seeds=full_or_short(10, 2))


def solved(race):
    """Run the race, or go on with it, to its end; return for each entry how many seeds solved the task."""
    if race.state != "running" and (race.race is None or race.unfinished):
        race.start() if race.race is None else race.resume()
    race.wait()
    if race.unfinished:
        raise RuntimeError("the race was stopped; Run goes on with it")
    return [standing.solved for standing in standings(race.race)]


# %% [markdown]
# Run the next **two** cells. Then set the three values, press **Run** in the first, and watch the second. (About 20 s,
# at most 60. To end it early run `latch.stop()` in a new cell; where that has to wait, the ■ at the top does it.)

# %%
Prediction(
    "Latch, T = 100: in how many of ten seeds does each cell solve it within 200 updates?",
    labels=["SimpleRNN", "LSTM", "GRU"],
    reveal=lambda: solved(latch),
    low=0,
    high=10,
    step=1,
)

# %%
latch

# %% [markdown]
# 1. The bold line is a cell's median over the seeds, the faint ones its seeds. Where does each begin, and why there?
# 2. How far have LSTM and GRU come from the line of chance? Are they slow, or do they not move at all?
# 3. In the table: how many updates does the SimpleRNN need, as a median? Is there a seed that fails?
#
# <details><summary>After you have looked</summary>
#
# 1. At 0.5: nobody has learned anything, and there are two answers.
# 2. They do not move: after 200 updates they still guess. A longer run of the same is a longer flat line.
# 3. About 50 updates. It solves the task in 9 of 10 seeds here (7 to 10 on another machine); one seed stays at 0.5.
#    LSTM and GRU: 0 of 10 (0 or 1).
#
# So is the SimpleRNN the better memory? Hold that thought for two sections.
# </details>

# %% [markdown]
# ## How long a gate keeps (8 minutes)
#
# A gate $f$ that stays where it is keeps the share $f$ at each step, and $f^k$ after $k$ steps. The gradient that goes
# back along the cell state is multiplied by the same factors. This is how much a fresh LSTM ($f = \sigma(1)$) and a
# fresh GRU ($z = \sigma(0)$) keep of the first number at the end of the latch:


# %% tags=["nbval-check-output", "keep_output"]
def sigmoid(a):
    return 1 / (1 + np.exp(-a))


print(f"LSTM  gate {sigmoid(1):.2f}  keeps {sigmoid(1) ** 99:.0e}")
print(f"GRU   gate {sigmoid(0):.2f}  keeps {sigmoid(0) ** 99:.0e}")

# %% [markdown]
# What is left of the bit, and of the gradient that could tell of it, drowns in the noise of all that came since. So the
# curves stay flat. The SimpleRNN's $W_h$ begins orthogonal, so it loses only what $\tanh$ takes.
#
# What a gate keeps of one input adds up to $1 + f + f^2 + \ldots = 1 / (1 - f)$. Call this the number of timesteps
# $\tau$ that a gate **keeps for**:
#
# $$\tau = \frac{1}{1 - f}, \qquad f = \sigma(b)$$
#
# $f = 0.73$ keeps for 3.7 timesteps, $z = 0.5$ for 2. (We pretend that the bias alone decides; the products with $x_t$
# and $h_{t-1}$ move a gate about that value.) Now the other way about: **with which bias $b$ does a gate keep for
# $\tau$ timesteps?** Two steps on paper: which $f$, and which $b$ has that sigmoid? The line below has taken the
# first. `tau` is a number or an array of numbers, all above 1.


# %% tags=["nbval-check-output", "keep_output"]
def bias_for_memory(tau):
    """Return the bias b with 1 / (1 - sigmoid(b)) = tau."""
    return 1 - 1 / tau  # not finished


check(bias_for_memory)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def bias_for_memory(tau):
    """Return the bias b with 1 / (1 - sigmoid(b)) = tau."""
    return np.log(tau - 1)


check(bias_for_memory)

# %% [markdown]
# When the check is content, ask it for 3.7 and for 100. In which range does a bias have to lie to keep for 10 to 100
# timesteps? (Trained from 0, it would have to walk there in small steps, with a gradient that is nearly 0.)
#
# <details><summary>After you have tried</summary>
#
# 0.99 for 3.7, so the LSTM's 1 again, and 4.6 for 100. From 2.2 to 4.6 for 10 to 100.
#
# To draw $\tau$ between 2 and $T$ at random for each unit, and to take this bias, is called **chrono** initialization:
# some units keep long, others let go soon. (In an LSTM it also sets the input gate's bias to $-b$: who keeps long
# writes little.)
# </details>

# %% [markdown]
# ## Another task, another podium (9 minutes)
#
# Now **adding**, with $T = 50$ and up to 800 updates. Every number comes with a mark, 0 or 1; two of the 50 are marked,
# and their sum is asked for. A fourth cell joins: **identity + ReLU**, a SimpleRNN whose $W_h$ begins as the
# identity matrix and whose $\tanh$ is replaced by $\max(0, a)$. Nothing else is changed; the biases are the usual ones.
#
# A run has solved it when its squared error is 0.01, against 1/6 of who always answers 1. Predict again.

# %%
adding = MemoryRace(
    task="adding",
    length=50,
    entries=["rnn", "lstm", "gru", "rnn identity"],
    updates=full_or_short(800, 20),
    seeds=full_or_short(10, 2),
)

# %% [markdown]
# As before: run two cells, set the values, **Run**. (About 30 s, at most 60. Or press **Start** in the race itself:
# then its buttons **Pause** and **Stop** work at once, what was trained is kept, and **Run** goes on with it.)

# %%
Prediction(
    "Adding, T = 50: in how many of ten seeds does each cell solve it within 800 updates?",
    labels=["SimpleRNN", "LSTM", "GRU", "identity + ReLU"],
    reveal=lambda: solved(adding),
    low=0,
    high=10,
    step=1,
)

# %%
adding

# %% [markdown]
# 1. At which height does the SimpleRNN's line stay? What does it answer, then?
# 2. Order the other three by their median updates. Is the order the one of the seconds?
# 3. The bias of LSTM and GRU is the same as in the latch. Why may a gate that keeps for 2 or 4 timesteps be enough to
#    *begin* here? Think of where the marked numbers can stand.
#
# <details><summary>After you have looked</summary>
#
# 1. Near 1/6: it answers about 1, whatever it reads. 0 of 10.
# 2. All three solve it in 10 of 10 seeds (9 or 10 on another machine). GRU takes about 250 updates, identity + ReLU
#    about 330, LSTM about 530. By seconds identity + ReLU is first: one of its updates costs less than half of a GRU's.
# 3. In the latch the bit *always* stands 99 steps away. Here the second marked number is sometimes close to the end.
#    From those sequences a short memory learns something, it gets longer, and then reaches further.
#
# The SimpleRNN keeps a bit well and fails here. A bit may be stored as a sign; a sum needs a value that is kept
# exactly, and 48 unmarked numbers that are kept out. ReLU with the identity can do both: a unit that is not pushed
# stays where it is. So it needs no gates; neither "gates win" nor "gates are needed" is what the two races say.
# </details>

# %% [markdown]
# ## Your bias in a race (9 minutes)
#
# **Temporal order**, $T = 50$: the symbol that matters first stands between steps 6 and 10, the second between 21 and
# 25. Both are far from the end in *every* sequence, as in the latch. Five race, with 200 updates each:
#
# - SimpleRNN, LSTM and GRU as they usually begin;
# - a GRU whose $z$ begins with **your** bias for $\tau = 50$ (0 as long as the check is not content);
# - a GRU with chrono initialization.
#
# Which of them make it, and in how many of ten seeds? Chance is 1/4 right, solved is 0.99.

# %%
tau = 50
bias = float(bias_for_memory(tau)) if check(bias_for_memory) else 0.0
order = MemoryRace(
    task="order",
    length=50,
    extra=[Entry("gru", bias=bias, name="GRU (your bias)")],
    entries=["rnn", "lstm", "gru", "GRU (your bias)", "gru chrono"],
    updates=full_or_short(200, 20),
    seeds=full_or_short(10, 2),
)

# %%
Prediction(
    "Temporal order, T = 50: in how many of ten seeds does each solve it within 200 updates?",
    labels=["SimpleRNN", "LSTM", "GRU", "GRU (your bias)", "GRU (chrono)"],
    reveal=lambda: solved(order),
    low=0,
    high=10,
    step=1,
)

# %%
order  # about 25 s, at most 60

# %% [markdown]
# Then change `tau` in the cell above the question, say to 3, 8 or 400. Run that cell and the last one again, and press
# **Start** in the race. Must the bias fit the 50 timesteps exactly?
#
# <details><summary>After you have run it</summary>
#
# SimpleRNN, LSTM and GRU: 0 of 10. (Three seeds of the LSTM, with its bias of 1, have begun to climb; SimpleRNN and GRU
# still guess.) The GRU with your bias, and the one with chrono: 10 of 10, after about 120 updates. (Expect 0 or 1 where
# it is 0, and 9 or 10 where it is 10.) It is the same GRU, with the same data and the same learning; all that differs
# is where it begins.
#
# The bias need not fit. With $\tau$ = 5, 8, 100 or 400 we counted 10 of 10 seeds as well (expect 8 to 10), with 3 or 4
# it was 8 of 10 (6 to 10), and slower. Between $\tau = 2$, the usual beginning, and 3 there is less than 0.7 of bias. A
# beginning only has to leave something for learning to work with; learning does the rest.
# </details>

# %% [markdown]
# **Copy** is yours, with $T = 10$. Within 800 updates we counted SimpleRNN 10, LSTM 7 and GRU 0 of ten seeds. Is that a
# podium? Set **budget, updates** to 3200, say what you expect, and press **Start**. (About 20 s, at most 60; **Stop**
# whenever you like.)

# %%
MemoryRace(task="copy", length=10, updates=800, seeds=10)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 10, 10 and 10 (9 or 10 on another machine). The GRU needs about 1,350 updates, the LSTM 740, the SimpleRNN 210: who
# counts at 800 sees a cell that cannot, and at 3,200 one that is slow. Ask for the budget too.
# </details>

# %% [markdown]
# ## Exit questions (4 minutes)

# %%
Quiz(
    "A fresh GRU has z near 0.5. What is left of a state after 20 steps, if nothing is added?",
    [
        Option("About a half", "That is left after one step. Each of the 20 takes its half."),
        Option("About a millionth", "0.5 to the power 20, and as little of the gradient on its way back.", right=True),
        Option("All of it: z is a gate", "Only with z = 1. A gate can keep everything; a fresh one does not."),
    ],
)

# %%
Quiz(
    "A gate shall keep for 101 timesteps rather than for 11. By how much does its bias b have to grow?",
    [
        Option("By 2.3", "log 100 - log 10 = log 10: ten times the memory for 2.3 more bias.", right=True),
        Option("By 90", "That is tau. Adding to b multiplies f / (1 - f), which is tau - 1: from 10 to 100."),
        Option("It is ten times as large", "b goes from 2.3 to 4.6. What becomes ten times as large is tau - 1."),
    ],
)

# %%
Quiz(
    "Somebody reports: cell A solves a task in 2 of 3 seeds, cell B in 1 of 3. What do you conclude?",
    [
        Option("A is better", "With a fair coin for each run, A would come out ahead about one time in three."),
        Option("Nothing yet", "Ask for more seeds; and for the budget, the rate and how weights began.", right=True),
        Option("Both are unusable", "Perhaps with a bias that fits the task both solve it in all seeds."),
    ],
)

# %% [markdown]
# ## In this lesson you have
#
# - predicted three podiums, and held each against ten seeds;
# - met the SimpleRNN that remembers one bit over 100 steps, and cannot add over 50;
# - computed why a fresh LSTM and a fresh GRU have nothing to learn from in the latch;
# - written `bias_for_memory`, and made a GRU solve with it what the same GRU did not.
#
# **Further reading.** S. Hochreiter and J. Schmidhuber, *Long short-term memory*, 1997 (the tasks).
# Q. V. Le, N. Jaitly and G. E. Hinton, *A simple way to initialize recurrent networks of rectified linear units*, 2015.
# C. Tallec and Y. Ollivier, *Can recurrent neural networks warp time?*, 2018 (chrono). M. Arjovsky, A. Shah and
# Y. Bengio, *Unitary evolution recurrent neural networks*, 2016 (copy).
