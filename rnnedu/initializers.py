"""How weights begin. All randomness comes from the generator that is passed in."""

import numpy as np

from rnnedu import validate


def begin(D, H, seed, dtype):
    """Return D and H as Python's ints, which cannot overflow in 4 * H, and the generator that draws new parameters.

    Raises TypeError for anything but integers or a dtype other than float32 and float64, ValueError for D or H
    below 1 or a negative seed.
    """
    validate.float_dtype("dtype", dtype)
    rng = np.random.default_rng(validate.integer("seed", seed, 0))
    return validate.integer("D", D, 1), validate.integer("H", H, 1), rng


def glorot_uniform(rng, shape, dtype):
    """Return weights uniform in +-sqrt(6 / (fan_in + fan_out)), shape (fan_in, fan_out).

    Source: Glorot & Bengio (2010), eq. 16. Keras draws kernels this way.
    """
    limit = np.sqrt(6 / sum(shape))
    return rng.uniform(-limit, limit, shape).astype(dtype)


def orthogonal(rng, shape, dtype):
    """Return a matrix with orthonormal columns or rows, whichever are fewer: its gains are all exactly 1.

    Source: Saxe, McClelland & Ganguli (2014), section 3. Keras draws recurrent kernels this way.
    """
    rows, columns = shape
    q, r = np.linalg.qr(rng.standard_normal((max(shape), min(shape))))
    q = q * np.sign(np.diag(r))  # makes the factorisation unique, and the draw uniform
    return (q if rows >= columns else q.T).astype(dtype)
