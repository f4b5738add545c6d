"""A learner's own text: an upload, a binary file, a large one, and running text of the installation."""

import os
import sys

import numpy as np
import pytest

from rnnedu.datasets import load_library_source, load_topics, read_text, reading


def test_an_upload_is_read_like_a_file(tmp_path):
    raw = "Grüße,\r\nmein Text".encode()
    (tmp_path / "mine.txt").write_bytes(raw)
    wanted = "Grüße,\nmein Text"
    assert {read_text(each) for each in (raw, bytearray(raw), memoryview(raw), tmp_path / "mine.txt")} == {wanted}


@pytest.mark.parametrize(
    ("raw", "encoding", "parts"),
    [
        ("ein\nzwei grün".encode("latin-1"), "utf-8", ["byte 0xfc at position 11, line 2", "'latin-1'"]),
        (np.random.default_rng(0).bytes(5000), "utf-8", ["the upload is not utf-8 text: byte 0x", "line 1"]),
        (np.random.default_rng(0).bytes(5000), "latin-1", ["the upload is not latin-1 text: it holds NUL char"]),
        (bytes(range(1, 256)) * 9, "latin-1", ["522 of its 2295 characters are control characters, the first in line"]),
        ("a\nhé".encode("utf-16"), "utf-8", ["byte 0xff at position 0, line 1", "'utf-16'"]),
        (b"a\n\0", "utf-8", ["it holds NUL characters, the first in line 2"]),
        (b"", "utf-8", ["the upload is empty"]),
    ],
)
def test_what_is_no_text_is_told_with_its_place(raw, encoding, parts):
    with pytest.raises(ValueError, match="the upload") as told:
        read_text(raw, encoding)
    assert [part for part in parts if part not in str(told.value)] == []


def test_colours_of_a_terminal_and_form_feeds_are_text():
    assert read_text(b"\x1b[1mx\x1b[0m\f\t\n") == "\x1b[1mx\x1b[0m\f\t\n"


def test_a_large_file_is_refused_before_it_is_read_and_its_size_is_told(tmp_path, monkeypatch):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)  # sparse: it takes no room on the disk
    monkeypatch.setattr(reading, "_read", lambda *_: pytest.fail("it was read"))
    with pytest.raises(ValueError, match="at most max_bytes=10000000 bytes, and it has 200000000"):
        read_text(path)
    with pytest.raises(ValueError, match="the upload is too large"):
        read_text(b"abcd", max_bytes=3)


def test_progress_is_told_while_a_file_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "PIECE", 4)
    path, told = tmp_path / "mine.txt", []
    path.write_text("0123456789")
    assert read_text(path, progress=lambda *each: told.append(each)) == "0123456789"
    assert told == [(4, 10), (8, 10), (10, 10)]


def test_what_is_neither_a_path_nor_bytes_is_refused():
    with pytest.raises(TypeError, match="source is of type int; accepted: a path, or bytes"):
        read_text(3)


def test_every_installation_has_running_text():
    topics, source = load_topics(), load_library_source(100_000)
    assert len(topics) > 300_000
    assert "The \"if\" statement" in topics
    assert len(source) == 100_000
    assert "import " in source
    assert load_library_source(50_000) == source[:50_000]
    with pytest.raises(ValueError, match="most is 0"):
        load_library_source(0)


def test_an_installation_without_it_is_told(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(ValueError, match=r"no help topics .*a text of your own by datasets.read_text"):
        load_topics()
    monkeypatch.setattr(os, "__file__", str(tmp_path / "os.py"))
    with pytest.raises(ValueError, match="no source of its library"):
        load_library_source()
