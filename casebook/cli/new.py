"""`casebook new`: a case from a table."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import click

from casebook import language as languages
from casebook.atomic import write_text
from casebook.case import FILE_NAME, TableSource, load_case, new_record_text
from casebook.exceptions import CasebookError
from casebook.formats import number
from casebook.language import _
from casebook.tables import Table, open_table

MOST_ROLES = 100


@click.command("new", help=_("Make a case from a table: infer roles, write a record."))
@click.argument("name")
@click.option("--data", required=True, help=_("A file, a pattern of files, or a database URL."))
@click.option("--target", help=_("The column to be predicted."))
@click.option("--time", "time_column", help=_("The column that says when."))
@click.option("--language", type=click.Choice(languages.LANGUAGES), default="en",
              help=_("The language of the record, the pages and the report."))  # fmt: skip
@click.option("--query", help=_("The SQL query, where the data are a database."))
@click.option("--encoding", help=_("The encoding of the text, as cp949; guessed otherwise."))
@click.option("--delimiter", help=_("The character between columns; guessed otherwise."))
@click.option("--header", type=int, help=_("The line of the column names; 0 where there is none."))
@click.option("--columns", help=_("Names of the columns, with commas between them."))
@click.option("--missing", multiple=True, help=_("A text that means missing, as ?; repeatable."))
@click.option("--sheet", help=_("The sheet of the workbook."))
def command(
    name: str,
    data: str,
    target: str | None,
    time_column: str | None,
    language: str,
    **reading: Any,
) -> None:
    """Write the folder and its record; nothing is left behind where that fails."""
    folder = Path(name)
    record = folder / FILE_NAME
    if record.exists():
        raise CasebookError(
            _("there is a case already."), place=str(record), hint=_("Name another folder.")
        )
    source = _source(folder, data, reading)
    existed = folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        table = _inferred(folder, source, target, time_column, language)
    except BaseException:
        _clear(folder, existed=existed)
        raise
    _say(folder, table)


def _source(folder: Path, data: str, reading: dict[str, Any]) -> TableSource:
    """The table's place relative to the case, and how it is to be read."""
    where = data
    if "://" not in data:
        where = os.path.relpath(Path(data).absolute(), folder.absolute())
    columns = reading.pop("columns")
    names = [part.strip() for part in columns.split(",")] if columns else []
    given = {key: value for key, value in reading.items() if value not in (None, ())}
    return TableSource(source=where, columns=tuple(names), **given)


def _inferred(
    folder: Path, source: TableSource, target: str | None, time: str | None, language: str
) -> Table:
    """Write the record, read the table by it, and write it again with the roles inferred."""
    title = folder.absolute().name
    table_name = _table_name(source.source)
    text = new_record_text(title, {table_name: source}, target=target, time=time, language=language)
    _write(folder, text)
    table = open_table(load_case(folder))
    roles = {c.name: c.role for c in table.columns if c.role != "target"}
    if len(roles) <= MOST_ROLES:
        text = new_record_text(
            title,
            {table_name: source},
            target=target,
            time=time or table.time,
            roles=roles,
            language=language,
        )
        _write(folder, text)
    return table


def _write(folder: Path, text: str) -> None:
    record = folder / FILE_NAME
    try:
        write_text(record, text)
    except OSError as error:
        raise CasebookError(
            _("the record cannot be written: {error}", error=error.strerror or error),
            place=str(record),
            hint=_("Is the disk full, or the folder read-only?"),
        ) from error


def _table_name(source: str) -> str:
    """`telco_churn` for `../data/telco_churn.csv.gz`; `table` where nothing of a name is left."""
    stem = Path(source.rpartition("://")[2]).name.split(".")[0]
    return re.sub(r"\W+", "_", stem).strip("_") or "table"


def _clear(folder: Path, *, existed: bool) -> None:
    """Take back what was made for a case that could not be made."""
    (folder / FILE_NAME).unlink(missing_ok=True)
    cache = folder / ".cache"
    if cache.is_dir():
        for path in sorted(cache.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        cache.rmdir()
    if not existed:
        folder.rmdir()


def _say(folder: Path, table: Table) -> None:
    click.echo(
        _("{file}: {rows} rows, {columns} columns.", file=folder / FILE_NAME,
          rows=number(table.rows), columns=len(table.columns))
    )  # fmt: skip
    for assumption in table.reading:
        click.echo(f"  {assumption.sentence}")
    for column in table.columns:
        note = f" ({column.note})" if column.note else ""
        click.echo(f"  {column.name}: {column.role}{note}")
    click.echo(_("Next: casebook run {folder}", folder=folder))
