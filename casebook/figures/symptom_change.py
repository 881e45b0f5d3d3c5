"""The change as a waterfall: by the values of the segment, and by the factors of the metric."""

from __future__ import annotations

from collections.abc import Sequence

from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size
from casebook.figures.waterfall import waterfall
from casebook.formats import interval, percent
from casebook.language import _
from casebook.phases.symptom import Findings
from casebook.phases.symptom_factors import FactorPart
from casebook.phases.symptom_trials import Part
from casebook.phases.symptom_words import amount, factor_name, period_text
from casebook.stats.estimate import Estimate


def contribution_figure(findings: Findings) -> CaseFigure | None:
    """From the metric before to the metric after, by what each value of the segment adds.

    None where parts do not add up.
    """
    parts = findings.contributions
    if not parts:
        return None
    title = _("What each value of {segment} adds to the change", segment=findings.segment)
    steps = [(part.labels[0], part.change) for part in parts]
    loud = [0] if parts[0].clear or len(parts) == 1 else []
    return _waterfall(findings, title, steps, [_said(part) for part in parts], loud)


def factor_figure(findings: Findings) -> CaseFigure | None:
    """From the metric before to the metric after, by what each factor adds; None without."""
    found = findings.factors
    if found is None or findings.change is None:
        return None
    title = _("What each factor adds to the change")
    steps = [(factor_name(part), part.change) for part in found.parts]
    sign = 1 if findings.change.after > findings.change.before else -1
    top = max(range(len(steps)), key=lambda n: sign * found.parts[n].change.value)
    return _waterfall(findings, title, steps, [_moved(part) for part in found.parts], [top])


def _said(part: Part) -> str:
    """A part's share of the change, and the one that it would have had."""
    if part.share is None:
        return interval(part.change)
    share = interval(part.share, scale=100, suffix="%")
    return _("{share} of the change, {base} expected", share=share, base=percent(part.base, 0))


def _moved(part: FactorPart) -> str:
    """A factor's share of the change, and how much it moved itself."""
    share = interval(part.share, scale=100, suffix="%") if part.share else interval(part.change)
    if part.relative is None:
        return share
    own = f"{'+' if part.relative > 0 else ''}{percent(part.relative, 0)}"
    return _("{share} of the change; itself {own}", share=share, own=own)


def _waterfall(
    findings: Findings,
    title: str,
    steps: Sequence[tuple[str, Estimate]],
    said: Sequence[str],
    highlight: Sequence[int],
) -> CaseFigure:
    moved, trend = findings.change, findings.trend
    assert moved is not None
    assert trend is not None
    assert trend.first is not None
    assert trend.last is not None
    unit = findings.metric.unit
    figure = new_figure(*bar_size(len(steps) + 2), title=title, alt=" ".join(findings.headline[2:]))
    waterfall(
        figure.subplots(),
        (moved.before, moved.after),
        (period_text(trend.first, trend.period), period_text(trend.last, trend.period)),
        steps,
        [amount(moved.before, unit), *said, amount(moved.after, unit)],
        highlight=highlight,
    )
    return figure
