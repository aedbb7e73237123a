"""The commands, put together. Each is a module of its own name; what it needs is imported when it runs."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Final

import typer

_COMMANDS: Final = ("check", "schedule", "why", "explain", "rules", "test", "init", "version", "cluster")
_WIDEST: Final = 100
_HELP: Final = "What would the cluster do with these manifests? Answers before you apply, without a cluster."


def app_for(words: Sequence[str]) -> typer.Typer:
    """The program with the command that the words name first; with all commands if they name none.

    A run is over in less time than it takes to put all the commands together.
    """
    app = typer.Typer(
        name="k8slint",
        help=_HELP,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": _WIDEST},
    )
    app.callback()(_program)
    for name in words[:1] if words and words[0] in _COMMANDS else _COMMANDS:
        command = getattr(import_module(f"k8slint.cli.{name}"), name)
        if isinstance(command, typer.Typer):
            app.add_typer(command)
        else:
            app.command()(command)
    return app


def _print_version(asked: bool) -> None:
    if asked:
        from k8slint.cli.version import version  # noqa: PLC0415 - imported when it runs

        version()
        raise typer.Exit


def _program(
    version: Annotated[
        bool, typer.Option("--version", "-V", is_eager=True, callback=_print_version, help="The same as the command.")
    ] = False,
) -> None:
    # With a callback even a program of one command takes the command's name as its first word.
    pass
