"""Made-up sequences whose right answer is known: a pulse, a sine, the adding problem."""

import numpy as np

from rnnedu.datasets._checks import finite, float_dtype, whole


def make_pulse(length, at=0, height=1.0, dtype=np.float32):
    """Return (length, 1, 1), that is (T, B, D): `height` at timestep `at`, 0 at every other.

    It asks how long a network remembers one event.

    Args:
        length: T, 1 or more.
        at: timestep of the pulse, 0 .. length - 1.
        height: any finite number that `dtype` can hold.
        dtype: float32 or float64.

    Raises ValueError when an argument is outside these.
    """
    dtype, length = float_dtype(dtype), whole("length", length, 1)
    at, limit = whole("at", at, 0, length - 1), float(np.finfo(dtype).max)
    if abs(finite("height", height)) > limit:
        raise ValueError(f"height is {height!r}; accepted: -{limit:.3g} to {limit:.3g} for {dtype}")
    x = np.zeros((length, 1, 1), dtype)  # (T, 1, 1)
    x[at] = height
    return x


def make_sine(length, period, dtype=np.float32):
    """Return (length, 1, 1), that is (T, B, D): sin(2 pi t / period), t = 0 .. length - 1.

    Args:
        length: T, 1 or more.
        period: timesteps a cycle, above 2: a faster sine looks like a slower one (Nyquist).
        dtype: float32 or float64.

    Raises ValueError when an argument is outside these.
    """
    dtype, length = float_dtype(dtype), whole("length", length, 1)
    if not finite("period", period) > 2:
        raise ValueError(f"period is {period!r}; accepted: a number of timesteps above 2")
    t = np.arange(length, dtype=np.float64)
    return np.sin(2 * np.pi * t / float(period)).reshape(length, 1, 1).astype(dtype)


def make_adding(length, batch, seed=0, dtype=np.float32):
    """Return x (T, B, 2) and target (B, 1) of the adding problem.

    x[:, :, 0] is uniform noise in 0 .. 1; x[:, :, 1] is 1 at two different timesteps and 0 elsewhere; the
    target is the sum of the two marked numbers. Always answering 1 gives a mean squared error of 1/6.

    After Hochreiter and Schmidhuber 1997 (noise in -1 .. 1 there), in the form of Le, Jaitly and Hinton 2015.

    Args:
        length: T, 2 or more.
        batch: B, the number of sequences, 1 or more.
        seed: 0 or more; the same seed gives the same problem, rounded to `dtype`.
        dtype: float32 or float64, of both arrays.

    Raises ValueError when an argument is outside these.
    """
    dtype = float_dtype(dtype)
    length, batch = whole("length", length, 2), whole("batch", batch, 1)
    rng = np.random.default_rng(whole("seed", seed, 0))
    first = rng.integers(length, size=batch)                          # (B,)
    second = (first + rng.integers(1, length, size=batch)) % length   # (B,) never equal to first
    each = np.arange(batch)
    x = np.zeros((length, batch, 2), dtype)                           # (T, B, 2)
    x[:, :, 0] = rng.random((length, batch))
    x[first, each, 1] = x[second, each, 1] = 1
    return x, (x[first, each, :1] + x[second, each, :1])              # (B, 1)
