"""The rules as a table: in words, what each takes, how right it is, and what is to be noticed."""

from __future__ import annotations

from collections.abc import Sequence

from casebook.formats import interval, number, percent
from casebook.language import _, plural
from casebook.models.rule_report import RuleLine
from casebook.pages.base import (
    Html,
    bullets,
    details,
    element,
    headline,
    join,
    notice,
    prose,
    section,
    sentence,
    state,
    table,
)
from casebook.phases.baseline_rules import Proposed, Rules, SaidLine


def page(rules: Rules) -> Html:
    """The sentences to take away, the record's rules, and folded what the data propose."""
    named = bool(rules.classes)
    caption = _("The record's rules, the first that holds decides; {n} rows",
                n=number(rules.rows))  # fmt: skip
    shown = rules_table(rules.lines, caption, named=named) if rules.lines else _unanswered()
    return section(
        _("The rules"),
        headline(rules.headline),
        shown,
        bullets(rules.notes),
        details(_proposed_title(rules.proposed), proposed(rules.proposed, named=named),
                opened=not rules.lines and len(rules.proposed.lines) > 1),
        level=2,
    )  # fmt: skip


def _unanswered() -> Html:
    return notice("unanswered", _("Which rules would somebody say aloud?"))


def _proposed_title(found: Proposed) -> str:
    n = len(found.lines) - 1
    return plural("{n} rule proposed by the data", "{n} rules proposed by the data", n)


def proposed(found: Proposed, *, named: bool) -> Html:
    """The proposed rules, counted on rows that they were not learned from."""
    caption = _("Learned from {learned} rows, counted on {counted} others",
                learned=number(found.learned), counted=number(found.counted))  # fmt: skip
    shown = rules_table(found.lines, caption, named=named, marked=False)
    return join(shown, prose(*found.notes))


def rules_table(
    lines: Sequence[SaidLine], caption: str, *, named: bool, marked: bool = True
) -> Html:
    """One rule a row, the default last.

    named: whether values are classes. marked: whether what is to be noticed of a rule is marked.
    """
    columns = [_("rule"), _("says"), _("of all rows"), _("takes"), right_title(named=named)]
    rows, before = [], 0
    for one in lines:
        rows.append(_row(one, before, named=named, marked=marked))
        before += one.line.takes
    return table(columns, rows, caption=caption, numeric={3, 4})


def rule_cells(one: SaidLine, before: int, *, named: bool) -> Html:
    """A rule in one row of a panel: words, what it says, the rows that it takes, how right."""
    line = one.line
    taken = join(number(line.takes), element("span", f" [{percent(line.coverage)}]",
                                             class_="cb-interval"))  # fmt: skip
    plain = right_plain(line, named=named)
    said = _("right for {share}", share=plain) if named else _("off by {error}", error=plain)
    cells = (
        join(numbered(one), marks(line), _note(one)),
        element("strong", _says(one)),
        takes_bar(line, before, named=named),
        join(element("span", taken, class_="cb-rule-words"),
             element("span", sentence(said) if plain else "", class_="cb-small")),
    )  # fmt: skip
    parts = join(*(element("div", cell_) for cell_ in cells))
    return element("div", parts, class_="cb-rule-cells")


def right_title(*, named: bool) -> str:
    """What is counted beside the rows that a rule takes."""
    return _("right for") if named else _("off by, on average")


def _row(one: SaidLine, before: int, *, named: bool, marked: bool) -> list[object]:
    line = one.line
    return [
        join(numbered(one), marks(line) if marked else "", _note(one)),
        _says(one),
        takes_bar(line, before, named=named),
        join(number(line.takes), element("span", f" [{percent(line.coverage)}]",
                                         class_="cb-interval")),
        right_said(line, named=named),
    ]  # fmt: skip


def _says(one: SaidLine) -> Html:
    """The value, and for numbers the median of the rows beside it."""
    value = element("span", one.says, class_="cb-rule-words")
    if one.line.typical is None or not one.line.number:
        return value
    median = _("median {value}", value=number(one.line.typical))
    return join(value, element("span", median, class_="cb-small"))


def numbered(one: SaidLine) -> Html:
    """The condition in words, with the number of the rule."""
    words = f"{one.line.number}. {one.words}" if one.line.number else one.words
    return element("span", words, class_="cb-rule-words")


def _note(one: SaidLine) -> Html:
    return element("span", one.note, class_="cb-small") if one.note else Html("")


def marks(line: RuleLine) -> Html:
    """What is to be noticed of a rule, as chips."""
    if line.never:
        return state("warning", _("holds for no row"))
    if line.unreachable:
        return state("warning", _("takes no row"))
    found = []
    if line.redundant:
        found.append(state("info", _("changes nothing")))
    if line.contradicts:
        rows = sum(one.rows for one in line.contradicts)
        said = plural("contradicts an earlier rule on {rows} row",
                      "contradicts earlier rules on {rows} rows",
                      rows, rows=number(rows))  # fmt: skip
        found.append(state("info", said))
    return join(*found)


def right_said(line: RuleLine, *, named: bool) -> Html | None:
    """How right a rule is, with its interval; None where it takes no row."""
    return sentence(right_plain(line, named=named)) if line.right is not None else None


def right_plain(line: RuleLine, *, named: bool) -> str:
    """The same as plain text; empty where it takes no row."""
    if line.right is None:
        return ""
    return interval(line.right, 100, "%") if named else interval(line.right)


def takes_bar(line: RuleLine, before: int, *, named: bool) -> Html:
    """All rows as a line: taken by earlier rules, by this one (right or not), and what remains."""
    share = line.right.value if named and line.right is not None else 1.0
    widths = {
        "before": before / max(line.rows, 1),
        "right": line.coverage * share,
        "rest": line.coverage * (1 - share),
    }
    parts = [
        element("span", "", class_=f"cb-takes-{name}", style=f"width:{100 * width:.2f}%")
        for name, width in widths.items()
    ]
    label = _("takes {share} of all rows", share=percent(line.coverage))
    kind = "cb-takes" if line.number else "cb-takes cb-takes-default"
    return element("span", join(*parts), class_=kind, role="img", aria_label=label)
