"""`casebook run`: the phases of a case, to a report."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from casebook.exceptions import ParameterError
from casebook.execute.progress import watching
from casebook.execute.run import run_case
from casebook.language import _


@click.command("run", help=_("Run the phases of a case and write a report."))
@click.argument("case", type=click.Path(path_type=Path), default=".")
@click.option("-p", "parameters", multiple=True, metavar="NAME=VALUE",
              help=_("A parameter of the notebooks; repeatable."))  # fmt: skip
@click.option("--phases", help=_("Only these phases, with commas between them."))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]),
              help=_("The last day of data to look at."))  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help=_("The folder of runs."))
@click.option("--jobs", type=click.IntRange(min=1), help=_("How many notebooks at once."))
@click.option("--kernel", help=_("The kernel that notebooks run on."))
@click.option("--cell-timeout", type=click.FloatRange(min=0, min_open=True),
              help=_("Seconds that one cell may take."))  # fmt: skip
@click.option("--run-timeout", type=click.FloatRange(min=0, min_open=True),
              help=_("Seconds that the whole run may take."))  # fmt: skip
@click.option("--memory", type=click.FloatRange(min=0, min_open=True),
              help=_("Gigabytes of memory that one kernel may have."))  # fmt: skip
def command(
    case: Path,
    parameters: tuple[str, ...],
    phases: str | None,
    as_of: datetime | None,
    memory: float | None,
    **options: object,
) -> int:
    """Run, say where the report is, and pass on the status."""
    with watching() as progress:
        run = run_case(
            case,
            parameters=dict(_pair(text) for text in parameters),
            phases=[part.strip() for part in phases.split(",")] if phases else None,
            as_of=as_of.date() if as_of else None,
            memory=int(memory * 1e9) if memory else None,
            progress=progress,
            **options,  # type: ignore[arg-type]
        )
    click.echo(run)
    return run.exit_status


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ParameterError(
            _("'{text}' is not name=value.", text=text), place="-p", hint=_("As in -p seed=1.")
        )
    return name.strip(), value
