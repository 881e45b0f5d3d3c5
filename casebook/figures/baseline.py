"""Pictures of the comparison: what to use, and what it must beat."""

from __future__ import annotations

from matplotlib.axes import Axes

from casebook.figures.axes import number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size, bars, reference, whiskers
from casebook.formats import number, sentence
from casebook.language import _
from casebook.phases.baseline import Findings
from casebook.phases.baseline_values import Scored
from casebook.theme import colour


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
    _last_test(axes, standing)
    _to_beat(axes, standing, findings)
    deciding = findings.metrics[0]
    scale(axes, deciding.title, greater_is_better=deciding.greater_is_better)
    return figure


def _last_test(axes: Axes, standing: list[Scored]) -> None:
    """The score on the rows kept for the last test, a hollow dot under the one of the folds."""
    rows = [(row + 0.27, one.held[0]) for row, one in enumerate(standing) if one.held]
    if not rows:
        return
    places = [place for place, _estimate in rows]
    estimates = [estimate for _place, estimate in rows]
    whiskers(axes, places, estimates, name="context", horizontal=True)
    axes.scatter(
        [estimate.value for estimate in estimates], places, s=20, zorder=6,
        facecolor=colour("paper"), edgecolor=colour("muted"), linewidth=1.2,
    )  # fmt: skip
    axes.annotate(
        _("○ on the rows kept for the last test"), (0, 0), xycoords="axes fraction",
        xytext=(0, -40), textcoords="offset points", fontsize=9, color=colour("muted"),
    )  # fmt: skip


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
    return width, height + 0.75


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
    there = [
        c for c in standing
        if c.kind == "reference" and c.name not in ("dummy", findings.chosen)
    ]  # fmt: skip
    there = there or [c for c in standing if c.name == "dummy"]
    if not there or findings.chosen == "dummy":
        return
    sign = 1 if findings.metrics[0].greater_is_better else -1
    hardest = max(there, key=lambda candidate: sign * candidate.main.value)
    label = _("to beat: {name}", name=hardest.title)
    reference(axes, hardest.main.value, label, vertical=True)


def _standing(findings: Findings) -> list[Scored]:
    return [candidate for candidate in findings.candidates if candidate.failed is None]
