"""What kinds of evidence share: the labelled rows, one set of folds, and the fits on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from casebook.evidence.compare import mean_score
from casebook.evidence.solutions import Solution, solutions
from casebook.exceptions import CasebookError, ModelError
from casebook.formats import number
from casebook.language import N_, _
from casebook.models.crossval import OutOfFold, cross_validate, estimated
from casebook.models.labelled import Labelled
from casebook.models.registry import CANDIDATES, Candidate
from casebook.models.rule import one_split
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import MANY, Metric, metrics_for

MOST_ROWS = 10_000
"""Rows of which evidence is gathered; more change an interval little and cost minutes."""
MOST_CELLS = 40_000
"""Rows times classes of boosted trees, which grow as many trees as there are classes."""
MOST_COLUMNS_FOR_TREES = 300
FITTED = ("dummy", "rule", "linear", "boosting")
"""The candidates that evidence rests on; further ones would cost time and change no answer."""
THRESHOLD = Candidate("threshold", N_("one threshold"), one_split, explainable=True)


@dataclass(frozen=True, eq=False)
class Shared:
    """Rows, folds and fits, made once for all kinds of evidence.

    outs: what each candidate said of rows it had not seen, by name, the simplest first.
    scores: each candidate's and each solution's with its interval, by name and title.
    left_out: candidates that were not fitted, and why.
    """

    data: Labelled
    metric: Metric
    outs: Mapping[str, OutOfFold]
    solutions: tuple[Solution, ...]
    scores: Mapping[str, Estimate]
    left_out: Mapping[str, str]

    @property
    def best(self) -> str:
        """The name of the candidate with the best mean score."""
        return max(self.outs, key=lambda name: mean_score(self.outs[name], self.metric))

    @property
    def best_explainable(self) -> str:
        """The same among those whose decisions a person can follow."""
        names = [c.name for c in CANDIDATES if c.explainable and c.name in self.outs]
        return max(names, key=lambda name: mean_score(self.outs[name], self.metric))

    @property
    def metric_title(self) -> str:
        """The metric that decides, in the reader's language."""
        return _(self.metric.title)

    def sample_sentence(self) -> str:
        """Which rows were looked at, in words; empty when it was all of them."""
        data = self.data
        if len(data.y) == data.rows_available:
            return data.sample_sentence()
        said = _(
            "Evidence is gathered on a random sample of {shown} of {all} labelled rows.",
            shown=number(len(data.y)),
            all=number(data.rows_available),
        )
        whole = replace(data, rows_available=len(data.y))
        return " ".join(filter(None, [whole.sample_sentence(), said]))


def fit(data: Labelled) -> Shared:
    """Every candidate on the same folds, and the solutions without a model.

    Raises ModelError where none but the dummy can be fitted.
    """
    tried = {c.name: _tried(c, data) for c in CANDIDATES if c.name in FITTED}
    outs = {name: out for name, out in tried.items() if isinstance(out, OutOfFold)}
    left_out = {name: out for name, out in tried.items() if isinstance(out, str)}
    if not outs.keys() - {"dummy"} or "dummy" not in outs:
        raise ModelError(_("Every candidate failed: {errors}", errors="; ".join(left_out.values())))
    metric, simple = metrics_for(data.task)[0], (*solutions(data), *_threshold(data))
    every = {**outs, **{solution.title: solution.out for solution in simple}}
    scores = {name: estimated(out.score(metric), out, data) for name, out in every.items()}
    return Shared(data, metric, outs, simple, scores, left_out)


def _threshold(data: Labelled) -> tuple[Solution, ...]:
    """One threshold on one column, where the record's own rules take the place of it."""
    found = _tried(THRESHOLD, data) if data.setting.rules else ""
    title = _(THRESHOLD.title)
    return (Solution(title, "", found),) if isinstance(found, OutOfFold) else ()


def _tried(candidate: Candidate, data: Labelled) -> OutOfFold | str:
    """A candidate on the folds; why not, where it is too costly or cannot be fitted."""
    if reason := _too_costly(candidate, data):
        return reason
    try:
        return cross_validate(candidate, data)
    except (CasebookError, ValueError, FloatingPointError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"


def _too_costly(candidate: Candidate, data: Labelled) -> str:
    """Why a candidate is not fitted here; empty where it is."""
    if candidate.name != "boosting":
        return ""
    if len(data.features.names) > MOST_COLUMNS_FOR_TREES:
        return _("The table has too many columns to grow trees on them here.")
    if data.task == MANY and len(data.y) * len(data.classes) > MOST_CELLS:
        return _("The target has too many classes to grow trees for each here.")
    return ""
