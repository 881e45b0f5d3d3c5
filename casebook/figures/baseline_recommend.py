"""The picture of recommenders: how much of what people chose later each of them had offered."""

from __future__ import annotations

from matplotlib.axes import Axes

from casebook.figures.axes import number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size, bars, reference
from casebook.formats import interval, number, percent
from casebook.language import _
from casebook.phases.baseline_recommend import Ranked, Recommendation
from casebook.theme import colour


def recall_figure(found: Recommendation) -> CaseFigure | None:
    """Recall of every recommender with its interval, the choice in colour; a line for new people.

    To people who had chosen nothing before all of them offer the same, so one line is enough.
    None where nothing was compared.
    """
    standing = [one for one in found.recommenders if one.standing]
    if not standing:
        return None
    width, height = bar_size(len(standing))
    figure = new_figure(width, height + 0.5, title=_title(found), alt=_alt(found, standing))
    axes = figure.subplots()
    bars(
        axes,
        [_named(one, found) for one in standing],
        [one.main.recall for one in standing],
        highlight=[i for i, one in enumerate(standing) if one.name == found.chosen],
        kind="dot",
        say=lambda one: interval(one, 100, "%"),
    )
    _new_people(axes, standing[0])
    axes.tick_params(axis="x", labelbottom=True)
    number_axis(axes.xaxis, share=True, ticks=6)
    axes.set_xlabel(_("recall at {k}: more is better →", k=found.k), loc="right")
    return figure


def _title(found: Recommendation) -> str:
    if found.baskets:
        return _("How often the thing left out is among {k} offers, in {n} baskets",
                 k=found.k, n=number(_tested(found)))  # fmt: skip
    return _("How much was among {k} offers of what {n} people chose who had chosen before",
             k=found.k, n=number(_tested(found)))  # fmt: skip


def _tested(found: Recommendation) -> int:
    return found.named(found.best).main.users


def _named(one: Ranked, found: Recommendation) -> str:
    if one.name != found.chosen:
        return one.title
    return _("{name} (choice)", name=one.title)


def _new_people(axes: Axes, one: Ranked) -> None:
    """What anything reaches for people of whom nothing is known, as a line with its interval."""
    for reached in one.reached:
        if reached.kind == "new":
            value = reached.recall
            if value.low is not None and value.high is not None:
                axes.axvspan(value.low, value.high, color=colour("context"), alpha=0.18, zorder=0)
            said = _("{n} new people: all {share}", n=reached.users, share=percent(value.value, 0))
            reference(axes, value.value, said, vertical=True)


def _alt(found: Recommendation, standing: list[Ranked]) -> str:
    listed = ", ".join(f"{one.title} {interval(one.main.recall, 100, '%')}" for one in standing)
    return " ".join([*found.headline, _("Recall: {listed}.", listed=listed)])
