"""The article's snippet in rnnedu and in Keras, word for word the same but for the imports.

step : train_on_batch, one batch of 32 after the other, in one process.
fit : model.fit over 3,200 samples for five epochs, for one step.
cold : from the start of a process to the end of its first epoch, imports included.
"""

import os
import sys
import time

from bench import children, clock, machine, table

TITLE = "The article's snippet (V=1000, E=64, T=20, B=32, 50 units), Keras' time over ours"
STEPS = 100  # batches of 32 in 3,200 samples
CELLS = ("SimpleRNN", "LSTM", "GRU")
BACKENDS = ("tensorflow", "jax", "torch")
AIMS = {
    ("step", "tensorflow", "1 thread"): 3.0,
    ("step", "jax", "1 thread"): 1.5,
    ("cold", "tensorflow", "default threads"): 10,
    ("cold", "jax", "default threads"): 6,
}
IMPORTS = {
    "ours": "from rnnedu.layers import Dense, Embedding, {cell}\nfrom rnnedu.models import Sequential\n",
    "keras": "from keras.layers import Dense, Embedding, {cell}\nfrom keras.models import Sequential\n",
}
DATA = """
import numpy as np

vocab_size, embedding_dim, max_length = 1000, 64, 20
rng = np.random.default_rng(0)
data = rng.integers(0, vocab_size, (3200, max_length))
labels = np.eye(vocab_size, dtype=np.float32)[rng.integers(0, vocab_size, len(data))]
"""
MODEL = """
model = Sequential()
model.add(Embedding(input_dim=vocab_size, output_dim=embedding_dim, input_length=max_length))
model.add({cell}(units=50))
model.add(Dense(vocab_size, activation='softmax'))
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
"""
FIT = "model.fit(data, labels, epochs=1, batch_size=32, verbose=0)\n"
COLUMNS = {
    "what": ("what", ""),
    "cell": ("cell", ""),
    "peer": ("Keras on", ""),
    "threads": ("threads", ""),
    "ours_ms": ("ours ms", ".2f"),
    "peer_ms": ("Keras ms", ".2f"),
    "ratio": ("ratio", ".2f"),
    "low": ("25 %", ".2f"),
    "high": ("75 %", ".2f"),
    "ours_cores": ("our cores", ".1f"),
    "peer_cores": ("their cores", ".1f"),
}


def rows(quick):
    """Yield a row for each measure, backend, thread setting and cell."""
    for backend in BACKENDS:
        if lacking := machine.skipped(f"Keras on {backend}", "keras", backend):
            yield from lacking
            continue
        for threads in children.SETTINGS:
            for cell in CELLS:
                yield from sides("warm", cell, backend, threads, rounds=5 if quick else 11, epochs=0 if quick else 5)
        for cell in CELLS[:1] if quick else CELLS:
            yield from sides("cold", cell, backend, "default threads", rounds=2 if quick else 5)


def sides(function, cell, backend, threads, **options):
    """Return the rows of a child that holds both sides."""
    labels = {"cell": cell, "peer": backend, "threads": threads}
    where = {"threads": children.SETTINGS[threads], "variables": {"KERAS_BACKEND": backend}}
    return children.rows(f"snippet:{function}", labels, **where, cell=cell, **options)


def warm(cell, rounds, epochs):
    """The child: the rows "step" and, unless epochs is 0, "fit"."""
    made = {side: run(side, cell) for side in IMPORTS}
    steps = {side: step(**names) for side, names in made.items()}
    found = [{"what": "step"} | clock.compare(clock.alternate(steps, rounds), "keras")]
    if epochs:
        fits = {side: fit(epochs, **names) for side, names in made.items()}
        times = clock.alternate(fits, 3, warm=1)
        found.append({"what": "fit"} | clock.compare(times, "keras", per=epochs * STEPS))
    return found


def program(side, cell):
    """Return the snippet's text."""
    return (IMPORTS[side] + DATA + MODEL + FIT).format(cell=cell)


def run(side, cell):
    """Execute the snippet with one epoch and return its names."""
    names = {}
    exec(program(side, cell), names)
    return names


def step(model, data, labels, **_):
    """Return a function that trains on the next batch."""
    starts = iter(range(0, 10**9, 32))

    def train():
        start = next(starts) % len(data)
        return model.train_on_batch(data[start : start + 32], labels[start : start + 32])

    return train


def fit(epochs, model, data, labels, **_):
    """Return a function that trains for some epochs."""
    return lambda: model.fit(data, labels, epochs=epochs, batch_size=32, verbose=0)


def cold(cell, rounds):
    """The child: a new Python for every run, the two sides in turn."""
    times = {side: [] for side in IMPORTS}
    for _ in range(rounds):
        for side in IMPORTS:
            start, before = time.perf_counter(), children_seconds()
            children.run([sys.executable, "-c", program(side, cell)], os.environ)
            times[side].append((time.perf_counter() - start, children_seconds() - before))
    return [{"what": "cold"} | clock.compare(times, "keras")]


def children_seconds():
    """Return the processor seconds that finished children have used."""
    spent = os.times()
    return spent.children_user + spent.children_system


def show(found):
    """Print the rows and their geometric means."""
    table.show(TITLE, found, COLUMNS)
    table.show_means(found, ("what", "peer", "threads"), AIMS)
