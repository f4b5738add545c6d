"""A character model's training step: against a PyTorch loop, and against the plain NumPy loop of the tutorials."""

from bench import children, clock, machine, table

TITLE = "Training step of a character model, their time over ours"
V, E = 65, 64  # symbols, and size of their embedding
T, B = 50, 32
PLAIN = {"T": 25, "H": 100}
CELLS = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
COLUMNS = {
    "cell": ("cell", ""),
    "size": ("size", ""),
    "peer": ("against", ""),
    "threads": ("threads", ""),
    "ours_ms": ("ours ms", ".2f"),
    "peer_ms": ("theirs ms", ".2f"),
    "ratio": ("ratio", ".2f"),
    "low": ("25 %", ".2f"),
    "high": ("75 %", ".2f"),
}


def rows(quick):
    """Yield a row for each thread setting, cell and size, then one for the plain loop."""
    rounds, lacking = 5 if quick else 15, machine.skipped("PyTorch", "torch")
    yield from lacking
    for threads, number in {} if lacking else children.SETTINGS.items():
        for cell in CELLS:
            for H in (128,) if quick else (128, 256):
                labels = {"cell": cell, "size": f"T={T}, B={B}, H={H}", "peer": "PyTorch", "threads": threads}
                yield from children.rows("charlm:against_torch", labels, threads=number, cell=cell, H=H, rounds=rounds)
    labels = {"cell": "rnn", "size": "T={T}, B=1, H={H}".format(**PLAIN), "peer": "plain loop", "threads": "1 thread"}
    yield from children.rows("charlm:against_plain", labels, threads=1, rounds=rounds)


def stretches(shape, count=20, seed=0):
    """Return `count` pairs (symbols, next symbols), each of this shape, int64."""
    import numpy as np

    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, V, (count, *shape[:-1], shape[-1] + 1))
    return [(text[..., :-1].copy(), text[..., 1:].copy()) for text in drawn]


def against_torch(cell, H, rounds):
    """The child: Adam, sparse cross-entropy, a loss that is read after every step."""
    from bench import torchside

    batches = stretches((B, T))
    sides = {"ours": ours(cell, H, batches), "torch": torchside.training_step(cell, V, E, H, batches)}
    return [clock.compare(clock.alternate(sides, rounds), "torch")]


def ours(cell, H, batches):
    """Return a function that takes a step on the next of the batches."""
    from rnnedu import layers
    from rnnedu.models import Sequential

    model = Sequential(seed=0)
    model.add(layers.Input((None,)))
    model.add(layers.Embedding(V, E))
    model.add(getattr(layers, CELLS[cell])(H, return_sequences=True))
    model.add(layers.Dense(V, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return in_turn(model.train_on_batch, batches)


def against_plain(rounds):
    """The child: one sequence, one-hot, Adagrad, clipped, the state carried on; both sides are fed symbols."""
    from bench.plain import PlainRNN

    length, H = PLAIN["T"], PLAIN["H"]
    sides = {
        "ours": in_turn(ours_one_sequence(H), stretches((1, length))),
        "plain": in_turn(PlainRNN(V, H).step, stretches((length,))),
    }
    return [clock.compare(clock.alternate(sides, rounds), "plain")]


def ours_one_sequence(H):
    """Return the function (symbols, next symbols), both (1, T), that takes the plain loop's step with our layers."""
    import numpy as np

    from rnnedu import layers, optim
    from rnnedu.models import Sequential

    model, one_hot = Sequential(seed=0), np.eye(V, dtype=np.float32)
    model.add(layers.Input((None, V)))
    model.add(layers.SimpleRNN(H, return_sequences=True, stateful=True))
    model.add(layers.Dense(V, activation="softmax"))
    model.compile(optimizer=optim.Adagrad(0.1, clipvalue=5), loss="sparse_categorical_crossentropy")
    return lambda symbols, following: model.train_on_batch(one_hot[symbols], following)


def in_turn(step, batches):
    """Return a function that calls step(x, y) with the next of the batches."""
    turn = iter(range(10**9))
    return lambda: step(*batches[next(turn) % len(batches)])


def show(found):
    """Print the rows and their geometric means."""
    table.show(TITLE, found, COLUMNS)
    table.show_means(found, ("peer", "threads"))
