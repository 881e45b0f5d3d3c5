"""Fixtures that every room of the tests shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the project."""
    return ROOT


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real data; tests skip without it unless CI requires it."""
    folder = ROOT.parent / "shared" / "realdata"
    if not folder.is_dir():
        if os.environ.get("CASEBOOK_REQUIRE_REALDATA") == "1":
            pytest.fail("the real data of the manifest are required here, and not found")
        pytest.skip("the real data of the manifest are not here")
    return folder
