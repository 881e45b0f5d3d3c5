"""What is wrong with text that is not YAML, said in our own words with the line."""

from __future__ import annotations

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from casebook.language import N_, _

# What ruamel.yaml says -> what we say; the first that is part of its message counts.
_SENTENCES = (
    (r"'\t' that cannot start any token", N_("a tab stands here; indent with spaces")),
    ("cannot start any token", N_("a value cannot start with this sign; put it in quotes")),
    ("mapping values are not allowed", N_("a colon and a space stand within a value or a line is "
                                          "indented wrongly; put texts with a colon in quotes")),
    ("could not find expected ':'", N_("a colon after the field's name is missing")),
    ("unexpected end of stream", N_("a quote or bracket is not closed")),
    ("expected ',' or", N_("a bracket is not closed, or a comma is missing")),
    ("expected <block end>", N_("this line is indented in another way than those before it")),
    ("expected single document", N_("a second document starts here (---); one is expected")),
    ("expected a single document", N_("a second document starts here (---); one is expected")),
    ("undefined alias", N_("an alias (*) is not allowed; put a text that starts with * in quotes")),
    ("escape", N_("a backslash in double quotes starts something unknown; use single quotes")),
)  # fmt: skip


def syntax_error(error: YAMLError, text: str) -> tuple[str, int | None]:
    """A sentence about what is not YAML, and the line (the first is 1; None where not known)."""
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        code = f"{ord(text[error.position]):04X}" if error.position < len(text) else "?"
        return _("a sign is not allowed here: U+{code}", code=code), line
    if not isinstance(error, MarkedYAMLError):
        return _("this is not YAML"), None
    mark = error.problem_mark or error.context_mark
    number = mark.line + 1 if mark else None
    problem = f"{error.context or ''} {error.problem or ''}"
    found = next((ours for theirs, ours in _SENTENCES if theirs in problem), None)
    sentence = _(found) if found else _("this is not YAML")
    return f"{sentence}{_quoted(text, number)}", number


def _quoted(text: str, line: int | None) -> str:
    lines = text.splitlines()
    found = lines[line - 1].strip() if line and line <= len(lines) else ""
    return f": {found[:80]}" if found else ""
