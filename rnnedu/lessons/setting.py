"""How long a lesson's trainings run: in full for a learner, shorter where RNNEDU_SHORT is set, as under test."""

import os


def in_short():
    """Return whether the environment variable RNNEDU_SHORT asks for short trainings ("" and "0" do not)."""
    return os.environ.get("RNNEDU_SHORT", "0") not in ("", "0")


def full_or_short(full, short):
    """Return `full`, or `short` where RNNEDU_SHORT is set: numbers of updates, seeds, or a metric's interval."""
    return short if in_short() else full
