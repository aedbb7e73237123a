"""`k8slint check`: findings on stdout, all else on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from k8slint.cli.options import Asked, FailLevel
from k8slint.cli.progress import Progress, is_watched
from k8slint.cli.streams import complain, config_for, read_stdin, wants_color, width, write_stdout
from k8slint.finding import Failure, Severity
from k8slint.report import FORMATS
from k8slint.usage import UsageError, blamed_on, reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from k8slint.config import Config
    from k8slint.finding import Report
    from k8slint.project import Request
    from k8slint.report import Detail

# In bytes: GitHub drops the whole summary of a step if it is larger.
_SUMMARY: Final = 1_048_576


def check(asked: Asked) -> int:
    """Say what the cluster would do with these manifests."""
    from k8slint.cli.listing import left_aside
    from k8slint.lint import lint
    from k8slint.project import STDIN, Request

    given = [*asked.paths, *asked.filename] or ["."]
    settings = config_for(asked.config, given)
    outputs = _outputs_of(asked, settings)
    detail = _detail(verbose=asked.verbose, quiet=asked.quiet)
    request = Request(
        paths=given,
        config=settings,
        context=asked.context,
        stdin=read_stdin() if STDIN in given else b"",
        stdin_name=asked.stdin_filename,
        kubernetes_version=asked.kubernetes_version,
        select=_words(asked.select),
        ignore=_words(asked.ignore),
        profile=asked.profile,
        cluster=asked.cluster,
        nodes=asked.nodes,
        workers=settings.workers if asked.workers is None else asked.workers,
    )
    level = asked.fail_level or FailLevel(settings.fail_level or "warning")
    report = _concluded(_watched(lint, request).at_least(asked.min_severity), request, level)
    _write(outputs, report, color=settings.color if asked.color is None else asked.color, detail=detail)
    if asked.verbose:
        for line in left_aside(report):
            print(line, file=sys.stderr)
    for said in (*report.notes, *(failure.message for failure in report.failures)):
        complain(said)
    return report.exit_code


def _watched(lint: Callable[[Request], Report], request: Request) -> Report:
    """The report of `lint`; on a terminal, a long run shows its progress."""
    if not is_watched():
        return lint(request)
    progress = Progress(sys.stderr)
    try:
        return lint(request._replace(tell=progress))
    finally:
        progress.clear()


def _concluded(report: Report, request: Request, fail_level: FailLevel) -> Report:
    """The report with the level at which the run fails, and with a failure if there was nothing to check."""
    failures = report.failures
    if not (failures or report.summary.objects or report.findings):
        from k8slint.cli.listing import nothing_to_check

        message = nothing_to_check(report, request.paths)
        # Files beside a context come from a tool, such as pre-commit, which does not know what they hold.
        if request.context:
            complain(message)
        else:
            failures = (Failure(request.paths[0], message),)
    level = None if fail_level is FailLevel.NEVER else Severity(fail_level.value)
    return report._replace(failures=failures, fail_level=level)


def _words(values: Sequence[str]) -> list[str]:
    return [word.strip() for value in values for word in value.split(",") if word.strip()]


def _outputs_of(asked: Asked, settings: Config) -> list[tuple[str, str]]:
    formats = [*asked.output_format, *(["statistics"] if asked.statistics else ())]
    if formats or not settings.output_format:
        return _outputs(formats or ["text"])
    with blamed_on(settings.place("output-format")):
        return _outputs(settings.output_format)


def _outputs(formats: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of format and file; an empty file is standard output."""
    from k8slint.values.nearest import did_you_mean, nearest

    outputs = []
    for entry in formats:
        name, _, file = entry.partition("=")
        if name not in FORMATS:
            hint = did_you_mean(nearest(name, FORMATS), f"known are {', '.join(FORMATS)}")
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
    from k8slint.report import Detail

    if verbose and quiet:
        raise UsageError("--verbose and --quiet contradict each other; give one")
    return Detail.FULL if verbose else Detail.QUIET if quiet else Detail.USUAL


def _write(outputs: list[tuple[str, str]], report: Report, *, color: bool | None, detail: Detail) -> None:
    # GitHub's code scanning takes a suppressed result for an open alert.
    without = {"sarif": report._replace(ignored=())} if os.environ.get("GITHUB_ACTIONS") == "true" else {}
    for name, file in outputs:
        shown = without.get(name, report)
        if file:
            from k8slint.cli.report_file import write_report

            write_report(file, FORMATS[name](shown, detail=detail))
        else:
            is_colored = wants_color(color)
            write_stdout(FORMATS[name](shown, color=is_colored, width=width(), detail=detail))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and any(name == "github" for name, _ in outputs):
        _append_summary(summary, report)


def _append_summary(file: str, report: Report) -> None:
    """Append the report to the summary of the job; if that cannot be written, complain but do not fail."""
    from k8slint.report.markdown import render

    try:
        with open(file, "ab") as stream:
            room = _SUMMARY - stream.tell()
            text = render(report, room).encode("utf-8")
            if len(text) <= room:
                stream.write(text)
    except OSError as error:
        complain(f"the job summary was not written: {file}: {reason(error)}")
