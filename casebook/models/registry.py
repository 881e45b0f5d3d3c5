"""The candidates, in one literal table, from the simplest to the most complex."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from casebook.exceptions import ModelError
from casebook.language import N_, _
from casebook.models import boosting, dummy, human, linear, own, repeat, rule, tree
from casebook.models.setting import Setting


def _nothing(setting: Setting) -> str:  # noqa: ARG001 a candidate that always applies
    return ""


def _no_column(setting: Setting) -> str | None:  # noqa: ARG001 a candidate that takes every row
    return None


class Candidate(NamedTuple):
    """Anything compared in the baseline phase.

    make: the factory of an unfitted scikit-learn estimator over raw columns.
    explainable: whether a person can follow one decision from the estimator itself.
    kind: `reference` for what is there without learning, `simple` or `model` for what learns.
    lacking: why it does not apply to a case, in words; empty where it does.
    needs: the column without which a row is not scored; None where every row is.
    """

    name: str
    title: str
    make: Callable[[Setting], Any]
    explainable: bool
    kind: str = "model"
    lacking: Callable[[Setting], str] = _nothing
    needs: Callable[[Setting], str | None] = _no_column


CANDIDATES = (
    Candidate("dummy", N_("dummy"), dummy.make, explainable=True, kind="reference"),
    Candidate("rule", N_("rule"), rule.make, explainable=True, kind="reference"),
    Candidate("human", N_("people today"), human.make, explainable=True, kind="reference",
              lacking=human.lacking, needs=human.column),
    Candidate("last", N_("last value"), partial(repeat.make, "last"), explainable=True,
              kind="reference", lacking=partial(repeat.lacking, "last")),
    Candidate("season", N_("same period before"), partial(repeat.make, "season"), explainable=True,
              kind="reference", lacking=partial(repeat.lacking, "season")),
    Candidate("year", N_("same period a year before"), partial(repeat.make, "year"),
              explainable=True, kind="reference", lacking=partial(repeat.lacking, "year")),
    Candidate("linear", N_("linear model"), linear.make, explainable=True, kind="simple"),
    Candidate("tree", N_("shallow tree"), tree.make, explainable=True, kind="simple"),
    Candidate("boosting", N_("boosted tree model"), boosting.make, explainable=False),
)  # fmt: skip


NOT_SAVED = ("dummy", "human", "last", "season", "year")
"""What needs no file: it looks at nothing, or at what people and the past say."""


def candidates_of(setting: Setting) -> tuple[Candidate, ...]:
    """The table's candidates and those that the record adds, which come last.

    Whether they apply is for `lacking` to say. Raises ModelError, with its place, for a name of
    the record's that is taken.
    """
    found = list(CANDIDATES)
    for one in setting.own:
        names = [candidate.name for candidate in found]
        if one.name in names:
            raise ModelError(
                _("there is a candidate '{name}' already; there are {allowed}.",
                  name=one.name, allowed=", ".join(names)),
                place=one.places.get("name", ""),
                hint=_("Give it another name."),
            )  # fmt: skip
        found.append(Candidate(one.name, one.name, partial(own.make, one), explainable=False))
    return tuple(found)
