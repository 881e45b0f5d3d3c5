"""`casebook kernels`: the processes from which warm kernels are forked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from casebook.formats import number
from casebook.language import N_, _, plural
from casebook.warm import client
from casebook.warm.settings import is_off

TITLES = {"kernel": N_("Kernels"), "worker": N_("Runs")}


@click.command("kernels", help=_("Show or stop the processes that warm kernels are forked from."))
@click.argument("action", type=click.Choice(["status", "stop"]), default="status")
def command(action: str) -> None:
    """Say how each template stands, or stop them; what they forked goes on."""
    if is_off():
        click.echo(_("Warm starts are switched off: every kernel is started in the ordinary way."))
    if action == "stop":
        stopped = client.stop()
        click.echo(
            plural("{n} template process was stopped; kernels that run go on.",
                   "{n} template processes were stopped; kernels that run go on.", len(stopped))
        )  # fmt: skip
        return
    found = client.status()
    for answer in found:
        click.echo(line(answer))
    if not found:
        click.echo(_("No template process runs; the first warm start starts it."))


def line(answer: dict[str, Any]) -> str:
    """One template in a line."""
    started = datetime.fromtimestamp(answer["started"])  # noqa: DTZ006 (in the reader's own time)
    said = _(
        "{title}: process {pid}, since {started}; {running} running, {forked} started so far; "
        "{memory} MB; ends after {minutes} minutes with nothing to do.",
        title=_(TITLES[answer["kind"]]),
        pid=answer["pid"],
        started=started.strftime("%H:%M"),
        running=answer["running"],
        forked=answer["forked"],
        memory=number((answer["memory"] or 0) / 1e6, 0),
        minutes=number(answer["idle"] / 60, 0),
    )
    if answer["changed"]:
        changed = _("Out of date, replaced at the next start: {file}", file=answer["changed"])
        return f"{said} {changed}"
    return said
