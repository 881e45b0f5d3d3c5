"""Cases with a store of each kind, and a real PostgreSQL for those that want one."""

from __future__ import annotations

import importlib.util
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from casebook.case import Case

_spec = importlib.util.spec_from_file_location(
    "casebook_postgres", Path(__file__).parents[2] / "postgres.py"
)
postgres = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(postgres)
_numbers = itertools.count()
DATABASE = "cases"


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.PostgresServer]:
    """A running PostgreSQL; tests skip without its programs unless CI requires them."""
    programs = postgres.binaries()
    if programs is None:
        if os.environ.get("CASEBOOK_REQUIRE_POSTGRES") == "1":
            pytest.fail("PostgreSQL is required here, and not found")
        pytest.skip("no PostgreSQL here; on Debian: apt-get install postgresql")
    made = postgres.PostgresServer(programs, durable=False)
    try:
        made.start()
        made.create(DATABASE)
        yield made
    finally:
        made.remove()


@pytest.fixture
def database(server: postgres.PostgresServer) -> str:
    """The URL of a place of its own in the server's database."""
    return server.create_schema(DATABASE, f"case_{next(_numbers)}")


@pytest.fixture
def sql(server: postgres.PostgresServer, database: str) -> Callable[[str], None]:
    """Runs a statement there, as its owner."""
    schema = database.rpartition("%3D")[2]
    return lambda statement: server.sql(DATABASE, statement, schema=schema)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the spool goes if the case's folder takes nothing."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_of(request: pytest.FixtureRequest) -> str | None:
    """The record's field `store`: of each kind in turn."""
    return None if request.param == "sqlite" else request.getfixturevalue("database")


@pytest.fixture
def tiny(make_case: Callable[..., Case]) -> Callable[..., Case]:
    """Makes a case with a table of two rows; sections as `store=url`, `monitoring={...}`."""

    def make(**sections: object) -> Case:
        return make_case(pd.DataFrame({"x": [1, 2], "y": ["a", "b"]}), **sections)

    return make


@pytest.fixture
def case(tiny: Callable[..., Case], store_of: str | None) -> Case:
    """A case whose record says nothing of logging, with a store of each kind in turn."""
    return tiny(store=store_of)
