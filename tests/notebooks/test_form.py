"""The form of a notebook: short, plain, without outputs, its parameters readable by papermill."""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

import nbformat
import papermill
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
CELLS, LINES, MEDIAN = 12, 10, 3
PARAMETER = re.compile(r"(?P<name>\w+): (?P<type>\w+(\[\w+(, \w+)*\])?) = [^#]+  # \S.*")


def _lines(cell: nbformat.NotebookNode) -> int:
    return len(cell.source.splitlines())


def problems(notebook: nbformat.NotebookNode) -> list[str]:
    """What breaks the form, a line each."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    if len(code) > CELLS:
        found.append(f"{len(code)} code cells, {CELLS} are allowed")
    if code and statistics.median(map(_lines, code)) > MEDIAN:
        found.append(f"the median code cell is longer than {MEDIAN} lines")
    found += [
        f"a cell over {LINES} lines: {cell.source[:40]!r}" for cell in code if _lines(cell) > LINES
    ]
    found += [
        f"outputs or counts in git: {cell.source[:40]!r}"
        for cell in code
        if cell.outputs or cell.execution_count
    ]
    found += [f"an empty cell: {cell.id}" for cell in notebook.cells if not cell.source.strip()]
    for cell in code:
        found += _problems_of_code(cell.source)
    if notebook.cells[0].cell_type != "markdown" or not notebook.cells[0].source.startswith("# "):
        found.append("the first cell is not a title")
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        found.append("the kernel is not python3")
    return found + _problems_of_parameters(code)


def _problems_of_code(source: str) -> list[str]:
    """Definitions hide work in a notebook that belongs into the engine; magics need IPython."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return [f"not plain Python: {source[:40]!r}"]
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    return [
        f"a definition: {ast.unparse(node)[:40]!r}"
        for node in ast.walk(tree)
        if isinstance(node, definitions)
    ]


def _problems_of_parameters(code: list[nbformat.NotebookNode]) -> list[str]:
    tagged = [cell for cell in code if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        return [f"{len(tagged)} cells are tagged parameters"]
    lines = tagged[0].source.splitlines()
    bad = [
        f"a parameter papermill cannot read: {line!r}" for line in lines if not _is_parameter(line)
    ]
    names = [line.partition(":")[0] for line in lines]
    missing = {"case", "as_of"} - set(names)
    return bad + [f"the parameter {name} is missing" for name in sorted(missing)]


def _is_parameter(line: str) -> bool:
    """`name: type = literal  # help`, in the words papermill's inspection understands."""
    if not PARAMETER.fullmatch(line):
        return False
    statement = ast.parse(line).body[0]
    try:
        ast.literal_eval(statement.value)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_keeps_the_form(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert problems(notebook) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_papermill_sees_every_parameter(path):
    notebook = nbformat.read(path, as_version=4)
    [cell] = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    written = [line.partition(":")[0] for line in cell.source.splitlines()]
    seen = papermill.inspect_notebook(str(path))
    assert list(seen) == written
    assert all(value["help"] and value["inferred_type_name"] for value in seen.values())


def test_there_is_at_least_one_notebook():
    assert NOTEBOOKS


def _notebook(*sources: str, tags: tuple[str, ...] = ("parameters",)) -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_markdown_cell("# Title")]
    cells += [nbformat.v4.new_code_cell(source) for source in sources]
    cells[1].metadata["tags"] = list(tags)
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3"}
    return made


GOOD = 'case: str = ""  # a case\'s folder\nas_of: str = ""  # a day'


def test_a_good_notebook_has_no_problems():
    assert problems(_notebook(GOOD, "x = 1")) == []


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        ([GOOD] + ["x = 1"] * 12, "13 code cells"),
        ([GOOD] + ["x = 1\ny = 2\nz = 3\nx"] * 3, "median"),
        ([GOOD, "\n".join(["x = 1"] * 11)], "over 10 lines"),
        ([GOOD, "def f(): pass"], "a definition"),
        ([GOOD, "f = lambda: 1"], "a definition"),
        ([GOOD, "%matplotlib inline"], "not plain Python"),
        ([GOOD, " "], "empty cell"),
        ([GOOD + "\nrows: int | None = None  # how many"], "cannot read"),
        ([GOOD + '\ncolour: str = "#fff"  # which'], "cannot read"),
        ([GOOD + "\nseed: int = 0"], "cannot read"),
        ([GOOD + "\nseed = 0  # seed"], "cannot read"),
        ([GOOD + "\nseed: int = int(0)  # seed"], "cannot read"),
        (['case: str = ""  # a folder'], "as_of is missing"),
    ],
)
def test_a_bad_notebook_is_told(sources, told):
    assert any(told in line for line in problems(_notebook(*sources)))


def test_a_notebook_without_parameters_is_told():
    assert "0 cells are tagged parameters" in problems(_notebook(GOOD, tags=()))


def test_outputs_are_told():
    notebook = _notebook(GOOD, "x = 1")
    notebook.cells[2].execution_count = 1
    assert any("outputs or counts" in line for line in problems(notebook))
