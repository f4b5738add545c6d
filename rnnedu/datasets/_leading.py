"""With which words a symbol of a grammar can begin, and what then still has to come."""


def leading(rules):
    """Return {symbol: ({word: {rest: probability}}, probability of no word at all)} for each symbol with rules.

    rules : {symbol: ((probability, symbols), ...)}; what has no rules is a word. rest : the tuple of symbols that
    remain to be written once the word is. The probabilities of a symbol sum to 1. Raises ValueError for a symbol that
    can begin with itself, for then there is no end to its beginnings.
    """
    found = {}
    for symbol in rules:
        _find(rules, symbol, found, ())
    return found


def _find(rules, symbol, found, above):
    """Enter `symbol` in `found`, and all that it can begin with; `above` is what can begin with it."""
    if symbol in above:
        raise ValueError(f"rules let {symbol!r} begin with itself; accepted: rules without left recursion")
    if symbol not in found:
        words = {}
        ways = (way for way in rules[symbol] if way[0])  # what is never chosen begins nothing
        empty = sum(_follow(rules, way, found, (*above, symbol), words) for way in ways)
        found[symbol] = words, empty


def _follow(rules, way, found, above, words):
    """Add the beginnings of one rule to `words`, and return the probability that it writes nothing."""
    p, symbols = way
    for place, symbol in enumerate(symbols):
        begun, none = {symbol: {(): 1.0}}, 0.0
        if symbol in rules:
            _find(rules, symbol, found, above)
            begun, none = found[symbol]
        for word, rests in begun.items():
            ways = words.setdefault(word, {})
            for rest, q in rests.items():
                left = rest + symbols[place + 1 :]
                ways[left] = ways.get(left, 0.0) + p * q
        p *= none  # what is left where it writes nothing
        if not p:
            break
    return p
