"""Records for the tests of the record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SMALL = """\
casebook: 1
name:   "restaurant"   # spacing and quotes of its own
language: en

data:
    tables:
        visits: {source: visits.csv, trust: null}   # ours
    main: visits
    target:      # still open
symptom:
  since: 2019-01-03
  segments: []   # columns
  factors:
  - {name: a, metric: SUM(x)}
  - name: b
    # why it counts
    metric: "COUNT(*)"
  statement: |
    two
    lines

  # after the text
  unit: 'won'
feasibility:
  pattern: {answer: null, note: null}
"""


@pytest.fixture
def small() -> str:
    """A record as a person writes it: mixed indentation, comments, brackets, quotes."""
    return SMALL


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """A function that makes a case of the content of its `case.yaml` and gives its folder."""

    def make(content: str | bytes) -> Path:
        folder = tmp_path / "shop"
        folder.mkdir(exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        (folder / "case.yaml").write_bytes(data)
        return folder

    return make
