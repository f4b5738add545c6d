"""Make ctc.npz: values and gradients of torch.nn.functional.ctc_loss in float64.

Run with a Python that has PyTorch: python tests/golden/make_ctc.py
"""

from pathlib import Path

import numpy as np
import torch

CASES = {  # name: T, V, blank, scale of the logits, targets, input lengths
    "mixed": (12, 5, 0, 1.0, [[1, 2, 3], [1, 1, 2], [], [3, 3, 3, 3], [4] * 7, [2]], [12, 5, 7, 6, 12, 1]),
    "last": (9, 4, 3, 3.0, [[0, 1, 2, 0], [0, 0, 0], [2, 2, 1], [1] * 5], [9, 5, 4, 9]),
    "sharp": (15, 6, 2, 300.0, [[0, 1, 3, 4, 5], [5, 5, 5], []], [15, 11, 15]),
    "long": (40, 30, 0, 2.0, [list(range(1, 21)), [7, 7, 8, 8, 9] * 4, list(range(29, 9, -1))], [40, 36, 29]),
}


def case(rng, T, V, blank, scale, targets, lengths):
    """Return the arrays of one case. PyTorch's gradient of an impossible target is NaN unless zero_infinity is on."""
    logits = scale * rng.standard_normal((T, len(targets), V))
    sizes = np.array([len(target) for target in targets])
    padded = np.full((len(targets), sizes.max()), -1)
    for row, target in zip(padded, targets, strict=True):
        row[: len(target)] = target

    def values(x, zero_infinity):
        given = torch.tensor(np.where(padded < 0, 0, padded)), torch.tensor(lengths), torch.tensor(sizes)
        options = {"blank": blank, "reduction": "none", "zero_infinity": zero_infinity}
        return torch.nn.functional.ctc_loss(x.log_softmax(-1), *given, **options)

    x = torch.tensor(logits, requires_grad=True)
    values(x, zero_infinity=True).sum().backward()
    return {
        "logits": logits,
        "targets": padded,
        "target_lengths": sizes,
        "input_lengths": np.array(lengths),
        "blank": np.array(blank),
        "values": values(x, zero_infinity=False).detach().numpy(),
        "gradient": x.grad.numpy(),
    }


rng = np.random.default_rng(0)
arrays = {f"{name}_{key}": array for name, spec in CASES.items() for key, array in case(rng, *spec).items()}
versions = np.array([f"torch {torch.__version__}", f"numpy {np.__version__}"])
np.savez_compressed(Path(__file__).with_name("ctc.npz"), versions=versions, **arrays)
