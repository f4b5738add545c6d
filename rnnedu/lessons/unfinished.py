"""What is not written yet: recognised, and answered with a friendly sentence."""

import dis

EMPTY = "Nothing is written here yet. Try a first line; the hints open one after the other when you want them."
IDLE = {
    "RESUME", "NOP", "CACHE", "COPY_FREE_VARS", "LOAD_CONST", "LOAD_SMALL_INT", "POP_TOP", "RETURN_VALUE",
    "RETURN_CONST",
}  # fmt: skip


def refused(fn, outcome):
    """Return what to say if `outcome`, what fn returned or raised, shows that it is not written yet; else None."""
    if isinstance(outcome, NotImplementedError) or (outcome is None and _is_empty(fn)) or outcome is ...:
        return EMPTY
    if isinstance(outcome, Exception):
        open_place = "ellipsis" in str(outcome) or ("enough dimensions" in str(outcome) and _has_dots(fn))
        return _left("in a line that is computed") if open_place else None
    if outcome is None:
        printed = " `print` shows a value on the page; only `return` hands it back." * _prints(fn)
        return f"Your function returns None: did you forget `return`?{printed}"
    parts = list(outcome) if isinstance(outcome, (list, tuple)) else []
    return _left("in what is returned") if any(part is ... for part in parts) else None


def _left(where):
    return f"There is still a `...` {where}: put what belongs there in its place."


def _has_dots(fn):
    return ... in getattr(getattr(fn, "__code__", None), "co_consts", ())


def _prints(fn):
    return "print" in getattr(getattr(fn, "__code__", None), "co_names", ())


def _is_empty(fn):
    """Return whether a function does nothing: `pass`, `...`, a docstring."""
    code = getattr(fn, "__code__", None)
    return code is not None and all(step.opname in IDLE for step in dis.get_instructions(code))
