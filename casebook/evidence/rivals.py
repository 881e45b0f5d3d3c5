"""The best model against the best solution without one, on the same folds."""

from __future__ import annotations

from dataclasses import dataclass

from casebook.evidence.base import NotApplicable, Picture, Point
from casebook.evidence.compare import Lead, lead, mean_score
from casebook.evidence.shared import Shared
from casebook.formats import interval
from casebook.language import _
from casebook.models.crossval import OutOfFold
from casebook.models.registry import CANDIDATES

LITTLE = 0.02
"""A lead of less than this share of what is gained over the dummy is next to nothing."""
TOLERATED = 0.2
"""Where the lead could be greater than this share of that gain, the rows cannot tell."""


@dataclass(frozen=True, eq=False)
class Rivals:
    """The best model and the best simple solution, how far the model is ahead, and what it is of.

    gain: of the simple solution over the dummy. by: by which columns it decides.
    """

    model: str
    model_out: OutOfFold
    simple: str
    simple_out: OutOfFold
    by: str
    ahead: Lead
    gain: float
    simple_gain: Lead
    model_gain: Lead

    @property
    def outcome(self) -> str:
        """Whether the simple solution is enough: `yes`, `no` or `unclear`."""
        if self.ahead.clear and self.ahead.rows.value > LITTLE * self.gain:
            return "no"
        high = self.ahead.rows.high
        near = high is not None and high <= TOLERATED * self.gain
        return "yes" if near and self.simple_gain.clear else "unclear"


def rivals(shared: Shared) -> Rivals | NotApplicable:
    """The two; not applicable where neither is clearly better than the dummy."""
    data, metric = shared.data, shared.metric
    titles = {candidate.name: _(candidate.title) for candidate in CANDIDATES}
    models = {n: shared.outs[n] for n in ("linear", "boosting") if n in shared.outs}
    simple = [(s.title, s.label, s.out) for s in shared.solutions]
    if "rule" in shared.outs:
        simple.append((titles["rule"], "", shared.outs["rule"]))
    if not models or not simple:
        return NotApplicable(_("There is no model and no simple solution to compare."))
    name = max(models, key=lambda n: mean_score(models[n], metric))
    title, label, out = max(simple, key=lambda item: mean_score(item[2], metric))
    dummy = shared.outs["dummy"]
    simple_gain, model_gain = (lead(o, dummy, metric, data) for o in (out, models[name]))
    if not (simple_gain.sure or model_gain.sure):
        return NotApplicable(
            _(
                "Neither a model nor a simple solution is better than guessing, so there is "
                "nothing to choose between."
            )
        )
    return Rivals(
        titles[name], models[name], title, out, label,
        lead(models[name], out, metric, data),
        mean_score(out, metric) - mean_score(dummy, metric), simple_gain, model_gain,
    )  # fmt: skip


def scores_picture(shared: Shared) -> Picture:
    """Every simple solution and every candidate with its score; the line is the dummy."""
    titles = {solution.title: solution.title for solution in shared.solutions}
    titles |= {c.name: _(c.title) for c in CANDIDATES if c.name in shared.outs}
    points = tuple(
        Point(title, score.value, score.low, score.high)
        for name, title in titles.items()
        for score in [shared.scores[name]]
        if name != "dummy"
    )
    alt = _("The {metric} of simple solutions and models; the line is the dummy.",
            metric=shared.metric_title)  # fmt: skip
    dummy = shared.scores["dummy"].value
    return Picture("intervals", points, dummy, shared.metric_title, alt)


def score_facts(shared: Shared) -> tuple[tuple[str, str], ...]:
    """The same in words, and what was not fitted."""
    titles = {c.name: _(c.title) for c in CANDIDATES}
    found = [(titles.get(name, name), interval(score)) for name, score in shared.scores.items()]
    return (*found, *((titles[name], reason) for name, reason in shared.left_out.items()))


def ahead_words(ahead: Lead) -> str:
    """The lead on the tested rows with its interval."""
    return interval(ahead.rows)
