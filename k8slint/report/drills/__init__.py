"""The answers to questions to the dry run, as text for people and machines. Decides nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from k8slint.report.escape import visible
from k8slint.report.schedule import FORMATS, markdown, table
from k8slint.report.schedule import json as schedule_json
from k8slint.report.schedule.terminal import Sheet, columns, sheet_of
from k8slint.report.schedule.view import Subject

VERSION: Final = 1
_ROWS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: one sentence, the rows behind it, and the same for programs under the name of the question.

    The first row is the head. All the cells are visible text. If not `shows_nodes`, the nodes of the run behind the
    answer tell nothing, but what keeps pods off them does.
    """

    question: str
    sentence: str
    rows: Sequence[Sequence[str]]
    entry: Mapping[str, Any]
    shows_nodes: bool = True


def render(told: Told, subject: Subject, form: str, *, color: bool, width: int | None, blocks: bool) -> str:
    """The answer with the run behind it, in a format of the schedule, ended by a line break."""
    if form == "json":
        return _json(told, subject)
    shown = told.rows[: _ROWS_SHOWN + 1]
    more = f"and {len(told.rows) - len(shown)} more, which -o json lists" if len(told.rows) > len(shown) else ""
    if form == "markdown":
        return _joined(
            [f"## {markdown.plain(told.sentence)}"], _markdown_rows(shown), [more], [markdown.render(subject)]
        )
    sheet = sheet_of(color=color, width=width, blocks=blocks)
    head = [*sheet.wrapped(told.sentence, "")], [*_columns(shown, sheet), more]
    if told.shows_nodes:
        return _joined(*head, [FORMATS[form](subject, color=color, width=width, blocks=blocks)])
    return _joined(*head, *table.endings(subject, sheet, table.ASSUMPTIONS_SHOWN))


def _joined(*sections: Sequence[str]) -> str:
    """The sections that have lines, with an empty line between them and a line break at the end."""
    found = ("\n".join(filter(None, section)) for section in sections)
    return "\n\n".join(filter(None, found)).rstrip("\n") + "\n"


def _columns(rows: Sequence[Sequence[str]], sheet: Sheet) -> list[str]:
    if len(rows) < 2:
        return []
    head, *others = columns(rows)
    return [sheet.paint("strong", head), *others]


def _markdown_rows(rows: Sequence[Sequence[str]]) -> list[str]:
    if len(rows) < 2:
        return []
    head, *others = rows
    return [
        markdown.row(head),
        markdown.row(["---"] * len(head)),
        *(markdown.row(map(markdown.plain, row)) for row in others),
    ]


def _json(told: Told, subject: Subject) -> str:
    head = {
        "version": VERSION,
        "kubernetesVersion": visible(subject.version),
        "question": told.question,
        "answer": told.entry,
    }
    text = json.dumps(head, indent=2).removesuffix("\n}")
    return f'{text},\n  "schedule": {schedule_json.render(subject).rstrip()}\n}}\n'
