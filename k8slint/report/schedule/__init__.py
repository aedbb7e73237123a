"""A dry run as text for people and machines. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from k8slint.report import later
from k8slint.report.schedule.view import Subject


class Render(Protocol):
    """Writes a dry run in one format; options that the format has no use for change nothing."""

    def __call__(self, subject: Subject, *, color: bool, width: int | None, blocks: bool) -> str:
        """The whole output, ended by a line break."""


FORMATS: Final[Mapping[str, Render]] = {
    "table": later("k8slint.report.schedule.table", "color", "width", "blocks"),
    "wide": later("k8slint.report.schedule.wide", "color", "width", "blocks"),
    "json": later("k8slint.report.schedule.json"),
    "markdown": later("k8slint.report.schedule.markdown"),
}
