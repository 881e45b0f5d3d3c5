"""Is it complex enough: is a model clearly better than every simple solution?"""

from __future__ import annotations

from casebook.evidence.base import Found, NotApplicable
from casebook.evidence.compare import lead, turned
from casebook.evidence.context import Context
from casebook.evidence.lookup import lookup_alone
from casebook.evidence.rivals import Rivals, ahead_words, scores_picture
from casebook.evidence.shared import Shared
from casebook.formats import interval
from casebook.language import _

MIRRORED = {"yes": "no", "no": "yes", "unclear": "unclear"}


def gather(context: Context) -> Found | NotApplicable:
    """The mirror of a simple solution, with how far trees are ahead of a straight line."""
    if context.shared is None:
        return _without_fits(context)
    found = context.rivals
    if not isinstance(found, Rivals):
        return found or context.without_models()
    outcome = MIRRORED[found.outcome]
    return Found(
        outcome, _sentence(found, outcome), _facts(context.shared), scores_picture(context.shared)
    )


def _without_fits(context: Context) -> Found | NotApplicable:
    alone = lookup_alone(context.table, context.seed)
    if alone is None or alone.outcome != "yes":
        return context.without_models()
    return Found("no", _("A lookup is enough, so no model is needed."), alone.facts, alone.picture)


def _sentence(found: Rivals, outcome: str) -> str:
    values = {"model": found.model, "simple": found.simple, "ahead": ahead_words(found.ahead)}
    if outcome == "yes":
        return _("The {model} is ahead of the best simple solution, the {simple}, by {ahead}.",
                 **values)  # fmt: skip
    if found.ahead.rows.value < 0:
        return _("The {simple} is better than the best model, the {model}, by {behind}.",
                 behind=interval(turned(found.ahead.rows)), **values)  # fmt: skip
    if outcome == "no":
        return _("No model does clearly better than the {simple}: the {model} is ahead of it by "
                 "{ahead}.", **values)  # fmt: skip
    return _("Whether a model does better than the {simple} cannot be told from these rows: the "
             "{model} is ahead of it by {ahead}.", **values)  # fmt: skip


def _facts(shared: Shared) -> tuple[tuple[str, str], ...]:
    if not shared.outs.keys() >= {"boosting", "linear"}:
        return tuple(shared.left_out.items())
    ahead = lead(shared.outs["boosting"], shared.outs["linear"], shared.metric, shared.data)
    said = _("{ahead} in {metric}", ahead=ahead_words(ahead), metric=shared.metric_title)
    return ((_("Boosted trees ahead of the linear model by"), said),)
