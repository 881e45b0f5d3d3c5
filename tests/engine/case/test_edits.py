"""Any answers saved and loaded come back equal, in any record, and nothing else changes."""

from __future__ import annotations

import copy
import string
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.case import Record, load_case, new_record_text, save_answers
from casebook.case.document import parse
from casebook.case.edits import edited, same
from casebook.case.save import plain
from casebook.exceptions import RecordError

signs = st.characters(codec="utf-8") | st.sampled_from(" \n\t:#'\"\\-?*&!%@`{}[],|>~가1")
texts = st.text(signs, max_size=30)
names = st.text(signs, min_size=1, max_size=10)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers()
singles = texts | numbers | st.booleans()
days = st.dates(min_value=date(1000, 1, 1))
rules = st.fixed_dictionaries({"if": texts, "then": singles}, optional={"note": texts})
factors = st.fixed_dictionaries({"name": texts, "metric": texts}, optional={"unit": texts})

ANSWERS = {
    "title": st.none() | texts,
    "data.positive": st.none() | singles,
    "data.roles": st.dictionaries(names, st.sampled_from(["id", "text"]), max_size=4),
    "data.tables.visits.types": st.dictionaries(names, st.just("text"), max_size=3),
    "symptom.statement": st.none() | texts,
    "symptom.since": st.none() | days,
    "symptom.segments": st.lists(texts, max_size=5),
    "symptom.factors": st.lists(factors, max_size=4),
    "feasibility.pattern.answer": st.sampled_from(["yes", "no", "unsure", None]),
    "feasibility.pattern.note": st.none() | texts,
    "objectives.costs.over": st.none() | numbers,
    "baseline.rules": st.lists(rules, max_size=4),
    "baseline.estimators": st.lists(
        st.fixed_dictionaries(
            {"name": texts, "path": texts},
            optional={"parameters": st.dictionaries(names, st.none() | singles, max_size=3)},
        ),
        max_size=2,
    ),
    "problem.interviews.themes": st.dictionaries(names, st.lists(texts, max_size=2), max_size=3),
}
answers = st.fixed_dictionaries({}, optional=ANSWERS)


def expected(steps) -> dict:
    """What the record should hold, made without a file."""
    data: dict = {"name": "shop", "data": {"tables": {"visits": {"source": "visits.csv"}}}}
    for step in steps:
        for name, value in step.items():
            *way, last = name.split(".")
            held = data
            for part in way:
                held = held.setdefault(part, {})
            held[last] = value
    return plain(Record.model_validate(data))


@settings(deadline=None, max_examples=50)
@given(steps=st.lists(answers, min_size=1, max_size=3))
def test_any_answers_saved_and_loaded_come_back_equal(steps):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(new_record_text("shop", {"visits": "visits.csv"}))
        comments = [line for line in path.read_text().splitlines() if line.strip()[:1] == "#"]
        for step in steps:
            saved = save_answers(load_case(folder), step, by="Ann")
        loaded = load_case(folder)
        assert loaded == saved
        assert same(plain(loaded.record), expected(steps))
        after = [line for line in path.read_text().splitlines() if line.strip()[:1] == "#"]
        remaining = iter(after)
        assert all(comment in remaining for comment in comments)


plain_texts = st.text(string.ascii_letters + " :#-'\"", max_size=12)
leaves = st.none() | st.booleans() | st.integers() | plain_texts
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(plain_texts.filter(bool), inner, max_size=3)
    ),
    max_leaves=12,
)
roots = st.dictionaries(plain_texts.filter(bool), trees, min_size=1, max_size=4)


@settings(deadline=None, max_examples=300)
@given(before=roots, after=roots)
def test_any_fields_become_any_others_or_are_refused(before, after):
    """Whatever is written reads back as meant; forms beyond a record's may be refused."""
    document = parse(edited(parse("first: 1\n", "x"), {"first": 1} | before, "x"), "x")
    try:
        text = edited(document, {"first": 1} | after, "x")
    except RecordError:
        return
    assert same(parse(text, "x").data, {"first": 1} | after)


@settings(deadline=None, max_examples=400)
@given(text=st.text(signs, max_size=60))
def test_any_text_is_read_or_refused_in_one_way(text):
    with suppress(RecordError):
        assert isinstance(parse(text, "case.yaml").data, dict)


LISTED = """\
casebook: 1
name: x
data:
  tables:
    t:
      source: t.csv
symptom:
  hypotheses:
    - statement: one       # the first
      by: Kim
    - statement: two
      by: Lee              # who said it

    # before the third
    - statement: three
      by: Park             # the last
"""


def _hypotheses(text: str, *statements: str) -> str:
    document = parse(text, "case.yaml")
    data = copy.deepcopy(document.data)
    by = {"one": "Kim", "two": "Lee", "three": "Park", "new": "Choi"}
    wanted = [{"statement": name, "by": by[name]} for name in statements]
    data["symptom"]["hypotheses"] = wanted
    return edited(document, data, "case.yaml")


def test_an_entry_taken_out_takes_only_its_own_lines():
    text = _hypotheses(LISTED, "one", "three")
    assert "two" not in text
    assert "# the first" in text
    assert text.endswith("    - statement: three\n      by: Park             # the last\n")


def test_an_entry_is_put_between_others_and_their_comments_stay():
    text = _hypotheses(_hypotheses(LISTED, "one", "three"), "one", "new", "three")
    assert text.index("# the first") < text.index("new") < text.index("three")
    assert "by: Park             # the last" in text
