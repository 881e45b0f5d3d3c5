"""From the findings of the baseline phase to the model that is saved, and what its card says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from casebook.case import Case
from casebook.expressions import identifier
from casebook.formats import interval, number
from casebook.language import _
from casebook.models.about import About, ModelFile
from casebook.models.labelled import labelled
from casebook.models.registry import NOT_SAVED, candidates_of
from casebook.pages.model_facts import Facts, Limit, Rival
from casebook.pages.model_facts import Scored as Measured
from casebook.phases.baseline import Findings
from casebook.phases.baseline_values import Scored
from casebook.runs.model import ToSave
from casebook.tables import Table

__all__ = ["NOT_SAVED", "to_save"]


def to_save(case: Case, table: Table, findings: Findings) -> ToSave | None:
    """The chosen candidate, to be fitted on all labelled rows; None where there is none to keep."""
    if findings.chosen is None or findings.chosen in NOT_SAVED:
        return None
    data = labelled(case, table, seed=findings.seed)
    candidate = next(c for c in candidates_of(data.setting) if c.name == findings.chosen)
    band = case.record.prototype.hand_over
    about = About(
        case=case.record.name,
        candidate=candidate.name,
        title=_(candidate.title),
        table=table.name,
        fingerprint=table.fingerprint,
        threshold=case.record.prototype.threshold if data.positive else None,
        band=(band.low, band.high) if band and data.positive else None,
    )
    return ToSave(candidate.make, data, about, partial(_facts, case, table, findings))


def _facts(case: Case, table: Table, findings: Findings, file: ModelFile, _estimator: Any) -> Facts:
    own = next(one for one in findings.candidates if one.name == findings.chosen)
    first, last = _days(table)
    return Facts(
        file,
        metrics=_metrics(own, findings),
        held_out=findings.split,
        rivals=tuple(_rival(one, own) for one in findings.candidates if one is not own),
        limits=_limits(case, own, findings),
        speed=own.speed,
        explainable=own.explainable,
        sensitive=tuple(column.name for column in table.columns if column.sensitive),
        first_day=first,
        last_day=last,
        rows_unlabelled=table.rows - findings.rows,
        rows_filtered_out=table.rows_filtered_out,
        proposed=_why(findings),
    )


def _metrics(own: Scored, findings: Findings) -> tuple[Measured, ...]:
    """On the rows kept for the last test; where none are kept, on those of the folds."""
    scores, rows = (own.held, findings.rows_held) if own.held else (own.scores, own.rows)
    return tuple(
        Measured(metric.title, replace(score, n=rows), not metric.greater_is_better)
        for metric, score in zip(findings.metrics, scores, strict=True)
    )


def _rival(one: Scored, own: Scored) -> Rival:
    if one.failed:
        return Rival(one.title, failed=one.failed)
    # Of others than the best one it is not known by how much they are ahead of each other.
    better = one.behind_rows if own.behind is None else None
    return Rival(one.title, (one.held or one.scores)[0], better)


def _limits(case: Case, own: Scored, findings: Findings) -> tuple[Limit, ...]:
    least = case.record.constraints.min_quality
    found = []
    if least is not None:
        kept = all(broken.limit != "min_quality" for broken in own.broken)
        title = findings.metrics[0].title
        found.append(Limit(title, number(least), interval(own.main), kept))
    widest = case.record.constraints.max_rate_difference
    if widest is not None:
        told = [b.sentence for b in own.broken if b.limit == "max_rate_difference"]
        measured = told[0] if told else _("no gap that is clearly greater")
        title = _("Rates of yes between groups")
        found.append(Limit(title, number(widest), measured, not told))
    return tuple(found)


def _days(table: Table) -> tuple[date | None, date | None]:
    if table.time is None:
        return None, None
    column = identifier(table.time)
    found = table.aggregate({"first": f"MIN({column})", "last": f"MAX({column})"}).iloc[0]
    return found["first"].date(), found["last"].date()


def _why(findings: Findings) -> str:
    return findings.decided.sentence if findings.decided else " ".join(findings.headline[:3])
