"""Strict parameters: FAULTS 15 to 17, before a kernel starts."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from casebook.exceptions import ParameterError
from casebook.execute.convert import convert
from casebook.execute.parameters import Declaration, check_names, declared, read


def declaration(source: str) -> Declaration:
    return Declaration("a.ipynb", declared(source))


def test_a_declaration_has_name_type_default_and_help() -> None:
    [limit, text] = declared('limit: int = 3  # rows shown\ntext: str = "a # b"')
    assert (limit.name, limit.type, limit.default, limit.help) == ("limit", "int", 3, "rows shown")
    assert (text.default, text.help) == ("a # b", "")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = 1", "declared as"),
        ("x: int", "declared as"),
        ("import os", "declared as"),
        ("x: int = 1; y.z: int = 2", "declared as"),
        ("x: int | None = None", "type 'int | None' is not one of .* is an empty text"),
        ("x: Path = 'a'", "type 'Path' is not one of str, int"),
        ("x: int = len('a')", "default of parameter 'x' is not a plain value"),
        ("x: int = 'a'", "parameter 'x' is a whole number"),
        ("x: int = (", "this is not Python"),
    ],
)
def test_a_line_that_is_no_declaration_is_refused_with_its_place(source: str, told: str) -> None:
    with pytest.raises(ParameterError, match=told) as error:
        declared(source, "a.ipynb, cell 2")
    assert str(error.value).startswith("a.ipynb, cell 2, line 1: ")


def test_a_notebook_without_the_cell_declares_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("x: int = 1")]), path)
    assert read(path).names == ()
    path.write_text("{}")
    with pytest.raises(ParameterError, match="not a notebook"):
        read(path)
    with pytest.raises(ParameterError, match="no such notebook"):
        read(tmp_path / "b.ipynb")


@pytest.mark.parametrize("name", ["x; import os", "__import__('os')", "x = 1\nos", "sead"])
def test_case_15_only_declared_names(bench, name: str) -> None:
    bench.add("one", "1", parameters="seed: int = 0")
    with pytest.raises(ParameterError, match="no notebook of this run has a parameter") as told:
        bench.run(parameters={name: "1"})
    assert ("Did you mean 'seed'?" in str(told.value)) == (name == "sead")
    assert not bench.runs.path.exists()


def test_case_15_names_that_the_run_sets_say_what_to_do() -> None:
    with pytest.raises(ParameterError, match=r"'as_of' is set by the run itself.*--as-of"):
        check_names(["as_of"], [declaration('as_of: str = ""')], {"as_of": "Use --as-of DAY."})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("str", Path("a")),
        ("str", b"a"),
        ("str", "\ud800"),
        ("dict", {"a": {1, 2}}),
        ("dict", {1: "a"}),
        ("list", [object()]),
        ("list", [float("nan")]),
        ("list", (1, 2)),
        ("int", True),
        ("int", 1.0),
        ("float", "1e999"),
        ("list", "[1e999]"),
        ("list", "[" * 100_000),
    ],
)
def test_case_16_only_plain_values(kind: str, value: object) -> None:
    with pytest.raises(ParameterError, match="parameter 'x' is "):
        convert("x", kind, value)


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("str", "007", "007"),
        ("int", "007", 7),
        ("int", "-3", -3),
        ("float", "1", 1.0),
        ("float", ".5e-3", 0.0005),
        ("bool", "True", True),
        ("bool", "false", False),
        ("list", "[1, null]", [1, None]),
        ("dict", '{"a": [1]}', {"a": [1]}),
        ("date", "2026-11-22", "2026-11-22"),
        ("date", "", ""),
        ("date", date(2026, 11, 22), "2026-11-22"),
        ("str", "nan", "nan"),
    ],
)
def test_case_17_the_declared_type_decides(kind: str, value: object, found: object) -> None:
    made = convert("x", kind, value)
    assert made == found
    assert type(made) is type(found)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", "1_000"),
        ("int", " 7"),
        ("int", "0x10"),
        ("int", "٣"),
        ("int", "1.0"),
        ("float", "nan"),
        ("float", "inf"),
        ("float", "1_0.5"),
        ("bool", "yes"),
        ("bool", "1"),
        ("list", "1,2"),
        ("list", "{}"),
        ("dict", "[NaN]"),
        ("date", "2026-1-2"),
        ("date", "20260102"),
        ("date", "22.11.2026"),
    ],
)
def test_case_17_what_is_not_of_the_type_is_refused(kind: str, value: str) -> None:
    with pytest.raises(ParameterError) as told:
        convert("x", kind, value)
    assert repr(value) in str(told.value)


HARD = [
    "quote ' \" '''",
    "back\\slash \\n",
    "new\nline\r\ttab",
    "null \x00 bell \x07",
    "한글 😀 \u2028",
]


def test_values_arrive_in_the_kernel_as_they_were_given(bench) -> None:
    declared_here = 'text: str = ""\nitems: list = []\nnothing: dict = {}\nrate: float = 0.0'
    bench.add("echo", "import json; print(json.dumps([text, items, nothing, rate]))",
              parameters=declared_here)  # fmt: skip
    given = {"text": "".join(HARD), "items": HARD, "nothing": {"a'\\": None}, "rate": "1e-7"}
    folder, _ = bench.run(parameters=given)
    printed = bench.cells(folder, "echo")[2].outputs[0].text
    assert json.loads(printed) == [given["text"], given["items"], given["nothing"], 1e-7]


def test_each_notebook_gets_what_it_declares(bench) -> None:
    bench.add("one", "print(level)", parameters='level: str = ""')
    bench.add("two", "print(level + 1, seed)", parameters="level: int = 0\nseed: int = 5")
    bench.add("three", "print('level' in dir())", parameters="seed: int = 5")
    folder, manifest = bench.run(parameters={"level": "007"})
    printed = [bench.cells(folder, stem)[-1].outputs[0].text for stem in ("one", "two", "three")]
    assert printed == ["007\n", "8 5\n", "False\n"]
    assert manifest.parameters == {"level": "007"}
