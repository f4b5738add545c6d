"""LSTM over a whole sequence, peepholes or not; beside it cells/lstm.py and cells/peephole.py, one timestep.

A step reads one column, [h_prev, 1, x_t], so that W = [W_h b W_x] is one matrix. The rows of a step are
c_prev, g, f, i, o: side by side stand the three sigmoids, what is multiplied ([c_prev g] * [f i]), and on the way back
the three whose gradient comes through c_t.
"""

from types import SimpleNamespace

import numpy as np

from rnnedu.kernels import base, products

ORDER = (2, 1, 0, 3)  # of the gates i, f, g, o here; it undoes itself


def forward(w, x, state=None, mask=None, reverse=False, work=None):
    """Run over x (T, B, D) and return a Run; see rnnedu/kernels/__init__.py for the arguments."""
    work = work or base.Workspace()
    (T, B, D), H = x.shape, len(w.W_h)
    m = work.keep(_forward_buffers, T, B, D, H, x.dtype)
    _place_weights(w, m.product.matrix)
    h0, c0 = state or (None, None)
    base.place_turned(x, reverse, m.z[:T, H + 1 :])
    base.place(h0, m.h[0]), base.place(c0, m.c[0])
    _, skips = base.running(mask, T, reverse)
    peepholes = getattr(w, "p", None)
    with np.errstate(over="ignore", invalid="ignore"):
        if peepholes is None:
            _steps(m, skips)
        else:
            _peephole_steps(m, skips, np.split(peepholes[:, None] / 2, 3))
    base.refuse_state_overflow(m.h[1:], reverse)
    kernel, last = "lstm" if peepholes is None else "peephole", (m.h[T].T, m.c[T].T)
    return base.Run(kernel, w, x, mask, reverse, base.turned(m.h[1:], reverse), last, m, work)


def _place_weights(w, W):
    """Fill W = [W_h b W_x], the rows of the sigmoids halved: sigmoid(a) = 1/2 + tanh(a / 2) / 2."""
    H = len(w.W_h)
    for k, rows in zip(ORDER, W.reshape(4, H, -1), strict=True):
        gate = slice(k * H, (k + 1) * H)
        rows[:, :H], rows[:, H], rows[:, H + 1 :] = w.W_h[:, gate].T, w.b[gate], w.W_x[:, gate].T
    W[H:] *= 0.5


def _steps(m, skips):
    """Run forward through the steps."""
    add, multiply, tanh, times, W, half = np.add, np.multiply, np.tanh, m.product.times, m.product.W, m.half
    for s, skip in zip(m.steps, skips, strict=True):
        z, a_cut, a, fio, o, cg, fi, kept_written, kept, written, tanh_c, c, h = s
        times(W, z, a_cut)
        tanh(a, a)
        multiply(fio, half, fio)
        add(fio, half, fio)
        multiply(cg, fi, kept_written)
        add(kept, written, c)
        tanh(c, tanh_c)
        multiply(o, tanh_c, h)
        if skip is not None:
            _carry(z, cg, h, c, skip)


def _peephole_steps(m, skips, p):
    """Run forward through the steps; the gates i and f see c_prev, the gate o sees c_t. p is halved as W is."""
    H, (p_i, p_f, p_o) = len(p[0]), p
    for s, skip in zip(m.steps, skips, strict=True):
        z, a_cut, a, _, o, cg, fi, kept_written, kept, written, tanh_c, c, h = s
        m.product.times(m.product.W, z, a_cut)
        fi[:H] += p_f * cg[:H]
        fi[H:] += p_i * cg[:H]
        np.tanh(a[: 3 * H], a[: 3 * H])
        _finish_sigmoids(fi)
        np.multiply(cg, fi, kept_written)
        np.add(kept, written, c)
        o += p_o * c
        np.tanh(o, o)
        _finish_sigmoids(o)
        np.tanh(c, tanh_c)
        np.multiply(o, tanh_c, h)
        if skip is not None:
            _carry(z, cg, h, c, skip)


def _finish_sigmoids(tanh_half):
    tanh_half *= 0.5
    tanh_half += 0.5


def _carry(z, cg, h, c, skip):
    """Repeat the state of the sequences that a step skips."""
    np.copyto(h, z[: len(h)], where=skip)
    np.copyto(c, cg[: len(c)], where=skip)


def backward(run, dh=None, dlast=None, need_dx=True, dc=None):
    """Go back through a Run and return a Back; see rnnedu/kernels/__init__.py for the arguments.

    dc (T, B, H) or None is what the loss adds at every c_t.
    """
    w, H, (T, B, D) = run.w, len(run.w.W_h), run.x.shape
    m = run.work.keep(_backward_buffers, T, B, D, H, run.x.dtype, need_dx)
    m.product.matrix[:H] = _reordered(w.W_h, H)
    m.product.matrix[H:] = _reordered(w.W_x, H) if need_dx else 0
    dh_last, dc_last = dlast or (None, None)
    base.place_turned(dh, run.reverse, m.dh)
    base.place(dh_last, m.dh_prev[T]), base.place(dc_last, m.dc_prev[T])
    with np.errstate(over="ignore", invalid="ignore"):
        _slopes(run, m)
        _steps_back(run, m, [None] * T if dc is None else base.turned(dc, run.reverse))
        (dW,) = m.weights.of(m.da, run.made.z[:T])
        dW = _reordered(dW.T, H)
        grads = {"W_x": dW[H + 1 :], "W_h": dW[:H], "b": dW[H]} | _peephole_gradient(run, m)
    dx = base.turned(m.dz[:T, H:], run.reverse) if need_dx else None
    initial = (m.dh_prev[0].T, m.dc_prev[0].T)
    base.refuse_gradient_overflow(m.dh, grads, initial, dx, run.reverse)
    return base.Back(run, dx, grads, initial, base.turned(m.dh, run.reverse), (dh, dc), m)


def _slopes(run, m):
    """Fill, for all steps at once, what dh_t (of dc and da_o) or dc_t (of the others) will be multiplied with."""
    made, H, T = run.made, len(run.w.W_h), len(m.dh)
    g, f, i, o = made.gates[:T, H:].reshape(T, 4, H, -1).swapaxes(0, 1)
    fio, da_fio, da_g = made.gates[:T, 2 * H :], m.da[:, H:], m.da[:, :H]
    gated, written = made.gated, made.gated[:, H : 2 * H]  # f c_prev, i g, o tanh(c)
    np.multiply(gated, fio, da_fio)
    np.subtract(gated, da_fio, da_fio)  # times (1 - f), (1 - i), (1 - o)
    np.multiply(written, g, da_g)
    np.subtract(i, da_g, da_g)  # i (1 - g^2)
    np.multiply(gated[:, 2 * H :], made.tanh_c, m.dc)
    np.subtract(o, m.dc, m.dc)  # o (1 - tanh(c)^2)
    np.copyto(m.dc_prev[:T], f)
    _peephole_slopes(run, m)
    _mask_slopes(run, m)


def _peephole_slopes(run, m):
    """Add the ways through the peepholes: from o to c_t, from i and f to c_prev."""
    if run.kernel == "peephole":
        (T, H, B), (p_i, p_f, p_o) = m.dh.shape, np.split(run.w.p[:, None], 3)
        _, f, i, o = m.da.reshape(T, 4, H, B).swapaxes(0, 1)
        m.dc += o * p_o
        m.dc_prev[:T] += i * p_i + f * p_f


def _mask_slopes(run, m):
    """Let nothing through the gates where a step was skipped, and everything past them."""
    mask, _ = base.running(run.mask, len(run.x), run.reverse)
    if mask is not None:
        m.da *= mask
        m.dc *= mask
        np.copyto(m.dc_prev[: len(m.dh)], 1, where=~mask)


def _steps_back(run, m, dc_loss):
    """Go back through the steps; m.da becomes the gradients at the sums, m.dc what reached each c_t."""
    _, skips = base.running(run.mask, len(run.x), run.reverse)
    add, multiply, times, W = np.add, np.multiply, m.product.times, m.product.W
    for s, skip, loss in zip(m.steps, skips[::-1], dc_loss[::-1], strict=True):
        dh, dh_later, da_o, dc, dc_later, by_dc, da, dz, dh_prev = s
        add(dh, dh_later, dh)
        multiply(da_o, dh, da_o)
        multiply(dc, dh, dc)  # what reaches c_t through h_t
        add(dc, dc_later, dc)
        if loss is not None:
            add(dc, loss, dc)
        multiply(by_dc, dc, by_dc)
        times(W, da, dz)
        if skip is not None:
            add(dh_prev, dh, dh_prev, where=skip)


def _peephole_gradient(run, m):
    """Return the gradient of p (3H,), gates i, f, o, as a dict; empty without peepholes."""
    if run.kernel != "peephole":
        return {}
    _, f, i, o = m.da.reshape(len(m.da), 4, -1, m.da.shape[2]).swapaxes(0, 1)
    pairs = (i, run.made.c[:-1]), (f, run.made.c[:-1]), (o, run.made.c[1:])
    return {"p": np.concatenate([np.einsum("thb,thb->h", da, c) for da, c in pairs])}


def _reordered(weights, H):
    """Return weights (N, 4H) with the gates i, f, g, o in the order here, or back."""
    return np.concatenate([weights[:, k * H : (k + 1) * H] for k in ORDER], axis=1)


def _forward_buffers(T, B, D, H, dtype):
    """The rows of a column are f c_prev and i g of the step before, then h_prev, 1, x_t."""
    column, rows = np.empty((T + 1, 3 * H + 1 + D, B), dtype), np.empty((T + 1, 5 * H, B), dtype)
    column[:, 3 * H] = 1
    z, gated, c, a = column[:, 2 * H :], column[1:, : 3 * H], rows[:, :H], rows[:T, H:]
    tanh_c, product = np.empty((T, H, B), dtype), products.Product(4 * H, H + 1 + D, B, dtype)
    fio, o, cg, fi = (rows[:T, j * H : k * H] for j, k in ((2, 5), (4, 5), (0, 2), (2, 4)))
    kept_written, kept, written, h = (gated[:, j * H : k * H] for j, k in ((0, 2), (0, 1), (1, 2), (2, 3)))
    views = (z[:T], product.cut(a), a, fio, o, cg, fi, kept_written, kept, written, tanh_c, c[1:], h)
    return SimpleNamespace(
        z=z, h=z[:, :H], gates=rows, gated=gated, c=c, tanh_c=tanh_c,
        product=product, steps=list(zip(*views, strict=True)), half=np.array(0.5, dtype),
    )  # fmt: skip


def _backward_buffers(T, B, D, H, dtype, need_dx):
    """The rows of a step are dc_prev, da_g, da_f, da_i, da_o, dc; dz_t = [dh_prev, dx_t], or dh_prev alone.

    A step is (dh, dh from later, da_o, dc, dc from later, dc_prev and da_g f i, da, dz, dh_prev), the last one first.
    """
    N = H + D if need_dx else H
    dh, rows, dz = (np.empty(shape, dtype) for shape in ((T, H, B), (T + 1, 6 * H, B), (T + 1, N, B)))
    dc_prev, da, da_o, dc = rows[:, :H], rows[:T, H : 5 * H], rows[:T, 4 * H : 5 * H], rows[:T, 5 * H :]
    by_dc, product = rows[:T].reshape(T, 6, H, B)[:, :4], products.Product(N, 4 * H, B, dtype)
    views = (dh, dz[1:, :H], da_o, dc, dc_prev[1:], by_dc, da, product.cut(dz[:T]), dz[:T, :H])
    return SimpleNamespace(
        dh=dh, dc=dc, da=da, dc_prev=dc_prev, dh_prev=dz[:, :H], dz=dz, product=product,
        steps=list(zip(*views, strict=True))[::-1], weights=products.WeightGradients(4 * H, H + 1 + D, T, B, dtype),
    )  # fmt: skip
