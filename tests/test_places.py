"""Symbols as one reads them, spans, and lengths that a page can show."""

import pytest

from rnnedu.widget import places


def test_what_cannot_be_seen_is_spelled():
    assert [places.spelled(symbol) for symbol in "a <\t\n"] == ["a", "␣", "<", "⇥", "↵"]
    assert places.spelled("\n", end="\n") == "end"
    assert places.spelled("\u202e") == "U+202E"  # turns the line round
    assert places.spelled("\u00a0") == "U+00A0"


def test_long_texts_are_quoted_by_their_end():
    assert places.quoted("a b") == "“a␣b”"
    assert places.quoted("abcdef", most=3) == "“…def”"
    assert places.after("ab") == "After “ab”"
    assert places.after("") == "At the beginning"


def test_percent_as_the_bars():
    assert [places.percent(p) for p in (0, 1e-5, 0.0123, 0.0994, 0.5, 1)] == [
        "0.0 %",
        "less than 0.1 %",
        "1.2 %",
        "9.9 %",
        "50 %",
        "100 %",
    ]


def test_a_field_has_room_for_its_text():
    assert places.lines_for("anna") == 1
    assert places.lines_for("anna\nbob") > 1
    assert places.lines_for("a" * 61) > 1


def test_spans():
    assert places.span_of([], 4) is None
    assert places.span_of([0, 4], 4) == (0, 4)
    for wrong in ([1], [1, 2, 3], [2, 2], [3, 5], [-1, 2]):
        with pytest.raises(ValueError, match="span"):
            places.span_of(wrong, 4)
    with pytest.raises(TypeError, match="span"):
        places.span_of(["a", 2], 4)


def test_lengths():
    assert places.short_enough("text", "abc", 3) == "abc"
    with pytest.raises(ValueError, match="text has 4 characters; accepted are at most 3"):
        places.short_enough("text", "abcd", 3)
    with pytest.raises(TypeError, match="text is a int"):
        places.short_enough("text", 3, 3)
