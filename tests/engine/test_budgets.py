"""Budgets of the code, as in CONTRIBUTING.md: sizes, docstrings, imports, silence at import."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = sorted((ROOT / "casebook").rglob("*.py"))
PACKAGES = [*ENGINE, *sorted((ROOT / "widgets").rglob("*.py"))]
CODE = [*PACKAGES, *sorted((ROOT / "data").glob("*.py")), *sorted((ROOT / "tests").rglob("*.py"))]
MODULE_LINES = 300
BODY_LINES = 30

OPTIONAL = {"dask", "distributed", "apprise", "psycopg"}  # the extras of pyproject.toml
LATE = {  # module, and why it imports within functions
    "casebook/expressions/": "DuckDB starts threads, and the engine is imported before a fork",
    "casebook/prototype/batch_out.py": "few predictions leave as a workbook, as below",
    "casebook/tables/excel.py": "few tables are workbooks, and openpyxl is slow to load",
    "casebook/models/blob.py": "skops loads every estimator, and few notebooks save a model",
    "casebook/workspace.py": "skrub and scikit-learn are slow to load, and few notebooks need them",
    "casebook/tables/reader.py": "few tables are in databases, and SQLAlchemy is slow to load",
}

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), _name(path))


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Public names without a docstring: the module, its classes, functions and methods."""
    if not (ast.get_docstring(tree) or "").strip():
        yield "the module"
    waiting: list[tuple[str, ast.AST]] = [("", tree)]
    while waiting:
        prefix, owner = waiting.pop()
        for node in owner.body:
            if not isinstance(node, Definition) or node.name.startswith("_"):
                continue
            overload = any("overload" in ast.unparse(mark) for mark in node.decorator_list)
            if not overload and not (ast.get_docstring(node) or "").strip():
                yield prefix + node.name
            if isinstance(node, ast.ClassDef):
                waiting.append((f"{prefix}{node.name}.", node))


def late_imports(tree: ast.Module) -> Iterator[str]:
    """Imports within functions, but for optional dependencies."""
    for function in _functions(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or "."]
            else:
                continue
            yield from (name for name in names if name.partition(".")[0] not in OPTIONAL)


def prints(tree: ast.Module) -> Iterator[str]:
    """Calls of print."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print":
            yield f"line {node.lineno}"


def _told(paths: list[Path], rule) -> str:
    lines = [f"{_name(path)}: {found}" for path in paths for found in rule(_tree(path))]
    return "\n".join(lines)


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_sizes_stay_within_the_budget(path):
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= MODULE_LINES, f"{lines} lines; split it"
    bodies = {function.name: body_lines(function) for function in _functions(_tree(path))}
    assert {name: n for name, n in bodies.items() if n > BODY_LINES} == {}


def test_every_public_name_has_a_docstring():
    assert _told(PACKAGES, undocumented) == ""


def test_imports_stand_at_the_top():
    paths = [path for path in PACKAGES if not _name(path).startswith(tuple(LATE))]
    assert _told(paths, late_imports) == ""


def test_every_exception_for_late_imports_is_used():
    for place in LATE:
        paths = [path for path in PACKAGES if _name(path).startswith(place)]
        assert _told(paths, late_imports) != "", f"{place} has no late import any more"


def test_only_the_command_prints():
    paths = [path for path in PACKAGES if not _name(path).startswith("casebook/cli/")]
    assert _told(paths, prints) == ""


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (undocumented, "x = 1"),
        (
            undocumented,
            '"""A module."""\nclass Open:\n    """A class."""\n    def shut(self): pass',
        ),
        (undocumented, '"""A module."""\ndef f():\n    """ """'),
        (late_imports, "def f():\n    import pandas"),
        (late_imports, "class A:\n    def f(self):\n        from casebook import case"),
        (prints, "print(1)"),
    ],
)
def test_a_rule_sees_what_it_forbids(rule, code):
    assert list(rule(ast.parse(code)))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (undocumented, '"""A module."""\ndef _f(): pass'),
        (late_imports, "import pandas\ndef f():\n    import dask.distributed"),
    ],
)
def test_a_rule_passes_what_is_allowed(rule, code):
    assert not list(rule(ast.parse(code)))


def test_a_docstring_is_no_part_of_a_body():
    function = ast.parse('def f():\n    """A\n\n    b\n    """\n    x = 1\n    return x').body[0]
    assert body_lines(function) == 2


STATE = """
import importlib, json, logging, os, sys, threading, warnings
import matplotlib
def state():
    return {"threads": threading.active_count(), "environment": dict(os.environ),
            "handlers": len(logging.getLogger().handlers), "level": logging.getLogger().level,
            "filters": len(warnings.filters), "folder": os.getcwd(), "path": sys.path[:],
            "style": repr(matplotlib.rcParams.copy())}  # a copy: reading "backend" loads pyplot
for name in LIBRARIES: importlib.import_module(name)
before = state()
for name in MODULES: importlib.import_module(name)
after = state()
changed = [key for key in before if before[key] != after[key]]
print(json.dumps({"changed": changed, "loaded": sorted(sys.modules)}))
"""
LIBRARIES = [
    "pandas", "sklearn.ensemble", "scipy.stats", "duckdb", "sqlalchemy", "skops.io", "ruamel.yaml",
    "nbconvert",
]  # fmt: skip


def _fresh(code: str) -> dict:
    """The last line that a fresh interpreter prints, read as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def _modules(paths: list[Path]) -> list[str]:
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    return [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]


def test_importing_the_engine_does_no_work():
    """Libraries may do some when they are loaded, so they are loaded first."""
    apart = ("casebook.execute", "casebook.cli", "casebook.serve.inside")
    engine = [name for name in _modules(ENGINE) if not name.startswith(apart)]
    seen = _fresh(f"LIBRARIES = {LIBRARIES!r}\nMODULES = {engine!r}\n{STATE}")
    assert seen["changed"] == []
    unwanted = {"matplotlib.pyplot", "IPython", "ipywidgets", "voila", "papermill", "skrub"}
    assert unwanted & set(seen["loaded"]) == set()


HEAVY = {
    "IPython", "duckdb", "matplotlib", "nbclient", "nbconvert", "numpy", "pandas", "papermill",
    "pyarrow", "pydantic", "scipy", "skops", "skrub", "sklearn", "sqlalchemy",
}  # fmt: skip
HELP = """
import contextlib, io, json, sys
from casebook.cli.main import main
with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.suppress(SystemExit):
    main(["--help"])
print(json.dumps({"shown": shown.getvalue(), "loaded": sorted(sys.modules)}))
"""


def test_the_command_answers_help_without_loading_what_is_heavy():
    """Hence well under a second; a test that asserted a time would fail on a busy machine."""
    seen = _fresh(HELP)
    assert "Usage" in seen["shown"]
    assert HEAVY & set(seen["loaded"]) == set()


def test_the_symptom_phase_loads_no_models():
    """They take half a second and a hundred megabytes, and reading tables asks for neither."""
    loaded = _fresh(
        "import json, sys, casebook.phases.symptom, casebook.tables; "
        "print(json.dumps([name for name in sys.modules]))"
    )
    assert not {"sklearn", "scipy.stats", "matplotlib", "skrub", "duckdb"} & {*loaded}
