"""`casebook schema`: the JSON Schema of the record."""

from __future__ import annotations

import json

import click

from casebook.case import json_schema
from casebook.language import _


@click.command("schema", help=_("Print the JSON Schema of the record, for editors."))
def command() -> None:
    """Print the schema on standard output."""
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
