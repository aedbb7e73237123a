"""For a comment on a pull request, and the summary of a job: Markdown as GitHub and GitLab read it.

Text from manifests is written as plain words or as code, so that it can be no link, image, mention or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from k8slint.finding import Finding, Report
from k8slint.report.escape import visible
from k8slint.report.wording import counted, notes, posix_path, tally, verdict

# GitHub takes this many characters in a comment; we count bytes, which are never fewer.
COMMENT: Final = 65_536
_LAST_LINE: Final = 100
# Words that no Markdown gives a meaning to, and the punctuation of prose around them. All others are written as code.
_PLAIN: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|['-])*|\d*")
_BEFORE: Final = "(\"'"
_AFTER: Final = ".,;:!?)\"'"
_BACKTICKS: Final = re.compile("`+")


def render(report: Report, most: int = COMMENT) -> str:
    """The verdict, the counts, and the findings by file, in at most `most` bytes; what is left out is counted."""
    blocks = [_head(report), *(f"- {prose(visible(failure.message))}\n" for failure in report.failures)]
    room = most - _LAST_LINE
    kept = _fitting(blocks, room)
    room -= sum(map(_size, kept))
    files: dict[str, list[Finding]] = {}
    for finding in report.findings:
        files.setdefault(posix_path(finding.location.file, report.root), []).append(finding)
    shown = len(kept)
    for path, findings in sorted(files.items(), key=_worst):
        opening, closing = _frame(path, findings, report)
        items = _fitting((_item(finding) for finding in findings), room - _size(opening + closing))
        if items:
            block = f"{opening}{''.join(items)}{closing}"
            kept.append(block)
            room -= _size(block)
            shown += len(items)
        if len(items) < len(findings):
            break
    missing = len(blocks) + len(report.findings) - shown
    return "".join([*kept, f"\nNot shown for want of room: {missing} more.\n" if missing else ""])


def prose(text: str) -> str:
    """A visible text in one line; words with more than letters are written as code.

    >>> prose('no key "LOG_LVL" in <b>')
    'no key "`LOG_LVL`" in `<b>`'
    """
    return " ".join(map(_word, text.split(" ")))


def _word(word: str) -> str:
    bare = word.lstrip(_BEFORE)
    core = bare.rstrip(_AFTER)
    if _PLAIN.fullmatch(core):
        return word
    # Our own texts put code in backticks, as Markdown does.
    quoted = core[1:-1]
    shown = quoted if core == f"`{quoted}`" and quoted and "`" not in quoted else core
    return f"{word[: len(word) - len(bare)]}{code(shown)}{bare[len(core) :]}"


def code(text: str) -> str:
    """A visible text as a code span, whatever backticks are in it."""
    fence = "`" * (1 + max(map(len, _BACKTICKS.findall(text)), default=0))
    return f"{fence} {text} {fence}" if len(fence) > 1 or not text else f"{fence}{text}{fence}"


def _head(report: Report) -> str:
    counts = {severity.value: count for severity, count in tally(report).items()}
    cells = {
        **{f"{name}s": count for name, count in counts.items()},
        "ignored": report.summary.ignored,
        "objects": report.summary.objects,
        "files": report.summary.files,
    }
    sign = "✅" if report.exit_code == 0 else "❌"
    outcome = "could not do its work" if report.failures else verdict(report)
    return (
        f"### {sign} k8slint: {outcome}\n\n"
        f"| {' | '.join(cells)} |\n"
        f"|{'---:|' * len(cells)}\n"
        f"| {' | '.join(map(str, cells.values()))} |\n\n"
    )


def _worst(group: tuple[str, Sequence[Finding]]) -> int:
    return min(finding.severity.rank for finding in group[1])


def _frame(path: str, findings: Sequence[Finding], report: Report) -> tuple[str, str]:
    is_open = " open" if any(map(report.fails, findings)) else ""
    title = f"<code>{escape(path)}</code>: {counted(len(findings), 'finding')}"
    return f"\n<details{is_open}><summary>{title}</summary>\n\n", "\n</details>\n"


def _item(finding: Finding) -> str:
    place = f"{finding.location.line}:{finding.location.column}"
    lines = [f"- **{finding.severity}** {code(visible(finding.rule))} at {place}: {prose(visible(finding.message))}"]
    lines += [f"  - {label}: {prose(text)}" for label, _, text in (note.partition(": ") for note in notes(finding))]
    return "\n".join(lines) + "\n"


def _fitting(blocks: Iterator[str] | Sequence[str], room: int) -> list[str]:
    """The first of the blocks, as many as fit into `room` bytes."""
    kept = []
    for block in blocks:
        room -= _size(block)
        if room < 0:
            break
        kept.append(block)
    return kept


def _size(text: str) -> int:
    return len(text.encode("utf-8"))
