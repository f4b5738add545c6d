"""The one switch that shortens the lessons' trainings."""

import pytest

from rnnedu.lessons import full_or_short


@pytest.mark.parametrize(("value", "expected"), [(None, 800), ("", 800), ("0", 800), ("1", 50)])
def test_the_environment_decides(monkeypatch, value, expected):
    monkeypatch.delenv("RNNEDU_SHORT", raising=False)
    if value is not None:
        monkeypatch.setenv("RNNEDU_SHORT", value)
    assert full_or_short(800, 50) == expected
