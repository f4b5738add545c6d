"""What was measured on what: processor, cores, versions, and the BLAS that NumPy really uses."""

import importlib.util
import os
import pathlib
import platform
from importlib import metadata

from bench import children

# How each peer is imported, and what its distributions are called.
PEERS = {
    "torch": ("torch",),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-intel"),
    "keras": ("keras",),
    "jax": ("jax",),
    "onnx": ("onnx",),
    "onnxruntime": ("onnxruntime",),
}


def missing(*peers):
    """Return those of the peers that are not installed, without importing any."""
    return [peer for peer in peers if importlib.util.find_spec(peer) is None]


def skipped(name, *peers):
    """Return [] if all the peers are installed, else the row that says that `name` is skipped for want of them."""
    absent = missing(*peers)
    return [{"name": name, "problem": f"skipped, {' and '.join(absent)} not installed"}] if absent else []


def describe():
    """Return what the machine is, as a dict of strings and numbers."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": metadata.version("numpy"),
        "blas": children.call("machine:blas"),
        "peers": {peer: version(*names) for peer, names in PEERS.items()},
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def processor():
    """Return the processor's name."""
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2] for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        if names:
            return names[0].strip()
    return platform.processor() or platform.machine()


def version(*distributions):
    """Return the version of the first of the distributions that is installed, or None."""
    for name in distributions:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return None


def blas():
    """Return NumPy's BLAS: its name, version, threads, and the processor type whose kernels it chose."""
    import numpy as np

    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return f"{built['name']} {built['version']}"
    np.ones((2, 2)) @ np.ones((2, 2))
    used = next(library for library in threadpool_info() if library["user_api"] == "blas")
    kernels = used.get("architecture", "unknown")
    return f"{used['internal_api']} {used['version']} ({kernels} kernels, {used['num_threads']} threads)"


def lines(about):
    """Return the description as lines of text."""
    peers = [f"{peer} {number or 'not installed'}" for peer, number in about["peers"].items()]
    busy = f"; others keep {about['load']:.1f} cores busy: the figures are noisy" if (about["load"] or 0) > 0.5 else ""
    return [
        f"{about['processor']}, {about['cores']} cores, {about['system']}{busy}",
        f"Python {about['python']}, NumPy {about['numpy']} with {about['blas']}",
        ", ".join(peers),
    ]
