"""Can it be solved simply: a lookup, one threshold or a table of two columns against models."""

from __future__ import annotations

from casebook.evidence.base import Found, NotApplicable
from casebook.evidence.compare import turned
from casebook.evidence.context import Context
from casebook.evidence.lookup import lookup_alone
from casebook.evidence.rivals import Rivals, ahead_words, score_facts, scores_picture
from casebook.formats import interval
from casebook.language import _


def gather(context: Context) -> Found | NotApplicable:
    """Whether the best simple solution comes within noise of the best model."""
    if context.shared is None:
        alone = lookup_alone(context.table, context.seed)
        return alone if alone is not None else context.without_models()
    found = context.rivals
    if not isinstance(found, Rivals):
        return found or context.without_models()
    outcome = found.outcome
    facts = score_facts(context.shared)
    return Found(outcome, _sentence(found, outcome), facts, scores_picture(context.shared))


def _sentence(found: Rivals, outcome: str) -> str:
    values = {"simple": found.simple, "by": found.by, "model": found.model,
              "ahead": ahead_words(found.ahead)}  # fmt: skip
    if outcome == "no":
        said = _("The best simple solution, the {simple}, is not enough: the {model} is ahead of "
                 "it by {ahead}.", **values)  # fmt: skip
    elif found.ahead.rows.value < 0:
        said = _("The {simple} is better than the best model, the {model}, by {behind}.",
                 behind=interval(turned(found.ahead.rows)), **values)  # fmt: skip
    elif found.ahead.clear:
        said = _("The {simple} loses next to nothing: the {model} is ahead of it by {ahead}.",
                 **values)  # fmt: skip
    elif outcome == "yes":
        said = _("The {simple} comes within noise of the best model: the {model} is ahead of it by "
                 "{ahead}.", **values)  # fmt: skip
    else:
        said = _("The rows cannot tell the {simple} from the best model: the {model} is ahead of "
                 "it by {ahead}.", **values)  # fmt: skip
    return f"{said} {_('It decides by {by}.', by=found.by)}" if found.by else said
