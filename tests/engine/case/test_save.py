"""Saving answers: only what changed is written, nothing is lost, everything is journalled."""

from __future__ import annotations

import difflib
import stat
from datetime import date

import pytest

from casebook.case import load_case, new_record_text, read_journal, save_answers
from casebook.case.sections_symptom import Comparison
from casebook.exceptions import RecordError


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went and the lines that came."""
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))
    gone = [line[1:] for line in lines[2:] if line.startswith("-")]
    return gone, [line[1:] for line in lines[2:] if line.startswith("+")]


def test_a_save_that_changes_nothing_leaves_the_bytes_and_the_journal(write, small):
    folder = write(small)
    case = load_case(folder)
    again = save_answers(case, {"symptom.unit": "won", "data.target": None}, by="Ann")
    assert again is case
    assert (folder / "case.yaml").read_text() == small
    assert read_journal(folder) == ()


CHANGES = {
    "null in brackets": (
        {"feasibility.pattern.answer": "yes"},
        ["  pattern: {answer: null, note: null}"],
        ["  pattern: {answer: yes, note: null}"],
    ),
    "new in brackets": (
        {"data.tables.visits.owner": "Lee, J."},
        ["        visits: {source: visits.csv, trust: null}   # ours"],
        ['        visits: {source: visits.csv, trust: null, owner: "Lee, J."}   # ours'],
    ),
    "empty before a comment": (
        {"data.target": "Churn"},
        ["    target:      # still open"],
        ["    target: Churn      # still open"],
    ),
    "quotes are kept": ({"symptom.unit": "원"}, ["  unit: 'won'"], ["  unit: '원'"]),
    "double quotes are kept": (
        {"name": "café"},
        ['name:   "restaurant"   # spacing and quotes of its own'],
        ['name:   "café"   # spacing and quotes of its own'],
    ),
    "an entry's field": (
        {"symptom.factors.1.metric": "SUM(y)"},
        ['    metric: "COUNT(*)"'],
        ['    metric: "SUM(y)"'],
    ),
    "an entry more": (
        {"symptom.factors.2": {"name": "c", "metric": "MAX(z)"}},
        [],
        ["  - name: c", "    metric: MAX(z)"],
    ),
    "an entry less": (
        {"symptom.factors": [{"name": "a", "metric": "SUM(x)"}]},
        ["  - name: b", "    # why it counts", '    metric: "COUNT(*)"'],
        [],
    ),
    "none left": (
        {"symptom.factors": []},
        ["  factors:", "  - {name: a, metric: SUM(x)}", "  - name: b", "    # why it counts",
         '    metric: "COUNT(*)"'],
        ["  factors: []"],
    ),
    "short list": (
        {"symptom.segments": ["city", "kind of guest"]},
        ["  segments: []   # columns"],
        ["  segments: [city, kind of guest]   # columns"],
    ),
    "list of fields": (
        {"symptom.hypotheses": [{"statement": "slow: menu"}]},
        [],
        ["  hypotheses:", '    - statement: "slow: menu"'],
    ),
    "text of lines": (
        {"symptom.statement": "three\n\nlines"},
        ["  statement: |", "    two"],
        ["  statement: |-", "    three", ""],
    ),
    "day": ({"symptom.since": date(2020, 2, 1)}, ["  since: 2019-01-03"], ["  since: 2020-02-01"]),
    "missing section": (
        {"baseline.rules": [{"if": '"a b" < 1', "then": "Yes"}], "baseline.default": 0.5},
        [],
        ["baseline:", "  rules:", "    - if: '\"a b\" < 1'", '      then: "Yes"', "  default: 0.5"],
    ),
    "missing list": (
        {"business.stakeholders.0.name": "Kim"},
        [],
        ["business:", "  stakeholders:", "    - name: Kim"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_only_the_lines_of_what_changed_are_written(write, small, name):
    answers, gone, came = CHANGES[name]
    folder = write(small)
    case = save_answers(load_case(folder), answers, by="Ann")
    text = (folder / "case.yaml").read_text()
    assert changed(small, text) == (gone, came)
    assert case == load_case(folder)


def test_line_ends_and_the_mark_at_the_start_are_kept(write, small):
    content = b"\xef\xbb\xbf" + small.replace("\n", "\r\n").encode()
    folder = write(content)
    answers = {"symptom.statement": "a\nb", "symptom.segments": ["x" * 60, "y" * 60]}
    case = save_answers(load_case(folder), answers, by="Ann")
    saved = (folder / "case.yaml").read_bytes()
    assert saved.startswith(b"\xef\xbb\xbf")
    assert saved.count(b"\n") == saved.count(b"\r\n")
    assert case.record.symptom.statement == "a\nb"
    assert load_case(folder) == case


def test_a_file_without_a_last_line_end_gains_lines(write):
    folder = write("name: a\ndata: {tables: {v: {source: v.csv}}}")
    case = save_answers(load_case(folder), {"title": "T", "business.value": "much"}, by="Ann")
    assert case.record.title == "T"
    assert load_case(folder).record.business.value == "much"


def test_json_stays_json(write):
    folder = write('{"name": "a", "data": {"tables": {"v": {"source": "v.csv"}}}}')
    save_answers(load_case(folder), {"data.target": "x", "name": "b"}, by="Ann")
    assert (folder / "case.yaml").read_text() == (
        '{"name": "b", "data": {"tables": {"v": {"source": "v.csv"}}, target: x}}'
    )


def test_named_values_come_and_go(write):
    folder = write(new_record_text("a", {"v": "v.csv"}))
    before = (folder / "case.yaml").read_text()
    case = save_answers(load_case(folder), {"data.roles": {"a.b": "id", "c": "text"}}, by="Ann")
    case = save_answers(case, {("data", "roles", "a.b"): "time"}, by="Ann")
    assert case.record.data.roles == {"a.b": "time", "c": "text"}
    case = save_answers(case, {"data.roles": {"c": "text"}}, by="Ann")
    assert case.record.data.roles == {"c": "text"}
    save_answers(case, {"data.roles": {}}, by="Ann")
    assert changed(before, (folder / "case.yaml").read_text()) == ([], [])


def test_sections_and_tuples_are_taken_as_answers(write, small):
    comparison = Comparison(group="wait > 8", outcome="returned", expect="lower")
    answers = {
        "symptom.hypotheses": ({"statement": "wait", "comparison": comparison},),
        "feasibility.fatal.answer": False,
    }
    case = save_answers(load_case(write(small)), answers, by="Ann")
    assert case.record.symptom.hypotheses[0].comparison == comparison
    assert case.record.feasibility.fatal.answer == "no"


REFUSED = {
    "unknown": ({"symptom.untl": "x"}, "unknown field 'untl'; allowed:"),
    "value": ({"symptom.period": "year"}, "case.yaml, line 10, symptom.period: found 'year'"),
    "gap": ({"symptom.factors.5": {}}, "symptom.factors.5: the list has 2 entries; there is no"),
    "not a list": ({"name.first": "a"}, "found 'restaurant', which holds no field 'first'"),
    "kind": ({"title": b"x"}, "a value of type bytes cannot be written"),
    "half a sign": ({"title": "\ud83d"}, "a text holds half a sign (U+D83D)"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_is_not_allowed_changes_nothing(write, small, name):
    answers, said = REFUSED[name]
    folder = write(small)
    with pytest.raises(RecordError) as error:
        save_answers(load_case(folder), {"title": "kept out", **answers}, by="Ann")
    assert said in str(error.value)
    assert (folder / "case.yaml").read_text() == small
    assert read_journal(folder) == ()


def test_a_name_is_needed(write, small):
    with pytest.raises(RecordError, match="a name is needed"):
        save_answers(load_case(write(small)), {"title": "x"}, by=" ")


def test_an_unusual_form_is_refused_rather_than_spoilt(write):
    text = "name: a\ndata: {tables: {v: {source: v.csv}}}\nsummary: |+\n  text\n\n\n"
    folder = write(text)
    with pytest.raises(RecordError, match="Write it by hand"):
        save_answers(load_case(folder), {"title": "T"}, by="Ann")
    assert (folder / "case.yaml").read_text() == text


def test_permissions_are_kept_and_no_other_file_stays(write, small):
    folder = write(small)
    (folder / "case.yaml").chmod(0o640)
    save_answers(load_case(folder), {"title": "x"}, by="Ann")
    assert stat.S_IMODE((folder / "case.yaml").stat().st_mode) == 0o640
    assert sorted(path.name for path in folder.iterdir()) == [
        ".case.lock",
        "case.yaml",
        "journal.jsonl",
    ]


def test_the_journal_says_when_who_field_old_and_new(write, small):
    folder = write(small)
    case = save_answers(load_case(folder), {"symptom.since": date(2020, 2, 1)}, by="Ann")
    case = save_answers(
        case,
        {"business.inputs.0": {"name": "menu"}, "feasibility.data": {"answer": "yes"}},
        by="이",
    )
    journal = read_journal(folder)
    assert [(c.who, c.field, c.old, c.new) for c in journal] == [
        ("Ann", "symptom.since", "2019-01-03", "2020-02-01"),
        ("이", "feasibility.data.answer", None, "yes"),
        ("이", "business.inputs", None, [{"name": "menu"}]),
    ]
    assert journal[-1].version == case.version
    assert journal[0].when < journal[1].when
    assert journal[0].when.endswith("+00:00")


def test_two_changes_from_one_reading_are_never_mixed_in_silence(write, small):
    folder = write(small)
    mine, theirs = load_case(folder), load_case(folder)
    save_answers(theirs, {"title": "theirs"}, by="Bob")
    with pytest.raises(RecordError, match=r"Bob changed the record at .* Nothing was saved"):
        save_answers(mine, {"title": "mine"}, by="Ann")
    assert load_case(folder).record.title == "theirs"


def test_a_change_in_an_editor_is_noticed_and_journalled(write, small):
    folder = write(small)
    case = save_answers(load_case(folder), {"title": "x"}, by="Ann")
    path = folder / "case.yaml"
    path.write_text(path.read_text() + "owner: Kim\n")
    with pytest.raises(RecordError, match="changed in an editor after you opened it"):
        save_answers(case, {"title": "y"}, by="Ann")
    edited = load_case(folder)
    save_answers(edited, {"title": "y"}, by="Ann")
    by_hand = read_journal(folder)[1]
    assert (by_hand.who, by_hand.field, by_hand.new) == (None, "", edited.version)
    assert by_hand.old == case.version
