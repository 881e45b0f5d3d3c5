"""The Korean catalogue: gather every text, keep its translations, compile, check.

`python -m casebook.locale.catalogue update` after a text changed; `check` says what is wrong.
Texts come from calls of `_`, `N_` and `plural` in Python, `_` in Jinja templates, and whole
markdown cells of notebooks, whose source is the message.
"""

from __future__ import annotations

import ast
import io
import json
import string
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import click
from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from casebook import atomic

ROOT = Path(__file__).resolve().parents[2]
PO = Path("casebook/locale/ko/LC_MESSAGES/casebook.po")
KEYWORDS = {"_": 1, "N_": 1, "plural": 2}
"""How many messages each function takes, from its first argument on."""
TEMPLATES = frozenset({".html", ".j2", ".jinja", ".jinja2", ".tpl"})
JINJA_OPTIONS = {"silent": "false", "extensions": "jinja2.ext.loopcontrols"}
HEADERS = [
    ("Project-Id-Version", "casebook"),
    ("Language", "ko"),
    ("Language-Team", "Casebook contributors"),
    ("Plural-Forms", "nplurals=1; plural=0;"),
    ("MIME-Version", "1.0"),
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Transfer-Encoding", "8bit\n"),
]


class Text(NamedTuple):
    """A text for people, the file it stands in, and whether it has fields to fill.

    id: the message, or its singular and plural.
    """

    id: str | tuple[str, str]
    file: str
    fields: bool = True


class KoreanCatalog(Catalog):
    """A catalogue whose header never changes by itself, so that a diff shows texts only."""

    def __init__(self) -> None:
        super().__init__(locale="ko", header_comment="# Korean texts of Casebook.", fuzzy=False)

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The header, without dates, people and versions of tools."""
        return list(HEADERS)


def texts(root: Path = ROOT) -> Iterator[Text]:
    """Every text for people, file by file, in the order in which it stands there.

    Raises jinja2.TemplateSyntaxError for a template that cannot be read.
    """
    for folder in ("casebook", "widgets"):
        for path in sorted((root / folder).rglob("*.py")):
            yield from _calls(path, root)
    for path in sorted((root / "casebook").rglob("templates/**/*")):
        if path.suffix in TEMPLATES:
            yield from _of_template(path, root)
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        yield from _cells(path, root)


def _calls(path: Path, root: Path) -> Iterator[Text]:
    """Literal messages of a module; Babel would see none within f-strings before Python 3.12."""
    name = path.relative_to(root).as_posix()
    calls = [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        marker = call.func.id if isinstance(call.func, ast.Name) else ""
        wanted = KEYWORDS.get(marker, 0)
        said = [one.value for one in call.args[:wanted] if isinstance(one, ast.Constant)]
        if wanted and len(said) == wanted and all(isinstance(one, str) and one for one in said):
            yield Text(str(said[0]) if wanted == 1 else (str(said[0]), str(said[1])), name)


def _of_template(path: Path, root: Path) -> Iterator[Text]:
    found = extract("jinja2", io.BytesIO(path.read_bytes()), {"_": None}, (), JINJA_OPTIONS)
    name = path.relative_to(root).as_posix()
    for _line, message, _comments, _context in found:
        yield Text(message if isinstance(message, str) else (message[0], message[1]), name)


def _cells(path: Path, root: Path) -> Iterator[Text]:
    name = path.relative_to(root).as_posix()
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and source.strip():
            yield Text(source, name, fields=False)


def template(found: Iterable[Text]) -> Catalog:
    """A catalogue of the texts without translations, in the order of files and texts."""
    made = KoreanCatalog()
    for text in found:
        message = made.add(text.id, locations=[(text.file, 0)])
        message.flags.discard("python-format")  # `5 % of` is no format here
    return made


def read(root: Path = ROOT) -> Catalog:
    """The Korean catalogue as it stands; empty where there is none yet."""
    made = KoreanCatalog()
    path = root / PO
    if path.exists():
        stored = read_po(io.BytesIO(path.read_bytes()), locale="ko")
        for message in stored:
            if message.id:
                made[message.id] = message
        made.obsolete = stored.obsolete
    return made


def updated(catalog: Catalog, found: Iterable[Text]) -> Catalog:
    """The catalogue with exactly these texts, in their order.

    Translations are kept; of a text that changed a little they are kept as fuzzy, for a person
    to look at. Those of texts that are gone are dropped: git has them.
    """
    wanted = template(found)
    catalog.update(wanted)
    made = KoreanCatalog()
    for message in catalog:
        if message.id:
            message.flags -= {"python-format"}
            made[message.id] = message
    return made


def po_bytes(catalog: Catalog) -> bytes:
    """The catalogue as a .po file, entries by file and without line numbers."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=99, ignore_obsolete=True, include_lineno=False)
    return buffer.getvalue().rstrip() + b"\n"


def mo_bytes(catalog: Catalog) -> bytes:
    """The catalogue compiled, without what is fuzzy."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def problems(root: Path = ROOT) -> list[str]:
    """What is wrong with the catalogue, a line each; empty when all is well."""
    found = list(texts(root))
    catalog = read(root)
    plain = {text.id if isinstance(text.id, str) else text.id[0] for text in found if text.fields}
    lines = [
        f"{_where(message)}: {problem}: {_short(message)}"
        for message in catalog
        if message.id
        for problem in _problems_of(message, _key(message) in plain)
    ]
    lines += [f"obsolete: {_short(message)}" for message in catalog.obsolete.values()]
    path = root / PO
    if not path.exists() or path.read_bytes() != po_bytes(updated(read(root), found)):
        lines.append(f"{PO}: not up to date with the texts; run make messages")
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != mo_bytes(catalog):
        lines.append(f"{PO.with_suffix('.mo')}: not what {PO.name} compiles to; run make messages")
    return lines


def _problems_of(message: Message, has_fields: bool) -> Iterator[str]:
    strings = _strings(message)
    if not all(strings):
        yield "not translated"
        return
    if message.fuzzy:
        yield "fuzzy, so look at it and remove the mark"
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    if has_fields and any(_fields(text) != _fields(sources[-1]) for text in strings):
        yield "fields differ between the text and its translation"


def _strings(message: Message) -> list[str]:
    """The translations of a message: one, or one a plural form; empty texts where missing."""
    if isinstance(message.string, str):
        return [message.string]
    return list(message.string or ("",))


def _fields(text: str) -> frozenset[str] | None:
    """Names of the fields of a text; None where its braces do not match."""
    try:
        parsed = string.Formatter().parse(text)
        return frozenset(name for _, name, _, _ in parsed if name is not None)
    except ValueError:
        return None


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _short(message: Message) -> str:
    return repr(_key(message)[:70])


def _where(message: Message) -> str:
    return message.locations[0][0] if message.locations else PO.name


@click.group()
def main() -> None:
    """Keep the Korean catalogue true to the texts."""


@main.command()
def update() -> None:
    """Take over new and changed texts, keep translations, compile."""
    catalog = updated(read(), texts())
    path = ROOT / PO
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(path, po_bytes(catalog))
    atomic.write_bytes(path.with_suffix(".mo"), mo_bytes(read()))
    entries = [message for message in catalog if message.id]
    missing = sum(message.fuzzy or not all(_strings(message)) for message in entries)
    click.echo(f"{PO}: {len(entries)} texts, {missing} to be translated or looked at")


@main.command()
def check() -> None:
    """Say what is missing, fuzzy, obsolete or stale; status 1 when anything is."""
    lines = problems()
    for line in lines:
        click.echo(line)
    raise SystemExit(bool(lines))


if __name__ == "__main__":
    main()
