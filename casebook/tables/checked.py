"""SQL that types a cell of a text, and stops at one that contradicts what was proposed."""

from __future__ import annotations

from dataclasses import replace

from casebook.tables.drawn import may_quote
from casebook.tables.evidence import TextColumn, one_of
from casebook.tables.forms import BLANKS, MARKERS, Form
from casebook.tables.guess import Guess
from casebook.tables.loading import Plain
from casebook.tables.numeric import number_form
from casebook.tables.traits import has_byte
from casebook.tables.typing_ import Typed

STOP = "error('a cell that contradicts the proposal')"

_PLAIN = number_form(".", "")
_BLANKS = {b"\t", b"\x0b", b"\x0c"}
_QUICK_TO_WRITE = ("BIGINT", "TIMESTAMP")  # a DOUBLE takes twice as long as a match


def checked_cell(guess: Guess, tidy: str = "") -> Typed:
    """The typed column, whose SQL stops at the first cell that is not as guessed.

    tidy: of the text that the cells are from, see `tidy_number`.
    """
    column, form = guess.column, guess.form
    if form is None:
        return Typed(column.name, "text", "VARCHAR", _text(guess))
    value = f"coalesce({_value(form, column.sql)}, {STOP})"
    if column.missing:
        value = f"CASE WHEN {one_of(column.sql, column.missing)} THEN {STOP} ELSE {value} END"
    sql = f"CASE WHEN {column.sql} IS NOT NULL THEN {value} END"
    if beside(guess):
        cast = _name_beside(column)
        sure = f"CAST({cast} AS VARCHAR) = {column.sql} AND {form.within.format(v=cast)}"
        sql = f"CASE WHEN {sure} THEN {cast} ELSE {sql} END"
    elif tidy and form.name == _PLAIN.name and form.stored == "DOUBLE" and not column.missing:
        quick = f"coalesce(TRY_CAST({column.sql} AS DOUBLE), {STOP})"
        sql = f"CASE WHEN {tidy.format(t=column.sql)} THEN {quick} ELSE {sql} END"
    return Typed(column.name, form.type, form.stored, sql)


def beside(guess: Guess) -> str:
    """SQL that casts the cells of a column in a query beneath, under a name; empty for no use.

    To write a value again takes a little less than a match; beneath, it is cast only once.
    """
    column, form = guess.column, guess.form
    if form is None or form.stored not in _QUICK_TO_WRITE or column.missing:
        return ""
    if not form.is_written_again(guess.values):
        return ""
    return f"TRY_CAST({column.sql} AS {form.stored}) AS {_name_beside(column)}"


def tidy_number(plain: Plain) -> str:
    """SQL over `{t}`, a cell of a text, that no number passes but as `_PLAIN` has it, unsigned.

    DuckDB also takes for numbers what has blanks around it, zeros ahead, `_` within, more than 15
    digits, an exponent of more than three, and words for the infinite. To exclude these takes two
    thirds of the time of a match. Empty where the text has other blanks, or quotes, between which
    line feeds may be.
    """
    layout, found = plain.layout, plain.traits.found
    blanks = _BLANKS - {layout.dialect.delimiter.encode()}
    if may_quote(layout, plain.traits) or not found.isdisjoint(blanks):
        return ""
    limits = "({t} BETWEEN '1' AND '9~' OR {t} BETWEEN '0' AND '0/')"
    below = b"_" in found and has_byte(plain.text, b"_", layout.first_byte)  # names often have one
    joined = " AND NOT contains({t}, '_')" if below else ""
    short = "(strlen({t}) < 6 OR NOT (contains({t}, 'e') OR contains({t}, 'E')))"  # 10E0001: a code
    return f"strlen({{t}}) < 16 AND {limits} AND NOT suffix({{t}}, ' '){joined} AND {short}"


def _name_beside(column: TextColumn) -> str:
    return f"cast_{column.sql}"


def missing_in_text(column: TextColumn) -> tuple[str, ...]:
    """The texts that mean missing in a column of texts."""
    return ("", *MARKERS, *column.missing)


def _text(guess: Guess) -> str:
    column = guess.column
    cell = column.sql
    if not guess.values:
        return f"CAST(CASE WHEN {cell} IS NOT NULL THEN {STOP} END AS VARCHAR)"
    missing = one_of(column.trimmed, missing_in_text(column))
    # -1 is the code point of no letter at all
    first = {-1, *(ord(text[0]) for text in (*BLANKS, *missing_in_text(column)) if text)}
    # No IN: of many constants DuckDB makes a join, which takes longer and loses the order of rows.
    odd = " OR ".join(f"unicode({cell}) = {code}" for code in sorted(first))
    return f"CASE WHEN {odd} THEN CASE WHEN {missing} THEN {STOP} ELSE {cell} END ELSE {cell} END"


def _value(form: Form, cell: str) -> str:
    """SQL for the value of a cell; NULL where it is not written so, without blanks around it."""
    checked = replace(form, pattern=form.whole) if form.stored == "BIGINT" else form
    if form.name == _PLAIN.name:  # without the typographic minus there is nothing to replace
        pattern = checked.pattern.replace("\u2212", "")
        checked = replace(checked, pattern=pattern, value=f"TRY_CAST({{t}} AS {form.stored})")
    if form.type == "boolean":  # as nearly all are written; a pattern takes four times as long
        usual = f"WHEN {cell} = 'true' THEN true WHEN {cell} = 'false' THEN false"
        return f"CASE {usual} ELSE {checked.sql(cell)} END"
    return checked.sql(cell)
