"""The rule in words: the record's, or the one split that the data propose."""

from __future__ import annotations

from typing import Any

import numpy as np

from casebook.formats import number
from casebook.language import _
from casebook.models.labelled import Labelled
from casebook.models.rule import one_split
from casebook.models.rule_words import in_words, value_in_words


def rule_sentences(data: Labelled) -> tuple[tuple[str, ...], bool]:
    """The rule of the comparison in words, and whether the data proposed it."""
    setting = data.setting
    if setting.rules:
        said = [
            _("If {condition}: {value}", condition=in_words(condition, data.X.columns),
              value=value_in_words(value))
            for condition, value in setting.rules
        ]  # fmt: skip
        if setting.default is not None:
            said.append(_("Otherwise: {value}", value=value_in_words(setting.default)))
        return tuple(said), False
    return _split_sentences(data), True


def _split_sentences(data: Labelled) -> tuple[str, ...]:
    pipeline = one_split(data.setting).fit(data.X, data.y)
    model = pipeline[-1]
    tree = model.tree_
    if tree.node_count < 3:
        return (_("No single split helps: {value}", value=_said(model, 0)),)
    name = str(pipeline[0][-1].get_feature_names_out()[tree.feature[0]])
    left, right = _said(model, tree.children_left[0]), _said(model, tree.children_right[0])
    if column := _one_hot_parent(name, data):
        level = name.removeprefix(f"{column}_")
        return (
            _("If {column} is {level}: {value}", column=column, level=level, value=right),
            _("Otherwise: {value}", value=left),
        )
    limit = number(float(tree.threshold[0]))
    return (
        _("If {column} is at most {limit}: {value}", column=name, limit=limit, value=left),
        _("Otherwise: {value}", value=right),
    )


def _one_hot_parent(name: str, data: Labelled) -> str | None:
    matches = [c for c in data.features.category if name.startswith(f"{c}_")]
    return max(matches, key=len, default=None)


def _said(model: Any, node: int) -> str:
    value = model.tree_.value[node][0]
    if not hasattr(model, "classes_"):
        return number(float(value[0]))
    share = value / value.sum()
    best = int(np.argmax(share))
    return _("{name} ({share} of such rows)", name=model.classes_[best],
             share=f"{100 * share[best]:.0f}%")  # fmt: skip
