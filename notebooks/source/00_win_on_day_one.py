# %% [markdown]
# # 0 · Win on day one
#
# In the next half hour a network that knows nothing learns to make up first names, on your own machine, while you
# watch. You learn how its success is measured, how a name is drawn from it letter by letter, and what the knob called
# *temperature* does. How the network works inside is what the other lessons are for.
#
# **You will be able to**
#
# - train a small recurrent network and read its curve in bits per letter;
# - say what it beats, and by how much: tables that count which letter follows which;
# - write `softmax_with_temperature`, and predict what a low and a high temperature do to the names;
# - find the letter of a name that the network did not expect.
#
# | minutes | what |
# |---|---|
# | 4 | predict what it writes |
# | 8 | train it |
# | 8 | temperature, with the knob |
# | 7 | temperature, in code |
# | 7 | count it: is that luck? |
# | 4 | exit questions |
#
# You need: a little Python, and what a probability is. Run a cell with Shift-Enter; read before you run. The code of
# predictions and quizzes is folded away, for it holds the answers.

# %% [markdown] tags=["instructor"]
# ## For who teaches
#
# **Goal.** Everybody has trained a recurrent network within ten minutes, and leaves with a measure (bits per letter), a
# yardstick (tables of counts) and a knob (temperature). Nothing inside the network is explained today.
#
# | 45 minutes | what |
# |---|---|
# | 0-6 | the prediction, hands up for "mostly from the list"; then Run |
# | 6-15 | train, all at once; read the samples of pass 1, 4 and 12 aloud |
# | 15-25 | the panel on the projector: questions 1 to 3 together, 4 in pairs |
# | 25-33 | `softmax_with_temperature`, each on their own machine; *elizabxeth* for those who are done |
# | 33-40 | count: votes on the board before anybody runs it; it takes half a minute, talk about the tables meanwhile |
# | 40-45 | exit questions |
#
# **What students usually predict.** That most of the names come from the list ("it has learned them"), and that
# temperature 0.3 gives only real names. Of 100 names 10 to 20 come from the list (ten networks); at 0.3 it is 53 to 75,
# and about one in four is then a repetition.
#
# | misconception | the question that exposes it |
# |---|---|
# | the network stores the names and picks one | the first prediction |
# | a low temperature gives 100 % to the likeliest letter | the panel, question 2: i and g at temperature 0.1 |
# | temperature changes the network | second exit question |
# | a network is better than counting, because it is a network | the count: after 4 passes a table still wins |
# | lower bits on the training list is what one wants | third exit question |
#
# **To discuss.** Which list would make the network write names of your class? What would it cost to store a table of
# eleven letters back? Whose names are not in a census of 1990, and what does the network say of them?
#
# **On the projector.** The Trainer while it runs: the samples change from soup to names between pass 1 and 3. Then the
# surprise of the teacher's own name.

# %%
import numpy as np

from rnnedu.experiments.language import NAMES, LanguageModel, load_names_model, names_split, network, training_set
from rnnedu.experiments.ngrams import NGrams
from rnnedu.experiments.sampling import Sampler, sample
from rnnedu.lessons import Option, Prediction, Quiz, check, full_or_short
from rnnedu.widget import SamplingPanel, SurpriseView, Trainer

# %% [markdown]
# ## Predict first (4 minutes)
#
# The list has 5,163 first names from the United States census of 1990, each once. A tenth of them, 516 names, is
# **held out**: the network never sees it. The other 4,647 it reads letter by letter, and before each letter it must say
# how likely each of the 26 letters is, and the end of the name. One reading of the whole list is a **pass** (an epoch).
#
# To write, one letter is drawn from what it says, then that letter is read, then the next is drawn, until the end is
# drawn. A network that was trained beforehand, just as yours will be, has written 100 names. How many of them stand in
# the list that it read? And how many are real names of the 516 that it never saw?

# %%
training, held_out = names_split()
known = load_names_model()


def written(language, temperature):
    return [sample(language, temperature=temperature, seed=seed) for seed in range(100)]


# %%
def among(names, real):
    real = set(real)
    return sum(name in real for name in names)


# %%
Prediction(
    "Of 100 names that a trained network writes, how many did it read, and how many are real but held out?",
    labels=["from its list", "real, never seen"],
    reveal=lambda: [among(written(known, 1.0), real) for real in (training, held_out)],
    low=0,
    high=100,
    step=1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 20 of the hundred stand in its list, and one is a real name that it never saw. (Ten more networks, trained the same
# way: 10 to 20, and none to two.) The rest is new. It has not stored the list; it has learned what makes a name of this
# list: which letters begin it, which follow which, how long it goes on.
# </details>

# %% [markdown]
# ## Train it (8 minutes)
#
# Your network is an LSTM: a cell that reads one letter at a time and carries 64 pairs of numbers along as its memory.
# It has about 23,000 weights, all random now. `x` holds what is read, `y` what comes next; names are padded to one
# length, and `counted` is 1 where there is a letter (or the end) to predict and 0 where there is padding.

# %%
x, y, counted = training_set(training, NAMES)
model = network(len(NAMES), seed=0)
mine = LanguageModel(model, NAMES, texts=training, held_out=held_out)
[sample(mine, seed=seed) for seed in range(3)]

# %% [markdown]
# That is what it writes before it has learned anything. How bad that is has a number. If the network gave the letter
# that came the probability $p$, its **surprisal** is $-\log_2 p$ bits: 1 bit for a probability of 1/2, 2 bits for 1/4.
# The mean over all letters is its score; less is better. Who knows nothing pays $\log_2 27 = 4.75$ bits per letter. Who
# knows only how frequent each letter is pays 4.05.
#
# Twelve passes take about 10 seconds, on a slow machine 40, and end between **2.70 and 2.95 bits per letter** on the
# held-out names. The curves are the *loss*, the same score in the unit that training uses, the nat: times 1.44 it is
# bits. The solid one is of the names that are read, the dashed one, *validation*, of the held-out names. Below them the
# network says its bits and writes eight names after every pass. (The two curves at the bottom are for other lessons.)
#
# To halt it early, interrupt the cell with the square in the toolbar: it pauses, nothing is lost, and its buttons,
# **Resume** among them, are yours. While the cell runs they would wait for its end.


# %%
diary = {}


def progress(model):
    passes = len(trainer.history["val_loss"])
    names = ", ".join(sample(mine, seed=seed) for seed in range(8))
    diary[passes] = f"pass {passes}: {mine.bits(held_out):.2f} bits per letter. {names}"
    return "\n".join(diary.values())


# %%
unseen = training_set(held_out, NAMES)
settings = {"sample_weight": counted, "validation_data": unseen, "epochs": full_or_short(12, 2)}
trainer = Trainer(model, x, y, batch_size=64, sample=progress, **settings)
trainer.run()

# %% tags=["nbval-check-output", "keep_output"]
low, high = full_or_short((2.70, 2.95), (2.95, 3.35))
print("bits per letter as expected:", bool(low < mine.bits(held_out) < high))

# %% [markdown]
# 1. After which pass did the samples begin to look like names? How many bits were that?
# 2. The training curve lies *above* the validation curve at first. Should it not be the other way about?
#
# <details><summary>After you have looked</summary>
#
# 1. Usually after the second or third, near 3.1 bits. The last tenths of a bit cost most of the time.
# 2. While it trains, a fifth of the 64 outputs is switched off at random for each letter (*dropout*, which keeps it
#    from learning the list by heart); and the bold training curve is a mean over past updates, when it was worse. The
#    validation is made with the whole network, at the end of a pass.
# </details>

# %% [markdown]
# ## Temperature, with the knob (8 minutes)
#
# The network gives each letter a probability. **Temperature** $\tau$ changes them before a letter is drawn: each is
# taken to the power $1/\tau$, and all are divided by their sum. The panel below holds the network that was trained
# beforehand, so that your numbers are those of the answers. Bars are the chances of the next letter; the line across
# each is what they are at temperature 1.
#
# 1. What is likeliest after *mar*, and with which probability? The title says how open the choice is: 4.75 bits would
#    be all 27 alike.
# 2. Set the temperature to 0.5, then to 0.1. What becomes of *i* and *g*? Why does *i* not get everything?
# 3. Set it to 10. How open is the choice now?
# 4. Take *mar* away. Write **ten names** at 0.3; **clear**; ten at 1; **clear**; ten at 2. Which would you give to a
#    child? How many of them stand in the list?

# %%
SamplingPanel(prefix="mar")

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. *i*, 24 %, then *g*, 21 %; 3.54 bits are open.
# 2. At 0.5 they have 42 % and 34 %, at 0.1 74 % and 26 %. A power keeps who is ahead ahead and makes distances larger;
#    *i* and *g* were close, and at 0.1 it is still only (0.235 / 0.212)$^{10}$ = 2.8 to 1. Everything goes to the
#    likeliest only in the limit, at 0.
# 3. 4.74 bits: nearly all alike, 4.9 % for *i*.
# 4. At 0.3 most stand in the list and some come twice; at 2 next to none, and many can hardly be pronounced.
# </details>

# %% [markdown]
# And yours? The same panel with your network: `SamplingPanel(mine)` in a cell of your own.
#
# ## Temperature, in code (7 minutes)
#
# A network ends in one score for each letter, the **logits** $a$; softmax makes them probabilities. With a temperature:
#
# $$p_k = \frac{e^{a_k/\tau}}{\sum_j e^{a_j/\tau}}$$
#
# Given are `logits`, an array $(V,)$ with one score for each of the $V$ symbols, and `temperature`, a number above 0.
# Return the probabilities, $(V,)$. The version below runs, and two things are missing.


# %% tags=["nbval-check-output", "keep_output"]
def softmax_with_temperature(logits, temperature):
    """Return probabilities (V,) that sum to 1."""
    return np.exp(logits)  # not finished


check(softmax_with_temperature)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def softmax_with_temperature(logits, temperature):
    """Return probabilities (V,) that sum to 1."""
    scaled = logits / temperature
    weights = np.exp(scaled - scaled.max())  # the largest is 1: exp cannot overflow
    return weights / weights.sum()


check(softmax_with_temperature)

# %% [markdown]
# The numbers of the panel, with your function, as soon as it is right. Logarithms of probabilities will do as logits:
# at temperature 1 the softmax gives the probabilities back. Does *i* get its 42 %?

# %%
if check(softmax_with_temperature):
    shares = softmax_with_temperature(Sampler(known, "mar").log_p, 0.5)
    for place in np.argsort(-shares)[:3]:
        print(f"{NAMES.symbols[place]}: {shares[place]:.3f}")

# %% [markdown]
# Ours is `tempered` in `rnnedu/experiments/sampling.py`. Now predict. Your own network writes 100 names at each of
# three temperatures. How many of each hundred do **not** stand in the list that it read? (Run takes a few seconds.)

# %%
Prediction(
    "Of 100 names of your network at each temperature, how many are not in its list?",
    labels=["0.3", "1", "2"],
    reveal=lambda: [100 - among(written(mine, temperature), training) for temperature in (0.3, 1.0, 2.0)],
    low=0,
    high=100,
    step=1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Over ten networks that differ in their first weights alone we counted 25 to 47, 80 to 90, and 96 to 98. A low
# temperature stays where the list was dense, and pays with sameness: at 0.3, of 100 names about 75 are different ones.
# A high one leaves the list, and then leaves names altogether. There is no right temperature; 1 is the one at which the
# network writes as it was trained to.
# </details>
#
# What the network expects can also be asked of a name that you give it. Click a letter: the title says its bits, the
# bars what was expected in its place.
#
# 1. Which letter of *elizabxeth* costs most, how many bits, and one in how many is that?
# 2. Look at *b*: 5.5 bits. What was expected in its place? Why?
# 3. Compare the *e*, *t* and *h* behind the x with those of *elizabeth* without x. How long does the mistake trouble
#    the network?
# 4. Type your own name, in small letters from a to z. Where is it surprised?

# %%
SurpriseView(text="elizabxeth")

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. The *x*, 16.6 bits: one in $2^{16.6}$, about 96,000.
# 2. The end, with 73 %: *eliza* is a name, and here a whole one.
# 3. With the x they cost 2.6, 7.5 and 4.3 bits, without it 1.0, 0.9 and 0.1. It takes to the end of the name: what was
#    read is carried along in the network's memory, and that is what *recurrent* means.
# 4. A network can only expect what its list was like. A name that is common elsewhere costs more bits, and that says
#    something of the list, not of the name.
# </details>

# %% [markdown]
# ## Count it: is that luck? (7 minutes)
#
# Is 2.8 bits good? One needs something to hold it against. Here is what one gets without any network, by counting which
# letter follows which in the list: looking 0, 1, 2, 3 or 4 letters back. (Where a table has seen too little, it asks
# the one that looks less far back.)

# %% tags=["nbval-check-output", "keep_output"]
tables = [NGrams(back + 1, training, NAMES).bits(held_out) for back in range(5)]
for back, bits in enumerate(tables):
    print(f"{back} letters back: {bits:.2f} bits per letter on held-out names")

# %% [markdown]
# Three letters back is best: four letters back has seen each case too rarely. And is the network's success luck of its
# random beginning? Take ten networks that differ only in the seed of their first weights, and give each **4 passes**.
# In how many of the ten is the network better than the table that looks 1, 2, 3 letters back? Say a number for each,
# then run it; it takes about 20 seconds, on a slow machine more than a minute.


# %%
def after_four_passes(seed):
    fresh = network(len(NAMES), seed=seed)
    fresh.fit(x, y, batch_size=64, epochs=4, sample_weight=counted, verbose=0)
    return LanguageModel(fresh, NAMES).bits(held_out)


# %%
def winners():
    scores = [after_four_passes(seed) for seed in range(10)]
    return [sum(score < table for score in scores) for table in tables[1:4]]


# %%
Prediction(
    "After 4 passes, how many of 10 networks beat the table that looks so many letters back?",
    labels=["1 back", "2 back", "3 back"],
    reveal=winners,
    low=0,
    high=10,
    step=1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 10, 10 and 0. Ten seeds lie close together, between 2.96 and 2.99 bits, so it is not luck; and a network is not better
# than counting because it is a network. After 4 passes the best table, 2.80, still wins. After 12 passes we counted
# again: 10 of 10 networks, 2.74 to 2.79 bits, beat every table, if only just. What they gain over counting is that
# nobody has to say how far back to look. The longer the text remembers, the more that is worth; names are short.
# </details>

# %% [markdown]
# ## Exit questions (4 minutes)

# %%
Quiz(
    "A network has 3 bits per letter on held-out names. What does that say?",
    [
        Option(
            "It is right once in three letters", "Bits count how open the choice is, not how often the best is right."
        ),
        Option("It is as unsure as if 8 letters were equally likely", "2 to the power 3, in the mean.", right=True),
        Option("It stores 3 bits for each letter", "It stores weights, as many as before. Bits measure its surprise."),
    ],
)

# %%
Quiz(
    "At temperature 0.1 a network writes the same few names over and over. What has changed?",
    [
        Option("Its weights", "They are as they were. Temperature acts on its scores, when a letter is drawn."),
        Option("How its scores become chances", "Small differences become large ones.", right=True),
        Option("Its memory is shorter", "It reads and carries as before; it is the draw that has become less open."),
    ],
)

# %%
Quiz(
    "A network pays 2.0 bits per letter on the names it read and 3.4 on names held out. What has happened?",
    [
        Option("It has learned the list by heart", "It knows its list, and less of names than yours.", right=True),
        Option("It needs more passes", "They would lower the 2.0 further and help the 3.4 little or make it worse."),
        Option("The held-out names are harder", "They were drawn from the same list at random: as hard as any others."),
    ],
)

# %% [markdown]
# ## In this lesson you have
#
# - trained a network on your machine, and measured it in bits per letter on names that it never saw;
# - held it against tables of counts, and counted over ten seeds when it wins;
# - written `softmax_with_temperature`, and seen what it does to letters and to whole names;
# - found where a name surprises a network.
#
# Next: **1 · One timestep**, where you open the cell that has just learned this.
#
# **Further reading.** C. E. Shannon, *A mathematical theory of communication* (1948), where surprisal and the tables of
# letters come from. A. Karpathy, *The unreasonable effectiveness of recurrent neural networks* (2015), the essay that
# made character models popular.
