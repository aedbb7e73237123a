"""`k8slint check`: findings on stdout, all else on stderr."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from k8slint.cli.streams import complain, read_stdin, wants_color, width, write_stdout
from k8slint.finding import Severity
from k8slint.usage import UsageError, reason

if TYPE_CHECKING:
    from k8slint.finding import Report
    from k8slint.lint import Request


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
            help="text, concise, json, sarif, github, gitlab or junit; several, to files, in one run.",
        ),
    ] = None,
    fail_level: Annotated[
        FailLevel, typer.Option(help="Exit with 1 for findings of this severity or worse.")
    ] = FailLevel.WARNING,
    config: Annotated[str, typer.Option(metavar="FILE", help="Settings, instead of the nearest .k8slint.yaml.")] = "",
    stdin_filename: Annotated[str, typer.Option(metavar="NAME", help="What to call standard input.")] = "<stdin>",
    color: Annotated[bool | None, typer.Option(help="Colours; as the terminal has it if not said.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List what was skipped, and why.")] = False,
    workers: Annotated[int, typer.Option("--workers", "-j", min=0, help="Processes; 0 is as many as pay.")] = 0,
) -> None:
    """Say what the cluster would do with these manifests."""
    from k8slint.config import config_for  # noqa: PLC0415 - imported when it runs
    from k8slint.lint import STDIN, Request, lint  # noqa: PLC0415

    given = [*(paths or ()), *(filename or ())] or ["."]
    outputs = _outputs(output_format or ["text"])
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
    report = lint(request)
    _write(outputs, report, color=color)
    if verbose:
        _list_skipped(report)
    for failure in report.failures:
        complain(failure)
    raise typer.Exit(_exit_code(report, request, fail_level))


def _exit_code(report: Report, request: Request, fail_level: FailLevel) -> int:
    if report.failures:
        return 2
    # Files given beside a context are given by a tool, which does not know what they hold.
    if not report.summary.objects and not report.findings and not request.context:
        complain(f"nothing to check: no Kubernetes object in {', '.join(request.paths)}")
        return 2
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


def _write(outputs: list[tuple[str, str]], report: Report, *, color: bool | None) -> None:
    from k8slint.report import FORMATS  # noqa: PLC0415 - imported when it runs

    for name, file in outputs:
        if file:
            _write_file(file, FORMATS[name](report))
        else:
            write_stdout(FORMATS[name](report, color=wants_color() if color is None else color, width=width()))


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


def _list_skipped(report: Report) -> None:
    from k8slint.report.escape import visible  # noqa: PLC0415 - imported when it runs

    for skipped in report.summary.skipped:
        print(f"skipped {visible(skipped.file)}:{skipped.line}: {visible(skipped.reason)}", file=sys.stderr)
