# %% [markdown]
# # 6 · LSTM
#
# An LSTM carries a second vector through time, the cell state $c_t$. Nothing happens to it but a product and a sum:
# $c_t = f_t \odot c_{t-1} + i_t \odot g_t$. In this lesson you set the gates by hand, follow the gradient back along
# that line, write the step, and count what the bias of the forget gate is worth.
#
# **You will be able to**
#
# - compute $c_t$ and $h_t$ from the gates, and say how long a unit with a given forget bias remembers;
# - name the two paths by which a gradient reaches $c_{t-1}$, and say which one is $f_t$ alone;
# - write `lstm_step`;
# - choose the biases an LSTM begins with for a memory of $T$ steps, and count what that changes.
#
# | minutes | what |
# |---|---|
# | 4 | predict a memory |
# | 11 | gates by hand |
# | 7 | predict a gradient |
# | 7 | write one timestep |
# | 7 | count it |
# | 4 | exit questions |
#
# You need: a recurrent cell reads an input $x_t$ and its own old state $h_{t-1}$ at each timestep;
# $\sigma(a) = 1 / (1 + e^{-a})$ lies between 0 and 1, and $\odot$ multiplies unit by unit.

# %% [markdown] tags=["instructor"]
# ## For who teaches
#
# **Goal.** The line of $c$ is a product and a sum, so its own gradient is multiplied by $f_t$ and by nothing else.
# Students leave able to turn a wished memory into a bias, and they know that the cell alone does not give it to them.
#
# | 45 minutes | what |
# |---|---|
# | 0-6 | the first prediction, on paper; then the rule $1 / (1 - f) = 1 + e^{b_f}$ |
# | 6-18 | gates by hand on the projector: questions 1 to 3 together, 4 to 6 in pairs |
# | 18-25 | the second prediction: votes on the board *before* anybody runs it |
# | 25-33 | `lstm_step`, each on their own machine |
# | 33-41 | the race: predict, run, talk while it trains |
# | 41-45 | exit questions |
#
# **What students usually predict.** First: that a bias of 1 keeps about a quarter ("0.73 is a lot"). Second: 0 three
# times, "an LSTM does not vanish". Third: SimpleRNN 0, LSTM 10, chrono 10. It is about 9, 0, 10.
#
# | misconception | the question that exposes it |
# |---|---|
# | an LSTM does not vanish | the second prediction: with $b_f = 0$ it falls by $10^{-14}$ |
# | with $f = 1$ the gradient is constant | question 5, and the third exit question: there is a second path |
# | a SimpleRNN cannot remember | the race: an orthogonal one is the quickest |
# | the gate decides what is remembered once and for all | question 3: the memory is overwritten although $f = 0.98$ |
# | a shut output gate loses the memory | question 6: $h$ is gone, $c$ is there |
#
# **To discuss.** What does the task in the race *not* ask for, that a forget gate is good for? Why does a chrono start
# lower $b_i$ as well? If the orthogonal SimpleRNN is the quickest here, why does anybody use an LSTM?
#
# **On the projector.** The player with `b_f` shifted by 3, then `W_h` scaled by 0, then **undo**, forward and backward:
# four pictures, one sentence each.

# %%
import numpy as np

from rnnedu import cells, unroll
from rnnedu.experiments.counting import solved
from rnnedu.experiments.entries import Entry
from rnnedu.experiments.flow import Setting, measure
from rnnedu.experiments.race import Race
from rnnedu.experiments.rules import Rules
from rnnedu.experiments.standings import median
from rnnedu.functions import sigmoid
from rnnedu.lessons import Option, Prediction, Quiz, check, full_or_short
from rnnedu.trace import Trace
from rnnedu.view import Picture, axes, colours
from rnnedu.widget import StepPlayer

# %% [markdown]
# ## Predict first (4 minutes)
#
# An LSTM has three gates, each a $\sigma(\ldots)$: $f_t$ says how much of the old $c$ is kept, $i_t$ how much is
# written, $o_t$ how much is shown. What is written is the candidate $g_t$, a $\tanh$.
#
# $$c_t = f_t \odot c_{t-1} + i_t \odot g_t, \qquad h_t = o_t \odot \tanh(c_t)$$
#
# Take one unit whose weights are all 0. Only the bias of its forget gate is left, so $f_t = \sigma(b_f)$ at every
# step, and as $g_t = \tanh(0) = 0$, nothing new is written. It begins with $c_0 = 1$. What is left of it after **50**
# steps? Help: $\sigma(1) = 0.731$, $\sigma(3) = 0.953$, $\sigma(5) = 0.993$. Keras begins with $b_f = 1$, and so do
# we.


# %%
def kept(b_f, steps):
    params = cells.lstm.LSTMParams(W_x=np.zeros((1, 4)), W_h=np.zeros((1, 4)), b=[0, b_f, 0, 0])
    run = unroll.forward(params, np.zeros((steps, 1, 1)), c0=np.ones((1, 1)))
    return Trace.of(run)["c_t"][-1].item()


# %%
Prediction(
    "c begins at 1 and nothing is written. What is c after 50 steps?",
    labels=["b_f = 1", "b_f = 3", "b_f = 5"],
    reveal=lambda: [kept(b_f, steps=50) for b_f in (1.0, 3.0, 5.0)],
    low=0,
    step=0.01,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# $0.731^{50}$ is 0.0000002, $0.953^{50}$ is 0.09, $0.993^{50}$ is 0.71. What is kept falls to $1/e = 0.37$ after about
# $1 / (1 - f)$ steps, and with $f = \sigma(b_f)$ that is $1 + e^{b_f}$: 4 steps, 21 steps, 149 steps. Turned round:
# who wants a memory of $T$ steps begins with $b_f = \log(T - 1)$. Remember this line, the race below lives on it.
# </details>

# %% [markdown]
# ## Gates by hand (11 minutes)
#
# Four units with random weights hear a single 1, then nothing. The line of $c$ runs along the top of the drawing. Click
# into the player; **←** and **→** step through time, **Home** and **End** jump. Take a sheet of paper.
#
# 1. Go to $t = 2$, unit 1. Compute $c_2$ yourself, with $f_2 = 0.725$, $c_1 = 0.182$, $i_2 = 0.501$, $g_2 = -0.0187$.
#    How much of it was kept, and how much is new?
# 2. Press **End**. What is left of $c_1 = 0.182$ in $c_{20}$ of unit 1?
# 3. Press **show the weights**. After **all of** choose `b_f`, write 3 after **by**, press **shift**. What is $f_t$
#    now? $c_{20}$ of unit 1 is not what a gate of 0.98 would leave of 0.182. Step back from the end: what stands
#    at the × between $i_t$ and $g_t$, at each step?
# 4. After **all of** choose `W_h`, write 0, press **scale**: now nothing reads $h$. What is $c_{20}$? Compare with
#    $0.182 \cdot 0.982^{19}$.
# 5. Press **backward**. $\partial c_t$ says how much the sum of the last $h$ changes for each unit of change of $c_t$,
#    and $\Vert\cdot\Vert$ is the length over all units. Read $\Vert\partial c_t\Vert$ at $t = 20$ and at $t = 1$. Then
#    press **undo** once ($W_h$ is back) and read both again. Where can it *grow*, when $f_t$ is below 1?
# 6. Scale `W_h` by 0 again, and shift `b_o` by -8. What is $h_{20}$ of unit 1, and what is $c_{20}$? And
#    $\Vert\partial c_{20}\Vert$?

# %%
StepPlayer(cell="lstm", units=4, series="pulse", length=20)

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. $0.725 \cdot 0.182 = 0.132$ is kept, $0.501 \cdot (-0.0187) = -0.009$ is new: $c_2 = 0.123$.
# 2. Nothing: it is -0.0007. A gate of 0.73 has kept 0.002 of it, and what was written since has even turned the sign.
# 3. 0.98. And yet $c_{20} = -0.094$. At each step from $t = 3$ on about -0.014 is written, for the candidate reads
#    $h_{t-1}$, which shows $c_{t-1}$. $f$ says how much is *kept*; what is there in the end is also what was *added*.
# 4. 0.129, as the power says. Now $c$ is kept and nothing is added.
# 5. Without $W_h$: 0.99 at $t = 20$ and 0.70 at $t = 1$, for there is only one path, $\partial c_{t-1} = \partial c_t
#    \odot f_t$. With $W_h$: 0.96 and 3.2. A second path goes from $c_{t-1}$ through $h_{t-1}$ into the gates and
#    the candidate of the next step, and it can add more than $f_t$ takes.
# 6. $h_{20}$ is 0.00004 and $c_{20}$ still 0.129: a shut output gate hides the memory, it does not lose it. But
#    $\Vert\partial c_{20}\Vert$ is 0.0007: what is not shown cannot be learned either.
# </details>

# %% [markdown]
# An aside. The gates read $x_t$ and $h_{t-1}$, not $c_{t-1}$: when $o$ is shut, they do not see the memory that they
# rule. **Peepholes** (2000) let each unit's gates see its own $c$: $p_i \odot c_{t-1}$ is added in $i$, $p_f \odot
# c_{t-1}$ in $f$, $p_o \odot c_t$ in $o$, $3H$ weights more. Choose *LSTM with peepholes* under **cell**: they begin
# at 0; shift `p_o` and watch $o_t$. Most libraries leave them out.
#
# ## The constant error path (7 minutes)
#
# Along $c$ the gradient is multiplied by $f_t$ and by nothing else, no matrix and no slope. With $f = 1$ it would not
# change at all: the *constant error* path. "So an LSTM does not vanish", one hears. Here are fresh LSTMs with 32 units,
# random input, $T = 100$. How much is left of a gradient after 99 steps,
# $\Vert\partial L/\partial h_1\Vert / \Vert\partial L/\partial h_{100}\Vert$? Say it in powers of ten: -3 is a
# thousandth, 0 is all of it. It is the median of 10 seeds; Run takes a few seconds.


# %%
def fresh(b_f, seed):
    return measure(Setting("lstm", 32, 100, rho=1.0, input_scale=1.0, biases={"f": b_f}, seed=seed))


# %%
Prediction(
    "After 99 steps, how many powers of ten is the gradient larger (+) or smaller (-)?",
    labels=["b_f = 0", "b_f = 1", "b_f = 3"],
    reveal=lambda: [np.log10(np.median([fresh(b, s).ratio[-1] for s in range(10)])) for b in (0.0, 1.0, 3.0)],
    low=-20,
    high=5,
    step=0.5,
)

# %% [markdown]
# Here is one of these runs for each bias. Solid is the true gradient of $c$; dotted is what $f_t$ alone would leave of
# it, $\sigma(b_f)$ once more at each step.

# %%
ax, back = axes(height=3.4), np.arange(1, 100)
for b_f, letter in ((3.0, "f"), (1.0, "i"), (0.0, "g")):
    reached, colour = fresh(b_f, seed=0).gradients["c"][1:], colours.of(f"{letter}_t")[0]
    ax.semilogy(back, reached / reached[0], color=colour)
    ax.semilogy(back, sigmoid(b_f) ** (back - 1.0), ":", color=colour)
    ax.text(101, reached[-1] / reached[0], f"$b_f = {b_f:.0f}$", color=colour, va="center")
ax.set(xlim=(0, 112), ylim=(1e-32, 1e4), xlabel="steps back from the end", ylabel=r"$\Vert\partial c\Vert$, relative")
ax.set_title("A bias decides whether it vanishes; the true gradient lies above $f$ alone")
Picture(ax, "three solid lines, 3 rises tenfold, 1 falls to 1e-3, 0 falls to 1e-14; dotted lines fall further")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# About -14.5, -3.1 and +0.5. An LSTM does vanish: with $b_f = 0$ each step halves what runs along $c$, and $0.5^{99}$
# is $10^{-30}$. The truth lies far above that, for the second path, through $h$, adds its share (this $W_h$ is
# orthogonal, it does not shrink). With $b_f = 3$ so much is added that the gradient grows. What the cell gives is a
# path whose factor *is a number you can set*, and that training can set. The slogan leaves out the setting.
# </details>

# %% [markdown]
# ## Write it (7 minutes)
#
# One timestep, for $B$ sequences at once: `x_t` is `(B, D)`, `h_prev` and `c_prev` are `(B, H)`. The four sums lie side
# by side in one product, in the order $i, f, g, o$, each $H$ wide: `W_x` is `(D, 4H)`, `W_h` is `(H, 4H)`, `b` is
# `(4H,)`. Return $h_t$ and $c_t$, each `(B, H)`, in this order. The version below runs and has two mistakes. `sigmoid`
# is imported.


# %% tags=["nbval-check-output", "keep_output"]
def lstm_step(x_t, h_prev, c_prev, W_x, W_h, b):
    """Return h_t and c_t, each (B, H)."""
    sums = x_t @ W_x + h_prev @ W_h + b  # (B, 4H)
    i_t, f_t, g_t, o_t = np.split(np.tanh(sums), 4, axis=1)  # not finished
    c_t = f_t * h_prev + i_t * g_t  # not finished
    h_t = o_t * np.tanh(c_t)
    return h_t, c_t


check(lstm_step)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def lstm_step(x_t, h_prev, c_prev, W_x, W_h, b):
    """Return h_t and c_t, each (B, H)."""
    a_i, a_f, a_g, a_o = np.split(x_t @ W_x + h_prev @ W_h + b, 4, axis=1)
    c_t = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_g)
    h_t = sigmoid(a_o) * np.tanh(c_t)
    return h_t, c_t


check(lstm_step)

# %% [markdown]
# When it is content, break it: take the output gate's $\tanh$ away, swap two gates. Ours is `cells.lstm.step??`.
#
# ## Count it (7 minutes)
#
# The *latch* problem: the first of 100 numbers is 1 or -1, then comes noise; at the end the network is asked which it
# was. Guessing is right half of the time. Four competitors of 32 units train with Adam (learning rate 0.01, gradients
# clipped to norm 1) and 32 sequences an update; who gets 99 % of 10 updates' sequences right has solved it.
#
# - **SimpleRNN**, its $W_h$ begins orthogonal;
# - **LSTM** as Keras begins it, $b_f = 1$: $f = 0.73$, a memory of 4 steps;
# - **LSTM (f bias 4)**: a memory of 56 steps;
# - **LSTM (chrono)**: every unit draws a memory of its own, $b_f = \log u$ with $u$ between 1 and $T - 1$, and writes
#   as rarely as it forgets, $b_i = -b_f$.
#
# Each has 500 updates. In how many of 10 seeds is the task solved? **Run** trains all of them: about half a minute on
# two cores of a laptop, at most one.

# %%
seeds = full_or_short(tuple(range(10)), (6, 7))
rules = Rules("latch", length=100, units=32, updates=full_or_short(500, 300), seeds=seeds)
race = Race([Entry("rnn"), Entry("lstm"), Entry("lstm", bias=4), Entry("lstm", "chrono")], rules)

# %%
Prediction(
    "Who still knows the first number after 100 steps, in how many of 10 seeds?",
    labels=["SimpleRNN", "LSTM", "LSTM (f bias 4)", "LSTM (chrono)"],
    reveal=lambda: solved(race),
    low=0,
    high=len(seeds),
    step=1,
)

# %% [markdown]
# The next cell compares the same race with what we found, which stands below it. If you have not pressed **Run**, it
# trains now.

# %% tags=["nbval-check-output", "keep_output"]
found = zip(race.entries, solved(race), ((0.7, 1), (0, 0.1), (0.7, 1), (0.8, 1)), strict=True)
for entry, count, (low, high) in found:
    print(f"{entry.title}: as we found it,", low <= count / len(seeds) <= high)

# %%
ax = axes(height=3.2)
for entry, letter, dash in zip(race.entries, "ofig", ("-", "-", "--", ":"), strict=True):
    ax.plot(*median(race, entry).T, dash, color=colours.of(f"{letter}_t")[0], label=entry.title)
ax.set(xlabel="updates", ylabel="share right, median of the seeds", ylim=(0.4, 1.02))
ax.set_title("Latch over 100 steps: all but the LSTM with $b_f = 1$ learn it")
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
Picture(ax, "share right: SimpleRNN, LSTM with f bias 4 and chrono rise to 1; the plain LSTM stays at a half")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# We found 9, 0, 9 and 10 of 10, and with ten more seeds 9, 0, 10 and 10. The last digits of a float differ from machine
# to machine, so expect 7 to 10, 0 or 1, 7 to 10, and 8 to 10.
#
# The LSTM with the usual bias does not get away from guessing: with $f = 0.73$ nothing of the first number, and
# nothing of a gradient, is left after 100 steps. The *same cell* with another number in its bias solves the task.
# That 9 and 10 of 10 differ says nothing: with 10 seeds it could as well be the other way about.
#
# And the SimpleRNN, of which one hears that it cannot remember? It is the quickest, most often in under 100 updates,
# where chrono needs 140 to 490. An orthogonal $W_h$ turns the state without shrinking it, and while $h$ is small,
# $\tanh$ does not shrink it either. What it *cannot* do is decide: it keeps everything, wanted or not. The latch asks
# for no decision. Where a task has two things to be kept at different times among others, gates come into their own;
# lesson 8 races there.
# </details>

# %% [markdown]
# ## Exit questions (4 minutes)

# %%
Quiz(
    "A unit's forget gate stands at 0.99, and nothing is written. After how many steps is about a third of c left?",
    [
        Option("About 10", "0.99 to the power of 10 is 0.90: nine tenths are still there."),
        Option("About 100", "1 / (1 - 0.99) = 100 steps to 1/e, which is 0.37.", right=True),
        Option("Never: 0.99 is as good as 1", "It is a product: 0.99 to the power of 500 is 0.007."),
    ],
)

# %%
Quiz(
    "You need a memory of 200 steps. What should the bias of the forget gate begin at?",
    [
        Option("0", "Then f = 0.5: half is gone after one step."),
        Option("1, as Keras does", "Then f = 0.73, a memory of 4 steps. Training rarely finds the way from there."),
        Option("About 5", "log(199) = 5.3: f = 0.995, and 1 / (1 - f) is 200.", right=True),
        Option("200", "Then f = 1 and its slope f (1 - f) is 0: the gate could never learn to forget."),
    ],
)

# %%
Quiz(
    "All forget gates are exactly 1. What can be said of the gradient of c on its way back?",
    [
        Option("It is constant", "Its share along c is. Through h and the gates more arrives, or some is taken away."),
        Option("Nothing is lost along c; through h some is added or taken", "Two paths, one sum.", right=True),
        Option("It must explode", "Along c it is multiplied by 1. Only the second path could make it grow."),
    ],
)

# %% [markdown]
# ## In this lesson you have
#
# - computed $c_t$ from its gates, and turned a bias into a memory: $1 + e^{b_f}$ steps;
# - kept, overwritten and hidden a memory by hand, and seen the two paths of its gradient;
# - measured that a fresh LSTM's gradient vanishes or grows as its forget bias says;
# - written `lstm_step`;
# - counted who latches a number over 100 steps, and met a SimpleRNN that does.
#
# **Further reading.** Hochreiter and Schmidhuber, *Long short-term memory* (1997), without a forget gate. Gers,
# Schmidhuber and Cummins, *Learning to forget* (2000), which brings it. Gers and Schmidhuber, *Recurrent nets that time
# and count* (2000): peepholes. Jozefowicz, Zaremba and Sutskever, *An empirical exploration of recurrent network
# architectures* (2015): begin $b_f$ at 1. Tallec and Ollivier, *Can recurrent neural networks warp time?* (2018):
# chrono.
#
# Next: **7 · GRU**, a cell with one state and three quarters of the weights.
