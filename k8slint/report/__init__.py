"""A report as text for people and machines. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from importlib import import_module
from typing import Any, Final, Protocol

from k8slint.finding import Report


class Detail(Enum):
    """How much the formats for people show."""

    QUIET = "quiet"
    USUAL = "usual"
    FULL = "full"


class Render(Protocol):
    """Writes a report in one format; options that the format has no use for change nothing."""

    def __call__(
        self, report: Report, *, color: bool = False, width: int | None = None, detail: Detail = Detail.USUAL
    ) -> str:
        """The whole output, ended by a line break; empty if there is nothing to say."""


def later(module: str, *takes: str) -> Callable[..., str]:
    """The `render` of a module that is imported when it is first called, given only the options that it takes.

    A run writes one or two formats: the others, and the json or xml they need, are never imported.
    """

    def render(subject: Any, **options: Any) -> str:
        text: str = import_module(module).render(subject, **{name: options[name] for name in takes if name in options})
        return text

    return render


FORMATS: Final[Mapping[str, Render]] = {
    "text": later("k8slint.report.text", "color", "width", "detail"),
    "concise": later("k8slint.report.concise", "color", "detail"),
    "grouped": later("k8slint.report.grouped", "color"),
    "statistics": later("k8slint.report.statistics", "color", "width", "detail"),
    "markdown": later("k8slint.report.markdown"),
    "json": later("k8slint.report.json"),
    "json-lines": later("k8slint.report.json_lines"),
    "sarif": later("k8slint.report.sarif"),
    "github": later("k8slint.report.github"),
    "gitlab": later("k8slint.report.gitlab"),
    "azure": later("k8slint.report.azure"),
    "rdjson": later("k8slint.report.rdjson"),
    "checkstyle": later("k8slint.report.checkstyle"),
    "junit": later("k8slint.report.junit"),
}
