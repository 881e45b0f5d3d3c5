"""A new record: commented, unanswered, and a record from the start."""

from __future__ import annotations

import json
import re
from datetime import date

import jsonschema
import pytest

from casebook import language
from casebook.case import (
    Record,
    TableSource,
    json_schema,
    load_case,
    new_record_text,
    open_questions,
    questions,
)
from casebook.case.document import parse
from casebook.exceptions import RecordError


def plain_json(text: str) -> dict:
    """The data of a record as an editor hands them to a schema."""
    data = parse(text, "case.yaml").data
    return json.loads(json.dumps(data, default=date.isoformat))


def test_a_new_record_holds_what_is_known_and_asks_the_rest(write):
    text = new_record_text(
        "가게",
        {"visits": "data/visits.csv", "메뉴": {"source": "m.csv", "encoding": "cp949"}},
        target="돌아옴",
        time="seated at",
        roles={"visit id": "id"},
        answers={"symptom": {"metric": "COUNT(*)"}, "data": {"positive": "Yes"}},
    )
    record = load_case(write(text)).record
    assert record.name == "가게"
    assert list(record.data.tables) == ["visits", "메뉴"]
    assert record.data.tables["메뉴"].encoding == "cp949"
    assert (record.data.target, record.data.time) == ("돌아옴", "seated at")
    assert record.data.roles == {"visit id": "id"}
    assert record.data.positive == "Yes"
    asked = {question.path for question in open_questions(record)}
    assert not {"data.target", "symptom.metric"} & asked
    assert {"symptom.statement", "feasibility.cost.answer"} <= asked


def test_every_question_is_there_with_its_words():
    text = new_record_text("shop", {"visits": TableSource(source="v.csv")})
    document = parse(text, "case.yaml")
    record = Record.model_validate(document.data)
    comments = " ".join(re.findall(r"# (.*)", text))
    for question in questions(record):
        path = tuple(question.path.split("."))
        assert path in document.lines, question.path
        if not question.path.startswith("feasibility.") or question.path.endswith("answer"):
            assert question.text in comments, question.path


def test_every_line_fits_a_screen():
    text = new_record_text("shop", {"visits": "v.csv"})
    assert max(len(line) for line in text.splitlines()) <= 100
    assert "\n\n\n" not in text


def test_comments_are_in_the_language_of_the_record():
    text = new_record_text("shop", {"visits": "v.csv"}, language="ko")
    record = Record.model_validate(parse(text, "case.yaml").data)
    assert record.language == "ko"
    comments = re.sub(r"\s+", "", "".join(re.findall(r"# (.*)", text)))
    with language.using("ko"):
        wanted = [one.text for one in open_questions(record)]
    assert all(re.sub(r"\s+", "", question) in comments for question in wanted)
    assert language.current() == "en"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"language": "de"}, "case.yaml, language: found 'de'; allowed: en, ko."),
        ({"roles": {"a": "key"}}, "case.yaml, data.roles.a: found 'key'; allowed: id, time,"),
        ({"answers": {"symptoms": {}}}, "case.yaml, symptoms: unknown field 'symptoms'"),
    ],
)
def test_what_is_not_allowed_is_refused(arguments, said):
    with pytest.raises(RecordError) as error:
        new_record_text("shop", {"visits": "v.csv"}, **arguments)
    assert str(error.value).startswith(said)


def test_names_and_values_that_look_like_yaml_are_quoted(write):
    odd = ["null", "a: b", "- c", "# d", "{e}", "'f'", '"g"', "007", "yes", "2019-01-01", " h "]
    text = new_record_text("7", {name: f"{name}.csv" for name in odd}, target="on")
    record = load_case(write(text)).record
    assert list(record.data.tables) == odd
    assert [table.source for table in record.data.tables.values()] == [f"{n}.csv" for n in odd]
    assert (record.name, record.data.target) == ("7", "on")


def test_the_schema_is_one_and_takes_a_new_record():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    text = new_record_text("shop", {"visits": "v.csv"}, answers={"symptom": {"period": "week"}})
    jsonschema.Draft202012Validator(schema).validate(plain_json(text))


@pytest.mark.parametrize("line", ["titel: x", "title: 3", "language: de", "baseline: {folds: 1}"])
def test_the_schema_refuses_what_the_record_refuses(line):
    text = f"name: a\ndata: {{tables: {{v: {{source: v.csv}}}}}}\n{line}\n"
    validator = jsonschema.Draft202012Validator(json_schema())
    assert len(list(validator.iter_errors(plain_json(text)))) == 1


def test_the_schema_tells_an_editor_every_question():
    schema = json_schema()
    json.dumps(schema)
    models = [schema, *schema["$defs"].values()]
    assert len(models) > 35
    for model in models:
        assert model["additionalProperties"] is False
        for name, field in model["properties"].items():
            assert field["description"], name
    assert schema["$defs"]["Rule"]["required"] == ["if", "then"]
