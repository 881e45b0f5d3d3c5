"""Saved models, and files that somebody else made of them."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from casebook.models.about import About
from casebook.models.file import save_model
from casebook.models.labelled import Labelled, labelled
from casebook.models.registry import CANDIDATES
from casebook.tables import open_table

Change = Callable[[str, bytes], bytes]
ABOUT = About("case", "linear", "linear model", table="rows", fingerprint="f" * 64)


@pytest.fixture
def data(make_case) -> Labelled:
    """Ninety rows of two numbers and a category, two classes."""
    n = 90
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    frame = pd.DataFrame(
        {
            "x": x,
            "수": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
            "plan": rng.choice(["a", "b", None], n),
            "on": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 90, n), unit="D"),
            "y": np.where(x + rng.normal(size=n) > 0, "yes", "no"),
        }
    )
    case = make_case(frame, target="y", roles={"수": "number", "plan": "category"})
    return labelled(case, open_table(case))


@pytest.fixture
def fitted() -> Callable[..., Any]:
    """Fits a candidate, by its name, on one thread."""

    def fit(name: str, data: Labelled) -> Any:
        candidate = next(c for c in CANDIDATES if c.name == name)
        with threadpool_limits(1):
            return candidate.make(data.setting).fit(data.X, data.y)

    return fit


@pytest.fixture
def save(fitted) -> Callable[..., Path]:
    """Saves a candidate, by its name, into a folder."""

    def saved_in(data: Labelled, folder: Path, name: str = "linear") -> Path:
        folder.mkdir(exist_ok=True)
        save_model(folder, fitted(name, data), data, about=ABOUT)
        return folder

    return saved_in


@pytest.fixture
def saved(data, tmp_path, save) -> Path:
    """A folder with a linear model."""
    return save(data, tmp_path / "model")


@pytest.fixture
def forged() -> Callable[..., Path]:
    """Puts another content into a folder, with a description as whoever made it would write it.

    content: bytes, or a function from a member's name and bytes to its new bytes.
    """

    def forge(folder: Path, content: bytes | Change, **changes: Any) -> Path:
        path = folder / "model.skops"
        made = content if isinstance(content, bytes) else _changed(path.read_bytes(), content)
        path.write_bytes(made)
        told = json.loads((folder / "model.json").read_text("utf-8"))
        told |= {"sha256": hashlib.sha256(made).hexdigest(), "size": len(made)} | changes
        (folder / "model.json").write_text(json.dumps(told), "utf-8")
        return folder

    return forge


def _changed(content: bytes, change: Change) -> bytes:
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(new, "w") as out:
        for name in old.namelist():
            out.writestr(name, change(name, old.read(name)))
    return new.getvalue()
