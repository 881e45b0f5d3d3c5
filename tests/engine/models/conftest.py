"""What tests of models share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from threadpoolctl import threadpool_limits

from casebook.case import Case, load_case, new_record_text


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small fits are ten times quicker on one thread where the cores are busy."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def real_case(tmp_path: Path, realdata: Path) -> Callable[..., Case]:
    """Makes a case over a file of the real data.

    real_case("elec2.csv.gz", target="class", data={"ordered": True}); sections by name.
    """

    def make(file: str, **sections) -> Case:
        known = {key: sections.pop(key) for key in ("target", "time", "roles") if key in sections}
        text = new_record_text("case", {"rows": str(realdata / file)}, answers=sections, **known)
        (tmp_path / "case.yaml").write_text(text, "utf-8")
        return load_case(tmp_path)

    return make


@pytest.fixture(scope="module")
def once() -> Callable[..., Any]:
    """Makes a thing the first time it is asked for by its key: opened tables, fitted models."""
    made: dict[object, Any] = {}

    def get(key: object, make: Callable[[], Any]) -> Any:
        if key not in made:
            made[key] = make()
        return made[key]

    return get
