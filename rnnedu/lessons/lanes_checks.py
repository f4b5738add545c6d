"""The check of a learner's way to cut running text into lanes: the batches of truncated BPTT with a carried state."""

import numpy as np

from rnnedu.datasets import make_lanes
from rnnedu.lessons.checks import Found, described, result_of, verdict_of
from rnnedu.lessons.exercises import Exercise, register

CASES = ((30, 2, 3), (50, 3, 5), (25, 2, 4), (41, 1, 4), (37, 4, 1))  # (N, lanes, length): the first names mistakes
RIGHT = "Right: every lane reads on from batch to batch, and y is one symbol ahead, for every size tried."


def check_cut_into_lanes(fn):
    """Check fn(ids, lanes, length) -> (x, y) as `datasets.make_lanes` cuts, and return a Verdict.

    ids is int64 (N,); x and y hold integers (K * lanes, length). Raises nothing.
    """
    return verdict_of(_check, fn, RIGHT)


def _check(fn):
    for case, (N, lanes, length) in enumerate(CASES):
        ids = 100 + np.random.default_rng(case).permutation(N)  # each once: it says where it is from
        x, y = _pair(result_of(fn, {"ids": ids, "lanes": lanes, "length": length}))
        found = _shape(x, y, N, lanes, length) or _reading(x, y, ids, lanes)
        if found:
            found = _known(x, y, ids, lanes, length) or found
            raise Found(found if case == 0 else _later(N, lanes, length) + found)


def _pair(value):
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise Found(f"Your function returns {described(value)}; accepted are two arrays: `return x, y`.")
    return tuple(_ids(name, part) for name, part in zip("xy", value, strict=True))


def _ids(name, value):
    try:
        array = np.asarray(value)
    except ValueError:
        raise Found(f"The rows of your {name} differ in length; each has `length` symbols.") from None
    if array.dtype.kind not in "iu":
        raise Found(f"Your {name} has dtype {array.dtype}; accepted are integers, the ids of symbols.")
    return array


def _same(found, right):
    return all(map(np.array_equal, found, right))


def _rows(sequence, lanes, pieces, length):
    """Return the lanes (lanes, pieces, length) of a sequence."""
    each = len(sequence) // lanes
    return sequence[: lanes * each].reshape(lanes, each)[:, : pieces * length].reshape(lanes, pieces, length)


def _lane_by_lane(ids, lanes, length):
    pieces = (len(ids) - 1) // lanes // length
    return tuple(_rows(part, lanes, pieces, length).reshape(-1, length) for part in (ids[:-1], ids[1:]))


def _side_by_side(ids, lanes, length):
    rows = (len(ids) - 1) // length // lanes * lanes
    return tuple(part[: rows * length].reshape(rows, length) for part in (ids[:-1], ids[1:]))


def _all_side_by_side(ids, _, length):
    rows = (len(ids) - 1) // length
    return tuple(part[: rows * length].reshape(rows, length) for part in (ids[:-1], ids[1:]))


def _dealt(ids, lanes, length):
    pieces = (len(ids) - 1) // lanes // length
    dealt = (part[: pieces * length * lanes].reshape(-1, lanes).T for part in (ids[:-1], ids[1:]))
    return tuple(part.reshape(lanes, pieces, length).swapaxes(0, 1).reshape(-1, length) for part in dealt)


def _of_x(change):
    def mistake(ids, lanes, length):
        x, _ = make_lanes(ids, lanes, length)
        return x, change(x, lanes)

    return mistake


def _next_row(x, lanes):
    """Return what comes next within x itself, nothing behind its end: the last of each lane meets its first."""
    in_lanes = x.reshape(-1, lanes, x.shape[1]).swapaxes(0, 1).reshape(lanes, -1)
    rolled = np.roll(in_lanes, -1, axis=1).reshape(lanes, -1, x.shape[1])
    return rolled.swapaxes(0, 1).reshape(x.shape)


SIDE = (
    "Neighbouring pieces stand side by side in one batch. Then row 1 of the next batch does not go on where row 1 of "
    "this one ended, and the state that is carried to it is that of another place. Cut the text into lanes first."
)
MISTAKES = {
    SIDE: _side_by_side,
    f"{SIDE} (And the last rows fill no batch.)": _all_side_by_side,
    "The rows are in the order of the lanes: all pieces of lane 0, then all of lane 1. A batch is `lanes` rows that "
    "follow one another, and holds one piece of every lane: swap the axes of lanes and pieces.": _lane_by_lane,
    "The symbols are dealt to the lanes in turn, as cards are: neighbours in your rows are no neighbours in the text. "
    "A lane is one stretch of it.": _dealt,
    "y is x itself. It is what comes next: the same cut, made one symbol later.": _of_x(lambda x, _: x),
    "The last symbol of each row of y is the first of the same row of x: np.roll turns the row round. What comes next "
    "there is the first symbol of the lane's next piece.": _of_x(lambda x, _: np.roll(x, -1, axis=1)),
    "The end of every lane in y meets its own beginning. What comes next there stands in ids, behind the piece: cut y "
    "from ids[1:], as x from ids[:-1].": _of_x(_next_row),
    "x and y are swapped: x is what is read, y comes one symbol later.": lambda *each: make_lanes(*each)[::-1],
    "y is two symbols ahead of x; one is asked.": lambda ids, lanes, length: (
        make_lanes(ids[:-1], lanes, length)[0],
        make_lanes(ids[1:], lanes, length)[1],
    ),
}


def _known(x, y, ids, lanes, length):
    """Return the sentence of the known mistake that gives x and y, or "" ."""
    made = ((text, mistake(ids, lanes, length)) for text, mistake in MISTAKES.items())
    return next((text for text, wrong in made if _same((x, y), wrong)), "")


def _shape(x, y, N, lanes, length):
    """Return what is wrong with the shapes of x and y, or ""."""
    pieces = (N - 1) // lanes // length
    wanted = (pieces * lanes, length)
    for name, shape in (("x", x.shape), ("y", y.shape)):
        if shape == (pieces, lanes, length):
            return f"{name} has shape {shape}: right, but for the first two axes, which are one: reshape to {wanted}."
        if len(shape) == 2 and shape[1] == length and shape != wanted:
            room = f"the text has room for {wanted[0]}, {pieces} whole batches of {lanes}"
            return f"{name} has {shape[0]} rows; {room}, with a symbol left for the last of y."
        if shape != wanted:
            return f"{name} has shape {shape}; accepted is (K * lanes, length) = {wanted}."
    return ""


def _reading(x, y, ids, lanes):
    """Return the first place at which the lanes do not read on, or "". Where in the text a lane begins is free."""
    place = {int(value): at for at, value in enumerate(ids)}
    try:
        x, y = (np.array([[place[value] for value in row] for row in part.tolist()]) for part in (x, y))
    except KeyError as unknown:
        return f"There is a {unknown} in your rows, and none in ids."
    if (y != x + 1).any():
        row, t = _first(y != x + 1)
        here = x[row, t]
        return f"Behind x[{row}, {t}], which is ids[{here}], comes ids[{here + 1}]; your y has ids[{y[row, t]}]."
    if (np.diff(x) != 1).any():
        row, t = _first(np.diff(x) != 1)
        return f"Row {row} of x goes from ids[{x[row, t]}] to ids[{x[row, t + 1]}]: a row is one stretch of the text."
    jumps = x[lanes:, 0] != x[:-lanes, -1] + 1
    if jumps.any():
        row = _first(jumps)[0]
        return (
            f"Row {row} of x ends with ids[{x[row, -1]}], and the same lane's row of the next batch, row "
            f"{row + lanes}, begins with ids[{x[row + lanes, 0]}]: it has to go on where the other ended."
        )
    return "" if len(np.unique(x)) == x.size else "Some symbols are read by more than one lane."


def _first(wrong):
    return tuple(int(i) for i in np.argwhere(wrong)[0])


def _later(N, lanes, length):
    (first, of, long), now = CASES[0], f"N = {N}, lanes = {lanes}, length = {length}"
    return f"Right for N = {first}, lanes = {of}, length = {long}, but not for {now}. "


register(
    Exercise(
        "cut_into_lanes",
        check_cut_into_lanes,
        (
            "How many whole pieces has each lane, if one symbol is left for y? And in which order do the rows stand?",
            "For x take ids[:-1], for y ids[1:]. Reshape to (lanes, symbols of a lane), then (lanes, pieces, length).",
            "Batch k holds piece k of every lane, so pieces come first: swapaxes(0, 1), then reshape to (-1, length).",
        ),
        """
def cut_into_lanes(ids, lanes, length):
    each = (len(ids) - 1) // lanes
    pieces = each // length
    found = []
    for part in (ids[:-1], ids[1:]):
        rows = part[: lanes * each].reshape(lanes, each)[:, : pieces * length]
        found.append(rows.reshape(lanes, pieces, length).swapaxes(0, 1).reshape(-1, length))
    return found[0], found[1]
""",
    )
)
