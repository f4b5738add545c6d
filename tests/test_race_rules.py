"""The rules of a race: what is accepted, and what would take for ever."""

import numpy as np
import pytest

from rnnedu.experiments.entries import Entry
from rnnedu.experiments.rules import Rules


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"task": "addin"}, ValueError, "task is 'addin'; .*Did you mean 'adding'"),
        ({"task": None}, TypeError, "task is a NoneType"),
        ({"length": 1}, ValueError, "length is 1; accepted is an integer from 2 to 400"),
        ({"task": "order", "length": 9}, ValueError, "length is 9; accepted is an integer from 10 to 400"),
        ({"length": 401}, ValueError, "length is 401"),
        ({"length": 10.0}, TypeError, "length is 10.0"),
        ({"units": 0}, ValueError, "units is 0; accepted is an integer from 1 to 128"),
        ({"units": 129}, ValueError, "units is 129"),
        ({"batch": 65}, ValueError, "batch is 65; accepted is an integer from 1 to 64"),
        ({"updates": 0}, ValueError, "updates is 0; accepted is an integer from 10 to 20000"),
        ({"updates": 25}, ValueError, "updates is 25; accepted is a multiple of 10"),
        ({"rate": 0}, ValueError, "rate is 0.0"),
        ({"rate": 1.5}, ValueError, "rate is 1.5"),
        ({"clip": 0}, ValueError, "clip is 0.0"),
        ({"clip": "1"}, TypeError, "clip is '1'"),
        ({"seconds": -1}, ValueError, "seconds is -1.0"),
        ({"seeds": ()}, ValueError, r"seeds is \(\); accepted are 1 to 10 different ones"),
        ({"seeds": (1, 1)}, ValueError, r"seeds is \(1, 1\)"),
        ({"seeds": tuple(range(11))}, ValueError, "accepted are 1 to 10"),
        ({"seeds": (0, -1)}, ValueError, r"seeds\[1\] is -1"),
        ({"seeds": 3}, TypeError, "seeds is a int; accepted is a list"),
    ],
)
def test_rules_refuse(arguments, error, message):
    with pytest.raises(error, match=message):
        Rules(**arguments)


def test_rules_are_plain_values():
    rules = Rules(length=np.int64(7), rate=np.float64(0.1), clip=1, seeds=[np.int64(3), 1])
    assert (type(rules.length), type(rules.rate), rules.clip, rules.seeds) == (int, float, 1.0, (3, 1))
    assert rules == Rules(length=7, rate=0.1, clip=1.0, seeds=(3, 1))


def test_work_grows_with_all_that_it_depends_on():
    small = Rules(length=10, units=8, updates=100)
    one = small.work(Entry("lstm"))
    assert 0.05 < one < 5
    assert small.work(Entry("rnn")) < one
    for bigger in ({"length": 20}, {"units": 16}, {"updates": 200}, {"batch": 64}):
        assert Rules(**{"length": 10, "units": 8, "updates": 100} | bigger).work(Entry("lstm")) > one
