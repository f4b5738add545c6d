"""The `step` that a learner's loop is handed: the timestep, with every call written down and wrong ones explained."""

import numpy as np

from rnnedu import validate


def handed(run):
    """Return step(x_t, h_prev) -> h_t for `run`, whose x is (T, B, D) and h0 (B, H); it adds to run.calls.

    It takes any number of rows, the same in x_t and h_prev: a loop over the batch is a right loop too.
    """

    def step(x_t, h_prev):
        """Return h_t (B, H), made from x_t (B, D) and h_prev (B, H)."""
        _valid(run, x_t, h_prev)
        h_t = run.pure(x_t, h_prev)
        run.calls.append((np.array(x_t), np.array(h_prev)))
        return h_t

    step.__qualname__ = "step"  # Python's own messages name it so
    return step


def _valid(run, x_t, h_prev):
    rows = {len(each) if isinstance(each, np.ndarray) and each.ndim == 2 else None for each in (x_t, h_prev)}
    B = next(iter(rows)) if len(rows) == 1 else None
    sizes = {"B": B or len(run.h0), "D": run.x.shape[2], "H": run.h0.shape[1]}
    for name, value, dims in (("x_t", x_t, ("B", "D")), ("h_prev", h_prev, ("B", "H"))):
        try:
            validate.array(name, value, dims, sizes, np.float64)
        except ValueError as error:
            raise ValueError(f"{error}{_why(run, value, name)}") from None


def _why(run, value, name):
    """Return what such an array usually is, or "" when nothing is known of it."""
    if not isinstance(value, np.ndarray):
        return ""
    (T, B, D), H, shape = run.x.shape, run.h0.shape[1], value.shape
    if np.isnan(value).any():
        return ": is it a row of np.empty not filled yet? h[t-1] with t = 0 is h[-1], the last row"
    if name == "h_prev":
        return {(B, D): ": that looks like x_t: step(x_t, h_prev)"}.get(shape, "")
    return {
        (B, H): ": that looks like h_prev: step(x_t, h_prev)",
        (T, D): ": that is (T, D); time is the first axis, x[t]",
        (B, T): ": that is (B, T); time is the first axis, x[t]",
        (D,): ": that is one sequence, (D,); `step` takes the whole batch, x[t]",
        (T, B, D): ": that is the whole of x; `step` takes one timestep, x[t]",
        (1, B, D): ": that has a time axis still, (1, B, D); x[t] has none",
    }.get(shape, "")
