"""The widgets' ES modules: each file is one by itself, and joined they are one that fetches and injects nothing."""

import re
import shutil
import subprocess

import pytest

from rnnedu.widget import assets

NODE = shutil.which("node")
FILES = sorted(path.stem for path in (assets.HERE / "js").glob("*.js"))
ENTRIES = [name for name in FILES if "export default" in assets._text(name)]
TOP = re.compile(r"^(?:function|class|const|let) (\w+)", re.MULTILINE)


def test_there_are_entries():
    assert "player" in ENTRIES


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_part_of_a_widget(name):
    assert any(name in assets._ordered(entry, []) for entry in ENTRIES)


@pytest.mark.parametrize("name", ENTRIES)
def test_joined_names_do_not_collide(name):
    text = assets.module(name)
    names = TOP.findall(text)
    assert len(set(names)) == len(names), sorted(each for each in names if names.count(each) > 1)
    assert not re.search(r"^import |^export (?!default)", text, re.MULTILINE)


@pytest.mark.skipif(not NODE, reason="needs Node")
@pytest.mark.parametrize("name", ENTRIES)
def test_joined_is_one_module(name, tmp_path):
    path = tmp_path / "joined.mjs"
    path.write_text(assets.module(name), encoding="utf-8")
    subprocess.run([NODE, "--check", path], check=True, capture_output=True)


@pytest.mark.parametrize("name", FILES)
def test_it_writes_text_and_fetches_nothing(name):
    code = assets._text(name)
    assert not re.search("innerHTML|outerHTML|insertAdjacentHTML|document.write|DOMParser|fetch\\(|XMLHttp", code)
    assert "http" not in code.replace("http://www.w3.org/2000/svg", "")
