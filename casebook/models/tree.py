"""The shallow tree: three questions at most, and what it says can be read aloud."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from casebook.formats import number
from casebook.language import _, plural
from casebook.models.features import Features
from casebook.models.prepare import for_one_split
from casebook.models.setting import Setting

DEPTH = 3
LEAST_ROWS = 20
"""Rows of a leaf: of fewer, a share or a mean says little."""


class Line(NamedTuple):
    """A line of a tree in words, indented by `depth` steps."""

    depth: int
    text: str


def make(setting: Setting) -> Pipeline:
    """Imputed numbers and levels of categories into a tree of depth three (Breiman et al. 1984)."""
    kind = DecisionTreeClassifier if setting.classes else DecisionTreeRegressor
    tree = kind(max_depth=DEPTH, min_samples_leaf=LEAST_ROWS, random_state=setting.seed)
    return Pipeline([("prepare", for_one_split(setting.features)), ("model", tree)])


def tree_sentences(estimator: Pipeline) -> tuple[Line, ...]:
    """A fitted shallow tree as indented rules in words, from its root down."""
    questions = questions_of(estimator)
    return tuple(_lines(estimator[-1], questions, node=0, depth=0))


class Question(NamedTuple):
    """What a column of the tree is made of. level: of a category; None for a number."""

    column: str
    level: Any = None
    others: bool = False


def questions_of(estimator: Pipeline) -> list[Question]:
    """One for each column that the tree sees, in their order."""
    raw, columns = estimator[0]
    features = Features(raw.number, raw.category, raw.text, raw.time)
    found = []
    for name, step, used in columns.transformers_:
        if name == "category":
            found += _levels(step, used)
        elif name == "number":
            found += [Question(features.title(column)) for column in used]
    return found


def _levels(encoder: Any, columns: list[str]) -> list[Question]:
    """The columns of a one-hot encoder: its frequent levels, then one for all others."""
    found = []
    rare_ones = getattr(encoder, "infrequent_categories_", [None] * len(columns))
    for column, levels, rare in zip(columns, encoder.categories_, rare_ones, strict=True):
        hidden = set() if rare is None else set(map(str, rare))
        found += [Question(column, level) for level in levels if str(level) not in hidden]
        found += [Question(column, others=True)] if hidden else []
    return found


def _lines(model: Any, questions: list[Question], *, node: int, depth: int) -> list[Line]:
    tree = model.tree_
    if tree.children_left[node] < 0:
        return [Line(depth, _leaf(model, node))]
    question = questions[tree.feature[node]]
    left, right = int(tree.children_left[node]), int(tree.children_right[node])
    number_asked = question.level is None and not question.others
    yes, no = (left, right) if number_asked else (right, left)
    asked = _asked(question, float(tree.threshold[node]))
    return [
        Line(depth, asked),
        *_lines(model, questions, node=yes, depth=depth + 1),
        Line(depth, _("Otherwise:")),
        *_lines(model, questions, node=no, depth=depth + 1),
    ]


def _asked(question: Question, threshold: float) -> str:
    column = question.column
    if question.others:
        return _("If {column} is none of its frequent values:", column=column)
    if question.level is None:
        return _("If {column} is at most {limit}:", column=column, limit=number(threshold))
    if question.level != question.level:
        return _("If {column} is missing:", column=column)
    return _("If {column} is {level}:", column=column, level=question.level)


def _leaf(model: Any, node: int) -> str:
    rows = int(model.tree_.n_node_samples[node])
    value = model.tree_.value[node][0]
    if not hasattr(model, "classes_"):
        return plural("{value} ({n} row)", "{value} ({n} rows)", rows,
                      value=number(float(value[0])))  # fmt: skip
    share = value / value.sum()
    best = int(np.argmax(share))
    return plural("{name} ({share} of {n} row)", "{name} ({share} of {n} rows)", rows,
                  name=model.classes_[best], share=f"{100 * share[best]:.0f}%")  # fmt: skip
