"""Symbols as one reads them, and spans of places that a learner selects: what the widgets about texts share."""

import unicodedata

from rnnedu import validate
from rnnedu.datasets import WordVocabulary

SIGNS = {" ": "␣", "\n": "↵", "\t": "⇥"}
NAMED = "CZ"  # Unicode's categories of what has no picture: control characters, separators


def spelled(symbol, end=None):
    r"""Return a symbol, a character or a word, such that one can see it; the end symbol is "end".

    >>> [spelled(symbol, end="\n") for symbol in ("a", " ", "\n", "\x07", "fox")]
    ['a', '␣', 'end', 'U+0007', 'fox']
    """
    return "end" if symbol == end else "".join(map(_spelled, symbol))


def _spelled(symbol):
    unseen = symbol not in SIGNS and unicodedata.category(symbol)[0] in NAMED
    return f"U+{ord(symbol):04X}" if unseen else SIGNS.get(symbol, symbol)


def percent(p):
    """Return a probability as percent, with a decimal where it is small, as the bars do."""
    return "less than 0.1 %" if 0 < p < 0.0005 else f"{100 * p:.{int(p < 0.0995)}f} %"


def noun_of(vocabulary):
    """Return what a symbol of a vocabulary is called: "word" or "letter"."""
    return "word" if isinstance(vocabulary, WordVocabulary) else "letter"


def after(text, noun="letter"):
    """Return where a text that was read so far has come to, to begin a sentence."""
    return f"After {quoted(text, noun=noun)}" if text else "At the beginning"


def lines_for(text):
    """Return how many lines a field needs for a text."""
    return 1 if len(text) <= 60 and "\n" not in text else 4


def quoted(text, most=24, noun="letter"):
    """Return a text in quotation marks, its end alone where it is long; of words, the last third of `most`.

    >>> quoted("a fox"), quoted("a fox", noun="word"), quoted("this is the fox", most=6, noun="word")
    ('“a␣fox”', '“a fox”', '“… the fox”')
    """
    if noun == "word":
        words = text.split()
        kept = words if len(words) <= most // 3 else ["…", *words[-(most // 3) :]]
        return f"“{' '.join(map(spelled, kept))}”"
    text = text if len(text) <= most else "…" + text[-most:]
    return f"“{spelled(text)}”"


def span_of(span, T):
    """Return (start, stop) of a span of T places, None where nothing is selected.

    Raises ValueError or TypeError unless `span` is [] or [start, stop] with 0 <= start < stop <= T.
    """
    if not span:
        return None
    if len(span) != 2:
        raise ValueError(f"span is {list(span)}; accepted is [start, stop], or [] for none")
    start = validate.integer("span[0]", span[0], 0, T - 1)
    return start, validate.integer("span[1]", span[1], start + 1, T)


def short_enough(name, text, most):
    """Return a str of at most `most` characters; else raise TypeError or ValueError: a longer one freezes the page."""
    if len(validate.kind(name, text, str)) > most:
        raise ValueError(f"{name} has {len(text)} characters; accepted are at most {most}")
    return text
