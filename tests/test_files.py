"""Model files: what comes back, what is refused in words and in little memory, and what a kill leaves behind."""

import hashlib
import io
import itertools
import json
import os
import pickle
import re
import signal
import stat
import sys
import tracemalloc
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rnnedu.models import archive, files
from rnnedu.models.files import ModelFileError, load, save

CONFIG = {"name": "très petit", "layers": [{"units": 3, "rate": 0.5, "mask": None, "bias": True}], "long": -(10**30)}
ARRAYS = {
    "lstm/W_x": np.linspace(-1, 1, 15, dtype=np.float32).reshape(3, 5),
    "lstm/W_h": np.linspace(-2, 2, 6).reshape(2, 3).T,  # not in C order
    "état": np.array([[[-7], [2**62]]]),
    "step": np.array(12),
    "empty": np.zeros((0, 4), np.float32),
}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "model"  # no suffix, and none is added
    save(path, CONFIG, ARRAYS)
    return path


def same(model, config, arrays):
    """Tell whether a loaded model is equal to (config, arrays): order, dtypes, shapes and every bit."""
    pairs = zip(model[1].items(), arrays.items(), strict=True)
    return model[0] == config and all(
        name == want_name and got.dtype == want.dtype and got.shape == want.shape and got.tobytes() == want.tobytes()
        for (name, got), (want_name, want) in pairs
    )


@pytest.fixture
def no_fsync(monkeypatch):
    """For tests that save a hundred times: what they look at does not depend on a power cut."""
    monkeypatch.setattr(files.os, "fsync", lambda _descriptor: None)


def beside(path):
    return [each.name for each in path.parent.iterdir()]


# ---- round trips


def test_what_was_saved_comes_back(path):
    config, arrays = load(str(path))
    assert same((config, arrays), CONFIG, ARRAYS)
    assert list(config) == list(CONFIG)
    assert all(array.flags.writeable and array.flags.c_contiguous for array in arrays.values())


def test_a_model_may_have_no_arrays_and_an_empty_config(path):
    save(path, {}, {})
    assert load(path) == ({}, {})


def test_the_same_model_gives_the_same_bytes(path, tmp_path):
    save(tmp_path / "again.rnnedu", *load(path))
    assert (tmp_path / "again.rnnedu").read_bytes() == path.read_bytes()


def test_the_format_has_not_changed(tmp_path):
    """Files are out there: if this has to change, `VERSION` does, and the old version has to be read still."""
    save(tmp_path / "small", {"units": 2}, {"w": np.arange(6, dtype=np.float32).reshape(2, 3), "n": np.array(1)})
    digest = (tmp_path / "small").read_bytes()[-64:].decode()
    assert digest == "6be2a14503c78ab1b8aaf176603dd8107e9161846c29e03409da0eb688e18534"


def test_the_file_is_an_npz_file_without_pickle(path):
    with np.load(path, allow_pickle=False) as npz:
        assert npz.files == ["model.json", *ARRAYS]
        assert same((CONFIG, {name: npz[name] for name in ARRAYS}), CONFIG, ARRAYS)
        assert json.loads(npz["model.json"])["version"] == files.VERSION
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.comment.decode() == hashlib.sha256(path.read_bytes()[:-64]).hexdigest()


def test_numbers_start_at_multiples_of_64_bytes_within_their_npy_file():
    for shape in itertools.product((1, 10, 10**6), repeat=4):
        header = archive.npy_header({"dtype": "float32", "shape": list(shape)})
        assert len(header) % 64 == 0
        assert header.endswith(b"\n")


# ---- what save refuses


@pytest.mark.parametrize(
    ("config", "arrays", "error", "says"),
    [
        ([], {}, TypeError, "config is a list; accepted is a dict"),
        ({}, [], TypeError, "arrays is a list; accepted is a dict"),
        ({}, {1: np.zeros(1)}, TypeError, "a name in arrays is a int; accepted is a str"),
        ({}, {"w": [1.0]}, TypeError, "arrays['w'] is a list; accepted is a ndarray"),
        ({}, {"w": np.zeros(1, np.float16)}, TypeError, "arrays['w'] has dtype float16; accepted is float32, float64"),
        ({}, {"w": np.zeros(1, ">f4")}, TypeError, "arrays['w'] has dtype >f4; accepted is"),
        ({}, {"w": np.array([None])}, TypeError, "arrays['w'] has dtype object; accepted is"),
        ({}, {"w": np.array([1, np.nan])}, ValueError, "arrays['w'] holds NaN or infinity"),
        ({}, {"w": np.ma.array([1.0, 2.0], mask=[0, 1])}, ValueError, "arrays['w'] has masked entries"),
        ({}, {"../w": np.zeros(1)}, ValueError, "an array is called '../w'; accepted is a plain name"),
        ({"a": (1, 2)}, {}, ValueError, "config holds what JSON changes"),
        ({1: 2}, {}, ValueError, "config holds what JSON changes"),
        ({"a": {1}}, {}, ValueError, "config is not JSON: Object of type set"),
        ({"a": float("inf")}, {}, ValueError, "config is not JSON: Out of range"),
        ({"a": "x" * 2**20}, {}, ValueError, "bytes in the file; accepted is at most 1048576"),
    ],
)
def test_save_refuses_what_would_not_come_back(path, config, arrays, error, says):
    before = path.read_bytes()
    with pytest.raises(error, match=re.escape(says)):
        save(path, config, arrays)
    assert path.read_bytes() == before
    assert beside(path) == ["model"]


def test_save_refuses_more_than_a_zip_file_can_hold(path, monkeypatch):
    huge = np.broadcast_to(np.float32(1), (2**31,))  # 8 GiB that take four bytes
    monkeypatch.setattr(files, "_finite", lambda name, array: array)
    with pytest.raises(ValueError, match="arrays has 8589934592 bytes in the file; accepted is at most"):
        save(path, {}, {"w": huge})


def test_save_refuses_a_config_that_holds_itself(path):
    config = {}
    config["self"] = config
    with pytest.raises(ValueError, match="config is not JSON: Circular"):
        save(path, config, {})


# ---- damaged files


def sealed(body):
    return body + hashlib.sha256(body).hexdigest().encode()


def members_of(path):
    """Return the members of a model file as `_pieces` takes them."""
    with zipfile.ZipFile(path) as archive:
        return [(info.filename, b"", archive.read(info)) for info in archive.infolist()]


def written(members):
    """Return a file with these members, its records, CRCs and digest all right."""
    return b"".join(bytes(piece) for piece in archive.pieces(members))


def refused_or_equal(path, mutant):
    """Load a mutant: True if refused. What is loaded instead has to be what makes `save` write this very file."""
    path.write_bytes(mutant)
    try:
        model = load(path)
    except ModelFileError as error:
        model, said = None, str(error)
    if model is None:
        assert said.startswith(f"{path}: ")
    else:
        save(path, *model)
        assert path.read_bytes() == mutant
    return model is None


def mutated(raw, rng):
    """Return raw with one bit flipped, some bytes cut, put in, taken out, or two pieces swapped."""
    a, b, c, d = sorted(int(i) for i in rng.integers(0, len(raw), 4))
    flipped = raw[:a] + bytes([raw[a] ^ 1 << int(rng.integers(8))]) + raw[a + 1 :]
    swapped = raw[:a] + raw[c:d] + raw[b:c] + raw[a:b] + raw[d:]
    return (flipped, raw[:a], raw[:a] + rng.bytes(1 + b - a) + raw[a:], raw[:a] + raw[b:], swapped)[rng.integers(5)]


def edited(members, rng):
    """Return the members with one changed inside, left out, repeated, renamed or in another place."""
    i, j = (int(k) for k in rng.integers(0, len(members), 2))
    name, head, data = members[i]
    others = members[:i] + members[i + 1 :]
    return (
        [*members[:i], (name, head, mutated(data, rng)), *members[i + 1 :]],
        others,
        [*members, members[i]],
        [*members[:i], (f"{name}x", head, data), *members[i + 1 :]],
        [*others[:j], members[i], *others[j:]],
    )[rng.choice(5, p=(0.8, 0.05, 0.05, 0.05, 0.05))]


@pytest.mark.usefixtures("no_fsync")
def test_a_thousand_mutants_are_refused(path):
    raw, rng = path.read_bytes(), np.random.default_rng(0)
    mutants = (mutated(raw, rng) for _ in range(1000))
    assert all(refused_or_equal(path, mutant) for mutant in mutants if mutant != raw)


@pytest.mark.usefixtures("no_fsync")
def test_five_hundred_mutants_with_the_right_digest_are_refused_or_what_save_writes(path):
    raw, rng = path.read_bytes(), np.random.default_rng(1)
    refused = [refused_or_equal(path, sealed(mutated(raw[:-64], rng))) for _ in range(500)]
    assert sum(refused) > 450


@pytest.mark.usefixtures("no_fsync")
def test_a_thousand_mutants_with_everything_recomputed_are_refused_or_what_save_writes(path):
    """With new CRCs and a new digest, a changed weight or config is just another model."""
    members, rng = members_of(path), np.random.default_rng(2)
    refused = [refused_or_equal(path, written(edited(members, rng))) for _ in range(1000)]
    assert 500 < sum(refused) < 1000


@pytest.mark.parametrize("size", [0, 1, 39, 40, 63, 64, 100, -65, -64, -1])
def test_a_file_cut_short_is_refused(path, size):
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ModelFileError, match=r"no model file|damaged or cut short"):
        load(path)


# ---- hostile files: everything about them is right but one thing


def with_json(text):
    return written([("model.json", b"", text if isinstance(text, bytes) else text.encode())])


def with_head(**changes):
    head = {"format": files.FORMAT, "version": 1, "config": {}, "arrays": {}} | changes
    return with_json(json.dumps({key: value for key, value in head.items() if value is not ...}))


def with_spec(dtype="float32", shape=(1,), name="w"):
    return with_head(arrays={name: {"dtype": dtype, "shape": shape}})


def with_member(content, name="w.npy", dtype="float32", shape=(2,), also=()):
    """A model of one array; its member is called `name` and holds `content`."""
    head = json.dumps(
        {"format": files.FORMAT, "version": 1, "config": {}, "arrays": {"w": {"dtype": dtype, "shape": shape}}}
    )
    return written([("model.json", b"", head.encode()), (name, b"", content), *also])


def npy(array, version=(1, 0)):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version)
    return file.getvalue()


def with_zipfile(tmp_path, compression, **members):
    """A zip file of another program, with a digest that is right."""
    with zipfile.ZipFile(tmp_path / "zip", "w", compression) as archive:
        for name, content in {"model.json": b"{}", **members}.items():
            archive.writestr(name, content)
        archive.comment = b"0" * 64
    return sealed((tmp_path / "zip").read_bytes()[:-64])


class Payload:
    """Unpickled, it raises what no test expects."""

    def __reduce__(self):
        return exec, ("raise SystemExit('executed')",)


def patched(raw, offset, value):
    return sealed((raw[:offset] + value + raw[offset + len(value) :])[:-64])


GOOD = np.array([1, 2], np.float32)
BAD_JSON = "not written as rnnedu writes it"
BAD_MEMBER = "the next member is not"

HOSTILE = {
    "empty": (lambda: b"", "no model file"),
    "text": (lambda: b"PK\3\4 model.json" * 40, "no model file"),
    "pickle": (lambda: pickle.dumps(Payload()), "no model file"),
    "sealed pickle": (lambda: sealed(pickle.dumps(Payload())), "no model file"),
    "pickle inside": (lambda: with_member(npy(np.array([Payload(), 1], object))), BAD_MEMBER),
    "pickle described": (lambda: with_spec(dtype="object"), r"accepted are the dtypes float32, float64, int64"),
    "no json": (lambda: written([("w.npy", b"", npy(GOOD))]), "no model file"),
    "not json": (lambda: with_json("{"), "Expecting"),
    "json is a list": (lambda: with_json("[]"), BAD_JSON),
    "deep json": (lambda: with_json("[" * 2**20), "recursion|overflow"),
    "deep json, closed": (lambda: with_json('{"config":' * 90_000 + "1" + "}" * 90_000), "recursion|overflow"),
    "wide json": (lambda: with_json("[" + "{}," * 349_000 + "{}]"), BAD_JSON),
    "wide json in the config": (lambda: with_json('{"config": {"a": [' + "{}," * 349_000 + "{}]}}"), BAD_JSON),
    "large json": (lambda: with_json(" " * (2**20 + 1)), "accepted is at most 1048576"),
    "json of another length": (lambda: patched(with_head(), 22, b"\xff" * 4), "4294967295 bytes; accepted is at most"),
    "json shorter than said": (lambda: patched(with_head(), 22, b"\xff\1\0\0"), "codec|Extra data"),
    "long number": (lambda: with_head(config={"a": 1}).replace(b"1}", b"9" * 5000 + b"}"), "no model|damaged"),
    "long number, sealed": (lambda: with_json('{"config": {"a": ' + "9" * 5000 + "}}"), "4300 digits"),
    "nan in json": (lambda: with_head(config={"a": float("nan")}), "not JSON compliant"),
    "1e999 in json": (lambda: with_json('{"config": {"a": 1e999}, "arrays": {}}'), "not JSON compliant"),
    "utf-16 json": (lambda: with_json(json.dumps({"format": files.FORMAT}).encode("utf-16")), "codec can't decode"),
    "key twice": (lambda: with_json(with_head()[40:].split(b"PK")[0].replace(b"{}", b'{"a": 1, "a": 2}', 1)), BAD_JSON),
    "spaces": (lambda: with_json(with_head()[40:].split(b"PK")[0] + b" "), BAD_JSON),
    "another format": (lambda: with_head(format="keras"), BAD_JSON),
    "newer": (lambda: with_head(version=2, arrays=...), r"newer version of rnnedu made it, in format 2; accepted is 1"),
    "older": (lambda: with_head(version=0), BAD_JSON),
    "version true": (lambda: with_head(version=True), BAD_JSON),
    "no config": (lambda: with_head(config=...), BAD_JSON),
    "one key more": (lambda: with_head(more=1), BAD_JSON),
    "arrays in a list": (lambda: with_head(arrays=[]), BAD_JSON),
    "spec in a list": (lambda: with_head(arrays={"w": ["float32", [1]]}), r"arrays\['w'\] is \['float32', \[1\]\]"),
    "spec with more": (lambda: with_head(arrays={"w": {"dtype": "float32", "shape": [1], "a": 1}}), BAD_JSON),
    "float16": (lambda: with_spec(dtype="float16"), r"accepted are the dtypes"),
    "dtype in a list": (lambda: with_spec(dtype=["float32"]), r"accepted are the dtypes"),
    "negative shape": (lambda: with_spec(shape=[-1]), "and a shape"),
    "shape of floats": (lambda: with_spec(shape=[1.0]), "and a shape"),
    "shape of bools": (lambda: with_spec(shape=[True]), "and a shape"),
    "huge shape": (lambda: with_spec(shape=[10**18]), "and a shape"),
    "large shape": (lambda: with_spec(shape=[2**31]), "needs 8589934592 bytes, more than the rest of the file"),
    "huge empty shape": (lambda: with_spec(shape=[0, 10**400]), "and a shape"),
    "33 axes": (lambda: with_spec(shape=[1] * 33), "and a shape"),
    "many arrays": (
        lambda: with_head(arrays={f"{i:x}": {"dtype": "int64", "shape": []} for i in range(24_000)}),
        "needs 8 bytes|next member",
    ),
    "missing member": (lambda: with_spec(), "next member is not 'w.npy'"),
    "another member": (lambda: with_member(npy(GOOD), name="v.npy"), BAD_MEMBER),
    "one member more": (lambda: with_member(npy(GOOD), also=[("v.npy", b"", npy(GOOD))]), "zip directory"),
    "member twice": (lambda: with_member(npy(GOOD), also=[("w.npy", b"", npy(GOOD))]), "zip directory"),
    "many members": (lambda: with_member(npy(GOOD), also=[("w", b"", b"")] * 65_000), "zip directory"),
    "another dtype": (lambda: with_member(npy(np.array([1, 2], np.int32))), BAD_MEMBER),
    "another byte order": (lambda: with_member(npy(GOOD.astype(">f4"))), BAD_MEMBER),
    "another shape": (lambda: with_member(npy(GOOD[None])), BAD_MEMBER),
    "fortran order": (lambda: with_member(npy(GOOD).replace(b"False,", b"True, ")), BAD_MEMBER),
    "npy of another version": (lambda: with_member(npy(GOOD, (2, 0))), BAD_MEMBER),
    "npy of 8 GB": (lambda: with_member(npy(GOOD).replace(b"(2,), }         ", b"(2000000000,), }")), BAD_MEMBER),
    "npy header of 60 KB": (lambda: with_member(b"\x93NUMPY\1\0\xff\xff" + b"(" * 65535 + bytes(8)), BAD_MEMBER),
    "more numbers": (lambda: with_member(npy(GOOD) + b"\0"), BAD_MEMBER),
    "fewer numbers": (lambda: with_member(npy(GOOD)[:-1]), BAD_MEMBER),
    "nan": (lambda: with_member(npy(np.array([1, np.nan], np.float32))), r"arrays\['w'\] holds NaN or infinity"),
    "infinity": (lambda: with_member(npy(np.array([-np.inf, 1]), (1, 0)), dtype="float64"), "holds NaN or infinity"),
    "encrypted": (lambda: patched(with_head(), 6, b"\1\x08"), "model.json"),
    "another method": (lambda: patched(with_head(), 8, b"\x08\0"), "model.json"),
    "wrong CRC": (lambda: patched(with_head(), 14, b"\0\0\0\0"), "model.json"),
    "longer unpacked": (lambda: patched(with_head(), 18, b"\1\0\0\0"), "model.json"),
    "wrong digest": (lambda: with_head()[:-1] + b"x", "damaged or cut short"),
    "after the end": (lambda: with_head() + b"\0", "damaged or cut short"),
    "directory of 4 GiB": (lambda: patched(with_head(), len(with_head()) - 74, b"\xff" * 8), "zip directory"),
    **{
        f"name {name!r:.20}": (lambda name=name: with_spec(name=name), "accepted is a plain name")
        for name in ("../w", "/w", "a/../../w", "C:w", "a\\w", "", "a//b", ".", "w\0", "w\n", "\ud800", "w" * 256)
    },
}


def refuses(path, says):
    """Load, expect the error that says so, and return the peak of memory taken meanwhile."""
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError, match=says) as caught:
            load(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert len(str(caught.value)) < 400 + len(str(path))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_in_little_memory(tmp_path, case):
    make, says = HOSTILE[case]
    (tmp_path / "hostile").write_bytes(make())
    assert refuses(tmp_path / "hostile", says) < 100e6


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_zip_bomb_and_files_of_other_programs_are_refused(tmp_path, compression):
    content = bytes(2**20) if compression == zipfile.ZIP_STORED else bytes(2**26)
    (tmp_path / "bomb").write_bytes(with_zipfile(tmp_path, compression, **{"w.npy": content}))
    assert refuses(tmp_path / "bomb", "not written as rnnedu writes it|Expecting|codec") < 10e6


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_an_npz_file_is_refused(tmp_path, write):
    write(tmp_path / "a.npz", w=GOOD)
    assert refuses(tmp_path / "a.npz", "no model file") < 10e6


def test_no_more_than_max_bytes_is_read(path):
    size = path.stat().st_size
    load(path, max_bytes=size)
    with pytest.raises(ModelFileError, match=f"has {size} bytes; accepted is at most max_bytes={size - 1}"):
        load(path, max_bytes=size - 1)
    with path.open("r+b") as file:
        file.truncate(files.MAX_BYTES + 1)  # a hole: it takes no room on the disk
    assert refuses(path, "accepted is at most max_bytes=268435456") < 1e6
    with path.open("r+b") as file:
        file.truncate(2**26)
    assert refuses(path, "damaged or cut short") < 10e6


@pytest.mark.parametrize(("max_bytes", "error"), [(0, ValueError), (1.5, TypeError), (None, TypeError)])
def test_max_bytes_is_checked(path, max_bytes, error):
    with pytest.raises(error, match="max_bytes is"):
        load(path, max_bytes)


def test_what_is_no_file_has_the_documented_errors(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nothing")
    with pytest.raises(ModelFileError, match="this is a folder"):
        load(tmp_path)
    with pytest.raises(TypeError):
        load(open)


# ---- writing: all or nothing


OTHER = {"w": np.arange(5.0)}


@pytest.mark.parametrize("error", [OSError("No space left on device"), KeyboardInterrupt()])
def test_a_save_that_fails_leaves_the_old_file_and_no_clutter(path, monkeypatch, error):
    def fail(_descriptor):
        raise error

    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(type(error)):
        save(path, {}, OTHER)
    assert same(load(path), CONFIG, ARRAYS)
    assert beside(path) == ["model"]


def test_a_target_that_cannot_be_written_is_left_alone(path):
    with pytest.raises(FileNotFoundError):
        save(path.parent / "nowhere" / "model", {}, OTHER)
    with pytest.raises(NotADirectoryError):
        save(path / "model", {}, OTHER)
    with pytest.raises(ModelFileError, match="this is a folder"):
        save(path.parent, {}, OTHER)
    with pytest.raises(TypeError):
        save(sys.stdout, {}, OTHER)
    assert same(load(path), CONFIG, ARRAYS)
    assert beside(path) == ["model"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_neither_read_nor_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for use in (load, lambda path: save(path, {}, OTHER)):
        with pytest.raises(ModelFileError, match="or a device"):
            use(tmp_path / "pipe")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.parametrize("protected", ["file", "folder"])
def test_a_protected_target_is_left_alone(path, protected):
    locked = path if protected == "file" else path.parent
    mode = locked.stat().st_mode
    locked.chmod(0o444 if protected == "file" else 0o555)
    try:
        if os.access(locked, os.W_OK):
            pytest.skip("root is not held to permissions")
        with pytest.raises(PermissionError):
            save(path, {}, OTHER)
    finally:
        locked.chmod(mode)
    assert same(load(path), CONFIG, ARRAYS)
    assert beside(path) == ["model"]


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX permissions")
def test_permissions_are_those_of_a_new_file_or_of_the_old_one(path):
    (path.parent / "plain").touch()
    assert path.stat().st_mode == (path.parent / "plain").stat().st_mode
    path.chmod(0o600)
    save(path, {}, OTHER)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_a_link_is_followed(path):
    (path.parent / "link").symlink_to("model")
    save(path.parent / "link", {}, OTHER)
    assert (path.parent / "link").is_symlink()
    assert same(load(path), {}, OTHER)


@pytest.mark.usefixtures("no_fsync")
def test_saves_to_one_path_at_once_all_succeed(path):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: save(path, {"i": i}, ARRAYS), range(200)))
    assert load(path)[0]["i"] in range(200)
    assert beside(path) == ["model"]


def killed_at(moment, path, config, arrays):
    """Save in a child that is killed at its n-th call or return, of Python or C; return whether it came so far."""
    child = os.fork()
    if not child:
        steps = itertools.count()
        sys.setprofile(lambda *_: next(steps) == moment and os.kill(os.getpid(), signal.SIGKILL))
        save(path, config, arrays)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def calls_of_a_save(path):
    steps = itertools.count()
    sys.setprofile(lambda *_: next(steps) and None)
    try:
        save(path, {}, OTHER)
    finally:
        sys.setprofile(None)
    return next(steps)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_hundred_kills_during_save_leave_the_old_file_or_the_new_one(path):
    total, found = calls_of_a_save(path), []
    save(path, CONFIG, ARRAYS)
    for moment in np.linspace(0, total - 20, 100).astype(int):
        assert killed_at(moment, path, {}, OTHER)
        found.append("old" if same(load(path), CONFIG, ARRAYS) else "new" if same(load(path), {}, OTHER) else "torn")
        save(path, CONFIG, ARRAYS)
        assert beside(path) == ["model"]
    assert set(found) == {"old", "new"}
    assert found == sorted(found, reverse=True)  # the file is the old one until the moment it is the new one
