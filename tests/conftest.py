"""Fixtures that every room of the tests shares."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from casebook.case import Case, load_case, new_record_text
from casebook.warm import client

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


@pytest.fixture(scope="session", autouse=True)
def runtime() -> Iterator[Path]:
    """A short folder for sockets: templates of the tests' own, of which nothing may be left."""
    folder = Path(tempfile.mkdtemp(prefix="cbt-", dir="/tmp"))
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    yield folder
    client.stop()
    if before is None:
        del os.environ["XDG_RUNTIME_DIR"]
    else:
        os.environ["XDG_RUNTIME_DIR"] = before
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def make_case(tmp_path: Path) -> Callable[..., Case]:
    """Writes a table and its record into a folder, and opens the case.

    make_case(frame, target="y", symptom={"metric": "SUM(x)"}); sections by name; data as well.
    """

    def make(frame: pd.DataFrame, *, name: str = "case", language: str = "en", **sections) -> Case:
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        frame.to_csv(folder / "rows.csv", index=False)
        data = {key: sections.pop(key) for key in ("target", "time", "roles") if key in sections}
        text = new_record_text(
            name, {"rows": "rows.csv"}, language=language, answers=sections, **data
        )
        (folder / "case.yaml").write_text(text, "utf-8")
        return load_case(folder)

    return make
