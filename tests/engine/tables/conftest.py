"""Reads a text, or a file, as a table: the shortest way from bytes to rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from casebook.case import TableSource
from casebook.tables import Reading, read_source


@dataclass(frozen=True)
class Read:
    """A reading and its rows."""

    reading: Reading

    @property
    def frame(self) -> pd.DataFrame:
        path = str(self.reading.path).replace("'", "''")
        return duckdb.connect().execute(f"SELECT * FROM read_parquet('{path}')").df()

    @property
    def types(self) -> dict[str, str]:
        return {column.name: column.type for column in self.reading.columns}

    @property
    def said(self) -> str:
        return "\n".join(assumption.sentence for assumption in self.reading.assumptions)

    def column(self, name: str) -> list[object]:
        return [None if pd.isna(value) else value for value in self.frame[name]]

    def rejects(self) -> list[tuple[int, str, str]]:
        path = self.reading.rejects.path
        if path is None:
            return []
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        return [(int(r.line), r.reason, r.text) for r in frame.itertuples()]


@pytest.fixture
def read(tmp_path: Path):
    """Write text or bytes to a file and read it with these options."""

    def reader(content: str | bytes | None = None, name: str = "rows.csv", **options) -> Read:
        if content is not None:
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / name).write_bytes(data)
        source = TableSource(source=name, **options)
        return Read(read_source(source, tmp_path, tmp_path / ".cache"))

    return reader
