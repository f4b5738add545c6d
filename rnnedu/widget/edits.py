"""A learner's changes to weights, as plain data: one entry set, a block shifted, a block scaled."""

import numpy as np

from rnnedu import validate

FORMS = {"set": ("at", "to"), "shift": ("by",), "scale": ("by",)}  # what is done -> what more it takes
MAX_EDITS = 200


def applied(params, edits):
    """Return `params` after `edits`, done in order.

    edits : dicts, each one of
        {"set": block, "at": [row, column], "to": value}  one entry; [place] for a bias. Places count from 1.
        {"shift": block, "by": value}  added to every entry: a gate's bias.
        {"scale": block, "by": value}  multiplies every entry.
    A block is a parameter ("W_h") or its part for one gate ("W_hf", "b_f").

    Raises TypeError or ValueError that names the edit, the value and what is accepted, ValueError also where a weight
    leaves the finite numbers.

    >>> from rnnedu.cells import lstm
    >>> float(applied(lstm.init(1, 2), [{"shift": "b_f", "by": 2.0}]).blocks.b_f[0])
    3.0
    """
    validate.integer("the number of edits", len(edits), 0, MAX_EDITS)
    loose = params.replace()  # its arrays are copies of its own
    for array in loose.arrays().values():
        array.flags.writeable = True
    parts = vars(loose.blocks) | loose.arrays()
    with np.errstate(over="ignore", invalid="ignore"):  # replace() refuses what comes of it
        for place, edit in enumerate(edits):
            _apply(f"edits[{place}]", edit, parts)
    return loose.replace()


def fitting(params, edits):
    """Return those of `edits` that `params` of another cell or size still have a place for."""
    return [edit for edit in edits if _fits(params, edit)]


def plain(edits):
    """Return edits that `applied` has accepted, in Python's own numbers: what repr() and JSON can write down."""
    return [{name: _plain(value) for name, value in edit.items()} for edit in edits]


def _fits(params, edit):
    try:
        applied(params, [edit])
    except (TypeError, ValueError):
        return False
    return True


def _apply(where, edit, parts):
    """Do one edit to the arrays in `parts`, in place."""
    kind = _kind(where, edit)
    part = validate.named(f"{where}[{kind!r}]", edit[kind], parts)
    if kind == "set":
        part[_place(where, edit["at"], part.shape)] = validate.number(f"{where}['to']", edit["to"], -np.inf)
    elif kind == "shift":
        part += validate.number(f"{where}['by']", edit["by"], -np.inf)
    else:
        part *= validate.number(f"{where}['by']", edit["by"], -np.inf)


def _kind(where, edit):
    """Return "set", "shift" or "scale"."""
    validate.kind(where, edit, dict)
    for kind, more in FORMS.items():
        if set(edit) == {kind, *more}:
            return kind
    forms = "; ".join(", ".join((kind, *more)) for kind, more in FORMS.items())
    raise ValueError(f"{where} has the keys {', '.join(map(repr, edit)) or 'none'}; accepted are {forms}")


def _place(where, at, shape):
    """Return the index of an entry whose places are counted from 1."""
    if not isinstance(at, (list, tuple)) or len(at) != len(shape):
        raise ValueError(f"{where}['at'] is {at!r}; accepted is a list of {len(shape)} places, counted from 1")
    return tuple(validate.integer(f"{where}['at'][{n}]", at[n], 1, size) - 1 for n, size in enumerate(shape))


def _plain(value):
    if isinstance(value, str):
        return value
    return [int(place) for place in value] if isinstance(value, (list, tuple)) else float(value)
