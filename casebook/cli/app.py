"""`casebook app`: a page of a case that colleagues open by a link."""

from __future__ import annotations

from pathlib import Path

import click

from casebook.case import load_case
from casebook.language import _
from casebook.serve.pages import PAGES, page_named
from casebook.serve.server import serve

NAMES = ", ".join(page.name for page in PAGES)


@click.command("app", help=_("Serve a page of a case by a link, on this machine alone."))
@click.argument("case", type=click.Path(path_type=Path), default=".")
@click.option("--page", default=PAGES[0].name, show_default=True, metavar="NAME",
              help=_("Which page: {names}.", names=NAMES))  # fmt: skip
@click.option("--port", type=click.IntRange(1024, 65535),
              help=_("The port; without it the first free one from 8866 on."))  # fmt: skip
def command(case: Path, page: str, port: int | None) -> int:
    """Serve until Ctrl-C, and say how to get there."""
    chosen = page_named(page)
    return serve(load_case(case), chosen, _tell, port=port)


def _tell(link: str) -> None:
    click.echo(_("Open {link}", link=link))
    click.echo(_("Who has this link can answer in your case's name. Ctrl-C ends it."))
