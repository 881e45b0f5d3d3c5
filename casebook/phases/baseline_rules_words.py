"""What is to be noticed about rules, in sentences: those without effect, and contradictions."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from casebook.exceptions import nearest
from casebook.expressions.terms import terms_of
from casebook.formats import number
from casebook.language import _, plural
from casebook.models.rule_report import Overlap, RuleLine
from casebook.models.rule_words import either, value_in_words


def noticed(lines: Sequence[RuleLine], X: pd.DataFrame) -> tuple[str, ...]:
    """Every rule that takes no row, contradicts another, changes nothing, or cannot tell."""
    return tuple(note for line in lines if line.number for note in about(line, lines, X))


def about(line: RuleLine, lines: Sequence[RuleLine], X: pd.DataFrame) -> list[str]:
    """What is to be noticed about one rule; nothing where all is well. X: the rows counted."""
    found = []
    if line.never:
        found += [_("Rule {n} holds for no row.", n=line.number), *_unknown_values(line, X)]
    elif line.unreachable:
        found.append(_behind(line))
    else:
        found += [_conflict(line, overlap, lines) for overlap in line.contradicts]
    if line.redundant:
        found.append(plural(
            "Rule {rule} changes nothing: what follows says the same of its {rows} row.",
            "Rule {rule} changes nothing: what follows says the same of its {rows} rows.",
            line.takes, rule=line.number, rows=number(line.takes),
        ))  # fmt: skip
    if line.unknown:
        found.append(plural(
            "Rule {rule} does not take {rows} row for which a value is missing.",
            "Rule {rule} does not take {rows} rows for which a value is missing.",
            line.unknown, rule=line.number, rows=number(line.unknown),
        ))  # fmt: skip
    return found


def _behind(line: RuleLine) -> str:
    earlier = either([str(one) for one in line.behind])
    return plural(
        "Rule {rule} takes no row: rule {earlier} takes the {rows} row for which it holds.",
        "Rule {rule} takes no row: rule {earlier} takes all of the {rows} rows for which it holds.",
        line.holds, rule=line.number, earlier=earlier, rows=number(line.holds),
    )  # fmt: skip


def _conflict(line: RuleLine, overlap: Overlap, lines: Sequence[RuleLine]) -> str:
    other = lines[overlap.number - 1]
    return plural(
        "Rule {rule} says {value} for {rows} row that rule {other} takes first, and says "
        "{otherwise}: their order decides.",
        "Rule {rule} says {value} for {rows} rows that rule {other} takes first, and says "
        "{otherwise}: their order decides.",
        overlap.rows, rule=line.number, value=value_in_words(line.value), rows=number(overlap.rows),
        other=other.number, otherwise=value_in_words(other.value),
    )  # fmt: skip


def _unknown_values(line: RuleLine, X: pd.DataFrame) -> list[str]:
    """Texts that a column does not have, with the nearest that it has."""
    spelt = {str(name).lower(): name for name in X.columns}
    found = []
    for term in terms_of(line.condition) or ():
        column = spelt.get(term.column.lower())
        if column is None or term.comparison not in ("is", "is one of"):
            continue
        there = {str(value) for value in X[column].dropna().unique()}
        for value in term.values:  # noqa: PD011 a term is no frame
            if isinstance(value, str) and value not in there:
                said = _("'{value}' is not among the values of {column}.", value=value,
                         column=column)  # fmt: skip
                found.append(f"{said} {nearest(value, there)}".strip())
    return found
