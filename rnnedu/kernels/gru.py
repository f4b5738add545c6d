"""GRU over a whole sequence, the reset gate after the product or before it; beside it cells/gru.py, one timestep.

The column z_t = [h_prev, 1, x_t] holds all that a step reads. The rows of a step are u, z, r, n: the first three
read h_prev, the last three x_t. r multiplies only what n reads of the past, so u and n's input stand apart.
"""

from types import SimpleNamespace

import numpy as np

from rnnedu.kernels import base, products


def forward(w, x, state=None, mask=None, reverse=False, work=None):
    """Run over x (T, B, D) and return a Run; see rnnedu/kernels/__init__.py for the arguments."""
    work = work or base.Workspace()
    (T, B, D), H = x.shape, len(w.W_h)
    m = work.keep(_forward_buffers, T, B, D, H, x.dtype, bool(w.reset_after))
    base.place_turned(x, reverse, m.z[:T, H + 1 :])
    base.place(state and state[0], m.h[0])
    _, skips = base.running(mask, T, reverse)
    _place_weights(w, m, H)
    with np.errstate(over="ignore", invalid="ignore"):
        W_n = np.concatenate([w.b[None, 2 * H :], w.W_x[:, 2 * H :]]).T
        np.matmul(W_n, m.z[:T, H:], m.a[:, 3 * H :])  # what n reads of the input, for all steps
        (_steps_after if w.reset_after else _steps_before)(m, skips)
    base.refuse_state_overflow(m.h[1:], reverse)
    return base.Run("gru", w, x, mask, reverse, base.turned(m.h[1:], reverse), (m.h[T].T,), m, work)


def _place_weights(w, m, H):
    """Fill the matrix of z and r, halved because sigmoid(a) = 1/2 + tanh(a / 2) / 2, and that of u."""
    z_r, u, zr, n = m.product.matrix[-2 * H :], m.u_product.matrix[:H], slice(2 * H), slice(2 * H, None)
    z_r[:, :H], z_r[:, H], z_r[:, H + 1 :] = w.W_h[:, zr].T, w.b[zr], w.W_x[:, zr].T
    z_r *= 0.5
    u[:, :H], u[:, H], u[:, H + 1 :] = w.W_h[:, n].T, w.b_hn, 0


def _steps_after(m, skips):
    """Run forward with the reset gate after the product: one product gives u, z and r."""
    add, multiply, tanh, times, W = np.add, np.multiply, np.tanh, m.product.times, m.product.W
    half, reset = m.half, m.scratch
    for (column, a_cut, u, z_r, z, r, n, h_prev, h, _), skip in zip(m.steps, skips, strict=True):
        times(W, column, a_cut)
        tanh(z_r, z_r)
        multiply(z_r, half, z_r)
        add(z_r, half, z_r)
        multiply(r, u, reset)
        add(n, reset, n)
        tanh(n, n)
        _mix(z, n, h_prev, h, reset)
        if skip is not None:
            np.copyto(h, h_prev, where=skip)


def _steps_before(m, skips):
    """Run forward with the reset gate before the product: it gives z and r, a second one u out of r * h_prev."""
    H = len(m.scratch)
    for (column, a_cut, u, z_r, z, r, n, h_prev, h, past), skip in zip(m.steps, skips, strict=True):
        m.product.times(m.product.W, column, a_cut)
        np.tanh(z_r, z_r)
        z_r *= m.half
        z_r += m.half
        np.multiply(r, h_prev, past[:H])
        np.dot(m.u_product.matrix, past, u)
        np.add(n, u, n)
        np.tanh(n, n)
        _mix(z, n, h_prev, h, m.scratch)
        if skip is not None:
            np.copyto(h, h_prev, where=skip)


def _mix(z, n, h_prev, h, scratch):
    """Write h = n + z (h_prev - n), which is z h_prev + (1 - z) n."""
    np.subtract(h_prev, n, scratch)
    np.multiply(scratch, z, scratch)
    np.add(n, scratch, h)


def backward(run, dh=None, dlast=None, need_dx=True):
    """Go back through a Run and return a Back; see rnnedu/kernels/__init__.py for the arguments."""
    w, H, (T, B, D) = run.w, len(run.w.W_h), run.x.shape
    after = bool(w.reset_after)
    m = run.work.keep(_backward_buffers, T, B, D, H, run.x.dtype, after)
    base.place_turned(dh, run.reverse, m.dh)
    base.place(dlast and dlast[0], m.dh_prev[T])
    with np.errstate(over="ignore", invalid="ignore"):
        _slopes(run, m)
        (_steps_back_after if after else _steps_back_before)(run, m)
        grads = _gradients(run, m)
        dx = base.turned(np.matmul(w.W_x, m.da[:, H:]), run.reverse) if need_dx else None
    initial = (m.dh_prev[0].T,)
    base.refuse_gradient_overflow(m.dh, grads, initial, dx, run.reverse)
    return base.Back(run, dx, grads, initial, base.turned(m.dh, run.reverse), (dh,), m)


def _slopes(run, m):
    """Fill m.da, for all steps at once, with what dh_t (or for r the gradient of r * h_prev) is multiplied with."""
    made, H, T = run.made, m.dh.shape[1], len(m.dh)
    h_prev, u, z_r = made.h[:T], made.a[:, :H], made.a[:, H : 3 * H]
    z, r, n = made.a[:, H : 2 * H], made.a[:, 2 * H : 3 * H], made.a[:, 3 * H :]
    du, da_zr, da_z, da_r, da_n = (m.da[:, a * H : b * H] for a, b in ((0, 1), (1, 3), (1, 2), (2, 3), (3, 4)))
    np.multiply(z_r, z_r, da_zr)
    np.subtract(z_r, da_zr, da_zr)
    np.subtract(h_prev, n, du)
    da_z *= du  # (h_prev - n) z (1 - z)
    np.multiply(n, n, da_n)
    np.subtract(1, da_n, da_n)
    np.subtract(1, z, du)
    da_n *= du  # (1 - z) (1 - n^2)
    if run.w.reset_after:
        np.multiply(da_n, r, du)
        da_r *= u
        da_r *= da_n
    else:
        da_r *= h_prev
    np.copyto(m.kept, z)
    mask, _ = base.running(run.mask, T, run.reverse)
    if mask is not None:  # nothing through the gates where a step was skipped, everything past them
        m.da *= mask
        np.copyto(m.kept, 1, where=~mask)


def _steps_back_after(run, m):
    """Go back through the steps with the reset gate after the product; m.da becomes the gradients at the sums."""
    H = m.dh.shape[1]
    m.product.matrix[:, :H], m.product.matrix[:, H:] = run.w.W_h[:, 2 * H :], run.w.W_h[:, : 2 * H]
    add, multiply, times, W = np.add, np.multiply, m.product.times, m.product.W
    for dh, later, by_dh, uzr, dh_prev_cut, dh_prev, kept in m.steps:
        add(dh, later, dh)
        multiply(by_dh, dh, by_dh)
        times(W, uzr, dh_prev_cut)
        add(dh_prev, kept, dh_prev)


def _steps_back_before(run, m):
    """Go back through the steps with the reset gate before the product; the same for m.da."""
    H = m.dh.shape[1]
    W_zr, W_n, r = run.w.W_h[:, : 2 * H], run.w.W_h[:, 2 * H :], run.made.a[::-1, 2 * H : 3 * H]
    for (dh, later, (_, da_z, da_r, da_n, kept), _, _, dh_prev, _), r_t in zip(m.steps, r, strict=True):
        np.add(dh, later, dh)
        da_z *= dh
        da_n *= dh
        kept *= dh
        d_past = W_n @ da_n  # of r * h_prev
        da_r *= d_past
        np.dot(W_zr, np.concatenate([da_z, da_r]), dh_prev)
        dh_prev += d_past * r_t
        dh_prev += kept
    m.da[:, :H] = m.da[:, 3 * H :]  # du = da_n


def _gradients(run, m):
    """Return the gradients of the parameters."""
    made, H, T = run.made, m.dh.shape[1], len(m.dh)
    by_h, dW_x = m.weights.of(m.da, made.z[:T])
    if run.w.reset_after:
        du, dW_h = by_h[:H], by_h[H:]
    else:
        dW_h, (du,) = by_h, m.u_weights.of(m.da[:, :H], made.past)
    W_h = np.concatenate([dW_h[:, :H], du[:, :H]]).T
    return {"W_x": dW_x[:, 1:].T, "W_h": W_h, "b": dW_x[:, 0], "b_hn": du[:, H]}


def _forward_buffers(T, B, D, H, dtype, after):
    """Each step is (z_t, a in blocks, u, z r, z, r, n, h_prev, h, [r * h_prev, 1])."""
    shapes = (T + 1, H + 1 + D, B), (T, 4 * H, B), (0 if after else T, H + 1, B)
    column, a, past = (np.empty(shape, dtype) for shape in shapes)
    column[:, H], past[:, H:] = 1, 1
    product = products.Product((3 if after else 2) * H, H + 1 + D, B, dtype)
    u, z_r, z, r, n = (a[:, i * H : j * H] for i, j in ((0, 1), (1, 3), (1, 2), (2, 3), (3, 4)))
    h, target = column[:, :H], product.cut(a[:, : 3 * H] if after else z_r)
    steps = zip(column[:T], target, u, z_r, z, r, n, h[:T], h[1:], [None] * T if after else past, strict=True)
    return SimpleNamespace(
        z=column, h=h, a=a, past=past, product=product, steps=list(steps),
        u_product=product if after else products.Product(H, H + 1, B, dtype),
        half=np.array(0.5, dtype), scratch=np.empty((H, B), dtype),
    )  # fmt: skip


def _backward_buffers(T, B, D, H, dtype, after):
    """The rows of a step are du, da_z, da_r, da_n, and what of dh_t goes past the gates to h_prev.

    Each step, the last first, is (dh, dh from later, all rows, du da_z da_r, dh_prev in blocks, dh_prev, past).
    """
    dh, dh_prev, d = (np.empty(shape, dtype) for shape in ((T, H, B), (T + 1, H, B), (T, 5 * H, B)))
    da, kept, product = d[:, : 4 * H], d[:, 4 * H :], products.Product(H, 3 * H, B, dtype)
    rows, cut = d.reshape(T, 5, H, B), product.cut(dh_prev[:T])
    steps = zip(dh, dh_prev[1:], rows, da[:, : 3 * H], cut, dh_prev[:T], kept, strict=True)
    recurrent = slice(0 if after else H, 3 * H)  # of u, z, r, n
    parts = (recurrent, slice(H + 1)), (slice(H, None), slice(H, None))  # what reads [h_prev, 1], what reads [1, x_t]
    return SimpleNamespace(
        dh=dh, dh_prev=dh_prev, da=da, kept=kept, product=product, steps=list(steps)[::-1],
        weights=products.WeightGradients(4 * H, H + 1 + D, T, B, dtype, parts),
        u_weights=None if after else products.WeightGradients(H, H + 1, T, B, dtype),
    )  # fmt: skip
