"""A player as one line of Python that makes it again."""

from rnnedu.widget import edits


def beginning(player):
    """Return the line without the cursor and the closing bracket. `params` that were given are named, not spelled out.

    >>> from rnnedu.widget import StepPlayer
    >>> beginning(StepPlayer(text="anna", beside="rnn"))
    "StepPlayer(cell='lstm', units=4, seed=7, text='anna', loss='last', beside='rnn'"
    """
    given = _weights(player) | _input(player)
    more = {"loss": player.loss, "beside": player.beside, "edits": edits.plain(player.edits)}
    given |= {name: value for name, value in more.items() if value}
    return "StepPlayer(" + ", ".join(f"{name}={value!r}" for name, value in given.items())


def _weights(player):
    if player.params is not None:
        return {"params": _Name("params")} | ({} if player.vocabulary is None else {"vocabulary": _Name("vocabulary")})
    fresh = {"cell": player.cell, "units": player.units, "seed": player.seed}
    return fresh | ({"options": player.options} if player.options else {})


def _input(player):
    if player.text:
        return {"text": player.text}
    if player.drawn:
        return {"drawn": [float(value) for value in player.drawn]}
    return {"series": player.series, "length": player.length}


class _Name(str):
    """A name in a line of code: its repr has no quotes."""

    __slots__ = ()
    __repr__ = str.__str__
