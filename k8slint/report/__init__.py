"""A report as text for people and machines. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from importlib import import_module
from typing import Final, Protocol

from k8slint.finding import Report


class Detail(Enum):
    """How much is said, in the formats for people."""

    QUIET = "quiet"
    USUAL = "usual"
    FULL = "full"


class Render(Protocol):
    """Writes a report in one format; what the format has no use for is left aside."""

    def __call__(
        self, report: Report, *, color: bool = False, width: int | None = None, detail: Detail = Detail.USUAL
    ) -> str:
        """The whole output, ended by a line break; empty where there is nothing to say."""


def _format(name: str, *takes: str) -> Render:
    # A run writes one or two formats: the others, and the json or xml they need, are never imported.
    def render(report: Report, *, color: bool = False, width: int | None = None, detail: Detail = Detail.USUAL) -> str:
        given = {"color": color, "width": width, "detail": detail}
        module = import_module(f"{__name__}.{name.replace('-', '_')}")
        text: str = module.render(report, **{option: given[option] for option in takes})
        return text

    return render


FORMATS: Final[Mapping[str, Render]] = {
    "text": _format("text", "color", "width", "detail"),
    "concise": _format("concise", "color", "detail"),
    "grouped": _format("grouped", "color"),
    "statistics": _format("statistics", "color", "width", "detail"),
    "markdown": _format("markdown"),
    "json": _format("json"),
    "json-lines": _format("json-lines"),
    "sarif": _format("sarif"),
    "github": _format("github"),
    "gitlab": _format("gitlab"),
    "azure": _format("azure"),
    "rdjson": _format("rdjson"),
    "checkstyle": _format("checkstyle"),
    "junit": _format("junit"),
}
