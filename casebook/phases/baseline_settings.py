"""What the record asks of the comparison: the deciding metric, the candidates, the split."""

from __future__ import annotations

from collections.abc import Sequence

from casebook.case import Case
from casebook.exceptions import ModelError, nearest
from casebook.language import _
from casebook.models.labelled import Labelled
from casebook.models.registry import Candidate, candidates_of
from casebook.models.setting import Setting
from casebook.phases.baseline_values import Decided, LeftOut, Scored
from casebook.stats.costs import Costs, cost_metric
from casebook.stats.metrics import Metric, metrics_for
from casebook.tables import Table


def deciding_first(case: Case, data: Labelled) -> tuple[Metric, ...]:
    """The task's metrics, the record's choice first, then the cost where the record gives one."""
    metrics = list(metrics_for(data.task))
    costs = Costs.from_record(case.record.objectives.costs)
    if costs is not None and data.positive is not None:
        metrics.append(cost_metric(costs))
    wanted = case.record.objectives.metric
    names = [metric.name for metric in metrics]
    if wanted is not None and wanted not in names:
        raise ModelError(
            _("'{name}' is not a metric for this target; there are {allowed}.",
              name=wanted, allowed=", ".join(names)),
            place=case.place("objectives.metric"),
            hint=nearest(wanted, names),
        )  # fmt: skip
    metrics.sort(key=lambda metric: metric.name != wanted)
    return tuple(metrics)


def wanted_candidates(case: Case, setting: Setting) -> tuple[Candidate, ...]:
    """The candidates that the record names, or all; `lacking` says which do not apply.

    Raises ModelError for a name that no candidate has.
    """
    found = candidates_of(setting)
    names = [candidate.name for candidate in found]
    wanted = case.record.baseline.candidates or names
    for position, name in enumerate(wanted):
        if name not in names:
            raise ModelError(
                _("there is no candidate '{name}'; there are {allowed}.",
                  name=name, allowed=", ".join(names)),
                place=case.place(f"baseline.candidates.{position}"),
                hint=nearest(name, names),
            )  # fmt: skip
    return tuple(candidate for candidate in found if candidate.name in wanted)


def left_out(case: Case, data: Labelled) -> tuple[LeftOut, ...]:
    """The wanted candidates that do not apply, and why."""
    reasons = (
        (candidate, candidate.lacking(data.setting))
        for candidate in wanted_candidates(case, data.setting)
    )
    return tuple(LeftOut(_(candidate.title), reason) for candidate, reason in reasons if reason)


def decision(case: Case, candidates: Sequence[Scored]) -> Decided | None:
    """What a person decided, where the candidate is there and keeps the hard limits.

    Raises ModelError for a candidate that is not compared.
    """
    said = case.record.baseline.decision
    if said is None:
        return None
    names = [one.name for one in candidates]
    if said.candidate not in names:
        raise ModelError(
            _("there is no candidate '{name}'; there are {allowed}.",
              name=said.candidate, allowed=", ".join(names)),
            place=case.place("baseline.decision.candidate"),
            hint=nearest(said.candidate, names),
        )  # fmt: skip
    one = next(one for one in candidates if one.name == said.candidate)
    words = {"by": said.by or _("Somebody"), "name": one.title, "reason": said.reason or ""}
    if one.failed or not one.allowed:
        why = one.failed or "; ".join(broken.sentence for broken in one.broken if broken.hard)
        told = _("{by} decided for the {name}, which cannot be used: {why}", why=why, **words)
        return Decided("", words["by"], words["reason"], told)
    told = _("{by} decided for the {name}: {reason}", **words)
    return Decided(one.name, words["by"], words["reason"], told)


def notes(case: Case, table: Table, data: Labelled) -> tuple[str, ...]:
    """A split that a person chose against the roles, and settings that have no effect yet."""
    section = case.record.baseline
    said = []
    if section.split == "random" and (table.time or case.record.data.group):
        said.append(_("The record wants shuffled folds although rows have a time or a group: "
                      "scores may be too good."))  # fmt: skip
    elif table.time and data.splits.kind != "time" and section.split is None:
        said.append(_("Some labelled rows have no time, so the folds are not in time: scores may "
                      "be too good."))  # fmt: skip
    if not len(data.splits.held):
        said.append(_("No rows are kept for a last test: there are too few, or the record wants it "
                      "so. Distances are those of the folds, which also chose."))  # fmt: skip
    if section.repeats and section.repeats > 1 and data.splits.kind == "time":
        said.append(_("Splits in time can be made in one way only; baseline.repeats has no "
                      "effect."))  # fmt: skip
    if case.record.data.weight:
        said.append(_("{field} is answered, and has no effect in this version.",
                      field="data.weight"))  # fmt: skip
    return tuple(said)
