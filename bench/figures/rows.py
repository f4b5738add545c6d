"""A row of the table: what was measured in several runs, as a mean with its interval."""

import math
import statistics

# Student's t for a two-sided 95 % interval, by degrees of freedom (tabulated); beyond 30 it is 2.04 or less.
T95 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 14: 2.145, 19: 2.093}


def row(study, what, values, unit, seconds=(), aim=""):
    """Return a row as a dict. values : one for each run. seconds : of each run. aim : what it is held against."""
    mean, half = statistics.fmean(values), interval(values)
    return {
        "study": study,
        "what": what,
        "unit": unit,
        "values": [float(value) for value in values],
        "mean": mean,
        "low": mean - half,
        "high": mean + half,
        "best": float(min(values)),
        "worst": float(max(values)),
        "n": len(values),
        "seconds": statistics.fmean(seconds) if len(seconds) else 0.0,
        "aim": aim,
    }


def interval(values):
    """Return half the width of the 95 % interval of the mean: t times the standard error; 0 of a single value."""
    n = len(values)
    if n < 2:
        return 0.0
    t = T95[max(known for known in T95 if known < n)]  # rather too wide than too narrow
    return t * statistics.stdev(values) / math.sqrt(n)
