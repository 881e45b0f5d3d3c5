"""The threshold and the reliability of probabilities as parts of the page of the baseline."""

from __future__ import annotations

from casebook.figures.baseline_calibration import calibration_figure
from casebook.figures.baseline_threshold import threshold_figure
from casebook.formats import interval, number, percent
from casebook.language import _
from casebook.pages.base import (
    Html,
    bullets,
    details,
    headline,
    join,
    key_values,
    notice,
    section,
    table,
)
from casebook.phases.baseline_calibration import Calibration
from casebook.phases.baseline_threshold_data import (
    PER,
    Capacity,
    Curve,
    Decision,
    HandOver,
    Volume,
)
from casebook.phases.baseline_threshold_words import chance, money, per_period, span
from casebook.stats.estimate import Estimate


def threshold(decision: Decision | None) -> Html:
    """Headline, the picture of costs, and what stands behind it; nothing without two classes."""
    if decision is None:
        return Html("")
    unasked = _("What does each outcome cost? (objectives.costs)")
    asked = notice("unanswered", unasked) if decision.costs is None and decision.curve else ""
    return join(
        headline(decision.headline),
        asked,
        *(notice("warning", note) for note in decision.notes),
        picture(decision),
        outcomes(decision),
        savings(decision),
        details(_("How this was found"), facts(decision)) if decision.curve is not None else "",
    )


def picture(decision: Decision) -> Html:
    """The cost of every threshold; nothing where none can be judged."""
    figure = threshold_figure(decision)
    return Html("") if figure is None else Html(figure.html())


def outcomes(decision: Decision) -> Html:
    """The four outcomes at the chosen threshold, or at 0.5 where nobody has said what they cost."""
    if decision.curve is None:
        return Html("")
    return confusion(decision, 0.5 if decision.choice is None else decision.choice.chosen)


def confusion(
    decision: Decision, at: float, band: tuple[float, float] | None = None
) -> Html:  # fmt: skip
    """Answers against what is true, each as rows and as rows of 1,000.

    band: from and up to below which a person decides; None for no such band.
    """
    curve = decision.curve
    assert curve is not None
    top = at if band is None else band[1]
    low = at if band is None else band[0]
    above, below = curve.counts(top), curve.counts(low)
    rows = [(_("answered “{answer}”", answer=decision.yes), above.right_yes, above.wrong_yes)]
    if band is not None:
        person = (below.right_yes - above.right_yes, below.wrong_yes - above.wrong_yes)
        rows.append((_("a person decides"), *person))
    rows.append((_("answered “{answer}”", answer=decision.no), below.wrong_no, below.right_no))
    shown = [[name, _cell(yes, curve), _cell(no, curve), _cell(yes + no, curve)]
             for name, yes, no in rows]  # fmt: skip
    columns = ["", _("is “{answer}”", answer=decision.yes), _("is “{answer}”", answer=decision.no),
               _("together")]  # fmt: skip
    caption = _("Rows at a threshold of {chance}, and of 1,000", chance=chance(at))
    if band is not None:
        caption = _("Rows where a person decides from {low} to {high}, and of 1,000",
                    low=chance(low), high=chance(top))  # fmt: skip
    return table(columns, shown, caption=caption, numeric=(1, 2, 3))


def _cell(rows: float, curve: Curve) -> str:
    share = PER * rows / curve.rows
    digits = 0 if share >= 10 or not share else 1
    return _("{n} ({share} of 1,000)", n=number(rows), share=number(share, digits))


def savings(decision: Decision) -> Html:
    """What the chosen threshold costs less than other ways to decide."""
    if not decision.savings:
        return Html("")
    unit = decision.unit or _("no unit named")
    rows = [[one.title, _("the same") if _same(one.saved) else one.saved]
            for one in decision.savings]  # fmt: skip
    caption = _("Saved against other ways to decide, for 1,000 rows that did not choose the "
                "threshold")  # fmt: skip
    return table(
        [_("instead"), _("saved ({unit})", unit=unit)], rows, caption=caption, numeric=(1,)
    )


def _same(saved: Estimate) -> bool:
    return saved.value == saved.low == saved.high == 0


def facts(decision: Decision) -> Html:
    """The numbers behind the sentences, and how they were found."""
    pairs = [*_of_choice(decision), *_of_capacity(decision), *_of_band(decision)]
    return join(key_values(pairs), bullets(_method(decision)))


def _of_choice(decision: Decision) -> list[tuple[object, object]]:
    choice, curve = decision.choice, decision.curve
    assert curve is not None
    rows = [(_("Rows tested"), _("{n}, of them {yes} “{answer}”", n=number(curve.rows),
             yes=number(curve.positives), answer=decision.yes))]  # fmt: skip
    if choice is None:
        return list(rows)
    unit = decision.unit
    per_row = [(_("Costs are multiplied by"), decision.per_row)] if decision.per_row else []
    return [
        *rows,
        *per_row,
        (_("Threshold"), f"{chance(choice.chosen)} {span(choice.low, choice.high)}"),
        (_("Least cost on these rows at"), chance(choice.at)),
        (_("Where the costs break even"), chance(choice.wanted)),
        (_("Cost of 1,000 rows"), money(choice.cost, unit)),
        (_("The same on the rows that chose"), f"{number(choice.apparent)} {unit}".strip()),
    ]


def _of_capacity(decision: Decision) -> list[tuple[object, object]]:
    found, volume = decision.capacity, decision.volume
    if found is None or volume is None:
        return []
    said = [
        (_("Capacity"), f"{number(found.amount)} {per_period(volume)}"),
        (_("Threshold that fills it"), chance(found.limit)),
        (_("Right, of those acted on"), interval(found.precision, 100, "%")),
        (_("Acted on, of those that should be"), interval(found.recall, 100, "%")),
    ]
    return [*said, *_by_period(found, volume)]


def _by_period(found: Capacity, volume: Volume) -> list[tuple[str, str]]:
    said = [(_("Rows of a period"), volume.said)]
    if found.spread is not None:
        told = _("{over} of {n} tested periods would go past it; 8 of 10 have their own between "
                 "{low} and {high}", over=number(found.over), n=number(found.periods),
                 low=chance(found.spread[0]), high=chance(found.spread[1]))  # fmt: skip
        said.append((_("Period by period"), told))
    return said


def _of_band(decision: Decision) -> list[tuple[object, object]]:
    band = decision.band
    if band is None:
        return []
    name = _("A person decides") if band.by == "cost" else _("The data cannot tell")
    said: list[tuple[object, object]] = [
        (name, f"{chance(band.low)} – {chance(band.high)}"),
        (_("Rows in it"), interval(band.share, 100, "%")),
        (_("Wrong, of “{answer}” outside of it", answer=decision.yes), _wrong(band.wrong_yes)),
        (_("Wrong, of “{answer}” outside of it", answer=decision.no), _wrong(band.wrong_no)),
    ]
    return [*said, *_ends(band)]


def _wrong(share: Estimate | None) -> str:
    return _("there is none") if share is None else interval(share, 100, "%")


def _ends(band: HandOver) -> list[tuple[object, object]]:
    if band.low_range is None or band.high_range is None:
        return []
    return [
        (_("Lower ends that are not clearly worse"), span(*band.low_range)),
        (_("Upper ends that are not clearly worse"), span(*band.high_range)),
    ]


def _method(decision: Decision) -> list[str]:
    if decision.choice is None:
        return []
    n = decision.choice.cost.n
    return [
        _("The range holds every threshold than which no other is clearly cheaper, by the "
          "bootstrap over {n} rows or blocks of rows; the best one is among them in at least 95 of "
          "100 samples.", n=number(n)),
        _("Costs and savings are of thresholds chosen on the other folds; intervals are "
          "percentiles of 400 resamples."),
        _("Within the range the threshold is where the costs break even (Elkan 2001), by "
          "probabilities that are mended where they clearly do not come true."),
    ]  # fmt: skip


def calibration(found: Calibration | None) -> Html:
    """Whether probabilities come true: sentences, picture, and the numbers folded."""
    if found is None:
        return Html("")
    shown = join(headline(found.headline), Html(calibration_figure(found).html()), _bins(found))
    return section(_("Do its probabilities come true?"), shown, level=2)


def _bins(found: Calibration) -> Html:
    measured = found.reliability
    rows = [[f"{percent(one.low)} – {percent(one.high)}", percent(one.said),
             interval(one.came, 100, "%"), one.came.n] for one in measured.bins]  # fmt: skip
    names = [_("stated"), _("on average"), _("came true"), _("rows")]
    parts = [
        (_("Slope (1 is right)"), measured.slope),
        (_("Intercept (0 is right)"), measured.intercept),
        (_("Brier score"), number(measured.brier)),
        (_("of which: not coming true"), number(measured.miscalibration)),
        (_("less: telling rows apart"), number(measured.discrimination)),
        (_("plus: what nobody can know"), number(measured.uncertainty)),
    ]
    inside = join(table(names, rows, caption=found.yes, numeric=(1, 2, 3)), key_values(parts))
    return details(_("The numbers"), inside)
