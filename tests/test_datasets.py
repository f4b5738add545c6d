"""The data sets: known figures, shapes, round trips, and the words of every error."""

import hashlib
import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnedu import datasets
from rnnedu.datasets import (
    SERIES,
    Series,
    Vocabulary,
    _files,
    load_co2,
    load_laser,
    load_names,
    load_nile,
    load_passengers,
    load_series,
    load_sunspots,
    load_sunspots_monthly,
    make_adding,
    make_pulse,
    make_sine,
    read_text,
    standardise,
)

DATA = Path(__file__).resolve().parents[1] / "data"

steady = settings(derandomize=True, deadline=None)  # the same examples on every machine, fast or slow


def says(*parts):
    """Match a message that holds these parts, in this order."""
    return "(?s)" + ".*".join(re.escape(part) for part in parts)


# ---- the files as shipped


def in_readme(pattern):
    return re.findall(pattern, (DATA / "README.md").read_text("utf-8"), re.MULTILINE)


def test_every_data_file_has_the_checksum_of_the_readme():
    actual = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in DATA.glob("*.csv")}
    assert len(actual) == 7
    assert actual == dict(in_readme(r"^\| `(\S+)` \| `([0-9a-f]{64})` \|$"))


@pytest.mark.parametrize(
    ("load", "T", "first", "last"),
    [
        (load_sunspots, 309, (1700, 5), (2008, 2.9)),
        (load_nile, 100, (1871, 1120), (1970, 740)),
        (load_co2, 444, (1965.0417, 319.40), (2001.9583, 371.02)),
        (load_passengers, 144, (1949.0417, 112), (1960.9583, 432)),
        (load_sunspots_monthly, 2820, (1749.0417, 58), (1983.9583, 33.4)),
        (load_laser, 5000, (0, 86), (4999, 18)),
    ],
)
def test_series_holds_the_published_figures(load, T, first, last):
    series = load()
    assert series.time.shape == series.values.shape == (T,)
    assert series.time.dtype == series.values.dtype == np.float64
    assert (series.time[0], series.values[0]) == first
    assert (series.time[-1], series.values[-1]) == last
    assert len(series) == T
    assert series.unit
    assert series.source


def test_readme_states_the_rows_that_are_there():
    stated = in_readme(r"^\| `(\S+\.csv)` \|.*\| (\d+) \| `load_")
    counted = {path.name: len(path.read_text("utf-8").splitlines()) - 1 for path in DATA.glob("*.csv")}
    assert {name: int(rows) for name, rows in stated} == counted


def test_known_facts_of_the_records():
    sunspots, nile, co2 = load_sunspots(), load_nile(), load_co2()
    assert sunspots.time[sunspots.values.argmax()] == 1957
    assert sunspots.values.max() == 190.2
    assert np.array_equal(np.diff(sunspots.time), np.ones(308))
    assert nile.time[nile.values.argmin()] == 1913
    assert nile.values[:28].mean() - nile.values[28:].mean() > 200
    assert np.allclose(np.diff(co2.time), 1 / 12, atol=1e-4)
    assert co2.values[12:].reshape(-1, 12).mean(1)[-1] > 370


def test_the_sunspots_of_the_months_are_those_of_the_years():
    yearly, monthly = load_sunspots(), load_sunspots_monthly()
    means = monthly.values.reshape(-1, 12).mean(1)
    years = np.arange(1749, 1984)
    off = np.abs(means - yearly.values[np.isin(yearly.time, years)])
    assert years[off > 0.5].tolist() == [1840, 1947]  # as the README of the data says
    assert off.max() < 2


def test_passengers_come_most_in_summer_and_the_laser_collapses():
    by_month = load_passengers().values.reshape(-1, 12)
    assert set(by_month.argmax(1)) <= {6, 7}
    laser = load_laser()
    assert (laser.clock, laser.values.min(), laser.values.max()) == ("sample", 2, 255)
    assert laser.season == 0


def test_names_are_lower_case_unique_and_ordered():
    female, male, both = load_names("female"), load_names("male"), load_names()
    assert (len(female), len(male), len(both)) == (4275, 1219, 5163)
    assert female[:3] == ("mary", "patricia", "linda")
    assert male[:3] == ("james", "john", "robert")
    assert both[:3] == ("james", "john", "robert")
    assert set(both) == set(female) | set(male)
    assert len(set(both)) == len(both)
    assert set("".join(both)) == set("abcdefghijklmnopqrstuvwxyz")


def test_a_name_of_both_sexes_counts_with_the_sum(damage):
    damage("names_us_census_1990.csv", "name,sex,percent\nAda,female,0.2\nKim,female,0.1\nKim,male,0.15\n")
    assert load_names() == ("kim", "ada")
    assert load_names("female") == ("ada", "kim")
    assert load_names("male") == ("kim",)


def test_names_refuse_another_sex():
    with pytest.raises(ValueError, match=says("sex is 'femal'", "did you mean 'female'", "'female', 'male'")):
        load_names("femal")
    with pytest.raises(ValueError, match=says("sex is 3; accepted: 'female', 'male'")):
        load_names(3)


# ---- series


def test_series_by_name():
    assert list(SERIES) == ["sunspots", "nile", "co2", "passengers", "sunspots_monthly", "laser"]
    assert [load_series(name).name for name in SERIES] == list(SERIES)
    with pytest.raises(TypeError):
        SERIES["mine"] = load_nile


@pytest.mark.parametrize("wrong", ["sunspot", "SUNSPOTS"])
def test_series_suggests_the_nearest_name(wrong):
    accepted = "accepted: 'sunspots', 'nile', 'co2', 'passengers', 'sunspots_monthly', 'laser'"
    with pytest.raises(ValueError, match=says(f"name is {wrong!r}", "did you mean 'sunspots'", accepted)):
        load_series(wrong)


@pytest.mark.parametrize("wrong", ["zzz", "", None, 3, ["nile"]])
def test_series_suggests_nothing_for_a_stranger(wrong):
    with pytest.raises(ValueError, match=says(f"name is {wrong!r}; accepted: 'sunspots', 'nile', 'co2', ")):
        load_series(wrong)


def test_series_cannot_be_changed():
    series = load_nile()
    with pytest.raises(ValueError, match="read-only"):
        series.values[0] = 0
    with pytest.raises(AttributeError):
        series.name = "other"


def test_series_copies_what_it_is_given():
    mine = np.array([1.0, 2.0, 4.0])
    series = Series("mine", [1, 2, 3], mine, "m", "me")
    mine[0] = 9
    assert series.values.tolist() == [1, 2, 4]
    assert repr(series) == "Series(name='mine', unit='m', source='me')"


@pytest.mark.parametrize(
    ("time", "values", "message"),
    [
        ([], [], "time is empty"),
        ([1, 2], [1, np.nan], "values is empty or holds what is no finite number"),
        ([1, 2], ["a", "b"], "values is empty or holds what is no finite number"),
        ([[1, 2]], [1, 2], "time has shape (1, 2); accepted: (T,)"),
        ([1, 2], [1, 2, 3], "values has shape (3,); accepted: (2,), as time"),
        ([1, 1], [1, 2], "time does not increase"),
    ],
)
def test_series_refuses_bad_arrays(time, values, message):
    with pytest.raises(ValueError, match=says(message)):
        Series("mine", time, values, "m", "me")


def test_standardise_gives_mean_zero_and_deviation_one():
    z = load_sunspots().standardised()
    assert abs(z.mean()) < 1e-12
    assert abs(z.std() - 1) < 1e-12
    assert np.allclose(standardise([1, 3]), [-1, 1])


def test_standardise_like_the_training_part():
    assert standardise([3.0, 5.0], like=[1, 3]).tolist() == [1, 3]
    with pytest.raises(ValueError, match=says("like has standard deviation 0")):
        standardise([1, 2], like=[5, 5])


@pytest.mark.parametrize(("given_as", "expected"), [("f4", "f4"), ("f8", "f8"), ("i8", "f8")])
def test_standardise_keeps_the_float_dtype(given_as, expected):
    assert standardise(np.array([1, 2, 3], given_as)).dtype == np.dtype(expected)


@pytest.mark.parametrize("values", [[2.0], [0.1] * 10, [-1e300, 1e300], [0, 1e-300]])
def test_standardise_refuses_what_has_no_scale(values):
    with pytest.raises(ValueError, match=says("values has standard deviation", "values that differ")):
        standardise(values)


@pytest.mark.parametrize("values", [[], [1, np.inf], [True, False], "abc", None])
def test_standardise_refuses_what_is_no_number(values):
    with pytest.raises(ValueError, match=says("values is empty or holds", "accepted: finite numbers")):
        standardise(values)


def test_inputs_are_a_piece_of_the_standardised_series():
    series = load_nile()
    x = series.inputs()
    assert x.shape == (100, 1, 1)
    assert x.dtype == np.float32
    piece = series.inputs(length=7, start=20, dtype="float64")
    assert piece.shape == (7, 1, 1)
    assert np.array_equal(piece[:, 0, 0], series.standardised()[20:27])
    assert series.inputs(start=99).shape == (1, 1, 1)
    piece[:] = 0  # the caller's own array


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"length": 0}, "length is 0; accepted: a whole number from 1 to 100"),
        ({"length": 81, "start": 20}, "length is 81; accepted: a whole number from 1 to 80"),
        ({"length": 2.0}, "length is 2.0; accepted: a whole number"),
        ({"length": True}, "length is True; accepted: a whole number"),
        ({"start": -1}, "start is -1; accepted: a whole number from 0 to 99"),
        ({"start": 100}, "start is 100; accepted: a whole number from 0 to 99"),
        ({"start": None}, "start is None; accepted: a whole number"),
        ({"dtype": "int32"}, "dtype is 'int32'; accepted: float32 or float64"),
        ({"dtype": None}, "dtype is None; accepted: float32 or float64"),
        ({"dtype": "nonsense"}, "dtype is 'nonsense'; accepted: float32 or float64"),
    ],
)
def test_inputs_refuse_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=says(message)):
        load_nile().inputs(**arguments)


# ---- damaged data files


@pytest.fixture
def damage(tmp_path, monkeypatch):
    monkeypatch.setattr(_files, "DATA_FOLDERS", (tmp_path,))

    def write(name, text):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    return write


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("year,volume\n1871,1\n", ["line 1: found 'year,volume'; accepted: the header year,flow"]),
        ("\n1871,1\n", ["line 1: found ''; accepted: the header year,flow"]),
        ("year,flow\n", ["line 2: found the end of the file; accepted: at least one row"]),
        ("year,flow\n1871,1\n1872\n", ["line 3: found '1872'; accepted: the cells year,flow"]),
        ("year,flow\n\n1872,1\n", ["line 2: found ''; accepted: the cells year,flow"]),
        ("year,flow\n1871,many\n", ["line 2: found 'many'; accepted: a finite number"]),
        ("year,flow\n1871,\n", ["line 2: found ''; accepted: a finite number"]),
        ("year,flow\n1871,nan\n", ["line 2: found 'nan'; accepted: a finite number"]),
        ("year,flow\n1871,-inf\n", ["line 2: found '-inf'; accepted: a finite number"]),
        ("year,flow\n1871,1_000\n", ["line 2: found '1_000'; accepted: a finite number"]),
        ("year,flow\n1871," + "9" * 400 + "\n", ["line 2: found '999", "accepted: a finite number"]),
        ("year,flow\n1872,1\n1871,2\n", ["line 3: found the year 1871 after 1872; accepted: years that"]),
        ('year,flow\n1871,"1\n', ["line 2:", "accepted: comma-separated cells"]),
        ("", ["is empty", "reinstalling rnnedu"]),
        (b"year,flow\n\xff\xfe\n", ["not utf-8 text: byte 0xff at position 10"]),
        (b"PK\0\0", ["holds NUL characters"]),
    ],
)
def test_damaged_series_names_file_line_and_what_is_accepted(damage, text, message):
    damage("nile_flow.csv", text)
    with pytest.raises(ValueError, match=says("data file nile_flow.csv", *message)):
        load_nile()


@pytest.mark.usefixtures("damage")
def test_missing_data_file_is_named():
    with pytest.raises(ValueError, match=says("data file co2_monthly.csv: there is no file", "reinstalling")):
        load_co2()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Zoë,female,0.1", "line 2: found 'Zoë', 'female'; accepted: letters a-z, then female or male"),
        (",female,0.1", "line 2: found '', 'female'; accepted: letters a-z"),
        ("Ada,F,0.1", "line 2: found 'Ada', 'F'; accepted: letters a-z, then female or male"),
        ("Ada,female,x", "line 2: found 'x'; accepted: a finite number"),
    ],
)
def test_damaged_names(damage, row, message):
    damage("names_us_census_1990.csv", f"name,sex,percent\n{row}\n")
    with pytest.raises(ValueError, match=says("data file names_us_census_1990.csv, " + message)):
        load_names("male")


def test_data_inside_the_package_win_over_the_checkout(tmp_path, monkeypatch):
    inside, beside = tmp_path / "inside", tmp_path / "beside"
    for folder, flow in ((inside, 1), (beside, 2)):
        folder.mkdir()
        (folder / "nile_flow.csv").write_text(f"year,flow\n1871,{flow}\n")
    monkeypatch.setattr(_files, "DATA_FOLDERS", (inside, beside))
    assert load_nile().values.tolist() == [1]
    (inside / "nile_flow.csv").unlink()
    assert load_nile().values.tolist() == [2]


# ---- the learner's own file


@pytest.mark.parametrize("raw", [b"a\nb\n", b"a\r\nb\r\n", b"a\rb\r", b"\xef\xbb\xbfa\nb\n"])
def test_read_text_gives_plain_lines(tmp_path, raw):
    path = tmp_path / "mine.txt"
    path.write_bytes(raw)
    assert read_text(path) == read_text(str(path)) == "a\nb\n"


def test_read_text_in_another_encoding(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_bytes("é".encode("latin-1"))
    assert read_text(path, encoding="latin-1") == "é"
    with pytest.raises(ValueError, match=says("mine.txt is not utf-8 text: byte 0xe9", "latin-1")):
        read_text(path)
    with pytest.raises(ValueError, match=says("encoding is 'klingon'; accepted: a text encoding")):
        read_text(path, encoding="klingon")


def test_read_text_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=says("there is no file mine.txt", str(tmp_path))):
        read_text("mine.txt")
    with pytest.raises(IsADirectoryError, match=says("is a folder; accepted: the path of a text file")):
        read_text(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_read_text_does_not_wait_for_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is not a regular file"):
        read_text(tmp_path / "pipe")


@pytest.mark.parametrize("raw", [b"", b" \n", b"\xef\xbb\xbf"])
def test_read_text_refuses_an_empty_file(tmp_path, raw):
    (tmp_path / "mine.txt").write_bytes(raw)
    with pytest.raises(ValueError, match=says("mine.txt is empty; accepted: a file with at least one")):
        read_text(tmp_path / "mine.txt")


def test_read_text_limits_the_size(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("abcd")
    assert read_text(path, max_bytes=4) == "abcd"
    with pytest.raises(ValueError, match=says("mine.txt is too large; accepted: at most max_bytes=3 bytes")):
        read_text(path, max_bytes=3)
    with pytest.raises(ValueError, match=says("max_bytes is 0; accepted: a whole number of 1 or more")):
        read_text(path, max_bytes=0)


# ---- vocabulary


@steady
@given(st.text(min_size=1))
def test_vocabulary_round_trip(text):
    vocabulary = Vocabulary.of(text)
    ids = vocabulary.encode(text)
    assert ids.shape == (len(text),)
    assert ids.dtype == np.int64
    assert vocabulary.decode(ids) == text
    assert vocabulary.decode(ids.tolist()) == text


@steady
@given(st.text(min_size=1, max_size=20), st.sampled_from([np.float32, np.float64]))
def test_one_hot_is_one_at_the_id(text, dtype):
    vocabulary = Vocabulary.of([text])
    x = vocabulary.one_hot(text, dtype)
    assert x.shape == (len(text), 1, len(vocabulary))
    assert x.dtype == dtype
    assert (x.sum(axis=2) == 1).all()
    assert np.array_equal(x[:, 0].argmax(1), vocabulary.encode(text))


@steady
@given(st.lists(st.text(), min_size=1).filter(any))
def test_vocabulary_of_texts_is_sorted_whatever_their_order(texts):
    vocabulary = Vocabulary.of(texts)
    assert vocabulary == Vocabulary.of(texts[::-1]) == Vocabulary(set("".join(texts)))
    assert list(vocabulary.symbols) == sorted(set("".join(texts)))
    assert hash(vocabulary) == hash(Vocabulary.of(iter(texts)))


def test_vocabulary_of_explicit_symbols_keeps_their_order():
    vocabulary = Vocabulary("cab")
    assert vocabulary.symbols == ("c", "a", "b")
    assert vocabulary.encode("abc").tolist() == [1, 2, 0]
    assert vocabulary.decode([]) == ""
    assert vocabulary.decode(np.array([2], np.uint8)) == "b"
    with pytest.raises(AttributeError):
        vocabulary.symbols = ()


def test_unknown_character_is_named_with_its_position():
    with pytest.raises(ValueError, match=says("character 'é' at position 2", "the 2 characters 'ab'")):
        Vocabulary("ab").encode("abéd")
    with pytest.raises(ValueError, match=says(r"character '\n' at position 0", "'AB", "' and so on")):
        Vocabulary(map(chr, range(65, 165))).one_hot("\n")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda v: v.encode(""), ValueError, "text is empty; accepted: at least one character"),
        (lambda v: v.one_hot(""), ValueError, "text is empty; accepted: at least one character"),
        (lambda v: v.encode(b"ab"), TypeError, "text is of type bytes; accepted: str"),
        (lambda v: v.encode(None), TypeError, "text is of type NoneType; accepted: str"),
        (lambda v: v.one_hot("a", int), ValueError, "accepted: float32 or float64"),
        (lambda v: v.decode([0, 2]), ValueError, "id 2 at position 1; accepted: 0 to 1"),
        (lambda v: v.decode([-1]), ValueError, "id -1 at position 0; accepted: 0 to 1"),
        (lambda v: v.decode([[0]]), ValueError, "ids has shape (1, 1); accepted: (T,)"),
        (lambda v: v.decode(0), ValueError, "ids has shape (); accepted: (T,)"),
        (lambda v: v.decode([0.0]), TypeError, "ids has dtype float64; accepted: integers"),
        (lambda v: v.decode([True]), TypeError, "ids has dtype bool; accepted: integers"),
        (lambda _: Vocabulary(()), ValueError, "symbols is empty"),
        (lambda _: Vocabulary(("a", "bc")), ValueError, "symbol is 'bc'; accepted: single characters"),
        (lambda _: Vocabulary(("a", "")), ValueError, "symbol is ''; accepted: single characters"),
        (lambda _: Vocabulary("aba"), ValueError, "symbol 'a' is given twice"),
        (lambda _: Vocabulary((1, 2)), TypeError, "symbol is of type int; accepted: str"),
        (lambda _: Vocabulary.of([]), ValueError, "texts holds no characters"),
        (lambda _: Vocabulary.of([""]), ValueError, "texts holds no characters"),
        (lambda _: Vocabulary.of(["a", 1]), TypeError, "text is of type int; accepted: str"),
    ],
)
def test_vocabulary_errors(call, error, message):
    with pytest.raises(error, match=says(message)):
        call(Vocabulary("ab"))


# ---- toy sequences


def test_pulse_is_zero_but_once():
    x = make_pulse(5, at=3, height=-2, dtype=np.float64)
    assert x.dtype == np.float64
    assert x.shape == (5, 1, 1)
    assert x.ravel().tolist() == [0, 0, 0, -2, 0]
    assert make_pulse(1).ravel().tolist() == [1]


def test_sine_has_the_period_asked_for():
    x = make_sine(9, period=4)
    assert x.dtype == np.float32
    assert x.shape == (9, 1, 1)
    assert np.allclose(x.ravel(), [0, 1, 0, -1, 0, 1, 0, -1, 0], atol=1e-6)


@pytest.mark.parametrize("length", [2, 3, 7])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_adding_target_is_the_sum_of_the_two_marked(length, dtype):
    x, target = make_adding(length, batch=11, seed=3, dtype=dtype)
    assert (x.shape, target.shape) == ((length, 11, 2), (11, 1))
    assert x.dtype == target.dtype == dtype
    assert (x[:, :, 1].sum(0) == 2).all()
    assert set(np.unique(x[:, :, 1])) <= {0, 1}
    assert ((x[:, :, 0] >= 0) & (x[:, :, 0] <= 1)).all()
    assert np.allclose((x[:, :, 0] * x[:, :, 1]).sum(0)[:, None], target)


def test_adding_marks_every_timestep_alike_and_answering_one_costs_a_sixth():
    x, target = make_adding(4, batch=20_000, seed=1)
    assert np.allclose(x[:, :, 1].mean(1), 2 / 4, atol=0.02)
    assert abs(((target - 1) ** 2).mean() - 1 / 6) < 0.01


def test_adding_repeats_with_its_seed_only():
    once, again, other = (make_adding(6, 3, seed=seed)[0] for seed in (5, 5, 6))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)
    assert np.array_equal(once, make_adding(6, 3, seed=5, dtype="float64")[0].astype(np.float32))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: make_pulse(0), "length is 0; accepted: a whole number of 1 or more"),
        (lambda: make_pulse("5"), "length is '5'; accepted: a whole number"),
        (lambda: make_pulse(5, at=5), "at is 5; accepted: a whole number from 0 to 4"),
        (lambda: make_pulse(5, at=-1), "at is -1; accepted: a whole number from 0 to 4"),
        (lambda: make_pulse(5, height=np.nan), "height is nan; accepted: a finite number"),
        (lambda: make_pulse(5, height="1"), "height is '1'; accepted: a finite number"),
        (lambda: make_pulse(5, height=10**400), "accepted: a finite number"),
        (lambda: make_pulse(5, height=1e39), "height is 1e+39; accepted: -3.4e+38 to 3.4e+38 for float32"),
        (lambda: make_pulse(5, dtype=np.int64), "accepted: float32 or float64"),
        (lambda: make_sine(-1, 4), "length is -1; accepted: a whole number of 1 or more"),
        (lambda: make_sine(5, 2), "period is 2; accepted: a number of timesteps above 2"),
        (lambda: make_sine(5, np.inf), "period is inf; accepted: a finite number"),
        (lambda: make_sine(5, True), "period is True; accepted: a finite number"),
        (lambda: make_sine(5, 4, dtype="f2"), "dtype is 'f2'; accepted: float32 or float64"),
        (lambda: make_adding(1, 3), "length is 1; accepted: a whole number of 2 or more"),
        (lambda: make_adding(4, 0), "batch is 0; accepted: a whole number of 1 or more"),
        (lambda: make_adding(4, 3, seed=-1), "seed is -1; accepted: a whole number of 0 or more"),
        (lambda: make_adding(4, 3, seed=None), "seed is None; accepted: a whole number"),
        (lambda: make_adding(4, 3, dtype=None), "dtype is None; accepted: float32 or float64"),
    ],
)
def test_toy_sequences_refuse_bad_arguments(call, message):
    with pytest.raises(ValueError, match=says(message)):
        call()


def test_all_is_there_and_says_what_it_does():
    public = {name: getattr(datasets, name) for name in datasets.__all__}
    assert all(thing.__doc__ for name, thing in public.items() if name != "SERIES")


@pytest.mark.parametrize("values", [[[1.0], [1.0, 2.0]], np.ma.masked_equal([1.0, 2.0, 3.0], 2.0)])
def test_ragged_and_masked_values_are_refused(values):
    with pytest.raises(ValueError, match="values is empty or holds what is no finite number"):
        standardise(values)


def test_a_huge_limit_costs_nothing(tmp_path):
    path = tmp_path / "short.txt"
    path.write_text("abc")
    assert read_text(path, max_bytes=10**30) == "abc"
