"""What a notebook shows when it opens a case: which data, and how they were read."""

from __future__ import annotations

from casebook.case import Case
from casebook.formats import number
from casebook.language import N_, _
from casebook.pages.base import (
    Card,
    Html,
    bullets,
    cards,
    details,
    join,
    notice,
)
from casebook.pages.base import (
    table as html_table,
)
from casebook.tables import Table

ROLES = {
    "id": N_("id"),
    "time": N_("time"),
    "target": N_("target"),
    "constant": N_("constant"),
    "text": N_("text"),
    "category": N_("category"),
    "number": N_("number"),
    "ignore": N_("not used"),
}
TYPES = {
    "text": N_("text"),
    "number": N_("number"),
    "time": N_("time"),
    "boolean": N_("yes or no"),
}


def page(case: Case, table: Table) -> Html:
    """The case and its table in a few tiles; columns and assumptions folded."""
    record = case.record
    return join(
        cards(
            [
                Card(_("table"), table.name, record.data.tables[table.name].source),
                Card(_("rows"), table.rows),
                Card(_("columns"), len(table.columns)),
                Card(_("target"), table.target),
                Card(_("time"), table.time),
            ]
        ),
        _left_out(table),
        details(_("Columns and their roles"), columns(table)),
        _assumptions(table),
    )


def columns(table: Table) -> Html:
    """Every column: role, type, missing and distinct values."""
    rows = [
        [column.name, _(ROLES[column.role]), _(TYPES[column.type]), column.missing, column.distinct,
         column.note or (_("sensitive") if column.sensitive else "")]
        for column in table.columns
    ]  # fmt: skip
    names = [_("column"), _("role"), _("type"), _("missing"), _("distinct"), _("note")]
    return html_table(names, rows)


def _left_out(table: Table) -> Html:
    said = list(table.rejects.sentences)
    if table.rows_filtered_out:
        said.append(
            _("data.filter leaves out {n} of {all} rows.",
              n=number(table.rows_filtered_out), all=number(table.rows_read))
        )  # fmt: skip
    if table.rows_after_as_of:
        said.append(_("{n} rows are later than the day of the report.",
                      n=number(table.rows_after_as_of)))  # fmt: skip
    return join(*(notice("warning", text) for text in said))


def _assumptions(table: Table) -> Html:
    if not table.reading:
        return Html("")
    return details(
        _("How the table was read"), bullets(assumption.sentence for assumption in table.reading)
    )
