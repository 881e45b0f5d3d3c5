"""What a person typed, taken as the model's raw values; what cannot be taken is said.

    row, problems = taken(prototype.fields, {"spend": "4만 6천", "party_size": "2"})

Nothing is guessed in silence: a text that could be two days, a level that nearly has the name of
another, a number past what the record allows are problems that say what is allowed.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping

from casebook.exceptions import CasebookError, ParameterError
from casebook.language import _
from casebook.models.about import Cell
from casebook.prototype.texts import shown
from casebook.prototype.typed_days import read_time
from casebook.prototype.typed_numbers import read_number
from casebook.prototype.values import Field, Problem, Row

LONGEST = 20_000  # characters; a page can send more than any person types
_CLOSE = 0.75
YES = ("true", "yes", "y", "1", "예", "네", "참")
NO = ("false", "no", "n", "0", "아니요", "아니오", "거짓")


def taken(
    fields: Iterable[Field], texts: Mapping[str, str | None]
) -> tuple[Row, tuple[Problem, ...]]:
    """Values of all fields, in their order, and why some of the texts cannot be taken.

    texts: by column; None says that it is not known. A column with a problem is not in the row.
    """
    row: dict[str, Cell] = {}
    problems = []
    for field in fields:
        try:
            row[field.column] = cell_of(field, texts.get(field.column))
        except CasebookError as error:
            said = f"{error.message} {error.hint}".strip()
            problems.append(Problem(field.column, said))
    return row, tuple(problems)


def cell_of(field: Field, text: str | None) -> Cell:
    """The value that a text stands for. Raises ParameterError that says what is allowed."""
    if field.is_fixed:
        return field.fixed
    whole = "" if text is None else unicodedata.normalize("NFKC", text).strip()
    if not whole:
        if field.may_be_missing:
            return None
        if field.kind == "text":
            return ""
        raise ParameterError(_("This is needed: every row that the model learned from has it."))
    if len(whole) > LONGEST:
        raise ParameterError(
            _("{n} characters are too many; {most} are allowed.", n=len(whole), most=LONGEST)
        )
    if field.kind == "number":
        return _within(field, read_number(field, whole))
    if field.kind == "time":
        return read_time(whole)
    if field.kind == "boolean":
        return _boolean(whole)
    return _level(field, whole) if field.kind == "category" else str(text).strip()


def _within(field: Field, value: float) -> Cell:
    """A number, if the record allows it."""
    if field.least is not None and value < field.least:
        raise ParameterError(
            _("{found} is too little; at least {least} is allowed.",
              found=shown(field, value), least=shown(field, field.least))
        )  # fmt: skip
    if field.most is not None and value > field.most:
        raise ParameterError(
            _("{found} is too much; at most {most} is allowed.",
              found=shown(field, value), most=shown(field, field.most))
        )  # fmt: skip
    return int(value) if field.whole else value


def _boolean(text: str) -> bool:
    said = text.casefold()
    if said in YES or said in NO:
        return said in YES
    raise ParameterError(_("'{found}' is neither yes nor no.", found=text))


def _level(field: Field, text: str) -> Cell:
    """The level of this name, whatever its capitals and spaces; one never seen is taken as it is.

    One that is nearly another's name is asked about, where all levels are known.
    """
    plain = {_plain(level): level for level in reversed(field.levels)}
    found = text if text in field.levels else plain.get(_plain(text))
    if found is None and not field.levels_left_out:
        close = difflib.get_close_matches(_plain(text), list(plain), n=1, cutoff=_CLOSE)
        if close:
            raise ParameterError(
                _("'{found}' is not known.", found=text),
                hint=_("Did you mean '{name}'?", name=plain[close[0]]),
            )
    return _as_typed(field, text if found is None else found)


def _as_typed(field: Field, level: str) -> Cell:
    """A level of the type that the column has: categories can be numbers, too."""
    if not isinstance(field.typical, int | float) or isinstance(field.typical, bool):
        return level
    try:
        return type(field.typical)(level)
    except ValueError:
        allowed = ", ".join(field.levels[:5])
        raise ParameterError(
            _("'{found}' is no number; known are {allowed}.", found=level, allowed=allowed)
        ) from None


def _plain(text: str) -> str:
    kept = (letter for letter in text.casefold() if letter.isalnum())
    return "".join(kept) or text.casefold()
