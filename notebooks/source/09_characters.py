# %% [markdown]
# # 9 · Characters
#
# A text goes on and on; a name ends. In this lesson a network reads half a million characters that are on your machine
# already, the help pages of Python, and must say at each one how likely every next one is. It has rivals that only
# count. You cut the text so that a state can be carried through it, see what keeps a network from learning by heart,
# and look at what it has learned: where it is surprised, and what its units watch.
#
# **You will be able to**
#
# - hold a network against tables of counts, in bits per character of text that neither has seen;
# - write `cut_into_lanes`, and say what a carried state is worth;
# - tell from two curves when to stop, and count what dropout and stopping early change;
# - read a heat-map of surprise, and show that beginnings of words are surprising;
# - find a unit that follows something in the text, and try it on a text of your own.
#
# | minutes | what |
# |---|---|
# | 5 | predict who is better, counting or a network |
# | 9 | write it: lanes for a carried state |
# | 8 | count it: by heart, or not |
# | 7 | surprise, and where words begin |
# | 7 | which unit fires where; temperature |
# | 4 | exit questions |
#
# You need: what lesson 0 calls surprisal and bits per letter; that a recurrent layer carries a state from one timestep
# to the next. Trained networks come with this lesson, so that no cell makes you wait longer than a minute.

# %% [markdown] tags=["instructor"]
# ## For who teaches
#
# **Goal.** Three habits of whoever trains language models: measure on unseen text and beside a baseline that could win;
# carry the state where the text goes on; stop by a part of the text that is neither for learning nor for the figure.
#
# | 45 minutes | what |
# |---|---|
# | 0-7 | the prediction, on paper; then Run: the table that looks further back is worse again, why? |
# | 7-18 | lanes: draw 14 symbols, 2 lanes, pieces of 3 on the board; then each writes the function |
# | 18-27 | by heart or not: votes before Run (half a minute); the two curves on the projector |
# | 27-34 | surprise: questions 1 to 3 together; the beginnings of words |
# | 34-41 | units and temperature, in pairs; the fast ones bring a file of their own |
# | 41-45 | exit questions |
#
# **What students usually predict.** That every further letter back helps the table; that the network wins by far (it
# wins by a few hundredths of a bit); that dropout makes the *training* curve better.
#
# | misconception | the question that exposes it |
# |---|---|
# | looking further back is always better | the first prediction: from four back to six it gets worse |
# | a row of a batch is a text of its own | `cut_into_lanes`: the check says where the state is carried to |
# | a state that is not carried costs nothing | the prediction after it: 64 characters from a zero state |
# | a low training loss is what one wants | the two curves, and the second exit question |
# | the network knows words | beginnings of words: it was never told that there are any |
#
# **To discuss.** Some passages come twice in the help pages. Whom does that help, the tables or the network? May one
# choose the number of passes by the held-out part? What would the network say of a text in another language?
#
# **On the projector.** The heat-map of surprise with a sentence from the class, then with one of its words misspelt.

# %%
import numpy as np

from rnnedu import datasets
from rnnedu.experiments import characters, hidden
from rnnedu.experiments.characters import Corpus, Learning, Recipe, by_heart, corpus_of, load_character_model
from rnnedu.experiments.sampling import sample
from rnnedu.experiments.word_beginnings import Joined, by_place, rises
from rnnedu.lessons import Option, Prediction, Quiz, check, full_or_short
from rnnedu.view import Picture, axes
from rnnedu.widget import HiddenStateExplorer, SamplingPanel, SurpriseView, Trainer

# %% [markdown]
# ## Predict first (5 minutes)
#
# The text is cut in three. The first 5 % is the **validation** part: it will say when to stop. The last 10 % is **held
# out**, for the final figure alone. All that lies between is for learning.

# %%
corpus = corpus_of("topics")
known = load_character_model("topics")
print(corpus.held_out[:300])

# %% [markdown]
# Who knows nothing pays $\log_2 97 = 6.6$ bits per character. A table that looks $n - 1$ characters back counts in the
# learning part which character follows which. (Where it has seen too little it asks the one that looks less far
# back.) The network is an LSTM with 128 units that has read the same part eight times.
#
# How many bits per character does each need on the held-out part? Running it takes a few seconds.

# %%
Prediction(
    "Bits per character on text that neither has seen?",
    labels=["1 back", "4 back", "6 back", "the LSTM"],
    reveal=lambda: [*corpus.tables(7)[1][[1, 4, 6]], known.surprisal(corpus.held_out).mean()],
    low=0,
    high=7,
    step=0.05,
)

# %% tags=["nbval-check-output", "keep_output"]
n, tables = corpus.tables(7)
part = corpus.held_out[: full_or_short(20_000, 8_000)]
print("looking further back helps, then hurts:", bool(tables[1] > tables[4] < tables[6]))
print("network at most 2.5 bits on a piece:   ", bool(known.surprisal(part).mean() < 2.5))

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 3.34, 1.91 and 2.00 for the tables, 1.83 for the LSTM, with the pages of Python 3.11. The text differs a little from
# one version of Python to the next, and so do the figures.
#
# A table with six characters back has seen most of its cases once or never; the sixth tells it less than it costs. The
# network is not told how far back to look. That it wins by so little is no shame of the network: these pages repeat
# themselves, and for what comes word by word again, counting is hard to beat. Other networks of 128 units, each trained
# in about a minute or less (`python -m bench.figures topics library` in our repository trains them again):
#
# | bits per character, held out | best table | SimpleRNN | LSTM | GRU |
# |---|---|---|---|---|
# | help pages, 395,000 characters to learn from | 1.91 | 2.18 | 1.83 to 1.86 (five seeds) | 1.79 |
# | source of the library, 510,000 | 2.35 | | 2.13 and 2.16 (two) | |
#
# A SimpleRNN loses to counting. The GRU learns faster here; with more readings the LSTM may catch up.
# </details>
#
# ## Write it: lanes for a carried state (9 minutes)
#
# Half a million steps are too many to go back through. So the text is read in pieces, and the gradient stays within a
# piece: *truncated* backpropagation through time. The **state**, though, is carried on from piece to piece, and for
# that the pieces have to follow one another. To have several rows in a batch, the text is first cut into equally long
# **lanes**, which are read side by side. Batch $k$ holds piece $k$ of every lane. With 14 symbols and 2 lanes:
#
# | | batch 0 | batch 1 |
# |---|---|---|
# | lane 0 | x = 0 1 2, y = 1 2 3 | x = 3 4 5, y = 4 5 6 |
# | lane 1 | x = 6 7 8, y = 7 8 9 | x = 9 10 11, y = 10 11 12 |
#
# `x` is what is read, `y` what comes next; what is left at the end is not used. Return both, $(K \cdot \text{lanes},
# \text{length})$ each, batch after batch, lane after lane within a batch. `ids` is $(N,)$. The version below runs, and
# the state would be carried to the wrong places.


# %% tags=["nbval-check-output", "keep_output"]
def cut_into_lanes(ids, lanes, length):
    """Return x and y, each (K * lanes, length)."""
    pieces = (len(ids) - 1) // (lanes * length)
    x = ids[: pieces * lanes * length].reshape(-1, length)  # not finished
    y = x  # not finished
    return x, y


check(cut_into_lanes)


# %% tags=["solution", "nbval-check-output", "keep_output"]
def cut_into_lanes(ids, lanes, length):
    """Return x and y, each (K * lanes, length)."""
    each = (len(ids) - 1) // lanes
    pieces, found = each // length, []
    for part in (ids[:-1], ids[1:]):
        rows = part[: lanes * each].reshape(lanes, each)[:, : pieces * length]
        found.append(rows.reshape(lanes, pieces, length).swapaxes(0, 1).reshape(-1, length))
    return found[0], found[1]


check(cut_into_lanes)

# %% [markdown]
# Ours is `datasets.make_lanes`; the layer is `LSTM(128, return_sequences=True, stateful=True)`, trained with
# `shuffle=False`. Is the carrying worth it? Take the trained network and let it read 8,000 held-out characters: once in
# one go, once in pieces of 64, each begun from a zero state. How many bits per character each time?


# %%
def in_pieces(size):
    text = corpus.held_out[:8000]
    return known.bits([text[start : start + size] for start in range(0, len(text), size)])


# %%
Prediction(
    "Bits per character when the state is carried, and when it is zero every 64 characters?",
    labels=["carried", "zero every 64"],
    reveal=lambda: [in_pieces(8000), in_pieces(64)],
    low=1,
    high=4,
    step=0.05,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 2.26 and 2.47: 9 % more. (These 8,000 characters are harder than the whole held-out part, 1.83.) It is the same
# network on the same text. Whoever measures from a zero state what was trained with a carried one finds such a
# difference, and may take it for bad training. The first characters of each piece are the dear ones: nothing is known
# of what went before.
# </details>
#
# ## Count it: by heart, or not (8 minutes)
#
# A network with 60,000 weights can learn a short text by heart. Here are 20,000 characters of the help pages, read 20
# times. After each reading the loss on the validation part is measured. Two ways: without dropout, and with half of the
# units hidden from the softmax at each step of training.


# %%
small = Corpus.of(datasets.load_topics()[:20_000], characters.ASCII)
passes, seeds = full_or_short(20, 2), range(full_or_short(5, 1))


# %%
ax = axes(height=3.2)
for dropout, colour in ((0.0, "#b34700"), (0.5, "#0b62a6")):
    learned, validated, _ = by_heart(small, dropout, passes=passes)
    ax.plot(1 + np.arange(passes), validated, color=colour, label=f"validation, dropout {dropout}")
    ax.plot(1 + np.arange(passes), learned, "--", color=colour, label=f"what it learns from, dropout {dropout}")
ax.set(xlabel="reading", ylabel="bits per character", ylim=(1, 5))
ax.set_title("Without dropout the validation turns, and the learning goes on")
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
Picture(ax, "four curves over 20 readings: both learning curves fall; without dropout the validation rises again")

# %% [markdown]
# (About 10 seconds.) At which reading would you have stopped the one without dropout? What does the dashed curve say of
# that? One seed is an anecdote. In how many of 5 seeds is the last reading without dropout worse, by more than 0.05
# bits, than its best one? In how many is the best reading *with* dropout better than the best without? **Run** takes
# about 40 seconds, on a slow machine up to 90.


# %%
def counted():
    without, with_dropout = ([by_heart(small, p, seed, passes)[1] for seed in seeds] for p in (0.0, 0.5))
    worse = sum(curve[-1] > curve.min() + 0.05 for curve in without)
    return [worse, sum(b.min() < a.min() for a, b in zip(without, with_dropout, strict=True))]


# %%
Prediction(
    "In how many of 5 seeds?",
    labels=["went on too long without dropout", "dropout is better at its best"],
    reveal=counted,
    low=0,
    high=5,
    step=1,
)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 5 and 5 (expect 4 or 5, both times). Without dropout the best reading is the 9th to 14th, near 2.8 bits; at the 20th
# it is about 3, while the text it learns from costs it 1.4 bits: that it knows by heart. With dropout the best is one
# of the last readings, 2.6 to 2.7 bits. On the held-out part that is 2.65 to 2.71, just below the best table, 2.73.
#
# **Early stopping** keeps the weights of the reading whose validation was best; it costs nothing, and the text it looks
# at must not be the one for the final figure. Dropout makes the learning curve *worse* and the validation better: no
# unit can rely on another's being there, so nothing can be learned by heart in one place.
# </details>
#
# If you have two minutes to spare: the next cell shows a network like the trained one. **Start** lets it read all of
# the learning part, 8 times. Everything below works without it.


# %%
recipe = characters.RECIPES["topics"]
x, y, validation, lanes = corpus.lanes(recipe)
fresh = Learning(corpus, recipe).language
settings = {"batch_size": lanes, "shuffle": False, "validation_data": validation, "epochs": 8}
Trainer(fresh.model, x, y, sample=lambda _: sample(fresh, "The ", most=200), **settings)

# %% [markdown]
# ## Surprise, and where words begin (7 minutes)
#
# The trained network again. Each character is coloured by its surprisal.
#
# 1. Where is the first letter of a word cheap, where is it dear? And the letters after it?
# 2. Which character costs most, and what did the network expect in its place?
# 3. Repair the misspelt word. How many characters after it become cheaper too?
# 4. Type a sentence in your own language. How many bits per character?

# %%
SurpriseView(known, text="If the first argument is a string, the retrun value is a new object.")

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. A first letter costs 2 to 6 bits, most of the letters after it next to nothing: the *rgument* of *argument* takes 4
#    bits in all, the *a* before it 3.
# 2. Not a letter of the misspelt word: the *v* behind it, 7.2 bits; *a* was likeliest there, with 24 %. After *retrun*
#    the network no longer knew where it was.
# 3. *u*, *r*, *n* and the blank, together 15 bits dearer than they need be, then the *v*, by 3. From the *a* of *value*
#    on all is as before: it has found its way again. The mean falls from 1.62 to 1.35 bits.
# 4. More than 5 bits for German, where who knows nothing pays 6.6. A character that it has never read is read as one
#    symbol, �, and the title counts them.
# </details>
#
# In 1990 Jeffrey Elman gave a small network text without anything between the words, "manyyearsago", and drew its error
# letter by letter: high where a word began, then falling. Nobody had told it that there are words. Here is his figure
# again: an LSTM with 64 units has read the learning part with nothing left of it but the letters a to z. `Joined`
# remembers where the words began, for us; the network never sees it.

# %%
letters = load_character_model("letters")
joined = Joined.of(corpus.held_out[:12_000])
bits = letters.surprisal(joined.text)
joined.text[:100]

# %% [markdown]
# If beginnings were like any other place, a letter that begins a word would cost more than the one before it about as
# often as any other letter does. In what percentage of the words is the first letter dearer than the one before it?
# And how often is a letter elsewhere?

# %%
Prediction(
    "In percent: how often does a letter cost more than the one before it?",
    labels=["where a word begins", "elsewhere"],
    reveal=lambda: [100 * share for share in rises(joined, bits)],
    low=0,
    high=100,
    step=1,
)

# %% tags=["nbval-check-output", "keep_output"]
beginnings, elsewhere = rises(joined, bits)
print("words, more than 1,000:                   ", bool(joined.starts.sum() > 1000))
print("dearer where a word begins, in 75 to 95 %:", bool(0.75 < beginnings < 0.95))
print("dearer elsewhere, in 25 to 45 %:          ", bool(0.25 < elsewhere < 0.45))

# %%
mean, half = by_place(joined, bits, most=7)
ax = axes(height=2.8)
ax.errorbar(np.arange(1, 8), mean, half, fmt="o-", color="#0b62a6", capsize=4)
ax.set(xlabel="place of the letter in its word (words of 7 letters or more)", ylabel="bits", ylim=(0, None))
ax.set_title("Beginnings of words surprise, though nothing says where words begin")
Picture(ax, "mean surprisal by place in the word: highest at the first letter, then falling")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# In 86 % of 1,673 words, and 34 % elsewhere (with the pages of Python 3.11). The first letter costs 4.9 bits, the
# second 2.7, the fourth 1.7. Once a few letters are there the word is nearly known; where it ends, anything may follow.
# So words, as units, are in the statistics of the letters, and can be found there without being told. A table of counts
# shows the same, for it is the text that has this shape: one that looks four letters back needs 2.37 bits per letter on
# all of the held-out part, this small network 2.58.
# </details>
#
# ## Which unit fires where; temperature (7 minutes)
#
# Here is what the trained network's 128 cells hold over a text that looks like the help pages. Lines begin with blanks
# and end with line breaks (↵).
#
# 1. Select the three blanks at the beginning of the second line, with the mouse or with **shift** and the arrow keys.
#    Which unit stands out? In how many other places is it about as low?
# 2. Choose unit 15. Where is it high?
# 3. Choose `c_t` under **shown**, and unit 8. Follow it along a line with the arrow keys. By how much does it change
#    from character to character, and what happens at the line's end? What could that be good for?

# %%
TEXT = "   The class has a method (see below)\n   that returns the value of\n   the argument, if there is one.\n"
HiddenStateExplorer(known, text=TEXT * 2)

# %% [markdown]
# <details><summary>After you have looked</summary>
#
# 1. Unit 85, 2.2 standard deviations lower there; in 10 other places too, most of them blanks.
# 2. At the blanks that begin a line, and hardly anywhere else.
# 3. It goes up by about 1 at each character, from 0 to 20 along the first line, and drops back behind ↵: it counts how
#    far along the line we are. The lines of these pages are broken before column 80, and who has to predict the line
#    break had better know the column. Nobody asked for a counter; the forget gate, open at 1, makes one.
# </details>
#
# Is that so elsewhere too, or did we look among 128 units until something pleased us? Count on held-out text: does
# `h_t` of unit 15 tell the blanks that begin a line from all other characters?


# %%
def begins_line(symbols):
    lines = "".join(symbols).split("\n")
    blanks = [len(line) - len(line.lstrip(" ")) for line in lines]
    return np.concatenate([np.arange(len(line) + 1) < blank for line, blank in zip(lines, blanks, strict=True)])[:-1]


# %% tags=["nbval-check-output", "keep_output"]
symbols, values = hidden.over_text(known, corpus.held_out[:3000])
inside, unit = begins_line(symbols), values["h_t"][:, 14]
middle = (unit[inside].mean() + unit[~inside].mean()) / 2
right = (unit > middle) == inside
print("right for at least 85 % of both kinds:", bool(min(right[inside].mean(), right[~inside].mean()) > 0.85))

# %% [markdown]
# Now let it write. The bars are the chances of the next character, the line across each is what they are at temperature
# 1. Draw a few letters with **one more letter**, then press **whole text** at 0.3, at 1, at 2. Where does it begin to
# spell wrongly? Where does it repeat itself? (It stops after 300 characters: the text itself would never end.)

# %%
SamplingPanel(known, prefix="The ", most=300)

# %% [markdown]
# **Your own text.** In JupyterLab drag a file into the list of files at the left, and put its name here in place of
# `load_library_source`: `datasets.read_text("mine.txt")`. (The bytes of an upload will do too.) 2,000 characters are
# enough to begin with, 100,000 to get something; of a long text take a part, such as `[:200_000]`, for time grows with
# it. What is no text is refused, with its line. Here 60,000 characters of source code: about 10 seconds, and 2.66 bits
# where the best table needs 2.73.

# %%
own = Corpus.of(datasets.load_library_source(full_or_short(60_000, 5_000)))
recipe = Recipe(units=96, dropout=0.3, rate=0.01, passes=full_or_short(10, 1), lanes=8)
mine = Learning(own, recipe).finish()
print(f"{mine.surprisal(own.held_out).mean():.2f} bits, best table {own.tables()[1].min():.2f}")
print(sample(mine, "def ", temperature=0.7, most=200))

# %% [markdown]
# ## Exit questions (4 minutes)

# %%
Quiz(
    "A table that looks six characters back needs more bits than one that looks four back. Why?",
    [
        Option("Characters five and six back say nothing", "They would, if each case had been seen often enough."),
        Option("It has seen most of its cases once or never", "More past, fewer examples of each.", right=True),
        Option("It was cut off by the end of the text", "It reads the same text; only how far it looks back differs."),
    ],
)

# %%
Quiz(
    "Training loss still falls, validation loss has risen for three readings. What do you do?",
    [
        Option("Go on: the training loss is what is minimised", "It is, and that is how a text is learned by heart."),
        Option("Take the weights of the best reading, try dropout", "Then measure once, on held-out text.", right=True),
        Option("Stop where the held-out figure is best", "Then it is held out no longer: you have chosen by it."),
    ],
)

# %%
Quiz(
    "With 16 lanes, where does row 3 of batch 8 go on from?",
    [
        Option("Row 2 of batch 8", "That is another lane, thousands of characters away."),
        Option("Row 3 of batch 7", "The same lane, one piece earlier.", right=True),
        Option("Nowhere: each row begins from a zero state", "Then nothing would be carried, as with names."),
    ],
)

# %% [markdown]
# ## In this lesson you have
#
# - held an LSTM against tables of counts on unseen text, and seen it win by little;
# - written `cut_into_lanes`, and measured what a carried state is worth;
# - counted what dropout and early stopping do for a short text;
# - found words by surprise alone, and a unit that follows the beginnings of lines.
#
# **Further reading.** C. E. Shannon, *Prediction and entropy of printed English* (1951). I. H. Witten and T. C. Bell,
# *The zero-frequency problem* (1991): the smoothing of our tables. J. L. Elman, *Finding structure in time* (1990).
# R. J. Williams and J. Peng (1990): truncated backpropagation through time. N. Srivastava and others, *Dropout* (2014).
# A. Karpathy, J. Johnson and L. Fei-Fei, *Visualizing and understanding recurrent networks* (2015): units that follow
# lines, quotes and brackets.
#
# Next: **10 · Words and grammar**, where the true probabilities are known.
