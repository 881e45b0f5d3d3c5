"""The model card: what a model is for, what it was made of, how good it is, and who says so.

Mitchell and others 2019, "Model Cards for Model Reporting". A question that nobody has answered
stands there as one that nobody has answered.
"""

from __future__ import annotations

from datetime import datetime

from casebook import formats
from casebook.case import questions
from casebook.case.record import Record
from casebook.formats import day, interval, moment, number
from casebook.language import _
from casebook.pages.model_card_measured import compared, limits, quality, usual
from casebook.pages.model_card_parts import Card, Entry, Part, asked, stated
from casebook.pages.model_facts import Facts

__all__ = ["Card", "Facts", "card"]


def card(record: Record, facts: Facts) -> Card:
    """The card of a model, in the language in use."""
    model = facts.model
    return Card(
        title=_("Model card: {title}", title=record.title or record.name),
        language=record.language,
        lead=_lead(facts),
        parts=(
            Part(_("What it is for, and what not"), asked(record, _PURPOSE)),
            Part(_("What it is worth, and what a wrong one costs"), _worth(record)),
            _data(record, facts),
            quality(facts),
            compared(facts),
            limits(record, facts),
            _threshold(record, facts),
            _decision(record, facts),
            Part(_("What it reads"), grids=(usual(model.columns),)),
            _loading(facts),
        ),
    )


_PURPOSE = (
    "business.service", "business.output", "business.use", "prototype.audience",
    "prototype.texts.limits",
)  # fmt: skip
_WORTH = (
    "business.value", "objectives.goal", "business.today", "business.when_wrong",
    "business.noticed",
)  # fmt: skip
_COSTS = ("true_positive", "false_positive", "false_negative", "true_negative", "over", "under")


def _lead(facts: Facts) -> tuple[str, ...]:
    model = facts.model
    name = model.about.title or model.about.candidate
    values = {"name": name, "target": model.target, "n": number(model.rows)}
    first = _("A {name} that predicts {target}, learned from {n} rows.", **values)
    if not facts.metrics:
        return (first, _("How good it is has not been measured on rows that were held out."))
    best = facts.metrics[0]
    said = _("{metric} {score} on {n} rows that it had not seen.", metric=best.title,
             score=interval(best.estimate), n=number(best.estimate.n))  # fmt: skip
    return first, formats.sentence(said)


def _worth(record: Record) -> tuple[Entry, ...]:
    texts = {question.path: question.text for question in questions(record)}
    costs = record.objectives.costs
    unit = record.objectives.cost_unit or ""
    told = [
        Entry(texts[f"objectives.costs.{name}"], f"{stated(value)} {unit}".strip())
        for name in _COSTS
        if (value := getattr(costs, name)) is not None
    ]
    if not told:
        told = [Entry(_("What does each outcome cost? What it brings is a negative cost."), None)]
    return (*asked(record, _WORTH), *told)


def _data(record: Record, facts: Facts) -> Part:
    model = facts.model
    target = model.target
    if model.positive:
        target = _("{target}; {positive} counts as yes", target=target, positive=model.positive)
    entries = (
        Entry(_("Table"), model.about.table or record.data.main_table),
        Entry(_("Rows it learned from"), number(model.rows)),
        Entry(_("Period"), _period(facts)),
        Entry(_("Rows that were left out by a filter"), _filter(record, facts)),
        Entry(_("Rows without a label, left out"), number(facts.rows_unlabelled)),
        Entry(_("Sensitive columns"), ", ".join(facts.sensitive) or _("none found or named")),
        Entry(_("What is predicted"), target),
    )
    labels = asked(
        record,
        ("objectives.label.definition", "objectives.label.source", "objectives.label.delay_days"),
    )
    return Part(_("The data"), (*entries, *labels))


def _period(facts: Facts) -> str:
    if facts.first_day is None or facts.last_day is None:
        return _("no column says when")
    return f"{day(facts.first_day)} – {day(facts.last_day)}"


def _filter(record: Record, facts: Facts) -> str:
    if not record.data.filter:
        return _("none")
    return _("{n}; kept are those with {filter}",
             n=number(facts.rows_filtered_out), filter=record.data.filter)  # fmt: skip


def _threshold(record: Record, facts: Facts) -> Part:
    title = _("From where on it says yes")
    model = facts.model
    if model.positive is None:
        return Part(title, notes=(_("There is no threshold: it does not say yes or no."),))
    (question,) = asked(record, ("prototype.threshold",))
    used = None if model.threshold is None else stated(model.threshold)
    band, label = record.prototype.hand_over, _("Where does a person decide instead of the model?")
    handed = None
    if band is not None:
        handed = f"{stated(band.low)} – {stated(band.high)}" + (f", {band.to}" if band.to else "")
    notes = () if used else (_("Without a threshold it says the more probable class."),)
    return Part(title, (Entry(question.label, used), Entry(label, handed)), notes=notes)


def _decision(record: Record, facts: Facts) -> Part:
    decided, model = record.baseline.decision, facts.model.about
    label = _("Which candidate is to be used, and who says so?")
    notes = [facts.proposed] if facts.proposed else []
    if decided is None:
        return Part(_("Who decided"), (Entry(label, None),), notes=tuple(notes))
    if decided.candidate != model.candidate:
        notes.append(_("Take care: {decided} was decided on, and this is the model of {name}.",
                       decided=decided.candidate, name=model.candidate))  # fmt: skip
    paths = tuple(f"baseline.decision.{name}" for name in ("candidate", "by", "on", "reason"))
    return Part(_("Who decided"), asked(record, paths), notes=tuple(notes))


def _loading(facts: Facts) -> Part:
    model = facts.model
    trust = f", trust={list(model.about.trust)}" if model.about.trust else ""
    code = "\n".join((
        "from casebook.models.file import load_model",
        f'model = load_model("."{trust})  # the folder of this card',
        "model.predict(rows)  # a pandas frame with the columns above",
    ))  # fmt: skip
    entries = (
        Entry(_("Saved"), moment(datetime.fromisoformat(model.created))),
        Entry("sha256", model.sha256),
        Entry(_("Fingerprint of the table"), model.about.fingerprint or "–"),
        Entry(_("Versions"), ", ".join(f"{n} {v}" for n, v in model.versions.items())),
    )
    return Part(_("How to load it"), entries, code=code)
