"""The verdict: the rules by which answers and evidence become one word, in one table.

Each sign has a standing. Where answer and evidence disagree the less favourable one holds: to go on
against it takes an override with a name and a reason. A good sign is refused when one of them says
no. A bad sign is cleared when one of them says no and none says yes; as soon as somebody has
answered anything, a bad sign that nobody and nothing has cleared stands in the way. With no answer
at all the verdict rests on the evidence alone, and only what the data say stands in the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from casebook.language import N_, _
from casebook.phases.feasibility_signs import SIGNS

GO, RULE_FIRST, COLLECT, STOP = "go", "rule first", "collect data first", "stop"
REFUSED, NOT_CLEARED, UNCLEAR = "refused", "not cleared", "unclear"


class Rule(NamedTuple):
    """If a sign stands so, the verdict is this word, because of this.

    code: a kind of evidence which, where it is what speaks against the sign, says `instead`.
    """

    sign: str
    when: str
    word: str
    because: str
    code: str = ""
    instead: str = ""


RULES = (  # the first that applies gives the word, all that apply give reasons
    Rule("unethical", NOT_CLEARED, STOP, N_("It would be unethical.")),
    Rule("fatal", NOT_CLEARED, STOP, N_("One wrong prediction is fatal.")),
    Rule("cost", NOT_CLEARED, STOP, N_("It is not worth its cost.")),
    Rule("pattern", REFUSED, STOP, N_("There is no pattern to learn.")),
    Rule("value", REFUSED, STOP, N_("A prediction has no value for the business.")),
    Rule("repetition", REFUSED, STOP, N_("The task is too rare.")),
    Rule(
        "no_data",
        NOT_CLEARED,
        COLLECT,
        N_("There are no good data."),
        code="leaks",
        instead=N_("A column may give the answer away: leave it out, and look again."),
    ),
    Rule("data", REFUSED, COLLECT, N_("The data are not there yet.")),
    Rule("objective", REFUSED, COLLECT, N_("What is to be learned is not in the data yet.")),
    Rule("pattern", UNCLEAR, COLLECT, N_("The data cannot tell yet whether there is a pattern.")),
    Rule("simple", NOT_CLEARED, RULE_FIRST, N_("It can be solved simply.")),
    Rule("complexity", REFUSED, RULE_FIRST, N_("The task is not complex enough for a model.")),
    Rule("explain", NOT_CLEARED, RULE_FIRST, N_("Every decision must be explained.")),
)

CLEARED_BY_EVIDENCE = ("explain",)
"""The evidence clears these whatever was answered: a duty to explain is met by a model that a
person can follow, so an answer `yes` and evidence `no` do not contradict each other."""


@dataclass(frozen=True)
class Override:
    """A verdict for which a person takes responsibility, against that of the rules."""

    verdict: str
    by: str | None
    reason: str | None
    on: str | None

    @property
    def holds(self) -> bool:
        """Whether it has a name and a reason."""
        return bool((self.by or "").strip() and (self.reason or "").strip())


@dataclass(frozen=True)
class Verdict:
    """The word, why, the signs that keep it from `go`, what it rests on, what disagrees.

    rests_on: `evidence` or `answers and evidence`.
    """

    word: str
    reasons: tuple[str, ...]
    blocking: tuple[str, ...]
    rests_on: str
    contradictions: tuple[str, ...]


def decide(
    answers: Mapping[str, str | None],
    outcomes: Mapping[str, str],
    codes: Mapping[str, str],
    override: Override | None,
) -> Verdict:
    """The verdict by `RULES`.

    answers and outcomes: by sign, `yes`, `no`, `unsure` or None; `yes`, `no`, `unclear` or `none`.
    codes: outcome by kind of evidence.
    """
    answered = any(answer is not None for answer in answers.values())
    applying = tuple(r for r in RULES if _applies(r, answers, outcomes, answered=answered))
    word = applying[0].word if applying else GO
    reasons = [_reason(rule, answers, outcomes, codes) for rule in applying]
    if not applying:
        reasons.append(_("Nothing stands in the way."))
    if not answered:
        reasons.append(_("Nobody has answered yet: this rests on the data alone."))
    if override is not None:
        reasons.insert(0, _overruled(override, word))
        word = override.verdict if override.holds else word
    return Verdict(
        word,
        tuple(reasons),
        tuple(dict.fromkeys(rule.sign for rule in applying)),
        "answers and evidence" if answered or override else "evidence",
        tuple(s.name for s in SIGNS if contradicts(s.name, answers.get(s.name), outcomes)),
    )


def contradicts(sign: str, answer: str | None, outcomes: Mapping[str, str]) -> bool:
    """Whether what a person answered is the opposite of what the data say."""
    opposite = {("yes", "no"), ("no", "yes")}
    outcome = outcomes.get(sign, "none")
    return (answer, outcome) in opposite and not _cleared_by_evidence(sign, outcome)


def _applies(
    rule: Rule, answers: Mapping[str, str | None], outcomes: Mapping[str, str], *, answered: bool
) -> bool:
    answer, outcome = answers.get(rule.sign), outcomes.get(rule.sign, "none")
    said = {answer, outcome}
    if rule.when == REFUSED:
        return "no" in said
    if rule.when == UNCLEAR:
        # what a simple solution solves needs no further sign of a pattern
        solved = "yes" in {answers.get("simple"), outcomes.get("simple")}
        return not said & {"yes", "no"} and not solved
    if _cleared_by_evidence(rule.sign, outcome):
        return False
    return "yes" in said or (answered and "no" not in said)


def _cleared_by_evidence(sign: str, outcome: str) -> bool:
    return sign in CLEARED_BY_EVIDENCE and outcome == "no"


def _reason(
    rule: Rule,
    answers: Mapping[str, str | None],
    outcomes: Mapping[str, str],
    codes: Mapping[str, str],
) -> str:
    against = "no" if rule.when == REFUSED else "yes"
    by_person = answers.get(rule.sign) == against
    by_data = outcomes.get(rule.sign) == against
    because = _(rule.because)
    if rule.code and codes.get(rule.code) == against and not by_person:
        return _(rule.instead)
    if by_person and by_data:
        return _("{because} So say the answer and the data.", because=because)
    if by_person:
        return _("{because} So says the answer.", because=because)
    if by_data:
        return _("{because} So say the data.", because=because)
    if rule.when == UNCLEAR:
        return because
    title = next(sign.title for sign in SIGNS if sign.name == rule.sign)
    return _("Nobody has cleared the sign '{title}' yet.", title=_(title))


def _overruled(override: Override, word: str) -> str:
    if not override.holds:
        return _("The override has no effect: it needs a name and a reason.")
    return _(
        "Overruled by {by}: {reason} The rules said: {word}.",
        by=override.by,
        reason=override.reason,
        word=_(TITLES[word]),
    )


TITLES = {
    GO: N_("go"),
    RULE_FIRST: N_("rule first"),
    COLLECT: N_("collect data first"),
    STOP: N_("stop"),
}
"""The words of the verdict as a reader sees them, through `_`."""
