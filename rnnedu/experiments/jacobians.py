"""Products of Jacobians: how far a state depends on the ones before it, exactly, and the usual bound.

Source: Bengio, Simard & Frasconi (1994), section III; Pascanu, Mikolov & Bengio (2013), equations 5 to 7.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

CORES = 1 if sys.platform == "emscripten" else min(os.cpu_count() or 1, 4)  # a browser's Python starts no threads
WORTH = 2**20  # N^3 n of a stack from which a second thread pays
FURTHEST = 1000  # powers of two by which one product is scaled, so that the scale is a float too


@dataclass(frozen=True, eq=False)
class Products:
    """dh_T/dh_(T-k) for k = 0, 1, ... T-1: ``mantissas[k] * 2.0 ** exponents[k]``, so that none vanishes on the way.

    mantissas : (T, H, H) float64, the largest entry of each between 1/2 and 1 (or 0). exponents : (T,) int64.
    With several states it is the block of h by h: c_(T-k) is held, what passes through c from there on counts.
    """

    mantissas: np.ndarray
    exponents: np.ndarray

    def singular_values(self):
        """Return (T, H) float64, the largest first. What is below float64's resolution of its product is NaN.

        That is H eps times the largest: a product of many steps has singular values further apart than 16 digits. A
        value below 1e-308 is 0.
        """
        found = _on_all_cores(lambda part: np.linalg.svd(part, compute_uv=False), self.mantissas)
        found[found < found[:, :1] * found.shape[1] * np.finfo(float).eps] = np.nan
        with np.errstate(over="ignore"):
            return np.ldexp(found, self.exponents[:, None])


def products(steps, H):
    """Return the Products of step Jacobians (T, n H, n H), the first state's H units by themselves.

    They are multiplied from the last step down, as backpropagation does: dh_T/dstate_(t-1) = dh_T/dstate_t J_t.
    """
    T, size, _ = steps.shape
    found, exponents = np.empty((T, H, size)), np.zeros(T, np.int64)
    found[0] = np.eye(H, size)
    for k in range(1, T):
        np.matmul(found[k - 1], steps[T - k], out=found[k])
        shift = np.clip(np.frexp(np.abs(found[k]).max())[1], -FURTHEST, FURTHEST)
        found[k] *= 2.0**-shift  # exact, and ten times as fast as ldexp
        exponents[k] = exponents[k - 1] + shift
    return Products(found[:, :, :H], exponents)


def norms(matrices):
    """Return the spectral norm (n,) of matrices (n, N, N): the most that each lengthens a vector.

    Worked out as the root of the largest eigenvalue of J J^T, faster than the singular values and as exact for the
    largest of them.
    """
    scale = np.abs(matrices).max((1, 2), keepdims=True)
    scale[scale == 0] = 1
    scaled = matrices / scale
    if len(scaled) and (matrices == matrices[0]).all():  # without input every step is the same
        scaled = scaled[:1]
    largest = _on_all_cores(lambda part: np.linalg.eigvalsh(part @ part.swapaxes(1, 2))[:, -1], scaled)
    return scale[:, 0, 0] * np.sqrt(np.maximum(largest, 0))


def _on_all_cores(work, matrices):
    """Return work(matrices) of a stack (n, N, N), parts of it side by side: LAPACK lets go of Python's lock."""
    if CORES == 1 or len(matrices) * matrices.shape[-1] ** 3 < WORTH:
        return work(matrices)
    with ThreadPoolExecutor(CORES) as pool:
        return np.concatenate(list(pool.map(work, np.array_split(matrices, CORES))))


def bound(steps):
    """Return (T,): for k = 0 ... T-1 the product of the norms of the last k steps, infinity beyond the floats.

    With several states these are norms of the whole joint Jacobian. No product of these Jacobians, nor a block of
    it, is larger; often it is smaller by orders of magnitude, as what one step lengthens the next one shortens.
    """
    with np.errstate(over="ignore"):
        return np.cumprod(np.concatenate([[1.0], norms(steps)[:0:-1]]))
