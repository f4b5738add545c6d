"""The check of a learner's collapse: repeats become one, then blanks are left out."""

import itertools

from rnnedu.lessons.checks import Found, described, result_of, verdict_of
from rnnedu.lessons.exercises import Exercise, register

CASES = (  # the first ones name mistakes
    ("hh-e-ll-llo", "-"),
    ("-tt-o---o-", "-"),
    ("a-bb-a-", "-"),
    ("see", "-"),
    ("zz__z", "_"),
    ("---", "-"),
    ("x", "-"),
    ("", "-"),
)
RIGHT = "Right: repeats become one, then blanks go, for every path tried, also for another blank and an empty path."


def _runs(path):
    return [symbol for symbol, _ in itertools.groupby(path)]


def _joined(symbols, blank=None):
    return "".join(symbol for symbol in symbols if symbol != blank)


MISTAKES = {
    "The blanks go before the repeats are merged, so that `l-l` becomes one l. Merge first, then drop the blanks.": (
        lambda path, blank: _joined(_runs(_joined(path, blank)))
    ),
    "The blanks go, but repeats stay: a letter that lasts three frames is one letter.": _joined,
    "Repeats are merged, but the blanks are still there: leave them out of what you return.": (
        lambda path, _: _joined(_runs(path))
    ),
    "A letter that has come before is left out for good. Only a repeat in the very next frame is merged.": (
        lambda path, blank: _joined(dict.fromkeys(path), blank)
    ),
    "A letter that lasts more than one frame is lost as a whole: of a run, one letter stays.": (
        lambda path, blank: _joined([s for s, run in itertools.groupby(path) if len(list(run)) == 1], blank)
    ),
    "Only the repeats are returned: keep a symbol where it differs from the frame before, not where it is equal.": (
        lambda path, blank: _joined([b for a, b in itertools.pairwise(path) if a == b], blank)
    ),
    "The first frame is lost: it has none before it, and it counts.": (
        lambda path, blank: _joined([b for a, b in itertools.pairwise(path) if a != b], blank)
    ),
    "The last frame is lost: a loop that compares a frame with the next one must keep the last one too.": (
        lambda path, blank: _joined([a for a, b in itertools.pairwise(path) if a != b], blank)
    ),
    "The last letter is lost: is the loop one frame too short?": (lambda path, blank: _joined(_runs(path[:-1]), blank)),
    "A blank becomes a space. It stands for nothing, not for a gap: leave it out.": (
        lambda path, blank: _joined(_runs(path)).replace(blank, " ")
    ),
    "The letters come out in the order of the alphabet: keep the order of the frames.": (
        lambda path, blank: _joined(sorted(_joined(_runs(path), blank)))
    ),
    "The letters come out backwards.": lambda path, blank: _joined(_runs(path), blank)[::-1],
    "The path comes back as it is.": lambda path, _: path,
    "The result is empty for every path.": lambda *_: "",
}


def right(path, blank):
    """Return what the path stands for."""
    return _joined(_runs(path), blank)


def check_collapse(fn):
    """Check fn(path, blank) -> text, and return a Verdict.

    path is a str with one symbol a frame, blank a str of one; the result is a str. Raises nothing.
    """
    return verdict_of(_check, fn, RIGHT)


def _check(fn):
    found = {}
    for path, blank in CASES:
        try:
            found[path, blank] = _text(result_of(fn, {"path": path, "blank": blank}), path)
        except Found as error:
            if not found:
                raise
            known = "" if _all_right(found) else f"{_known(found)} And then: "
            raise Found(f"{known}For the path {path!r} with the blank {blank!r}: {error}") from None
    if not _all_right(found):
        raise Found(_known(found))


def _all_right(found):
    return all(value == right(*case) for case, value in found.items())


def _text(value, path):
    """Return what came back if it is a str; else raise Found."""
    if isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value):
        raise Found(f"Your function returns {described(value)}; accepted is a str: join the letters, ''.join(...).")
    if not isinstance(value, str):
        raise Found(f"Your function returns {described(value)} for {path!r}; accepted is a str.")
    return value


def _known(found):
    """Return the sentence of the mistake that gives all these results, or where the first wrong one differs."""
    for text, mistake in MISTAKES.items():
        if all(value == mistake(*case) for case, value in found.items()):
            return text
    (path, blank), value = next((case, value) for case, value in found.items() if value != right(*case))
    seen = f"For the path {path!r} with the blank {blank!r}: yours {value!r}, expected {right(path, blank)!r}. "
    if blank != CASES[0][1]:
        return seen + "Is the blank written in by hand?"
    return (
        seen + "Go through it frame by frame: a symbol counts where it differs from the frame before and is no blank."
    )


register(
    Exercise(
        "collapse",
        check_collapse,
        (
            "Two rules, in this order: a symbol equal to the one in the frame before is dropped; then blanks are.",
            (
                "Go through the path and remember the symbol of the frame before, the blank included. A letter is kept "
                "when it differs from that one and is no blank."
            ),
            (
                "Begin with `before = blank`. In the loop: if symbol not in (before, blank), add it; at the end of "
                "each turn, in any case, before = symbol."
            ),
        ),
        """
def collapse(path, blank):
    text, before = "", blank
    for symbol in path:
        if symbol not in (before, blank):
            text += symbol
        before = symbol
    return text
""",
    )
)
