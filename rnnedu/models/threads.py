"""How many threads BLAS gets while a model runs: one, where its products are too small to be shared.

Threads that wait for each other at every small product gain nothing, and where another program wants the cores they
make a step ten times as slow. With threadpoolctl (it comes with rnnedu[lab]) they are kept out; without it, setting
OPENBLAS_NUM_THREADS=1 before Python starts does the same.
"""

import contextlib
from functools import cache

from rnnedu.kernels.products import SHARED


def fitting(model, B):
    """Return a context in which BLAS has as many threads as batches of B sequences can use."""
    sizes = [view.size for views in model.home.state.weights.views for view in views.values() if view.ndim == 2]
    return contextlib.nullcontext() if B * max(sizes, default=0) >= SHARED else single()


def single():
    """Return a context in which BLAS has one thread."""
    pools = _pools()
    return contextlib.nullcontext() if pools is None else pools.limit(limits=1)


@cache
def _pools():
    """Return threadpoolctl's view of the BLAS libraries that are loaded, None if it is not installed."""
    try:
        from threadpoolctl import ThreadpoolController
    except ModuleNotFoundError:
        return None
    return ThreadpoolController().select(user_api="blas")
