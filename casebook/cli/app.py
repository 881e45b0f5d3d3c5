"""`casebook app`: pages of a case that colleagues open by a link."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import click

from casebook.case import load_case
from casebook.exceptions import ParameterError
from casebook.language import _
from casebook.serve.pages import ALL, PAGES, pages_named
from casebook.serve.plan import LOOPBACK, Limits
from casebook.serve.server import Served, Where, read_token, serve

NAMES = ", ".join([*(page.name for page in PAGES), ALL])
_USUAL = Limits()
_MB = 1_000_000


@click.command("app", help=_("Serve the pages of a case by a link, on this machine alone."))
@click.argument("case", type=click.Path(path_type=Path), default=".")
@click.option(
    "--page",
    default=ALL,
    show_default=True,
    metavar="NAME",
    help=_("Which page: {names}.", names=NAMES),
)
@click.option("--port", type=click.IntRange(1024, 65535),
              help=_("The port; without it the first free one from 8866 on."))  # fmt: skip
@click.option("--ip", default=LOOPBACK, show_default=True,
              help=_("The address to listen on; another one lets others in."))  # fmt: skip
@click.option("--base-url", default="/", show_default=True, metavar="PATH",
              help=_("The path behind a proxy, as /casebook/."))  # fmt: skip
@click.option("--token-file", type=click.Path(path_type=Path),
              help=_("A file with the token, for a proxy; else a new one is made."))  # fmt: skip
@click.option("--kernels", default=_USUAL.kernels, show_default=True, type=click.IntRange(1),
              help=_("How many visitors there may be at once."))  # fmt: skip
@click.option("--memory", default=_USUAL.memory // _MB, show_default=True, type=click.IntRange(1),
              help=_("Megabytes of memory for each visitor."))  # fmt: skip
@click.option("--idle", default=_USUAL.idle / 60, show_default=True,
              type=click.FloatRange(0, min_open=True),
              help=_("Minutes after which an open page that nobody uses is ended."))  # fmt: skip
@click.option("--away", default=_USUAL.away / 60, show_default=True,
              type=click.FloatRange(0, min_open=True),
              help=_("Minutes after which a page that was closed is ended."))  # fmt: skip
def command(case: Path, page: str, **given: Any) -> int:
    """Serve until Ctrl-C, and say how to get there."""
    chosen = pages_named(page)
    if not _is_loopback(given["ip"]):
        _warn(given["ip"])
    return serve(load_case(case), chosen, _tell, landing=page == ALL, where=_where(given))


def _where(given: Mapping[str, Any]) -> Where:
    limits = Limits(
        kernels=given["kernels"], memory=given["memory"] * _MB,
        idle=given["idle"] * 60, away=given["away"] * 60,
    )  # fmt: skip
    token = read_token(given["token_file"]) if given["token_file"] else ""
    return Where(given["ip"], given["port"], given["base_url"], token, limits)


def _is_loopback(ip: str) -> bool:
    try:
        return ip == "localhost" or ip_address(ip).is_loopback
    except ValueError as error:
        raise ParameterError(
            _("'{found}' is not the address of a machine.", found=ip), place="--ip"
        ) from error


def _warn(ip: str) -> None:
    click.secho(
        _("Warning: everybody who reaches {ip} on the network can try the link, and what is "
          "typed travels unencrypted, the token included. Better leave --ip away and put a proxy "
          "with HTTPS in front: docs/serving.md has recipes.", ip=ip),
        fg="yellow", err=True,
    )  # fmt: skip


def _tell(served: Served) -> None:
    click.echo(_("Open {link}", link=served.link))
    click.echo(_("Who has this link can answer in your case's name. Ctrl-C ends it."))
    click.echo(
        _("Reachable without the link, tried just now: {paths}",
          paths=", ".join(served.open_paths) or _("nothing"))
    )  # fmt: skip
    click.echo(_("What fails is written, with ids, to {path}", path=served.log))
    click.echo(
        _("For others than on this machine: nginx, oauth2-proxy or JupyterHub in front, as "
          "docs/serving.md says.")
    )  # fmt: skip
