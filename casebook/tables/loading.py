"""Files and query results into one DuckDB table, `raw`, its columns texts or already typed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.exceptions import TableError
from casebook.language import _
from casebook.tables.delimited import Loaded, Loader
from casebook.tables.dialect import Dialect
from casebook.tables.encoding import decide
from casebook.tables.evidence import TextColumn
from casebook.tables.excel import write_sheet
from casebook.tables.header import Header
from casebook.tables.layout import Layout, find_layout
from casebook.tables.model import Assumption, Place, Reject
from casebook.tables.parquet import load_parquet
from casebook.tables.plain import plain_text
from casebook.tables.scan import kind_of, scan
from casebook.tables.traits import Traits, traits_of
from casebook.tables.typing_ import Typed

if TYPE_CHECKING:
    import duckdb

    from casebook.case import TableSource

NOT_LOADED = Loaded("")
_TEXT_KINDS = ("text", "gzip", "bzip2", "xz", "zip")


@dataclass(frozen=True)
class Plain:
    """A text file made plain: its name, the text, how its rows are written, what was assumed."""

    file: str
    text: Path
    layout: Layout
    notes: tuple[Assumption, ...]
    traits: Traits


@dataclass(frozen=True)
class Part:
    """One file in DuckDB: its table, the names as written, each column a text or typed."""

    file: str
    table: str
    names: tuple[str, ...]
    columns: tuple[TextColumn | Typed, ...]
    rejects: tuple[Reject, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


@dataclass(frozen=True)
class Work:
    """What loading needs: an open connection, a folder for copies, and where errors point."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    place: Place


def open_files(work: Work, files: Sequence[Path], source: TableSource) -> list[Path | Plain]:
    """The files, those that are texts made plain.

    Raises TableError where a file is no table.
    """
    with _placed(work):
        return [_opened(work, file, source) for file in files]


def load_files(work: Work, files: Sequence[Path | Plain], source: TableSource) -> Part:
    """All opened files as one table in their order, `raw`.

    Raises TableError where a file cannot be read, or has other columns than the first.
    """
    with _placed(work):
        parts = [_load(work, file, source, f"part_{n}") for n, file in enumerate(files)]
    first = parts[0]
    for part in parts[1:]:
        _append(work.connection, first, part)
    notes: list[Assumption] = []
    for part in parts:
        notes.extend(note for note in part.assumptions if note not in notes)
    rejects = tuple(itertools.chain.from_iterable(part.rejects for part in parts))
    return replace(first, rejects=rejects, assumptions=tuple(notes))


def load_query(work: Work, path: Path, names: Sequence[str], kinds: Sequence[str]) -> Part:
    """A query's result, written out as CSV, as a table; the database says what is a number."""
    layout = _written(names)
    loaded = Loader(work.connection, work.folder).load(path, layout, "part_0", path.name)
    guess = {"text": ("boolean", "time"), "any": ()}
    columns = tuple(
        TextColumn(f"c{n}", name, guess=guess.get(kind, (kind,)))
        for n, (name, kind) in enumerate(zip(names, kinds, strict=True))
    )
    return Part(path.name, loaded.table, tuple(names), columns, loaded.rejects)


@contextmanager
def _placed(work: Work) -> Iterator[None]:
    """What knows only the file names no place in the record: it is the source."""
    try:
        yield
    except TableError as error:
        error.place = error.place or work.place("source")
        raise


def _load(work: Work, file: Path | Plain, source: TableSource, table: str) -> Part:
    if isinstance(file, Plain):
        loaded = Loader(work.connection, work.folder).load(file.text, file.layout, table, file.file)
        return part_of(file, loaded)
    if kind_of(file) == "excel":
        return _load_sheet(work, file, source, table)
    names, columns, notes = load_parquet(work.connection, file, table)
    return Part(file.name, table, names, columns, (), tuple(notes))


def _opened(work: Work, path: Path, source: TableSource) -> Path | Plain:
    kind = kind_of(path)
    if kind in ("parquet", "excel"):
        return path
    if kind not in _TEXT_KINDS:
        raise TableError(
            _("{file} is no table: it looks like {kind}.", file=path.name, kind=kind),
            place=work.place("source"),
            hint=_("A table is CSV or other text, Parquet, Excel (.xlsx), or a database."),
        )
    scanned = scan(path, kind, work.folder)
    encoding = decide(scanned, source.encoding, work.place)
    text, traits, notes = plain_text(scanned, encoding, work.folder)
    if source.encoding is None and (encoding.name != "utf-8" or encoding.errors != "strict"):
        notes = [encoding.assumption(), *notes]
    layout = find_layout(text, source, path.name, work.place)
    return Plain(path.name, text, layout, tuple(notes), traits)


def _load_sheet(work: Work, path: Path, source: TableSource, table: str) -> Part:
    target = work.folder / f"{table}.csv"
    notes = write_sheet(path, source, target, work.place)
    layout = find_layout(target, source, path.name, work.place, dialect=Dialect(","))
    plain = Plain(path.name, target, layout, tuple(notes), traits_of(target))
    return _load(work, plain, source, table)


def part_of(plain: Plain, loaded: Loaded = NOT_LOADED) -> Part:
    """A text as a part of the table."""
    names = plain.layout.header.names
    columns = tuple(TextColumn(f"c{n}", name) for n, name in enumerate(names))
    said = (*plain.notes, *plain.layout.assumptions, *loaded.assumptions)
    return Part(plain.file, loaded.table, names, columns, loaded.rejects, said)


def _written(names: Sequence[str]) -> Layout:
    """The layout of what `csv.writer` wrote without a header."""
    return Layout(Dialect(","), Header(tuple(names), 1), 0)


def _append(connection: duckdb.DuckDBPyConnection, first: Part, part: Part) -> None:
    """Add the rows of a part to those of the first, its columns in the first's order."""
    wanted = [name.strip() for name in first.names]
    found = [name.strip() for name in part.names]
    if sorted(wanted) != sorted(found):
        raise TableError(_difference(first, part, wanted, found))
    places: dict[str, list[int]] = {}
    for n, name in enumerate(found):
        places.setdefault(name, []).append(n)
    cells = ", ".join(f"c{places[name].pop(0)}" for name in wanted)
    connection.execute(f"INSERT INTO {first.table} SELECT {cells} FROM {part.table}")
    connection.execute(f"DROP TABLE {part.table}")


def _difference(first: Part, part: Part, wanted: Sequence[str], found: Sequence[str]) -> str:
    lacking = ", ".join(f"'{name}'" for name in wanted if name not in found)
    extra = ", ".join(f"'{name}'" for name in found if name not in wanted)
    if lacking and extra:
        return _(
            "{file} has other columns than {first}: it lacks {lacking} and has {extra}",
            file=part.file, first=first.file, lacking=lacking, extra=extra,
        )  # fmt: skip
    if lacking:
        return _(
            "{file} has other columns than {first}: it lacks {lacking}",
            file=part.file, first=first.file, lacking=lacking,
        )  # fmt: skip
    return _(
        "{file} has other columns than {first}: it also has {extra}",
        file=part.file, first=first.file, extra=extra or "'...'",
    )  # fmt: skip
