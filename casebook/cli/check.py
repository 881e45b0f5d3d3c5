"""`casebook check`: is the record valid, does it fit its table, what is not answered yet?"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from casebook import language
from casebook.case import load_case, open_questions, questions
from casebook.formats import number
from casebook.language import _, plural
from casebook.models.labelled import check_rules
from casebook.phases.registry import SECTION_TITLES
from casebook.phases.symptom_data import metric_of, segment_columns
from casebook.tables import open_table


@click.command("check", help=_("Check a record and its table; list what is not answered yet."))
@click.argument("case", type=click.Path(path_type=Path), default=".")
@click.option("--strict", is_flag=True, help=_("Fail while a question is not answered."))
def command(case: Path, strict: bool) -> int:
    """Print what was found; the status is 1 with `--strict` and open questions."""
    opened = load_case(case)
    language.use(opened.record.language)
    table = open_table(opened)
    metric_of(opened, table)
    segment_columns(opened, table)
    check_rules(opened, table)
    click.echo(
        _("{case}: the record is valid; '{table}' has {rows} rows and {columns} columns.",
          case=opened.record.title or opened.record.name, table=table.name,
          rows=number(table.rows), columns=len(table.columns))
    )  # fmt: skip
    for assumption in table.reading:
        click.echo(f"  {assumption.sentence}")
    waiting = open_questions(opened.record)
    asked = sum(not question.optional for question in questions(opened.record))
    click.echo(plural("{n} of {all} questions is not answered yet:",
                      "{n} of {all} questions are not answered yet:",
                      len(waiting), all=asked))  # fmt: skip
    for phase, asked_there in groupby(waiting, key=lambda question: question.phase):
        click.echo(f"\n{_(SECTION_TITLES.get(phase, phase))}")
        for question in asked_there:
            click.echo(f"  {question.path}: {question.text}")
    return int(strict and bool(waiting))
