"""The problem: planted causes are supported, what is not there is not, and words fit intervals."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import CasebookError, ExpressionError
from casebook.phases import problem
from casebook.phases.findings import dump, load, phase_named
from casebook.phases.problem_interviews import counted

PLANTED = -0.2


def visits(seed: int = 0, n: int = 3000, effect: float = PLANTED) -> pd.DataFrame:
    """Visits of 600 guests from January to June: waiting over 8 minutes costs `effect` of return.

    Guests differ in how often they return, so that their visits depend on each other.
    """
    rng = np.random.default_rng(seed)
    guest = rng.integers(0, 600, n)
    liking = rng.normal(0, 0.12, 600)[guest]
    wait = rng.gamma(4, 1.6, n).round(1)
    chance = np.clip(0.5 + liking + effect * (wait > 8), 0.02, 0.98)
    return pd.DataFrame(
        {
            "on": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 181, n), unit="D"),
            "guest_id": [f"G{one:04d}" for one in guest],
            "wait": wait,
            "rain": rng.random(n) < 0.3,
            "spend": rng.gamma(4, 5000, n).round(),
            "back": (rng.random(n) < chance).astype(int),
        }
    )


def claim(group: str, outcome: str = "back", expect: str = "lower", **more) -> dict:
    comparison = {"group": group, "outcome": outcome, "expect": expect, **more}
    return {"statement": f"{group} makes {outcome} {expect}", "comparison": comparison}


CLAIMS = [claim("wait > 8"), claim("rain"), claim("rain", "spend", "higher")]
TREE = [
    {"id": "fall", "kind": "symptom", "text": "Revenue falls"},
    {"id": "fewer", "kind": "problem", "parent": "fall", "text": "Fewer come again"},
    {"id": "wait", "kind": "cause", "parent": "fewer", "text": "Waiting is long",
     "evidence": CLAIMS[0]["comparison"], "worth": "AVG(spend)"},
    {"id": "rain", "kind": "cause", "parent": "fewer", "text": "Rain keeps people away",
     "evidence": CLAIMS[1]["comparison"]},
    {"id": "table", "kind": "solution", "parent": "wait", "text": "One more table",
     "solution": "rule now", "effort_days": 2, "removes": 0.5},
    {"id": "app", "kind": "solution", "parent": "wait", "text": "Tell the waiting time",
     "solution": "learned", "effort_days": 20},
    {"id": "roof", "kind": "solution", "parent": "rain", "text": "A roof", "effort_days": 1},
]  # fmt: skip
SYMPTOM = {"metric": "SUM(spend)", "metric_name": "revenue", "unit": "won", "period": "month"}


def made(make_case, frame=None, name="case", claims=CLAIMS, nodes=TREE, **problem_fields):
    return make_case(
        visits() if frame is None else frame,
        name=name,
        time="on",
        data={"group": "guest_id"},
        symptom={**SYMPTOM, "hypotheses": claims},
        problem={"nodes": nodes, **problem_fields},
    )


@pytest.fixture
def found(make_case, examined):
    return examined(problem, made(make_case))


def test_the_planted_cause_is_named_and_its_interval_covers_the_planted_size(found):
    waited = found.hypotheses[0].tested
    assert waited.verdict == "supports"
    assert waited.difference.low <= PLANTED <= waited.difference.high
    assert waited.together == "guest_id"
    assert "The data support the cause 'Waiting is long'" in found.headline[0]


def test_what_is_not_there_is_not_supported(found):
    rain, spend = (one.tested for one in found.hypotheses[1:])
    assert rain.verdict != "supports"
    assert spend.verdict != "supports"
    place = [box.id for box in found.tree].index("rain")
    assert found.said[place].startswith(("Does not support", "Cannot tell"))


def test_intervals_hold_for_all_comparisons_together(found):
    assert found.comparisons == 3  # the tree ties the same two again
    assert found.hypotheses[0].tested.difference.level == pytest.approx(1 - 0.05 / 3)


def test_the_size_of_a_cause_is_its_difference_times_the_rows_that_have_it(found):
    frame = visits()
    recent = frame[(frame["on"] >= "2026-04-01") & (frame["on"] < "2026-07-01")]
    long = int((recent["wait"] > 8).sum())
    cause = next(box for box in found.tree if box.id == "wait")
    difference = cause.tested.difference
    worth = recent["spend"].mean()
    assert cause.size.rows == long
    assert cause.size.gain.value == pytest.approx(-difference.value * long / 3 * worth)
    assert cause.size.gain.low == pytest.approx(-difference.high * long / 3 * worth)


def test_where_the_metric_is_the_mean_of_the_outcome_the_effect_is_on_the_metric(
    make_case, examined
):
    """Half of the rows are in rain: what happens there moves the whole half as much."""
    frame = visits(5)
    nodes = [{"id": "wait", "kind": "cause", "text": "Waiting",
              "evidence": {**CLAIMS[0]["comparison"], "where": "rain"}}]  # fmt: skip
    case = made(make_case, frame, nodes=nodes)
    within = examined(problem, case).tree[0]
    mean = {**SYMPTOM, "metric": "AVG( back )", "hypotheses": CLAIMS}
    case = make_case(frame, name="mean", time="on", symptom=mean, problem={"nodes": nodes})
    whole = examined(problem, case).tree[0]
    recent = frame[(frame["on"] >= "2026-04-01") & (frame["on"] < "2026-07-01")]
    hit = recent["rain"] & (recent["wait"] > 8)
    assert (within.size.kind, whole.size.kind) == ("mean", "metric")
    assert within.size.share == pytest.approx(hit.sum() / recent["rain"].sum())
    assert whole.size.share == pytest.approx(hit.mean())
    assert whole.size.gain.value == pytest.approx(-whole.tested.difference.value * hit.mean())


def test_a_solution_has_its_part_of_the_effect_and_none_of_what_is_not_supported(found):
    boxes = {box.id: box for box in found.tree}
    whole = boxes["wait"].size.gain
    assert boxes["table"].effect.value == pytest.approx(whole.value / 2)
    assert (boxes["app"].effect.value, boxes["app"].limit) == (pytest.approx(whole.value), True)
    assert (boxes["roof"].effect, boxes["roof"].basis) == (None, "unsupported")
    assert "do not support its cause" in found.said[[box.id for box in found.tree].index("roof")]
    assert "'One more table' promises the most for its work" in found.headline[-1]


def test_findings_come_back_from_json(found):
    assert load(phase_named("problem"), dump(found)) == found


def test_rows_of_one_guest_are_kept_together(make_case, examined):
    """Each visit written ten times says no more than once: the interval must not get narrower."""
    frame = visits(n=800)
    once = examined(problem, made(make_case, frame, "once")).hypotheses[0].tested.difference
    again = pd.concat([frame] * 10, ignore_index=True)
    ten = examined(problem, made(make_case, again, "ten")).hypotheses[0].tested.difference
    assert ten.high - ten.low == pytest.approx(once.high - once.low, rel=0.15)


def test_days_are_kept_together_where_they_matter_more_than_guests(make_case, examined):
    """Whether it rains is decided by the day: the days are what there is of it."""
    rng = np.random.default_rng(3)
    frame = visits(3, effect=0.0)
    days = frame["on"].dt.day_of_year
    wet, mood = rng.random(400) < 0.3, rng.normal(0, 0.2, 400)
    frame["rain"] = wet[days]
    frame["back"] = (rng.random(len(frame)) < np.clip(0.5 + mood[days], 0, 1)).astype(int)
    found = examined(problem, made(make_case, frame)).hypotheses[1].tested
    assert found.together == "day"
    assert found.difference.n == days.nunique()


def test_with_nothing_planted_claims_are_seldom_supported(make_case, examined):
    """Three claims a case, 5 % for all together: of 20 cases one or two may err."""
    wrong = 0
    for seed in range(20):
        case = made(make_case, visits(seed, 1200, effect=0.0), f"null{seed}")
        claims = examined(problem, case).hypotheses
        wrong += any(one.tested.verdict == "supports" for one in claims)
    assert wrong <= 3


def test_a_planted_effect_is_found_and_covered(make_case, examined):
    verdicts, covered = [], 0
    for seed in range(12):
        case = made(make_case, visits(seed, 1500), f"planted{seed}", claims=CLAIMS[:1], nodes=[])
        one = examined(problem, case).hypotheses[0].tested
        verdicts.append(one.verdict)
        covered += one.difference.low <= PLANTED <= one.difference.high
    assert verdicts.count("supports") >= 11
    assert covered >= 10


def test_the_record_says_from_which_difference_on_it_matters(make_case, examined):
    """Nothing is planted in rain: that is told as soon as only larger differences matter."""
    words = []
    for matters in (None, 0.2, 0.001):
        one = claim("rain", matters=matters)
        case = made(make_case, visits(1), f"matters{matters}", claims=[one], nodes=[])
        words.append(examined(problem, case).hypotheses[0].tested.verdict)
    assert words[1:] == ["does not support", "cannot tell"]


def test_few_rows_cannot_tell(make_case, examined):
    found = examined(problem, made(make_case, visits(n=60)))
    told = found.hypotheses[0]
    assert told.tested.verdict == "cannot tell"
    assert "fewer than 20" in told.sentence


def test_an_empty_group_cannot_tell(make_case, examined):
    found = examined(problem, made(make_case, claims=[claim("wait > 800")], nodes=[]))
    assert found.hypotheses[0].tested.verdict == "cannot tell"
    assert "no row" in found.hypotheses[0].sentence


def test_a_conclusion_against_the_data_is_told(make_case, examined):
    claims = [{**CLAIMS[0], "conclusion": "not supported"}, {**CLAIMS[1], "conclusion": None}]
    found = examined(problem, made(make_case, claims=claims))
    assert [one.disagrees for one in found.hypotheses] == [True, False]


def test_a_comparison_that_is_none_is_refused_with_its_place(make_case, examined):
    case = made(make_case, claims=[claim("wayt > 8")])
    with pytest.raises(ExpressionError, match=r"line \d+, symptom\.hypotheses\.0\.comparison"):
        examined(problem, case)


def test_another_table_and_a_case_without_time_or_id(make_case, examined):
    frame = visits().drop(columns=["on", "guest_id"])
    case = make_case(
        frame, symptom={"hypotheses": [claim("wait > 8"), claim("wait > 8", table="rows")]}
    )
    told = examined(problem, case).hypotheses[1].tested
    assert (told.verdict, told.together) == ("supports", "")


def test_an_empty_record_says_what_is_missing(make_case, examined):
    found = examined(problem, made(make_case, claims=[], nodes=[]))
    assert found.headline == ("The problem tree names no cause yet.",)


NOTES = [
    "I had to WAIT for an hour.",
    "Waiting is awful, and so is the price.",
    "The waiter was kind.",
    "너무 오래 기다렸어요.",
    "값이 올랐네요. 기다림도 길고요.",
    "좋았어요. 다시 올게요.",
]


def test_themes_are_counted_by_their_words():
    themes = {"waiting": ["wait", "기다"], "price": ["price", "값"]}
    found = counted(NOTES, themes, ("talks", "note"), 0)
    waiting, price = found.themes
    assert (waiting.name, waiting.notes) == ("waiting", 5)  # the waiter too: words can be changed
    assert dict(waiting.words) == {"wait": 3, "기다": 2}
    assert (price.notes, found.untouched) == (2, 1)
    assert waiting.share.low < 5 / 6 < waiting.share.high


def test_a_word_counts_at_the_start_of_a_word_only():
    found = counted(["await the rice"], {"x": ["wait"], "y": ["ric"]}, ("t", "c"), 0)
    assert {theme.name: theme.notes for theme in found.themes} == {"x": 0, "y": 1}


def test_decomposed_hangul_is_the_same_text():
    decomposed = "기다렸다"

    notes = [unicodedata.normalize("NFD", decomposed)]
    assert counted(notes, {"x": ["기다"]}, ("t", "c"), 0).themes[0].notes == 1


def test_notes_of_the_record_are_read(make_case, examined):
    frame = visits(n=200).assign(note="I wait")
    themes = {"table": "rows", "column": "note", "themes": {"waiting": ["wait"]}}
    found = examined(problem, made(make_case, frame, interviews=themes))
    assert found.interviews.themes[0].notes == 200
    wrong = made(make_case, frame, "wrong", interviews={**themes, "column": "noted"})
    with pytest.raises(CasebookError, match="Did you mean 'note'"):
        examined(problem, wrong)
