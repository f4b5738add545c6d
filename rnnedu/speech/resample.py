"""Another number of samples a second, without tones that were not there: a windowed sinc filter, phase by phase.

Source: Smith (2002), "Digital audio resampling"; the window is that of Kaiser (1974).
"""

import math

import numpy as np

from rnnedu import validate

CROSSINGS = 24  # zeros of the sinc on each side that are kept
BETA = 8.0  # of the Kaiser window: what lies beyond the pass band comes out 80 dB weaker
SLOWEST, FASTEST = 1000, 400_000  # samples a second


def resample(samples, rate, to=8000):
    """Return samples (N,) taken `rate` times a second as (ceil(N to / rate),) taken `to` times a second, same dtype.

    What lies above half of the lower rate, which the fewer samples could not hold, is filtered out. Sample 0 stays at
    time 0. rate, to : whole numbers, 1000 to 400000.

    Raises TypeError or ValueError for other rates or samples.
    """
    samples = validate.array("samples", samples, ("N",), {})
    rate = validate.integer("rate", rate, SLOWEST, FASTEST)
    to = validate.integer("to", to, SLOWEST, FASTEST)
    up, down = to // math.gcd(rate, to), rate // math.gcd(rate, to)
    if up == down:
        return samples.copy()
    taps = _taps(up, down, samples.dtype)  # (up, K)
    K = taps.shape[1]
    N = -(-len(samples) * up // down)
    padded = np.pad(samples, (K // 2 - 1, K + down))
    windows = np.lib.stride_tricks.sliding_window_view(padded, K)
    found = np.empty(N, samples.dtype)
    for phase in range(min(up, N)):  # output n lies at n down / up of the input: every up-th has the same taps
        count = len(found[phase::up])
        found[phase::up] = windows[phase * down // up :: down][:count] @ taps[phase]
    return found


def _taps(up, down, dtype):
    """Return (up, K): for each phase, the weights of the K samples around it."""
    cutoff = min(1.0, up / down)  # of half the input's rate
    half = math.ceil(CROSSINGS / cutoff)
    fraction = (np.arange(up) * down % up / up)[:, None]
    at = np.arange(1 - half, half + 1) - fraction  # (up, K): where each sample is, seen from the output
    inside = np.clip(1 - (at / half) ** 2, 0, None)
    taps = np.sinc(cutoff * at) * np.i0(BETA * np.sqrt(inside)) * (np.abs(at) <= half)
    return (taps / taps.sum(axis=1, keepdims=True)).astype(dtype)
