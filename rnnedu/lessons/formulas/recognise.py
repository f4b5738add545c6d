"""Finding the mistake whose numbers are the learner's: one, or two at once."""

import itertools

import numpy as np

from rnnedu.lessons.checks import same
from rnnedu.lessons.formulas.answer import all_same
from rnnedu.lessons.formulas.mutants import Mutant, mutants
from rnnedu.lessons.formulas.program import STACKED, lines

LIKELY = 4  # so many of the mistakes that explain a part are combined with every other
SMALL = 10  # a program of so few lines has time for every common mistake with every other


def known(value, run, written):
    """Return the sentence of the mistake, or of the two, that make `value` (name -> array), or None.

    written : sentence -> equations as text: the mistakes that are told better by hand than by rule. They go first.
    """
    by_hand = [
        Mutant(text, {line.symbol: line.tree for line in lines(wrong)}, common=True) for text, wrong in written.items()
    ]
    with np.errstate(all="ignore"):
        made = list(_made(run, by_hand))
        return _single(value, made) or _double(value, run, made, by_hand)


def _of_right_shapes(value, run):
    return all(value[name].shape == right.shape for name, right in run.outputs().items())


def _made(run, by_hand, all_of_them=True):
    """Yield (mutant, its outputs) for every mistake, or every common one, that can be computed."""
    others = _other_gates(run) if all_of_them else ()
    for mutant in (*by_hand, *others, *(m for m in mutants(run) if m.common or all_of_them)):
        try:
            yield mutant, mutant.outputs(run)
        except ValueError:  # shapes that do not fit: a learner would have got NumPy's error
            continue


def _single(value, made):
    return next((mutant.sentence for mutant, outputs in made if all_same(outputs, value)), None)


def _double(value, run, made, by_hand):
    """Return the sentences of two mistakes that make `value` together, or None.

    The first is one that explains a part alone (an array, or a gate's share of one), or in a short program any
    common one; the second is looked for in the program that already has the first.
    """
    if not _of_right_shapes(value, run):
        return None
    for first, all_others in _firsts(value, run, made):
        if second := _single(value, _made(first.applied(run), by_hand, all_others)):
            return f"{first.sentence} {second}"
    return None


def _firsts(value, run, made):
    """Return (mutant, whether it is combined with all others or with the common ones), the likeliest first."""
    right, yours = _parts(run, run.outputs()), _parts(run, value)
    wrong = [n for n, part in enumerate(yours) if not same(part, right[n])]
    counts = [(sum(same(_parts(run, o)[n], yours[n]) for n in wrong), m) for m, o in made if not m.gates]
    likely = [mutant for count, mutant in sorted(counts, key=lambda pair: -pair[0]) if count]
    common = [mutant for mutant, _ in made if mutant.common or mutant.gates] if len(run.program.lines) <= SMALL else []
    return [*((mutant, True) for mutant in likely[:LIKELY]), *((mutant, False) for mutant in common)]


def _parts(run, outputs):
    """Return the arrays of outputs, those stacked cut by gate."""
    parts = []
    for name, value in outputs.items():
        pieces = len(run.program.defined(name))
        fits = value.ndim and value.shape[-1] % pieces == 0
        parts += np.split(value, pieces, axis=-1) if fits else [value] * pieces
    return parts


def _other_gates(run):
    """Yield the Mutants that cut and stack the gates in another order, or take every so many columns."""
    gates = run.program.gates
    for order in [*itertools.permutations(gates)][1:]:
        text = f"Your gates are in the order {', '.join(order)}; they are stacked {', '.join(gates)}."
        yield Mutant(text, gates="".join(order))
    if gates:
        text = f"A gate is every {len(gates)}th column in yours; it is a block of H columns, one gate after the other."
        yield Mutant(text, arguments={stem: _combed(run.arguments[stem], len(gates)) for stem in _stacked(run)})


def _stacked(run):
    return [stem for stem in STACKED if stem in run.arguments]


def _combed(array, gates):
    """Return every so many columns side by side, (D, 4H) as it is after reshape(D, H, 4)."""
    return np.concatenate([array[..., n::gates] for n in range(gates)], axis=-1)
