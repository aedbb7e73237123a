"""`k8slint check`: findings on stdout, all else on stderr."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from k8slint.cli.progress import Progress, is_watched
from k8slint.cli.streams import complain, config_for, read_stdin, wants_color, width, write_stdout
from k8slint.finding import Severity
from k8slint.usage import UsageError, reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from k8slint.finding import Report
    from k8slint.lint import Request
    from k8slint.report import Detail


class FailLevel(StrEnum):
    """From which severity on findings make the run fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"


def check(  # noqa: PLR0917 - typer reads the options from the signature
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH", help="Files or directories; - is standard input.")
    ] = None,
    filename: Annotated[
        list[str] | None, typer.Option("--filename", "-f", metavar="PATH", help="The same, as kubectl has it.")
    ] = None,
    recursive: Annotated[  # noqa: ARG001 - accepted, and of no effect
        bool, typer.Option("--recursive", "-R", help="Accepted for kubectl's sake: directories always are.")
    ] = False,
    context: Annotated[
        list[str] | None,
        typer.Option(metavar="DIR", help="Read this too, to judge references, but report only on the paths."),
    ] = None,
    kubernetes_version: Annotated[str, typer.Option(metavar="MINOR", help="The cluster's minor, as 1.33.")] = "",
    select: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Run only these rules or categories.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Do not run these rules or categories.")
    ] = None,
    profile: Annotated[str, typer.Option(metavar="NAME", help="Opinions on top of the defaults, as strict.")] = "",
    cluster: Annotated[str, typer.Option(metavar="FILE", help="The cluster: nodes, volumes, classes.")] = "",
    nodes: Annotated[
        str, typer.Option(metavar="NODES", help="Nodes in short: 3, or 3:cpu=4,memory=16Gi,zones=a|b|c.")
    ] = "",
    output_format: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT[=FILE]",
            help="text, concise, statistics, json, sarif, github, gitlab or junit; several, to files, in one run.",
        ),
    ] = None,
    fail_level: Annotated[
        FailLevel, typer.Option(help="Exit with 1 for findings of this severity or worse; all are reported.")
    ] = FailLevel.WARNING,
    min_severity: Annotated[
        Severity, typer.Option(help="Report only findings of this severity or worse; others do not fail either.")
    ] = Severity.INFO,
    config: Annotated[str, typer.Option(metavar="FILE", help="Settings, instead of the nearest .k8slint.yaml.")] = "",
    stdin_filename: Annotated[str, typer.Option(metavar="NAME", help="What to call standard input.")] = "<stdin>",
    color: Annotated[bool | None, typer.Option(help="Colours; as the terminal has it if not said.")] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show all infos; list what was skipped or has no schema.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Findings only; nothing where there are none.")] = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Count the findings of each rule instead of showing them.")
    ] = False,
    workers: Annotated[int, typer.Option("--workers", "-j", min=0, help="Processes; 0 is as many as pay.")] = 0,
) -> None:
    """Say what the cluster would do with these manifests."""
    from k8slint.cli.listing import left_aside  # noqa: PLC0415 - imported when it runs
    from k8slint.lint import STDIN, Request, lint  # noqa: PLC0415

    given = [*(paths or ()), *(filename or ())] or ["."]
    formats = [*(output_format or ()), *(["statistics"] if statistics else ())]
    outputs = _outputs(formats or ["text"])
    detail = _detail(verbose=verbose, quiet=quiet)
    request = Request(
        paths=given,
        config=config_for(config, given),
        context=context or (),
        stdin=read_stdin() if STDIN in given else b"",
        stdin_name=stdin_filename,
        kubernetes_version=kubernetes_version,
        select=_words(select),
        ignore=_words(ignore),
        profile=profile,
        cluster=cluster,
        nodes=nodes,
        workers=workers,
    )
    report = _watched(lint, request).at_least(min_severity)
    _write(outputs, report, color=color, detail=detail)
    if verbose:
        for line in left_aside(report):
            print(line, file=sys.stderr)
    for failure in report.failures:
        complain(failure)
    raise typer.Exit(_exit_code(report, request, fail_level))


def _watched(lint: Callable[[Request], Report], request: Request) -> Report:
    """The report; on a terminal a long run tells how far it has come."""
    if not is_watched():
        return lint(request)
    progress = Progress(sys.stderr)
    try:
        return lint(replace(request, tell=progress))
    finally:
        progress.clear()


def _exit_code(report: Report, request: Request, fail_level: FailLevel) -> int:
    if report.failures:
        return 2
    if not report.summary.objects and not report.findings:
        from k8slint.cli.listing import nothing_to_check  # noqa: PLC0415 - only where there is nothing

        complain(nothing_to_check(report, request.paths))
        # Files given beside a context are given by a tool, which does not know what they hold.
        return 0 if request.context else 2
    if fail_level is FailLevel.NEVER:
        return 0
    worst = Severity(fail_level.value).rank
    return int(any(finding.severity.rank <= worst for finding in report.findings))


def _words(values: list[str] | None) -> list[str]:
    return [word.strip() for value in values or () for word in value.split(",") if word.strip()]


def _outputs(formats: list[str]) -> list[tuple[str, str]]:
    """Pairs of format and file; an empty file is standard output."""
    from k8slint.report import FORMATS  # noqa: PLC0415 - imported when it runs
    from k8slint.values.nearest import nearest  # noqa: PLC0415

    outputs = []
    for entry in formats:
        name, _, file = entry.partition("=")
        if name not in FORMATS:
            near = nearest(name, FORMATS)
            hint = f'did you mean "{near}"?' if near else f"known are {', '.join(FORMATS)}"
            raise UsageError(f'there is no output format "{name}"; {hint}')
        outputs.append((name, file))
    if sum(not file for _, file in outputs) > 1:
        raise UsageError("several formats cannot share standard output; name a file, as sarif=out.sarif")
    return outputs


def _detail(*, verbose: bool, quiet: bool) -> Detail:
    from k8slint.report import Detail  # noqa: PLC0415 - imported when it runs

    if verbose and quiet:
        raise UsageError("--verbose and --quiet contradict each other; give one")
    return Detail.FULL if verbose else Detail.QUIET if quiet else Detail.USUAL


def _write(outputs: list[tuple[str, str]], report: Report, *, color: bool | None, detail: Detail) -> None:
    from k8slint.report import FORMATS  # noqa: PLC0415 - imported when it runs

    for name, file in outputs:
        if file:
            _write_file(file, FORMATS[name](report, detail=detail))
        else:
            is_colored = wants_color() if color is None else color
            write_stdout(FORMATS[name](report, color=is_colored, width=width(), detail=detail))


def _write_file(name: str, text: str) -> None:
    """The file holds the whole text or what it held before; a device or pipe gets the text as it is."""
    file = os.path.realpath(name)
    # /dev/stdout leads to a file where the shell has redirected it, and that file is not ours to replace.
    is_stream = name.startswith("/dev/") or (os.path.exists(file) and not os.path.isfile(file))
    temporary = os.path.join(os.path.dirname(file), f".{os.path.basename(file)}.{os.getpid()}")
    try:
        with open(name if is_stream else temporary, "a" if is_stream else "w", encoding="utf-8") as stream:
            stream.write(text)
        if not is_stream:
            os.replace(temporary, file)
    except OSError as error:
        raise UsageError(f"{name}: {reason(error)}") from None
    finally:
        if not is_stream:
            Path(temporary).unlink(missing_ok=True)
