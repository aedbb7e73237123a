"""`k8slint check`: findings on stdout, all else on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from k8slint.cli import completion
from k8slint.cli.progress import Progress, is_watched
from k8slint.cli.streams import complain, config_for, read_stdin, wants_color, width, write_stdout
from k8slint.finding import Failure, Severity
from k8slint.report import FORMATS
from k8slint.usage import UsageError, reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from k8slint.finding import Report
    from k8slint.project import Request
    from k8slint.report import Detail

# GitHub drops the whole summary of a step that is larger, in bytes.
_SUMMARY: Final = 1_048_576


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
        list[str] | None,
        typer.Option(metavar="RULE", help="Run only these rules or categories.", autocompletion=completion.rules),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="Do not run these rules or categories.", autocompletion=completion.rules),
    ] = None,
    profile: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Opinions on top of the defaults, as strict.", autocompletion=completion.profiles
        ),
    ] = "",
    cluster: Annotated[str, typer.Option(metavar="FILE", help="The cluster: nodes, volumes, classes.")] = "",
    nodes: Annotated[
        str, typer.Option(metavar="NODES", help="Nodes in short: 3, or 3:cpu=4,memory=16Gi,zones=a|b|c.")
    ] = "",
    output_format: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT[=FILE]",
            help=f"{', '.join(FORMATS)}; several, to files, in one run.",
            autocompletion=completion.formats,
        ),
    ] = None,
    fail_level: Annotated[
        FailLevel | None,
        typer.Option(help="Exit with 1 for findings of this severity or worse; all are reported.  [default: warning]"),
    ] = None,
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
    workers: Annotated[
        int | None, typer.Option("--workers", "-j", min=0, help="Processes; 0 is as many as pay.")
    ] = None,
) -> None:
    """Say what the cluster would do with these manifests."""
    from k8slint.cli.listing import left_aside  # noqa: PLC0415 - imported when it runs
    from k8slint.lint import lint  # noqa: PLC0415
    from k8slint.project import STDIN, Request  # noqa: PLC0415

    given = [*(paths or ()), *(filename or ())] or ["."]
    settings = config_for(config, given)
    formats = [*(output_format or ()), *(["statistics"] if statistics else ())]
    outputs = _outputs(formats or settings.output_format or ["text"])
    detail = _detail(verbose=verbose, quiet=quiet)
    request = Request(
        paths=given,
        config=settings,
        context=context or (),
        stdin=read_stdin() if STDIN in given else b"",
        stdin_name=stdin_filename,
        kubernetes_version=kubernetes_version,
        select=_words(select),
        ignore=_words(ignore),
        profile=profile,
        cluster=cluster,
        nodes=nodes,
        workers=settings.workers if workers is None else workers,
    )
    level = fail_level or FailLevel(settings.fail_level or "warning")
    report = _concluded(_watched(lint, request).at_least(min_severity), request, level)
    _write(outputs, report, color=settings.color if color is None else color, detail=detail)
    if verbose:
        for line in left_aside(report):
            print(line, file=sys.stderr)
    for said in (*report.notes, *(failure.message for failure in report.failures)):
        complain(said)
    raise typer.Exit(report.exit_code)


def _watched(lint: Callable[[Request], Report], request: Request) -> Report:
    """The report; on a terminal a long run tells how far it has come."""
    if not is_watched():
        return lint(request)
    progress = Progress(sys.stderr)
    try:
        return lint(request._replace(tell=progress))
    finally:
        progress.clear()


def _concluded(report: Report, request: Request, fail_level: FailLevel) -> Report:
    """The report, which now knows how the run ends."""
    failures = report.failures
    if not (failures or report.summary.objects or report.findings):
        from k8slint.cli.listing import nothing_to_check  # noqa: PLC0415 - only where there is nothing

        message = nothing_to_check(report, request.paths)
        # Files given beside a context are given by a tool, which does not know what they hold.
        if request.context:
            complain(message)
        else:
            failures = (Failure(request.paths[0], message),)
    level = None if fail_level is FailLevel.NEVER else Severity(fail_level.value)
    return report._replace(failures=failures, fail_level=level)


def _words(values: list[str] | None) -> list[str]:
    return [word.strip() for value in values or () for word in value.split(",") if word.strip()]


def _outputs(formats: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of format and file; an empty file is standard output."""
    from k8slint.values.nearest import nearest  # noqa: PLC0415 - imported when it runs

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
    files: dict[str, str] = {}
    for name, file in outputs:
        target = os.path.realpath(file) if file else ""
        if file and target in files:
            raise UsageError(f"{files[target]} and {name} cannot share {file}; name a file for each")
        files[target] = name
    return outputs


def _detail(*, verbose: bool, quiet: bool) -> Detail:
    from k8slint.report import Detail  # noqa: PLC0415 - imported when it runs

    if verbose and quiet:
        raise UsageError("--verbose and --quiet contradict each other; give one")
    return Detail.FULL if verbose else Detail.QUIET if quiet else Detail.USUAL


def _write(outputs: list[tuple[str, str]], report: Report, *, color: bool | None, detail: Detail) -> None:
    # Code scanning of GitHub takes a suppressed result for an open alert.
    without = {"sarif": report._replace(ignored=())} if os.environ.get("GITHUB_ACTIONS") == "true" else {}
    for name, file in outputs:
        shown = without.get(name, report)
        if file:
            from k8slint.cli.report_file import write_report  # noqa: PLC0415 - imported when it runs

            write_report(file, FORMATS[name](shown, detail=detail))
        else:
            is_colored = wants_color() if color is None else color
            write_stdout(FORMATS[name](shown, color=is_colored, width=width(), detail=detail))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and any(name == "github" for name, _ in outputs):
        _append_summary(summary, report)


def _append_summary(file: str, report: Report) -> None:
    """Add to what the job says of this step; a summary that cannot be written is no reason to fail."""
    from k8slint.report.markdown import render  # noqa: PLC0415 - imported when it runs

    try:
        with open(file, "ab") as stream:
            room = _SUMMARY - stream.tell()
            text = render(report, room).encode("utf-8")
            if len(text) <= room:
                stream.write(text)
    except OSError as error:
        complain(f"the job summary was not written: {file}: {reason(error)}")
