"""Recommenders compared on the same people: what was offered, and what they really chose.

`recommend` is a part of the baseline phase: each recommender learns from the past, offers k
things to everyone who chose in the last days, and is judged by what they chose. People who had
chosen before decide, since to all others every recommender can offer only what is popular.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from casebook.case import Case
from casebook.exceptions import CasebookError
from casebook.language import _
from casebook.models.recommend.base import Offers, Recommends
from casebook.models.recommend.choices import Choices, choices_of
from casebook.models.recommend.registry import RECOMMENDERS, Recommender
from casebook.models.recommend.taste import Taste, at_once
from casebook.phases import baseline_recommend_words as words
from casebook.phases.baseline_recommend_trial import Trial, kinds_of, trial_of
from casebook.phases.baseline_recommend_values import (
    Against,
    Kind,
    Ranked,
    Reached,
    Recommendation,
)
from casebook.stats import ranking
from casebook.stats.metrics import Floats
from casebook.tables import Table

__all__ = ["Against", "Ranked", "Reached", "Recommendation", "recommend"]

FEWEST = 20
"""Users of a kind who must be tested, for recommenders to be compared on them."""
REFERENCES = ("popular", "rule", "last", "favourites")
"""What must be beaten: all that needs no model."""
_ASKED_ALONE = 21  # users for whom one list is timed


@dataclass(frozen=True, eq=False)
class _Tried:
    """A fitted recommender; values: recall, ndcg, hit_rate and hits, each (n_units,)."""

    fitted: Recommends
    values: Mapping[str, Floats]
    coverage: float
    fit_seconds: float
    ms_per_user: float


def recommend(case: Case, table: Table, *, seed: int = 0) -> Recommendation | None:
    """Compare the recommenders on the choices that the record names; None where it names none.

    Where too little is there to compare, the headline says so and there are no recommenders.
    Raises RecordError or TableError, with its place, where the record does not fit the tables.
    """
    choices = choices_of(case, table)
    if choices is None:
        return None
    found = _found(case, choices)
    if found.items < 2 or not found.choices:
        return replace(found, headline=words.nothing_to_offer(found))
    trial = trial_of(case, choices, seed)
    found = replace(found, first=trial.first, last=trial.last, split=trial.split,
                    notes=(*found.notes, *trial.notes))  # fmt: skip
    deciding: Kind = "baskets" if choices.baskets else "returning"
    if int(trial.of_kind(deciding).sum()) < FEWEST:
        tested = int(trial.of_kind(deciding).sum())
        return replace(found, headline=words.too_few(deciding, tested, FEWEST))
    return _compared(found, choices, trial, seed)


def _found(case: Case, choices: Choices) -> Recommendation:
    """What is known before anything is fitted."""
    rows, things = choices.rows, choices.things
    items = len({*rows["item"], *things.listed})
    wanted = case.record.baseline.recommend.k
    k = at_once(wanted, items)
    notes = choices.left_out
    if k < wanted:
        notes = (*notes, words.fewer_offers(items, wanted, k))
    return Recommendation(
        headline=(), table=choices.table, user=choices.user, baskets=choices.baskets, k=k,
        choices=len(rows), users=int(rows["user"].nunique()), items=items, notes=notes,
    )  # fmt: skip


def _compared(
    found: Recommendation, choices: Choices, trial: Trial, seed: int
) -> Recommendation:  # fmt: skip
    things = choices.things
    taste = Taste(found.k, choices.repeats, things.pairs, things.card, seed)
    outcomes = {one.name: _outcome(one, taste, choices, trial) for one in RECOMMENDERS}
    tried = {name: one for name, one in outcomes.items() if isinstance(one, _Tried)}
    if not tried:
        raise CasebookError(
            _("Every recommender failed; the first said: {error}", error=outcomes["popular"])
        )
    kinds = kinds_of(trial, 1)
    ranked = _ranked(outcomes, tried, trial, kinds)
    standing = [one for one in ranked if one.standing]
    best = next(one for one in standing if one.behind is None)
    chosen = next(one for one in standing if not clearly_behind(one))
    found = replace(
        found,
        recommenders=ranked,
        best=best.name,
        chosen=chosen.name,
        popular=_popular(tried, choices, found.k),
        rule=words.rule(choices.things, _proposed(tried, choices)),
        rule_proposed=not (things.pairs or things.card),
        notes=(*found.notes, *_notes(found, trial, tried, kinds)),
    )
    return replace(found, headline=words.headline(found))


def _outcome(one: Recommender, taste: Taste, choices: Choices, trial: Trial) -> _Tried | str | None:
    """A recommender that fails says why; one that needs repeats is None where there are none."""
    if one.comes_again and not choices.repeats:
        return None
    try:
        with threadpool_limits(1):
            return _tried(one.make(taste), taste.k, choices, trial)
    except (CasebookError, ValueError, FloatingPointError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"


def _tried(fitted: Recommends, k: int, choices: Choices, trial: Trial) -> _Tried:
    start = time.perf_counter()
    fitted.fit(trial.early, choices.things.listed)
    seconds = time.perf_counter() - start
    offers: Offers = trial.ask(fitted, k)
    wanted = trial.wanted(fitted.items_)
    hits = ranking.hits_of(offers.items, wanted)
    values = {
        "recall": ranking.recall(hits, wanted.counts),
        "ndcg": ranking.ndcg(hits, wanted.counts),
        "hit_rate": ranking.hit_rate(hits),
        "hits": ranking.hit_count(hits),
    }
    units = {name: ranking.by_unit(each, trial.units) for name, each in values.items()}
    covered = ranking.coverage(offers.items, len(fitted.items_))
    return _Tried(fitted, units, covered, seconds, _milliseconds(fitted, k, trial))


def _milliseconds(fitted: Recommends, k: int, trial: Trial) -> float:
    """The median time of one list alone."""
    taken = []
    for place in range(_ASKED_ALONE):
        ask = trial.one(place * max(1, len(trial.lists) // _ASKED_ALONE))
        start = time.perf_counter()
        ask(fitted, k)
        taken.append(time.perf_counter() - start)
    return 1000 * float(np.median(taken))


def _ranked(
    outcomes: Mapping[str, _Tried | str | None],
    tried: Mapping[str, _Tried],
    trial: Trial,
    kinds: tuple[Kind, ...],
) -> tuple[Ranked, ...]:
    """All recommenders in the order of the registry, against the best on the kind that decides."""
    deciding = trial.of_kind(kinds[0])
    recalls = {name: one.values["recall"][deciding] for name, one in tried.items()}
    best = max(recalls, key=lambda name: float(np.mean(recalls[name])))
    found = []
    for one in RECOMMENDERS:
        outcome, title = outcomes[one.name], _(one.title)
        if isinstance(outcome, str):
            found.append(Ranked(one.name, title, one.explainable, failed=outcome))
            continue
        if outcome is None:
            why = words.needs_repeats(baskets=trial.history is not None)
            found.append(Ranked(one.name, title, one.explainable, does_not_apply=why))
            continue
        behind = None
        if one.name != best:
            behind = ranking.paired(recalls[best], recalls[one.name], comparisons=len(tried) - 1)
        found.append(
            Ranked(
                one.name,
                title,
                one.explainable,
                tuple(_reached(outcome, trial, kind) for kind in kinds),
                behind,
                _beyond(one.name, tried, deciding),
                outcome.coverage,
                outcome.fit_seconds,
                outcome.ms_per_user,
            )
        )
    return tuple(found)


def _reached(one: _Tried, trial: Trial, kind: Kind) -> Reached:
    inside = trial.of_kind(kind)
    means = {name: ranking.average(values[inside]) for name, values in one.values.items()}
    return Reached(kind, int(inside.sum()), **means)


def _beyond(
    name: str, tried: Mapping[str, _Tried], deciding: np.typing.NDArray[np.bool_]
) -> tuple[Against, ...]:
    """How many more offers were chosen than with each recommender that must be beaten."""
    titles = {one.name: _(one.title) for one in RECOMMENDERS}
    hits = tried[name].values["hits"][deciding]
    return tuple(
        Against(other, titles[other], ranking.paired(hits, tried[other].values["hits"][deciding]))
        for other in REFERENCES
        if other in tried and other != name
    )


def clearly_behind(one: Ranked) -> bool:
    """Behind the best by a paired test over users, corrected for how many are compared."""
    return one.behind is not None and one.behind.p_value < 0.05


def _popular(tried: Mapping[str, _Tried], choices: Choices, k: int) -> tuple[str, ...]:
    """The titles of what everybody is offered by the most popular."""
    if "popular" not in tried:
        return ()
    fitted = tried["popular"].fitted
    best = np.argsort(-fitted.popular_, kind="stable")[:k]
    return tuple(choices.things.title(str(fitted.items_[code])) for code in best)


def _proposed(tried: Mapping[str, _Tried], choices: Choices) -> list[tuple[str, str]]:
    """Titles of the pairs that were proposed, those of popular things first."""
    if "rule" not in tried or choices.things.pairs or choices.things.card:
        return []
    fitted = tried["rule"].fitted
    order = np.argsort(-fitted.popular_[fitted.liked_], kind="stable")
    names = [choices.things.title(str(name)) for name in fitted.items_]
    return [(names[fitted.liked_[one]], names[fitted.offered_[one]]) for one in order]


def _notes(
    found: Recommendation,
    trial: Trial,
    tried: Mapping[str, _Tried],
    kinds: tuple[Kind, ...],
) -> tuple[str, ...]:
    wanted = trial.wanted(next(iter(tried.values())).fitted.items_)
    unknown = float(np.mean(wanted.items < 0)) if len(wanted.items) else 0.0
    new = int(trial.of_kind("new").sum()) if "new" in kinds else 0
    return words.notes(found, new=new, unknown=unknown)
