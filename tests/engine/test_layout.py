"""The tree is as its documents say: rooms, phases, commands, and no address of any machine."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import click
import pytest

from casebook.cli.main import group
from casebook.phases.registry import PHASES
from casebook.serve.pages import PAGES

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```\w*\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """Every file that is in git, or would be after `git add --all`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("this is no git checkout")
    return [name for name in done.stdout.splitlines() if (ROOT / name).exists()]


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


# Rooms


def listing(text: str) -> dict[str, set[str]]:
    """The first fenced block that lists rooms: names by the folder they are in, "" the top."""
    rooms: dict[str, set[str]] = {"": set()}
    above = ""
    for line in FENCE.search(text)[1].splitlines():
        indent, name = re.match(r"( *)(\S+)", line).groups()
        if indent:
            rooms[above].add(name)
        else:
            above = name
            rooms[""].add(name)
            rooms[name] = set()
    return rooms


def _inside(names: list[str], folder: str) -> set[str]:
    """What is directly in a folder; folders with a slash."""
    rest = [name.removeprefix(folder) for name in names if name.startswith(folder)]
    return {name.split("/")[0] + "/" * ("/" in name) for name in rest}


def test_architecture_lists_the_rooms_that_are_there(tracked):
    rooms = listing(_text("ARCHITECTURE.md"))
    assert rooms[""] == _inside(tracked, "")
    assert rooms["casebook/"] == _inside(tracked, "casebook/") - {"__init__.py", "py.typed"}


def test_architecture_shows_the_layers_of_the_import_contract():
    contracts = tomllib.loads(_text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = [tuple(re.findall(r"\w+", layer)) for layer in contracts[0]["layers"]]
    block = FENCE.findall(_text("ARCHITECTURE.md"))[1].splitlines()[2:]
    assert [tuple(re.findall(r"\w+", line.partition("   ")[0])) for line in block] == layers


def test_architecture_lists_the_tests_and_cases_that_are_there(tracked):
    rooms = listing(_text("ARCHITECTURE.md"))
    folders = {name for name in _inside(tracked, "tests/") if name.endswith("/")}
    assert {name for name in rooms["tests/"] if name.endswith("/")} == folders
    cases = {
        f"{Path(name).parts[1]}/" for name in tracked if re.match("data/[^/]+/case.yaml", name)
    }
    assert {name for name in rooms["data/"] if name.endswith("/")} >= cases


def test_every_path_that_the_documents_name_is_there(tracked):
    there = set(tracked) | {str(parent) for name in tracked for parent in Path(name).parents}
    missing = [
        f"{document}: {path}"
        for document in DOCUMENTS
        for path in re.findall(r"`([\w./-]+/[\w./-]*)`", FENCE.sub("", _text(document)))
        if path.split("/")[0] + "/" in _inside(tracked, "") and path.rstrip("/") not in there
    ]
    assert not missing


def test_links_between_documents_lead_somewhere():
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", _text(document)):
            assert (ROOT / target).exists(), f"{document}: {target}"


def test_git_ignores_no_source(tracked):
    """A pattern for what a case makes must not hide a room of the same name."""
    rooms = ("casebook", "widgets", "tests", "notebooks", "data")
    there = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    names = {path.relative_to(ROOT).as_posix() for path in there}
    assert names <= set(tracked)


# Phases


def _stems(folder: str, pattern: str = "*.py") -> set[str]:
    return {path.stem for path in (ROOT / folder).glob(pattern)}


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.stem)
def test_every_phase_has_its_files(phase):
    wanted = [
        f"notebooks/{phase.name}.ipynb",
        f"casebook/phases/{phase.stem}.py",
        f"casebook/figures/{phase.stem}.py",
        f"casebook/pages/{phase.stem}.py",
        f"tests/engine/phases/test_{phase.stem}.py",
    ]
    assert [name for name in wanted if not (ROOT / name).exists()] == []


def test_every_notebook_is_a_phase_or_a_page_that_none_is():
    pages = {page.notebook for page in PAGES if page.notebook and not page.notebook[0].isdigit()}
    assert _stems("notebooks", "*.ipynb") == {phase.name for phase in PHASES} | pages


def test_phases_are_numbered_in_order_and_need_phases():
    stems = [phase.stem for phase in PHASES]
    numbers = [phase.number for phase in PHASES]
    assert len(set(stems)) == len(stems)
    assert numbers == sorted(set(numbers))
    assert {need for phase in PHASES for need in (*phase.needs, *phase.reads)} <= set(stems)


@pytest.mark.parametrize(
    "room", ["casebook/phases", "casebook/figures", "casebook/pages", "widgets"]
)
def test_the_parts_of_a_phase_belong_to_it(room):
    """`symptom_data` is a part of `symptom`: no other phase imports it."""
    package = room.replace("/", ".")
    stems = sorted((phase.stem for phase in PHASES), key=len, reverse=True)
    owner = {
        name: next((s for s in stems if name.startswith(f"{s}_")), "") for name in _stems(room)
    }
    pattern = re.compile(rf"^from {re.escape(package)}(?:\.| import )(\w+)", flags=re.MULTILINE)
    strangers = [
        f"{path.stem} imports {part}"
        for path in (ROOT / room).glob("*.py")
        for part in pattern.findall(path.read_text("utf-8"))
        if owner.get(part) and not path.stem.startswith(owner[part])
    ]
    assert not strangers


def test_the_import_contracts_know_every_phase():
    contracts = tomllib.loads(_text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    parts = [c["layers"][0] for c in contracts if c["name"].startswith(("Phases", "Panels"))]
    stems = {phase.stem for phase in PHASES}
    assert len(parts) == 2
    assert all(stems <= set(re.findall(r"\w+", layer)) for layer in parts)


# Commands


def _commands(document: str, program: str) -> list[list[str]]:
    """Command lines in the fenced blocks of a document that call a program."""
    lines = [line for block in FENCE.findall(_text(document)) for line in block.splitlines()]
    calls = [line.removeprefix("$ ") for line in lines]
    return [shlex.split(call, comments=True) for call in calls if call.startswith(f"{program} ")]


def test_every_make_command_of_the_documents_is_there():
    targets = set(re.findall(r"^([a-z]+):", _text("Makefile"), flags=re.MULTILINE))
    called = {word for name in DOCUMENTS for call in _commands(name, "make") for word in call[1:]}
    assert {word for word in called if "=" not in word} <= targets


def test_every_make_target_is_phony_and_explained():
    makefile = _text("Makefile")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    phony = set(re.search(r"^\.PHONY: (.*)", makefile, flags=re.MULTILINE)[1].split())
    assert phony == targets
    assert set(re.findall(r"^([a-z]+):.*## \w", makefile, flags=re.MULTILINE)) == targets


def test_every_casebook_command_of_the_readme_is_understood():
    main = group()
    calls = _commands("README.md", "casebook")
    assert calls, "the README shows no command"
    for _, name, *rest in calls:
        command = main.get_command(click.Context(main), name)
        assert command is not None, f"casebook {name}"
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("-")} <= known, f"casebook {name}"


def test_every_casebook_command_is_in_the_readme():
    main = group()
    shown = {call[1] for call in _commands("README.md", "casebook")}
    assert set(main.list_commands(click.Context(main))) <= shown


def test_the_first_command_under_the_readmes_tests_runs_them():
    """`.ci/run` takes its command from there."""
    text = _text("README.md")
    heading = re.search(r"^#+.*\btest.*$", text, flags=re.MULTILINE | re.IGNORECASE)
    assert heading, "the README has no heading on tests"
    assert FENCE.search(text, heading.end())[1].splitlines()[0] == "make test"


# Addresses: put together here, so that this file does not hold what it looks for

PLACES = ("root", "work", "home", "Users")
MACHINE = re.compile(rf"(?<![\w.~/])/(?:{'|'.join(PLACES)})/\w")
HOSTS = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in [
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("registry", "npmjs"),
            ("deb", "debian"),
            ("conda", "anaconda"),
            ("repo", "anaconda"),
            ("proxy", "golang"),
        ]
    )
)
BINARY = {".mo", ".png", ".ttf", ".otf", ".woff2", ".gz", ".parquet", ".xlsx", ".skops"}


def test_no_path_of_a_machine_and_no_registry_is_in_git(tracked):
    found = []
    for name in tracked:
        path = ROOT / name
        if path.suffix in BINARY:
            continue
        text = path.read_text("utf-8", errors="replace")
        found += [f"{name}: {hit[0]}" for rule in (MACHINE, HOSTS) for hit in rule.finditer(text)]
    assert not found


@pytest.mark.parametrize("parts", [("", "home", "me", "x"), ("", "root", "x")])
def test_a_path_of_a_machine_is_seen(parts):
    assert MACHINE.search("see " + "/".join(parts))
    assert not MACHINE.search("see ." + "/".join(parts))


def test_the_version_is_the_same_everywhere():
    version = tomllib.loads(_text("pyproject.toml"))["project"]["version"]
    [assigned] = [
        node.value.value
        for node in ast.parse(_text("casebook/__init__.py")).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__version__"
    ]
    assert assigned == version
    assert f"## [{version}]" in _text("CHANGELOG.md") or "## [Unreleased]" in _text("CHANGELOG.md")
