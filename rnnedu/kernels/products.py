"""The products of the kernels, in the sizes in which BLAS is fastest. They change the speed and no number.

Measured with OpenBLAS 0.3.31 on AVX-512 (Zen 5): 250 GFLOP/s for small products, 210 for others.
"""

import os

import numpy as np

SMALL = 1_000_000  # multiplications up to which OpenBLAS, on AVX-512, multiplies without packing
SHARED = 5_000_000  # multiplications from which its threads gain more than that; small products it shares with none
ROWS = 8  # blocks of fewer rows gain nothing
COLUMNS = 1024  # timesteps times sequences that one product for the weights' gradient takes in: they stay in cache
FEW = 32_768  # weights so few that adding up small products costs little


def _small_products_are_fast():
    """Return whether NumPy multiplies with OpenBLAS on a processor with AVX-512."""
    about = np.show_config(mode="dicts")
    blas, simd = about.get("Build Dependencies", {}).get("blas", {}), about.get("SIMD Extensions", {})
    found = " ".join([*simd.get("baseline", ()), *simd.get("found", ())])
    return "openblas" in blas.get("name", "") and ("AVX512" in found or "X86_V4" in found)


def _threads():
    """Return how many threads OpenBLAS has, as far as that can be known from outside."""
    named = (os.environ.get(name, "") for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"))
    return next((int(value) for value in named if value.isdigit() and int(value)), os.cpu_count() or 1)


BLOCKS = _small_products_are_fast()
THREADS = _threads()


def blocks(M, K, N):
    """Return how the M rows of a product (M, K) times (K, N) are cut: (M,), or (how many, rows of each)."""
    fitting = (n for n in range(1, M // ROWS + 1) if M % n == 0 and M // n * K * N <= SMALL)
    shared = THREADS > 1 and M * K * N >= SHARED
    n = next(fitting, 1) if BLOCKS and not shared else 1
    return (M,) if n == 1 else (n, M // n)


class Product:
    """A matrix (M, K) that multiplies (K, B) at every step, in blocks of rows where that is faster.

    Set `matrix`; then ``times(W, z_t, out_t)`` multiplies, with W and out cut into the blocks.
    """

    def __init__(self, M, K, B, dtype):
        self._rows = blocks(M, K, B) if B > 1 else (M,)
        self.matrix = np.empty((K, M), dtype).T if B == 1 else np.empty((M, K), dtype)  # as BLAS likes it best
        self.W = self.matrix.reshape(*self._rows, K)
        self.times = np.dot if len(self._rows) == 1 else np.matmul

    def cut(self, out):
        """Return (T, M, B) cut into the blocks."""
        return out.reshape(len(out), *self._rows, out.shape[-1])


class WeightGradients:
    """The sum over time of da_t @ z_t.T for da (T, M, B) and z (T, N, B), for pairs (rows of da, rows of z).

    Many timesteps are laid side by side, so that their sum is one product, (M, T B) times (T B, N).
    """

    def __init__(self, M, N, T, B, dtype, parts=((slice(None), slice(None)),)):
        columns = COLUMNS if M * N > FEW else min(max(SMALL // (M * N), COLUMNS // 8), COLUMNS)
        self.step, self.parts = min(T, max(1, columns // B)), parts
        self.da, self.z = np.empty((M, self.step, B), dtype), np.empty((self.step, B, N), dtype)
        self.sums = [np.empty((len(range(M)[a]), len(range(N)[b])), dtype) for a, b in parts]
        self.terms = [np.empty_like(total) for total in self.sums]

    def of(self, da, z):
        """Return the sums, one for each part; they are valid until the next call."""
        for t in range(0, len(da), self.step):
            some = da[t : t + self.step]
            columns, rows = self.da[:, : len(some)], self.z[: len(some)]
            np.copyto(columns, some.transpose(1, 0, 2))
            np.copyto(rows, z[t : t + self.step].transpose(0, 2, 1))
            self._add(columns.reshape(len(columns), -1), rows.reshape(-1, rows.shape[2]), t == 0)
        return self.sums

    def _add(self, columns, rows, first):
        for total, term, (a, b) in zip(self.sums, self.terms, self.parts, strict=True):
            out = total if first else term
            cut = blocks(len(out), columns.shape[1], out.shape[1])
            np.matmul(columns[a].reshape(*cut, -1), rows[:, b], out.reshape(*cut, -1))
            if not first:
                total += term
