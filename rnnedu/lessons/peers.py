"""The other libraries, where they are installed; a line that says how to get them where they are not."""

import os

from rnnedu import validate
from rnnedu.interop import common

PEERS = {
    "torch": ("PyTorch", ("torch",)),
    "keras": ("Keras", ("keras", "tensorflow")),
    "onnx": ("ONNX", ("onnx", "onnxruntime")),
    "onnxruntime": ("onnxruntime", ("onnx", "onnxruntime")),
}


def with_peers(fn, *names):
    """Return fn(*modules); or, where a library is missing, one line that says what to install.

    fn : takes one module for each name. names : of "torch", "keras", "onnx" and "onnxruntime".

    Raises ValueError for another name, and what `fn` raises.
    """
    for name in names:
        validate.named("name", name, PEERS)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow tells of the processor otherwise
    modules = []
    for name in names:
        title, packages = PEERS[name]
        try:
            modules.append(common.need(name, *packages))
        except ImportError as error:
            get = f"%pip install {' '.join(packages)}"
            return f"{title} {_reason(name, error)}; skipped. To get it, run {get} in a cell."
    return fn(*modules)


def _reason(name, error):
    """Return why a library cannot be used: it is not there, or it is and lacks something, as Keras a backend."""
    cause = error.__cause__
    if isinstance(cause, ModuleNotFoundError) and cause.name == name:
        return "is not installed"
    return f"does not start ({cause})"
