"""What rnnedu's own installation says it needs, so that no version number is written down twice."""

import re
from importlib import metadata

NAME = re.compile(r"[\w.-]+")
LEAST = re.compile(r">=\s*([\w.]+)")


def requirements(extra: str = "lab") -> list[tuple[str, str]]:
    """Return (name, least version) of what rnnedu needs, by itself and with the extra.

    Raises `importlib.metadata.PackageNotFoundError` when rnnedu is not installed.
    """
    return parse(metadata.requires("rnnedu") or [], extra)


def parse(lines: list[str], extra: str) -> list[tuple[str, str]]:
    """Return (name, least version) of the requirement lines that hold always or with the extra."""
    wanted = re.compile(rf"^$|extra == ['\"]{extra}['\"]")
    split = [line.partition(";") for line in lines]
    return [(NAME.match(what)[0], _least(what)) for what, _, marker in split if wanted.search(marker.strip())]


def _least(requirement: str) -> str:
    bound = LEAST.search(requirement)
    return bound[1] if bound else "0"


def is_older(version: str, least: str) -> bool:
    """Compare two version numbers, without `packaging` by their leading numbers."""
    try:
        from packaging.version import Version
    except ImportError:
        return _leading(version) < _leading(least)
    return Version(version) < Version(least)


def _leading(version: str) -> list[int]:
    numbers = [int(number) for number in re.findall(r"\d+", version)[:3]]
    return numbers + [0] * (3 - len(numbers))
