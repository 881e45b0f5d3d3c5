"""What the measurements of a prototype say, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casebook.formats import interval, number, percent
from casebook.language import _
from casebook.models.labelled import Labelled
from casebook.phases.prototype_values import Mending, Told
from casebook.prototype.values import Conformal, Trust, Width
from casebook.stats.estimate import Estimate


def nothing_chosen(baseline: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Why there is nothing to try where no candidate is chosen, and what to do."""
    if baseline is None:
        return (
            _("There is nothing to try yet: candidates have not been compared."),
            _("Run the baseline notebook; it saves the model that is tried here."),
        )
    if baseline.get("target") is None:
        return _without_target(baseline)
    return (
        _("There is nothing to try: the comparison chose no candidate."),
        _("Decide for one (baseline.decision), or change the limits that none keeps (constraints), "
          "and run the baseline notebook again."),
    )  # fmt: skip


def _without_target(baseline: Mapping[str, Any]) -> tuple[str, ...]:
    if baseline.get("recommendation") is not None:
        said = _("Nothing is predicted of a row here: things are recommended, as a list for "
                 "somebody.")  # fmt: skip
        return (said,)
    return (
        _("There is nothing to try: nobody has said which column is to be predicted."),
        _("Name it (data.target), and run the baseline notebook again."),
    )


def nothing_to_type(title: str) -> tuple[str, ...]:
    """Why a candidate that learns nothing from a row has no form."""
    return (
        _("There is nothing to try: the {name} was chosen, which asks for no values of a row.",
          name=title),
        _("To try a model all the same, decide for it (baseline.decision) and run the baseline "
          "notebook again."),
    )  # fmt: skip


def unknown(name: str) -> tuple[str, ...]:
    """That the chosen candidate is no longer there."""
    return (
        _("There is nothing to try: the candidate '{name}' that was chosen is no longer in the "
          "record.", name=name),
        _("Run the baseline notebook again."),
    )  # fmt: skip


def headline(
    data: Labelled,
    title: str,
    trust: Trust,
    rows: int,
    *,
    strange: Estimate | None = None,
    told: Sequence[Told] = (),
    mending: Mending | None = None,
    handed: Estimate | None = None,
) -> tuple[str, ...]:
    """The sentences to take away, the most important first."""
    said = (
        _numbers(trust.conformal, title) if trust.conformal else _classes(data, title, rows, told)
    )
    if handed is not None:
        said.append(_("{share} of the rows go to a person.", share=interval(handed, 100, "%")))
    if mending is not None:
        said.append(_mending(mending))
    said.append(_strange(strange))
    return tuple(said)


def _numbers(found: Conformal, title: str) -> list[str]:
    known = [width for width in found.widths if width.half is not None]
    if not known:
        return [_("Rows are too few to say how far off a prediction of the {name} is.", name=title)]
    said = [_widths(known, title, found.level)]
    if found.covered is not None:
        said.append(_covered(found.covered, found.level))
    return said


def _widths(known: Sequence[Width], title: str, level: float) -> str:
    share = percent(level, 0)
    first, last = known[0].half, known[-1].half
    if len(known) == 1:
        return _("{share} of the predictions of the {name} are off by at most {half}.",
                 share=share, name=title, half=number(first))  # fmt: skip
    return _("{share} of the predictions of the {name} are off by at most {first} where they are "
             "small, and by at most {last} where they are large.",
             share=share, name=title, first=number(first), last=number(last))  # fmt: skip


def _covered(covered: Estimate, level: float) -> str:
    told = {"covered": interval(covered, 100, "%"), "n": number(covered.n),
            "level": percent(level, 0)}  # fmt: skip
    if covered.high is not None and covered.high < level:
        return _("On {n} rows that had no part in them such intervals held {covered} of the "
                 "values, clearly fewer than {level}: these rows are not like the others.",
                 **told)  # fmt: skip
    return _("On {n} rows that had no part in them such intervals held {covered} of the values "
             "({level} was wanted).", **told)  # fmt: skip


def _classes(data: Labelled, title: str, rows: int, told: Sequence[Told]) -> list[str]:
    if data.positive is None:
        right = sum(one.share.value * one.right.value for one in told if one.right)
        return [_("The {name} is right on {share} of {n} rows that it had not seen.",
                  name=title, share=percent(right), n=number(rows))]  # fmt: skip
    yes = next(one for one in told if one.decision == "yes")
    name, share = yes.words or f"{data.y.name}: {yes.name}", interval(yes.share, 100, "%")
    if yes.right is None:
        return [_("Of {n} rows that it had not seen the {title} says '{name}' of none.",
                  n=number(rows), title=title, name=name)]  # fmt: skip
    return [_("Of {n} rows that it had not seen the {title} says '{name}' of {share}, and is right "
              "about {right} of these.", n=number(rows), title=title, name=name, share=share,
              right=interval(yes.right, 100, "%"))]  # fmt: skip


def _mending(found: Mending) -> str:
    told = {"before": number(100 * found.before.error), "after": number(100 * found.after.error),
            "chance": number(100 * found.before.by_chance)}  # fmt: skip
    if not found.changed:
        return _("Its probabilities are shown as stated: they are not clearly wrong ({before} "
                 "percentage points off; true ones would be {chance} off by chance).",
                 **told)  # fmt: skip
    return _("Its probabilities are mended before they are shown: they were {before} percentage "
             "points off, and then {after} (true ones would be {chance} off by chance).",
             **told)  # fmt: skip


def _strange(strange: Estimate | None) -> str:
    if strange is None:
        return _("Rows are too few to say which values taken together are unlike anything seen.")
    return _("{share} of rows like these are called unlike anything seen, by all of their values "
             "taken together (about 1% was wanted).",
             share=interval(strange, 100, "%"))  # fmt: skip
