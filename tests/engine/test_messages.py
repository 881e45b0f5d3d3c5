"""Every text for people goes through gettext, and its Korean is complete."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from casebook import exceptions
from casebook.locale import catalogue

MARKERS = {"_", "N_", "plural"}
ERRORS = {
    name
    for name, value in vars(exceptions).items()
    if isinstance(value, type) and issubclass(value, exceptions.CasebookError)
}


def _calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node, node.func.id


def _sources(root: Path) -> list[Path]:
    return [
        path for room in ("casebook", "widgets") for path in sorted((root / room).rglob("*.py"))
    ]


def _named(node: ast.expr) -> bool:
    """A name, an attribute, or a look-up in a table: a message that `N_` marked elsewhere."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "get"
    return isinstance(node, (ast.Name, ast.Attribute, ast.Subscript))


def unextractable(path: Path) -> list[str]:
    """Calls whose message Babel cannot see; `_` may take what was marked by `N_`."""
    bad = []
    for call, name in _calls(path):
        if name not in MARKERS:
            continue
        for message in call.args[: 2 if name == "plural" else 1]:
            literal = isinstance(message, ast.Constant) and isinstance(message.value, str)
            if not literal and not (name == "_" and _named(message)):
                bad.append(f"{path.name}:{call.lineno}: {ast.unparse(call)[:80]}")
    return bad


def untranslated_errors(path: Path) -> list[str]:
    """Expected failures whose message was written out rather than translated."""
    return [
        f"{path.name}:{call.lineno}: {ast.unparse(call)[:80]}"
        for call, name in _calls(path)
        if name in ERRORS
        and call.args
        and isinstance(call.args[0], (ast.Constant, ast.JoinedStr, ast.BinOp))
    ]


def renamed_markers(path: Path) -> list[str]:
    """Imports of gettext functions under a name that Babel does not look for."""
    return [
        f"{path.name}:{node.lineno}: {alias.name} as {alias.asname}"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "casebook.language"
        for alias in node.names
        if alias.name in MARKERS and alias.asname
    ]


@pytest.mark.parametrize("rule", [unextractable, untranslated_errors, renamed_markers])
def test_texts_can_be_translated(rule, root):
    bad = [line for path in _sources(root) for line in rule(path)]
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (unextractable, '_(f"{n} rows")'),
        (unextractable, '_("a" if x else "b")'),
        (unextractable, "N_(title)"),
        (unextractable, "_(title_of(phase))"),
        (unextractable, 'plural("{n} row", many, 3)'),
        (untranslated_errors, 'raise TableError(f"no {name}")'),
        (renamed_markers, "from casebook.language import _ as say"),
    ],
)
def test_a_rule_sees_what_it_forbids(rule, line, tmp_path):
    path = tmp_path / "broken.py"
    path.write_text(line)
    assert rule(path)


@pytest.mark.parametrize(
    "line", ['_("{n} rows", n=3)', "_(phase.title)", "_(TITLES.get(phase, phase))", '_("a" "b")']
)
def test_a_rule_passes_what_babel_reads(line, tmp_path):
    path = tmp_path / "fine.py"
    path.write_text(line)
    assert not unextractable(path)


def test_korean_is_complete_and_up_to_date():
    lines = catalogue.problems()
    if lines:
        shown = "\n".join(lines[:40])
        pytest.fail(f"{len(lines)} problems; make messages updates the catalogue\n{shown}")
