"""`casebook feedback`: how much people said of a case; export it, store what waits."""

from __future__ import annotations

from pathlib import Path

import click

from casebook import language
from casebook.case import Case, load_case
from casebook.formats import number
from casebook.language import _, plural
from casebook.runs.export import export
from casebook.runs.feedback import FeedbackCount, count_feedback, drain, read_feedback


@click.command("feedback", help=_("Count what people said of a case; write it to a file."))
@click.argument("case", type=click.Path(path_type=Path), default=".")
@click.option(
    "--export",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("Write all of it to FILE.csv or FILE.parquet, with names and comments."),
)
@click.option("--drain", "store", is_flag=True, help=_("First store what waits in files."))
def command(case: Path, file: Path | None, store: bool) -> int:
    """Print counts alone; the status is 1 where something that waits could not be stored."""
    opened = load_case(case)
    language.use(opened.record.language)
    failed = store and _drain(opened)
    count = count_feedback(opened)
    click.echo(summary(opened.record.title or opened.record.name, count))
    if file is not None:
        _export(opened, file)
    if count.waiting:
        click.echo(
            plural("{n} more waits in a file until the store can be written: --drain",
                   "{n} more wait in files until the store can be written: --drain", count.waiting)
        )  # fmt: skip
    return int(failed)


def summary(name: str, count: FeedbackCount) -> str:
    """How much of which kind, in a line."""
    said = _(
        "{right} right, {wrong} wrong, {corrected} corrected, {comments} comments only",
        right=number(count.right),
        wrong=number(count.wrong),
        corrected=number(count.corrected),
        comments=number(count.comments),
    )
    total = plural("{n} answer", "{n} answers", count.stored)
    return _("{case}: {total} ({said}).", case=name, total=total, said=said)


def _drain(case: Case) -> bool:
    """Store what waits; whether some of it could not be."""
    done = drain(case)
    click.echo(
        plural("{n} entry that waited was stored.", "{n} entries that waited were stored.",
               done.stored)
    )  # fmt: skip
    for problem in done.problems:
        click.echo(problem, err=True)
    return bool(done.problems)


def _export(case: Case, file: Path) -> None:
    frame = read_feedback(case)
    export(frame, file)
    click.echo(plural("{n} row in {file}.", "{n} rows in {file}.", len(frame), file=file))
