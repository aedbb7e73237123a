"""Calls the command that the words of the command line name; what is wrong with them becomes a message of one line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, cast

import typer

from k8slint.usage import UsageError

# What typer raises for words it cannot take, whether it brings its own click or not.
_REFUSED: Final = cast("type[Exception]", typer.BadParameter.__mro__[1])

# Options of other linters, each with the option of ours or with what to do instead.
_MEANT: Final = {
    "--fix": "k8slint changes no files; the help of each finding says what to write",
    "--exclude": "name it under `exclude` in .k8slint.yaml",
    "--schema-location": "name CustomResourceDefinitions under `crds` in .k8slint.yaml",
    "--format": "--output-format",
    "--output": "--output-format",
    "-o": "--output-format",
    "--strict": "--profile strict",
    "--severity": "--fail-level",
    "--level": "--fail-level",
    "--fail-on": "--fail-level",
    "--rule": "--select",
    "--rules": "--select",
    "--only": "--select",
    "--include": "--select",
    "--enable": "--select",
    "--disable": "--ignore",
    "--skip": "--ignore",
    "--kube-version": "--kubernetes-version",
    "--k8s-version": "--kubernetes-version",
    "--jobs": "--workers",
    "--parallel": "--workers",
}
_COMMANDS: Final = {"lint": "check", "validate": "check", "scan": "check", "run": "check", "verify": "check"}


def call(app_for: Callable[[Sequence[str]], typer.Typer], words: Sequence[str]) -> int:
    """Call the command that the words name; return its exit code.

    Raises:
        UsageError: for words that name no command, or that the command does not take.
    """
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    try:
        code = app_for(words)(args=list(words), standalone_mode=False)
    except _REFUSED as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(str(error), err=True)
            return 2
        raise UsageError(_told(error, words)) from None
    return code or 0


def _told(error: Any, words: Sequence[str]) -> str:
    tell = _TELLERS.get(type(error).__name__)
    if tell is not None and (error.ctx is not None or tell is _bad_option):
        return tell(error, words)
    # A later typer may raise other errors.
    said = " ".join(str(error.format_message()).split()).rstrip(".")
    return f"{said[:1].lower()}{said[1:]}; {_help_of(error)}"


def _no_such_option(error: Any, words: Sequence[str]) -> str:
    name, known = error.option_name, list(_options(error.ctx.command))
    said = f"there is no option {name}"
    meant = _MEANT.get(name, "")
    if meant and (not meant.startswith("-") or meant.split()[0] in known):
        return f"{said}; {f'did you mean {meant}?' if meant.startswith('-') else meant}"
    check = getattr(error.ctx.command, "commands", {}).get("check")
    if check is not None and name in _options(check):
        return f"{said} before a command; did you mean `k8slint check {' '.join(words)}`?"
    near = _nearest(name, known)
    return f"{said}; did you mean {near}?" if near else f"{said}; {_help_of(error)}"


def _bad_value(error: Any, words: Sequence[str]) -> str:
    name, value, kind = _name_of(error.param), _given(error.param, words), error.param.type
    choices = [str(getattr(choice, "value", choice)) for choice in getattr(kind, "choices", ())]
    if choices:
        from k8slint.values.nearest import did_you_mean

        hint = did_you_mean(_nearest(value, choices), f"known are {', '.join(choices)}")
        return f'{name} knows no "{value}"; {hint}'
    if kind.name.startswith("int"):
        least = getattr(kind, "min", None)
        return f'{name} takes a whole number{f" from {least} on" if least is not None else ""}, not "{value}"'
    return f'{name}: "{value}" is not what it takes; {_help_of(error)}'


def _missing(error: Any, _words: Sequence[str]) -> str:
    return f"`{error.ctx.command_path}` needs {_name_of(error.param)}; {_help_of(error)}"


def _bad_option(error: Any, words: Sequence[str]) -> str:
    has_value = any(word.startswith(f"{error.option_name}=") for word in words)
    return f"{error.option_name} {'takes no' if has_value else 'needs a'} value"


def _other(error: Any, words: Sequence[str]) -> str:
    """The message for an unknown command, or for a word too many: typer has one error for both."""
    commands = getattr(error.ctx.command, "commands", None)
    if commands is None:
        return f"`{error.ctx.command_path}` takes fewer words than were given; {_help_of(error)}"
    depth = error.ctx.command_path.count(" ")
    word = next((each for each in words[depth:] if not each.startswith("-")), "")
    said = f'there is no command "{word}"'
    if not depth and (os.path.exists(word) or word.endswith((".yaml", ".yml", ".json", "/"))):
        return f"{said}; did you mean `k8slint check {word}`?"
    near = _COMMANDS.get(word) or _nearest(word, commands)
    return f"{said}; did you mean `{error.ctx.command_path} {near}`?" if near else f"{said}; {_help_of(error)}"


_TELLERS: Final[dict[str, Callable[[Any, Sequence[str]], str]]] = {
    "NoSuchOption": _no_such_option,
    "BadParameter": _bad_value,
    "MissingParameter": _missing,
    "BadOptionUsage": _bad_option,
    "UsageError": _other,
    "NoSuchCommand": _other,
}


def _options(command: Any) -> Iterator[str]:
    for param in command.params:
        if param.param_type_name == "option":
            yield from (*param.opts, *param.secondary_opts)
    yield "--help"


def _name_of(param: Any) -> str:
    return str(param.opts[0] if param.param_type_name == "option" else param.human_readable_name)


def _given(param: Any, words: Sequence[str]) -> str:
    """The last value that the words give an option; empty if they give none."""
    for index in range(len(words) - 1, -1, -1):
        name, separator, value = words[index].partition("=")
        if name in param.opts:
            return value if separator else words[index + 1] if index + 1 < len(words) else ""
        short = next((each for each in param.opts if len(each) == 2 and words[index].startswith(each)), "")
        if short:
            return words[index].removeprefix(short)
    return ""


def _help_of(error: Any) -> str:
    path = error.ctx.command_path if error.ctx is not None else "k8slint"
    return f"`{path} --help` lists what there is"


def _nearest(word: str, known: Any) -> str | None:
    from k8slint.values.nearest import nearest_choice

    return nearest_choice(word, known)
