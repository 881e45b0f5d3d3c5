"""The four lists of dependencies agree: pyproject, constraints, conda, and what is installed."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

CONDA_NAMES = {"duckdb": "python-duckdb", "playwright": "playwright-python"}
BUILD_TOOLS = {"hatchling", "editables"}  # `make` installs them before Casebook itself
NOT_ASKED_FOR = {"pip", "setuptools"}  # they come with a virtual environment


@pytest.fixture(scope="module")
def project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def asked(project: dict) -> dict[str, Requirement]:
    lines = project["dependencies"] + project["optional-dependencies"]["dev"]
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


@pytest.fixture(scope="module")
def pins(root: Path) -> dict[str, str]:
    lines = (root / "constraints.txt").read_text("utf-8").splitlines()
    bad = [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+", line)]
    assert not bad, f"not name==version: {bad}"
    pairs = [line.split("==") for line in lines]
    made = {canonicalize_name(name): version for name, version in pairs}
    assert len(made) == len(lines), "a name is pinned twice"
    return made


def _needs(name: str, extra: str = "") -> list[Requirement]:
    """What a distribution asks for here, with one of its extras."""
    needs = map(Requirement, metadata.requires(name) or ())
    return [need for need in needs if not need.marker or need.marker.evaluate({"extra": extra})]


def _closure(asked: dict[str, Requirement]) -> set[str]:
    """These distributions, with the extras asked for, and all that they need here."""
    found: set[tuple[str, str]] = set()
    waiting = {(name, extra) for name, need in asked.items() for extra in ("", *need.extras)}
    while waiting:
        name, extra = waiting.pop()
        found.add((name, extra))
        for need in _needs(name, extra):
            key = canonicalize_name(need.name)
            waiting |= {(key, wanted) for wanted in ("", *need.extras)} - found
    return {name for name, _ in found}


def test_every_pin_satisfies_what_pyproject_asks_for(asked, pins):
    assert set(asked) <= set(pins)
    wrong = {name: pins[name] for name, need in asked.items() if pins[name] not in need.specifier}
    assert not wrong


def test_exactly_what_is_needed_is_pinned(asked, pins):
    tools = {name: Requirement(name) for name in BUILD_TOOLS}
    needed = _closure(asked | tools) - NOT_ASKED_FOR
    assert not needed - set(pins), "not pinned; make constraints"
    assert not set(pins) - needed, "pinned and not needed"


def test_developers_get_every_extra(project):
    """Else what only an extra needs would be pinned, checked and tested nowhere."""
    extras = dict(project["optional-dependencies"])
    developers = set(extras.pop("dev"))
    assert extras
    assert {line for lines in extras.values() for line in lines} <= developers


def test_what_is_installed_is_what_is_pinned(pins):
    installed = {name: metadata.version(name) for name in pins}
    assert installed == pins


def _conda(root: Path) -> dict[str, Requirement]:
    lines = YAML(typ="safe").load((root / "environment.yml").read_text("utf-8"))["dependencies"]
    others = [line for more in lines if isinstance(more, dict) for line in more["pip"]]
    plain = [*(line for line in lines if isinstance(line, str)), *others]
    needs = [Requirement(line) for line in plain if not line.startswith("-e")]
    return {canonicalize_name(need.name): need for need in needs}


def test_conda_gets_the_same_dependencies(root, project, asked):
    conda = _conda(root)
    python = conda.pop("python")
    assert str(python.specifier) == project["requires-python"]
    conda.pop("pip")
    expected = {CONDA_NAMES.get(name, name): str(need.specifier) for name, need in asked.items()}
    assert {name: str(need.specifier) for name, need in conda.items()} == expected


def test_every_line_of_the_conda_file_says_why(root):
    lines = (root / "environment.yml").read_text("utf-8").splitlines()
    silent = [
        line for line in lines if re.match(r" *- ", line) and not re.search(r"  # \w.{8}", line)
    ]
    assert not silent


def test_every_import_of_the_project_is_a_declared_dependency(root, project):
    """Declared, or asked for by one that is, as numpy by pandas; the rest may leave unseen."""
    core = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    allowed = core | {canonicalize_name(need.name) for name in core for need in _needs(name)}
    packages = metadata.packages_distributions()
    sources = [path for room in ("casebook", "widgets") for path in (root / room).rglob("*.py")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    names = set(re.findall(r"^ *(?:from|import) (\w+)", text, flags=re.MULTILINE)) & set(packages)
    names -= {"casebook", "widgets"}
    owners = {name: {canonicalize_name(owner) for owner in packages[name]} for name in names}
    assert {name: owner for name, owner in owners.items() if not owner & allowed} == {}
