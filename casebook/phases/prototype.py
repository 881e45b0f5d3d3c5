"""08_prototype: can a colleague try it?

What each answer may be trusted with, measured of the chosen candidate on rows that it had not
seen: how wide the interval of a number is, what makes stated probabilities come true, how far from
all that is known a row may be, what would be said of how many rows, and how many go to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casebook.case import Case
from casebook.language import _
from casebook.models.labelled import Labelled, labelled
from casebook.models.registry import NOT_SAVED, Candidate, candidates_of
from casebook.phases import prototype_trust as measure
from casebook.phases.findings import Upstream
from casebook.phases.prototype_rows import Unseen, how, refitted, unseen
from casebook.phases.prototype_values import Dot, Mending, Sized, Told
from casebook.phases.prototype_words import headline, nothing_chosen, nothing_to_type, unknown
from casebook.prototype.values import Trust
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import TWO
from casebook.tables import Table


@dataclass(frozen=True)
class Findings:
    """What was measured of the chosen candidate on rows that it had not seen.

    candidate: None where there is nothing to try; the headline says why, and nothing else is there.
    trust: what every answer uses. told: what is said of how many rows. mending: of two classes.
    sized, dots: of numbers. strange: the share of rows that are called unlike anything seen.
    handed: the share that goes to a person; None without a band.
    threshold, band: of the record, as the model states probabilities.
    how: which rows measured what. refitted: what holds of the model that answers.
    """

    headline: tuple[str, ...]
    seed: int = 0
    candidate: str | None = None
    title: str = ""
    task: str = ""
    target: str = ""
    positive: str | None = None
    rows: int = 0
    trust: Trust = field(default_factory=Trust)
    told: tuple[Told, ...] = ()
    mending: Mending | None = None
    sized: tuple[Sized, ...] = ()
    dots: tuple[Dot, ...] = ()
    strange: Estimate | None = None
    handed: Estimate | None = None
    threshold: float | None = None
    band: tuple[float, float] | None = None
    how: str = ""
    refitted: str = ""
    sample: str = ""


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Measure what a colleague may trust; one fit of the candidate that the baseline phase chose.

    Raises ModelError or TableError as `labelled` does; errors of an estimator come through.
    """
    baseline = upstream.get("baseline")
    chosen = None if baseline is None else baseline["chosen"]
    if baseline is None or chosen is None:
        return Findings(nothing_chosen(baseline), seed)
    if chosen in NOT_SAVED:
        return Findings(nothing_to_type(_title(baseline, chosen)), seed)
    data = labelled(case, table, seed=int(baseline["seed"]), hold_out=True)
    candidate = next((c for c in candidates_of(data.setting) if c.name == chosen), None)
    if candidate is None:
        return Findings(unknown(chosen), seed)
    return _measured(case, data, candidate, seed)


def _title(baseline: Mapping[str, Any], chosen: str) -> str:
    return next((c["title"] for c in baseline["candidates"] if c["name"] == chosen), chosen)


def _measured(case: Case, data: Labelled, candidate: Candidate, seed: int) -> Findings:
    found = unseen(candidate, data)
    parts = _of_classes(case, data, found, seed) if data.classes else _of_numbers(found, seed)
    reached = measure.reach(data, found, seed=seed)
    trust = Trust(parts.pop("mended", None), parts.pop("conformal", None), reached.distances)
    title, rows = _(candidate.title), len(found.rows)
    return Findings(
        headline=headline(data, title, trust, rows, strange=reached.strange, **_said(parts)),
        seed=seed,
        candidate=candidate.name,
        title=title,
        task=data.task,
        target=str(data.y.name),
        positive=data.positive,
        rows=rows,
        trust=trust,
        strange=reached.strange,
        how=how(data, found),
        refitted=refitted(data),
        sample=data.sample_sentence(),
        **parts,
    )


def _said(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: parts[name] for name in ("told", "mending", "handed") if name in parts}


def _of_numbers(found: Unseen, seed: int) -> dict[str, Any]:
    return {
        "conformal": measure.conformal(found),
        "sized": measure.sized(found),
        "dots": measure.dots(found, seed=seed),
    }


def _of_classes(case: Case, data: Labelled, found: Unseen, seed: int) -> dict[str, Any]:
    told = measure.told(case, data, found)
    if data.task != TWO:
        return {"told": told}
    record = case.record.prototype
    return {
        "told": told,
        "mended": measure.mended(found),
        "mending": measure.mending(found, seed=seed),
        "handed": next((one.share for one in told if one.decision == "person"), None),
        "threshold": record.threshold,
        "band": (record.hand_over.low, record.hand_over.high) if record.hand_over else None,
    }
