"""The commands, put together. Each is a module of its own name; what it needs is imported when it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from inspect import Parameter, Signature
from typing import Annotated, Any, Final

import typer

from k8slint.cli.options import Argument, Asked, Field, Texts, fields

_COMMANDS: Final = (
    "check",
    "schedule",
    "why",
    "capacity",
    "render",
    "explain",
    "rules",
    "test",
    "init",
    "version",
    "cluster",
)
_WIDEST: Final = 100
_HELP: Final = "What would the cluster do with these manifests? Answers before you apply, without a cluster."


def app_for(words: Sequence[str]) -> typer.Typer:
    """The program with the one command that the first word names, or with all commands if it names none.

    To put all the commands together takes longer than a run.
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
            app.command()(declared(command) if name == "check" else command)
    return app


def declared(run: Callable[[Asked], int]) -> Callable[..., int]:
    """A command as typer takes it: a function with a parameter for each field of `Asked`."""

    def command(**values: Any) -> int:
        asked: dict[str, Any] = {
            name: tuple(value or ()) if name in several else value for name, value in values.items()
        }
        return run(Asked(**asked))

    parameters = [_parameter(field) for field in fields()]
    several = {field.name for field in fields() if field.kind is Texts}
    command.__name__, command.__doc__ = run.__name__, run.__doc__
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    vars(command)["__signature__"] = Signature(parameters)
    return command


def _parameter(field: Field) -> Parameter:
    default = None if field.kind is Texts else Asked._field_defaults[field.name]
    kind: Any = list[str] if field.kind is Texts else field.kind
    if default is None:
        kind |= None
    told: Any
    if isinstance(field.told, Argument):
        told = typer.Argument(metavar=field.told.metavar, help=field.told.help)
    else:
        told = typer.Option(
            *(["/".join(field.names)] if field.is_switch else field.names),
            metavar=field.told.metavar,
            help=field.told.help,
            min=field.told.least,
            autocompletion=field.told.complete,
        )
    annotation: Any = Annotated[kind, told]
    return Parameter(field.name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _print_version(asked: bool) -> None:
    if asked:
        from k8slint.cli.version import version

        version()
        raise typer.Exit


def _program(
    version: Annotated[
        bool, typer.Option("--version", "-V", is_eager=True, callback=_print_version, help="The same as the command.")
    ] = False,
) -> None:
    # With a callback even a program of one command takes the command's name as its first word.
    pass
