"""What the problem phase says: each comparison, each size, and the headline, in sentences."""

from __future__ import annotations

from casebook.case import Case
from casebook.formats import interval, number, percent
from casebook.language import N_, _, plural
from casebook.phases.problem_evidence import Tested
from casebook.phases.problem_sizes import Size
from casebook.stats.estimate import Estimate

VERDICTS = {
    "supports": N_("supports"),
    "does not support": N_("does not support"),
    "cannot tell": N_("cannot tell"),
}
"""The three words that the data can say of a claim."""

CONCLUSIONS = {
    "supports": N_("supported"),
    "does not support": N_("not supported"),
    "cannot tell": N_("cannot tell"),
}
"""The same as the record's conclusion has them."""

SOLUTIONS = {
    "rule now": N_("rule now"),
    "learned": N_("learned algorithm beside it"),
    "other team": N_("work for another team"),
    "no data needed": N_("no data needed"),
}

STATES = {
    "idea": N_("idea"),
    "chosen": N_("chosen"),
    "under way": N_("under way"),
    "done": N_("done"),
    "rejected": N_("rejected"),
}

KINDS = {
    "symptom": N_("symptom"),
    "problem": N_("problem"),
    "cause": N_("cause"),
    "solution": N_("solution"),
}

_WHY = {
    "empty": N_("One of the two groups has no row."),
    "few": N_("One of the two groups has fewer than 20 that stand for themselves."),
    "same": N_("The outcome is the same in every row."),
    "rare": N_("Fewer than 10 rows have one of the two outcomes."),
}


def effect(difference: Estimate, *, share: bool) -> str:
    """A difference: of shares in percentage points, else as a number."""
    if not share:
        return interval(difference)
    return _("{points} percentage points", points=interval(difference, 100))


def compared(found: Tested) -> str:
    """What was measured: effect, interval, both means and their rows."""
    inside, outside, difference = found.inside, found.outside, found.difference
    if inside is None or outside is None or difference is None:
        return _(_WHY["empty"])
    means = [percent(x.mean) if found.share else number(x.mean) for x in (inside, outside)]
    said = _(
        "{effect}: {mean} in {n:,} rows against {other} in {m:,}.",
        effect=effect(difference, share=found.share),
        mean=means[0],
        n=inside.rows,
        other=means[1],
        m=outside.rows,
    )
    return f"{said} {_reason(found)}".strip()


def _reason(found: Tested) -> str:
    """Why the data cannot tell, or which difference they leave out."""
    if found.why:
        return _(_WHY[found.why])
    if found.verdict != "does not support" or found.margin is None:
        return ""
    if found.share:
        return _("A difference of {margin} percentage points or more that way is ruled out.",
                 margin=number(100 * found.margin, 1))  # fmt: skip
    return _("A difference of {margin} or more that way is ruled out.",
             margin=number(found.margin))  # fmt: skip


def kept_together(found: Tested) -> str:
    """What stayed together in the interval."""
    n = found.difference.n if found.difference else 0
    if not found.together:
        return plural("{n:,} row, each by itself", "{n:,} rows, each by itself", n)
    if found.together == "day":
        return plural("{n:,} day, drawn whole", "{n:,} days, drawn whole", n)
    return _("{n:,} values of {column}, their rows kept together", n=n, column=found.together)


def gained(case: Case, size: Size, gain: Estimate) -> str:
    """A gain in the metric, for a period; or of the outcome's own mean."""
    symptom = case.record.symptom
    if size.kind != "amount":
        return effect(gain, share=size.points)
    amount = f"{interval(gain)} {symptom.unit or ''}".strip()
    if not size.periods:
        return amount
    by = {
        "day": _("{amount} a day", amount=amount),
        "week": _("{amount} a week", amount=amount),
        "month": _("{amount} a month", amount=amount),
    }
    return by[size.period]


def weighed(verdicts: list[str]) -> str:
    """How many hypotheses the data support, do not support, and cannot tell of."""
    n = {word: verdicts.count(word) for word in VERDICTS}
    return _(
        "Of {all} hypotheses the data support {yes}, do not support {no}, and cannot tell of "
        "{unclear}.",
        all=len(verdicts),
        yes=n["supports"],
        no=n["does not support"],
        unclear=n["cannot tell"],
    )
