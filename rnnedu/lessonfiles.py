"""Put the lessons into a learner's folder and never overwrite the learner's work.

A manifest in the folder says what we delivered last (file name -> SHA-256). A file that still has that digest
is ours and may be brought up to date; any other file is the learner's, and a newer lesson is laid beside it.
Without a readable manifest every file that differs from ours counts as the learner's.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MANIFEST = ".rnnedu-lessons.json"


class LessonFilesError(Exception):
    """The lessons cannot be found or put where the learner wants them; the message says why in one line."""


@dataclass(frozen=True)
class Delivery:
    """What happened to one lesson: action is new, current, updated, kept or beside (in the file `beside`)."""

    name: str
    action: str
    beside: str = ""

    def __str__(self) -> str:
        """Return the line that the learner reads."""
        if self.action == "beside":
            return f"kept yours: {self.name} (the newer version is in {self.beside})"
        return f"kept yours: {self.name}" if self.action == "kept" else f"{self.action}: {self.name}"


def shipped(kind: str) -> Path | None:
    """Return the folder `notebooks` or `data` of a wheel or of a checkout, None if there is neither."""
    package = Path(__file__).resolve().parent
    places = (package / "share" / kind, package.parent / kind)
    return next((place for place in places if place.is_dir()), None)


def lessons_in(source: Path | None) -> list[Path]:
    """Return the notebooks that a learner gets, the lessons in their order."""
    lessons = sorted(source.glob("*.ipynb")) if source else []
    if not lessons:
        raise LessonFilesError("no lessons found in this installation of rnnedu; install it again")
    return lessons


def first_lesson(lessons: list[Path]) -> str | None:
    """Return the name of the lowest-numbered NN_*.ipynb."""
    numbered = [path.name for path in lessons if re.match(r"\d\d_", path.name)]
    return min(numbered, default=None)


def title(lesson: Path) -> str:
    """Return the first Markdown heading of a notebook, or an empty text."""
    try:
        cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    heading = re.search(r"^#+ +(.+)$", text, flags=re.MULTILINE)
    return heading[1].strip() if heading else ""


def deliver(folder: Path, source: Path | None) -> list[Delivery]:
    """Bring `folder` up to date with the lessons in `source` and say what was done to each."""
    lessons = lessons_in(source)
    if folder.resolve() == source.resolve():
        raise LessonFilesError(f"{folder} is where the lessons come from; choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        known = _read_manifest(folder)
        manifest = dict(known)
        done = [_deliver_one(folder, lesson, manifest) for lesson in lessons]
        if manifest != known:
            # Last: if we are stopped before it, a file of ours counts as the learner's, which loses nothing.
            _write(folder / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())
    except OSError as error:
        named = f"{Path(error.filename).name}: " if error.filename and not folder.is_file() else ""
        reason = "there is a file of that name" if folder.is_file() else f"{named}{error.strerror or error}"
        raise LessonFilesError(f"cannot put the lessons into {folder}: {reason}") from error
    return done


def _deliver_one(folder: Path, lesson: Path, manifest: dict[str, str]) -> Delivery:
    name, content = lesson.name, lesson.read_bytes()
    digest, ours = _sha256(content), manifest.get(name)
    manifest[name] = digest
    theirs = _digest(folder / name)
    if theirs == digest:
        return Delivery(name, "current")
    if theirs is None or theirs == ours:
        _write(folder / name, content)
        return Delivery(name, "new" if theirs is None else "updated")
    if digest == ours:
        return Delivery(name, "kept")
    for beside in _names_beside(lesson):
        there = _digest(folder / beside)
        if there is None or there == manifest.get(beside):
            _write(folder / beside, content)
            there = digest
        if there == digest:
            manifest[beside] = digest
            return Delivery(name, "beside", beside)
    raise AssertionError("the names never end")


def _names_beside(lesson: Path) -> Iterator[str]:
    yield f"{lesson.stem}.new{lesson.suffix}"
    number = 1
    while True:
        number += 1
        yield f"{lesson.stem}.new-{number}{lesson.suffix}"


def _read_manifest(folder: Path) -> dict[str, str]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digest(path: Path) -> str | None:
    """Return the digest of a file, None if there is nothing of that name (a dangling link is something)."""
    return _sha256(path.read_bytes()) if path.exists() or path.is_symlink() else None


def _write(path: Path, content: bytes) -> None:
    """Write atomically: a reader, or a crash, sees the old file or the new one."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
