"""What the comparison says: the best, what it beats, what to use, and by how much."""

from __future__ import annotations

from collections.abc import Sequence

from casebook.formats import interval, number
from casebook.language import _
from casebook.phases.baseline_scores import clearly_behind, rivals_of
from casebook.phases.baseline_values import Better, Decided, Promise, Scored
from casebook.stats.metrics import Metric


def headline(
    metric: Metric,
    candidates: Sequence[Scored],
    chosen: Scored | None,
    betters: Sequence[Better],
    *,
    decided: Decided | None,
    promise: Promise | None,
) -> tuple[str, ...]:
    """The sentences to take away."""
    standing = [one for one in candidates if not one.failed]
    best = next(one for one in standing if one.behind is None)
    said = [_best(metric, best), *_dummy_sentence(metric, standing, best), _choice(chosen, best)]
    if betters:
        said.append(_really(betters[0]))
    if promise is not None and promise.too_good:
        said.append(promise.sentence)
    if decided is not None:
        said.append(decided.sentence)
    return tuple(said)


def _best(metric: Metric, best: Scored) -> str:
    values = {"name": best.title, "metric": _(metric.title), "score": interval(best.main)}
    if metric.greater_is_better:
        return _("The best candidate is the {name}: {metric} {score}.", **values)
    return _("The best candidate is the {name}: {metric} {score}; less is better.", **values)


def _dummy_sentence(metric: Metric, standing: Sequence[Scored], best: Scored) -> tuple[str, ...]:
    dummy = next((candidate for candidate in standing if candidate.name == "dummy"), None)
    if dummy is None or dummy is best or dummy.behind is None:
        return ()
    values = {"metric": _(metric.title), "dummy": number(dummy.main.value)}
    if clearly_behind(dummy, rivals_of(standing)):
        return (_("It beats the dummy, which looks at no feature: {metric} {dummy}.", **values),)
    return (
        _("It does not clearly beat the dummy, which looks at no feature: {metric} {dummy}.",
          **values),
    )  # fmt: skip


def _choice(chosen: Scored | None, best: Scored) -> str:
    if chosen is None:
        return _("No candidate keeps every limit of the record, so none is chosen.")
    if chosen.name == "dummy":
        return _("So there is nothing to put to use yet.")
    if chosen.name == best.name or chosen.behind is None:
        return _("Nothing simpler comes close: the {name} is the choice.", name=chosen.title)
    return _(
        "The simpler {chosen} is not clearly worse than the {best}; it is behind by {difference}: "
        "choose the simpler one.",
        chosen=chosen.title,
        best=best.title,
        difference=interval(chosen.behind.difference),
    )


def _really(better: Better) -> str:
    """The distance to what is hardest to beat, and whether it could be chance."""
    if better.clear:
        return better.sentence
    if better.difference.high is not None and better.difference.high < 0:
        return better.sentence
    return f"{better.sentence} {_('That may be chance.')}"
