"""Eight small ways back through time with one bug each, as a learner sees them. What is wrong is told in bugs.py.

The states begin with zeros, so that nothing is returned for them; that is one reason why T = 1 shows nothing.
"""

import numpy as np

from rnnedu.functions import sigmoid


def bug_1(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c = np.tanh(s.c_t)
    dc_t = dc_later + dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * sigmoid(s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return da @ W_x.T, da @ W_h.T, dc_t * s.f_t, s.x_t.T @ da, s.h_prev.T @ da, da.sum(0)


def bug_2(dh_loss, x, h, W_x, W_h):
    """Return dx, dW_x, dW_h and db of a SimpleRNN that began with h0 = 0."""
    dx, dW_x, dW_h = np.zeros_like(x), np.zeros_like(W_x), np.zeros_like(W_h)
    db, dh_later = np.zeros(len(W_h)), np.zeros_like(h[0])
    for t in reversed(range(len(x))):
        dh_t = dh_loss[t] + dh_later
        da_t = dh_t * (1 - h[t] ** 2)
        dx[t] = da_t @ W_x.T
        dW_x += x[t].T @ da_t
        if t > 0:
            dW_h += h[t - 1].T @ da_t
        db += da_t.sum(0)
        dh_later = dh_t @ W_h.T
    return dx, dW_x, dW_h, db


def bug_3(dh_loss, steps, step_back):
    """Return dx, dW_x, dW_h and db of an LSTM; step_back(step, dh_t, dc_later) is one timestep back."""
    dh_later = dc_later = np.zeros_like(dh_loss[0])
    backs = []
    for dh_t, step in zip(dh_loss[::-1], steps[::-1], strict=True):
        back = step_back(step, dh_t + dh_later, dc_later)
        backs.append(back)
    dx = np.stack([back.dx_t for back in backs[::-1]])
    return dx, *(sum(getattr(back, name) for back in backs) for name in ("dW_x", "dW_h", "db"))


def bug_4(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c = np.tanh(s.c_t)
    dc_t = dc_later.copy()
    dc_t += dc_t
    dc_t += dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * s.f_t * (1 - s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return da @ W_x.T, da @ W_h.T, dc_t * s.f_t, s.x_t.T @ da, s.h_prev.T @ da, da.sum(0)


def bug_5(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c, db = np.tanh(s.c_t), np.zeros((4, len(W_h)))
    dc_t = dc_later + dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * s.f_t * (1 - s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    db[0] += da_i.sum(0)
    db[0] += da_f.sum(0)
    db[2] += da_g.sum(0)
    db[3] += da_o.sum(0)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return da @ W_x.T, da @ W_h.T, dc_t * s.f_t, s.x_t.T @ da, s.h_prev.T @ da, db.ravel()


def bug_6(dh_loss, x, h, W_x, W_h):
    """Return dx, dW_x, dW_h and db of a SimpleRNN that began with h0 = 0."""
    dx, dW_x, dW_h = np.zeros_like(x), np.zeros_like(W_x), np.zeros_like(W_h)
    db, dh_later = np.zeros(len(W_h)), np.zeros_like(h[0])
    for t in reversed(range(len(x))):
        dh_t = dh_loss[t] + dh_later
        da_t = dh_t * (1 - h[t] ** 2)
        dx[t] = da_t @ W_x.T
        dW_x += x[t].T @ da_t
        if t > 0:
            dW_h += h[t].T @ da_t
        db += da_t.sum(0)
        dh_later = da_t @ W_h.T
    return dx, dW_x, dW_h, db


def bug_7(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c = np.tanh(s.c_t)
    dc_t = dc_later.copy()
    dc_t = dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * s.f_t * (1 - s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    return da @ W_x.T, da @ W_h.T, dc_t * s.f_t, s.x_t.T @ da, s.h_prev.T @ da, da.sum(0)


def bug_8(dh_t, dc_later, s, W_x, W_h):
    """Return dx_t, dh_prev, dc_prev, dW_x, dW_h and db of one LSTM timestep; s is its record."""
    tanh_c = np.tanh(s.c_t)
    dc_t = dc_later + dh_t * s.o_t * (1 - tanh_c**2)
    da_i = dc_t * s.g_t * s.i_t * (1 - s.i_t)
    da_f = dc_t * s.c_prev * s.f_t * (1 - s.f_t)
    da_g = dc_t * s.i_t * (1 - s.g_t**2)
    da_o = dh_t * tanh_c * s.o_t * (1 - s.o_t)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    dh_t = da @ W_h.T
    dc_prev = (dc_later + dh_t * s.o_t * (1 - tanh_c**2)) * s.f_t
    return da @ W_x.T, dh_t, dc_prev, s.x_t.T @ da, s.h_prev.T @ da, da.sum(0)
