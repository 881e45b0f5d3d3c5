"""What a colleague should know of the model that is tried: limits, how good it is, of what rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from casebook.formats import day, interval, number
from casebook.language import _
from casebook.models.about import ModelFile
from casebook.pages.base import Html, element, join, key_values, notice, prose
from casebook.prototype.opened import Prototype
from casebook.stats.estimate import Estimate

_METRICS = 3  # how many are shown; the card has all of them


def head(prototype: Prototype, level: int = 2) -> Html:
    """The title of the page and what a colleague needs to know first.

    level: of the heading; 1 where nothing stands above it.
    """
    record = prototype.case.record
    texts = record.prototype.texts
    title = texts.title or record.title or record.name
    intro = texts.intro or _("Fill in what you know; the answer follows at once.")
    return join(
        element(f"h{level}", title, class_="cb-headline"), element("p", intro, class_="cb-lead")
    )


def limits(prototype: Prototype) -> Html:
    """What it should not be used for; an open question where nobody has said it."""
    said = prototype.case.record.prototype.texts.limits
    if said:
        return prose(said)
    asked = _("Nobody has said yet what it should not be used for (prototype.texts.limits).")
    return notice("unanswered", asked)


def facts(file: ModelFile, baseline: Mapping[str, Any], days: tuple[str, str] | None) -> Html:
    """How good the model is on rows that it had not seen, and of which rows it was made.

    baseline: findings of that phase as plain JSON values, empty where there are none.
    """
    pairs: list[tuple[object, object]] = [(_("Model"), file.about.title or file.about.candidate)]
    pairs += metrics(file.about.candidate, baseline)
    pairs.append((_("Learned from"), _("{n} rows", n=number(file.rows))))
    if days is not None:
        first, last = (day(date.fromisoformat(one)) for one in days)
        pairs.append((_("Days of these rows"), f"{first} – {last}"))
    return key_values(pairs)


def metrics(candidate: str, baseline: Mapping[str, Any]) -> list[tuple[object, object]]:
    """The first metrics of a candidate with their intervals, on rows that it had not seen."""
    own = next((one for one in baseline.get("candidates", ()) if one["name"] == candidate), None)
    if own is None:
        return []
    scores: Sequence[Mapping[str, Any]] = own.get("held") or own.get("scores") or ()
    rows = baseline["rows_held"] if own.get("held") else own.get("rows", 0)
    named = zip(baseline["metrics"], scores, strict=False)
    return [
        (metric["title"], _("{score} on {n} rows that it had not seen",
                            score=interval(Estimate(**score)), n=number(rows)))
        for metric, score in list(named)[:_METRICS]
    ]  # fmt: skip


def other_data() -> Html:
    """The notice that the data have changed since the model was made."""
    said = _("The data have changed since this model was made: what is usual and what is near is "
             "of the data now, the answers are of the model then. Run the baseline again for a "
             "model of these data.")  # fmt: skip
    return notice("stale", said)
