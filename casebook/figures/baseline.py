"""Pictures of the comparison: what to use, and what it must beat."""

from __future__ import annotations

from matplotlib.axes import Axes

from casebook.figures.axes import number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size, bars, reference
from casebook.formats import number, sentence
from casebook.language import _
from casebook.phases.baseline import Findings, Scored

_REFERENCES = ("human", "rule", "dummy")
"""What a model must beat, the hardest to beat first where several are there."""


def scores_figure(findings: Findings) -> CaseFigure:
    """The deciding metric of every candidate: the choice in colour, a line at what it must beat."""
    standing = _standing(findings)
    figure = new_figure(
        *_size(len(standing)), title=_scores_title(findings), alt=" ".join(findings.headline)
    )
    axes = figure.subplots()
    bars(
        axes,
        [_named(candidate, findings) for candidate in standing],
        [candidate.main for candidate in standing],
        highlight=[i for i, c in enumerate(standing) if c.name == findings.chosen],
        kind="dot",
    )
    _to_beat(axes, standing, findings)
    deciding = findings.metrics[0]
    scale(axes, deciding.title, greater_is_better=deciding.greater_is_better)
    return figure


def scale(axes: Axes, metric: str, *, greater_is_better: bool) -> None:
    """The numbers of a score, and which way is better."""
    axes.tick_params(axis="x", labelbottom=True)
    number_axis(axes.xaxis, ticks=6)
    name = sentence(metric)
    if greater_is_better:
        axes.set_xlabel(_("{metric}: more is better →", metric=name), loc="right")
    else:
        axes.set_xlabel(_("← {metric}: less is better", metric=name), loc="left")


def _size(rows: int) -> tuple[float, float]:
    width, height = bar_size(rows)
    return width, height + 0.45


def _scores_title(findings: Findings) -> str:
    return sentence(
        _("{metric} of each candidate on the same {n} rows",
          metric=findings.metrics[0].title, n=number(findings.rows_tested))
    )  # fmt: skip


def _named(candidate: Scored, findings: Findings) -> str:
    if candidate.name != findings.chosen:
        return candidate.title
    return _("{name} (choice)", name=candidate.title)


def _to_beat(axes: Axes, standing: list[Scored], findings: Findings) -> None:
    """A line at the best of what is there without a model."""
    there = [c for c in standing if c.name in _REFERENCES and c.name != findings.chosen]
    if not there or findings.chosen == "dummy":
        return
    sign = 1 if findings.metrics[0].greater_is_better else -1
    hardest = max(there, key=lambda candidate: sign * candidate.main.value)
    label = _("to beat: {name}", name=hardest.title)
    reference(axes, hardest.main.value, label, vertical=True)


def behind_figure(findings: Findings) -> CaseFigure:
    """How far each candidate is behind the best, over folds, with the corrected interval."""
    others = [c for c in _standing(findings) if c.behind is not None]
    title = _("How far behind the best, with the corrected interval")
    figure = new_figure(*bar_size(len(others)), title=title, alt=" ".join(findings.headline))
    bars(
        figure.subplots(),
        [candidate.title for candidate in others],
        [candidate.behind.difference for candidate in others if candidate.behind],
        highlight=[i for i, c in enumerate(others) if c.name == findings.chosen] or [len(others)],
    )
    return figure


def _standing(findings: Findings) -> list[Scored]:
    return [candidate for candidate in findings.candidates if candidate.failed is None]
