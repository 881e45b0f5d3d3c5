"""A form: one way to write numbers, dates or truth values, as a pattern and as SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from casebook.expressions.locked import literal
from casebook.tables.model import Type

BLANKS = " \t\u00a0\u3000\u202f"

# Texts that mean "nothing" in any column; `NA` may also be a code, see `typing_`.
MARKERS: tuple[str, ...] = (
    "NA", "N/A", "n/a", "NULL", "Null", "null", "NaN", "nan", "#N/A", "<NA>", "?", r"\N",
)  # fmt: skip
# Texts that mean "nothing" where all else is a number, a date or a truth value. An infinite value
# is what a division by nothing left: no model and no mean can use it.
NUMBER_MARKERS: tuple[str, ...] = (
    *MARKERS, "na", "NAN", "None", "none", "NONE", "-", "--", "---", "–", "—", ".", "..", "...",
    "*", "x", "missing", "unknown", "Unknown", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!",
    "inf", "-inf", "Inf", "-Inf", "INF", "-INF", "Infinity", "-Infinity", "∞", "-∞",
    "없음", "미상", "해당없음", "결측", "자료없음",
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """One way in which all values of a column may be written.

    pattern: matches a trimmed value, in Python and in DuckDB (RE2) alike.
    value: SQL over `{t}`, the trimmed text; NULL where it cannot be read.
    stored: the DuckDB type of the value.
    order: of day and month where both could be, `zone` for times with a zone.
    whole: of a number, the pattern of those without decimals.
    again: the pattern of texts that DuckDB writes a value as again; `within`: SQL over `{v}`, the
    value, for its limits. A text that its value within limits is written as again needs no match.
    """

    name: str
    type: Type
    pattern: str
    value: str
    stored: str
    order: str = ""
    whole: str = ""
    again: str = ""
    within: str = ""

    def matches(self, values: Iterable[str]) -> bool:
        """Whether every value is written so; False for no values."""
        return _all_match(self.pattern, values)

    def is_written_again(self, values: Iterable[str]) -> bool:
        """Whether every value is what DuckDB writes for it; False for no values."""
        return bool(self.again) and _all_match(self.again, values)

    def share(self, values: Iterable[str]) -> float:
        """The share of the values that are written so."""
        compiled, results = re.compile(self.pattern), list(values)
        return sum(bool(compiled.fullmatch(value)) for value in results) / max(len(results), 1)

    def sql(self, trimmed: str, *, sure: bool = False) -> str:
        """SQL for the value of a trimmed text; NULL where it is not written so.

        sure: every text is known to be written so, and the pattern need not be matched again.
        """
        value = self.value.format(t=trimmed)
        if sure:
            return value
        return f"CASE WHEN regexp_full_match({trimmed}, {literal(self.pattern)}) THEN {value} END"


def _all_match(pattern: str, values: Iterable[str]) -> bool:
    compiled = re.compile(pattern)
    found = False
    for value in values:
        found = True
        if compiled.fullmatch(value) is None:
            return False
    return found


def truth(values: Iterable[str], *, stated: bool = False) -> Form | None:
    """The form of truth values: `true` and `false`; where the record says so, also yes and no."""
    yes: tuple[str, ...] = ("true",)
    no: tuple[str, ...] = ("false",)
    if stated:
        yes, no = (
            ("true", "t", "yes", "y", "1", "예", "네"),
            ("false", "f", "no", "n", "0", "아니오", "아니요"),
        )
    words = "|".join((*yes, *no))
    # No IN: see `checked`.
    said = " OR ".join(f"lower({{t}}) = {literal(word)}" for word in yes)
    form = Form(
        "/".join((yes[0], no[0])),
        "boolean",
        f"(?i:{words})",
        f"({said})",
        "BOOLEAN",
    )
    return form if stated or form.matches(values) else None
