"""The model card says what is known, and shows as unanswered what nobody answered."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from casebook.case import load_case
from casebook.case.record import Record
from casebook.language import using
from casebook.models.about import About, Column, ModelFile
from casebook.models.latency import Speed
from casebook.pages.model_card import Facts, card
from casebook.pages.model_card_views import to_html, to_markdown
from casebook.pages.model_facts import Limit, Rival, Scored
from casebook.stats.estimate import Estimate

MODEL = ModelFile(
    about=About("churn", "linear", "linear model", "customers", "f" * 64, 0.3, (0.2, 0.4)),
    task="two classes",
    classes=("No", "Yes"),
    target="Churn",
    columns=(
        Column("tenure", "number", "number", "int64", 0.0, 1, 72, 29),
        Column("plan|kind", "category", "text", "str", 0.25, levels=("a*b", "<c>")),
        Column("on", "time", "time", "datetime64[us]", 0, "2026-01-02", "2026-03-01T10:00:00"),
    ),
    probes=(),
    rows=7043,
    seed=0,
    versions={"python": "3.11.7", "scikit-learn": "1.9.1"},
    sha256="0" * 64,
    size=16_000,
    created="2026-11-25T18:00:00+00:00",
)
FACTS = Facts(
    MODEL,
    metrics=(
        Scored("ROC AUC", Estimate(0.845, 0.83, 0.86, 1409)),
        Scored("log loss", Estimate(0.41, 0.39, 0.43, 1409), less_is_better=True),
    ),
    groups=(Scored("ROC AUC", Estimate(0.8, 0.7, 0.9, 114), group="SeniorCitizen: 1"),),
    held_out="A fifth of the rows was kept for this.",
    rivals=(
        Rival("dummy", Estimate(0.5, 0.5, 0.5, 1409), Estimate(0.345, 0.33, 0.36, 1409)),
        Rival("human", failed="no values"),
    ),
    limits=(Limit("difference between groups", "0.1", "0.07", kept=True),),
    speed=Speed(0.8, 1.1, 12.0, 14.0, 400, 40),
    explainable=True,
    sensitive=("gender", "SeniorCitizen"),
    first_day=date(2026, 1, 2),
    last_day=date(2026, 3, 1),
    rows_unlabelled=11,
)


def record(**sections) -> Record:
    tables = {"tables": {"customers": {"source": "churn.csv"}}}
    data = tables | sections.pop("data", {})
    return Record.model_validate({"name": "churn", "data": data, **sections})


ANSWERED = record(
    business={
        "service": "Phone and internet lines.",
        "use": "helps staff decide",
        "when_wrong": "A discount for nothing,\nor a customer lost.",
    },
    constraints={"max_latency_ms": 0.5, "max_size_mb": 5, "explainable": "yes"},
    objectives={"costs": {"false_negative": 400, "false_positive": 20}, "cost_unit": "USD"},
    data={"filter": "tenure > 0"},
    baseline={
        "decision": {"candidate": "linear", "by": "Ada", "on": "2026-11-20", "reason": "simple"}
    },
    prototype={"hand_over": {"low": 0.2, "high": 0.4, "to": "the shift lead"}},
)


def entries(made) -> dict[str, str | None]:
    return {entry.label: entry.text for part in made.parts for entry in part.entries}


def test_what_is_known_is_said():
    made = card(ANSWERED, FACTS)
    said = entries(made)
    assert said["What is the service or product, and who uses it?"] == "Phone and internet lines."
    assert said["How is a prediction used?"] == "helps staff decide"
    assert said["What does a wrongly predicted no cost?"] == "400 USD"
    assert said["Table"] == "customers"
    assert said["Rows it learned from"] == "7,043"
    assert said["Rows without a label, left out"] == "11"
    assert said["Sensitive columns"] == "gender, SeniorCitizen"
    assert said["Period"] == "Jan 2, 2026 – Mar 1, 2026"
    assert said["What is predicted"] == "Churn; Yes counts as yes"
    assert said["From which probability on is it a yes?"] == "0.3"
    assert said["Where does a person decide instead of the model?"] == "0.2 – 0.4, the shift lead"
    assert said["Who decided?"] == "Ada"
    assert said["On which day?"] == "Nov 20, 2026"
    assert said["sha256"] == "0" * 64
    assert "ROC AUC 0.845 [0.830, 0.860] on 1,409 rows" in made.lead[1]


def test_limits_stand_beside_what_was_measured():
    (grid,) = (
        g for part in card(ANSWERED, FACTS).parts for g in part.grids if "Limits" in g.caption
    )
    assert grid.rows == (
        ("milliseconds for one row", "0.5", "0.80", "broken"),
        ("megabytes of the model's file", "5", "0.02", "kept"),
        ("each prediction can be explained", "yes", "yes", "kept"),
        ("difference between groups", "0.1", "0.07", "kept"),
    )


def test_what_nobody_answered_is_shown_as_unanswered_and_counted():
    made = card(record(), Facts(MODEL))
    said = entries(made)
    for question in (
        "What is the service or product, and who uses it?",
        "What should it not be used for?",
        "What happens when a prediction is wrong, and to whom?",
        "What exactly makes a row a yes?",
        "On rows that it had not seen",
        "Other candidates on the same rows",
        "Which candidate is to be used, and who says so?",
        "Where does a person decide instead of the model?",
    ):
        assert said[question] is None, question
    assert made.unanswered == sum(text is None for text in said.values())
    page, text = to_html(made), to_markdown(made)
    assert page.count("cb-chip cb-unanswered") == made.unanswered
    assert text.count("*Not answered yet*") == made.unanswered
    assert f"{made.unanswered} questions of this card have no answer yet." in page


def test_a_decision_for_another_candidate_is_not_passed_over():
    other = replace(MODEL, about=replace(MODEL.about, candidate="boosting"))
    text = to_markdown(card(ANSWERED, replace(FACTS, model=other)))
    assert "Take care: linear was decided on, and this is the model of boosting." in text


def test_the_missing_comparison_of_groups_is_said():
    text = to_markdown(card(ANSWERED, replace(FACTS, groups=())))
    assert "not measured whether it is as good for each group of gender, SeniorCitizen" in text


def test_markdown_is_whole_and_nothing_in_it_becomes_a_mark():
    text = to_markdown(card(ANSWERED, FACTS))
    assert text.startswith("# Model card: churn\n")
    assert "A discount for nothing, or a customer lost." in text
    assert "| plan\\|kind | category | a\\*b, \\<c> | 25.0% |" in text
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    for table in tables:
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1
    assert "load_model(" in text


def test_the_page_escapes_what_people_wrote():
    evil = record(title="<script>alert(1)</script>", business={"service": "<b onclick=x>"})
    page = to_html(card(evil, FACTS))
    assert "<script>alert" not in page
    assert "<b onclick" not in page
    assert "&lt;b onclick=x&gt;" in page


def test_a_number_has_no_threshold_and_a_trusted_type_is_named(root):
    about = About("houses", "own", "LightGBM", trust=("lightgbm.sklearn.LGBMRegressor",))
    number = replace(MODEL, task="regression", classes=(), about=about)
    text = to_markdown(card(record(), Facts(number)))
    assert "There is no threshold" in text
    assert "trust=['lightgbm.sklearn.LGBMRegressor']" in text


@pytest.mark.parametrize("name", ["restaurant", "restaurant_ko", "breast_cancer", "fraud", "rides"])
def test_every_bundled_case_has_a_card_in_its_language(name, root):
    case = load_case(root / "data" / name)
    with using(case.record.language):
        made = card(case.record, FACTS)
    assert f'lang="{case.record.language}"' in to_html(made)
    assert (case.record.title or case.record.name) in to_markdown(made)
