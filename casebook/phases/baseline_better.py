"""Is it really better? The distance in a unit that people count in, on rows kept for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casebook.case import Case
from casebook.formats import interval, number
from casebook.language import _
from casebook.models.contest import Entrant
from casebook.models.crossval import OutOfFold, common, estimated
from casebook.models.labelled import Labelled
from casebook.phases.baseline_values import Better, Scored
from casebook.stats.costs import Costs
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import TWO, Floats, Score, mean_of


def betters(
    case: Case,
    data: Labelled,
    entrants: Sequence[Entrant],
    candidates: Sequence[Scored],
    chosen: str | None,
) -> tuple[Better, ...]:
    """The chosen model, or the best one where none is chosen, against each reference.

    The reference that is hardest to beat comes first.
    """
    subject = _subject(candidates, chosen)
    if subject is None:
        return ()
    by_name = {one.candidate.name: one for one in entrants if not one.failed}
    references = [one for one in candidates if one.kind == "reference" and not one.failed]
    references.sort(key=_distance)
    found: list[Better] = []
    for reference in references:
        first, second, held = _pair(by_name[subject.name], by_name[reference.name])
        match = _Match(case, data, subject, reference, first, second, held)
        found += _measured(match)
    return tuple(found)


def _subject(candidates: Sequence[Scored], chosen: str | None) -> Scored | None:
    """The chosen candidate where it learns, else the best of those that do."""
    learned = [one for one in candidates if one.kind != "reference" and not one.failed]
    learned = [one for one in learned if one.allowed] or learned
    named = [one for one in learned if one.name == chosen]
    return named[0] if named else min(learned, key=_distance, default=None)


def _distance(candidate: Scored) -> float:
    return candidate.behind.difference.value if candidate.behind else 0.0


def _pair(one: Entrant, other: Entrant) -> tuple[OutOfFold, OutOfFold, bool]:
    """Both on the same rows: those kept for the last test, else those of the folds."""
    if one.held is not None and other.held is not None:
        return (*common(one.held, other.held), True)
    return (*common(one.out, other.out), False)


@dataclass(frozen=True, eq=False)
class _Match:
    """Two candidates on the same rows."""

    case: Case
    data: Labelled
    subject: Scored
    reference: Scored
    first: OutOfFold
    second: OutOfFold
    held: bool

    @property
    def words(self) -> dict[str, str]:
        """Names for the sentences: of both candidates, and of what the rows are."""
        rows = self.case.record.data.rows_are or _("rows")
        return {"name": self.subject.title, "other": self.reference.title, "rows": rows}

    def estimate(self, score: Score) -> Estimate:
        return estimated(score, self.first, self.data)

    def better(
        self, unit: str, difference: Estimate, sentence: str, flagged: float | None = None
    ) -> Better:
        names = self.subject.name, self.reference.name
        return Better(*names, unit, difference, sentence, flagged, self.held)


def _measured(match: _Match) -> list[Better]:
    if not match.data.classes:
        return [_off(match)]
    if match.data.task != TWO:
        return [_right(match)]
    costs = Costs.from_record(match.case.record.objectives.costs)
    return [_found(match), *([] if costs is None else [_saved(match, costs)])]


def _found(match: _Match) -> Better:
    """How many more of the yes are found when both flag as many rows as the reference does."""
    truth = (match.first.predictions.truth == 1).astype(float)
    share = float(np.mean(match.second.predictions.label == 1))
    if not 0 < share < 1:
        share = float(truth.mean())
    more = (flagged(match.first, share) - flagged(match.second, share)) * truth
    difference = match.estimate(_per_thousand(more))
    said = _(
        "Of 1,000 {rows} the {name} finds {difference} more of '{positive}' than the {other} does, "
        "when both flag {flagged}.",
        difference=interval(difference),
        positive=match.data.positive,
        flagged=number(1000 * share, 0),
        **match.words,
    )
    return match.better("found", difference, said, 1000 * share)


def flagged(out: OutOfFold, share: float) -> Floats:
    """(n,) how far each row is flagged when a share of all is: 1, 0, or a part where rows tie."""
    probability = out.predictions.probability
    assert probability is not None
    yes = probability[:, 1]
    wanted = share * len(yes)
    cut = float(np.sort(yes)[::-1][min(len(yes) - 1, int(wanted))])
    above, equal = yes > cut, yes == cut
    part = (wanted - above.sum()) / max(1, int(equal.sum()))
    return np.asarray(above + equal * np.clip(part, 0.0, 1.0), dtype=float)


def _right(match: _Match) -> Better:
    hits = [
        (out.predictions.label == out.predictions.truth).astype(float)
        for out in (match.first, match.second)
    ]
    difference = match.estimate(_per_thousand(hits[0] - hits[1]))
    said = _("Of 1,000 {rows} the {name} has {difference} more right than the {other}.",
             difference=interval(difference), **match.words)  # fmt: skip
    return match.better("right", difference, said)


def _off(match: _Match) -> Better:
    errors = [
        np.abs(out.predictions.truth - out.predictions.label) for out in (match.first, match.second)
    ]
    difference = match.estimate(mean_of(errors[1] - errors[0]))
    said = _(
        "The {name} is off by {own} on average, the {other} by {others}: nearer by {difference}.",
        own=number(float(errors[0].mean())),
        others=number(float(errors[1].mean())),
        difference=interval(difference),
        **match.words,
    )
    return match.better("off", difference, said)


def _saved(match: _Match, costs: Costs) -> Better:
    """The model decides where that costs least, what is there decides as it does today."""
    first, second = match.first.predictions, match.second.predictions
    assert first.probability is not None
    own = costs.of(first.probability[:, 1] >= costs.threshold, first.truth == 1)
    others = costs.of(second.label == 1, second.truth == 1)
    difference = match.estimate(_per_thousand(others - own))
    unit = match.case.record.objectives.cost_unit or ""
    amount = interval(difference, suffix=f" {unit}".rstrip())
    said = _("In 1,000 decisions the {name} saves {amount} against the {other}.", amount=amount,
             **match.words)  # fmt: skip
    return match.better("cost", difference, said)


def _per_thousand(values: Floats) -> Score:
    mean = mean_of(values)
    return lambda weights: 1000 * mean(weights)
