"""The records of the bundled cases are valid, name real columns, and leave some questions open."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from casebook.case import Case, load_case, save_answers

CASES = ("restaurant", "restaurant_ko", "breast_cancer", "rides")
HANGUL = re.compile("[가-힣]")
FUNCTIONS = {"SUM", "AVG", "COUNT", "DISTINCT", "DATE", "AND", "CASE", "WHEN", "THEN", "ELSE"}
FUNCTIONS |= {"END", "BETWEEN"}


@pytest.fixture(params=CASES)
def bundled(request, data_folder) -> Case:
    return load_case(data_folder / request.param)


def _table(case: Case) -> pd.DataFrame:
    data = case.record.data
    return pd.read_csv(case.folder / data.tables[data.main_table].source)


def _names(expression: str) -> set[str]:
    """The columns that a simple SQL expression names."""
    plain = re.sub(r"'[^']*'", "", expression)
    quoted = set(re.findall(r'"([^"]+)"', plain))
    words = set(re.findall(r"[A-Za-z_]\w*", re.sub(r'"[^"]+"', "", plain)))
    return quoted | {word for word in words if word.upper() not in FUNCTIONS}


def _expressions(case: Case) -> list[str]:
    record = case.record
    found = [record.symptom.metric, *record.error_analysis.follow]
    found += [rule.condition for rule in record.baseline.rules]
    found += [factor.metric for factor in record.symptom.factors]
    found += [record.evaluation.metric, record.evaluation.experiment.outcome]
    comparisons = [hypothesis.comparison for hypothesis in record.symptom.hypotheses]
    comparisons += [node.evidence for node in record.problem.nodes]
    found += [node.worth for node in record.problem.nodes]
    for comparison in filter(None, comparisons):
        found += [comparison.group, comparison.against, comparison.where, comparison.outcome]
    return [expression for expression in found if expression]


def test_tables_of_the_record_are_there(bundled):
    for source in bundled.record.data.tables.values():
        assert (bundled.folder / source.source).is_file()


def test_columns_of_the_record_are_in_the_table(bundled):
    table, data = _table(bundled), bundled.record.data
    columns = set(table.columns)
    assert {data.target, *data.roles, *data.sensitive, *bundled.record.symptom.segments} <= columns
    assert {data.time, data.group} - {None} <= columns
    for expression in _expressions(bundled):
        assert _names(expression) <= columns, expression


def test_the_positive_value_is_a_value_of_the_target(bundled):
    data = bundled.record.data
    if data.task == "regression":
        assert data.positive is None
        return
    assert data.positive in set(_table(bundled)[data.target].dropna())


def test_rules_and_default_say_values_of_the_target(bundled):
    baseline = bundled.record.baseline
    said = {baseline.default, *(rule.then for rule in baseline.rules)}
    assert said <= set(_table(bundled)[bundled.record.data.target].dropna())


def test_some_questions_are_left_open(bundled):
    record = bundled.record
    assert record.baseline.decision is None
    assert record.iteration.learned is None
    assert record.feasibility.signature is None


def test_a_missed_cancer_costs_more_than_a_false_alarm(data_folder):
    costs = load_case(data_folder / "breast_cancer").record.objectives.costs
    assert costs.false_negative > 10 * costs.false_positive


def _shape(value: object) -> object:
    """What is answered, without the words: texts by their absence, all else as it is."""
    if isinstance(value, dict):  # themes have names and words of their own language
        return {
            name: len(inner) if name == "themes" else _shape(inner) for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_shape(inner) for inner in value]
    return "a text" if isinstance(value, str) else value


def test_the_korean_record_answers_what_the_english_one_answers(data_folder):
    english, korean = (
        load_case(data_folder / name).record.model_dump(by_alias=True)
        for name in ("restaurant", "restaurant_ko")
    )
    assert _shape(korean) == _shape(english)


def test_the_korean_record_is_in_korean(data_folder):
    record = load_case(data_folder / "restaurant_ko").record
    assert record.language == "ko"
    said = [record.title, record.summary, record.problem.statement, record.objectives.goal]
    said += [hypothesis.statement for hypothesis in record.symptom.hypotheses]
    said += [node.text for node in record.problem.nodes]
    assert all(HANGUL.search(text or "") for text in said)


def test_readmes_tell_source_and_licence(data_folder):
    assert "CC0" in (data_folder / "restaurant" / "README.md").read_text("utf-8")
    assert "CC BY 4.0" in (data_folder / "breast_cancer" / "README.md").read_text("utf-8")


def test_readme_of_the_restaurant_says_what_the_tables_show(data_folder):
    folder: Path = data_folder / "restaurant"
    text = (folder / "README.md").read_text("utf-8")
    visits = pd.read_csv(folder / "visits.csv", parse_dates=["visited_at"])
    month = visits["visited_at"].dt.strftime("%Y-%m")
    assert f"{len(visits):,} visits" in text
    window = ["2026-03", "2026-04", "2026-05", "2026-06"]
    for kind in ("first-time", "returning"):
        march, *falling = (sum((month == each) & (visits["guest"] == kind)) for each in window)
        assert f"{march} in March, then {', '.join(map(str, falling))}" in text
    for each in window:
        assert f"{visits.loc[month == each, 'spend'].sum() / 1e6:.1f}" in text
    for column, unit, digits in (("returned_60d", 100, 1), ("satisfaction", 1, 2)):
        means = visits.groupby(visits["choosing_minutes"] > 8)[column].mean()
        assert f"{(means[True] - means[False]) * unit:.{digits}f} [" in text


def test_readme_of_the_restaurant_names_every_column(data_folder):
    folder: Path = data_folder / "restaurant"
    text = (folder / "README.md").read_text("utf-8")
    for path in folder.glob("*.csv"):
        missing = [name for name in pd.read_csv(path, nrows=0).columns if name not in text]
        assert not missing, path.name


def test_a_bundled_case_can_be_answered_and_keeps_its_comments(bundled, tmp_path):
    """What a person does in a panel works on the examples, folded texts included."""
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.yaml").write_bytes(bundled.path.read_bytes())
    answers = {"baseline.human": "server", "business.when_wrong": "Nothing much: \ub05d."}
    saved = save_answers(load_case(folder), answers, by="Test")
    assert saved.record.baseline.human == "server"
    assert load_case(folder).record.business.when_wrong == answers["business.when_wrong"]
    before, after = (
        re.findall(r"^\s*# .*$", path.read_text("utf-8"), re.MULTILINE)
        for path in (bundled.path, folder / "case.yaml")
    )
    assert before == after
