"""SimpleRNN over a whole sequence; beside it cells/rnn.py, one timestep of the same maths.

The column z_t = [h_prev, 1, x_t] holds all that a step reads, so that W = [W_h b W_x] is one matrix.
"""

from types import SimpleNamespace

import numpy as np

from rnnedu.kernels import base, products


def forward(w, x, state=None, mask=None, reverse=False, work=None):
    """Run over x (T, B, D) and return a Run; see rnnedu/kernels/__init__.py for the arguments."""
    work = work or base.Workspace()
    (T, B, D), H = x.shape, len(w.W_h)
    m = work.keep(_forward_buffers, T, B, D, H, x.dtype)
    W = m.product.matrix
    W[:, :H], W[:, H], W[:, H + 1 :] = w.W_h.T, w.b, w.W_x.T
    base.place_turned(x, reverse, m.z[:T, H + 1 :])
    base.place(state and state[0], m.h[0])
    _, skips = base.running(mask, T, reverse)
    activate, times, W = ACTIVATE[w.activation], m.product.times, m.product.W
    with np.errstate(over="ignore", invalid="ignore"):
        for (z, h_prev, h), skip in zip(m.steps, skips, strict=True):
            times(W, z, m.a_cut)
            activate(m.a, h)
            if skip is not None:
                np.copyto(h, h_prev, where=skip)
    base.refuse_state_overflow(m.h[1:], reverse, w.activation == "tanh")
    return base.Run("rnn", w, x, mask, reverse, base.turned(m.h[1:], reverse), (m.h[T].T,), m, work)


def backward(run, dh=None, dlast=None, need_dx=True):
    """Go back through a Run and return a Back; see rnnedu/kernels/__init__.py for the arguments."""
    w, z, h = run.w, run.made.z, run.made.h
    (T, B, D), H = run.x.shape, len(w.W_h)
    m = run.work.keep(_backward_buffers, T, B, D, H, run.x.dtype, need_dx)
    m.product.matrix[:H], m.product.matrix[H:] = w.W_h, w.W_x if need_dx else w.W_x[:0]
    base.place_turned(dh, run.reverse, m.dh)
    base.place(dlast and dlast[0], m.dh_prev[T])
    mask, skips = base.running(run.mask, T, run.reverse)
    SLOPE[w.activation](h[1:], m.da)
    if mask is not None:
        m.da *= mask
    add, multiply, times, W = np.add, np.multiply, m.product.times, m.product.W
    with np.errstate(over="ignore", invalid="ignore"):
        for (dh_t, da, later, dz, earlier), skip in zip(m.steps, reversed(skips), strict=True):
            add(dh_t, later, dh_t)
            multiply(da, dh_t, da)
            times(W, da, dz)
            if skip is not None:
                add(earlier, dh_t, earlier, where=skip)
        (dW,) = m.weights.of(m.da, z[:T])
    grads = {"W_x": dW[:, H + 1 :].T, "W_h": dW[:, :H].T, "b": dW[:, H]}
    dx = base.turned(m.dz[:T, H:], run.reverse) if need_dx else None
    initial = (m.dh_prev[0].T,)
    base.refuse_gradient_overflow(m.dh, grads, initial, dx, run.reverse)
    return base.Back(run, dx, grads, initial, base.turned(m.dh, run.reverse), (dh,), m)


def _forward_buffers(T, B, D, H, dtype):
    z, a = np.empty((T + 1, H + 1 + D, B), dtype), np.empty((H, B), dtype)
    z[:, H] = 1
    h, product = z[:, :H], products.Product(H, H + 1 + D, B, dtype)
    steps = list(zip(z[:T], h[:T], h[1:], strict=True))
    return SimpleNamespace(z=z, h=h, a=a, a_cut=product.cut(a[None])[0], product=product, steps=steps)


def _backward_buffers(T, B, D, H, dtype, need_dx):
    """dz_t = [dh_prev, dx_t], or dh_prev alone."""
    rows = H + D if need_dx else H
    da, dh, dz = (np.empty((n, k, B), dtype) for n, k in ((T, H), (T, H), (T + 1, rows)))
    product = products.Product(rows, H, B, dtype)
    steps = list(zip(dh, da, dz[1:, :H], product.cut(dz[:T]), dz[:T, :H], strict=True))[::-1]
    weights = products.WeightGradients(H, H + 1 + D, T, B, dtype)
    return SimpleNamespace(da=da, dh=dh, dz=dz, dh_prev=dz[:, :H], product=product, weights=weights, steps=steps)


def _tanh_slope(h, out):
    np.multiply(h, h, out)
    np.subtract(1, out, out)


ACTIVATE = {
    "tanh": np.tanh,
    "relu": lambda a, out: np.maximum(a, 0, out=out),
    "identity": lambda a, out: np.copyto(out, a),
}
SLOPE = {
    "tanh": _tanh_slope,
    "relu": lambda h, out: np.copyto(out, h > 0),
    "identity": lambda h, out: out.fill(1),  # noqa: ARG005
}
