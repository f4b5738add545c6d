"""Made-up sequences that ask for a memory: what matters stands at the beginning, and is asked for at the end.

With the adding problem (`make_adding`) they are the long-lag tasks of the literature. All inputs are (T, B, D).
"""

import numpy as np

from rnnedu.datasets._checks import finite, float_dtype, whole

ORDERED = 6  # symbols of the temporal order problem: X, Y and four that mean nothing


def make_latch(length, batch, seed=0, noise=0.2**0.5, dtype=np.float32):
    """Return x (T, B, 1) and target (B, 1) of the latch problem.

    The first number is 1 or -1, equally likely, all others are noise; the target is 1 or 0 accordingly. Guessing is
    right half of the time and costs log 2 = 0.69 nats.

    After Hochreiter and Schmidhuber 1997, experiment 3a, where one to three first numbers are not noise; the name
    is from Bengio, Simard and Frasconi 1994, who ask whether one bit can be latched.

    Args:
        length: T, 2 or more.
        batch: B, the number of sequences, 1 or more.
        seed: 0 or more; the same seed gives the same problem, rounded to `dtype`.
        noise: standard deviation of the noise, 0 to 10; by default its variance is 0.2.
        dtype: float32 or float64, of both arrays.

    Raises ValueError when an argument is outside these.
    """
    dtype, length, batch = float_dtype(dtype), whole("length", length, 2), whole("batch", batch, 1)
    if not 0 <= finite("noise", noise) <= 10:
        raise ValueError(f"noise is {noise!r}; accepted: a number from 0 to 10")
    rng = np.random.default_rng(whole("seed", seed, 0))
    target = rng.integers(2, size=(batch, 1))                                   # (B, 1)
    x = (noise * rng.standard_normal((length, batch, 1))).astype(dtype)         # (T, B, 1)
    x[0] = 2 * target - 1
    return x, target.astype(dtype)


def make_temporal_order(length, batch, seed=0, dtype=np.float32):
    """Return x (T, B, 6), one-hot, and labels (B,) of the temporal order problem.

    Symbols 0 and 1 (X and Y) mean something, 2 to 5 do not. An X or Y stands at a timestep between T/10 and 2T/10,
    another one between 4T/10 and 5T/10; everywhere else is one of the other four. The label says which two came in
    which order: XX is 0, XY 1, YX 2, YY 3. Guessing is right one time in four and costs log 4 = 1.39 nats.

    Hochreiter and Schmidhuber 1997, experiment 6a, in the form of Pascanu, Mikolov and Bengio 2013.

    Args:
        length: T, 10 or more.
        batch: B, the number of sequences, 1 or more.
        seed: 0 or more; the same seed gives the same problem.
        dtype: float32 or float64, of x; labels are int64.

    Raises ValueError when an argument is outside these.
    """
    dtype, length, batch = float_dtype(dtype), whole("length", length, 10), whole("batch", batch, 1)
    rng = np.random.default_rng(whole("seed", seed, 0))
    symbols = rng.integers(2, ORDERED, size=(length, batch))                    # (T, B)
    pair = rng.integers(2, size=(2, batch))                                     # (2, B)
    for tenth, which in zip((1, 4), pair, strict=True):
        at = rng.integers(tenth * length // 10, (tenth + 1) * length // 10, size=batch)
        symbols[at, np.arange(batch)] = which
    return _one_hot(symbols, ORDERED, dtype), 2 * pair[0] + pair[1]


def make_copy(length, batch, seed=0, symbols=8, recall=10, dtype=np.float32):
    """Return x (T, B, symbols + 2), one-hot, and labels (T, B) of the copy problem.

    The first `recall` inputs are symbols, 0 to symbols - 1; blanks follow (number `symbols`); then comes one signal
    (number symbols + 1) and again blanks, `recall` of them, during which the symbols are asked for in their order. The
    label at all timesteps before is the blank. Who knows when to answer but not what pays log(symbols) at `recall`
    of the T timesteps: recall / T * log(symbols) nats on average.

    Arjovsky, Shah and Bengio 2016, section 5.1 (T + 20 timesteps there), after Hochreiter and Schmidhuber 1997.

    Args:
        length: T, 2 * recall + 1 or more.
        batch: B, the number of sequences, 1 or more.
        seed: 0 or more; the same seed gives the same problem.
        symbols: how many different ones, 2 to 64.
        recall: how many stand in a sequence, 1 or more.
        dtype: float32 or float64, of x; labels are int64.

    Raises ValueError when an argument is outside these.
    """
    dtype, recall, symbols = float_dtype(dtype), whole("recall", recall, 1), whole("symbols", symbols, 2, 64)
    length, batch = whole("length", length, 2 * recall + 1), whole("batch", batch, 1)
    rng = np.random.default_rng(whole("seed", seed, 0))
    wanted = rng.integers(symbols, size=(recall, batch))                        # (recall, B)
    read = np.full((length, batch), symbols)                                    # (T, B)
    labels = read.copy()
    read[:recall], read[-recall - 1], labels[-recall:] = wanted, symbols + 1, wanted
    return _one_hot(read, symbols + 2, dtype), labels


def _one_hot(ids, count, dtype):
    """Return (T, B, count) that is 1 at each of the `ids` (T, B) and 0 elsewhere."""
    return (ids[..., None] == np.arange(count)).astype(dtype)
