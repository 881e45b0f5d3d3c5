"""Must it be explained, and what does a model that a person can follow lose?"""

from __future__ import annotations

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.compare import Lead, lead, mean_score
from casebook.evidence.context import Context
from casebook.evidence.rivals import LITTLE
from casebook.evidence.shared import Shared
from casebook.formats import interval
from casebook.language import N_, _
from casebook.models.registry import CANDIDATES

DEMANDS = {
    "yes": N_("The record demands that each prediction is explained."),
    "no": N_("The record demands no explanations."),
    "unsure": N_("The record is unsure whether predictions must be explained."),
}


def gather(context: Context) -> Found | NotApplicable:
    """What the best explainable candidate loses against the best of all."""
    demand = context.case.record.constraints.explainable
    said = (
        _(DEMANDS[demand])
        if demand
        else _("The record does not say whether predictions must be explained.")
    )
    if context.shared is None:
        return context.without_models()
    shared = context.shared
    best, own = shared.best, shared.best_explainable
    loss = lead(shared.outs[best], shared.outs[own], shared.metric, shared.data)
    loses = best != own and loss.clear and loss.rows.value > LITTLE * _gain(shared, own)
    outcome = "no"
    if loses and demand != "no":
        outcome = "yes" if demand == "yes" else "unclear"
    sentence = f"{_sentence(shared, best, own, loss, loses)} {said}"
    return Found(outcome, sentence, ((_("What the record demands"), said),), _picture(shared))


def _gain(shared: Shared, name: str) -> float:
    dummy = mean_score(shared.outs["dummy"], shared.metric)
    return max(0.0, mean_score(shared.outs[name], shared.metric) - dummy)


def _title(name: str) -> str:
    return next(_(c.title) for c in CANDIDATES if c.name == name)


def _sentence(shared: Shared, best: str, own: str, loss: Lead, loses: bool) -> str:
    values = {"own": _title(own), "best": _title(best), "metric": shared.metric_title,
              "loss": interval(loss.rows)}  # fmt: skip
    if best == own:
        return _("A model that a person can follow loses nothing: the {own} is the best candidate.",
                 **values)  # fmt: skip
    if loses:
        return _("A model that a person can follow, the {own}, loses {loss} in {metric} against "
                 "the {best}.", **values)  # fmt: skip
    return _("A model that a person can follow, the {own}, loses next to nothing against the "
             "{best}: {loss} in {metric}.", **values)  # fmt: skip


def _picture(shared: Shared) -> Picture:
    points = [
        Point(_(c.title), score.value, score.low, score.high)
        for c in CANDIDATES
        if c.name in shared.outs and c.name != "dummy"
        for score in [shared.scores[c.name]]
    ]
    alt = _("The {metric} of candidates, those that a person can follow first.",
            metric=shared.metric_title)  # fmt: skip
    return Picture("intervals", tuple(points), None, shared.metric_title, alt)
