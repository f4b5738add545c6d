"""Reading what a learner's function returned: how many arrays, which, of which shape."""

import itertools

import numpy as np

from rnnedu.lessons.checks import Found, described, finite, floats, same
from rnnedu.lessons.formulas.mutants import listed


def arrays_of(value, wanted):
    """Return name -> float64 array out of what a function returned; a tuple, a list or a named tuple is one as well.

    wanted : name -> the right array, in order. Raises Found for another kind, number of arrays or dtype.
    """
    several = value if isinstance(value, (tuple, list)) else []
    parts = [value] if len(wanted) == 1 else list(several)
    if len(parts) != len(wanted):
        accepted = f"{len(wanted)} arrays: `return {', '.join(wanted)}`"
        raise Found(f"Your function returns {described(value)}; accepted are {accepted}.")
    for name, part in zip(wanted, parts, strict=True):
        what = f"For {name} your function returns" if len(wanted) > 1 else "Your function returns"
        floats(part, f"an array of shape {wanted[name].shape}", what)
    return dict(zip(wanted, parts, strict=True))


def all_same(found, right):
    """Return whether two dicts name -> array agree."""
    return all(same(found[name], right[name]) for name in right)


def refuse_order(value, wanted):
    """Raise Found if right arrays are returned in another order."""
    right = {name: next((n for n in wanted if same(value[name], wanted[n])), None) for name in wanted}
    moved = [name for name in wanted if right[name] not in (name, None)]
    if set(right.values()) == set(wanted) and len(moved) > 2:
        raise Found(
            f"All arrays are right, but in the order {', '.join(right.values())}: `return {', '.join(wanted)}`."
        )
    for one, other in itertools.combinations(moved, 2):
        if right[one] == other and right[other] == one:
            raise Found(f"{one} and {other} are in each other's place: `return {', '.join(wanted)}`.")


def refuse_shapes(value, wanted, dims):
    """Raise Found for the first array of another shape; dims : name -> its axes, such as ("B", "H")."""
    for name, right in wanted.items():
        if value[name].shape != right.shape:
            written = f"({', '.join(dims[name])}{',' * (len(dims[name]) == 1)})"
            reason = _reason(name, value[name], wanted)
            end = "" if reason.endswith("?") else "."
            raise Found(
                f"Your {name} has shape {value[name].shape}; accepted is {written} = {right.shape}{reason}{end}"
            )
    for name, array in value.items():
        finite(array, name)


def _reason(name, value, wanted):
    """Return what such a shape usually comes from, ": ..." or ""."""
    right = wanted[name]
    if value.shape == right.shape[::-1]:
        return f": that is a transpose too many{'' if same(value.T, right) else ', or a product in the other order'}"
    others = [other for other, array in wanted.items() if array.shape == value.shape]
    if others:
        return f": that is the shape of {listed(others)}; `return {', '.join(wanted)}`"
    if right.ndim == 1 and value.ndim == 2 and value.shape[1] == right.shape[0]:
        return ": one row, an axis too many" if len(value) == 1 else ": sum over the batch, `.sum(0)`"
    if value.shape == right.shape[1:] or value.shape == (1, *right.shape[1:]):
        return ": one row only; keep the batch axis, or was the batch summed or averaged?"
    if value.shape == right.shape[:1]:
        return ": the last axis is lost; was it summed?"
    if np.ndim(value) == 0:
        return ": one single number; was everything summed?"
    if value.ndim == right.ndim and value.shape[:-1] == right.shape[:-1] and right.shape[-1] % value.shape[-1] == 0:
        return ": that is the part of one gate only"
    return ""
