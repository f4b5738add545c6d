"""What a widget runs in the browser: its ES modules as one, its style sheets as one.

The files in js/ are ordinary ES modules that import from one another. A widget can bring just one module along, so
they are joined here, each behind those that it imports. Nothing is built or fetched.
"""

import functools
import pathlib
import re

HERE = pathlib.Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


@functools.cache
def module(name):
    """Return js/`name`.js and all that it imports as the text of one ES module."""
    return "\n".join(EXPORT.sub("", IMPORT.sub("", _text(each))) for each in _ordered(name, []))


def _ordered(name, found):
    """Return `found` with `name` behind everything that it imports."""
    for other in IMPORT.findall(_text(name)):
        if other not in found:
            _ordered(other, found)
    found.append(name)
    return found


def _text(name):
    return (HERE / "js" / f"{name}.js").read_text(encoding="utf-8")


@functools.cache
def styles(*names):
    """Return css/`name`.css of all names as one style sheet."""
    return "\n".join((HERE / "css" / f"{name}.css").read_text(encoding="utf-8") for name in names)
