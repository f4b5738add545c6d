# %% [markdown]
# # 15 · Out to Keras and PyTorch
#
# You have a trained network, and it is to go on elsewhere: in PyTorch, in Keras, in an ONNX file. All of them compute
# the same cells. They differ in what stands where in the arrays, and a mistake there raises no error. In this lesson
# you carry a network out and back, and find out how one knows that it has arrived.
#
# **You will be able to**
#
# - say where four libraries differ: order of gates, transposes, biases, axes of the data;
# - write `lstm_for_onnx`, which puts an LSTM's weights where ONNX wants them;
# - carry a model to PyTorch, Keras and ONNX and back, and say how large a difference is still "the same";
# - count which misread weights a score would overlook.
#
# | minutes | what |
# |---|---|
# | 4 | predict what a wrong order costs |
# | 7 | would you notice? |
# | 8 | conventions side by side |
# | 8 | write it |
# | 5 | out and back |
# | 5 | count it |
# | 3 | exit questions |
#
# You need: an LSTM has the gates $i$, $f$, $o$ and the candidate $g$, a GRU the gates $z$, $r$ and the candidate $n$;
# lessons 6 and 7 open them. The lesson needs no other library. Where one is installed, one more cell has something to
# do; where not, it says how to get it; run the cell again then.

# %% [markdown] tags=["instructor"]
# ## For who teaches
#
# **Goal.** Students stop trusting "it loads and the score is fine". They can name the conventions that differ, and
# their reflex is: same input through both, largest difference, 1e-6 or it is another network.
#
# | 45 minutes | what |
# |---|---|
# | 0-6 | the first prediction; read the names of the wrong orders aloud before the numbers are shown |
# | 6-14 | the panel, questions 1 to 4 in pairs |
# | 14-23 | the numbered arrays: on the projector, "where will 231 stand?" *before* each cell is run |
# | 23-32 | `lstm_for_onnx`, each on their own machine |
# | 32-36 | out and back: on one machine with the libraries installed, if not on all |
# | 36-42 | the count: a vote for each bar before Run, 10 to 20 seconds |
# | 42-45 | exit questions |
#
# **What students usually predict.** That every wrong order gives rubbish, about 4.75 bits each. In the count: that the
# score catches all three, 10, 10 and 10. It is 10, 10 and about 0.
#
# | misconception | the question that exposes it |
# |---|---|
# | if the shapes fit, it is right | the first prediction: 24 orders, one shape |
# | a reshape is as good as a transpose | the second prediction |
# | two biases are a luxury, one may add them | the count, third bar; it is true of the LSTM |
# | if the score is the same, the network is | the count, and the second exit question |
# | equal means a difference of 0 | the third exit question |
#
# **To discuss.** Which test would you ask of somebody who publishes converted weights? Why is the difference to be
# taken on *trained* weights and several timesteps? (Fresh ones have biases of 0, and from the zero state $f$ multiplies
# nothing: much that is wrong does not show.) Who has to pick the tolerance, and from what?
#
# **On the projector.** `print(kernel)` beside `weight_ih_l0`. One student says which number moves where, one draws it.
#
# To have every cell do something: `pip install torch keras tensorflow onnx onnxruntime`, about 2 GB, before the class.

# %%
import tempfile

import numpy as np

from rnnedu import interop
from rnnedu.experiments.language import NAMES, load_names_model, network
from rnnedu.experiments.texts import training_set
from rnnedu.interop.onnxweights import tensors
from rnnedu.layers import GRU, LSTM
from rnnedu.lessons import Option, Prediction, Quiz, check, full_or_short, with_peers
from rnnedu.lessons.misread import MISREADINGS, names_read_in, noticed, orders
from rnnedu.view import Picture, axes
from rnnedu.widget import SamplingPanel

# %% [markdown]
# ## Predict first (4 minutes)
#
# The network is an LSTM that writes first names, letter by letter; it comes with rnnedu. Its score on 516 names that it
# never saw is 2.74 bits per letter; less is better. Who knows only how frequent each letter is pays 4.05, who knows
# nothing 4.75.
#
# Its weights lie in arrays with four blocks side by side, one for each of $i$, $f$, $g$, $o$. Now a file holds just
# these weights, with the blocks in another order, and you load it as if they stood $i$, $f$, $g$, $o$. Nothing
# complains, all blocks are of the same size. What are the bits per letter?


# %%
def bits(order):
    language = names_read_in(order)
    return language.bits(language.held_out)


# %%
Prediction(
    "The file has the gates in this order, and is read as i, f, g, o. How many bits per letter?",
    labels=["i f g o (right)", "o f g i", "i o f g (as ONNX)", "i g f o"],
    reveal=lambda: [bits(order) for order in ("ifgo", "ofgi", "iofg", "igfo")],
    low=2,
    high=6,
    step=0.1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 2.74, 3.03, 4.35 and 4.96. With $f$ and $g$ in each other's place it does worse than who knows nothing. With $i$ and
#    $o$ in each other's place it is still a decent network! No error in any of them.
# </details>
#
# Here are all 24 orders. What have the mildest in common?

# %%
right = bits("ifgo")
costs = {order: right + cost.bits for order, cost in orders().items()}
ax, colours = axes(height=3.2), ["#0b62a6"] + ["#b34700"] * 5 + ["#767676"] * 18
ax.bar(list(costs), list(costs.values()), color=colours)
for level, what in ((4.05, "letter frequencies alone"), (4.75, "knows nothing")):
    ax.axhline(level, color="black", linewidth=0.8, linestyle="--")
    ax.text(-0.4, level + 0.06, what, va="bottom")
ax.tick_params(axis="x", labelrotation=90, labelfontfamily="monospace")
ax.set(ylim=(0, 6), xlabel="order of the gates in the file", ylabel="bits per letter")
ax.set_title("One order is right (blue); none of the 23 wrong ones raises an error")
Picture(ax, "bars from 2.7 bits, the right order, over 3.0, o f g i, to 5.5 bits")

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# The five orange ones have $g$ in its place. It is the only $\tanh$; where a gate and $g$ change places, a number that
# should have a sign has none. Those five are still better than letter frequencies alone.
# </details>
#
# ## Would you notice? (7 minutes)
#
# The panel writes with the network read from a file with the `gates` of its first line. Questions 3 and 4 ask you to
# change that line and run the cell again. The bars are the chances of the next letter.
#
# 1. Press **ten texts**. If a colleague gave you this network as "trained on names", what would you say?
# 2. Write *mar* into **begins with**. What is likeliest next, and with which probability?
# 3. Make it `gates = "ifgo"`, the right one. The same question: what did question 2 get wrong?
# 4. Make it `gates = "iofg"`, ONNX' order. Press **ten texts**: how are they wrong? What is likeliest after *mar*?
# 5. Give a test that `"ifgo"` passes and `"ofgi"` does not. Does it help to ask for more names?

# %%
gates = "ofgi"
loaded = names_read_in(gates)
SamplingPanel(loaded)

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. *sanale*, *zunila*, *emelma*, even *jackie*, a real one. A small network, not the best; who would suspect the
#    loading?
# 2. *g* with 16 %, then *i* with 13 %.
# 3. *i* with 24 %, then *g* with 21 %. The list of letters is nearly the same, the numbers are not.
# 4. Three of the ten find no end and are cut off after 40 letters; *a* with 37 %. That one would be noticed.
# 5. Names cannot tell: each is drawn, and a mediocre network writes mediocre names. Numbers can. Give both networks the
#    same letters and compare every probability. Among all held-out names the largest difference is 0.90 for `"ofgi"`,
#    and for no wrong order less; for the right one it is 0.
# </details>
#
# ## Conventions side by side (8 minutes)
#
# To see where a number goes, every weight gets a number that tells where it comes from. In 231 the input is 2, the gate
# 3, the unit 1. This LSTM has 2 inputs and 2 units; its gates are $i = 1$, $f = 2$, $g = 3$, $o = 4$. Before you run
# the second cell: in which row and column will 231 stand, in PyTorch's array and in ONNX'?

# %% tags=["nbval-check-output", "keep_output"]
kernel = np.add.outer([100, 200], [11, 12, 21, 22, 31, 32, 41, 42])
lstm = LSTM(2)
lstm.build((None, None, 2))
lstm.set_weights([kernel, kernel, kernel[0]])
print("here and in Keras: x_t @ kernel, shape", kernel.shape)
print(kernel)

# %%
in_pytorch, in_onnx = interop.torch.state_dict(lstm)["weight_ih_l0"], dict(tensors(lstm))["W"][0]
print("PyTorch: weight_ih_l0 @ x_t, gates i f g o   |   ONNX: W[0] @ x_t, gates i o f g")
for pair in zip(in_pytorch.astype(int), in_onnx.astype(int), strict=True):
    print("{}                                    |   {}".format(*pair))

# %% [markdown]
# Here $x_t$ is a row and stands left of its matrix, $x_t W$; there it is a column and stands right of it, so the matrix
# is the transposed one. And the biases: the LSTM has one here, two in PyTorch and ONNX. Both are added to the same sum,
# so ours takes the first place and the second is 0.
#
# The GRU is different. Its second bias stands inside a bracket, and there it cannot be moved out:
#
# $$n_t = \tanh(x_t W_{xn} + b_n + r_t \odot (h_{t-1} W_{hn} + b_{hn}))$$
#
# So all libraries keep two. Here the first digit says which; $z = 1$, $r = 2$, $n = 3$.

# %%
six = np.add.outer([100, 200], [11, 12, 21, 22, 31, 32])
gru = GRU(2)
gru.build((None, None, 2))
gru.set_weights([six, six, six])
print("here and in Keras, gates z r n, bias (2, 6)")
print(six)
for name in ("bias_ih_l0", "bias_hh_l0"):
    print("PyTorch, gates r z n:", name, interop.torch.state_dict(gru)[name].astype(int))

# %% [markdown]
# | | here, Keras | PyTorch | ONNX |
# |---|---|---|---|
# | product | $x_t W$, $W$ is $(D, GH)$ | $W x_t$, $W$ is $(GH, D)$ | $W x_t$, $W$ is $(1, GH, D)$ |
# | LSTM's gates | $i\ f\ g\ o$ (Keras: $c$ for $g$) | $i\ f\ g\ o$ | $i\ o\ f\ c$ |
# | GRU's gates | $z\ r\ n$ (Keras: $h$ for $n$) | $r\ z\ n$ | $z\ r\ h$ |
# | LSTM's biases | one $(4H,)$ | two, $(4H,)$ each | two in one row, $(1, 8H)$ |
# | GRU's biases | $(2, 3H)$ | two, $(3H,)$ each | two in one row, $(1, 6H)$ |
# | GRU's reset | after the product, or before (`reset_after`) | after | before, or after (`linear_before_reset`) |
# | GRU's $z$ | keeps $h_{t-1}$ | keeps | keeps |
# | data | $(B, T, D)$ | $(T, B, D)$, or `batch_first` | $(T, B, D)$, or `layout` |
#
# $G$ is 4 for an LSTM and 3 for a GRU, $H$ the units, $D$ the inputs, $B$ the batch, $T$ the timesteps. "$z$ keeps" is
# $h_t = z_t h_{t-1} + (1 - z_t) n_t$; papers write it the other way about as often.
#
# Last the data. Two sequences of three timesteps, $(B, T)$: 12 is sequence 1 at time 2. PyTorch wants time first.

# %%
x = np.array([[11, 12, 13], [21, 22, 23]])

# %%
Prediction(
    "x is [[11, 12, 13], [21, 22, 23]]. What stands at [0, 1], which should be sequence 2 at time 1?",
    labels=["x.swapaxes(0, 1)", "x.reshape(3, 2)"],
    reveal=lambda: [x.swapaxes(0, 1)[0, 1], x.reshape(3, 2)[0, 1]],
    low=10,
    high=30,
    step=1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 21 and 12. `reshape` gives the right shape and deals the numbers out anew, row by row: the network would read sequence
# 1 at time 2 as the beginning of sequence 2. It runs on that, and trains on it.
# </details>
#
# ## Write it (8 minutes)
#
# An LSTM of ours has `kernel` $(D, 4H)$, `recurrent_kernel` $(H, 4H)$ and `bias` $(4H,)$, the gates $i$, $f$, $g$, $o$.
# Return what ONNX wants: `W` $(1, 4H, D)$, `R` $(1, 4H, H)$ and `B` $(1, 8H)$, the gates $i$, $o$, $f$, $c$ (its $c$ is
# our $g$). The first axis is for the direction, there is one. The version below runs, and more than one thing is
# missing.


# %% tags=["nbval-check-output", "keep_output"]
def lstm_for_onnx(kernel, recurrent_kernel, bias):
    """Return W (1, 4H, D), R (1, 4H, H) and B (1, 8H)."""
    W = kernel.T[np.newaxis]  # not finished
    R = recurrent_kernel.T[np.newaxis]  # not finished
    B = bias[np.newaxis]  # not finished
    return W, R, B


check(lstm_for_onnx)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def ordered(array):
    """Return (..., 4H) with the gates i, f, g, o in the order i, o, f, g."""
    i, f, g, o = np.split(array, 4, axis=-1)
    return np.concatenate([i, o, f, g], axis=-1)


print(ordered(np.array(["i", "f", "g", "o"])))


# %% tags=["solution", "nbval-check-output", "keep_output"]
def lstm_for_onnx(kernel, recurrent_kernel, bias):
    """Return W (1, 4H, D), R (1, 4H, H) and B (1, 8H)."""
    W, R = ordered(kernel).T[np.newaxis], ordered(recurrent_kernel).T[np.newaxis]
    B = np.concatenate([ordered(bias), np.zeros_like(bias)])[np.newaxis]
    return W, R, B


check(lstm_for_onnx)

# %% [markdown]
# Now for use. `run_node` computes what ONNX' standard says that its operator LSTM computes, in NumPy. It gets the
# trained network's weights from your function, and the embedded letters of the held-out names, time first. The same
# letters go through our layer. How far do the two lie apart?


# %%
def apart(ours, theirs):
    return f"{np.abs(np.asarray(ours) - np.asarray(theirs)).max():.1e}"


# %%
names = load_names_model()
letters, _, _ = training_set(names.held_out, NAMES)
embedding, trained, *_ = names.model.layers
if check(lstm_for_onnx):
    read = embedding(letters)
    arrays = lstm_for_onnx(*trained.get_weights())
    Y, *_ = interop.onnx.run_node("LSTM", [read.swapaxes(0, 1), *arrays], {"hidden_size": 64})
    print("largest difference of a state:", apart(trained(read), Y[:, 0].swapaxes(0, 1)))

# %% [markdown]
# With a right function it is 0, or next to it. Ours is `tensors` in `rnnedu/interop/onnxweights.py`.
#
# ## Out and back (5 minutes)
#
# The whole network to **PyTorch**, the names through both, and its weights back into a fresh network. A model's weights
# without PyTorch, as NumPy arrays under PyTorch's names, are `interop.torch.state_dict(model)`.
#
# How small should the difference be? A float32 has 24 binary digits: each number is right to about $6 \cdot 10^{-8}$ of
# its size. Other libraries add in another order and round elsewhere, so expect $10^{-7}$ to $10^{-5}$. A wrong gate
# gave 0.9: nothing lies between, and `1e-4` as a limit tells the two apart.


# %%
def through_torch(torch):
    module, back = interop.torch.to_torch(names.model), network(len(NAMES), seed=1)
    theirs = module(torch.from_numpy(letters)).detach().numpy()
    interop.torch.load_state_dict(back, module.state_dict())
    ours = names.model.predict(letters)
    return f"there: {apart(ours, theirs)}, and back: {apart(ours, back.predict(letters))}"


print(with_peers(through_torch, "torch"))


# %% [markdown]
# To **Keras**. Layers, arrays and order are the same as here, so `theirs.set_weights(ours.get_weights())` is all there
# is to it. (TensorFlow takes 5 to 20 seconds to start, and may tell of your processor first.)


# %%
def through_keras(keras):
    there = interop.keras.to_keras(names.model)  # a keras.Sequential
    back = interop.keras.from_keras(there)
    ours = names.model.predict(letters)
    return f"there: {apart(ours, there(letters))}, and back: {apart(ours, back.predict(letters))}"


print(with_peers(through_keras, "keras"))


# %% [markdown]
# To an **ONNX** file. It holds the network without any of the libraries; programs in C++, on phones or in browsers run
# it. Here onnxruntime does.


# %%
def through_a_file(onnx, onnxruntime):
    ours = names.model.predict(letters)
    with tempfile.TemporaryDirectory() as folder:
        interop.onnx.export(names.model, f"{folder}/names.onnx")
        back = interop.onnx.load(f"{folder}/names.onnx")
        session = onnxruntime.InferenceSession(f"{folder}/names.onnx", providers=["CPUExecutionProvider"])
    (there,) = session.run(None, {"x": letters})
    return f"there: {apart(ours, there)}, and back: {apart(ours, back.predict(letters))}"


print(with_peers(through_a_file, "onnx", "onnxruntime"))


# %% [markdown]
# And from one to the other: a GRU that begins in Keras, comes here, and goes on to PyTorch, for 10 seeds.


# %%
def journey(seed, keras, torch):
    """Return the largest difference between Keras' GRU and PyTorch's, from random weights and biases."""
    x = np.random.default_rng(seed).standard_normal((8, 20, 5)).astype("float32")
    begun = keras.Sequential([keras.Input((None, 5)), keras.layers.GRU(16, return_sequences=True)])
    random = np.random.default_rng(seed)
    begun.set_weights([random.normal(0, 0.5, each.shape) for each in begun.get_weights()])
    arrived = interop.torch.to_torch(interop.keras.from_keras(begun))
    return np.abs(begun(x) - arrived(torch.from_numpy(x)).detach().numpy()).max()


# %%
def journeys(keras, torch):
    found = [journey(seed, keras, torch) for seed in range(10)]
    return f"largest difference in 10 seeds: {min(found):.0e} to {max(found):.0e}"


print(with_peers(journeys, "keras", "torch"))

# %% [markdown]
# <details><summary>If you have none of them</summary>
#
# We found, there: 1.3e-06 or 1.4e-06 with each of the three; back: 0, for the very same numbers are put back into
# their places. Ten GRUs from Keras to PyTorch: 3e-07 to 5e-07.
# </details>
#
# ## Count it (5 minutes)
#
# So one compares numbers. But is a score not enough, in practice? Ten GRUs of 32 units are trained on the names, with
# ten seeds, three passes each; they reach 3.08 to 3.11 bits. Then each is misread in one of three ways:
#
# - **z and r swapped**: PyTorch's order of gates, read as ours;
# - **reset before the product**: the right weights, in a GRU with the other reset;
# - **two biases added**: $b_{hn}$ added to $b_n$, "only the sum matters", as in an LSTM.
#
# A misreading is *noticed by the score* if it costs more than 0.03 bits, as much as the ten differ by themselves. In
# how many of 10 is it? **Run** trains them all: about 10 seconds on a laptop, at most a minute.

# %%
seeds = range(full_or_short(10, 2))

# %%
Prediction(
    "In how many of 10 seeds does the score give the misreading away?",
    labels=list(MISREADINGS),
    reveal=lambda: [by_score for by_score, _ in noticed(seeds).values()],
    low=0,
    high=len(seeds),
    step=1,
)

# %% [markdown]
# The next cell counts the same networks, by the score and by the numbers: is any probability of a letter off by more
# than
# 0.001? By the score we found 10, 10 and 0 of 10. The last digits of a float differ from machine to machine, so expect
#    9 or 10, 8 to 10, and 0 to 4.

# %% tags=["nbval-check-output", "keep_output"]
by_score, by_numbers = np.array(list(noticed(seeds).values())).T / len(seeds)
print("swapped, by the score in at least 9 of 10:     ", by_score[0] >= 0.9)
print("reset before, by the score in at least 8 of 10:", by_score[1] >= 0.8)
print("biases added, by the score in at most 4 of 10: ", by_score[2] <= 0.4)
print("every one of them by the numbers:              ", by_numbers.min() == 1)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 10, 10 and 0 of 10; in 40 seeds it was 40, 40 and 5. Two biases added cost -0.002 to 0.02 bits: in some seeds the
# score gets *better*, by chance. And yet single probabilities are off by 0.13 to 0.29. It is another network, which
# happens to be about as good. Train it on, or let somebody rely on one of its answers, and the difference is there.
#
# The reset costs 0.04 to 0.10 bits. You notice that only if you know what the score was *before* the journey. The
# numbers tell all three in 10 of 10, without any score, with one batch of input.
# </details>
#
# ## Exit questions (3 minutes)

# %%
Quiz(
    "You copy a GRU's arrays from PyTorch into Keras by hand, each matrix transposed. All shapes fit. What is left?",
    [
        Option("Nothing, the shapes would tell", "All blocks have one size: z and r fit in each other's place."),
        Option("The blocks of z and r change places", "PyTorch stacks r z n, Keras z r n.", right=True),
        Option("z changes its sign", "z keeps the old state in both. In papers where z writes, it would."),
        Option("The two biases are added", "b_hn stands in the reset's bracket: a GRU needs both."),
    ],
)

# %%
Quiz(
    "A converted model has the original's accuracy, 91.3 %. On one batch single outputs differ by 0.2. Is it right?",
    [
        Option("Yes, accuracy is what counts", "Two biases added kept the score too. It is another network."),
        Option("No: the same weights give the same numbers", "0.2 is a million times what rounding does.", right=True),
        Option("Yes, libraries round differently", "They do, and it makes 1e-7 to 1e-5."),
    ],
)

# %%
Quiz(
    "In float32 two libraries differ by 3e-7 at most, on trained weights and long sequences. What do you do?",
    [
        Option("Look for the mistake: equal means 0", "Sums in another order are rounded otherwise; 0 would be luck."),
        Option("Nothing, that is rounding", "One float32 is good to 6e-8, and there were many sums.", right=True),
        Option("Compare with fresh weights instead", "Their biases are 0: added or swapped, nobody would see it."),
    ],
)

# %% [markdown]
# ## In this lesson you have
#
# - read one network in 24 orders of its gates, and heard no error;
# - followed numbered weights into PyTorch's and ONNX' arrays, and swapped axes instead of reshaping;
# - written `lstm_for_onnx`;
# - carried a network to other libraries and back, as far as they are here, and compared its numbers;
# - counted that a score overlooks added biases, and that comparing numbers overlooks none.
#
# **Further reading.** The docstrings of `rnnedu.interop`, which say for each library what stands where. The pages of
# `torch.nn.LSTM` and `torch.nn.GRU` in PyTorch's documentation, of `LSTM` and `GRU` in Keras', and of the operators
# `LSTM` and `GRU` in the ONNX specification. Cho et al., *Learning phrase representations using RNN encoder-decoder for
# statistical machine translation* (2014), and Chung et al., *Empirical evaluation of gated recurrent neural networks on
# sequence modeling* (2014): two GRUs, two conventions of $z$.
