"""Is the metric fit for the target: accuracy hides a rare class."""

from __future__ import annotations

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.context import Context
from casebook.evidence.shared import Shared
from casebook.formats import number, percent
from casebook.language import _
from casebook.stats.metrics import NUMBER

RARE = 0.2
CAPPED = 0.01


def gather(context: Context) -> Found | NotApplicable:
    """Whether the record's metric says anything that a constant answer would not."""
    if context.shared is None:
        return context.without_models()
    if context.shared.data.task == NUMBER:
        return _of_numbers(context.shared)
    counts = context.shared.data.y.value_counts()
    frequent, rare = str(counts.index[0]), str(counts.index[-1])
    share, least = counts.iloc[0] / counts.sum(), counts.iloc[-1] / counts.sum()
    asked = _asked(context)
    values = {"frequent": frequent, "rare": rare, "share": percent(share), "least": percent(least),
              "metric": context.shared.metric_title}  # fmt: skip
    facts = tuple((str(name), number(int(n))) for name, n in counts.iloc[:12].items())
    picture = Picture(
        "bars", tuple(Point(str(k), float(v)) for k, v in counts.iloc[:12].items()), None,
        _("rows"), _("Rows of each class."),
    )  # fmt: skip
    if least >= RARE or (len(counts) > 2 and share < 1 - RARE):
        said = _("No class is rare: always saying '{frequent}' is right in {share}.", **values)
        return Found("yes", said, facts, picture)
    said = _(
        "The class '{rare}' is rare ({least}). Always saying '{frequent}' is right in {share}, so "
        "accuracy is refused as the metric; {metric} decides.",
        **values,
    )
    return Found("unclear" if asked == "accuracy" else "yes", said, facts, picture)


def _asked(context: Context) -> str:
    objectives = context.case.record.objectives
    first = objectives.objectives[0].metric if objectives.objectives else None
    return (objectives.metric or first or "").lower()


def _of_numbers(shared: Shared) -> Found:
    y = shared.data.y
    at_top = float((y == y.max()).mean())
    facts = ((_("Rows at the greatest value"), percent(at_top)),)
    if at_top >= CAPPED and y.nunique() > 20:
        said = _("{share} of the rows have the greatest value, {top}: the target may be cut off "
                 "there.", share=percent(at_top), top=number(float(y.max())))  # fmt: skip
        return Found("yes", said, facts)
    return Found("yes", _("The target is a number; errors are measured in its unit."), facts)
