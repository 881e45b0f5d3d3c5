"""The catalogue tool, on a small tree of its own."""

from __future__ import annotations

import gettext
import io
import json
from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError

from casebook.locale import catalogue

CODE = """
from casebook.language import _, N_, plural
def show(n, title=N_("A title")):
    return _("{n} rows were dropped", n=n) + plural("{n} row", "{n} rows", n) + _(title)
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in ("casebook/pages/templates", "widgets", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "casebook/a.py").write_text(CODE)
    (tmp_path / "casebook/pages/templates/front.html.j2").write_text(
        "{% for x in xs %}{% if x %}{% break %}{% endif %}<h1>{{ _('Contents') }}</h1>{% endfor %}"
    )
    cells = [
        {"cell_type": "markdown", "source": ["# A title\n", "and {braces} with 5 % of all"]},
        {"cell_type": "code", "source": ["_('not a text of the notebook')"]},
        {"cell_type": "markdown", "source": []},
    ]
    (tmp_path / "notebooks/00_case.ipynb").write_text(json.dumps({"cells": cells}))
    return tmp_path


def _write(tree: Path, translations: dict[str, str]) -> None:
    """What `update` does, with these translations filled in."""
    made = catalogue.updated(catalogue.read(tree), catalogue.texts(tree))
    for source, korean in translations.items():
        message = made[source]
        message.string = korean if isinstance(message.id, str) else (korean,)
    path = tree / catalogue.PO
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(catalogue.po_bytes(made))
    path.with_suffix(".mo").write_bytes(catalogue.mo_bytes(catalogue.read(tree)))


KOREAN = {
    "A title": "제목",
    "{n} rows were dropped": "{n}행을 뺐습니다",
    "{n} row": "{n}행",
    "Contents": "차례",
    "# A title\nand {braces} with 5 % of all": "# 제목\n전체의 5 %",
}


def test_texts_come_from_code_templates_and_cells(tree):
    assert [text.id for text in catalogue.texts(tree)] == [
        "A title",
        "{n} rows were dropped",
        ("{n} row", "{n} rows"),
        "Contents",
        "# A title\nand {braces} with 5 % of all",
    ]


def test_texts_within_f_strings_are_seen_and_what_is_no_message_is_not(tree):
    (tree / "casebook/a.py").write_text(
        "said = f\"{_('first')} {plural('{n} row', '{n} rows', n)}\" + _(found or '') + _('x' 'y')"
    )
    found = [text.id for text in catalogue.texts(tree) if text.file == "casebook/a.py"]
    assert found == ["first", ("{n} row", "{n} rows"), "xy"]


def test_a_template_that_cannot_be_read_is_an_error(tree):
    (tree / "casebook/pages/templates/front.html.j2").write_text("{{ _('Contents' }}")
    with pytest.raises(TemplateSyntaxError):
        list(catalogue.texts(tree))


def test_a_complete_catalogue_has_no_problems_and_translates(tree):
    _write(tree, KOREAN)
    assert catalogue.problems(tree) == []
    compiled = io.BytesIO((tree / catalogue.PO).with_suffix(".mo").read_bytes())
    korean = gettext.GNUTranslations(compiled)
    assert korean.gettext("Contents") == "차례"
    assert korean.ngettext("{n} row", "{n} rows", 2) == "{n}행"


def test_update_changes_nothing_where_nothing_changed(tree):
    _write(tree, KOREAN)
    before = (tree / catalogue.PO).read_bytes()
    _write(tree, {})
    assert (tree / catalogue.PO).read_bytes() == before
    assert b"Date" not in before
    assert b"Babel" not in before


def test_moved_lines_change_nothing(tree):
    _write(tree, KOREAN)
    (tree / "casebook/a.py").write_text("# a comment\n\n\n" + CODE)
    assert catalogue.problems(tree) == []


def test_a_changed_text_keeps_its_translation_as_fuzzy(tree):
    _write(tree, KOREAN)
    changed = CODE.replace("{n} rows were dropped", "{n} rows were left out")
    (tree / "casebook/a.py").write_text(changed)
    assert any("not up to date" in line for line in catalogue.problems(tree))
    _write(tree, {})
    message = catalogue.read(tree)["{n} rows were left out"]
    assert message.fuzzy
    assert message.string == "{n}행을 뺐습니다"
    assert any("fuzzy" in line for line in catalogue.problems(tree))


@pytest.mark.parametrize(
    ("source", "korean", "problem"),
    [
        ("Contents", "", "not translated"),
        ("{n} row", "", "not translated"),
        ("{n} rows were dropped", "행을 뺐습니다", "fields differ"),
        ("{n} rows were dropped", "{m}행을 뺐습니다", "fields differ"),
        ("{n} rows were dropped", "{n행을 뺐습니다", "fields differ"),
        ("{n} row", "행", "fields differ"),
    ],
)
def test_a_bad_translation_is_told(tree, source, korean, problem):
    _write(tree, KOREAN | {source: korean})
    [line] = catalogue.problems(tree)
    assert problem in line


def test_an_obsolete_text_is_told_and_update_drops_it(tree):
    _write(tree, KOREAN)
    path = tree / catalogue.PO
    path.write_bytes(path.read_bytes() + '\n#~ msgid "Gone"\n#~ msgstr "없음"\n'.encode())
    assert any(line.startswith("obsolete") for line in catalogue.problems(tree))
    _write(tree, {})
    assert catalogue.problems(tree) == []


def test_a_stale_compiled_file_is_told(tree):
    _write(tree, KOREAN)
    path = (tree / catalogue.PO).with_suffix(".mo")
    path.write_bytes(path.read_bytes() + b"\0")
    [line] = catalogue.problems(tree)
    assert "compiles to" in line


def test_a_missing_catalogue_is_told(tree):
    assert any("not up to date" in line for line in catalogue.problems(tree))
