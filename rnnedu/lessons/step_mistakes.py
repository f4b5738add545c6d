"""The mistakes that a timestep is known for: the sentence for each, and the formula that makes it.

A formula reads v.x (B, D), v.h (B, H), v.W_x, v.W_h, v.b and the two products v.xW = x_t @ W_x and
v.hW = h_prev @ W_h. It is made of a sum (what goes into tanh) and an end (what is done with that sum, v.a), so
that two mistakes at once are named both.
"""

from types import SimpleNamespace

import numpy as np

from rnnedu.functions import dtanh, relu, sigmoid

SUMS = {
    "": lambda v: v.xW + v.hW + v.b,  # right: nothing to say
    "The bias b is left out.": lambda v: v.xW + v.hW,
    "The bias b is subtracted; it is added.": lambda v: v.xW + v.hW - v.b,
    "The bias b is added twice.": lambda v: v.xW + v.hW + 2 * v.b,
    "The bias b is multiplied; it is added.": lambda v: (v.xW + v.hW) * v.b,
    "Only the first entry of the bias b is used; every unit has its own.": lambda v: v.xW + v.hW + v.b[0],
    "The bias b is summed over the units; every unit has its own.": lambda v: v.xW + v.hW + v.b.sum(),
    "The term h_prev @ W_h uses W_h transposed (`h_prev @ W_h.T`).": lambda v: v.xW + v.h @ v.W_h.T + v.b,
    "The term x_t @ W_x is left out: the input is never read.": lambda v: v.hW + v.b,
    "The term h_prev @ W_h is left out: nothing is remembered.": lambda v: v.xW + v.b,
    "The terms x_t @ W_x and h_prev @ W_h are left out: only b is used.": lambda v: 0 * v.h + v.b,
    "Two terms are left out, h_prev @ W_h and b: only x_t @ W_x goes into tanh.": lambda v: v.xW,
    "Two terms are left out, x_t @ W_x and b: only h_prev @ W_h goes into tanh.": lambda v: v.hW,
    "W_h and b are left out: h_prev is added as it is, instead of h_prev @ W_h + b.": lambda v: v.xW + v.h,
    "W_h is left out: h_prev is added as it is, instead of h_prev @ W_h.": lambda v: v.xW + v.h + v.b,
    "The term h_prev @ W_h is subtracted; it is added.": lambda v: v.xW - v.hW + v.b,
    "The term x_t @ W_x is subtracted; it is added.": lambda v: v.hW - v.xW + v.b,
    "The terms h_prev @ W_h and b are subtracted; they are added.": lambda v: v.xW - v.hW - v.b,
    "The terms x_t @ W_x and b are subtracted; they are added.": lambda v: v.hW - v.xW - v.b,
    "The terms x_t @ W_x and h_prev @ W_h are subtracted; they are added.": lambda v: v.b - v.xW - v.hW,
    "The term h_prev @ W_h is added twice.": lambda v: v.xW + 2 * v.hW + v.b,
    "The term x_t @ W_x is added twice.": lambda v: 2 * v.xW + v.hW + v.b,
    "The two products are multiplied; they are added.": lambda v: v.xW * v.hW + v.b,
    "The term h_prev @ W_h is taken element by element (`*`), with the diagonal of W_h.": (
        lambda v: v.xW + v.h * np.diag(v.W_h) + v.b
    ),
    "The term h_prev @ W_h is taken element by element (`*`), with the columns of W_h summed.": (
        lambda v: v.xW + v.h * v.W_h.sum(0) + v.b
    ),
    "The term h_prev @ W_h is taken element by element (`*`), with the rows of W_h summed.": (
        lambda v: v.xW + v.h * v.W_h.sum(1) + v.b
    ),
    "The term h_prev @ W_h is missing: h_prev is multiplied element by element (`*`) with x_t @ W_x instead.": (
        lambda v: v.xW * v.h + v.b
    ),
    "The term x_t @ W_x is taken element by element (`*`): x_t is summed, then multiplied with sums over W_x.": (
        lambda v: v.x.sum(1, keepdims=True) * v.W_x.sum(0) + v.hW + v.b
    ),
    "Only the first row of x_t is used, for the whole batch.": lambda v: v.xW[0] + v.hW + v.b,
    "Only the first row of h_prev is used, for the whole batch.": lambda v: v.xW + v.hW[0] + v.b,
    "Only the first row of the batch is used, of x_t and of h_prev.": lambda v: 0 * v.h + v.xW[0] + v.hW[0] + v.b,
    "x_t is averaged over the batch; every row has its own.": lambda v: v.xW.mean(0) + v.hW + v.b,
    "x_t is summed over the batch; every row has its own.": lambda v: v.xW.sum(0) + v.hW + v.b,
    "h_prev is averaged over the batch; every row has its own.": lambda v: v.xW + v.hW.mean(0) + v.b,
    "h_prev is summed over the batch; every row has its own.": lambda v: v.xW + v.hW.sum(0) + v.b,
    "The rows of h_prev are in another order than those of x_t.": lambda v: v.xW + v.hW[::-1] + v.b,
}

ENDS = {
    "": lambda v: np.tanh(v.a),  # right: nothing to say
    "tanh is left out: the state is the bare sum.": lambda v: v.a,
    "sigmoid stands where tanh belongs.": lambda v: sigmoid(v.a),
    "relu stands where tanh belongs.": lambda v: relu(v.a),
    "tan stands where tanh belongs.": lambda v: np.tan(v.a),
    "sin stands where tanh belongs.": lambda v: np.sin(v.a),
    "exp stands where tanh belongs.": lambda v: np.exp(v.a),
    "tanh is taken twice.": lambda v: np.tanh(np.tanh(v.a)),
    "The derivative of tanh, 1 - tanh(a)**2, stands where tanh belongs.": lambda v: dtanh(np.tanh(v.a)),
    "The old state h_prev is added to the result; h_t is tanh(...) alone.": lambda v: np.tanh(v.a) + v.h,
    "The old state h_prev is multiplied with the result; h_t is tanh(...) alone.": lambda v: np.tanh(v.a) * v.h,
    "The result is averaged with the old state h_prev; h_t is tanh(...) alone.": lambda v: (np.tanh(v.a) + v.h) / 2,
    "The result has the wrong sign: tanh(...) is negated, or all that is in it.": lambda v: -np.tanh(v.a),
}
NEGATED = next(end for end in ENDS if "negated" in end)

WHOLE = {
    "h_prev is returned unchanged.": lambda v: v.h,
    "The bias b is added after tanh; it belongs inside.": lambda v: np.tanh(v.xW + v.hW) + v.b,
    "The term h_prev @ W_h is added after tanh; it belongs inside.": lambda v: np.tanh(v.xW + v.b) + v.hW,
    "The term x_t @ W_x is added after tanh; it belongs inside.": lambda v: np.tanh(v.hW + v.b) + v.xW,
    "tanh is taken of x_t @ W_x alone; h_prev @ W_h and b belong inside.": lambda v: np.tanh(v.xW) + v.hW + v.b,
    "tanh is taken of h_prev @ W_h alone; x_t @ W_x and b belong inside.": lambda v: np.tanh(v.hW) + v.xW + v.b,
    "tanh is taken of x_t @ W_x and of h_prev @ W_h + b; it is taken once, of the whole sum.": (
        lambda v: np.tanh(v.xW) + np.tanh(v.hW + v.b)
    ),
    "tanh is taken of x_t @ W_x + b and of h_prev @ W_h; it is taken once, of the whole sum.": (
        lambda v: np.tanh(v.xW + v.b) + np.tanh(v.hW)
    ),
    "tanh is taken of each product, and b is added after it; it is taken once, of the whole sum.": (
        lambda v: np.tanh(v.xW) + np.tanh(v.hW) + v.b
    ),
    "tanh is taken of each of the three terms; it is taken once, of the whole sum.": (
        lambda v: np.tanh(v.xW) + np.tanh(v.hW) + np.tanh(v.b)
    ),
}


def everything(x_t, h_prev, W_x, W_h, b):
    """Yield (sentence, h_t) for every mistake and every pair of a sum and an end, single mistakes first."""
    v = SimpleNamespace(x=x_t, h=h_prev, W_x=W_x, W_h=W_h, b=b, xW=x_t @ W_x, hW=h_prev @ W_h)
    with np.errstate(all="ignore"):
        yield from ((sentence, mistake(v)) for sentence, mistake in WHOLE.items())
        pairs = sorted(((start, end) for start in SUMS for end in ENDS), key=all)  # stable: single ones first
        for start, end in pairs:
            if end == NEGATED and "subtracted" in start:
                continue  # tanh is odd: the numbers of another sum, whose sentence says it with fewer words
            v.a = SUMS[start](v)
            yield f"{start} {end}".strip(), ENDS[end](v)
