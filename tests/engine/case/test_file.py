"""Loading a record: what it takes, and what it says of everything else."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from datetime import date

import pytest

from casebook import language
from casebook.case import load_case
from casebook.exceptions import RecordError

HEAD = "name: shop\ndata:\n  tables:\n    visits: {source: visits.csv}\n"


def refused(folder) -> str:
    with pytest.raises(RecordError) as error:
        load_case(folder)
    return str(error.value)


def test_a_record_is_read_with_its_values_places_and_version(write, small):
    folder = write(small)
    case = load_case(folder)
    assert case.folder == folder.resolve()
    assert case.path.read_text() == small
    assert case.record.name == "restaurant"
    assert case.record.data.target is None
    assert case.record.data.main_table == "visits"
    assert case.record.symptom.since == date(2019, 1, 3)
    assert case.record.symptom.statement == "two\nlines\n"
    assert [factor.metric for factor in case.record.symptom.factors] == ["SUM(x)", "COUNT(*)"]
    assert case.record.feasibility.check("pattern").answer is None
    assert case.place("data.target") == "case.yaml, line 9, data.target"
    assert case.place("symptom.factors.1.metric") == "case.yaml, line 17, symptom.factors.1.metric"


def test_a_field_that_is_not_written_has_the_place_of_its_section(write, small):
    case = load_case(write(small))
    assert case.place("data.time") == "case.yaml, line 5, data.time"
    assert case.place("baseline.rules.0.if") == "case.yaml, baseline.rules.0.if"


def test_the_file_itself_names_a_case_too(write, small):
    folder = write(small)
    assert load_case(folder / "case.yaml") == load_case(str(folder))


def test_the_same_content_has_the_same_version_and_another_has_another(write, small):
    first = load_case(write(small))
    assert load_case(write(small)).version == first.version
    assert load_case(write(small + "\n")).version != first.version


def test_a_case_is_frozen_and_can_be_sent_to_another_process(write, small):
    case = load_case(write(small))
    with pytest.raises(AttributeError):
        case.version = "x"
    with pytest.raises(ValueError, match="frozen"):
        case.record.symptom.unit = "x"
    assert copy.deepcopy(case) == case  # by the same protocol


def test_null_is_the_same_as_not_written(write):
    case = load_case(write(HEAD + "business:\nbaseline:\n  rules:\n  folds: ~\n"))
    assert case.record.business.inputs == ()
    assert case.record.baseline.rules == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [("yes", "yes"), ("true", "yes"), ("False", "no"), ('"no"', "no"), ("unsure", "unsure")],
)
def test_yes_and_no_may_be_written_as_true_and_false(write, written, read):
    case = load_case(write(HEAD + f"constraints: {{explainable: {written}}}\n"))
    assert case.record.constraints.explainable == read


def test_texts_that_look_like_numbers_stay_texts(write):
    lists = "    codes: {source: codes.csv, missing: [007, 999, -, 1_000], types: {2019: text}}\n"
    table = load_case(write(HEAD + lists)).record.data.tables["codes"]
    assert table.missing == ("007", "999", "-", "1_000")
    assert table.types == {"2019": "text"}


def test_a_mark_at_the_start_and_line_ends_of_windows_are_read(write, small):
    content = b"\xef\xbb\xbf" + small.replace("\n", "\r\n").encode()
    case = load_case(write(content))
    assert case.record.name == "restaurant"
    assert case.place("data.target") == "case.yaml, line 9, data.target"


def test_json_is_a_record_too(write):
    case = load_case(write('{"name": "a", "data": {"tables": {"v": {"source": "v.csv"}}}}'))
    assert case.record.data.main_table == "v"


NODE_A = "{id: a, kind: symptom, text: x}"
NODE_UNDER_B = "{id: a, kind: cause, text: x, parent: b}"
WRONG = {
    "unknown field": ("data: {tagret: x}", "line 1, data.tagret: unknown field 'tagret'; allowed:"),
    "nearest": ("data: {tagret: x}", "Did you mean 'target'?"),
    "unknown section": ("symptoms: {}", "line 1, symptoms: unknown field 'symptoms'; allowed: cas"),
    "choice": (
        "symptom: {period: weak}",
        "symptom.period: found 'weak'; allowed: day, week, month. Did you mean 'week'?",
    ),
    "text": ("title: 3", "title: found 3; a text is expected (in quotes, if it looks"),
    "text is a list": ("title: [a]", "title: found a list; a text is expected"),
    "number": ("evaluation: {unit_value: much}", "unit_value: found 'much'; a number is expected"),
    "not finite": ("evaluation: {unit_value: .inf}", "unit_value: found inf; a finite number"),
    "whole": ("baseline: {folds: 2.5}", "baseline.folds: found 2.5; a whole number is expected"),
    "true is no number": ("baseline: {folds: true}", "baseline.folds: found true; a whole number"),
    "too small": ("baseline: {folds: 1}", "baseline.folds: found 1; at least 2 is expected"),
    "too large": ("prototype: {threshold: 1.5}", "threshold: found 1.5; at most 1 is expected"),
    "flag": (
        "data: {tables: {v: {source: v, day_first: 1}}}",
        "data.tables.v.day_first: found 1; true or false is expected",
    ),
    "day": ("symptom: {since: 20190103}", "symptom.since: a day is expected, as 2025-01-31"),
    "no such day": ("symptom: {since: 2019-02-30}", "symptom.since: a day is expected"),
    "list": ("business: {inputs: x}", "business.inputs: found 'x'; a list is expected"),
    "fields": (
        "feasibility: {simple: yes}",
        "feasibility.simple: found 'yes'; fields are expected: answer, note, by, on",
    ),
    "named": ("data: {tables: [a]}", "data.tables: found a list; fields are expected, each with"),
    "required": (
        "baseline: {rules: [{if: a}]}",
        "line 1, baseline.rules.0.then: this field is required and not there",
    ),
    "empty": ("data: {tables: {}}", "data.tables: found nothing; at least one entry"),
    "single": ("baseline: {default: [1]}", "baseline.default: one value is expected"),
    "sheet": (
        "data: {tables: {v: {source: v, sheet: [1]}}}",
        "data.tables.v.sheet: found a list, which is not allowed here",
    ),
    "one line": ('name: "a\\nb"', "name: one line of text is expected"),
    "query": (
        "data: {tables: {v: {source: 'sqlite:///x'}}}",
        "data.tables.v.query: a database address needs a query",
    ),
    "main": (
        "data: {tables: {visits: {source: v}}, main: visit}",
        "data.main: no table is called 'visit'; there is: visits. Did you mean 'visits'?",
    ),
    "window": (
        "symptom: {since: 2019-01-03, until: 2019-01-02}",
        "symptom.until: the window ends on 2019-01-02, before it starts on 2019-01-03",
    ),
    "band": ("prototype: {hand_over: {low: 0.6, high: 0.4}}", "prototype.hand_over.high: the band"),
    "alert": ("monitoring: {alerts: [{metric: auc}]}", "monitoring.alerts.0: an alert needs a"),
    "arms": (
        "evaluation: {experiment: {arms: [{name: a}], control: b}}",
        "evaluation.experiment.control: no group is called 'b'; there is: a",
    ),
    "shares": (
        "evaluation: {experiment: {arms: [{name: a, share: 0.7}, {name: b, share: 0.7}]}}",
        "evaluation.experiment.arms: the shares of the groups add up to more than 1",
    ),
    "parent": (
        "problem: {nodes: [{id: slow, kind: cause, text: x, parent: slwo}]}",
        "problem.nodes.0.parent: no box is called 'slwo'. Did you mean 'slow'?",
    ),
    "twice": (
        "problem: {nodes: [{id: a, kind: symptom, text: x}, {id: a, kind: symptom, text: x}]}",
        "problem.nodes.1.id: two boxes are called 'a'",
    ),
    "under": (
        f"problem: {{nodes: [{NODE_A}, {{id: b, kind: cause, text: y, parent: a}}]}}",
        "problem.nodes.1.parent: a box of the kind 'cause' cannot hang under one of the kind 'sym",
    ),
    "circle": (
        f"problem: {{nodes: [{NODE_UNDER_B}, {{id: b, kind: cause, text: y, parent: a}}]}}",
        "problem.nodes.0.parent: 'a' hangs under itself",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_error_names_line_field_what_was_found_and_what_is_allowed(write, name):
    line, said = WRONG[name]
    rest = HEAD.splitlines()
    kept = [one for one in rest if not (line.startswith("name") and one.startswith("name"))]
    if line.startswith("data"):
        kept = kept[:1]
    assert said in refused(write("\n".join([line, *kept]) + "\n"))


def test_every_error_of_a_file_is_told_in_the_order_of_its_lines(write):
    wrong = "baseline: {folds: 1}\nsymptom:\n  periode: day\ntitle: 3\n"
    lines = refused(write(HEAD + wrong)).splitlines()
    assert [line.split(",")[1] for line in lines] == [" line 5", " line 7", " line 8"]
    assert all(line.startswith("case.yaml, line ") for line in lines)


BROKEN = {
    "tab": ("name: a\n\tb: c\n", 2, "a tab stands here; indent with spaces"),
    "colon": ("name: a: b\n", 1, "put texts with a colon in quotes: name: a: b"),
    "quote": ('name: "a\n', 2, "a quote or bracket is not closed"),
    "bracket": ("name: [a, b\ntitle: x\n", 2, "a bracket is not closed, or a comma is missing"),
    "indent": ("data:\n    a: 1\n  b: 2\n", 3, "indented in another way"),
    "no colon": ("name: a\ntitle\nb: c\n", 3, "a colon after the field's name is missing"),
    "sign": ("name: @a\n", 1, "a value cannot start with this sign; put it in quotes"),
    "two documents": ("name: a\n---\nname: b\n", 2, "a second document starts here"),
    "escape": ('name: "C:\\data"\n', 1, "a backslash in double quotes"),
    "control": ("name: a\ntitle: \x07\n", 2, "a sign is not allowed here: U+0007"),
    "alias": ("name: *a\n", 1, "an alias (*) is not allowed"),
    "twice": ("name: a\ntitle: x\nname: b\n", 3, "name: 'name' was there before, on line 1"),
    "shared": ("name: &a x\ntitle: *a\n", 2, "title: an alias (*) is not allowed"),
    "tag": ("name: !!python/name:os.system x\n", 1, "name: the tag 'tag:yaml.org,2002:python/nam"),
    "list key": ("? [a, b]\n: x\n", 1, "the name of a field must be one text"),
    "list": ("- a\n- b\n", 1, "fields are expected, as `name: restaurant`; found a list"),
    "text": ("hello\n", 1, "fields are expected, as `name: restaurant`; found 'hello'"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_not_yaml_is_said_with_its_line(write, name):
    text, line, said = BROKEN[name]
    message = refused(write(text))
    assert message.startswith(f"case.yaml, line {line}")
    assert said in message


def test_several_fields_written_twice_are_all_named(write):
    message = refused(write("a: 1\na: 2\nb: {c: 1, c: 2}\n"))
    assert len(message.splitlines()) == 2


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n"])
def test_an_empty_file_is_said_to_be_empty(write, content):
    assert refused(write(content)).startswith("case.yaml: the file is empty")


def test_other_encodings_are_named(write):
    assert "UTF-16 text; save it as UTF-8" in refused(write("name: a\n".encode("utf-16")))
    message = refused(write("name: a\ntitle: 식당\n".encode("cp949")))
    assert message.startswith("case.yaml, line 2: the byte 0xBD is not UTF-8 text")


def test_nesting_and_size_have_limits(write):
    assert "nested too deeply" in refused(write("a: " + "[" * 5000))
    assert "larger than 2000000 bytes" in refused(write("#" * 2_000_001))


def test_a_bomb_of_aliases_is_refused_at_once(write):
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    assert "an alias (*) is not allowed" in refused(write("\n".join(lines)))


def test_a_folder_that_is_not_a_case_is_said_so_with_the_nearest_one(write, small, tmp_path):
    write(small)
    assert "there is no folder" in refused(tmp_path / "shpo")
    assert "Did you mean 'shop'?" in refused(tmp_path / "shpo")
    assert "holds no case.yaml. `casebook new` makes a case." in refused(tmp_path)


def test_a_record_that_cannot_be_read_is_said_so(tmp_path):
    (tmp_path / "case.yaml").mkdir()
    assert refused(tmp_path) == "case.yaml: the record cannot be read: it is a folder"


def test_errors_speak_the_language_of_the_record(write, monkeypatch):
    seen = []
    translate = language._catalogue.__wrapped__
    monkeypatch.setattr(language, "_catalogue", lambda name: seen.append(name) or translate("en"))
    refused(write("language: ko  # Korean\n" + HEAD + "titel: x\n"))
    assert set(seen) == {"ko"}
    assert language.current() == "en"


def test_importing_the_record_loads_nothing_heavy():
    code = "import sys, casebook.case; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    heavy = {"numpy", "pandas", "duckdb", "babel", "sqlalchemy", "matplotlib", "IPython"}
    assert heavy & set(done.stdout.split()) == set()
