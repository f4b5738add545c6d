"""Running text that every installation of Python has: its help topics, and the source of its standard library.

It is read where it is installed; nothing of it comes with rnnedu. Another version of Python has another text.
"""

import importlib
import os
import zlib
from pathlib import Path

from rnnedu.datasets._checks import whole

INSTEAD = "accepted: an installation with it, or a text of your own by datasets.read_text"


def load_topics():
    """Return the help topics of Python (what `help("LOOPING")` shows) as one str, sorted by name, a blank line between.

    About half a million characters of technical English and grammar rules, in which some passages come twice. By the
    Python documentation's authors, under the PSF licence. Raises ValueError where the installation lacks them.
    """
    try:
        topics = importlib.import_module("pydoc_data.topics").topics
    except (ImportError, AttributeError):
        raise ValueError(f"this Python has no help topics (pydoc_data.topics); {INSTEAD}") from None
    return "\n\n".join(topics[name] for name in sorted(topics))


def load_library_source(most=600_000):
    """Return source code of Python's standard library as one str of at most `most` characters.

    It is that of the modules at the top level, one after the other, in an order by the checksums of their names: so
    that neighbours are unlike each other, and a module that is new in a version moves no other. PSF licence.
    Raises ValueError where the installation has no source, and for a `most` below 1.
    """
    most, parts, length = whole("most", most, 1), [], 0
    for path in sorted(Path(os.__file__).parent.glob("*.py"), key=lambda path: zlib.crc32(path.name.encode())):
        if length >= most:
            break
        parts.append(path.read_text(encoding="utf-8", errors="replace"))
        length += len(parts[-1])
    if not parts:
        raise ValueError(f"this Python has no source of its library; {INSTEAD}")
    return "".join(parts)[:most]
