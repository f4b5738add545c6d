"""Two sides, timed turn about: whatever disturbs the machine disturbs both, and each round gives one ratio."""

import statistics
import time

PAUSE = 0.05  # seconds: an idle OpenMP or OpenBLAS thread spins for a while and would take the other side's core


def alternate(sides, rounds, sample=0.02, warm=3):
    """Return name -> [(seconds, processor seconds) of one run, a round]; `sides` is name -> function without arguments.

    Each side first runs `warm` times untimed (Keras compiles in its first two). A sample repeats its side for about
    `sample` seconds.
    """
    repeats = {name: _repeats(run, sample, warm) for name, run in sides.items()}
    times = {name: [] for name in sides}
    for turn in range(rounds):
        for name in sorted(sides, reverse=bool(turn % 2)):  # A B, B A, A B: neither always comes second
            time.sleep(PAUSE)
            times[name].append(_sample(sides[name], repeats[name]))
    return times


def _repeats(run, sample, warm):
    for _ in range(warm):
        start = time.perf_counter()
        run()
        took = time.perf_counter() - start
    return max(1, round(sample / took))


def _sample(run, repeats):
    if repeats > 1:
        run()  # brings its data back into the caches
    processor, start = time.process_time(), time.perf_counter()
    for _ in range(repeats):
        run()
    return (time.perf_counter() - start) / repeats, (time.process_time() - processor) / repeats


def compare(times, peer, ours="ours", per=1):
    """Return a row: median ms for one of `per`, median and quartiles of the rounds' ratios peer / ours, cores busy."""
    ratios = [theirs / own for (theirs, _), (own, _) in zip(times[peer], times[ours], strict=True)]
    low, ratio, high = statistics.quantiles(ratios, n=4, method="inclusive")
    row = {"ratio": ratio, "low": low, "high": high, "rounds": len(ratios)}
    for side, name in (("ours", ours), ("peer", peer)):
        wall, processor = zip(*times[name], strict=True)
        row[f"{side}_ms"] = 1e3 * statistics.median(wall) / per
        row[f"{side}_cores"] = sum(processor) / sum(wall)
    return row
