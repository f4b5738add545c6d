"""environment.yml and pyproject.toml ask for the same versions."""

import tomllib
from pathlib import Path

import yaml

from bench import machine
from rnnedu.requirements import parse

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ON_CONDA_FORGE = {"pysoundfile": "soundfile"}  # what has another name there


def bounds(lines):
    return {name: least for name, least in parse(lines, extra="") if name != "rnnedu"}


def conda():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    found = bounds([entry for entry in listed if isinstance(entry, str)])
    return {ON_CONDA_FORGE.get(name, name): least for name, least in found.items()}, pip


def test_bounds_agree():
    ours, _ = conda()
    theirs = bounds([*PROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)])
    theirs["python"] = PROJECT["requires-python"].removeprefix(">=")
    del ours["pip"]
    assert ours == {name: theirs[name] for name in ours}


def test_all_that_a_learner_needs_is_there():
    ours, pip = conda()
    needed = bounds([*PROJECT["dependencies"], *EXTRAS["lab"], *EXTRAS["demo"]])
    assert needed.keys() <= ours.keys()
    assert pip == ["-e ."]


def test_the_bench_knows_every_peer_that_its_extra_installs():
    known = {name for names in machine.PEERS.values() for name in names}
    assert {name for name, _ in parse(EXTRAS["peers"], extra="")} <= known
