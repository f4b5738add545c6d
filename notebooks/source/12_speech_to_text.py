# %% [markdown]
# # 12 · Speech to text
#
# A sound of two seconds is a hundred timesteps, "four two" is eight letters, and nobody has marked which letter is said
# when. How can a network be trained to write down what it hears? By counting *every* way in which it may have spelled
# the words. This is CTC, *connectionist temporal classification*. You will see it, write it, train with it in a minute,
# listen to what comes of it, and find out how far one may believe its error rate.
#
# **You will be able to**
#
# - collapse a path, and say what the blank is for;
# - read a lattice of alignments: $\alpha$, $\beta$, and the posterior $\gamma$;
# - write `collapse` and `ctc_forward`, which adds up all alignments in one sweep;
# - say why an error rate depends on who spoke, and what the future of a sound is worth.
#
# | minutes | what |
# |---|---|
# | 5 | predict, and write the collapse |
# | 7 | the lattice |
# | 8 | write the forward recursion |
# | 6 | train it |
# | 6 | the speech lab |
# | 5 | predict honest numbers |
# | 3 | exit questions |
#
# You need: a recurrent layer reads one input at each timestep and answers at each timestep; a softmax makes its answer
# a share for every symbol. Headphones, if you are in a class.

# %% [markdown] tags=["instructor"]
# ## For who teaches
#
# **Goal.** One number, the probability of a word over *all* its alignments, makes training possible where nobody has
# marked the letters. Students leave able to compute it, to say what the blank does, and with a healthy distrust of an
# error rate that does not say whose voice it was measured on.
#
# | 45 minutes | what |
# |---|---|
# | 0-6 | the first prediction; collapse `hh-e-ll-llo` together on the board, then each writes it |
# | 6-14 | the lattice on the projector: questions 1 to 3 together, 4 to 6 in pairs |
# | 14-23 | `ctc_forward`, each on their own machine; who is done starts the training cell |
# | 23-28 | talk while it trains: why do the blanks come first? |
# | 28-35 | the speech lab; one student records a number in front of the class |
# | 35-41 | the last prediction: votes *before* anybody runs it |
# | 41-45 | exit questions |
#
# **What students usually predict.** First: that "see" and "set" have equally many paths. Last: that held-out voices
# cost a little more than known ones, and that reading from both ends helps a little. Both matter many times over.
#
# | misconception | the question that exposes it |
# |---|---|
# | the blank is silence | the speech lab: letters are spikes, and the blank stands in the middle of loud vowels too |
# | the blank is the space between words | where are the spaces in the speech lab's letters? In a row of their own |
# | the network learns when each letter is said | question 4: at first $\gamma$ is broad; who told it where to peak? |
# | the best path is what counts | the lattice: the best path of "see" has 9 % of the probability |
# | 1 % error means it understands speech | the last prediction, then the class's own recording |
#
# **To discuss.** Which languages would need fewer frames a letter than CTC has? (One label a frame is its limit.)
# Why may a system that shows subtitles live not read from both ends? Whose voices are missing, and who pays for it?
#
# **On the projector.** The lattice of "see", then of "set"; the speech lab with the noise drawn slowly down to 0 dB;
# the table of confusions at 0 dB: which digits go first?

# %%
import numpy as np

from rnnedu import ctc
from rnnedu.datasets.speech import load_digits
from rnnedu.experiments import alignments, hearing
from rnnedu.lessons import Option, Prediction, Quiz, check, full_or_short
from rnnedu.speech import compose, folder, learn, recognise, spelling
from rnnedu.view import Picture, axes
from rnnedu.widget import CTCLattice, SpeechLab

# %% [markdown]
# ## Predict first (5 minutes)
#
# The network says one symbol in every frame: a letter, or the **blank**, written `-`. Two rules turn such a path into
# text: *first* repeats become one, *then* blanks go. So `ss-ee-ee` reads "see", and `sseeeeee` reads "se". Many paths
# read the same. With 8 frames, how many paths read "so", "set", "see"?

# %%
Prediction(
    "How many paths of 8 frames read ...",
    labels=["so", "set", "see"],
    reveal=lambda: [alignments.count(word, 8) for word in ("so", "set", "see")],
    low=0,
    high=600,
    step=10,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 210, 462 and 210. "set" has one letter more than "so", and more ways to share out the frames. "see" has as many
# letters as "set" and yet fewer paths: between its two e there *must* be a blank, or they would become one.
# </details>
#
# Write the two rules. `path` is a text with one symbol a frame, `blank` the symbol that stands for nothing. The version
# below runs, and does one of the two.


# %% tags=["nbval-check-output", "keep_output"]
def collapse(path, blank):
    """Return the text that a path stands for."""
    return path.replace(blank, "")  # not finished


check(collapse)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def collapse(path, blank):
    """Return the text that a path stands for."""
    text, before = "", blank
    for symbol in path:
        if symbol not in (before, blank):
            text += symbol
        before = symbol
    return text


check(collapse)

# %% [markdown]
# ## The lattice (7 minutes)
#
# All 210 paths of "see" in one picture. Downwards stand the **states**: its letters, and a blank around each. A path
# goes from left to right, one state a frame; it may stay, go one down, or skip a blank. Below it is what a network
# said, $y$ (made up here: it has heard "see"). At the cursor stand four numbers for each state:
#
# - $\alpha$, the probability of all paths *from the beginning to here*, this frame included;
# - $\beta$, that of all paths *from here to the end*, this frame not included;
# - $\gamma = \alpha \beta / p$, the **posterior**: the share of the paths of "see" that pass here;
# - $p$, the probability of "see", all its paths together.
#
# Click into the lattice; **←** **→** move the cursor, **↑** **↓** choose a state.
#
# 1. At frame 1, why is $\log \alpha$ of states 3 to 7 $-\infty$? And which two states may be last, at frame 8?
# 2. A line leads from state 2, s, straight to state 4, e. Is there one from 4, e, to 6, e? Why?
# 3. At frame 4, state 4: $e^{\log \alpha + \log \beta}$ is? Divide by $p$. Then add it up over all states of frame 6.
# 4. Draw **how sure the network is** to 0: it has learned nothing. Look at $\gamma$: where are the letters now?
# 5. Back to 4. Set **frames T** to 4, and to 3. What is said, and why?
# 6. Back to 8. Read *What the blank is for*, at the bottom. Write the word "set": what changes there?

# %%
CTCLattice("see")

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. A path begins in the first blank or in the first letter: to be further down, it would have left a letter out. It
#    ends in the last letter, 6, or in the blank behind it, 7.
# 2. No. s and e differ, so the blank between them may be skipped. Between equal letters it may not: without it they
#    collapse to one e.
# 3. $e^{-0.472 - 0.869} = 0.262$, and $0.262 / 0.286 = 0.913$, as $\gamma$ says. The sum over all states is $p$, at
#    frame 6, and at every other frame too: each path passes each frame in exactly one state.
# 4. They are spread over a broad band, a good third of it on the blanks. The loss draws $y$ towards $\gamma$: so
#    training begins, and in a long sound the blanks get most. Nobody has said where the letters are; they settle.
# 5. With 4 frames there is a single path, `se-e`. With 3 there is none: $p = 0$, the loss is infinite.
# 6. Without the blank "see" has the probability 0: its likeliest path reads "se". "set" can be spelled, with 0.144.
#    The blank keeps equal letters apart, and it lets a network say *nothing yet*.
# </details>

# %% [markdown]
# ## Write it (8 minutes)
#
# $\alpha$ is worked out frame by frame. State $s$ at frame $t$ is reached from itself, from $s - 1$, and from $s - 2$
# where the skip is allowed; then its symbol is read:
#
# $$\alpha_t(s) = \big(\alpha_{t-1}(s) + \alpha_{t-1}(s-1) + [\text{skip}]\ \alpha_{t-1}(s-2)\big) \cdot y_t(s)$$
#
# A hundred factors below 1 underflow, so all is done with logarithms: a product is `+`, a sum is `np.logaddexp(a, b)`.
# `log_y` is $(T, V)$, one row a frame. `states` are the symbols of the states, such as `[0, 5, 0, 3, 0, 3, 0]` with 0
# for the blank. Return `log_alpha`, $(T, S)$ with `-np.inf` where no path leads, and `log_p`. Two things are missing.


# %% tags=["nbval-check-output", "keep_output"]
def ctc_forward(log_y, states, blank):
    """Return log alpha (T, S), and log p of the word."""
    T, S = len(log_y), len(states)
    log_alpha = np.full((T, S), -np.inf)
    log_alpha[0, :2] = log_y[0, states[:2]]
    for t in range(1, T):
        for s in range(S):
            ways = [log_alpha[t - 1, s]]  # not finished: s - 1, and s - 2 where the skip is allowed
            log_alpha[t, s] = np.logaddexp.reduce(ways) + log_y[t, states[s]]
    return log_alpha, log_alpha[-1, -1]  # not finished


check(ctc_forward)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def ctc_forward(log_y, states, blank):
    """Return log alpha (T, S), and log p of the word."""
    log_alpha = np.full((len(log_y), len(states)), -np.inf)
    log_alpha[0, :2] = log_y[0, states[:2]]
    for t in range(1, len(log_y)):
        for s, symbol in enumerate(states):
            ways = list(log_alpha[t - 1, max(0, s - 1) : s + 1])
            if s >= 2 and symbol not in (blank, states[s - 2]):
                ways.append(log_alpha[t - 1, s - 2])
            log_alpha[t, s] = np.logaddexp.reduce(ways) + log_y[t, symbol]
    return log_alpha, np.logaddexp(log_alpha[-1, -1], log_alpha[-1, -2])


check(ctc_forward)

# %% [markdown]
# In lesson 3 you went back through time; here the way back is $\beta$, and the slope of the loss $-\log p$ is as plain
# as can be: $y - \gamma$ at every frame and symbol. The loss that trains below is `rnnedu.ctc.loss`. Does it agree with
# the sum over all paths, listed one by one?

# %% tags=["nbval-check-output", "keep_output"]
logits = alignments.spoken([1, 2, 2], V=4, T=8)  # 1 is s, 2 is e
loss, slope = ctc.loss(logits[:, None], [[1, 2, 2]])
print("minus log p over", len(alignments.alignments([1, 2, 2], V=4, T=8)), "paths:", end=" ")
print(round(-alignments.brute_force(logits, [1, 2, 2]), 6), "and by the recursion:", round(loss[0], 6))

# %% [markdown]
# ## Train it (6 minutes)
#
# The data are ours to hear: the ten digits, said by 342 artificial voices, and by 30 more that are **held out**: no
# training hears them. A string of one to five digits is put together at every update anew, faster or slower, higher or
# lower, in a room, with noise. The network reads every 20 ms what a sound has in 24 bands of pitch; 64 GRU units read
# from the left, 64 from the right. Its answers are 15 letters, the space, and the blank.
#
# Every hundred updates you see how it spells a string that it is not trained on. **About half a minute on a laptop, at
# most a minute and a half.** You may skip it: what follows comes with a trained network as well.

# %%
digits, updates = load_digits(), full_or_short(1200, 12)
((sample, said),) = compose.examples(digits.of(part="training"), 1, seed=4)
bank = compose.Bank(digits.of(part="training"))


# %%
def trained(bidirectional):
    """Return a network, and print how it spells while it learns."""
    model = learn.network(64, bidirectional=bidirectional, updates=updates)
    for step in learn.steps(model, bank, updates):
        if step.step % 100 == 0 or step.step in (1, 10, 30, 60):
            print(f"{step.step:5}: loss {step.loss:5.1f}, {hearing.hear(model, sample).letters!r}")
    return model


# %%
print(f"       said is {spelling.spelt(said)!r}")
both_ways = trained(bidirectional=True)

# %% [markdown]
# <details><summary>After you have watched</summary>
#
# It begins with letters at random. Within 30 updates the blank stands in most of the frames, as question 4 of the
# lattice foretold. Then come letters that many words share, such as n and e; then beginnings and ends of words; after
# about 300 updates one can tell what is meant. It writes letters, not words: "sigx" and "foiv" are its own.
# </details>
#
# What do its answers look like in time? Here is the network that comes with rnnedu, which was trained longer, and hears
# one word.

# %%
word = digits.of(voice="slt-us-1").samples[6]
quiet = np.zeros(1600, np.float32)  # a fifth of a second
heard = hearing.hear(recognise.load_speech_model(), np.concatenate([quiet, word, quiet]))

# %%
ax, seconds = axes(height=2.6), heard.analysis.steps
ax.plot(seconds, heard.posteriors[:, 0], color="#b9b9b9", linewidth=5, label="blank")
for symbol, colour, dash in (("s", "#0b62a6", "-"), ("i", "#b34700", "--"), ("x", "#00734f", ":")):
    ax.plot(seconds, heard.posteriors[:, spelling.SYMBOLS.index(symbol)], dash, color=colour, label=symbol)
ax.set(xlabel="time, s", ylabel="probability", ylim=(-0.02, 1.05))
ax.set_title("Letters are spikes; all the rest of the time stands the blank")
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
Picture(ax, "over half a second: the blank is near 1, but for three short spikes, s, then i, then x")

# %% [markdown]
# A spike a letter is enough: one frame that is sure of its letter serves all paths through it. So the spikes tell
# *which* letters were said and in what order; *when* only roughly, and not at all how long.
#
# ## The speech lab (6 minutes)
#
# Put your headphones on. **Play** it, or click into a picture and move the cursor with **←** **→**.
#
# 1. In "427" by the first voice: when does the network write the f of "four": before, while, or after you hear it?
# 2. Find a loud vowel in the spectrogram. What does the network say in the middle of it? So is the blank silence?
# 3. Draw **voice above noise** down from 60 dB. At how many dB is the first digit wrong? Can *you* still hear it?
# 4. Back to 60. Draw **speed** up, and down. Where does it break, on either side? (Training went from 0.8 to 1.25.)
# 5. Press **Test every digit** at 60 dB, then at 0 dB. Which digits are taken for which?
# 6. **Record** your own voice, with some digits in English, or load a WAV file. How many are right?

# %%
SpeechLab(said="427")

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. At about 0.2 s, while its hiss lasts. It differs from voice to voice and from training to training: CTC asks for
#    the order, not for the time.
# 2. The blank. It means *nothing new*, not silence.
# 3. With the first voice at about 10 dB; others hold out to 0 dB and below. You still understand all of them.
# 4. With the first voice at about 1.5, and at 0.7: not far beyond the training on either side.
# 5. At 60 dB about 92 of 100 are right, at 0 dB about 61. In noise many words are taken for "two": the quiet
#    consonants, which tell words apart, are the first to be covered.
# 6. Your voice is none of the 342, your microphone and room are new as well. If it is right more often than not, it
#    does well. The next section says why.
# </details>

# %% [markdown]
# ## Honest numbers (5 minutes)
#
# What is the future worth? A network that reads from left to right alone must write a letter before it hears what
# follows. Train one in the same way (half a minute), then predict. In 100 strings that no training has heard, how many
# **percent of the digits** are wrong: by voices of the training, and by voices held out?

# %%
one_way = trained(bidirectional=False)


# %%
def wrong(model, part):
    """Return the percentage of the digits that are wrong in strings that were not trained on."""
    strings = compose.examples(digits.of(part=part), full_or_short(100, 4), seed=1)
    return 100 * recognise.errors(model, strings).digits


# %%
Prediction(
    "Percent of the digits wrong. Both ways (↔) or left to right (→); known voices or held-out ones?",
    labels=["↔ known", "→ known", "↔ held out", "→ held out"],
    reveal=lambda: [wrong(m, part) for part in ("training", "held out") for m in (both_ways, one_way)],
    low=0,
    high=60,
    step=1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Over three seeds, both ways: 0.6 to 1.0 by known voices and 5 to 7 by voices held out; left to right: 11 to 12, and 16
# to 20. (Expect 0 to 3, 6 to 18, 3 to 12, and 11 to 28.) The network that comes with rnnedu, larger and trained longer,
# has 0.3 and 10: it knows its own voices better still, and new ones no better.
#
# Why do they differ? The strings are new in all four. But a network that has heard a voice, in ten words each, knows
# how it says "seven"; a new voice it must *generalise* to, from the others. And all of them are machines, without
# breath, dialect or a cold: your own recording is further away still. An error rate is measured on somebody. Ask whom.
#
# And the future? In a sound the letters lean on each other: the vowel of "four" is told by the r behind it. Who reads
# from the left can only wait, and CTC lets it: look for its spikes in the speech lab, `SpeechLab(one_way)`. They come
# a timestep or two later. What waiting cannot bring back is lost: here ten digits in a hundred, by old voices and new.
# </details>
#
# **Your own recordings.** Make a folder with WAV files and a text file `transcripts.txt` with lines such as
# `monday.wav four two seven`. Any set of spoken digits will do. Write its name here, and run the cell.

# %%
name = ""  # such as "my-digits"
if name:
    found = recognise.errors(recognise.load_speech_model(), folder.examples(folder.load_folder(name)))
    print(f"{found.count} recordings; wrong: {found.letters:.0%} of the letters, {found.digits:.0%} of the digits")

# %% [markdown]
# ## Exit questions (3 minutes)

# %%
Quiz(
    "A path is  -oo-n-nee- . What does it read?",
    [
        Option("one", "There is a blank between the two n: they stay two."),
        Option("onne", "Repeats become one, then blanks go: o, n, n, e.", right=True),
        Option("oonnee", "Only the blanks are gone here. Repeats become one before that."),
        Option("-o-n-ne-", "Half of it: now the blanks go."),
    ],
)

# %%
Quiz(
    "What is the blank for?",
    [
        Option("It marks silence", "It stands in the middle of loud vowels as well."),
        Option("It keeps equal letters apart, and lets the network say nothing new", "Both are needed.", right=True),
        Option("It fills up short words to the length of the sound", "Repeats do that: a letter may last."),
    ],
)

# %%
Quiz(
    "A recogniser has 1 % of the digits wrong. You want to sell it to a hospital. What do you ask first?",
    [
        Option("How many units it has", "Nothing in that number says how it does on new voices."),
        Option("Whose voices it was measured on", "On those of the training it says little about others.", right=True),
        Option("Whether it reads both ways", "It helps, as you saw, and says nothing of on whom."),
    ],
)

# %% [markdown]
# ## In this lesson you have
#
# - collapsed paths, and seen what is lost without a blank;
# - read $\alpha$, $\beta$ and $\gamma$ off a lattice, and found the same $p$ at every frame;
# - written `collapse` and `ctc_forward`, and checked the sum against all paths one by one;
# - trained a network that writes down what it hears, and found where noise and speed break it;
# - measured it on known and on new voices, with and without the future.
#
# **Further reading.** Graves, Fernández, Gomez and Schmidhuber, *Connectionist temporal classification* (2006). Graves,
# *Supervised sequence labelling with recurrent neural networks* (2012), chapter 7. Hannun, *Sequence modeling with CTC*
# (Distill, 2017). Zeyer, Schlüter and Ney, *Why does CTC result in peaky behavior?* (2021).
#
# Next: **13 · Bug hunt**.
