"""The rules of the baseline: what each takes, how right it is there, and what data propose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from casebook.case import Case
from casebook.formats import interval, number, percent, sentence
from casebook.language import _, plural
from casebook.models.labelled import Labelled
from casebook.models.rule_report import RuleLine, Value, lines_of, masks, together
from casebook.models.rule_words import in_words, value_in_words
from casebook.models.rules_proposed import Proposal, propose
from casebook.phases.baseline_rules_words import noticed
from casebook.stats.estimate import Estimate
from casebook.stats.intervals import proportion
from casebook.stats.splits import LEAST_ROWS, Rows


@dataclass(frozen=True)
class SaidLine:
    """A rule, counted and in words; `says` is its value as a reader sees it.

    note: where the rule comes from, as the record has it.
    """

    line: RuleLine
    words: str
    says: str
    note: str | None = None


@dataclass(frozen=True)
class Proposed:
    """Rules learned from some rows and counted on others.

    lines: counted on the rows that were not learned from; the last one is the default.
    right: the share of these rows for which all of it is right, or the mean absolute error.
    changed: the share of all rows that rounded thresholds give another value than the tree.
    lifted: whether a class is said where it is only twice as frequent as overall.
    """

    lines: tuple[SaidLine, ...]
    learned: int
    counted: int
    right: Estimate | None
    changed: Estimate
    lifted: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """The record's rules on the labelled rows, and what is proposed.

    classes: empty for numbers. lines: the record's, the default last; empty while it has none.
    right: of all rules together on all rows; None without rules.
    notes: rules that take no row, contradict others or change nothing, each in a sentence.
    """

    headline: tuple[str, ...]
    classes: tuple[str, ...]
    rows: int
    lines: tuple[SaidLine, ...]
    right: Estimate | None
    notes: tuple[str, ...]
    proposed: Proposed

    @property
    def remains(self) -> float:
        """The share of rows that no rule of the record takes."""
        return self.lines[-1].line.coverage if self.lines else 1.0


def examine_rules(case: Case, data: Labelled, *, seed: int = 0, rows: Rows | None = None) -> Rules:
    """The record's rules counted on labelled rows, and rules that the data propose.

    rows: positions in `data` that may be looked at; None is all (a part that is kept for a last
    test should not be among them). Raises ExpressionError for a condition that cannot be computed.
    """
    seen = np.arange(len(data.y)) if rows is None else np.asarray(rows, dtype=np.intp)
    rules, default = data.setting.rules, data.setting.default
    lines: tuple[RuleLine, ...] = ()
    right = None
    if rules:
        lines, right = _counted(data, seen, rules, default)
    proposed = _proposed(data, seen, seed)
    said = told(lines, data.X, [rule.note for rule in case.record.baseline.rules])
    return Rules(
        headline=_headline(said, right, proposed, named=bool(data.classes)),
        classes=data.classes,
        rows=len(seen),
        lines=said,
        right=right,
        notes=noticed(lines, data.X.iloc[seen]),
        proposed=proposed,
    )


def _counted(
    data: Labelled, rows: Rows, rules: Sequence[tuple[str, Value]], default: Value | None
) -> tuple[tuple[RuleLine, ...], Estimate | None]:
    """The lines of a table of rules on some rows, and how right it is as a whole."""
    X, y = data.X.iloc[rows], data.y.iloc[rows]
    units = None if data.splits.units is None else data.splits.units[rows]
    found = masks(rules, X)
    lines = lines_of(found, rules, default, y, data.classes, units=units)
    return lines, together(found, rules, default, y, data.classes, units=units)


def told(
    lines: Sequence[RuleLine], X: pd.DataFrame, notes: Sequence[str | None] = ()
) -> tuple[SaidLine, ...]:
    """Lines in words. notes: where each rule comes from, as far as it is known."""
    known = [*notes, *[None] * len(lines)]
    return tuple(
        SaidLine(line, rule_in_words(line, X), value_in_words(line.value), note)
        for line, note in zip(lines, known, strict=False)
    )


def rule_in_words(line: RuleLine, X: pd.DataFrame) -> str:
    """The condition of a rule in words, or what the default is for."""
    if not line.number:
        return _("all other rows") if line.rows > line.takes else _("all rows")
    return in_words(line.condition, map(str, X.columns))


def learned_from(data: Labelled, rows: Rows) -> tuple[Rows, Rows]:
    """Which rows a proposal learns from, and on which it is counted: the last fold's two sides.

    Where next to none of these may be looked at, the rows are parted by chance.
    """
    train, test = (np.intersect1d(side, rows) for side in data.splits.folds[-1])
    if min(len(train), len(test)) < LEAST_ROWS:
        drawn = np.random.default_rng(0).permutation(rows)
        cut = max(1, len(rows) * 4 // 5)
        return np.sort(drawn[:cut]), np.sort(drawn[cut:])
    return train, test


def proposal_of(data: Labelled, rows: Rows, seed: int) -> Proposal:
    """Rules learned from the training rows among `rows`."""
    train = learned_from(data, rows)[0]
    X, y = data.X.iloc[train], data.y.iloc[train]
    units = None if data.splits.units is None else data.splits.units[train]
    return propose(X, y, data.features, classes=data.classes, seed=seed, units=units)


def _proposed(data: Labelled, rows: Rows, seed: int) -> Proposed:
    found = proposal_of(data, rows, seed)
    test = learned_from(data, rows)[1]
    lines, right = _counted(data, test, found.rules, found.default)
    changed = proportion(found.changed(data.X.iloc[rows]), len(rows))
    return Proposed(
        told(lines, data.X),
        found.learned,
        len(test),
        right,
        changed,
        found.lifted,
        _about(found, changed),
    )


def _about(found: Proposal, changed: Estimate) -> tuple[str, ...]:
    notes = []
    if found.lifted:
        notes.append(_("One class is the most frequent everywhere: a rule says another one where "
                       "it is at least twice as frequent as overall."))  # fmt: skip
    if found.rules and changed.value > 0:
        notes.append(_("Rounded thresholds give {share} of the rows another value than the tree.",
                       share=percent(changed.value, 2)))  # fmt: skip
    return tuple(notes)


def _headline(
    lines: Sequence[SaidLine], right: Estimate | None, proposed: Proposed, *, named: bool
) -> tuple[str, ...]:
    if not lines or right is None:
        first = _("The record has no rules yet.")
        return (first, _proposal_sentence(proposed, named=named))
    return (coverage_sentence(lines), right_sentence(right, named=named))


def coverage_sentence(lines: Sequence[SaidLine]) -> str:
    """How much the rules take, and what they leave to the default."""
    n, rest = len(lines) - 1, lines[-1].line
    return plural(
        "{n} rule takes {share} of the {rows} rows; {rest} are left to the default.",
        "{n} rules take {share} of the {rows} rows; {rest} are left to the default.",
        n, share=percent(1 - rest.coverage), rows=number(rest.rows), rest=percent(rest.coverage),
    )  # fmt: skip


def right_sentence(right: Estimate, *, named: bool) -> str:
    """How right the rules are together with the default."""
    if named:
        return _("Together with the default they are right for {share} of the rows.",
                 share=interval(right, 100, "%"))  # fmt: skip
    return _("Together with the default they are off by {error} on average.",
             error=interval(right))  # fmt: skip


def _proposal_sentence(proposed: Proposed, *, named: bool) -> str:
    n = len(proposed.lines) - 1
    if not n or proposed.right is None:
        return _("No short rule proposed by the data does better than saying the same of all.")
    first = plural("The data propose {n} rule.", "The data propose {n} rules.", n)
    if named:
        rest = _("On {rows} rows that they were not learned from, they are right for {share}.",
                 rows=number(proposed.counted),
                 share=interval(proposed.right, 100, "%"))  # fmt: skip
    else:
        rest = _("On {rows} rows that they were not learned from, they are off by {error}.",
                 rows=number(proposed.counted), error=interval(proposed.right))  # fmt: skip
    return f"{sentence(first)} {rest}"
