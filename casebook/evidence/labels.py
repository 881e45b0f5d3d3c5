"""Are there labels: the target, its share of the rows, how late it comes, which scenario holds."""

from __future__ import annotations

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.context import Context
from casebook.expressions import identifier
from casebook.formats import number, percent
from casebook.language import N_, _
from casebook.tables import Table

HALF = 0.5
ENOUGH_LABELS = 1000
ALMOST_NONE = 0.01
SCENARIOS = {
    "labels": N_("labels"),
    "proxy labels": N_("proxy labels"),
    "no labels": N_("no labels"),
    "no data": N_("no data"),
}


def gather(context: Context) -> Found | NotApplicable:
    """Whether what is to be learned is in the table, for how many rows, and how late."""
    table = context.table
    n = 0 if table.target is None else table.count(f"{identifier(table.target)} IS NOT NULL")
    share = n / table.rows if table.rows else 0.0
    scenario = _scenario(context, n, share)
    facts = [(_("Label scenario"), _(SCENARIOS[scenario])), (_("Rows with a label"), number(n))]
    facts += _delay_facts(context, n)
    if not n:
        return Found("no", _nothing(table), tuple(facts))
    outcome = "yes" if share >= HALF or n >= ENOUGH_LABELS else "unclear"
    sentence = _(
        "The target '{target}' is known for {share} of the rows ({scenario}).",
        target=table.target, share=percent(share), scenario=_(SCENARIOS[scenario]),
    )  # fmt: skip
    late = dict(facts).get(_("Days until the label is known"))
    if late is not None:
        sentence += " " + _("It is known {days} days later.", days=late)
    alt = _("The share of rows whose target is known.")
    picture = Picture("bars", (Point(str(table.target), share),), 1.0, _("share of rows"), alt)
    return Found(outcome, sentence, tuple(facts), picture)


def _nothing(table: Table) -> str:
    if table.target is None:
        return _("The record names no column to be predicted (data.target).")
    return _("The target '{name}' has no value in any row.", name=table.target)


def _scenario(context: Context, n: int, share: float) -> str:
    said = context.case.record.objectives.label_scenario
    if not context.table.rows:
        return "no data"
    if not n or share < ALMOST_NONE:
        return "no labels"
    proxy = said == "proxy labels" or context.case.record.objectives.label.proxy is not None
    return "proxy labels" if proxy and said != "labels" else "labels"


def _delay_facts(context: Context, n: int) -> list[tuple[str, str]]:
    """Days from the row to its label, and days at the end of the table without any label."""
    table, label = context.table, context.case.record.objectives.label
    facts = []
    if table.time and label.known_at and table.column(label.known_at).type == "time":
        days = _days(table, label.known_at)
        facts.append((_("Days until the label is known"), number(days)))
    elif label.delay_days is not None:
        facts.append((_("Days until the label is known"), number(label.delay_days)))
    if table.time and n and (empty := _days_without(table)) >= 1:
        facts.append((_("Days at the end without any label"), number(empty)))
    return facts


def _days(table: Table, known_at: str) -> float:
    seconds = f"epoch({identifier(known_at)}) - epoch({identifier(table.time or '')})"
    found = table.aggregate({"days": f"median({seconds}) / 86400"})["days"].iloc[0]
    return float(found)


def _days_without(table: Table) -> int:
    time, target = identifier(table.time or ""), identifier(table.target or "")
    found = table.aggregate(
        {"last": f"max(epoch({time}))",
         "labelled": f"max(CASE WHEN {target} IS NOT NULL THEN epoch({time}) END)"}
    ).iloc[0]  # fmt: skip
    return int((float(found["last"]) - float(found["labelled"])) // 86_400)
