"""What the rule would have said of a row: the record's rules, else one split of the known rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from casebook import formats
from casebook.expressions import check
from casebook.expressions.terms import Term
from casebook.language import _
from casebook.models.features import Features
from casebook.models.rule import RuleClassifier, RuleRegressor, one_split
from casebook.models.rule_words import either, in_words, term_in_words
from casebook.models.setting import Setting
from casebook.models.target import target_value
from casebook.models.tree import Question, questions_of
from casebook.prototype.opened import Prototype
from casebook.prototype.rows import frame
from casebook.prototype.values import Answer
from casebook.prototype.why_words import class_said
from casebook.stats.intervals import proportion


@dataclass(frozen=True, eq=False)
class Line:
    """A line of a rule for a row: its condition in words, what it says, and the rows like it.

    words: empty where no condition holds. alike: (n_known,) which known rows it takes too.
    proposed: whether it comes from the data, not from the record.
    """

    words: str
    says: str | float
    alike: Any
    proposed: bool = False


def rule_says(prototype: Prototype, answer: Answer) -> str:
    """What the rule says of a row, of how many known rows that was right, and whether both agree.

    Empty where there is no rule; a sentence where the rule needs what the form does not ask for.
    """
    if prototype.model.file.about.candidate == "rule" and not _record_rules(prototype):
        return ""  # the model is the split itself
    lacking = _lacking(prototype)
    if lacking:
        return _("The rule cannot be asked: it needs {columns}, which the form does not have.",
                 columns=either(lacking))  # fmt: skip
    row = frame(prototype.model.file, [answer.row])
    line = _line(prototype, row)
    return "" if line is None else " ".join(_said(prototype, answer, line))


def _record_rules(prototype: Prototype) -> tuple[Any, ...]:
    return tuple(prototype.case.record.baseline.rules)


def _lacking(prototype: Prototype) -> list[str]:
    """Columns of the record's rules that the model does not read."""
    everything = tuple(prototype.table.names)
    there = [column.name for column in prototype.model.file.columns]
    found = [check(rule.condition, everything, aggregate=False).columns
             for rule in _record_rules(prototype)]  # fmt: skip
    return list(dict.fromkeys(c for columns in found for c in columns if c not in there))


def _line(prototype: Prototype, row: pd.DataFrame) -> Line | None:
    if not _record_rules(prototype):
        return _of_split(prototype, row)
    fitted, taken = _fitted(prototype)
    place = int(fitted.which(row)[0])
    last = place == len(fitted.conditions)
    names = [column.name for column in prototype.model.file.columns]
    values: list[Any] = list(fitted.get_params()["values"])
    words = "" if last else in_words(fitted.conditions[place], names)
    says = fitted.default_ if last else values[place]
    return Line(words, says, taken == place)


@lru_cache(maxsize=8)
def _fitted(prototype: Prototype) -> tuple[Any, Any]:
    """The record's rules, and which of them takes each known row."""
    case, classes, known = prototype.case, prototype.model.file.classes, prototype.known
    rules = _record_rules(prototype)
    values = [target_value(case, f"baseline.rules.{i}.then", rule.then, classes)
              for i, rule in enumerate(rules)]  # fmt: skip
    default = case.record.baseline.default
    if default is not None:
        default = target_value(case, "baseline.default", default, classes)
    kind = RuleClassifier if classes else RuleRegressor
    fitted = kind([rule.condition for rule in rules], values, default).fit(known.X, known.y)
    return fitted, fitted.which(known.X)


def _of_split(prototype: Prototype, row: pd.DataFrame) -> Line | None:
    """The side of the proposed split on which a row lies; None where no column splits."""
    split, leaves = _split(prototype)
    tree = split[-1].tree_
    if tree.node_count < 2:
        return None
    leaf = int(split[-1].apply(split[0].transform(row))[0])
    question = questions_of(split)[int(tree.feature[0])]
    value = tree.value[leaf][0]
    says = (
        str(split[-1].classes_[int(np.argmax(value))])
        if prototype.model.file.classes
        else float(value[0])
    )
    words = _words(question, float(tree.threshold[0]), left=leaf == int(tree.children_left[0]))
    return Line(words, says, leaves == leaf, proposed=True)


@lru_cache(maxsize=8)
def _split(prototype: Prototype) -> tuple[Any, Any]:
    """One split, fitted on the known rows, and the leaf of each of them."""
    file, known = prototype.model.file, prototype.known
    by_role = {
        role: tuple(column.name for column in file.columns if column.role == role)
        for role in ("number", "category", "text", "time")
    }
    fitted = one_split(Setting(file.task, Features(**by_role))).fit(known.X, known.y)
    return fitted, fitted[-1].apply(fitted[0].transform(known.X))


def _words(question: Question, threshold: float, *, left: bool) -> str:
    if question.others:
        if left:
            return _("{column} is one of its frequent values", column=question.column)
        return _("{column} is none of its frequent values", column=question.column)
    if question.level is None:
        term = Term(question.column, "at most" if left else "more than", (_short(threshold),))
    elif question.level != question.level:
        term = Term(question.column, "is known" if left else "is missing")
    else:
        term = Term(question.column, "is not" if left else "is", (str(question.level),))
    return term_in_words(term, question.column)


def _short(threshold: float) -> float:
    """Half way between two values, in as many digits as a reader wants."""
    return float(f"{threshold:.4g}")


def _said(prototype: Prototype, answer: Answer, line: Line) -> list[str]:
    classes = prototype.model.file.classes
    says = class_said(prototype, str(line.says)) if classes else formats.number(float(line.says))
    told = {"words": line.words, "says": says}
    if line.proposed:
        first = _("The simplest rule of the data ({words}) says {says}.", **told)
    elif line.words:
        first = _("The rule ({words}) says {says}.", **told)
    else:
        first = _("None of the rules' conditions holds, and they say {says}.", **told)
    return [first, _alike(prototype, line), _agreement(prototype, answer, line)]


def _alike(prototype: Prototype, line: Line) -> str:
    y = prototype.known.y[np.asarray(line.alike)]
    n = formats.number(len(y))
    if not len(y):
        return _("No known row is like that.")
    if not prototype.model.file.classes:
        return _("The median of {n} known rows like that is {median}.", n=n,
                 median=formats.number(float(y.median())))  # fmt: skip
    name = prototype.model.file.positive or str(line.says)
    share = formats.interval(proportion(int((y == name).sum()), len(y)), 100, "%")
    return _("Of {n} known rows like that, {share} had {target} = {name}.", n=n, name=name,
             share=share, target=prototype.model.file.target)  # fmt: skip


def _agreement(prototype: Prototype, answer: Answer, line: Line) -> str:
    if not prototype.model.file.classes:
        return _("The model says {said}.", said=formats.number(float(answer.said)))
    if str(answer.said) == str(line.says):
        return _("The model says the same.")
    return _("The model says otherwise: {said}.", said=class_said(prototype, str(answer.said)))
