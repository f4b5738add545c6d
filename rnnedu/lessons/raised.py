"""What a learner's function raised, in words: the error, the learner's own line, and what it usually comes from."""

import inspect
import linecache
import re
import traceback

import numpy as np

STAR = re.compile(r"(?:\b(?!lambda\b)[A-Za-z_]\w*|[)\]])\s*\*\s*(?![\s\d.*])|\bmultiply\b")  # not `**`, not `0.5 * h`
READ_OTHERWISE = {  # part of the message: what Python reads in another way than mathematics
    "can't multiply sequence": "A list is no array: go through its arrays one by one",
    "'list' and 'int'": "A list is no array: go through its arrays one by one",
    "truth value of an array": "`if`, `min`, `max` and `and` ask one question; of an array every entry answers",
    "equal division": "np.split cuts the rows of the batch, unless it is told axis=1",
}
ONE_NUMBER = re.compile(r"(?<!np\.)(?<!numpy\.)\b(tanh|exp|log|log2|sqrt)\(")
COLUMNS = re.compile(r"\b(W_\w+)(?:\.T)?\s*[@,]\s*\(?(x_t|h_prev|h_t)\b")  # of `@` or np.dot


def told(error, fn, arguments):
    """Return one paragraph about `error`, which fn(*arguments.values()) raised; arguments : name -> value."""
    message = re.sub(r" at 0x[0-9a-fA-F]+", "", str(error)).strip()  # an address differs at every run
    message = re.sub(r" in its core dimension .*", "", message).rstrip(".")  # NumPy's notation: the shapes follow
    frames = _learners(error, fn)
    text = f"Your function raises {type(error).__name__}" + (message and f": {message}") + _place(frames, error)
    line = _source(frames[-1]) if frames else ""
    hints = (
        _written(message),
        _uneven(message, arguments) or _broadcast(message, line),
        _scalar(message, line),
        _step(message),
        _python(message, arguments),
        _rows(message, line),
        _shapes(message, arguments),
        _order(fn, arguments, called=bool(frames)),
    )
    return " ".join(part if part.endswith("?") else f"{part}." for part in (text, *filter(None, hints)))


def _learners(error, fn):
    """Return the frames in the file (or notebook cell) that defines `fn`; none when it could not be called."""
    file = getattr(getattr(fn, "__code__", None), "co_filename", None)
    return [f for f in traceback.extract_tb(error.__traceback__)[1:] if file in (None, f.filename)]


def _place(frames, error):
    if not frames:
        return " (the check calls it with other arguments than it takes)" if isinstance(error, TypeError) else ""
    line = f": `{frames[-1].line}`" if frames[-1].line else ""
    return f" (line {frames[-1].lineno}{line})"


def _source(frame):
    """Return the lines of the expression that failed, without comments."""
    lines = range(frame.lineno, (frame.end_lineno or frame.lineno) + 1)
    return "\n".join(linecache.getline(frame.filename, n).partition("#")[0] for n in lines)


def _sizes(message):
    """Return the shapes that NumPy names: "(3,5) (5,)" is [(3, 5), (5,)]."""
    return [tuple(map(int, re.findall(r"\d+", shape))) for shape in re.findall(r"\(((?:\d+,? ?)+)\)", message)]


def _written(message):
    """Return a remark on an assignment such as `h[t] = ...` whose two sides differ in shape."""
    sizes = _sizes(message)
    if "could not broadcast input array" not in message or len(sizes) != 2:  # the place may be one number, "()"
        return ""
    value, place = sizes
    if place and value[-1] != place[-1]:
        return f"The array you write into has rows of {place[-1]}, what you write has {value[-1]}"
    return f"The array you write into takes {place} there, what you write has shape {value}"


def _uneven(message, arguments):
    """Return a remark on a list of arrays of several shapes that is taken for one array, or added up."""
    several = any(isinstance(value, list) and len({array.shape for array in value}) > 1 for value in arguments.values())
    if not several or not ("inhomogeneous" in message or "could not be broadcast" in message):
        return ""
    return (
        "The arrays of the list differ in shape, so they neither add up nor fit into one array: take them one by one, "
        "and make a number of each before you add"
    )


def _broadcast(message, line):
    if "broadcast" not in message or "input array" in message:
        return ""
    if STAR.search(line) and _could_multiply(_sizes(message)):
        return "Did you use `*` (element by element) where the matrix product `@` belongs?"
    if "non-broadcastable output" in message:
        return "What stands left of `+=` keeps its shape: write `a = a + ...`"
    pairs = zip(*(reversed(shape) for shape in _sizes(message)[:2]), strict=False)
    meet = next((f": here {a} meets {b}" for a, b in pairs if a != b and 1 not in (a, b)), "")
    return f"The last axes of what is added must be equal, then the ones before{meet}"


def _could_multiply(sizes):
    """Return whether two shapes fit a matrix product, in one order or the other."""
    fit = [left[-1] == right[0] for left, right in (sizes[:2], sizes[1::-1])] if len(sizes) > 1 else [True]
    return any(fit)


def _scalar(message, line):
    called = ONE_NUMBER.search(line) if "converted to Python scalars" in message else None
    return f"math.{called[1]} takes one number, np.{called[1]} an array" if called else ""


def _step(message):
    return "step takes x_t and h_prev" if message.startswith("step() ") else ""


def _rows(message, line):
    """Return a remark on a weight that stands left of a vector, as where vectors are columns."""
    found = COLUMNS.search(line) if re.search(r"matmul|not aligned", message) else None
    return f"A vector is a row here, one for each sequence of the batch: {found[2]} @ {found[1]}" if found else ""


def _shapes(message, arguments):
    if not re.search(r"matmul|not aligned|operands could not be broadcast", message):
        return ""
    shapes = ", ".join(f"{name} {_shape(v)}" for name, v in arguments.items() if isinstance(v, (np.ndarray, list)))
    rule = "; `a @ b` needs the last of a to be the first of b, `a * b` goes entry by entry"
    rule = "" if "broadcast" in message else rule
    return f"The shapes here are {shapes}{rule}"


def _shape(value):
    return f"[{', '.join(str(each.shape) for each in value)}]" if isinstance(value, list) else str(value.shape)


def _python(message, arguments):
    """Return a remark on what Python reads in another way than mathematics, or on a name that it does not know."""
    if "bitwise_xor" in message or "for ^" in message:
        return "A power is written `**` in Python; `^` is something else"
    if missing := re.search(r"name '(\w+)' is not defined", message):
        given = f"Known here are {', '.join(arguments)}, and what you define"
        return f"NumPy's is np.{missing[1]}" if hasattr(np, missing[1]) else given
    if early := re.search(r"local variable '(\w+)'", message):
        return f"{early[1]} is used before it has a value: it needs one to begin with, before the loop"
    return next((remark for part, remark in READ_OTHERWISE.items() if part in message), "")


def _order(fn, arguments, called):
    """Return the order of the arguments if `fn` names them in another one, or could not be called with them."""
    try:
        names = list(inspect.signature(fn).parameters)
    except (TypeError, ValueError):
        names = []
    asked = list(arguments)
    if called and not any(name in asked and asked.index(name) != n for n, name in enumerate(names)):
        return ""
    return f"The arguments are passed in this order: {', '.join(asked)}"
