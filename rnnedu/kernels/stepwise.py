"""Any registered cell over a whole sequence, by its own `step` and `step_back`: slow, but a new cell needs no more."""

from types import SimpleNamespace

import numpy as np

from rnnedu import unroll
from rnnedu.cells import cell_of
from rnnedu.kernels import base


def forward(w, x, state=None, mask=None, reverse=False, work=None):
    """Run over x (T, B, D) and return a Run; see rnnedu/kernels/__init__.py. w are the cell's Params."""
    cell, (T, B, _) = cell_of(w), x.shape
    zeros = np.zeros((B, w.H), x.dtype)
    now = tuple(zeros if given is None else given for given in state or (None,) * len(cell.state))
    steps, h = [None] * T, np.empty((T, B, w.H), x.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in _times(T, reverse):
            steps[t] = cell.step(w, x[t], *now)
            after = tuple(getattr(steps[t], f"{name}_t") for name in cell.state)
            if mask is not None:
                after = tuple(np.where(mask[t][:, None], *pair) for pair in zip(after, now, strict=True))
            now = after
            unroll.refuse_overflow(t, now)
            h[t] = now[0]
    return base.Run(cell.name, w, x, mask, reverse, h, now, SimpleNamespace(steps=steps), work)


def backward(run, dh=None, dlast=None, need_dx=True, **loss):
    """Go back through a Run and return a Back; `loss` holds what is given on other states, dc (T, B, H)."""
    cell, w, T = cell_of(run.w), run.w, len(run.x)
    every = [({"dh": dh} | loss).get(f"d{name}") for name in cell.state]
    zeros = np.zeros_like(run.h[0])
    arriving = tuple(zeros if last is None else last for last in dlast or (None,) * len(every))
    grads, dx, total = {n: np.zeros_like(a) for n, a in w.arrays().items()}, np.zeros_like(run.x), np.empty_like(run.h)
    for t in reversed(_times(T, run.reverse)):
        reached = [later if each is None else each[t] + later for each, later in zip(every, arriving, strict=True)]
        total[t] = reached[0]
        keep = np.ones((zeros.shape[0], 1), bool) if run.mask is None else run.mask[t][:, None]
        back = unroll.step_back(w, run.made.steps[t], t, [gradient * keep for gradient in reached])
        previous = (getattr(back, f"d{name}_prev") for name in cell.state)
        arriving = tuple(before + gradient * ~keep for before, gradient in zip(previous, reached, strict=True))
        dx[t] = back.dx_t
        for name in grads:
            grads[name] += getattr(back, f"d{name}")
    return base.Back(run, dx if need_dx else None, grads, arriving, total, tuple(every), SimpleNamespace())


def _times(T, reverse):
    return range(T - 1, -1, -1) if reverse else range(T)
