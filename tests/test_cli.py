"""The command line: the learner's work is safe, servers are started as promised, errors are one line."""

import json
import os
import signal
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from traitlets.utils.importstring import import_item

from rnnedu import __version__, cli, doctor, requirements, servers
from rnnedu.lessonfiles import MANIFEST, LessonFilesError, deliver, shipped

FIRST = "01_one_timestep.ipynb"
NEW = "01_one_timestep.new.ipynb"
NEW_2 = "01_one_timestep.new-2.ipynb"


def notebook(heading):
    return json.dumps({"cells": [{"cell_type": "markdown", "source": [f"# {heading}\n", "text"]}]})


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "shipped"
    folder.mkdir()
    for name in (FIRST, "02_through_time.ipynb"):
        (folder / name).write_text(notebook(name), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "my lessons"


def publish(source, text):
    (source / FIRST).write_text(text, encoding="utf-8")


def actions(folder, source):
    return {delivery.name: delivery.action for delivery in deliver(folder, source)}


def files(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name != MANIFEST}


# --- the lessons and the learner's work


def test_first_delivery_creates_the_folder(folder, source):
    assert actions(folder / "deep", source) == {FIRST: "new", "02_through_time.ipynb": "new"}
    assert files(folder / "deep").keys() == {FIRST, "02_through_time.ipynb"}


def test_nothing_new_writes_nothing(folder, source):
    deliver(folder, source)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert set(actions(folder, source).values()) == {"current"}
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_untouched_lesson_is_updated_in_place(folder, source):
    deliver(folder, source)
    publish(source, "v2")
    assert actions(folder, source)[FIRST] == "updated"
    assert files(folder)[FIRST] == "v2"
    assert NEW not in files(folder)


def test_changed_lesson_without_a_newer_version_is_kept(folder, source):
    deliver(folder, source)
    (folder / FIRST).write_text("mine")
    assert actions(folder, source)[FIRST] == "kept"
    assert files(folder).keys() == {FIRST, "02_through_time.ipynb"}
    assert files(folder)[FIRST] == "mine"


def test_newer_version_of_a_changed_lesson_is_laid_beside_it_once(folder, source):
    deliver(folder, source)
    (folder / FIRST).write_text("mine")
    publish(source, "v2")
    beside = deliver(folder, source)[0]
    assert (beside.action, beside.beside) == ("beside", NEW)
    assert "\n" not in str(beside)
    assert NEW in str(beside)
    assert actions(folder, source)[FIRST] == "kept"
    (folder / NEW).unlink()  # read and thrown away: it does not come back
    assert actions(folder, source)[FIRST] == "kept"
    assert files(folder)[FIRST] == "mine"
    assert NEW not in files(folder)


def test_untouched_file_beside_is_updated_and_a_changed_one_is_not(folder, source):
    deliver(folder, source)
    (folder / FIRST).write_text("mine")
    publish(source, "v2")
    deliver(folder, source)
    publish(source, "v3")
    assert deliver(folder, source)[0].beside == NEW
    (folder / NEW).write_text("mine too")
    publish(source, "v4")
    assert deliver(folder, source)[0].beside == NEW_2
    publish(source, "v5")
    assert deliver(folder, source)[0].beside == NEW_2
    found = files(folder)
    assert [found[name] for name in (FIRST, NEW, NEW_2)] == ["mine", "mine too", "v5"]


def test_deleted_lesson_is_given_again(folder, source):
    deliver(folder, source)
    (folder / FIRST).unlink()
    assert actions(folder, source)[FIRST] == "new"


def test_learner_who_took_the_newer_version_is_up_to_date(folder, source):
    deliver(folder, source)
    (folder / FIRST).write_text("mine")
    publish(source, "v2")
    deliver(folder, source)
    (folder / NEW).replace(folder / FIRST)
    assert actions(folder, source)[FIRST] == "current"
    publish(source, "v3")
    assert actions(folder, source)[FIRST] == "updated"


@pytest.mark.parametrize("damage", [None, b"", b"{", b"[1]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a": [1]}'])
def test_without_a_readable_manifest_a_differing_file_is_the_learners(folder, source, damage):
    deliver(folder, source)
    (folder / FIRST).write_text("mine")
    manifest = folder / MANIFEST
    manifest.unlink() if damage is None else manifest.write_bytes(damage)
    assert actions(folder, source) == {FIRST: "beside", "02_through_time.ipynb": "current"}
    assert files(folder)[FIRST] == "mine"
    assert actions(folder, source)[FIRST] == "kept"


def test_notebooks_that_were_there_before_us_are_the_learners(folder, source):
    folder.mkdir()
    (folder / FIRST).write_text("mine")
    (folder / NEW).write_text("mine too")
    assert deliver(folder, source)[0].beside == NEW_2
    assert files(folder)[FIRST] == "mine"
    assert files(folder)[NEW] == "mine too"


def test_failed_write_leaves_the_old_file_and_no_litter(folder, source, monkeypatch):
    deliver(folder, source)
    before = files(folder)
    publish(source, "v2")

    def full_disk(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(LessonFilesError, match="No space left"):
        deliver(folder, source)
    assert files(folder) == before


def test_source_folder_itself_is_refused(source):
    with pytest.raises(LessonFilesError, match="come from"):
        deliver(source, source)
    assert not (source / MANIFEST).exists()


@pytest.mark.parametrize("inside", ["", "below"])
def test_file_in_the_place_of_the_folder_is_one_line_and_code_2(tmp_path, source, capsys, inside):
    (tmp_path / "taken").write_text("x")
    assert cli.main(["lessons", str(tmp_path / "taken" / inside)], source=source) == 2
    error = capsys.readouterr().err
    assert error.startswith("rnnedu: cannot put the lessons into")
    assert error.count("\n") == 1


def test_folder_in_the_place_of_a_lesson_is_one_line_and_code_2(folder, source, capsys):
    (folder / FIRST).mkdir(parents=True)
    assert cli.main(["lessons", str(folder)], source=source) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_no_lessons_is_one_line_and_code_2(tmp_path, capsys):
    assert cli.main(["lessons", str(tmp_path / "x")], source=tmp_path) == 2
    assert "no lessons found" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_lessons_go_to_the_default_folder_and_are_reported(tmp_path, source, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lessons"], source=source) == 0
    assert (tmp_path / "rnnedu-lessons" / FIRST).is_file()
    (tmp_path / "rnnedu-lessons" / FIRST).write_text("mine")
    cli.main(["lessons"], source=source)
    assert f"kept yours: {FIRST}\n" in capsys.readouterr().out


def test_an_instructor_gets_the_notebooks_with_solutions(folder, source, capsys):
    (source / "instructor").mkdir()
    (source / "instructor" / FIRST).write_text(notebook("with solutions"), encoding="utf-8")
    assert cli.main(["lessons", "--instructor", str(folder)], source=source) == 0
    assert files(folder) == {FIRST: notebook("with solutions")}


def test_list_shows_titles_and_copies_nothing(tmp_path, source, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    publish(source, notebook("One timestep"))
    (source / "03_broken.ipynb").write_text("{")
    assert cli.main(["lessons", "--list"], source=source) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"{FIRST}  One timestep",
        "02_through_time.ipynb  02_through_time.ipynb",
        "03_broken.ipynb",
    ]
    assert not (tmp_path / "rnnedu-lessons").exists()


def test_a_checkout_ships_its_own_folders():
    root = Path(__file__).resolve().parents[1]
    assert shipped("data") == root / "data"
    assert shipped("nothing") is None


# --- starting Jupyter


class Recorder:
    """Stands in for the launcher; sees what is on disk at the moment of starting."""

    def __init__(self):
        self.command, self.existed = None, None

    def __call__(self, command):
        self.command = command
        self.existed = [Path(word).is_file() for word in command]
        return 7


@pytest.fixture
def launch(monkeypatch):
    monkeypatch.setattr(cli, "_importable", lambda *_: True)
    monkeypatch.setattr(servers, "runs_as_root", lambda: False)
    return Recorder()


def test_lab_starts_jupyterlab_on_the_first_lesson(folder, source, launch, capsys):
    assert cli.main(["lab", str(folder), "--port", "9999"], launch=launch, source=source) == 7
    assert launch.command == [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={folder.resolve()}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.{servers.PROMPT}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        "--ServerApp.port=9999",
    ]
    assert (folder / FIRST).is_file()
    assert str(folder.resolve()) in capsys.readouterr().out


def test_lab_passes_options_on(folder, source, launch):
    words = ["lab", str(folder), "--no-browser", "--", "--debug", "--ServerApp.base_url=/x/"]
    cli.main(words, launch=launch, source=source)
    assert launch.command[-3:] == ["--no-browser", "--debug", "--ServerApp.base_url=/x/"]


def test_lab_says_to_jupyter_that_root_is_meant(folder, source, launch, monkeypatch):
    monkeypatch.setattr(servers, "runs_as_root", lambda: True)
    cli.main(["lab", str(folder)], launch=launch, source=source)
    assert launch.command[-1] == "--allow-root"


@pytest.mark.parametrize(
    "option", ["--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True"]
)
def test_lab_never_opens_the_server_to_everybody(folder, source, launch, capsys, option):
    assert cli.main(["lab", str(folder), "--", option], launch=launch, source=source) == 2
    assert launch.command is None
    assert option in capsys.readouterr().err


def test_demo_serves_a_copy_of_the_gallery(source, launch):
    (source / "gallery.ipynb").write_text(notebook("Gallery"), encoding="utf-8")
    assert cli.main(["demo", "--port", "9998", "--no-browser"], launch=launch, source=source) == 7
    page = launch.command[3]
    assert launch.command[:3] == [sys.executable, "-m", "voila"]
    assert {"--Voila.ip=127.0.0.1", "--template=rnnedu", f"--Voila.{servers.PROMPT}"} <= set(launch.command)
    assert launch.command[-2:] == ["--port=9998", "--no-browser"]
    assert Path(page).name == "gallery.ipynb"
    assert launch.existed[3]
    assert not Path(page).exists()
    assert Path(page).parent != source


def test_small_messages_are_not_held_back(monkeypatch):
    name = servers.PROMPT.partition("=")[2]
    link, told = import_item(name), []
    monkeypatch.setattr(link.__base__, "connect", lambda self: "connected")
    monkeypatch.setattr(link, "websocket_handler", SimpleNamespace(set_nodelay=told.append))
    assert link.connect(object.__new__(link)) == "connected"
    assert told == [True]


def test_servers_find_our_page_template_before_others():
    environment = servers.with_templates({"JUPYTER_PATH": "other", "HOME": "h"})
    ours, theirs = environment["JUPYTER_PATH"].split(os.pathsep)
    assert (Path(ours) / "voila" / "templates" / "rnnedu" / "index.html.j2").is_file()
    assert (theirs, environment["HOME"]) == ("other", "h")


def test_demo_without_its_notebook(tmp_path, launch, capsys):
    assert cli.main(["demo"], launch=launch, source=tmp_path) == 2
    assert "gallery.ipynb" in capsys.readouterr().err
    assert launch.command is None


@pytest.mark.parametrize(
    ("command", "module", "mend"),
    [("lab", "jupyterlab", 'pip install "rnnedu[lab]"'), ("demo", "voila", 'pip install "rnnedu[demo]"')],
)
def test_missing_server_says_what_to_install(tmp_path, source, monkeypatch, capsys, command, module, mend):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, module, None)
    recorder = Recorder()
    assert cli.main([command], launch=recorder, source=source) == 1
    assert mend in capsys.readouterr().err
    assert recorder.command is None


def test_start_returns_the_code_of_the_server():
    before = signal.getsignal(signal.SIGTERM)
    assert cli.start([sys.executable, "-c", "raise SystemExit(3)"]) == 3
    assert signal.getsignal(signal.SIGTERM) == before


def test_ctrl_c_waits_for_the_server_and_ends_cleanly(monkeypatch):
    waits = iter([KeyboardInterrupt(), KeyboardInterrupt(), 1])

    def wait():
        result = next(waits)
        if isinstance(result, BaseException):
            raise result
        return result

    monkeypatch.setattr(cli.subprocess, "Popen", lambda *_, env: SimpleNamespace(wait=wait))
    assert cli.start(["jupyter"]) == 0
    assert next(waits, None) is None


# --- the commands as such


def test_version(capsys):
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"rnnedu {__version__}\n"


@pytest.mark.parametrize(
    "words", [[], ["nonsense"], ["lab", "--port", "99999"], ["lab", "--port", "x"], ["lessons", "--", "x"]]
)
def test_wrong_words_are_code_2(words, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(words)
    assert "rnnedu" in capsys.readouterr().err


def test_importing_the_command_line_loads_no_jupyter_and_no_matplotlib():
    code = (
        "import sys, rnnedu.cli; heavy = {'jupyterlab', 'jupyter_core', 'ipywidgets', 'matplotlib', 'numpy'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# --- the doctor


def failed(checks):
    return [check for check in checks if check.status != "ok"]


def test_doctor_prints_a_line_a_check_and_its_code_says_whether_one_failed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(doctor, "examine", lambda *_: [doctor.Check("ok", "a"), doctor.Check("warn", "b")])
    assert cli.main(["doctor"]) == 0
    assert capsys.readouterr().out == "ok    a\nwarn  b\n"
    monkeypatch.setattr(doctor, "examine", lambda *_: [doctor.Check("FAIL", "a", "mend it")])
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().out == "FAIL  a  ->  mend it\n"


def test_doctor_finds_nothing_wrong_here(tmp_path, source, monkeypatch):
    monkeypatch.setattr(doctor, "shipped", lambda *_: source)
    assert failed(doctor.examine(tmp_path)) == []


def test_doctor_sees_an_old_python():
    assert doctor.check_python((3, 10, 1)).status == "FAIL"


def test_doctor_sees_a_missing_package():
    check = doctor.check_package("no-such-package-of-rnnedu", "1.0")
    assert (check.status, check.mend) == ("FAIL", doctor.INSTALL_LAB)


def test_doctor_sees_a_package_that_cannot_be_imported(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    check = next(check for check in doctor.check_requirements() if "ipywidgets" in check.seen)
    assert check.status == "FAIL"
    assert check.mend.endswith("ipywidgets")


def test_doctor_sees_an_old_package():
    check = doctor.check_package("numpy", "999.0")
    assert check.status == "FAIL"
    assert "numpy>=999.0" in check.mend


def test_doctor_sees_that_rnnedu_is_not_installed(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", missing)
    assert [check.status for check in doctor.check_requirements()] == ["FAIL"]


def test_doctor_sees_missing_lab_extensions(tmp_path, monkeypatch):
    from jupyter_core import paths

    monkeypatch.setattr(paths, "jupyter_path", lambda *_: [str(tmp_path)])
    assert [check.status for check in doctor.check_lab_extensions()] == ["FAIL", "FAIL"]


@pytest.mark.parametrize(("command", "status"), [("elsewhere", "FAIL"), ("python3", "ok"), (sys.executable, "ok")])
def test_doctor_sees_a_kernel_of_another_python(tmp_path, monkeypatch, command, status):
    from jupyter_client import kernelspec

    python = str(tmp_path / "python") if command == "elsewhere" else command
    spec = SimpleNamespace(argv=[python], resource_dir=str(tmp_path))
    monkeypatch.setattr(kernelspec.KernelSpecManager, "get_kernel_spec", lambda *_: spec)
    check = doctor.check_kernel()
    assert check.status == status
    assert ("kernelspec remove" in check.mend) == (status == "FAIL")


def test_doctor_sees_wrong_gradients(monkeypatch):
    monkeypatch.setattr("rnnedu.gradcheck.check", lambda *_, **__: SimpleNamespace(ok=False))
    check = doctor.check_engine()
    assert check.status == "FAIL"
    assert "wrong gradients" in check.seen


def test_doctor_sees_missing_lessons(monkeypatch):
    monkeypatch.setattr(doctor, "shipped", lambda *_: None)
    assert [check.status for check in doctor.check_shipped()] == ["FAIL", "ok"]


def test_doctor_sees_damaged_lessons_and_data(monkeypatch, tmp_path):
    (tmp_path / "01_one.ipynb").write_text("{")
    monkeypatch.setattr(doctor, "shipped", lambda *_: tmp_path)
    monkeypatch.setattr("rnnedu.datasets.load_names", lambda: 1 / 0)
    checks = list(doctor.check_shipped())
    assert [check.status for check in checks] == ["FAIL", "FAIL"]
    assert "01_one.ipynb" in checks[0].seen


def test_doctor_sees_a_player_that_does_not_run(monkeypatch):
    assert doctor.check_player().status == "ok"
    monkeypatch.setattr("rnnedu.widget.StepPlayer", lambda **_: 1 / 0)
    assert doctor.check_player().status == "FAIL"


def test_doctor_sees_a_disabled_extension(monkeypatch):
    monkeypatch.setattr(doctor, "_disabled_extensions", lambda: ["anywidget"])
    first, second = doctor.check_lab_extensions()
    assert (first.status, second.status) == ("FAIL", "ok")
    assert first.mend == "jupyter labextension enable anywidget"


def test_doctor_sees_a_folder_that_cannot_be_written(tmp_path):
    assert doctor.check_writable(tmp_path / "absent").status == "FAIL"


def test_requirements_are_those_that_hold_always_or_with_the_extra():
    lines = ["numpy>=1.26", "a.b>=2.0.1; extra == 'lab'", 'c; extra == "lab"', "d>=1; extra == 'demo'", "e<3,>=2"]
    assert requirements.parse(lines, "lab") == [("numpy", "1.26"), ("a.b", "2.0.1"), ("c", "0"), ("e", "2")]


@pytest.mark.parametrize("with_packaging", [True, False])
def test_versions_are_compared_as_numbers(monkeypatch, with_packaging):
    if not with_packaging:
        monkeypatch.setitem(sys.modules, "packaging.version", None)
    assert requirements.is_older("1.9", "1.26")
    assert not requirements.is_older("2.0", "1.26.4")
    assert not requirements.is_older("4.2.0", "4.2")
