"""A batch as a file for others: the columns that came in, and beside them what was said.

Texts that a spreadsheet would run are guarded, in CSV and in workbooks.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import pandas as pd

from casebook.language import N_, _
from casebook.models.about import Cell
from casebook.prototype.batch import Batch
from casebook.prototype.opened import Prototype
from casebook.prototype.values import Answer, Field
from casebook.tables.formula import guarded

_ADDED = {
    "line": N_("line"),
    "decision": N_("decision"),
    "probability": N_("probability"),
    "value": N_("predicted value"),
    "low": N_("at least"),
    "high": N_("at most"),
    "person": N_("a person decides"),
    "unlike": N_("unlike anything seen"),
    "note": N_("note"),
    "rank": N_("rank"),
    "act": N_("act on it"),
    "period": N_("period"),
    "problem": N_("problem"),
    "id": N_("prediction id"),
}
_NEVER_EMPTY = ("line", "decision", "problem", "id")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no workbook can hold them
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?")


def frame_of(batch: Batch) -> pd.DataFrame:
    """All rows in the order of the file: its own cells as texts, then what was said of each.

    Columns of what never applies (an interval of classes, a rank of numbers) are left out.
    """
    own = {name: [row[n] for row in batch.cells] for n, name in enumerate(batch.columns)}
    wrong: dict[int, list[str]] = {}
    for found in batch.problems:
        text = f"{found.column}: {found.sentence}" if found.column else found.sentence
        wrong.setdefault(found.line, []).append(text)
    added: dict[str, list[object]] = {name: [] for name in _ADDED}
    for line, one, place, name in zip(
        batch.lines, batch.answers, batch.places, batch.ids, strict=True
    ):
        said: dict[str, object] = {
            "line": line,
            "id": name if one else None,
            "problem": " ".join(wrong.get(line, ())),
        }
        said |= _said(one) if one else {}
        if place is not None:
            act = None if place.act is None else _yes(place.act)
            said |= {"rank": place.rank, "act": act, "period": place.period or None}
        for column, values in added.items():
            values.append(said.get(column))
    frame = pd.DataFrame(own, dtype=object)
    for column, values in added.items():
        if column in _NEVER_EMPTY or any(value not in (None, "") for value in values):
            frame[_free(_(_ADDED[column]), list(frame.columns))] = pd.Series(values, dtype=object)
    return frame


def _said(one: Answer) -> dict[str, object]:
    found: dict[str, object] = {"decision": one.sentence, "probability": one.probability}
    if one.decision == "number":
        found["value"] = one.said
    if one.interval is not None:
        found |= {"low": one.interval.low, "high": one.interval.high}
    if one.band is not None:
        found["person"] = _yes(one.decision == "person")
    found["unlike"] = " ".join(odd.sentence for odd in one.unlike if odd.alarm)
    found["note"] = " ".join(odd.sentence for odd in one.unlike if not odd.alarm)
    return found


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


def _free(name: str, taken: Sequence[str]) -> str:
    """A name that no column of the file has."""
    lowered = {one.lower() for one in taken}
    found, n = name, 2
    while found.lower() in lowered:
        found, n = f"{name} ({n})", n + 1
    return found


def as_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with its mark, so that Excel reads Hangul; every text quoted and guarded."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([guarded(str(name)) for name in frame.columns])
    for row in frame.itertuples(index=False, name=None):
        writer.writerow([_csv_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def _csv_cell(value: object) -> object:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    return value if isinstance(value, int | float) else _guarded(str(value))


def _guarded(text: str) -> str:
    """A text as it was, where it is a plain number such as -5; else guarded."""
    return text if _NUMBER.fullmatch(text) else guarded(text)


def as_xlsx(frame: pd.DataFrame) -> bytes:
    """A workbook of one sheet; texts are texts, and none is a formula."""
    from openpyxl import Workbook  # late: 250 ms, and only workbooks need it
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Predictions"))
    sheet.freeze_panes = "A2"
    for row in [tuple(frame.columns), *frame.itertuples(index=False, name=None)]:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=_xlsx_value(value))
            if isinstance(cell.value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsx_value(value: object) -> object:
    """Numbers as such, also those that the file wrote as plain ones; texts guarded and clean."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return None
    if isinstance(value, bool | int | float):
        return value
    text = _CONTROLS.sub("", str(value))[:32_767]
    if not _NUMBER.fullmatch(text):
        return guarded(text)
    found = float(text) if "." in text else int(text)
    return found if str(found) == text else text  # 1.50 stays as it was written


def template_of(prototype: Prototype) -> pd.DataFrame:
    """A file to start from: the columns that are asked for, and a usual row as an example."""
    asked = [one for one in prototype.fields if not one.is_fixed]
    return pd.DataFrame({one.column: [_example(one)] for one in asked}, dtype=object)


def _example(one: Field) -> Cell:
    value = one.typical
    if value is None and one.kind in ("number", "time"):
        value = one.low
    if isinstance(value, str) and one.kind == "time":
        return value.replace("T", " ").removesuffix(" 00:00:00")
    if isinstance(value, float) and one.least is not None:
        value = max(value, one.least)
    return value if value is not None or one.may_be_missing else _("a text")
