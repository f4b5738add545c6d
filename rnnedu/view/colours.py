"""The colours of NOTATION.md: one for each symbol, the same in equations, wiring and plots.

Each symbol has a pair (on a light page, on a dark page), every one at least 4.5:1 against its page. Gates that
do the same work share a hue: f and z keep, i writes, g and n are what is written, o and r let through. The
pairs stay apart under the common colour vision deficiencies (blue, vermilion, green, purple of Okabe & Ito).
"""

LETTERS = {
    "x": ("#5b5b5b", "#b9b9b9"),
    "h": ("#1f1f1f", "#f2f2f2"),
    "c": ("#7a5c00", "#e3c04d"),
    "i": ("#0b62a6", "#6db3f2"),
    "f": ("#b34700", "#ff9a5c"),
    "g": ("#00734f", "#3ecf9e"),
    "o": ("#9c3d80", "#e79ccb"),
    "z": ("#b34700", "#ff9a5c"),
    "r": ("#9c3d80", "#e79ccb"),
    "n": ("#00734f", "#3ecf9e"),
    "u": ("#0b62a6", "#6db3f2"),
    "a": ("#1f1f1f", "#f2f2f2"),
    "b": ("#5b5b5b", "#b9b9b9"),
}
OTHERS = (("#6a3fb5", "#b79bf0"), ("#006d77", "#4cc9d6"), ("#a3174b", "#ff8fb3"))

SERIES = (*(LETTERS[letter] for letter in "ifgo"), *OTHERS, LETTERS["c"])  # lines of one plot, in this order

DIVERGING = "RdBu_r"  # Matplotlib's map from blue over white, at 0, to red: the hues of the player


def of(symbol):
    """Return the (light, dark) pair of a symbol: "f_t", "da_f", "dh_prev", "W_xf", or one of a new cell."""
    stem, _, tail = symbol.partition("_")
    own = stem.removeprefix("d")[:1]
    letter = tail[-1] if own in ("a", "b", "W") and tail != "t" and tail else own
    return LETTERS.get(letter, OTHERS[ord(letter or "x") % len(OTHERS)])
