"""A toy grammar of our own: 47 words, verbs that agree with their nouns, and clauses that come between the two."""

from typing import NamedTuple

from rnnedu.datasets._checks import finite
from rnnedu.datasets.grammar import Grammar

END, THAT = ".", "that"
DETERMINERS = {"sg": ("the", "this", "each"), "pl": ("the", "these", "many")}
NOUNS = {
    "sg": ("fox", "hen", "owl", "goat", "child", "mouse", "baker", "pilot"),
    "pl": ("foxes", "hens", "owls", "goats", "children", "mice", "bakers", "pilots"),
}
SLEEPING = {"sg": ("sleeps", "sings", "waits", "smiles", "jumps"), "pl": ("sleep", "sing", "wait", "smile", "jump")}
SEEING = {"sg": ("sees", "likes", "follows", "hears", "helps"), "pl": ("see", "like", "follow", "hear", "help")}
PREPOSITIONS = ("near", "behind", "with", "under")
VERBS = {number: SLEEPING[number] + SEEING[number] for number in ("sg", "pl")}
NUMBER = {word: number for number in ("sg", "pl") for word in NOUNS[number] + VERBS[number]}


def make_grammar(relative=0.35, prepositional=0.2, gap=0.6):
    """Return the Grammar. `n` and `m` are sg or pl, each with 1/2 where nothing says which; words of a kind are alike.

        sentence -> NP.n VP.n .
        NP.n     -> determiner.n noun.n
                  | determiner.n noun.n preposition NP.m          with probability `prepositional`
                  | determiner.n noun.n that VP.n                 with `relative` * (1 - `gap`): a subject clause
                  | determiner.n noun.n that NP.m seeing.m        with `relative` * `gap`: an object clause
        VP.n     -> sleeping.n | seeing.n NP.m                    one half each

    A noun has at most one thing behind it, and that thing belongs to the last noun: so a sentence has one derivation.
    Raises ValueError for probabilities outside 0..1, and for so many clauses that sentences have no end.

    >>> grammar = make_grammar()
    >>> grammar.sentences(2, seed=3)
    ('each child waits', 'the goat behind many owls with each owl follows the mouse')
    >>> len(grammar.words), round(grammar.bits_per_word, 3)
    (47, 2.767)
    """
    relative, prepositional, gap = (
        _share(name, p) for name, p in (("relative", relative), ("prepositional", prepositional), ("gap", gap))
    )
    if relative + prepositional > 1:
        raise ValueError(f"relative + prepositional is {relative + prepositional:g}; accepted: at most 1")
    rules = {"sentence": _either("NP.{0}", "VP.{0}", END)}
    for n in ("sg", "pl"):
        rules[f"NP.{n}"] = ((1, (f"determiner.{n}", f"noun.{n}", f"more.{n}")),)
        rules[f"more.{n}"] = (
            (1 - relative - prepositional, ()),
            (prepositional, ("preposition", "NP")),
            (relative, (THAT, f"clause.{n}")),
        )
        rules[f"clause.{n}"] = ((1 - gap, (f"VP.{n}",)), (gap, ("object clause",)))
        rules[f"VP.{n}"] = ((0.5, (f"sleeping.{n}",)), (0.5, (f"seeing.{n}", "NP")))
        kinds = {"determiner": DETERMINERS, "noun": NOUNS, "sleeping": SLEEPING, "seeing": SEEING}
        rules |= {f"{kind}.{n}": _alike(words[n]) for kind, words in kinds.items()}
    rules |= {"NP": _either("NP.{0}"), "object clause": _either("NP.{0}", "seeing.{0}")}
    return Grammar(rules | {"preposition": _alike(PREPOSITIONS)}, "sentence", END)


def _share(name, value):
    if not 0 <= finite(name, value) <= 1:
        raise ValueError(f"{name} is {value}; accepted: a probability from 0 to 1")
    return float(value)


def _either(*symbols):
    return tuple((0.5, tuple(symbol.format(n) for symbol in symbols)) for n in ("sg", "pl"))


def _alike(words):
    return tuple((1 / len(words), (word,)) for word in words)


class Agreement(NamedTuple):
    """A verb and its subject: their places among the words of a sentence, from 0, and the nouns that mislead.

    attractors : how many nouns between the two have the other number (after Linzen, Dupoux & Goldberg 2016).
    """

    subject: int
    verb: int
    attractors: int


def agreements(text):
    """Return the tuple of Agreements of a sentence of `make_grammar`, verb after verb.

    A noun waits for its verb if it opens a sentence or an object clause; a verb goes to the noun that waited last,
    and right behind "that" to the noun before it. Raises ValueError for a verb without a noun.

    >>> agreements("the fox that the hens near the owl see sleeps")
    (Agreement(subject=4, verb=8, attractors=1), Agreement(subject=1, verb=9, attractors=1))
    """
    words, waiting, found = text.split(), [], []
    for place, word in enumerate(words):
        if word in NOUNS["sg"] + NOUNS["pl"]:
            opens = place < 2 or words[place - 2] == THAT
            waiting += [place] if opens else []
        elif word in NUMBER:
            subject = place - 2 if words[place - 1] == THAT else waiting.pop() if waiting else -1
            if subject < 0:
                raise ValueError(f"verb {word!r} at position {place} has no noun; accepted: a sentence of make_grammar")
            found.append(Agreement(subject, place, _attractors(words, subject, place)))
    return tuple(found)


def _attractors(words, subject, verb):
    nouns = (word for word in words[subject + 1 : verb] if word in NOUNS["sg"] + NOUNS["pl"])
    return sum(NUMBER[word] != NUMBER[words[subject]] for word in nouns)
