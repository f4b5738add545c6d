"""Processes of their own: threads, Keras' backend and peak memory are fixed once per process.

`call("layers:measure", threads=1, cell="lstm")` calls bench.layers.measure(cell="lstm") in a new Python.
The parent imports neither NumPy nor a peer: a child's peak memory starts at what its parent holds.
"""

import importlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parents[1]
# Left in place these choose another processor's BLAS kernels than this processor's.
FORCED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
# NumPy's BLAS, PyTorch (OpenMP and MKL), TensorFlow, JAX: how each of them is told.
THREADS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "NPROC",
)
SETTINGS = {"1 thread": 1, "default threads": None}  # as the tables say them
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu"}


class ChildError(RuntimeError):
    """A child process failed; the message is its exit code and the last line of its stderr."""


def environment(threads=None, **more):
    """Return a child's environment variables: with `threads` 1 everything runs on one, with None as it chooses."""
    chosen = {name: value for name, value in os.environ.items() if name not in {*FORCED, *THREADS, "XLA_FLAGS"}}
    if threads is not None:
        chosen |= dict.fromkeys(THREADS, str(threads))
    if threads == 1:
        chosen["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    return chosen | QUIET | more


def call(function, *, threads=None, variables=None, **arguments):
    """Return what a function "module:name" of this package returns in a new process; raise ChildError if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        answer = pathlib.Path(folder) / "answer.json"
        command = [sys.executable, "-m", "bench.children", function, json.dumps(arguments), str(answer)]
        run(command, environment(threads, **(variables or {})))
        return json.loads(answer.read_text(encoding="utf-8"))


def rows(function, labels, **options):
    """Return the rows that `call` brings, each with the labels, or one row that says why there are none."""
    try:
        return [labels | row for row in call(function, **options)]
    except ChildError as error:
        where = ", ".join(map(str, [function, *labels.values()]))
        return [{"name": where, "problem": f"failed: {error}", "failed": True}]


def run(command, variables):
    """Run a command to its end; raise ChildError with the last line of its stderr if it fails."""
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["it wrote nothing to stderr"]
        raise ChildError(f"exit code {done.returncode}: {said[0]}")


def main(function, arguments, answer):
    """The child's side of `call`."""
    module, name = function.split(":")
    result = getattr(importlib.import_module(f"bench.{module}"), name)(**json.loads(arguments))
    pathlib.Path(answer).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
