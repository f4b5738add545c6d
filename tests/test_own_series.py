"""A learner's own CSV file: what is read, and that each kind of damage is told with its line."""

import numpy as np
import pytest

from rnnedu.datasets import read_series

MONTHS = "month,sales,city\n2020-01,3,Rome\n2020-02,,Rome\n2020-03,NA,Rome\n2020-04,6,Rome\n"
GAP = "day,x\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n2020-01-06,9\n"


@pytest.fixture
def read(tmp_path):
    def read_text(text, *arguments, written_as="utf-8", **options):
        path = tmp_path / "mine.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(written_as))
        return read_series(path, *arguments, **options)

    return read_text


def test_numbers_and_dates(read):
    series = read("month,sales\n2020-01,3\n2020-02,4.5\n2020-03,1e2\n", "sales", "month", unit="EUR", season=12)
    assert (series.name, series.unit, series.clock, series.season) == ("sales", "EUR", "year", 12)
    assert series.values.tolist() == [3, 4.5, 100]
    assert np.allclose(series.time, [2020, 2020 + 31 / 366, 2020 + 60 / 366])


def test_without_a_column_of_times_rows_are_counted(read):
    series = read("x\n5\n\n6\n7\n", "x")
    assert (series.time.tolist(), series.values.tolist(), series.clock) == ([0, 1, 2], [5, 6, 7], "row, from 0")


def test_times_may_be_numbers_or_dates_of_another_form(read):
    assert read("week,x\n7,1\n8,2\n", "x", "week").clock == "week"
    series = read("d,x\n01.02.2021,1\n02.02.2021,2\n", "x", "d", date_format="%d.%m.%Y")
    assert np.allclose(series.time, 2021 + np.array([31, 32]) / 365)
    hours = read("t,x\n2021-03-28T01:30+01:00,1\n2021-03-28T03:30+02:00,2\n", "x", "t").time
    assert np.diff(hours) * 365 * 24 == pytest.approx(1, abs=1e-3)  # an hour, also where clocks are changed


def test_what_a_spreadsheet_writes(read):
    """A byte order mark, semicolons, decimal commas, quotes, the line ends of Windows."""
    text = '\ufeff"Monat";"Umsatz"\r\n"2020-01"; 3,5\r\n"2020-02"; 4\r\n'
    assert read(text, "Umsatz", "Monat", decimal=",").values.tolist() == [3.5, 4]
    assert read("a\tb\n1\t2\n2\t3\n", "b", "a").values.tolist() == [2, 3]
    assert read("été,x\n1,2\n", "x", written_as="latin-1", encoding="latin-1").values.tolist() == [2]


def test_what_becomes_of_holes_is_chosen(read):
    assert read(MONTHS, "sales", "month", missing="last").values.tolist() == [3, 3, 3, 6]
    drawn = read(MONTHS, "sales", "month", missing="interpolate")
    assert np.allclose(drawn.values, 3 + 3 * np.array([0, 31, 60, 91]) / 91)
    left = read(MONTHS, "sales", "month", missing="skip")
    assert left.values.tolist() == [3, 6]
    assert np.allclose(np.diff(left.time), 91 / 366)


def test_rows_that_are_not_there_are_holes_too(read):
    with pytest.raises(ValueError, match=r"line 5: found about 2 rows missing since line 4; .* missing=\"last\""):
        read(GAP, "x", "day")
    assert read(GAP, "x", "day", missing="last").values.tolist() == [1, 2, 3, 3, 3, 9]
    drawn = read(GAP, "x", "day", missing="interpolate")
    assert np.allclose(drawn.values, [1, 2, 3, 5, 7, 9])
    assert np.allclose(np.diff(drawn.time), 1 / 366)
    assert read(GAP, "x", "day", missing="skip").values.tolist() == [1, 2, 3, 9]


def test_the_last_value_repeated_uses_nothing_of_the_future(read):
    changed = MONTHS.replace("2020-04,6", "2020-04,60")
    first, second = (read(text, "sales", "month", missing="last").values[:3] for text in (MONTHS, changed))
    assert np.array_equal(first, second)


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        (MONTHS, {"time": "month"}, r"line 3: found no value, and 1 more below; .*missing=\"last\", \"interpolate\""),
        (MONTHS, {"values": "sale"}, r"values is 'sale' \(did you mean 'sales'\?\); accepted: 'month', 'sales', "),
        (MONTHS, {"time": "Month"}, r"time is 'Month' \(did you mean 'month'\?\)"),
        (MONTHS, {"values": "city"}, "line 2: found 'Rome'; accepted: a number such as 12.5"),
        (MONTHS, {"missing": "guess"}, "missing is 'guess'; accepted: 'refuse', 'last', 'interpolate', 'skip'"),
        (MONTHS, {"decimal": ";"}, "decimal is ';'"),
        (MONTHS, {"delimiter": "#"}, "delimiter is '#'"),
        ("sales\n\nNA\n1\n", {"missing": "last"}, 'line 3: found a hole at an end .* accepted: missing="skip"'),
        ("t,sales\n1,2\n2,\n", {"missing": "interpolate"}, "line 3: found a hole at an end of the series"),
        ("sales\nNA\n-\n", {"missing": "skip"}, "found no number in the column"),
        ("t;sales\n1;2,5\n", {}, r"line 2: found '2,5'; accepted: a number such as 12.5 \(or decimal=\",\""),
        ("t;sales\n1;1.000,5\n", {"decimal": ","}, "line 2: found '1.000,5'; accepted: a number such as 12,5$"),
        ("sales\n1\ninf\n", {}, "line 3: found 'inf'"),
        ("sales\n1\n1_000\n", {}, "line 3: found '1_000'"),
        ("sales\n" + "x" * 200 + "\n", {}, f"line 2: found '{'x' * 40}…';"),
        ("t,sales\n2020-01,1\n2020-02,2\n2020-02,3\n", {"time": "t"}, "line 4: found the time of line 3 again"),
        ("t,sales\n2020-02,1\n2020-01,2\n", {"time": "t"}, "line 3: found a time before that of line 2"),
        ("t,sales\n31.1.2020,1\n", {"time": "t"}, 'line 2: found .31.1.2020.; accepted: a date such as .*date_format='),
        ("t,sales\n2020-01,1\n", {"time": "t", "date_format": "%Y/%m"}, "found '2020-01'; accepted: a date as %Y/%m"),
        ("t,sales\n9999-12-31,1\n", {"time": "t"}, "line 2: found '9999-12-31'; accepted: a date"),
        ("t,sales\n1,1\n2,1\n3,1\n9e9,1\n", {"time": "t", "missing": "last"}, "at most 1000000 rows in all"),
        ("t,sales\n1,2\n\n2,3,4\n", {}, "line 4: found 3 cells; accepted: 2, as the first line has names"),
        ("1,2\n3,4\n", {}, "line 1: found '1,2'; accepted: a first line that names the columns, in words"),
        ("sales,sales\n1,2\n", {}, r"line 1: found the names \['sales', 'sales'\]"),
        ("sales,\n1,2\n", {}, "a name for each column, and no name twice"),
        ("sales\n", {}, "line 2: found the end of the file; accepted: at least one row below the names"),
        ('t,sales\n1,"2\n', {}, 'cells as they are, or in "quotes" that are closed'),
        ("", {}, "is empty"),
        (bytes(range(256)) * 9, {}, "is not utf-8 text"),
        ("sales\n1\n".encode("utf-16"), {}, "encoding=, such as 'latin-1' or 'utf-16'"),
        (MONTHS, {"max_bytes": 20}, "is too large; accepted: at most max_bytes=20 bytes"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(read, text, options, words):
    with pytest.raises(ValueError, match=words):
        read(text, **({"values": "sales"} | options))
