"""`casebook`: one group of commands, each imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from casebook import __version__, language
from casebook.exceptions import CasebookError
from casebook.language import N_, _

COMMANDS = {
    "new": N_("Make a case from a table: infer roles, write a record with every question."),
    "check": N_("Check a record and its table; list what is not answered yet."),
    "run": N_("Run the phases of a case and write a report."),
    "app": N_("Serve the pages of a case by a link, on this machine alone."),
    "lab": N_("Open the notebooks of a case in JupyterLab."),
    "feedback": N_("Count what people said of a case; write it to a file."),
    "kernels": N_("Show or stop the processes that warm kernels are forked from."),
    "schema": N_("Print the JSON Schema of the record, for editors."),
}
"""Each command is the function `command` of the module of its name."""

FORWARDED = (["run"],)
"""Commands whose imports take longer than asking another process."""

LANGUAGE_VARIABLES = ("CASEBOOK_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


class _Commands(click.Group):
    """The commands of the table, imported when they are called: `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's form
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(f"casebook.cli.{name}").command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(text)) for name, text in COMMANDS.items()])


def group() -> click.Group:
    """The command line, in the language in use."""
    made = _Commands(
        "casebook",
        help=_("From an observed symptom to a prototype and a scheduled report."),
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    wrapped: click.Group = click.version_option(__version__, prog_name="casebook")(made)
    return wrapped


def use_language() -> str:
    """Set the language that the environment asks for, English otherwise."""
    for name in LANGUAGE_VARIABLES:
        asked = os.environ.get(name, "")[:2]
        if asked in language.LANGUAGES:
            language.use(asked)
            return asked
    return language.current()


def entry() -> None:
    """The `casebook` command: where that saves time, a forked process does it."""
    arguments = sys.argv[1:]
    if arguments[:1] in FORWARDED and "-h" not in arguments and "--help" not in arguments:
        status = importlib.import_module("casebook.cli.forward").forwarded(arguments)
        if status is not None:
            sys.exit(status)
    main(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; expected failures are one clear line and a non-zero status."""
    use_language()
    try:
        status = _called(arguments)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except CasebookError as error:
        click.echo(_("error: {message}", message=error), err=True)
        status = error.exit_status
    except (KeyboardInterrupt, click.Abort):
        click.echo(_("stopped"), err=True)
        status = 130
    except BrokenPipeError:
        # Who reads our output has gone, as `| head` does; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 141
    sys.exit(status)


def _called(arguments: list[str] | None) -> Any:
    return group()(args=arguments, standalone_mode=False) or 0
