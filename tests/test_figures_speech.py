"""The bench of the speech network: one short run from the corpus to a table's rows."""

import pytest

from bench import speech_model
from bench.figures import quiet, speech


def test_a_run_measures_every_group_and_becomes_rows(monkeypatch):
    monkeypatch.setattr(speech_model, "KNOWN", 3)
    monkeypatch.setattr(speech_model, "EACH", 1)
    monkeypatch.setattr(speech_model, "OFTEN", 1)
    monkeypatch.setattr(speech_model, "READABLE", 9.0)  # whatever it spells counts as readable
    monkeypatch.setattr(quiet, "loop", lambda: quiet.QUIET)
    _, found = speech_model.run(bidirectional=False, updates=1)
    assert 0 < found["readable"] <= found["seconds"]
    rows = {each["what"]: each for each in speech.rows("one way", [found, found | {"known digits": 50.0}])}
    assert rows["one way: digits wrong, voices known"]["n"] == 2
    assert rows["one way: digits wrong, voices known"]["mean"] == pytest.approx((found["known digits"] + 50) / 2)
    groups = ("flite-rms", "festival-ked", "espeak-klatt", "espeak-sv")
    mean = sum(found[f"{group} digits"] for group in groups) / 4
    assert rows["one way: digits wrong, voices held out"]["mean"] == pytest.approx(mean)
    assert rows["one way: letters wrong, flite-rms"]["aim"] == ""


def test_what_never_became_readable_counts_as_endless():
    errors = {f"{name} {kind}": 1.0 for name in ("known", "other") for kind in ("letters", "digits")}
    rows = speech.rows("both ways", [errors | {"seconds": 2.0, "readable": None}], speech.AIMS)
    assert {each["aim"] for each in rows} == {"", *speech.AIMS.values()}
    assert rows[-1]["mean"] == float("inf")
    assert rows[-2]["values"] == [2.0]
