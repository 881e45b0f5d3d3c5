"""The parameters of a notebook: declared one line each, read here, converted as declared.

papermill's own inspection drops what it cannot parse and only warns of unknown names; here both
are errors, before a kernel starts.
"""

from __future__ import annotations

import ast
import io
import json
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.exceptions import ParameterError, nearest
from casebook.execute.convert import TYPES, convert
from casebook.language import _

TAG = "parameters"


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: `name: type = default  # help`."""

    name: str
    type: str
    default: Any
    help: str = ""


@dataclass(frozen=True)
class Declaration:
    """The parameters that one notebook declares."""

    notebook: str
    parameters: tuple[Parameter, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The declared names, in order."""
        return tuple(parameter.name for parameter in self.parameters)

    def get(self, name: str) -> Parameter | None:
        """The parameter of that name, or None."""
        return next((p for p in self.parameters if p.name == name), None)

    def convert(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as declared; names that this notebook does not declare are left out.

        Raises ParameterError for a value of another type.
        """
        declared = ((self.get(name), value) for name, value in values.items())
        return {p.name: convert(p.name, p.type, v) for p, v in declared if p is not None}


def read(path: Path) -> Declaration:
    """What a notebook declares in its cell tagged `parameters`; nothing where there is none.

    Raises ParameterError with the place for a line that is not a declaration, and for a file
    that is not a notebook.
    """
    try:
        notebook = json.loads(path.read_text("utf-8"))
        cells = notebook["cells"]
        tagged = [n for n, cell in enumerate(cells) if _is_tagged(cell)]
    except FileNotFoundError:
        raise ParameterError(_("there is no such notebook"), place=str(path)) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = _("this is not a notebook: {error}", error=error)
        raise ParameterError(message, place=str(path)) from error
    if not tagged:
        return Declaration(path.name, ())
    source = cells[tagged[0]]["source"]
    text = source if isinstance(source, str) else "".join(source)
    return Declaration(path.name, declared(text, f"{path.name}, cell {tagged[0] + 1}"))


def _is_tagged(cell: Mapping[str, Any]) -> bool:
    return cell["cell_type"] == "code" and TAG in cell.get("metadata", {}).get("tags", [])


def declared(source: str, place: str = "") -> tuple[Parameter, ...]:
    """The declarations of a cell.

    Raises ParameterError for anything but `name: type = literal`.

    >>> declared("limit: int = 3  # rows shown")
    (Parameter(name='limit', type='int', default=3, help='rows shown'),)
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        message = _("this is not Python: {error}", error=error.msg)
        raise ParameterError(message, place=_line(place, error.lineno)) from error
    comments = _comments(source)
    return tuple(_parameter(s, comments, _line(place, s.lineno)) for s in statements)


def _line(place: str, line: int | None) -> str:
    return f"{place}, {_('line {line}', line=line)}"


def _comments(source: str) -> dict[int, str]:
    """Line number -> its comment, as the tokenizer sees it: a `#` inside a text is none."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    found = (token for token in tokens if token.type == tokenize.COMMENT)
    return {token.start[0]: token.string.lstrip("# ").strip() for token in found}


def _parameter(statement: ast.stmt, comments: Mapping[int, str], place: str) -> Parameter:
    if (
        not isinstance(statement, ast.AnnAssign)
        or not isinstance(statement.target, ast.Name)
        or statement.value is None
    ):
        message = _("a parameter is declared as `name: type = value  # help`, one line each")
        raise ParameterError(message, place=place)
    name, kind = statement.target.id, _type(statement.annotation, place)
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        message = _("the default of parameter '{name}' is not a plain value", name=name)
        raise ParameterError(message, place=place) from None
    help_text = comments.get(statement.end_lineno or statement.lineno, "")
    return Parameter(name, kind, convert(name, kind, default, place=place), help_text)


def _type(annotation: ast.expr, place: str) -> str:
    text = ast.unparse(annotation)
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        text = annotation.value  # "date" in quotes, as the kernel does not know the name
    if text not in TYPES:
        raise ParameterError(
            _(
                "the type '{type}' is not one of {allowed}",
                type=text,
                allowed=", ".join(TYPES),
            ),
            place=place,
            hint=_("A parameter without a value is an empty text.") if "None" in text else "",
        )
    return text


def check_names(
    asked: Iterable[str], declarations: Sequence[Declaration], reserved: Mapping[str, str]
) -> None:
    """Refuse names that no notebook declares, and those that the run itself sets.

    reserved: name -> what to do instead, already in the reader's language.
    Raises ParameterError.
    """
    known = {name for declaration in declarations for name in declaration.names}
    allowed = sorted(known - set(reserved))
    for name in asked:
        if name in reserved:
            message = _("the parameter '{name}' is set by the run itself", name=name)
            raise ParameterError(message, hint=reserved[name])
        if name not in known:
            raise ParameterError(
                _(
                    "no notebook of this run has a parameter '{name}'; there are: {allowed}",
                    name=name,
                    allowed=", ".join(allowed) or "–",
                ),
                hint=nearest(name, allowed),
            )
