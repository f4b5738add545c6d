"""One JupyterLab and one Chromium for all browser tests."""

import os

import pytest

from tests.browser import lab


@pytest.fixture(scope="session")
def chromium_or_skip():
    if lab.chromium() is None:
        reason = "no Chromium or Chrome on the PATH: the browser tests did not run"
        if os.environ.get("RNNEDU_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def jupyter(chromium_or_skip, tmp_path_factory):
    with lab.jupyterlab(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="session")
def chromium(chromium_or_skip):
    with lab.browser() as running:
        yield running
