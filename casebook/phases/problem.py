"""03_problem: what exactly is the problem? Hypotheses against the data, and the problem tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from casebook.case import Case
from casebook.case.sections_symptom import Comparison
from casebook.formats import number, sentence
from casebook.language import _
from casebook.phases import problem_words as words
from casebook.phases.findings import Upstream
from casebook.phases.problem_evidence import Asked, Tested, tested
from casebook.phases.problem_interviews import Counted, interviews
from casebook.phases.problem_sizes import Size, scaled, size_of
from casebook.phases.problem_tree import Box, best_solution, boxes, days_said, named_cause
from casebook.tables import Table, open_table


@dataclass(frozen=True)
class Claim:
    """A hypothesis of the record, and what the data say of it.

    sentence: what was measured. together: what stayed together in the interval.
    disagrees: the record concludes something else than the data say.
    """

    statement: str
    by: str
    conclusion: str | None
    note: str
    tested: Tested | None
    sentence: str
    together: str
    disagrees: bool


@dataclass(frozen=True)
class Findings:
    """Hypotheses, the tree, notes from interviews.

    said: of each box of the tree, its evidence or its expected effect in a sentence, in the
    order of `tree`. comparisons: how many the intervals hold for together. symptom: the first
    sentence of that phase, empty where it has not run.
    """

    headline: tuple[str, ...]
    statement: str
    metric: str
    unit: str
    symptom: str
    comparisons: int
    hypotheses: tuple[Claim, ...]
    tree: tuple[Box, ...]
    said: tuple[str, ...]
    interviews: Counted | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Evidence:
    """What was found by the place of the comparison in the record, and the size of each box."""

    found: dict[str, Tested]
    sizes: dict[str, Size]
    comparisons: int


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Test each comparison of the record's hypotheses and boxes, and size the causes.

    All intervals hold together (Bonferroni over the different comparisons).
    Raises ExpressionError, with the place in the record, for a comparison that is none.
    """
    evidence = _evidence(case, table, seed)
    claims = tuple(_claims(case, evidence))
    nodes = case.record.problem.nodes
    by_box = {
        node.id: evidence.found[path]
        for n, node in enumerate(nodes)
        if (path := f"problem.nodes.{n}.evidence") in evidence.found
    }
    tree = boxes(nodes, by_box, evidence.sizes)
    symptom = case.record.symptom
    return Findings(
        headline=_headline(case, claims, tree),
        statement=case.record.problem.statement or "",
        metric=symptom.metric_name or symptom.metric or "",
        unit=symptom.unit or "",
        symptom=next(iter(upstream.get("symptom", {}).get("headline", ())), ""),
        comparisons=evidence.comparisons,
        hypotheses=claims,
        tree=tree,
        said=tuple(_said(case, box) for box in tree),
        interviews=interviews(case, table),
        notes=_notes(case, evidence, tree),
    )


def _evidence(case: Case, table: Table, seed: int) -> _Evidence:
    asked = dict(_asked(case, table))
    n = len({one.comparison.model_dump_json() for one in asked.values()})
    found = {path: tested(one, comparisons=n, seed=seed) for path, one in asked.items()}
    sizes = {}
    for place, node in enumerate(case.record.problem.nodes):
        path = f"problem.nodes.{place}.evidence"
        size = size_of(asked[path], found[path], node.worth) if path in asked else None
        if size is not None:
            sizes[node.id] = size
    return _Evidence(found, sizes, n)


def _asked(case: Case, table: Table) -> Iterator[tuple[str, Asked]]:
    """Every comparison with the table that it is about, opened once, by its place."""
    tables: dict[str | None, Table] = {None: table, table.name: table}
    for path, one in _comparisons(case):
        if one.table not in tables:
            tables[one.table] = _other(case, table, one.table)
        yield path, Asked(case, tables[one.table], one, path)


def _other(case: Case, table: Table, name: str | None) -> Table:
    """Another table of the case, cut at the same day where it has a time."""
    held = open_table(case, name)
    return open_table(case, name, as_of=table.as_of) if table.as_of and held.time else held


def _comparisons(case: Case) -> Iterator[tuple[str, Comparison]]:
    """Every comparison of the record, by its place there."""
    for place, hypothesis in enumerate(case.record.symptom.hypotheses):
        if hypothesis.comparison is not None:
            yield f"symptom.hypotheses.{place}.comparison", hypothesis.comparison
    for place, node in enumerate(case.record.problem.nodes):
        if node.evidence is not None:
            yield f"problem.nodes.{place}.evidence", node.evidence


def _claims(case: Case, evidence: _Evidence) -> Iterator[Claim]:
    for place, one in enumerate(case.record.symptom.hypotheses):
        found = evidence.found.get(f"symptom.hypotheses.{place}.comparison")
        told = words.CONCLUSIONS[found.verdict] if found else None
        yield Claim(
            statement=one.statement,
            by=one.by or "",
            conclusion=one.conclusion,
            note=one.note or "",
            tested=found,
            sentence=words.compared(found) if found else "",
            together=words.kept_together(found) if found else "",
            disagrees=None not in (told, one.conclusion) and told != one.conclusion,
        )


def _said(case: Case, box: Box) -> str:
    """The evidence of a problem or cause, or the expected effect of a solution."""
    if box.kind == "solution":
        return _effect_said(case, box)
    if box.tested is None:
        return ""
    verdict = sentence(_(words.VERDICTS[box.tested.verdict]))
    if box.tested.difference is None:
        return f"{verdict}."
    return f"{verdict}: {words.effect(box.tested.difference, share=box.tested.share)}"


def _effect_said(case: Case, box: Box) -> str:
    if box.basis == "unsupported":
        return _("none to expect: the data do not support its cause")
    if box.effect is None:
        return ""
    if box.basis == "given":
        amount = f"{number(box.effect.value)} {case.record.symptom.unit or ''}".strip()
        return _("{amount}, as the record gives it", amount=amount)
    assert box.size is not None
    amount = words.gained(case, box.size, box.effect)
    return _("at most {amount}", amount=amount) if box.limit else amount


def _headline(case: Case, claims: tuple[Claim, ...], tree: tuple[Box, ...]) -> tuple[str, ...]:
    said = []
    cause = named_cause(tree)
    if cause is not None and cause.tested is not None and cause.tested.difference is not None:
        effect = words.effect(cause.tested.difference, share=cause.tested.share)
        said.append(_("The data support the cause '{text}': {effect}.", text=cause.text,
                      effect=effect))  # fmt: skip
        if cause.size is not None:
            said.append(_without(case, cause, cause.size))
    verdicts = [one.tested.verdict for one in claims if one.tested]
    if not said:
        said.append(_no_cause(tree))
    if verdicts:
        said.append(words.weighed(verdicts))
    best = best_solution(tree, case.record.symptom.direction)
    if best is not None and best.effort_days:
        said.append(_("'{text}' promises the most for its work: {effect}, for {effort}.",
                      text=best.text, effect=_effect_said(case, best),
                      effort=days_said(best.effort_days)))  # fmt: skip
    return tuple(said)


def _without(case: Case, cause: Box, size: Size) -> str:
    """What would be without the cause, said as higher or lower and not by a sign."""
    symptom, up = case.record.symptom, size.gain.value >= 0
    metric = symptom.metric_name or symptom.metric or ""
    if size.kind == "mean" and cause.tested is not None:
        metric = _("the mean of {outcome}", outcome=cause.tested.outcome)
    gain = words.gained(case, size, size.gain if up else scaled(size.gain, -1.0))
    if up:
        return sentence(
            _("Without it {metric} would be higher by {gain}.", metric=metric, gain=gain)
        )
    return sentence(_("Without it {metric} would be lower by {gain}.", metric=metric, gain=gain))


def _no_cause(tree: tuple[Box, ...]) -> str:
    causes = [box for box in tree if box.kind == "cause"]
    if not causes:
        return _("The problem tree names no cause yet.")
    if not any(box.tested for box in causes):
        return _("No cause of the problem tree is tied to a comparison yet.")
    return _("The data support none of the causes in the problem tree.")


def _notes(case: Case, evidence: _Evidence, tree: tuple[Box, ...]) -> tuple[str, ...]:
    """How it was measured, in sentences."""
    said = []
    if evidence.comparisons > 1:
        said.append(_("{n} comparisons are made; the intervals hold for all of them together.",
                      n=evidence.comparisons))  # fmt: skip
    sizes = [box.size for box in tree if box.size]
    if any(size.periods for size in sizes):
        size = next(size for size in sizes if size.periods)
        said.append(_recent(size))
    if any(box.limit for box in tree):
        said.append(_("An effect 'at most' is that of a solution which takes all of its cause "
                      "away; the record's 'removes' says how much it does."))  # fmt: skip
    said += [
        _("'{text}' is tied to no comparison: the data cannot speak for or against it.",
          text=one.statement)
        for one in case.record.symptom.hypotheses if one.comparison is None
    ]  # fmt: skip
    said.append(_("A difference that is found in rows as they happened is not proof of a cause: "
                  "only an experiment tells what a change would do."))  # fmt: skip
    return tuple(said)


def _recent(size: Size) -> str:
    counted = {
        "day": _("How often a cause occurs is counted in the last {n} whole days.", n=size.periods),
        "week": _("How often a cause occurs is counted in the last {n} whole weeks.",
                  n=size.periods),
        "month": _("How often a cause occurs is counted in the last {n} whole months.",
                   n=size.periods),
    }  # fmt: skip
    return counted[size.period]
