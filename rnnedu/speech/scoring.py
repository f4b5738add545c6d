"""How far what was recognised is from what was said."""


def distance(said, found):
    """Return the fewest letters (or words, digits) to be put in, left out or exchanged: Levenshtein's distance (1966).

    said, found : two sequences whose items can be compared.

    >>> distance("seven", "sven")
    1
    """
    row = list(range(len(found) + 1))
    for i, wanted in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, got in enumerate(found, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (wanted != got))
    return row[-1]


def error_rate(said, found):
    """Return the distances of all pairs together, as a share of the items said; it may exceed 1.

    said, found : two lists of sequences, of the same length. Raises ValueError if nothing was said.
    """
    items = sum(map(len, said))
    if not items or len(said) != len(found):
        seen = f"{len(said)} sequences with {items} items said, {len(found)} found"
        raise ValueError(f"{seen}; accepted are as many, with at least one item said")
    return sum(map(distance, said, found)) / items
