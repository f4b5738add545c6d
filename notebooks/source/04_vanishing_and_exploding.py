# %% [markdown]
# # 4 · Vanishing and exploding
#
# On its way back through time a gradient is multiplied by one matrix a step. After a hundred of them it may be a
# millionth of what it was, or a billion times as long. Which one? There is a rule of thumb, and it is often wrong. In
# this lesson you write the matrix, multiply a hundred of them, and hold the rule against the numbers.
#
# **You will be able to**
#
# - write the Jacobian of a timestep of a SimpleRNN, and say what its rows and columns are;
# - tell apart three numbers: the norm of the product of Jacobians, the product of their norms, and $\rho^k$;
# - predict what inputs, a larger $W_h$ and a forget gate's bias do to the gradient, and say where the prediction fails;
# - count over seeds, rather than believe a single run.
#
# | minutes | what |
# |---|---|
# | 5 | predict four gradients |
# | 9 | write the Jacobian |
# | 12 | the bench: three numbers for one gradient |
# | 5 | count it |
# | 5 | does a SimpleRNN remember? |
# | 4 | exit questions |
#
# You need: the matrix product, the derivative of $\tanh$, which is $1 - \tanh^2$, and that a gradient says how much a
# loss $L$ changes when a number changes.

# %% [markdown] tags=["instructor"]
# ## For who teaches
#
# **Goal.** Students leave with the *product of Jacobians* in their head in place of a rule about one number of $W_h$.
# They can say why $\rho > 1$ need not explode, why a gated cell can lose its gradient, and that both were counted.
#
# | 45 minutes | what |
# |---|---|
# | 0-8 | the four gradients, guesses on the board as powers of ten; then Run |
# | 8-18 | `rnn_jacobian`, each on their own machine; those who are done look at the product of 99 |
# | 18-30 | the bench: questions 1 and 2 together, 3 to 5 in pairs |
# | 30-40 | both counts; take a vote before each Run |
# | 40-45 | exit questions |
#
# **What students usually predict.** For $\rho = 1.25$ a large number, with input or without. For the LSTM about 0, "as
# long as at the end". The first is right only for a state that stays 0; the second is off by fourteen powers of ten.
#
# | misconception | the question that exposes it |
# |---|---|
# | the spectral radius decides | bench, question 2: it stays at 1.25, the gradient falls by a factor of $10^{13}$ |
# | a bound is an estimate | bench, question 3: the bound is $10^{11}$ times too large |
# | a gated cell keeps its gradient because it has gates | bench, question 5; and the count |
# | a vanishing gradient is a gradient that is 0 | the table: $10^{-14}$ is no 0, it is drowned by nearer steps |
# | a SimpleRNN cannot hold a bit for 50 steps | the last count: 10 of 10 |
#
# **To discuss.** Gradients at the beginning of training decide what can be learned first. Can training repair a
# vanishing gradient, and what would tell it to? Why is an orthogonal $W_h$ a good start, and why is it no promise once
# $\tanh$ bends?
#
# **On the projector.** The bench with the preset "SimpleRNN, ρ 1.25, no input"; then only the slider of the input, from
# 0 to 1, slowly. Ask for the sign of the slope before every step.

# %%
import numpy as np

from rnnedu import unroll
from rnnedu.experiments.counting import solved
from rnnedu.experiments.entries import Entry
from rnnedu.experiments.flow import Setting, left
from rnnedu.experiments.presets import preset
from rnnedu.experiments.race import Race
from rnnedu.experiments.rules import Rules
from rnnedu.lessons import Option, Prediction, Quiz, check
from rnnedu.trace import Trace
from rnnedu.view import Picture, axes
from rnnedu.widget import GradientBench

# %% [markdown]
# ## Predict first (5 minutes)
#
# A network with 64 units takes 100 steps; the loss looks at the last state $h_{100}$ alone. How long is the gradient
# at the first state, $\partial L / \partial h_1$, compared with the one at the last? Write $\rho$ (rho) for the
# **spectral radius** of $W_h$, the largest size of one of its eigenvalues: the factor by which it can stretch a vector
# again and again.
#
# Answer as a power of ten: 0 is "as long as at the end", -3 a thousandth, 3 a thousand times as long.
#
# - **A** SimpleRNN, $\rho = 0.9$, no input, so that $h$ stays 0. (Work this one out: $\log_{10} 0.9 = -0.046$.)
# - **B** SimpleRNN, $\rho = 1.25$, no input. ($\log_{10} 1.25 = 0.097$.)
# - **C** SimpleRNN, $\rho = 1.25$, random input with standard deviation (sd) 1.
# - **D** LSTM, $\rho = 1$, the same input. (Its second state is $c_t = f_t \odot c_{t-1} + i_t \odot g_t$: the forget
#   gate $f_t$, between 0 and 1, says how much of $c$ is kept. Here its bias is 0, which leaves it half open.)

# %%
four = ["SimpleRNN, ρ 0.9, no input", "SimpleRNN, ρ 1.25, no input", "SimpleRNN, ρ 1.25, input", "LSTM, forget bias 0"]

# %%
Prediction(
    "99 steps back: how long is the gradient, as a power of ten of its length at the end?",
    labels=["A", "B", "C", "D"],
    reveal=lambda: [np.log10(left(Setting(**preset(name)))[99]) for name in four],
    low=-16,
    high=16,
    step=0.5,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# A and B are $99 \log_{10} \rho$: -4.5 and 9.6. C has the same $W_h$ as B, and loses three powers of ten instead of
# winning nearly ten. D loses fourteen: more than the SimpleRNN with $\rho = 1$ and the same input, which loses eight or
# nine. The rest of this lesson is about why.
# </details>

# %% [markdown]
# ## Write it (9 minutes)
#
# One step, $h_t = \tanh(x_t W_x + h_{t-1} W_h + b)$. Move unit $j$ of $h_{t-1}$ a little: by how much does unit $i$ of
# $h_t$ move? Two factors: $W_h[j, i]$ leads from $j$ into the sum of unit $i$, and $\tanh$ passes on its slope there,
# $1 - h_t[i]^2$. All pairs in one matrix, the **Jacobian** of the step:
#
# $$J_t = \frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_t^2)\, W_h^{\top}
# \qquad\qquad \frac{\partial L}{\partial h_{t-1}} = \frac{\partial L}{\partial h_t}\, J_t$$
#
# Row $i$ belongs to the new unit, column $j$ to the old one. The gradient is a row, as all vectors here, and is
# multiplied from the left. Here `h_t` is one sequence, shape $(H,)$, and `W_h` is $(H, H)$.
#
# The line below runs, and is right in one case only. In which?


# %% tags=["nbval-check-output", "keep_output"]
def rnn_jacobian(h_t, W_h):
    """Return the derivatives of h_t by h_prev, shape (H, H)."""
    return W_h.T  # not finished


check(rnn_jacobian)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def rnn_jacobian(h_t, W_h):
    """Return the derivatives of h_t by h_prev, shape (H, H)."""
    return np.diag(1 - h_t**2) @ W_h.T


check(rnn_jacobian)

# %% [markdown]
# Now multiply: $\partial h_{100} / \partial h_1 = J_{100}\, J_{99} \cdots J_2$. These are the states of case C. The
# **norm** of a matrix (`np.linalg.norm(M, 2)`) is the most by which it can lengthen a vector: no gradient that begins
# at $h_{100}$ can arrive at $h_1$ longer than that.

# %%
weights = Setting(**preset("SimpleRNN, ρ 1.25, input")).params
noise = np.random.default_rng(0).standard_normal((100, 1, 4))
states = Trace.of(unroll.forward(weights, noise))["h_t"][:, 0]

# %% tags=["nbval-check-output", "keep_output"]
product, product_of_norms, whole = np.eye(64), 1.0, check(rnn_jacobian).ok
for h_t in states[:0:-1]:  # h_100 down to h_2
    J = rnn_jacobian(h_t, weights.W_h) if whole else weights.W_h.T
    product = product @ J
    product_of_norms *= np.linalg.norm(J, 2)
print(f"norm of the product {np.linalg.norm(product, 2):.0e}")
print(f"product of the norms {product_of_norms:.0e}, rho^99 {1.25**99:.0e}")

# %% [markdown]
# Until `rnn_jacobian` is right, $W_h^{\top}$ stands in for it, and the three numbers are equal; when it is, the first
# is far below the others.
#
# ## The bench: three numbers for one gradient (12 minutes)
#
# The bench does the same for any cell, for every number $k$ of steps back. It draws four lines:
#
# | line | what it is |
# |---|---|
# | exact norm | the norm of the product of the last $k$ Jacobians: the most that can arrive |
# | measured | $\Vert\partial L / \partial h_{T-k}\Vert$ of one loss, by backpropagation: what does arrive |
# | bound | the product of the norms of the same $k$ Jacobians: never too small, and often far too large |
# | $\rho^k$ | what one would say from $W_h$ alone |
#
# The scale is logarithmic: a straight line is a constant factor a step. Unless a question says otherwise, begin with
# the preset that it names. (The two charts of singular values, the factors in 64 directions instead of the largest
# one, can be left aside today.)
#
# 1. "SimpleRNN, ρ 0.9, no input": four lines lie on each other. Now set **W_h is** to *triangular*: the same $\rho$.
#    How long is the gradient 50 steps back, by the table?
# 2. "SimpleRNN, ρ 1.25, no input": 3.9e9 at $k = T-1$. Raise **sd of the input** to 0.1, 0.4 and 1. What is left each
#    time? The last chart gives the average slope of $\tanh$: what does it do meanwhile?
# 3. Stay at sd 1 (the preset "SimpleRNN, ρ 1.25, input"). By what factor is the bound larger than the exact norm, 99
#    steps back? (The line of text below the charts has both.) Why does the bound not notice that $\tanh$ is flat?
# 4. Press **keep**, then choose "SimpleRNN, ρ 1.5, input". Does the gradient explode? What does $\rho^{99}$ say?
# 5. Press **clear kept**. "LSTM, forget bias 0", then 1, then 3. Read the average of $f_t$ in the last title, and what
#    is left 99 steps back. Is there a bias at which the gradient neither vanishes nor grows?

# %%
GradientBench(preset="SimpleRNN, ρ 0.9, no input")

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. 9.7e3: it is *longer*, and $\rho^{50}$ says 0.0052. All eigenvalues are 0.9, so in the end it must shrink; a
#    hundred steps are not the end. $\rho^k$ is exact only for matrices such as 0.9 times an orthogonal one, and only
#    while $\tanh$ has slope 1.
# 2. 74, 1.0 and 4.9e-4, while the average slope falls from 1 to 0.80, 0.77 and 0.70. With $\rho > 1$ even a small input
#    is enough: the state grows by itself until $\tanh$ bends. A unit near $\pm 1$ passes on next to nothing.
# 3. 3.8e9 against 0.012 (above, with other noise, it was 0.008): a factor of $3 \cdot 10^{11}$. The norm of *one* step
#    is the largest factor in any direction, and some unit always has a slope near 1. But the direction that this step
#    lengthens is not the one that the next step lengthens. A product of matrices knows that, a product of their norms
#    does not.
# 4. It does not: 1.1 times as long after 99 steps, while $\rho^{99}$ says $2.7 \cdot 10^{17}$.
# 5. The average of $f_t$ is 0.50, 0.73 and 0.95; left are 9.3e-15, 1.9e-3 and 1.7. A gate at 0.5 halves what goes along
#    $c$ at every step. With bias 3 it falls to a tenth first and then grows back. Somewhere between 1 and 3 it
#    arrives as long as it left; but no bias promises that, for the paths through $h$ add their own.
# </details>

# %% [markdown]
# ## Count it (5 minutes)
#
# One seed is an anecdote. Take 20 seeds each for five settings, and count in how many the gradient 99 steps back is
# **shorter** than at the end. Nothing is trained: this is how networks begin. (About 2 seconds.)


# %%
def all_left(name):
    return np.array([left(Setting(**preset(name), seed=seed)) for seed in range(20)])


# %%
five = {"1.25, no input": "SimpleRNN, ρ 1.25, no input", "1.25, input": "SimpleRNN, ρ 1.25, input"}
five |= {"1.5, input": "SimpleRNN, ρ 1.5, input"}
five |= {"LSTM, bias 0": "LSTM, forget bias 0", "LSTM, bias 3": "LSTM, forget bias 3"}

# %%
Prediction(
    "In how many of 20 seeds is the gradient shorter after 99 steps than at the end?",
    labels=list(five),
    reveal=lambda: [(all_left(name)[:, 99] < 1).sum() for name in five.values()],
    low=0,
    high=20,
    step=1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 0, 20, 0, 20 and 2. With $\rho = 1.25$ it is the input that decides; with 1.5 the gradient does not shrink, but it is
# not more than 25 times as long either, where $\rho^{99}$ says $2.7 \cdot 10^{17}$. In the LSTM the forget gate's bias
# decides. With 20 other seeds the first, second and fourth number are the same, the third is 0 to 2 (and the longest
# gradient 60 times as long), and the fifth 1 to 4.
# </details>
#
# The picture shows all 20 gradients of the second setting, and the rule of thumb above them.

# %%
ax = axes(height=3)
ax.semilogy(all_left(five["1.25, input"]).T, color="#0b62a6", linewidth=0.8)
ax.semilogy(1.25 ** np.arange(100), color="#b34700", linestyle="--")
ax.text(60, 1e8, "$\\rho^k$", color="#b34700", fontsize=13)
ax.text(60, 1e-6, "20 gradients", color="#0b62a6")
ax.set(xlabel="steps back k", ylabel="length, at the end 1", ylim=(1e-8, 1e12))
ax.set_title("ρ = 1.25 and still all 20 gradients shrink", loc="left")
Picture(ax, "twenty gradients fall from 1 to between 1e-2 and 1e-4 in 99 steps, while rho to the k rises to 4e9")

# %% [markdown]
# ## Does a SimpleRNN remember? (5 minutes)
#
# Vanishing gradients are the reason one hears for not using a SimpleRNN. Test it. The first of 50 numbers is 1 or -1,
# the other 49 are noise with sd 0.45; at the end the network must say which it was. This is the **latch problem**;
# guessing is right half of the time. Three networks of 32 units as they come, the optimiser Adam with rate 0.01,
# gradients clipped to norm 1, at most 100 updates with 32 sequences each. Solved means: 99 % right over ten batches.
#
# - SimpleRNN with an orthogonal $W_h$: it turns the state and shrinks nothing. That is Keras' default, and ours.
# - SimpleRNN with a Glorot $W_h$: independent random entries, $\rho$ about 1 at the edge, most eigenvalues smaller.
# - LSTM with forget bias 1, the default of both.
#
# **Run** trains 30 networks, about 10 seconds (up to 60 on a slow machine).

# %%
three = [Entry("rnn"), Entry("rnn", "glorot"), Entry("lstm")]
rules = Rules("latch", length=50, units=32, rate=0.01, clip=1, batch=32, updates=100, seeds=tuple(range(10)))

# %%
Prediction(
    "In how many of 10 seeds is the latch over 50 steps solved within 100 updates?",
    labels=["SimpleRNN", "SimpleRNN, Glorot", "LSTM, bias 1"],
    reveal=lambda: solved(Race(three, rules)),
    low=0,
    high=10,
    step=1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 10, 8 and 0; with ten other seeds 9 or 10, 5 to 9, and 0. The noise is small, so $\tanh$ stays near its straight part,
# and an orthogonal $W_h$ carries the first number to the end, where it only has to be read off: 20 to 40 updates do
# that. (In the bench: "SimpleRNN, ρ 1, input
# 0.1" keeps a tenth of its gradient over 99 steps.) The LSTM begins with $f$ near 0.73, and $0.73^{49}$ is
# $2 \cdot 10^{-7}$: the first number is gone before the end is reached, and so is the gradient that would say so. With
# 800 updates it is still 0 of 10. A bias of the forget gate that fits the length mends it; that is the subject of
# lessons 6 and 8, and so are longer and harder tasks, on which the SimpleRNN does fail.
# </details>

# %% [markdown]
# ## Exit questions (4 minutes)

# %%
Quiz(
    "W_h has spectral radius 1.25 and many units are near 1 or -1. What happens to the gradient over 100 steps?",
    [
        Option("It explodes: 1.25^100 is 5 billion", "That holds while tanh has slope 1; here it is nearly flat."),
        Option("It cannot be said from the radius", "The slopes of tanh multiply too, step by step.", right=True),
        Option("It stays as it is", "Nothing holds it at one length: each step multiplies, by more or by less."),
    ],
)

# %%
Quiz(
    "The product of the norms of 99 Jacobians is 4e9. What follows for the norm of their product?",
    [
        Option("It is about 4e9", "In the bench it was 0.012 with this bound. A bound from above is no estimate."),
        Option("It is at least 4e9", "The other way about: the product of norms is never too small."),
        Option("It is at most 4e9", "And it may be anything below, also next to nothing.", right=True),
    ],
)

# %%
Quiz(
    "Your LSTM learns nothing that lies more than 30 steps back. What do you look at first?",
    [
        Option("At the average of f_t", "If it is 0.7, then 0.7^30 is 2e-5: raise the forget gate's bias.", right=True),
        Option("At nothing: an LSTM has no such problem", "With f at 0.5 it lost fourteen powers of ten in 99 steps."),
        Option("At the spectral radius of W_h", "It matters little here: the path along c is multiplied by f alone."),
    ],
)

# %% [markdown]
# ## In this lesson you have
#
# - written the Jacobian of a timestep, and multiplied 99 of them;
# - told the norm of a product from the product of norms and from $\rho^k$, and seen each of them fail or hold;
# - counted: $\rho = 1.25$ shrinks in 20 of 20 seeds once there is input, an LSTM with forget bias 0 in 20 of 20;
# - counted that a SimpleRNN that begins orthogonal holds a bit over 50 steps in 10 of 10, and a default LSTM in none.
#
# **Further reading.** S. Hochreiter, *Untersuchungen zu dynamischen neuronalen Netzen* (1991). Y. Bengio, P. Simard and
# P. Frasconi, *Learning long-term dependencies with gradient descent is difficult* (1994). R. Pascanu, T. Mikolov and
# Y. Bengio, *On the difficulty of training recurrent neural networks* (2013).
#
# Next: **5 · Clipping**, where gradients do explode, and what is done about it.
