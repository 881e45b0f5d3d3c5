"""The form of a record as JSON Schema, with which editors complete and explain fields."""

from __future__ import annotations

from typing import Any

from casebook.case.record import Record
from casebook.language import _


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `case.yaml`; questions are in the language in use."""
    schema = Record.model_json_schema(by_alias=True)
    models = [schema, *schema["$defs"].values()]
    for model in models:
        model.pop("description", None)  # for programmers; readers get the questions
        for field in model["properties"].values():
            _finish(field)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": _("The record of a case"),
        **{name: value for name, value in schema.items() if name != "title"},
    }


def _finish(field: dict[str, Any]) -> None:
    """Translate a field's question; drop titles that only repeat its name."""
    field.pop("title", None)
    if question := field.get("description"):
        field["description"] = _(question)
